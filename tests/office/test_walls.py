"""Two walls around what a caller may read: the application's own condition, and PostgreSQL's. Each alone is enough."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from tests.fakes import FakeClock
from tests.office.conftest import new_database
from tests.office.feed import Feed, filled
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync import pages
from watmos_office import bootstrap, checks, exporting, outward, pull, searching, walls
from watmos_office.office import Office

_TABLES = ("record", "row_bucket")


@pytest.fixture
def real(postgresql: str, tmp_path: Path, clock: FakeClock) -> Iterator[Office]:
    """An office on PostgreSQL, where the second wall is."""
    office = Office(new_database(postgresql), tmp_path / "office", clock=clock)
    yield office
    office.close()


class World:
    """One record that the caller may see, and one in each kind of bucket that they may not."""

    def __init__(self, office: Office) -> None:
        self.office = office
        feed = Feed(office)
        estate = uuid4()
        member = feed.member(Role.TENANCY_OFFICER)
        feed.grant(member, estate)
        self.here = f"estate:{estate}"
        self.caller = feed.caller(member)
        self.mine = feed.put("repair", filled("repair", "mine"), self.here)
        self.foreign = {
            feed.put("repair", filled("repair", "foreign"), f"{kind}:{uuid4()}")
            for kind in ("estate", "block", "case", "user")
        }
        self.left = feed.put("repair", filled("repair", "left"), f"estate:{uuid4()}", gone=(self.here,))

    def told(self) -> list[object]:
        """Everything that every reading door says to the caller."""
        office, caller = self.office, self.caller
        page = pages.read(pull.pull(office, caller, "", 100, None))
        first = pages.read(bootstrap.bootstrap(office, caller, self.here, ""))
        wanted = [("repair", rid) for rid in (self.mine, *sorted(self.foreign), self.left)]
        some = pages.read(pull.rows(office, caller, wanted))
        return [
            page.tables,
            first.tables,
            some.tables,
            some.gone,
            checks.check(office, caller, self.here),
            searching.search(office, caller, "title"),
            searching.counts(office, caller),
            list(exporting.export(office, caller.actor, caller.buckets)),
        ]


def seen(connection: Connection, table: str) -> set[UUID]:
    return set(connection.scalars(text(f"SELECT rid FROM {table}")))


def test_sqlite_has_no_wall(tmp_path: Path, clock: FakeClock) -> None:
    office = Office(f"sqlite:///{tmp_path / 'o.db'}", tmp_path, clock=clock)
    with office.writing() as connection:
        walls.build(connection)
        assert not walls.standing(connection)
    office.close()


def test_behind_the_wall_plain_sql_shows_nothing_foreign(real: Office) -> None:
    world = World(real)
    with walls.reading(real, world.caller.buckets) as connection:
        assert seen(connection, "record") == {world.mine}
        assert seen(connection, "row_bucket") == {world.mine, world.left}
    for none in ((), ("",), ("org",), ("estate:",), ("%",)):
        with walls.reading(real, none) as connection:
            assert seen(connection, "record") == seen(connection, "row_bucket") == set()
    with real.reading() as connection:
        assert seen(connection, "record") == {world.mine, world.left, *world.foreign}, (
            "the office itself sees all"
        )


def test_behind_the_wall_no_other_table_is_read_and_nothing_is_written(real: Office) -> None:
    world = World(real)
    for statement in (
        "SELECT * FROM member",
        "SELECT * FROM token",
        "SELECT * FROM op",
        "SELECT * FROM fact",
        "SELECT * FROM case_exclusion",
        "UPDATE record SET deleted = true",
        "DELETE FROM row_bucket",
        "UPDATE feed_head SET n = 0",
        "ALTER TABLE record DISABLE ROW LEVEL SECURITY",
    ):
        with pytest.raises(ProgrammingError), walls.reading(real, world.caller.buckets) as connection:
            connection.execute(text(statement))
    with real.writing() as connection:
        assert (
            connection.scalar(
                text("SELECT current_user || coalesce(current_setting('watmos.buckets', true), '')")
            )
            == "postgres"
        )


def take_down_the_first_wall(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application asks for every bucket there is, not the caller's own."""
    with world.office.reading() as connection:
        buckets = list(connection.scalars(text("SELECT DISTINCT bucket FROM row_bucket")))
    monkeypatch.setattr(outward, "among", lambda *_: [*buckets, *outward.TABLES])
    for module, name in ((bootstrap, "_PRESENT"), (bootstrap, "_ROWS"), (checks, "_ROWS")):
        said = getattr(module, name)
        monkeypatch.setattr(module, name, said.replace("bucket = :bucket", "bucket >= left(:bucket, 0)"))


def test_without_the_applications_condition_the_wall_alone_suffices(
    real: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(real)
    before = world.told()
    take_down_the_first_wall(world, monkeypatch)
    assert world.told() == before


def test_without_the_wall_the_applications_condition_alone_suffices(
    real: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(real)
    before = world.told()
    with real.writing() as connection:
        for table in _TABLES:
            connection.execute(text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))
            connection.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
    assert world.told() == before
    take_down_the_first_wall(world, monkeypatch)
    open_to_all = world.told()
    assert not [one for one, other in zip(before, open_to_all, strict=True) if one == other], "each was tried"


def test_the_wall_is_built_once_by_however_many_workers(real: Office) -> None:
    failures: list[BaseException] = []

    def build() -> None:
        try:
            with real.writing() as connection:
                walls.build(connection)
        except BaseException as failure:  # told below
            failures.append(failure)

    workers = [threading.Thread(target=build) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    with real.reading() as connection:
        assert walls.standing(connection)
        assert connection.scalar(text("SELECT count(*) FROM pg_policies")) == 4


@pytest.mark.parametrize(
    "breach",
    [
        "ALTER TABLE record DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE row_bucket NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY held ON record",
    ],
)
def test_a_breach_is_noticed_and_mended_at_the_next_start(real: Office, breach: str) -> None:
    with real.writing() as connection:
        assert walls.standing(connection)
        connection.execute(text(breach))
        assert not walls.standing(connection)
    again = Office(real.engine.url.render_as_string(hide_password=False), real.home, clock=real.clock)
    with again.reading() as connection:
        assert walls.standing(connection)
    again.close()


def test_an_office_whose_role_is_no_superuser_works_behind_the_wall_too(
    postgresql: str, tmp_path: Path, clock: FakeClock
) -> None:
    """As it is deployed: the owner of the tables is bound by row-level security like everyone (FORCE)."""
    role = f"office_{uuid4().hex[:12]}"
    url = new_database(postgresql)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN CREATEROLE NOSUPERUSER")
        connection.execute(f"GRANT ALL ON SCHEMA public TO {role}")
        made = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'watmos_reader'").fetchone()
        if (
            made
        ):  # by another office of this server, whose superuser then lets the new one in (docs/office.md)
            connection.execute(f"GRANT watmos_reader TO {role}")
    office = Office(
        url.replace("postgres:@", f"{role}@").replace("//postgres@", f"//{role}@"), tmp_path, clock=clock
    )
    with office.reading() as connection:
        assert connection.scalar(text("SELECT current_user")) == role
        assert walls.standing(connection)
    world = World(office)
    with walls.reading(office, world.caller.buckets) as connection:
        assert seen(connection, "record") == {world.mine}
    with office.reading() as connection:
        assert len(seen(connection, "record")) == 6
    assert str(world.mine) in str(world.told())
    office.close()
