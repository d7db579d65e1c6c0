"""The tables as the revisions make them, by one start at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from tests.office.conftest import new_database
from watmos_office import schema, walls
from watmos_office.migrations import HEAD
from watmos_office.office import Office, make_engine
from watmos_office.tables import OfficeBase

START = """
import sys
from pathlib import Path
from watmos_office.office import Office
sys.stdin.readline()
office = Office(sys.argv[1], Path(sys.argv[2]))
print(office.epoch, office.cursor_key.hex(), office.signing_key.private_bytes_raw().hex())
office.close()
"""


def test_the_revisions_make_what_the_models_say(office: Office) -> None:
    with office.engine.connect() as connection:
        assert schema.revision(connection) == HEAD
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, OfficeBase.metadata) == []
        assert walls.standing(connection) == office.postgresql


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_processes_that_start_at_once_are_one_office(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgresql") if kind == "postgresql" else ""
    url = new_database(server) if server else f"sqlite:///{tmp_path / 'office.db'}"
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", START, url, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for one in starts:  # all have imported what they need and wait for a line
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    said = [one.communicate(timeout=60) for one in starts]
    assert [errors for _, errors in said] == ["", "", ""]
    assert len({words for words, _ in said}) == 1


def test_an_office_of_a_newer_program_is_left_alone(office: Office) -> None:
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    url = office.engine.url.render_as_string(hide_password=False)
    with pytest.raises(schema.TooNew):
        Office(url, office.home)


def test_a_role_that_owns_nothing_serves_but_does_not_migrate(postgresql: str, tmp_path: Path) -> None:
    url = new_database(postgresql)
    Office(url, tmp_path).close()
    role = "app" + url.split("/o")[-1][:12]
    owner = make_engine(url)
    with owner.begin() as connection:
        schema.let_serve(connection, role, make=True)
        connection.exec_driver_sql(f"ALTER ROLE {role} LOGIN")
    mine = owner.url.set(username=role)
    owner.dispose()
    office = Office(mine.render_as_string(hide_password=False), tmp_path)
    with office.writing() as connection:
        connection.execute(text("SELECT count(*) FROM record")).scalar_one()
    for forbidden in (
        "DELETE FROM audit",
        "UPDATE audit SET what = ''",
        "DROP TABLE audit",
        "DELETE FROM op",
    ):
        with (
            pytest.raises(Exception, match=r"permission denied|must be owner"),
            office.writing() as connection,
        ):
            connection.exec_driver_sql(forbidden)
    with office.engine.begin() as connection, pytest.raises(schema.MayNotMigrate):
        connection.exec_driver_sql("CREATE TEMP TABLE alembic_version (version_num text)")
        schema.upgrade(connection)
    office.close()
