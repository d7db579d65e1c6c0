"""Clocks that run on records: started from the promise's data, told to the person, never silently rewritten."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import HazardStatus, Priority
from watmos_desktop.models.tables import Clock, HazardCase, Repair
from watmos_desktop.services import promises, wording
from watmos_desktop.services.clock import LONDON

REPAIR_CLOCK = {Priority.EMERGENCY: "R5", Priority.URGENT: "R6", Priority.ROUTINE: "R7"}

HAZARD_STEPS = {
    "AW.emergency": "Emergency hazard: look into it and make safe",
    "AW.investigate": "Possible hazard: look into it",
}
# What runs once a hazard has a case of its own (services/hazards.py).
_CASE_STEPS = {
    "AW.reinvestigate": "Look into it in person",
    "AW.summary": "Written summary",
    "AW.safety": "Safety work complete",
    "AW.steps": "Steps taken to stop it coming back",
    "AW.prevent": "Work begun to stop it coming back",
}
_WHAT = (
    HAZARD_STEPS
    | _CASE_STEPS
    | {
        "R5": "Emergency, 24 hours",
        "R6": "Urgent, 5 working days",
        "R7": "Routine, 25 working days",
        "RR.1": "Right to Repair, 1 working day",
        "RR.3": "Right to Repair, 3 working days",
        "RR.7": "Right to Repair, 7 working days",
    }
)


@dataclass(frozen=True)
class RunningClock:
    """A clock of a record in words; ``due`` says how it stands now; ``told_at`` None: nobody was told of it yet."""

    key: str
    what: str
    due_at: datetime
    due: wording.Deadline
    running: bool
    started_at: datetime
    stopped_at: datetime | None
    told_at: datetime | None = None


def start(session: Session, table: str, record_id: UUID, key: str, at: datetime) -> Clock:
    """Start a clock at the moment of the event, whatever the hour it is recorded or synced."""
    due = promises.due(key, at)
    clock = Clock(
        owner_table=table,
        owner_id=record_id,
        key=key,
        started_at=at,
        due_at=due.due_at,
        held_from=due.held_from,
        told_at=at,
    )
    session.add(clock)
    return clock


def running(session: Session, record_id: UUID) -> list[Clock]:
    """The clocks of a record that have not been stopped."""
    going = select(Clock).where(Clock.owner_id == record_id, Clock.stopped_at.is_(None), ~Clock.deleted)
    return list(session.scalars(going))


def stop(session: Session, record_id: UUID, at: datetime, keys: Collection[str] | None = None) -> None:
    """Stop the running clocks of a record, or those of some keys only."""
    for clock in running(session, record_id):
        if keys is None or clock.key in keys:
            clock.stopped_at = at


def tell(session: Session, record_id: UUID, at: datetime | None) -> None:
    """Those concerned hear of the running clocks that they did not know of yet; None: of none of them, so far."""
    for clock in running(session, record_id):
        clock.told_at = at and (clock.told_at or at)


def run_on(session: Session, record_id: UUID, stopped_at: datetime) -> None:
    """Let the clocks that were stopped then run on, as if they never had been."""
    then = select(Clock).where(Clock.owner_id == record_id, Clock.stopped_at == stopped_at, ~Clock.deleted)
    for clock in session.scalars(then):
        clock.stopped_at = None


def start_hazard(
    session: Session, repair: Repair, hazard: str, priority: Priority, seen_at: datetime
) -> None:
    """Start the clock of Awaab's Law when the hazard falls under it on the day it was seen (SI 2025/1042).

    One that runs already runs on: the same hazard again, or at another priority, starts none anew. A repair whose
    hazard has a case of its own gets none: the case keeps them.
    """
    emergency = priority is Priority.EMERGENCY
    if not hazard or not promises.awaab_applies(hazard, emergency, seen_at.astimezone(LONDON).date()):
        return
    key = "AW.emergency" if emergency else "AW.investigate"
    if case := open_case(session, repair.id):
        if emergency and not _ran(session, case, key):
            start(session, "hazard_case", case, key, seen_at)
        return
    if key not in {clock.key for clock in running(session, repair.id)}:
        start(session, "repair", repair.id, key, seen_at)
        repair.hazard = repair.hazard or hazard


def open_case(session: Session, repair_id: UUID) -> UUID | None:
    """The open hazard case that a repair's clocks of Awaab's Law were handed to."""
    return session.scalar(
        select(HazardCase.id).where(
            HazardCase.repair_id == repair_id, HazardCase.status != HazardStatus.CLOSED, ~HazardCase.deleted
        )
    )


def _ran(session: Session, record_id: UUID, key: str) -> bool:
    """Whether a record has or had that clock."""
    same = (Clock.owner_id == record_id, Clock.key == key, ~Clock.deleted)
    return session.scalar(select(Clock.id).where(*same).limit(1)) is not None


def hand_over(session: Session, repair_id: UUID, case_id: UUID, at: datetime) -> list[Clock]:
    """Give the running clocks of Awaab's Law of a repair to its hazard case: same start, same end, nothing lost.

    The repair's own stop there and stay in its history; what a colleague does to the repair meanwhile, without
    knowing of the case, cannot stop the case's.
    """
    given = []
    for clock in running(session, repair_id):
        if clock.key in HAZARD_STEPS:
            fields = ("key", "started_at", "due_at", "held_from", "told_at")
            same = {name: getattr(clock, name) for name in fields}
            given.append(Clock(owner_table="hazard_case", owner_id=case_id, **same))
            clock.stopped_at = at
    session.add_all(given)
    return given


def drop_hazard(session: Session, repair: Repair, seen_at: datetime) -> None:
    """Take back the clock that a hazard seen then gave to a repair that was open already."""
    law = [clock for clock in running(session, repair.id) if clock.key in HAZARD_STEPS]
    given = [clock for clock in law if clock.started_at == seen_at != repair.reported_at]
    for clock in given:
        clock.deleted = True
    if given and given == law:
        repair.hazard = ""


def of(session: Session, record_id: UUID, now: datetime) -> list[RunningClock]:
    """The clocks of one record, the next to end first."""
    rows = session.scalars(
        select(Clock).where(Clock.owner_id == record_id, ~Clock.deleted).order_by(Clock.due_at)
    )
    return [
        RunningClock(
            clock.key,
            _WHAT.get(clock.key, ""),
            clock.due_at,
            wording.until(clock.due_at, now, hours=_by_hours(clock.key, clock.started_at)),
            clock.stopped_at is None,
            clock.started_at,
            clock.stopped_at,
            clock.told_at,
        )
        for clock in rows
    ]


def _by_hours(key: str, started_at: datetime) -> bool:
    return promises.clock(key, started_at.astimezone(LONDON).date()).unit is promises.Unit.HOURS


def deadline(due_at: datetime, priority: Priority, now: datetime) -> wording.Deadline:
    """How the clock of a repair stands, in words."""
    return wording.until(due_at, now, hours=priority is Priority.EMERGENCY)


def promise_words(due_at: datetime, priority: Priority) -> str:
    """The promise as it is told: ``made safe by Tue 24 Nov, 10:31`` or ``due Wed 30 Dec``."""
    local = due_at.astimezone(LONDON)
    if priority is Priority.EMERGENCY:
        return f"made safe by {wording.weekday(local)}, {wording.clock_time(local)}"
    return f"due {wording.weekday(local)}"
