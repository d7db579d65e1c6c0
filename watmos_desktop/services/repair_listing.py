"""The statements of the list of repairs, kept ready for each person and filter: building them cost more than asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
    false,
    func,
    join,
    literal_column,
    select,
)

from watmos_desktop.models.kinds import Priority, RepairStatus
from watmos_desktop.models.repair import IS_DONE, IS_OPEN, IS_SIGNPOSTED
from watmos_desktop.models.tables import Block, CommunitySpace, Estate, Home, Repair, RepairTally
from watmos_desktop.services import policy
from watmos_desktop.services.calendar import end_of_day
from watmos_desktop.services.policy import Action, Actor

OPEN = (RepairStatus.REPORTED, RepairStatus.ORDERED)
SORTS = {"due": Repair.due_at, "reported": Repair.reported_at, "title": Repair.title}
_KEPT = 64
_PLACE: ColumnElement[int] = literal_column("repair.rowid")
_TALLIED = {
    "open": RepairTally.status.in_(OPEN),
    "emergency": and_(RepairTally.status.in_(OPEN), RepairTally.priority == Priority.EMERGENCY),
    "hazard": and_(RepairTally.status.in_(OPEN), RepairTally.hazard),
    "done": RepairTally.status == RepairStatus.COMPLETED,
    "signposted": RepairTally.status == RepairStatus.SIGNPOSTED,
}


@dataclass(frozen=True)
class Filter:
    """What the list shows; ``state`` is one of open, overdue, today, emergency, hazard, done, signposted."""

    state: str = "open"
    text: str = ""
    block_id: UUID | None = None


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
    Repair.reported_by,
    Repair.home_id,
    Home.address.label("home"),
    func.coalesce(Block.name, CommunitySpace.name, Estate.name).label("where"),
).select_from(
    join(Repair, Estate, Estate.id == Repair.estate_id)
    .outerjoin(Block, Block.id == Repair.block_id)
    .outerjoin(CommunitySpace, CommunitySpace.id == Repair.space_id)
    .outerjoin(Home, Home.id == Repair.home_id)
)


def seen(person: Actor, model: Any = Repair) -> ColumnElement[bool]:
    """The condition that this person may know of a repair at all: by role, and by where it lies."""
    return policy.reach(person, model) if policy.may(person, Action.SEE, "repair") else false()


def moments(now: datetime) -> dict[str, Any]:
    """What a kept statement is asked with: now, and the end of today."""
    return {"now": now, "today_ends": end_of_day(now.date())}


def counted(person: Actor, wanted: Filter, among: ColumnElement[bool] | None = None) -> Select[int]:
    """How many; ``among`` are those that a search found, the text of ``wanted`` is not looked at."""
    return _count_rows(person, wanted, among) if among is not None else _counted(person, wanted)


def listed(
    person: Actor, wanted: Filter, column: str, falling: bool, among: ColumnElement[bool] | None = None
) -> Select[*tuple[Any, ...]]:
    """Rows ``skip`` to ``skip + take`` as CARD has them, in order."""
    if among is not None:
        return _list_rows(person, wanted, column, falling, among)
    return _listed(person, wanted, column, falling)


@lru_cache(_KEPT)
def _counted(person: Actor, wanted: Filter) -> Select[int]:
    if wanted.state not in _TALLIED:
        return _count_rows(person, wanted, None)
    tally = select(func.sum(RepairTally.n, type_=Integer())).where(_TALLIED[wanted.state])
    if wanted.block_id:
        tally = tally.where(RepairTally.block_id == wanted.block_id)
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
    by = SORTS[column]
    order = (by.desc(), Repair.id.desc()) if falling else (by, Repair.id)
    # Rows by their place first: it comes from an index that holds all that is asked, so a far jump costs little
    # (HOUSE.md rule 4).
    places = (
        select(_PLACE)
        .where(*_conditions(person, wanted, among))
        .select_from(Repair)
        .order_by(*order)
        .offset(bindparam("skip", type_=Integer()))
        .limit(bindparam("take", type_=Integer()))
        .correlate(None)
    )
    return CARD.where(_PLACE.in_(places), ~Repair.deleted, seen(person)).order_by(*order)


def _conditions(
    person: Actor, wanted: Filter, among: ColumnElement[bool] | None
) -> Iterator[ColumnElement[bool]]:
    """Bare conditions: as booleans they would be compared with 1 and find no index."""
    yield ~Repair.deleted
    yield seen(person)
    yield literal_column(f"repair.{_STATUS.get(wanted.state, IS_OPEN)}")
    if more := _STATES[wanted.state]:
        yield more()
    if wanted.block_id:
        yield Repair.block_id == wanted.block_id
    if among is not None:
        yield among


_STATUS = {"done": IS_DONE, "signposted": IS_SIGNPOSTED}
_STATES: dict[str, Callable[[], ColumnElement[bool]] | None] = {
    "done": None,
    "signposted": None,
    "open": None,
    "overdue": lambda: Repair.due_at < bindparam("now"),
    "today": lambda: Repair.due_at.between(bindparam("now"), bindparam("today_ends")),
    "emergency": lambda: Repair.priority == Priority.EMERGENCY,
    "hazard": lambda: Repair.hazard != "",
}
