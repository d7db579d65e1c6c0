"""Many rows to the database in one statement each, on SQLite and PostgreSQL alike.

Past SQLAlchemy's own insert: turning each value of each row into a parameter took longer than all the rest of a push.
Ids may be UUIDs or their text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import repeat
from operator import eq, is_
from typing import Any, Literal

import orjson
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import JSON

from watmos_desktop.models.base import Id, Moment
from watmos_office.office import take_numbers
from watmos_office.tables import OfficeBase, Op, Record, RowBucket

Row = Mapping[str, Any]
_Clash = Literal["raise", "keep", "replace"]


def records(connection: Connection, columns: Mapping[str, Sequence[Any]], *, new: bool) -> None:
    """Save records, given by column.

    A ``new`` one that someone else made meanwhile raises IntegrityError: try the whole again.
    """
    _write_columns(connection, Record, columns, "raise" if new else "replace")


def feed(connection: Connection, entries: Sequence[tuple[str, tuple[str, str], bool]]) -> tuple[int, int]:
    """Number (bucket, record, present) in the feed: nothing may come between this and COMMIT. Gives first and last."""
    first = take_numbers(connection, len(entries))
    buckets, keys, present = zip(*entries, strict=True)
    tables, rids = zip(*keys, strict=True)
    numbers = range(first, first + len(entries))
    columns = {"bucket": buckets, "tbl": tables, "rid": rids, "seq": numbers, "present": present}
    _write_columns(connection, RowBucket, columns, "replace")
    return numbers[0], numbers[-1]


def operations(connection: Connection, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert operations, given by column."""
    _write_columns(connection, Op, columns, "raise")


def add(connection: Connection, model: type[OfficeBase], rows: Sequence[Row]) -> None:
    """Insert rows; those whose keys are there stay as they are."""
    _write(connection, model, rows, "keep")


def upsert(connection: Connection, model: type[OfficeBase], rows: Sequence[Row]) -> None:
    """Insert rows, or put them in the place of those with the same primary key."""
    _write(connection, model, rows, "replace")


def _write(connection: Connection, model: type[OfficeBase], rows: Sequence[Row], clash: _Clash) -> None:
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        _write_columns(connection, model, columns, clash)


def _write_columns(
    connection: Connection, model: type[OfficeBase], columns: Mapping[str, Sequence[Any]], clash: _Clash
) -> None:
    """Write rows that are given by column."""
    number = len(next(iter(columns.values())))
    if not number:
        return
    same = {name: values[0] for name, values in columns.items() if _all_one(values)}
    apart = {name: values for name, values in columns.items() if name not in same}
    if connection.dialect.name == "postgresql":
        _write_postgresql(connection, model, same, apart, clash)
        return
    table = model.__table__.c
    turned: list[Iterable[Any]] = [
        repeat(_turned([value], _for_sqlite(table[name]))[0], number) for name, value in same.items()
    ]
    turned += [_turned(values, _for_sqlite(table[name])) for name, values in apart.items()]
    connection.exec_driver_sql(_sqlite(model, (*same, *apart), clash), list(zip(*turned, strict=True)))


def _all_one(values: Sequence[Any]) -> bool:
    """Whether all are the same; what is turned for each database is then turned once."""
    first = values[0]
    if type(first) is str:
        return values[-1] == first and all(map(eq, values, repeat(first)))
    return all(map(is_, values, repeat(first)))


def _write_postgresql(
    connection: Connection,
    model: type[OfficeBase],
    same: Mapping[str, Any],
    apart: Mapping[str, Sequence[Any]],
    clash: _Clash,
) -> None:
    """One parameter for each column, so that any number of rows is one short statement.

    The driver takes long over the quotes in a list of texts: what cannot hold a line break goes as one text.
    """
    once: list[Any] = []
    for name, value in same.items():
        is_json = isinstance(model.__table__.c[name].type, JSON)
        once.append(_json(value) if is_json and value is not None else value)
    arrays: list[Any] = []
    for name, values in apart.items():
        kind = model.__table__.c[name].type
        if isinstance(kind, JSON):
            arrays.append("\n".join(map(_json, values)))
        elif isinstance(kind, Id):
            arrays.append("\n".join("" if value is None else str(value) for value in values))
        else:
            arrays.append(list(values))
    connection.exec_driver_sql(_postgresql(model, tuple(same), tuple(apart), clash), (*once, *arrays))


def _turned(values: Sequence[Any], turn: Callable[[Any], Any] | None) -> Sequence[Any]:
    """The values of one column as the driver takes them."""
    return values if turn is None else [None if value is None else turn(value) for value in values]


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
