"""The shape of the database: brings it up to the newest revision and keeps the tripwire's triggers.

The triggers note every row of a synced table that is written. The capture of changes (services/capture.py) takes
its rows off that list, and a commit with anything left on it is refused (sync.md 1.2).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect

from watmos_desktop.models.migrations import HEAD
from watmos_desktop.models.tables import SYNCED, Base
from watmos_desktop.services import due_days, search_index, tallies
from watmos_desktop.services.errors import Told

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent.parent / "models" / "migrations"


class TooNew(Told):
    """The workspace was written by a newer program."""

    def __init__(self) -> None:
        super().__init__(
            "This workspace was used with a newer version of the program.",
            "Install the newest version on this device; nothing was changed.",
        )


def revision(connection: Connection) -> str:
    """The revision of the database, empty when it has no tables yet."""
    if not connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").first():
        return ""
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return str(row[0]) if row else ""


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest shape."""
    with engine.connect() as connection:
        return revision(connection) == HEAD


def is_empty(engine: Engine) -> bool:
    """Whether the database was just made and holds no tables."""
    with engine.connect() as connection:
        return not revision(connection)


def migrate(engine: Engine, to: str = "head") -> None:
    """Bring the database to a revision in one transaction; raises TooNew for one this program does not know."""
    from alembic import command
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    with engine.connect() as connection:
        if revision(connection) not in known | {""}:
            raise TooNew
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.rollback()
        with connection.begin():
            config = _config()
            config.attributes["connection"] = connection
            _drop_triggers(connection)
            command.upgrade(config, to)
            make_triggers(connection)
            tallies.make(connection)
            due_days.make(connection)
            search_index.make(connection)
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _drop_triggers(connection: Connection) -> None:
    """A table that a revision makes anew cannot take its name back while another's trigger speaks of it."""
    for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def make_triggers(connection: Connection) -> None:
    """Make the tripwire afresh for every synced table."""
    run = connection.exec_driver_sql
    run("CREATE TABLE IF NOT EXISTS _touched (tbl TEXT NOT NULL, rid BLOB NOT NULL, PRIMARY KEY (tbl, rid))")
    run("CREATE TABLE IF NOT EXISTS _mode (applying INTEGER NOT NULL)")
    run("INSERT INTO _mode SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM _mode)")
    for table in inspect(connection).get_table_names():
        if table not in SYNCED:
            continue
        for kind, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            name = f"_touch_{table}_{kind.lower()}"
            run(f"DROP TRIGGER IF EXISTS {name}")
            when = "WHEN (SELECT applying FROM _mode) = 0"
            note = f"INSERT OR IGNORE INTO _touched VALUES ('{table}', {row}.id)"  # noqa: S608 - our own names
            run(f"CREATE TRIGGER {name} AFTER {kind} ON {table} {when} BEGIN {note}; END")


def differences(engine: Engine) -> list[object]:
    """What the models say and the database lacks, for the tests: empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        options = {"include_name": _not_ours, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def _not_ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith(("_", "search")))
