"""How a field's value on the wire becomes what SQLite keeps, a column at a time: no object is made for a cell."""

# ruff: noqa: S608 - every part of the SQL is a name of the models
from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import JSON

from watmos_desktop.models.tables import SYNCED, Base

Convert = Callable[[Iterable[Any]], list[Any]]

_WHOLE_SECONDS = len("2026-11-23T10:42:00+00:00")
_OWN = ("id", "deleted", "stamps")


def rid(text: str) -> bytes:
    """The 16 bytes of a UUID as the wire writes it."""
    return UUID(text).bytes


def id_text(kept: bytes) -> str:
    """A UUID as the wire writes it, from its 16 bytes; ten times as quick as through a UUID."""
    h = kept.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def ids(values: Iterable[Any]) -> list[Any]:
    """UUIDs as the wire writes them, as the database keeps them."""
    fast = bytes.fromhex
    return [None if one is None else fast(one.replace("-", "")) for one in values]


def moment(text: str) -> str:
    """A moment in UTC as SQLAlchemy keeps it on SQLite: ``2026-11-23 10:42:00.000000``."""
    if text.endswith("+00:00") and len(text) in (25, 32):
        body = text[:-6]
    else:
        body = datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None).isoformat()
    return f"{body[:10]} {body[11:]}" + ("" if len(body) > 19 else ".000000")


def _moments(values: Iterable[Any]) -> list[Any]:
    return [
        None
        if one is None
        else f"{one[:10]} {one[11:19]}.000000"
        if len(one) == _WHOLE_SECONDS and one[-6:] == "+00:00"
        else moment(one)
        for one in values
    ]


def _documents(values: Iterable[Any]) -> list[Any]:
    return [None if one is None else orjson.dumps(one).decode() for one in values]


def _booleans(values: Iterable[Any]) -> list[Any]:
    return [None if one is None else int(one) for one in values]


@cache
def converter(table: str, column: str) -> Convert:
    """What turns a column of wire values into what the database keeps."""
    return _CONVERT.get(_kind(table, column), list)


@cache
def reader(table: str, column: str) -> Callable[[Any], Any]:
    """What turns what the database keeps into the wire's value."""
    read = _READ.get(_kind(table, column))
    return (lambda raw: None if raw is None else read(raw)) if read else (lambda raw: raw)


def _kind(table: str, column: str) -> type:
    found = Base.metadata.tables[table].columns[column].type
    return dict if isinstance(found, JSON) else found.python_type


_CONVERT: dict[type, Convert] = {UUID: ids, datetime: _moments, bool: _booleans, dict: _documents}
_READ: dict[type, Callable[[Any], Any]] = {
    UUID: id_text,
    datetime: lambda raw: datetime.fromisoformat(raw).replace(tzinfo=UTC).isoformat(),
    bool: bool,
    dict: json.loads,
}


@cache
def known(table: str) -> tuple[str, ...]:
    """The columns of a synced table in the models' order, without id, deletion and stamps."""
    return tuple(one.name for one in Base.metadata.tables[table].columns if one.name not in _OWN)


@cache
def upsert(table: str, columns: tuple[str, ...]) -> str:
    """The statement that lays a row down: named columns are set, others stay, or get a neutral value when new.

    Its values: id, deleted, stamps, then the columns. Where some of the columns are not named, their stamps stay.
    """
    others = [name for name in known(table) if name not in columns]
    fill = [name for name in others if neutral(table, name) is not None]
    marks = ", ".join([*"?" * (3 + len(columns)), *(neutral(table, name) or "NULL" for name in fill)])
    stamps = "json_patch(stamps, excluded.stamps)" if others else "excluded.stamps"
    sets = ", ".join([*(f"{name} = excluded.{name}" for name in ("deleted", *columns)), f"stamps = {stamps}"])
    names = ", ".join([*_OWN, *columns, *fill])
    return f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {sets}"


@cache
def neutral(table: str, column: str) -> str | None:
    """What a column that this person may not see holds in a new row, in SQL; None where it may stay empty."""
    found = Base.metadata.tables[table].columns[column]
    if found.nullable:
        return None
    kind, default = _kind(table, column), found.default
    if default is not None and default.is_callable:
        return f"'{json.dumps(default.arg(None))}'"  # type: ignore[attr-defined]
    value = default.arg if default is not None and default.is_scalar else None  # type: ignore[attr-defined]
    if isinstance(value, Enum):
        return f"'{value.value}'"
    if isinstance(value, bool | int):
        return str(int(value))
    return f"'{next(iter(kind)).value}'" if issubclass(kind, Enum) else _NEUTRAL[kind]


_NEUTRAL: dict[type, str] = {
    str: "''",
    int: "0",
    bool: "0",
    dict: "'{}'",
    UUID: "zeroblob(16)",
    datetime: "'1970-01-01 00:00:00.000000'",
    date: "'1970-01-01'",
}


def is_synced(table: str) -> bool:
    """Whether this program knows the table."""
    return table in SYNCED
