"""Recalls: what comes back within days of being done is the same fault, linked and counted as such (R3, R4).

How many days: resources/repair_care.toml. A person may say that it is another fault after all, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import RepairStatus
from watmos_desktop.models.tables import Repair
from watmos_desktop.services import guide, policy, repair_care, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.policy import Action


@dataclass(frozen=True)
class Recall:
    """Another repair of the same fault: ``words`` say how they belong together."""

    id: UUID
    reference: str
    words: str


def link(session: Session, row: Repair) -> None:
    """Link a newly reported repair to the one it is the same fault as, if that was done a few days before."""
    found = earlier(session, row)
    if found is not None:
        row.recall_of = found


def earlier(session: Session, row: Repair) -> UUID | None:
    """The repair of the same fault that was done a few days before this one was reported; ``row`` may be unsaved."""
    days = repair_care.on(row.reported_at.astimezone(LONDON).date()).recall
    same = (
        select(Repair.id)
        .where(
            Repair.status == RepairStatus.COMPLETED,
            ~Repair.deleted,
            *([Repair.id != row.id] if row.id is not None else []),
            Repair.completed_at <= row.reported_at,
            Repair.completed_at >= row.reported_at - days,
            in_place(row),
            _same(row),
        )
        .order_by(Repair.completed_at.desc(), Repair.id)
        .limit(1)
    )
    with session.no_autoflush:
        return session.scalar(same)


def in_place(row: Repair) -> ColumnElement[bool]:
    """The condition that a repair lies in the same home, or in the same shared place; ``row`` may be unsaved."""
    if row.home_id is not None:
        return Repair.home_id == row.home_id
    block = Repair.block_id.is_(None) if row.block_id is None else Repair.block_id == row.block_id
    space = Repair.space_id.is_(None) if row.space_id is None else Repair.space_id == row.space_id
    return and_(Repair.home_id.is_(None), Repair.estate_id == row.estate_id, block, space)


def _same(row: Repair) -> ColumnElement[bool]:
    """The same thing where both say which; else the same trade, in shared parts in the same area."""
    unnamed = ("", *guide.OTHER.values())
    by_trade = Repair.trade == row.trade
    if row.home_id is None:
        by_trade = and_(by_trade, Repair.area_key == (row.area_key or ""), Repair.area_key != "")
    if (row.fixture or "") in unnamed:
        return by_trade
    return or_(Repair.fixture == row.fixture, and_(Repair.fixture.in_(unnamed), by_trade))


def of(session: Session, row: Repair) -> tuple[Recall, ...]:
    """What a repair came back from, then what came back after it, as far as this person may know of them."""
    if not policy.may(policy.actor(session), Action.SEE, "repair"):
        return ()
    found = []
    seen = select(Repair).where(~Repair.deleted, policy.within(session, Repair))
    if row.recall_of is not None:
        before = session.scalar(seen.where(Repair.id == row.recall_of))
        if before is not None:
            done = before.completed_at
            when = f", done {wording.weekday(done.astimezone(LONDON))}" if done else ""
            words = f"The same fault again as {before.reference}{when}"
            found.append(Recall(before.id, before.reference, words))
    for later in session.scalars(seen.where(Repair.recall_of == row.id).order_by(Repair.reported_at)):
        when = wording.weekday(later.reported_at.astimezone(LONDON))
        words = f"Came back {when} as {later.reference}"
        found.append(Recall(later.id, later.reference, words))
    return tuple(found)
