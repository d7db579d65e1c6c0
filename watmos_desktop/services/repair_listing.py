"""The statements of the list of repairs, kept ready for each person and filter: building them cost more than asking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    join,
    literal_column,
    select,
)
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from watmos_desktop.models.kinds import Priority, RepairStatus, Waiting
from watmos_desktop.models.repair import IS_CANCELLED, IS_DONE, IS_OPEN, IS_SIGNPOSTED
from watmos_desktop.models.tables import Block, CommunitySpace, Estate, Home, Repair, RepairTally, Staff
from watmos_desktop.services import policy, repair_care
from watmos_desktop.services.calendar import end_of_day
from watmos_desktop.services.policy import Action, Actor
from watmos_desktop.services.repair_twins import twins

OPEN = (RepairStatus.REPORTED, RepairStatus.ORDERED)
CLOSED_STATES = ("done", "signposted", "cancelled")
STATES = ("open", "overdue", "today", "emergency", "hazard", "waiting", "silent", "double", *CLOSED_STATES)
MARKS = ("mine", "nobody", "emergency", "hazard", "waiting", "silent", "communal")
OPEN_MARKS = frozenset({"waiting", "silent"})  # nothing of the kind can be said of what is done
_KEPT = 64
_PLACE: ColumnElement[int] = literal_column("repair.rowid")
_IS_OPEN: ColumnElement[bool] = literal_column(f"repair.{IS_OPEN}")
_TALLIED = {
    "open": RepairTally.status.in_(OPEN),
    "done": RepairTally.status == RepairStatus.COMPLETED,
    "signposted": RepairTally.status == RepairStatus.SIGNPOSTED,
    "cancelled": RepairTally.status == RepairStatus.CANCELLED,
}
_TALLIED_MARKS = {"emergency": RepairTally.priority == Priority.EMERGENCY, "hazard": RepairTally.hazard}


@dataclass(frozen=True)
class Filter:
    """What the list shows: one of STATES, narrowed by any of MARKS (``also``), by words and by place.

    ``waiting`` waits for access; ``silent``: nobody told the resident anything for too long (repair_care.toml);
    ``double`` may be the same fault told twice; ``mine`` is given to this person and ``nobody`` to no one yet;
    ``communal`` is no home.
    """

    state: str = "open"
    text: str = ""
    block_id: UUID | None = None
    also: frozenset[str] = field(default_factory=frozenset)
    estate_id: UUID | None = None
    area_key: str = ""


def bare(column: Any) -> Any:
    """``+column``, which no index has: the one of the state holds all that is asked, another is walked in vain."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


# Columns, not objects: a list of rows costs a third of what the same records cost.
CARD = select(
    Repair.id,
    Repair.reference,
    Repair.title,
    Repair.place,
    Repair.trade,
    Repair.priority,
    Repair.status,
    Repair.due_at,
    Repair.reported_at,
    Repair.completed_at,
    Repair.hazard,
    Repair.waiting,
    Repair.reported_by,
    Repair.home_id,
    Repair.duplicate_of,
    Home.address.label("home"),
    Staff.name.label("who"),
    func.coalesce(Block.name, CommunitySpace.name, Estate.name).label("where"),
).select_from(
    join(Repair, Estate, Estate.id == Repair.estate_id)
    .outerjoin(Block, Block.id == Repair.block_id)
    .outerjoin(CommunitySpace, CommunitySpace.id == Repair.space_id)
    .outerjoin(Home, Home.id == Repair.home_id)
    .outerjoin(Staff, Staff.id == Repair.assigned_to)
)

CLOSED_AS_DOUBLES = (
    select(Repair)
    .where(Repair.duplicate_of == bindparam("repair_id", type_=Repair.id.type), ~Repair.deleted)
    .order_by(Repair.reported_at, Repair.id)
)

_COLUMNS: dict[str, Any] = {
    "due": Repair.due_at,
    "reported": Repair.reported_at,
    "title": Repair.title,
    "ref": Repair.reference,
    "priority": case(
        (Repair.priority == Priority.EMERGENCY, 0), (Repair.priority == Priority.URGENT, 1), else_=2
    ),
}
WHO = "who"  # sorted by ``repairs.page`` itself: to fetch a name for each of 100,000 rows took 200 ms
SORTS = (*_COLUMNS, WHO)


def seen(person: Actor, model: Any = Repair) -> ColumnElement[bool]:
    """The condition that this person may know of a repair at all: by role, and by where it lies."""
    return policy.reach(person, model) if policy.may(person, Action.SEE, "repair") else false()


@lru_cache(_KEPT)
def one(person: Actor) -> Select[Repair]:
    """The row of ``repair_id``, if this person may know of it."""
    wanted = bindparam("repair_id", type_=Repair.id.type)
    return select(Repair).where(Repair.id == wanted, ~Repair.deleted, seen(person))


def moments(now: datetime) -> dict[str, Any]:
    """What a kept statement is asked with: now, the end of today, and since when silence is long."""
    return {"now": now, "today_ends": end_of_day(now.date()), "silent_since": repair_care.quiet_since(now)}


def counted(person: Actor, wanted: Filter, among: ColumnElement[bool] | None = None) -> Select[int]:
    """How many; ``among`` are those that a search found, the text of ``wanted`` is not looked at."""
    wanted = _plain(wanted)
    return _count_rows(person, wanted, among) if among is not None else _counted(person, wanted)


def listed(
    person: Actor, wanted: Filter, column: str, falling: bool, among: ColumnElement[bool] | None = None
) -> Select[*tuple[Any, ...]]:
    """Rows ``skip`` to ``skip + take`` as CARD has them, in order."""
    wanted = _plain(wanted)
    if among is not None:
        return _list_rows(person, wanted, column, falling, among)
    return _listed(person, wanted, column, falling)


def whose(
    person: Actor, wanted: Filter, among: ColumnElement[bool] | None = None
) -> Select[*tuple[Any, ...]]:
    """``(assigned_to, n)``: how many of the list each has, and nobody."""
    conditions = _conditions(person, _plain(wanted), among)
    number = func.count().label("n")
    return select(Repair.assigned_to, number).where(*conditions).group_by(Repair.assigned_to)


def listed_of(
    person: Actor, wanted: Filter, falling: bool, among: ColumnElement[bool] | None = None
) -> Select[*tuple[Any, ...]]:
    """Rows ``skip`` to ``skip + take`` of those that ``whom`` has (None: nobody), in the order they were made."""
    order = Repair.id.desc() if falling else Repair.id
    whom = bindparam("whom", type_=Repair.assigned_to.type)
    theirs = (*_conditions(person, _plain(wanted), among), Repair.assigned_to.is_not_distinct_from(whom))
    return _in_places(person, theirs, (order,))


@lru_cache(_KEPT)
def chips(person: Actor, wanted: Filter) -> Select[*tuple[Any, ...]]:
    """One row: for each open state and each mark, how many open repairs the list would show with it.

    The columns are called ``state_overdue``, ``mark_mine`` and so on; all are counted in one walk of an index.
    """
    also = [_mark(name, person) for name in sorted(wanted.also)]
    here = [*_of_state(wanted.state), *also]
    columns: list[Any] = [
        _number([*_of_state(state), *also]).label(f"state_{state}") for state in ("open", "overdue", "today")
    ]
    columns += [_number([*here, _mark(name, person)]).label(f"mark_{name}") for name in MARKS]
    return (
        select(*columns)
        .select_from(Repair)
        .where(~Repair.deleted, seen(person), _IS_OPEN, *_place(wanted, Repair))
    )


def _number(conditions: list[ColumnElement[bool]]) -> Any:
    return func.count().filter(*conditions) if conditions else func.count()


def tallied(wanted: Filter) -> bool:
    """Whether the number of the list is kept ready by triggers."""
    known = wanted.state in _TALLIED and wanted.also <= _TALLIED_MARKS.keys()
    return known and not wanted.area_key


@lru_cache(_KEPT)
def _counted(person: Actor, wanted: Filter) -> Select[int]:
    if not tallied(wanted):
        return _count_rows(person, wanted, None)
    tally = select(func.sum(RepairTally.n, type_=Integer())).where(
        _TALLIED[wanted.state],
        *(_TALLIED_MARKS[name] for name in sorted(wanted.also)),
        *_place(wanted, RepairTally),
    )
    # The tally has the place of what it counts, so it is scoped as the repairs are.
    return tally.where(seen(person, RepairTally))


@lru_cache(_KEPT)
def _listed(person: Actor, wanted: Filter, column: str, falling: bool) -> Select[*tuple[Any, ...]]:
    return _list_rows(person, wanted, column, falling, None)


def _count_rows(person: Actor, wanted: Filter, among: ColumnElement[bool] | None) -> Select[int]:
    return select(func.count()).select_from(Repair).where(*_conditions(person, wanted, among))


def _list_rows(
    person: Actor, wanted: Filter, column: str, falling: bool, among: ColumnElement[bool] | None
) -> Select[*tuple[Any, ...]]:
    by: Any = _COLUMNS[column]
    if column == "reported" and wanted.state not in CLOSED_STATES:
        by = bare(by)  # else every repair ever done is walked to find those that are open
    # A reference is one repair's, but for two made apart at once: then the place decides, as its index has it.
    then: Any = _PLACE if column == "ref" else Repair.id
    order = (by.desc(), then.desc()) if falling else (by, then)
    return _in_places(person, tuple(_conditions(person, wanted, among)), order)


def _in_places(
    person: Actor, conditions: tuple[ColumnElement[bool], ...], order: tuple[Any, ...]
) -> Select[*tuple[Any, ...]]:
    """Rows by their place first: it comes from an index that holds all that is asked, so a far jump costs little."""
    places = (
        select(_PLACE)
        .where(*conditions)
        .select_from(Repair)
        .order_by(*order)
        .offset(bindparam("skip", type_=Integer()))
        .limit(bindparam("take", type_=Integer()))
        .correlate(None)
    )
    return CARD.where(_PLACE.in_(places), ~Repair.deleted, seen(person)).order_by(*order)


def _plain(wanted: Filter) -> Filter:
    """The same list in the one way to say it."""
    if wanted.state in CLOSED_STATES:
        return replace(wanted, also=wanted.also - OPEN_MARKS)
    if wanted.state in _TALLIED_MARKS:
        return replace(wanted, state="open", also=wanted.also | {wanted.state})
    return wanted


def _conditions(
    person: Actor, wanted: Filter, among: ColumnElement[bool] | None
) -> Iterator[ColumnElement[bool]]:
    """Bare conditions: as booleans they would be compared with 1 and find no index."""
    yield ~Repair.deleted
    yield seen(person)
    yield literal_column(f"repair.{_STATUS.get(wanted.state, IS_OPEN)}")
    yield from _of_state(wanted.state)
    for name in sorted(wanted.also):
        yield _mark(name, person)
    yield from _place(wanted, Repair)
    if among is not None:
        yield among


def _place(wanted: Filter, model: Any) -> Iterator[ColumnElement[bool]]:
    if wanted.estate_id:
        yield model.estate_id == wanted.estate_id
    if wanted.block_id:
        yield model.block_id == wanted.block_id
    if wanted.area_key:
        yield model.area_key == wanted.area_key


def _of_state(state: str) -> list[ColumnElement[bool]]:
    if state == "overdue":
        return [Repair.due_at < bindparam("now")]
    if state == "today":
        return [Repair.due_at.between(bindparam("now"), bindparam("today_ends"))]
    if state == "double":
        return [twins()]
    return [_mark(state, None)] if state in _MARKS else []


def _mark(name: str, person: Actor | None) -> ColumnElement[bool]:
    if name != "mine":
        return _MARKS[name]
    return bare(Repair.assigned_to) == person.staff_id if person and person.staff_id else false()


_STATUS = {"done": IS_DONE, "signposted": IS_SIGNPOSTED, "cancelled": IS_CANCELLED}
_MARKS: dict[str, ColumnElement[bool]] = {
    "nobody": bare(Repair.assigned_to).is_(None),
    "emergency": Repair.priority == Priority.EMERGENCY,
    "hazard": Repair.hazard != "",
    "waiting": Repair.waiting == Waiting.ACCESS,
    # Where someone lives who waits to hear: what is shared is told by the noticeboard.
    "silent": and_(
        Repair.home_id.is_not(None),
        func.coalesce(Repair.last_told_at, Repair.reported_at) <= bindparam("silent_since"),
    ),
    "communal": bare(Repair.home_id).is_(None),
}
