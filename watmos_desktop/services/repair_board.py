"""The board: open repairs side by side by how far they are, and what was done this week; moves where they are lawful.

A move is never more than a service does elsewhere: what has to be asked first (who is sent, is there a photo of the
finished work) is said as the page that asks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import RepairStatus, Waiting
from watmos_desktop.models.tables import Repair
from watmos_desktop.services import policy, repairs
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_listing import OPEN, seen
from watmos_desktop.services.repairs import RepairCard

REPORTED, ORDERED, WAITING, DONE = "reported", "ordered", "waiting", "done"
COLUMNS = {
    REPORTED: "Reported",
    ORDERED: "Ordered",
    WAITING: "Waiting",
    DONE: "Done this week",
}
MOST = 30  # cards a column: more would be read in the list
WAITS = {
    Waiting.ACCESS: "to get in",
    Waiting.PARTS: "for parts",
    Waiting.APPROVAL: "for approval",
    Waiting.RESIDENT: "for the resident",
}


@dataclass(frozen=True)
class Column:
    """One column: its cards in order, and how many there are in all."""

    key: str
    words: str
    cards: tuple[RepairCard, ...]
    total: int


@dataclass(frozen=True)
class Move:
    """What moving a card means: ``ask`` is the page that has to be asked first ("" when it was simply done)."""

    words: str
    ask: str = ""


def of(session: Session, *, mine: bool = False) -> tuple[Column, ...]:
    """The four columns for this person; ``mine`` only what is given to them."""
    actor = policy.require(session, Action.SEE, "repair")
    monday = _monday(session.info["clock"].now())
    only = [Repair.assigned_to == actor.staff_id] if mine else []
    conditions: dict[str, ColumnElement[bool]] = {
        REPORTED: and_(Repair.status == RepairStatus.REPORTED, Repair.waiting.is_(None)),
        ORDERED: and_(Repair.status == RepairStatus.ORDERED, Repair.waiting.is_(None)),
        WAITING: and_(Repair.status.in_(OPEN), Repair.waiting.is_not(None)),
        DONE: and_(Repair.status == RepairStatus.COMPLETED, Repair.completed_at >= monday),
    }
    return tuple(
        _column(session, key, and_(condition, ~Repair.deleted, seen(actor), *only))
        for key, condition in conditions.items()
    )


def column_of(card: RepairCard) -> str:
    """The column that a card stands in."""
    if card.status is RepairStatus.COMPLETED:
        return DONE
    if card.waiting is not None:
        return WAITING
    return ORDERED if card.status is RepairStatus.ORDERED else REPORTED


def move(session: Session, repair_id: UUID, to: str, why: Waiting = Waiting.RESIDENT) -> Move:
    """Move a repair to another column, or say which page asks what has to be asked first.

    ``why`` it waits, when it is moved to WAITING. Raises NotAllowed, NotFound, or Told for what is not lawful, with
    what to do instead.
    """
    policy.require(session, Action.CHANGE_REPAIR, "repair")
    row = repairs.get_row(session, repair_id)
    (card,) = repairs.cards(session, [repair_id]).values()
    here = column_of(card)
    if here == to:
        return Move(f"{card.reference} is there already.")
    if row.status is RepairStatus.COMPLETED:
        raise Told("That repair is done.", "Open it again on its page, with the reason, if it is not.")
    if row.status not in OPEN:
        raise Told("That repair is not open any more.", "Look at its page.")
    if to == DONE:
        return Move("Say that it is done, with a photo.", "repair_done")
    if to == WAITING:
        row.waiting = why
        return Move(f"{card.reference} waits {WAITS[why]}.")
    if to == ORDERED and row.status is RepairStatus.REPORTED:
        return Move("Say who is sent.", "repairs")
    if to == REPORTED and row.status is RepairStatus.ORDERED:
        raise Told("A contractor has the order.", "Take the order back on its page first.")
    row.waiting = None
    return Move(f"{card.reference} goes on: {COLUMNS[to].lower()}.")


def _column(session: Session, key: str, condition: ColumnElement[bool]) -> Column:
    total = session.scalar(select(func.count()).select_from(Repair).where(condition)) or 0
    order = (Repair.completed_at.desc(), Repair.id) if key == DONE else (Repair.due_at, Repair.id)
    ids = list(session.scalars(select(Repair.id).where(condition).order_by(*order).limit(MOST)))
    found = repairs.cards(session, ids)
    return Column(key, COLUMNS[key], tuple(found[one] for one in ids if one in found), total)


def _monday(now: datetime) -> datetime:
    day = now.astimezone(LONDON).date()
    return datetime.combine(day - timedelta(days=day.weekday()), time(), LONDON)
