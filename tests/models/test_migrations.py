"""The tables that the revisions make are the tables that the models say, from the first version up."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from watmos_desktop.models.migrations import HEAD
from watmos_desktop.models.tables import SYNCED, Base
from watmos_desktop.services import schema
from watmos_desktop.services.search_index import FIELDS

TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


def test_the_newest_revision_is_the_one_that_opening_looks_for() -> None:
    assert ScriptDirectory(str(schema.MIGRATIONS)).get_heads() == [HEAD]


def test_models_and_migrated_tables_agree(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    schema.migrate(engine)
    assert schema.differences(engine) == []
    engine.dispose()


def test_every_revision_leads_to_the_same_tables_with_its_tripwires(tmp_path: Path) -> None:
    script = ScriptDirectory(str(schema.MIGRATIONS))
    for revision in script.walk_revisions():
        engine = create_engine(f"sqlite:///{tmp_path / revision.revision}.db")
        schema.migrate(engine, revision.revision)
        schema.migrate(engine)
        with engine.connect() as connection:
            triggers = set(connection.exec_driver_sql(TRIGGERS).scalars())
            assert len([name for name in triggers if name.startswith("_touch_")]) == 3 * len(SYNCED)
            assert len([name for name in triggers if name.startswith("tally_")]) == 3
            assert len([name for name in triggers if name.startswith("search_")]) == 6 * len(FIELDS) + 2 * 3
            assert set(inspect(connection).get_table_names()) >= set(Base.metadata.tables)
        engine.dispose()


def test_a_workspace_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    schema.migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(schema.TooNew, match="newer version"):
        schema.migrate(engine)
    with engine.connect() as connection:
        assert schema.revision(connection) == "9999"
    engine.dispose()
