"""Who has a repair in hand: given to a colleague, one or many at once (issue 4, 9)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Repair, StaffScope
from watmos_desktop.services import policy, repairs, staff, wording
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action, Actor
from watmos_desktop.services.repair_listing import seen

MOST = 500  # at once


@dataclass(frozen=True)
class Colleague:
    """Someone who can have a repair in hand. ``words``: ``Caretaker, Lindley Estate``."""

    id: UUID
    name: str
    words: str


def colleagues(session: Session) -> list[Colleague]:
    """Those who work here and may decide about repairs, by name; whoever is asking comes first."""
    me = policy.require(session, Action.CHANGE_REPAIR, "repair")
    found = [
        Colleague(one.id, one.name, f"{one.words}, {one.looks_after}")
        for one in staff.people_here(session)
        if policy.may(Actor(one.id, one.name, one.role), Action.CHANGE_REPAIR, "repair")
    ]
    return sorted(found, key=lambda one: one.id != me.staff_id)


def assign(session: Session, repair_ids: Collection[UUID], staff_id: UUID | None) -> int:
    """Give open repairs to a colleague, or to nobody; gives how many changed hands. All of them or none.

    Raises NotAllowed, NotFound, or Told: too many at once, one that is not open, or a place that the colleague does
    not look after.
    """
    actor = policy.require(session, Action.CHANGE_REPAIR, "repair")
    if len(repair_ids) > MOST:
        raise Told(f"At most {MOST} can be given at once.", "Choose fewer, then the next ones.")
    rows = session.scalars(
        select(Repair).where(Repair.id.in_(repair_ids), ~Repair.deleted, seen(actor))
    ).all()
    if len(rows) != len(set(repair_ids)):
        raise NotFound("One of those repairs")
    if closed := [row for row in rows if row.status not in repairs.OPEN]:
        raise Told(
            f"{wording.count(len(closed), 'of them is', 'of them are')} not open: {closed[0].reference}.",
            "Choose only open ones.",
        )
    if staff_id is not None:
        _can_have(session, staff_id, rows)
    changed = [row for row in rows if row.assigned_to != staff_id]
    for row in changed:
        row.assigned_to = staff_id
    session.flush()
    return len(changed)


def _can_have(session: Session, staff_id: UUID, rows: Collection[Repair]) -> None:
    whom = next((one for one in staff.people_here(session) if one.id == staff_id), None)
    if whom is None or not policy.may(Actor(whom.id, "", whom.role), Action.CHANGE_REPAIR, "repair"):
        raise Told("That colleague does not look after repairs.", "Choose another.", field="colleague")
    scopes = session.execute(
        select(StaffScope.estate_id, StaffScope.block_id).where(
            StaffScope.staff_id == staff_id, ~StaffScope.deleted
        )
    ).all()
    theirs = Actor(
        staff_id,
        whom.name,
        whom.role,
        frozenset(estate for estate, block in scopes if block is None),
        frozenset(block for _, block in scopes if block is not None),
    )
    for row in rows:
        if not (theirs.everywhere or row.estate_id in theirs.estates or row.block_id in theirs.blocks):
            raise Told(
                f"{whom.name} does not look after the place of {row.reference}.",
                "Choose someone who does, or leave it out.",
                field="colleague",
            )
