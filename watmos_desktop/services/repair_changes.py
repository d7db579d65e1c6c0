"""Deciding anew about a reported repair: how soon, and whose. What was told stays in its history, never rewritten."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Priority, RepairStatus, Responsibility
from watmos_desktop.models.tables import Repair
from watmos_desktop.services import clocks, guide, policy, promises, repairs, words
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action


def set_priority(session: Session, repair_id: UUID, priority: Priority, reason: str) -> None:
    """Decide how soon anew, with the reason. The clock that ran is stopped and stays beside the new one.

    More pressing counts from now, and never later than was told; less pressing counts from the report. A Right to
    Repair clock runs on: that time is the law's. Raises NotAllowed, NotFound, or Told at ``reason``.
    """
    row = _open(session, repair_id)
    _reason(reason)
    if priority is row.priority:
        raise Told("It has that priority already.", "Choose another.", field="priority")
    now = session.info["clock"].now()
    pressing = guide.sooner(priority, row.priority)
    started = now if pressing else row.reported_at
    key = clocks.REPAIR_CLOCK[priority]
    due_at = promises.due(key, started).due_at
    clocks.stop(session, row.id, now, {clocks.REPAIR_CLOCK[row.priority]})
    clock = clocks.start(session, "repair", row.id, key, started)
    clock.told_at = now
    if pressing:
        clock.due_at = min(due_at, row.due_at)
    running = [one.due_at for one in clocks.running(session, row.id) if one.key.startswith("RR.")]
    row.priority, row.priority_reason = priority, reason.strip()
    row.due_at = min([clock.due_at, *running])
    if priority is Priority.EMERGENCY:
        clocks.start_hazard(session, row, row.hazard, priority, now)


def set_responsibility(session: Session, repair_id: UUID, party: Responsibility, reason: str) -> None:
    """Decide anew whose a repair is, with the reason: what becomes ours gets its clocks from when it was reported.

    What turns out to be the household's is signposted and its clocks stop, but for an emergency, which is made safe
    first. Raises NotAllowed, NotFound, or Told at ``reason`` or ``responsibility``.
    """
    policy.require(session, Action.CHANGE_REPAIR, "repair")
    row = repairs.get_row(session, repair_id)
    if row.status not in (*repairs.OPEN, RepairStatus.SIGNPOSTED):
        raise Told("That repair is not open any more.", "Report it anew.")
    _reason(reason)
    if party is row.responsibility:
        raise Told("It is theirs already.", "Choose another.", field="responsibility")
    theirs = party in guide.THEIRS
    if theirs and row.status is RepairStatus.ORDERED:
        raise Told(
            "This repair is ordered already.",
            "Take the order back first, then say whose it is.",
            field="responsibility",
        )
    row.responsibility, row.responsibility_reason = party, reason.strip()
    if theirs and row.status is RepairStatus.REPORTED and row.priority is not Priority.EMERGENCY:
        row.status = RepairStatus.SIGNPOSTED
        clocks.stop(session, row.id, session.info["clock"].now())
    elif not theirs and row.status is RepairStatus.SIGNPOSTED:
        row.status = RepairStatus.REPORTED
        key = clocks.REPAIR_CLOCK[row.priority]
        clocks.start(session, "repair", row.id, key, row.reported_at).told_at = session.info["clock"].now()
        row.due_at = promises.due(key, row.reported_at).due_at


def _open(session: Session, repair_id: UUID) -> Repair:
    policy.require(session, Action.CHANGE_REPAIR, "repair")
    row = repairs.get_row(session, repair_id)
    if row.status not in repairs.OPEN:
        raise Told("That repair is not open any more.", "Report it anew.")
    return row


def _reason(reason: str) -> None:
    words.fits(reason, words.LINE, "reason", "The reason")
    if not reason.strip():
        raise Told("Say why you decide otherwise.", "A few words are enough.", field="reason")
