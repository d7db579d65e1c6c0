"""Repairs raised on a walk, the promise told on the spot; changed or taken back until it is signed (N3, R5-R7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Priority, Trade
from watmos_desktop.models.tables import Clock, Repair
from watmos_desktop.services import (
    clocks,
    policy,
    promises,
    recalls,
    references,
    repair_words,
    repairs,
    walk_row,
)
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action


@dataclass(frozen=True)
class RepairDraft:
    """What is known when a repair is raised. ``seen_at`` is when it was observed: the clock starts there."""

    title: str
    trade: Trade
    priority: Priority
    seen_at: datetime
    estate_id: UUID
    block_id: UUID | None = None
    space_id: UUID | None = None
    area_key: str = ""
    place: str = ""
    description: str = ""
    hazard: str = ""
    inspection_id: UUID | None = None


def due_for(priority: Priority, seen_at: datetime) -> promises.Due:
    """When a repair of that priority is promised for."""
    return promises.due(clocks.REPAIR_CLOCK[priority], seen_at)


def raise_repair(session: Session, draft: RepairDraft) -> Repair:
    """Raise a repair and start its clocks; a hazard starts Awaab's Law's clock at observation time too."""
    policy.require(session, Action.RAISE_REPAIR, "repair")
    if not policy.in_scope(session, draft.estate_id, draft.block_id):
        raise NotFound("That place")
    repair_words.check(draft.title, draft.description, draft.place)
    actor = policy.actor(session)
    due = due_for(draft.priority, draft.seen_at)
    row = Repair(
        estate_id=draft.estate_id,
        block_id=draft.block_id,
        space_id=draft.space_id,
        area_key=draft.area_key,
        place=draft.place,
        title=draft.title.strip(),
        description=draft.description,
        trade=draft.trade,
        priority=draft.priority,
        reported_at=draft.seen_at,
        reported_by=actor.staff_id,
        due_at=due.due_at,
        hazard=draft.hazard,
        inspection_id=draft.inspection_id,
    )
    references.add(session, "R", row)
    clocks.start(session, "repair", row.id, clocks.REPAIR_CLOCK[draft.priority], draft.seen_at)
    clocks.start_hazard(session, row, row.hazard, row.priority, row.reported_at)
    session.flush()
    recalls.link(session, row)
    return row


def withdraw(session: Session, repair_id: UUID) -> None:
    """Take back a repair that was raised by mistake in a walk still under way; undo brings it back."""
    row = _of_draft(session, repair_id)
    row.deleted = True
    for clock in session.scalars(select(Clock).where(Clock.owner_id == repair_id)):
        clock.deleted = True


def change(
    session: Session,
    repair_id: UUID,
    *,
    title: str,
    trade: Trade,
    priority: Priority,
    place: str,
    description: str,
) -> None:
    """Change a repair of a walk under way; another priority starts the other clock from the same moment.

    What was told of a signed walk is not rewritten: raises Told.
    """
    policy.require(session, Action.RAISE_REPAIR, "repair")
    repair_words.check(title, description, place)
    row = _of_draft(session, repair_id)
    row.title, row.trade, row.place, row.description = title.strip(), trade, place, description
    if priority is not row.priority:
        stale = {clocks.REPAIR_CLOCK[row.priority]}
        if Priority.EMERGENCY in (priority, row.priority):
            stale |= set(clocks.HAZARD_STEPS)
        row.priority = priority
        clocks.stop(session, row.id, session.info["clock"].now(), stale)
        row.due_at = due_for(priority, row.reported_at).due_at
        clocks.start(session, "repair", row.id, clocks.REPAIR_CLOCK[priority], row.reported_at)
        clocks.start_hazard(session, row, row.hazard, row.priority, row.reported_at)


def _of_draft(session: Session, repair_id: UUID) -> Repair:
    row = repairs.get_row(session, repair_id)
    if row.inspection_id is None:
        raise Told("This repair was not raised in an inspection.", "Ask the office to change it.")
    walk_row.writable(session, row.inspection_id)
    return row
