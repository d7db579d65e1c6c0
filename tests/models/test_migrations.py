"""The tables that the revisions make are the tables that the models say, from the first version up."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import UniqueConstraint, create_engine, inspect

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


def test_work_of_an_earlier_version_is_kept_as_it_is_and_nothing_is_queued_for_it(tmp_path: Path) -> None:
    """A workspace of 0002 with a signed walk in it: its words, its seal and its queue survive 0003."""
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    schema.migrate(engine, "0002")
    life = "0192f3a0-0000-7000-8000-0000deadbeef"
    old = "01945c2e6a300001"
    with engine.begin() as connection:
        run = connection.exec_driver_sql
        run("UPDATE _mode SET applying = 1")
        run("INSERT INTO meta VALUES ('incarnation', ?)", (f'{{"id": "{life}"}}',))
        run("INSERT INTO meta VALUES ('stamp', ?)", (f'{{"last": "{old}"}}',))
        for number in (1, 2):
            values = (
                f"E{number}",
                "Lindley",
                "",
                bytes([number]) * 16,
                False,
                f'{{"*": "{old}", "name": "{old}"}}',
            )
            run(
                "INSERT INTO estate (code, name, town, id, deleted, stamps) VALUES (?, ?, ?, ?, ?, ?)", values
            )
        entry = (b"1" * 16, b"2" * 16, b"3" * 16, "estate", b"\1" * 16, "update", '{"name": "Lindley"}',
                 f'{{"name": "{old}"}}', old, "0002", None, "2026-11-23 10:00:00.000000")  # fmt: skip
        run("INSERT INTO outbox (op_id, txn_id, incarnation, table_name, record_id, kind, fields, base, stamp,"
            " schema_version, staff_id, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", entry)  # fmt: skip
        run("UPDATE _mode SET applying = 0")
    schema.migrate(engine)
    new = old + "deadbeef"
    with engine.begin() as connection:
        run = connection.exec_driver_sql
        assert run("SELECT code, name, stamps FROM estate ORDER BY code").all() == [
            (f"E{number}", "Lindley", f'{{"*": "{new}", "name": "{new}"}}') for number in (1, 2)
        ]
        assert run("SELECT fields, base, stamp FROM outbox").all() == [
            ('{"name": "Lindley"}', f'{{"name": "{new}"}}', new)
        ]
        assert run("SELECT value FROM meta WHERE key = 'stamp'").scalar() == f'{{"last": "{new}"}}'
        assert (
            run("SELECT count(*) FROM _touched").scalar() == run("SELECT count(*) FROM change").scalar() == 0
        )
        # What another device gave the same code is taken all the same.
        run("UPDATE _mode SET applying = 1")
        run(
            "INSERT INTO estate SELECT code, name, town, randomblob(16), deleted, stamps FROM estate WHERE code = 'E1'"
        )
        run("UPDATE _mode SET applying = 0")
    assert schema.differences(engine) == []
    engine.dispose()


def test_nothing_that_sync_brings_can_be_blocked_by_what_is_here() -> None:
    """Only ids are unique in what devices share."""
    for table in SYNCED:
        unique = [one for one in Base.metadata.tables[table].columns if one.unique]
        several = [
            one for one in Base.metadata.tables[table].constraints if isinstance(one, UniqueConstraint)
        ] + [one for one in Base.metadata.tables[table].indexes if one.unique]
        assert (unique, several) == ([], []), table
