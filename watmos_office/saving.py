"""Many rows to the database in one statement each, on SQLite and PostgreSQL alike.

Past SQLAlchemy's own insert: turning each value of each row into a parameter took longer than all the rest of a push.
Ids may be UUIDs or their text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal

import orjson
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import JSON

from watmos_desktop.models.base import Id, Moment
from watmos_office.office import take_numbers
from watmos_office.tables import OfficeBase, Record, RowBucket

Row = Mapping[str, Any]
_Clash = Literal["raise", "keep", "replace"]


def records(connection: Connection, new: Sequence[Row], known: Sequence[Row]) -> None:
    """Save records. A new one that someone else made meanwhile raises IntegrityError: try the whole again."""
    _write(connection, Record, new, "raise")
    _write(connection, Record, known, "replace")


def feed(connection: Connection, entries: Sequence[tuple[str, tuple[str, str], bool]]) -> None:
    """Number (bucket, record, present) in the feed: nothing may come between this and COMMIT."""
    if not entries:
        return
    first = take_numbers(connection, len(entries))
    rows = [
        {"bucket": bucket, "tbl": key[0], "rid": key[1], "seq": first + n, "present": present}
        for n, (bucket, key, present) in enumerate(entries)
    ]
    _write(connection, RowBucket, rows, "replace")


def insert(connection: Connection, model: type[OfficeBase], rows: Sequence[Row]) -> None:
    """Insert rows; raises IntegrityError for one whose keys are there."""
    _write(connection, model, rows, "raise")


def add(connection: Connection, model: type[OfficeBase], rows: Sequence[Row]) -> None:
    """Insert rows; those whose keys are there stay as they are."""
    _write(connection, model, rows, "keep")


def upsert(connection: Connection, model: type[OfficeBase], rows: Sequence[Row]) -> None:
    """Insert rows, or put them in the place of those with the same primary key."""
    _write(connection, model, rows, "replace")


def _write(connection: Connection, model: type[OfficeBase], rows: Sequence[Row], clash: _Clash) -> None:
    if not rows:
        return
    names = tuple(rows[0])
    if connection.dialect.name == "postgresql":
        _write_postgresql(connection, model, names, rows, clash)
    else:
        columns = [
            _column([row[name] for row in rows], _for_sqlite(model.__table__.c[name])) for name in names
        ]
        connection.exec_driver_sql(_sqlite(model, names, clash), list(zip(*columns, strict=True)))


def _write_postgresql(
    connection: Connection,
    model: type[OfficeBase],
    names: tuple[str, ...],
    rows: Sequence[Row],
    clash: _Clash,
) -> None:
    """One parameter for each column, so that any number of rows is one short statement.

    The driver takes long over the quotes in a list of texts: what cannot hold a line break goes as one text.
    """
    same: dict[str, Any] = {}
    apart: dict[str, Any] = {}
    for name in names:
        kind, values = model.__table__.c[name].type, [row[name] for row in rows]
        first = values[0]
        if all(value is first for value in values):
            same[name] = _json(first) if isinstance(kind, JSON) and first is not None else first
        elif isinstance(kind, JSON):
            apart[name] = "\n".join(map(_json, values))
        elif isinstance(kind, Id):
            apart[name] = "\n".join("" if value is None else str(value) for value in values)
        else:
            apart[name] = values
    statement = _postgresql(model, tuple(same), tuple(apart), clash)
    connection.exec_driver_sql(statement, (*same.values(), *apart.values()))


def _column(values: list[Any], turn: Callable[[Any], Any] | None) -> list[Any]:
    """The values of one column as the driver takes them; what is the same in each row is turned once."""
    if turn is None:
        return values
    first = values[0]
    if all(value is first for value in values):
        return [None if first is None else turn(first)] * len(values)
    return [None if value is None else turn(value) for value in values]


@cache
def _postgresql(model: type[OfficeBase], same: tuple[str, ...], apart: tuple[str, ...], clash: _Clash) -> str:
    """Columns that are the ``same`` in every row are given once, the others as arrays."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    values, arrays = [], []
    for name in (*same, *apart):
        column = model.__table__.c[name].type
        kind = column.dialect_impl(dialect).compile(dialect)
        if name in same:
            values.append(f"%s::{kind}")
        elif isinstance(column, JSON | Id):
            arrays.append("string_to_array(%s, E'\\n', '')")
            values.append(f"{name}::{kind}")
        else:
            arrays.append(f"%b::{kind}[]")
            values.append(name)
    rows = f" FROM unnest({', '.join(arrays)}) AS given ({', '.join(apart)})" if apart else ""
    into = f"INSERT INTO {model.__tablename__} ({', '.join((*same, *apart))})"
    return f"{into} SELECT {', '.join(values)}{rows}{_on_conflict(model, (*same, *apart), clash)}"


@cache
def _sqlite(model: type[OfficeBase], names: tuple[str, ...], clash: _Clash) -> str:
    marks = ", ".join("?" * len(names))
    values = f"INSERT INTO {model.__tablename__} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
    return values + _on_conflict(model, names, clash)


def _on_conflict(model: type[OfficeBase], names: tuple[str, ...], clash: _Clash) -> str:
    if clash == "raise":
        return ""
    keys = [column.name for column in model.__table__.primary_key]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    if clash == "keep" or not changes:
        return " ON CONFLICT DO NOTHING"
    return f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changes}"


def _for_sqlite(column: ColumnElement[Any]) -> Callable[[Any], Any] | None:
    if isinstance(column.type, JSON):
        return _json
    if isinstance(column.type, Id):
        return _bytes
    return _naive if isinstance(column.type, Moment) else None


def _json(value: Any) -> str:
    """JSON as text; bytes are JSON already."""
    return (value if isinstance(value, bytes) else orjson.dumps(value)).decode()


def _bytes(value: Any) -> bytes:
    return bytes.fromhex(value.replace("-", "")) if type(value) is str else value.bytes


def _naive(value: datetime) -> str:
    """A moment as SQLAlchemy keeps it on SQLite, in UTC without an offset."""
    return value.replace(tzinfo=None).isoformat(" ", "microseconds")
