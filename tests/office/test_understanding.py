"""Operations judged many at once come out as if each had been judged alone, whatever is said in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON

from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.sync import values, wire
from watmos_desktop.services.sync.wire import Malformed
from watmos_office.understanding import Item, plain_ones, understand, understand_all

ME = "01a20b82-2c72-764f-beff-3b49b3a48ce5"
AN_ID = "01a20b82-2c68-733b-bb0f-f71970c169bb"
STAMP = "01a20b822c5c00006c5c2840"
_GOOD: dict[type, Any] = {
    str: "Fenêtre — \N{DOG FACE}",
    UUID: AN_ID,
    datetime: "2026-11-24T03:03:30.140074+00:00",
    date: "2026-11-24",
    int: 7,
    bool: True,
}
_BAD: tuple[Any, ...] = (
    *(
        None,
        8,
        2**60,
        False,
        1.5,
        "",
        "nul \x00",
        "\ud83d",
        "y" * (values.TEXT + 1),
        "2026-11-24T03:03:30+01:00",
    ),
    *(
        {},
        [],
        {"add": ["a"]},
        {"delta": 2},
        ["a"],
        AN_ID.upper(),
        "2026-02-30",
        "1700-01-01",
        "finished",
        AN_ID,
    ),
)
_WRONG: dict[str, tuple[Any, ...]] = {
    "id": (7, "x", AN_ID.upper()),
    "n": (0, -1, "1", True, 2**63),
    "txn": (None, "x"),
    "tbl": ("nonsense", 7, "x" * 61, "staff", "conflict"),
    "rid": ("x", None, ME),
    "kind": ("upsert", [], "delete"),
    "set": (None, [], {}),
    "base": (None, {"t": 7}, {"t": []}, {"t": ""}, {"t": "f" * 24}, {"t": "g" * 24}, {"t": "0" * 30}),
    "stamp": ("", 7, "G" * 24, "0" * 16 + "0ff1ce00"),
    "made_at": (None, "x" * 41),
}
_EXTRA: tuple[dict[str, Any], ...] = (
    *({"id": AN_ID}, {"id": ME}, {"id": 7}, {"deleted": True}, {"deleted": 1}, {"newer": 1}, {"stamps": {}}),
)


def _good(table: str, name: str) -> Any:
    column = SYNCED[table].__table__.columns[name]  # type: ignore[attr-defined]
    if name in SYNCED[table].authors:
        return ME
    if name == "owner_table":
        return "repair"
    if isinstance(column.type, JSON):
        return column.default.arg(None) if column.default is not None else {}
    kind = column.type.python_type
    return next(iter(kind)).value if issubclass(kind, Enum) else _GOOD[kind]


def _codes(table: str, name: str) -> list[str]:
    kind = SYNCED[table].__table__.columns[name].type.python_type  # type: ignore[attr-defined]
    return [one.value for one in kind] if issubclass(kind, Enum) else []


def _op(table: str, kind: str) -> dict[str, Any]:
    said = {name: _good(table, name) for name in values.known(table)}
    op = {"id": ME, "n": 1, "txn": AN_ID, "tbl": table, "rid": AN_ID, "kind": kind, "set": said}
    return op | {"base": {"^": STAMP}, "stamp": STAMP, "made_at": "2026-11-24T03:03:30+00:00"}


def _spoilt(op: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The operation with one thing wrong, or only unusual."""
    for name in op["set"]:
        yield from ({**op, "set": {**op["set"], name: bad}} for bad in (*_BAD, *_codes(op["tbl"], name)))
        yield {**op, "set": {one: value for one, value in op["set"].items() if one != name}}
    yield from ({**op, "set": op["set"] | extra} for extra in _EXTRA)
    for part, wrong in _WRONG.items():
        yield from ({**op, part: one} for one in wrong)
    yield {**op, "more": 1}


def _told(work: Callable[[], list[Item]]) -> list[Item] | str:
    try:
        return work()
    except Malformed:
        return "malformed"


def _alone(person: Actor, raws: Sequence[Any]) -> list[Item] | str:
    return _told(lambda: [understand(person, ME, raw) for raw in raws])


def _together(person: Actor, raws: Sequence[Any]) -> list[Item] | str:
    return _told(lambda: understand_all(person, ME, raws))


def test_what_is_wrong_with_one_of_many_is_found_as_if_it_were_alone() -> None:
    person = Actor(UUID(ME), "", Role.MANAGER)
    for table in ("answer", "attendance", "attachment", "home", "visit_told", "inspection", "adaptation"):
        op = _op(table, "insert")
        for bad in _spoilt(op):
            assert _together(person, [op, bad]) == _alone(person, [op, bad])
    others: tuple[Any, ...] = (7, None, {})
    for other in others:
        raws = [_op("answer", "insert"), other]
        assert _together(person, raws) == _alone(person, raws)


def test_every_role_may_say_of_every_table_what_it_may_say_alone() -> None:
    for role in Role:
        person = Actor(UUID(ME), "", role)
        for table in SYNCED:
            for kind in ("insert", "update", "delete"):
                op = _op(table, kind)
                said = [{one: value} for one, value in op["set"].items()]
                said += [{one: code} for one in op["set"] for code in _codes(table, one)]
                raws = [op, {**op, "set": {}}, *({**op, "set": one} for one in said)]
                assert _together(person, raws) == _alone(person, raws)
                raws = [op, {**op, "set": op["set"] | {"deleted": False}}]
                assert _together(person, raws) == _alone(person, raws)


def test_what_is_written_every_day_needs_no_look_at_each() -> None:
    """Else the quick way would be there and never be gone."""
    person = Actor(UUID(ME), "", Role.CARETAKER)
    for table in ("answer", "defect", "attendance", "repair_update"):
        for kind in ("insert", "update"):
            ops = [_op(table, kind)] * 3
            assert plain_ones(person, ME, wire.parse_ops(ops) or [], ops) == {0, 1, 2}, table
