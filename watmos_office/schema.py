"""The shape of the office's database: brought up to the newest revision at a start, by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from watmos_desktop.services.errors import Told
from watmos_office import walls
from watmos_office.migrations import HEAD
from watmos_office.tables import OfficeBase

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_ADD_ONLY = {"audit": "SELECT, INSERT", "op": "SELECT, INSERT, UPDATE (status)"}
_LOCK = 0x5741544D4F53  # "WATMOS": of this database alone, as advisory locks are


class TooNew(Told):
    """The database was made by a newer program."""

    def __init__(self) -> None:
        super().__init__(
            "This office was used with a newer version of the program.",
            "Install the newest version; nothing was changed.",
        )


class MayNotMigrate(Told):
    """The role that serves may not change tables, as is right; its owner has to."""

    def __init__(self) -> None:
        super().__init__(
            "The office's tables are of an older version, and this role may not change them.",
            "Run `watmos-office migrate` as the role that owns them (docs/office.md).",
        )


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other start of the same office shares; on SQLite every writer is alone anyway."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


def upgrade(connection: Connection) -> None:
    """Bring the database to the newest revision, and PostgreSQL's own wall with it. Raises TooNew, MayNotMigrate.

    To be called in a transaction of ``alone``; stopped at any moment it leaves all of the old or all of the new.
    """
    try:
        if (found := revision(connection)) != HEAD:
            _migrate(connection, found)
        if connection.dialect.name == "postgresql" and not walls.standing(connection):
            walls.build(connection)
    except ProgrammingError as cause:
        if "InsufficientPrivilege" in type(cause.orig).__name__:
            raise MayNotMigrate from cause
        raise


def _migrate(connection: Connection, found: str) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    config = _config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found not in known | {""}:
        raise TooNew
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def let_serve(connection: Connection, role: str, *, make: bool = False) -> None:
    """Let a PostgreSQL role that owns nothing serve: it writes rows, and only adds to the audit and the operations.

    Run by the owner, again after each migration. With ``make`` the role is made, without a password or log-in.
    """
    name = connection.dialect.identifier_preparer.quote(role)
    if make:
        connection.exec_driver_sql(f"CREATE ROLE {name} NOLOGIN NOSUPERUSER NOBYPASSRLS")
    connection.exec_driver_sql(f"GRANT {walls.READER} TO {name}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {name}")
    for table in OfficeBase.metadata.tables:
        rights = _ADD_ONLY.get(table, "SELECT, INSERT, UPDATE, DELETE")
        connection.exec_driver_sql(f"GRANT {rights} ON {table} TO {name}")
    for table in ("record", "row_bucket"):
        connection.exec_driver_sql(f"DROP POLICY IF EXISTS serving ON {table}")
        connection.exec_driver_sql(
            f"CREATE POLICY serving ON {table} TO {name} USING (true) WITH CHECK (true)"
        )


def revision(connection: Connection) -> str:
    """The revision of the database, empty when it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return str(row[0]) if row else ""


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
