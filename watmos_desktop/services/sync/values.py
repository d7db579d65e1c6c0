"""Values from outside, judged by their column: given back as ``capture.to_json`` writes them, or refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, inspect

from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.sync.registers import Kind, kind_of
from watmos_desktop.services.sync.wire import Malformed, canonical, is_id

TEXT = 20_000  # letters
JSON_BYTES = 2**18
_KEPT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+00:00").fullmatch
WHOLE = 2**53 - 1  # what every reader of JSON keeps exactly
_SHARED = frozenset({"id", "deleted", "stamps"})


class BadValue(ValueError):  # noqa: N818 - says what it is
    """A value that its column does not take; ``field`` and ``reason`` name no value."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@cache
def known(table: str) -> tuple[str, ...]:
    """The columns of a table in the model's order, without ``id``, ``deleted`` and ``stamps``; none if unknown."""
    if table not in SYNCED:
        return ()
    columns = inspect(SYNCED[table]).local_table.columns
    return tuple(column.key for column in columns if column.key not in _SHARED)


@cache
def required(table: str) -> tuple[str, ...]:
    """The columns that an insert must give: not NULL and without a default."""
    columns = inspect(SYNCED[table]).local_table.columns
    return tuple(
        one.key for one in columns if one.key not in _SHARED and not one.nullable and one.default is None
    )


@cache
def defaults(table: str) -> tuple[tuple[str, Any], ...]:
    """What the columns that may not be empty hold in records older than them, as JSON: what the models say."""
    found = []
    for one in inspect(SYNCED[table]).local_table.columns:
        if one.key in _SHARED or one.nullable or one.default is None:
            continue
        value = one.default.arg(None) if one.default.is_callable else one.default.arg
        found.append((one.key, value.value if isinstance(value, Enum) else value))
    return tuple(found)


def normal(table: str, field: str, value: Any) -> Any:
    """The value as this program would have written it.

    Raises BadValue for a wrong type, a sign that cannot be kept, or what is out of range or too long. The change of
    a set (``{"add", "remove"}``) or counter (``{"delta"}``) is judged in its parts. A field that is not known here
    (a newer program's) is taken as it is, when it is small enough and can be kept.
    """
    return (judges(table).get(field) or _judge(table, field))(value)


def normal_fields(table: str, fields: dict[str, Any]) -> dict[str, Any]:
    """``normal`` for all fields of one row; raises BadValue at the first that is not."""
    known = judges(table)
    return {name: (known.get(name) or _judge(table, name))(value) for name, value in fields.items()}


_Judge = Callable[[Any], Any]


@cache
def judges(table: str) -> Mapping[str, _Judge]:
    """``normal`` for each known column of a table; none for one that is not known."""
    return {name: _judge(table, name) for name in known(table)}


def _judge(table: str, field: str) -> _Judge:
    if table not in SYNCED or field == "stamps" or field not in inspect(SYNCED[table]).local_table.columns:
        return lambda value: _json(field, value)
    column = inspect(SYNCED[table]).local_table.columns[field]
    inner = _judge_of(field, _shape(column) if isinstance(column.type, JSON) else column.type.python_type)
    change = _CHANGES.get(kind_of(table, field))
    if change is not None:
        plain = inner
        inner = lambda value: change(field, value) if type(value) is dict else plain(value)  # noqa: E731
    elif column.type.python_type is str:
        return _judge_of_text(field, nullable=bool(column.nullable))
    if column.nullable:
        return lambda value: None if value is None else inner(value)
    return inner


def _judge_of_text(field: str, *, nullable: bool) -> _Judge:
    """``_text`` in one step for what is nearly always said: most fields of most operations are plain texts."""

    def judge(value: Any) -> Any:
        if type(value) is str and len(value) <= TEXT and value.isascii() and "\x00" not in value:
            return value
        return None if value is None and nullable else _text(field, value)

    return judge


def _judge_of(field: str, kind: type) -> _Judge:
    if issubclass(kind, Enum):
        codes = {member.value for member in kind}
        return lambda value: value if type(value) is str and value in codes else _refuse(field, "not a code")
    judges: dict[type, Callable[[str, Any], Any]] = {
        str: _text,
        UUID: _id,
        datetime: _moment,
        date: _date,
        int: _number,
        bool: _truth,
    }
    judge = judges.get(kind)
    if judge is not None:
        return lambda value: judge(field, value)
    return lambda value: _json(field, value) if type(value) is kind else _refuse(field, "not of its shape")


def _shape(column: Column[Any]) -> type:
    """Whether a JSON column keeps a list or an object, by what it is when nothing is given."""
    default: Any = column.default
    return type(default.arg(None)) if default is not None else dict


def _refuse(field: str, reason: str) -> Any:
    raise BadValue(field, reason)


def _text(field: str, value: Any) -> Any:
    if type(value) is str and len(value) <= TEXT and value.isascii() and "\x00" not in value:
        return value
    if type(value) is not str:
        _refuse(field, "not a text")
    if len(value) > TEXT:
        _refuse(field, "too long")
    return value if keepable(value) else _refuse(field, "a sign that cannot be kept")


def keepable(text: str) -> bool:
    """Whether databases keep it: NUL is kept by SQLite alone, half a surrogate pair by nobody."""
    try:
        return "\x00" not in text and (text.isascii() or bool(text.encode()))
    except UnicodeEncodeError:
        return False


def _id(field: str, value: Any) -> Any:
    if type(value) is str and is_id(value):
        return value
    try:
        return str(UUID(value)) if len(value) == 36 else _refuse(field, "not an id")
    except (ValueError, TypeError, AttributeError):
        return _refuse(field, "not an id")


def _moment(field: str, value: Any) -> Any:
    try:
        found = datetime.fromisoformat(value)
        # A year that a time zone could push over the edge would break every reader.
        if found.tzinfo is None or not 1900 <= found.year <= 2200:
            _refuse(field, "not a moment with its time zone")
        # A device writes it as it is kept: with microseconds, in UTC.
        return value if found.microsecond and _KEPT(value) else found.astimezone(UTC).isoformat()
    except (ValueError, TypeError, OverflowError):
        return _refuse(field, "not a moment")


def _date(field: str, value: Any) -> Any:
    try:
        found = date.fromisoformat(value)
    except (ValueError, TypeError):
        return _refuse(field, "not a date")
    return found.isoformat() if 1800 <= found.year <= 2200 else _refuse(field, "not a date")


def _number(field: str, value: Any) -> Any:
    if type(value) is not int or not -WHOLE <= value <= WHOLE:
        _refuse(field, "not a whole number")
    return value


def _truth(field: str, value: Any) -> Any:
    return value if type(value) is bool else _refuse(field, "neither true nor false")


def _json(field: str, value: Any) -> Any:
    try:
        written = canonical(value)
    except Malformed:
        return _refuse(field, "not JSON")
    if len(written) > JSON_BYTES:
        _refuse(field, "too long")
    if b"\\u0000" in written:
        _refuse(field, "a sign that cannot be kept")
    return value


def _set_change(field: str, value: dict[str, Any]) -> Any:
    if not value.keys() <= {"add", "remove"} or not all(type(part) is list for part in value.values()):
        _refuse(field, "not a change of a set")
    return _json(field, {"add": value.get("add", []), "remove": value.get("remove", [])})


def _counter_change(field: str, value: dict[str, Any]) -> Any:
    if value.keys() != {"delta"}:
        _refuse(field, "not a change of a counter")
    return {"delta": _number(field, value["delta"])}


_CHANGES: dict[Kind, Callable[[str, dict[str, Any]], Any]] = {
    Kind.SET: _set_change,
    Kind.COUNTER: _counter_change,
}
