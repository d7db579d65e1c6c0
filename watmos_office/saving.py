"""Many rows to the database in one statement each, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert
from sqlalchemy.dialects import postgresql, sqlite

from watmos_office.office import take_numbers
from watmos_office.tables import OfficeBase, Record, RowBucket


def records(
    connection: Connection, new: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]
) -> None:
    """Save records. A new one that someone else made meanwhile raises IntegrityError: try the whole again."""
    if new:
        connection.execute(insert(Record), list(new))
    if known:
        upsert(connection, Record, known)


def feed(connection: Connection, entries: Sequence[tuple[str, tuple[str, UUID], bool]]) -> None:
    """Number (bucket, record, present) in the feed: nothing may come between this and COMMIT."""
    if not entries:
        return
    first = take_numbers(connection, len(entries))
    rows = [
        {"bucket": bucket, "tbl": key[0], "rid": key[1], "seq": first + n, "present": present}
        for n, (bucket, key, present) in enumerate(entries)
    ]
    upsert(connection, RowBucket, rows)


def add(connection: Connection, model: type[OfficeBase], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those whose primary key is there stay as they are."""
    if rows:
        connection.execute(_insert(connection, model).on_conflict_do_nothing(), list(rows))


def upsert(connection: Connection, model: type[OfficeBase], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or put them in the place of those with the same primary key."""
    if not rows:
        return
    keys = [column.name for column in model.__table__.primary_key]
    statement = _insert(connection, model)
    others = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if others:
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others), list(rows))
    else:
        connection.execute(statement.on_conflict_do_nothing(index_elements=keys), list(rows))


def _insert(connection: Connection, model: type[OfficeBase]) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(model.__table__)
