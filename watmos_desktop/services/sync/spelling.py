"""Many values of one column looked at together: are all of them spelled as ``values.normal`` would give them back?

A push brings thousands of operations that say the same fields; looked at one by one, that was a fifth of what the
office did for them. *No* means only that each has to be looked at alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, inspect

from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.sync import values, wire
from watmos_desktop.services.sync.registers import Kind, kind_of

_All = Callable[[Sequence[Any]], bool]
_Judge = Callable[[Any], Any]


def all_normal(table: str, field: str, given: Sequence[Any]) -> bool:
    """Whether each of these values of a known column is one that ``values.normal`` gives back unchanged."""
    judge, nullable = _judge(table, field)
    if nullable and None in given:
        given = [one for one in given if one is not None]
    try:
        return not given or judge(given)
    except (values.BadValue, TypeError):
        return False


@cache
def _judge(table: str, field: str) -> tuple[_All, bool]:
    column = inspect(SYNCED[table]).local_table.columns[field]
    alone = values.judges(table)[field]
    each = partial(_each, alone)
    if isinstance(column.type, JSON) or kind_of(table, field) in (Kind.SET, Kind.COUNTER):
        return each, bool(column.nullable)
    kind = column.type.python_type
    if issubclass(kind, Enum):
        return partial(_codes, frozenset(member.value for member in kind)), bool(column.nullable)
    found: dict[type, _All] = {
        str: _texts,
        UUID: _ids,
        datetime: partial(_distinct, alone),
        date: partial(_distinct, alone),
        int: _numbers,
        bool: _truths,
    }
    return found.get(kind, each), bool(column.nullable)


def _texts(given: Sequence[Any]) -> bool:
    return max(map(len, given)) <= values.TEXT and values.keepable("".join(given))


def _ids(given: Sequence[Any]) -> bool:
    return all(map(wire.is_id, set(given)))


def _codes(codes: frozenset[Any], given: Sequence[Any]) -> bool:
    return set(map(type, given)) == {str} and codes.issuperset(given)


def _numbers(given: Sequence[Any]) -> bool:
    return set(map(type, given)) == {int} and max(map(abs, given)) <= values.WHOLE


def _truths(given: Sequence[Any]) -> bool:
    return set(map(type, given)) == {bool}


def _distinct(alone: _Judge, given: Sequence[Any]) -> bool:
    """Texts that repeat: moments and dates."""
    return set(map(type, given)) == {str} and _each(alone, set(given))


def _each(alone: _Judge, given: Iterable[Any]) -> bool:
    return all((found := alone(one)) is one or (type(found) is str and found == one) for one in given)
