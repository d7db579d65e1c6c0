"""Copies of the database that are proved before they count: every page's seal, and the rows of one moment."""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from watmos_desktop.services import erasing, files
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import connect

_TRIES = 3


class DamagedBackup(Told):
    """A backup is not as it was made, or is none."""

    def __init__(self, message: str = "This backup is damaged.") -> None:
        super().__init__(message, "Choose an earlier backup. Nothing was changed.")


class TooBusy(Told):
    """Something was saved during each of the tries, so that none was of one moment."""

    def __init__(self) -> None:
        super().__init__("Something is being saved without pause.", "It is tried again in ten minutes.")


@dataclass(frozen=True)
class Facts:
    """What a database holds at one moment; two with equal facts hold the same rows under the same schema."""

    changes: int
    digest: str


def copy_database(source: Path, target: Path, key: bytes) -> int:
    """VACUUM INTO, then proof that it holds the rows of one moment; gives the number of change records."""
    for _ in range(_TRIES):
        target.unlink(missing_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
        with closing(connect(source, key, read_only=True)) as reader, closing(connect(source, key)) as other:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the moment begins with a read
            other.execute("VACUUM INTO ?", (str(target),))
            wanted = facts(reader)
        files.put_in_place(target, target)
        if prove(target, key) == wanted:
            return wanted.changes
        # A write came between the two moments, so they may differ: once more.
    raise TooBusy


def prove(database: Path, key: bytes) -> Facts:
    """Read a backup's database whole: every page's seal, its structure, its references. Raises DamagedBackup."""
    try:
        with closing(look(database, key)) as connection:
            for pragma, sound in _PROOFS:
                if connection.execute(f"PRAGMA {pragma}").fetchall() != sound:
                    raise DamagedBackup
            if not _has_office(connection) and connection.execute("PRAGMA foreign_key_check").fetchall():
                raise DamagedBackup
            return facts(connection)
    except sqlcipher.DatabaseError as fault:
        raise DamagedBackup from fault


_PROOFS: tuple[tuple[str, list[tuple[str]]], ...] = (
    ("cipher_integrity_check", []),
    ("integrity_check", [("ok",)]),
)


def _has_office(connection: Any) -> bool:
    """Whether it is of a workspace that joined an office, where a scope may hold a record without its parent."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return "meta" in tables and bool(
        connection.execute("SELECT 1 FROM meta WHERE key = 'sync' AND value <> '{}'").fetchall()
    )


def look(database: Path, key: bytes) -> Any:
    """A connection to a database that nothing writes to; leaves no file beside it."""
    connection = sqlcipher.connect(f"{database.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.execute("PRAGMA cipher_log_level = NONE")
    erasing.give_key(connection, key)
    connection.execute("PRAGMA query_only = ON")
    return connection


def facts(connection: Any) -> Facts:
    """What a database holds now."""
    digest = hashlib.sha256()
    schema = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    digest.update(repr(schema).encode())
    for kind, name, sql in schema:
        if kind != "table" or name.startswith("sqlite_") or sql.startswith("CREATE VIRTUAL"):
            continue
        rows = connection.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - a name from the schema itself
        while some := rows.fetchmany(200):
            digest.update(repr(some).encode())
    there = any(name == "change" for _, name, _ in schema)
    changes = connection.execute("SELECT count(*) FROM change").fetchone()[0] if there else 0
    return Facts(changes, digest.hexdigest())


def is_damage(fault: Exception) -> bool:
    """Whether SQLCipher refuses what the file holds, rather than the disk refusing to give or take it."""
    return str(getattr(fault, "sqlite_errorname", "")).split("_")[1:2] in (["CORRUPT"], ["NOTADB"], ["ERROR"])
