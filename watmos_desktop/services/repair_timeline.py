"""The story of one repair, newest first: told, noted, knocked, ordered, promised, done, asked; with who (R3).

Made from the records that sync brings, so that every device tells the same story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import AppointmentStatus, JobKind, JobStatus, RepairStatus, Sighting, Waiting
from watmos_desktop.models.tables import (
    AccessAttempt,
    Appointment,
    Contractor,
    Defect,
    DefectSighting,
    Inspection,
    Job,
    Repair,
    RepairFeedback,
    RepairNote,
    RepairUpdate,
    Staff,
    Variation,
)
from watmos_desktop.services import (
    clocks,
    policy,
    recalls,
    repair_feedback,
    repair_further,
    repair_updates,
    repairs,
    slots,
    wording,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.policy import Action
from watmos_desktop.services.recalls import Recall
from watmos_desktop.services.repair_updates import HOW_WORDS
from watmos_desktop.services.wording import Deadline, Tone


class Kind(StrEnum):
    """What an entry is about; in this order where two happened at the same moment, the first at the bottom."""

    REPORTED = "reported"
    PROMISE = "promise"
    NOTE = "note"
    TOLD = "told"
    KNOCK = "knock"
    LOOKED = "looked"
    ORDER = "order"
    APPOINTMENT = "appointment"
    VARIED = "varied"
    DONE = "done"
    ASKED = "asked"


@dataclass(frozen=True)
class Entry:
    """One thing that happened: ``what`` in a line, ``more`` in somebody's words, ``who`` recorded it."""

    at: datetime
    kind: Kind
    what: str
    more: str = ""
    who: str = ""
    tone: Tone = Tone.INFO

    @property
    def when(self) -> str:
        """``23 Nov 2026, 10:42``."""
        return wording.moment(self.at)


@dataclass(frozen=True)
class Story:
    """Entries newest first, and how it stands: what keeps it waiting, silence, the call owed, recalls."""

    entries: tuple[Entry, ...]
    silence: Deadline | None
    waiting: str
    owed: Deadline | None
    recalls: tuple[Recall, ...]


_WAITING = {
    Waiting.ACCESS: "Waiting for access",
    Waiting.PARTS: "Waiting for parts",
    Waiting.APPROVAL: "Waiting for approval",
    Waiting.RESIDENT: "Waiting for the resident",
}
_STATES = {
    AppointmentStatus.BOOKED: ("Appointment", Tone.INFO),
    AppointmentStatus.KEPT: ("Appointment kept", Tone.OK),
    AppointmentStatus.NO_ACCESS: ("Appointment, no access", Tone.WARN),
    AppointmentStatus.MISSED: ("Appointment missed", Tone.BAD),
    AppointmentStatus.CANCELLED: ("Appointment cancelled", Tone.INFO),
}
_SIGHTINGS = {
    Sighting.FIXED: ("it is fixed", Tone.OK),
    Sighting.NOT_FIXED: ("not fixed", Tone.WARN),
    Sighting.WORSE: ("it is worse", Tone.BAD),
}
_ORDERED = {
    JobKind.ORDER: "Ordered",
    JobKind.MAKE_SAFE: "Ordered to make safe",
    JobKind.FOLLOW_ON: "Follow-on work ordered",
    JobKind.RECALL: "Ordered as the same fault again",
}


def of(session: Session, repair_id: UUID) -> Story:
    """The story of a repair as far as this person may know it; raises NotFound."""
    row = repairs.get_row(session, repair_id)
    return _stands(session, row, _entries(session, row))


def standing(session: Session, repair_id: UUID) -> Story:
    """How a repair stands, without its entries; raises NotFound."""
    return _stands(session, repairs.get_row(session, repair_id), ())


def _entries(session: Session, row: Repair) -> tuple[Entry, ...]:
    now = session.info["clock"].now()
    actor = policy.actor(session)
    entries = [*_own(row, now), *_clocks(session, row, now)]
    told_twice = (row, *repairs.doubles(session, row.id))
    for table, read in _TABLES.items():
        if policy.may(actor, Action.SEE, table):
            for one in told_twice:
                entries += read(session, one)
    names = _names(session, {one.who for one in entries})
    ranks = list(Kind)
    entries.sort(key=lambda one: (one.at, ranks.index(one.kind)), reverse=True)
    return tuple(
        Entry(one.at, one.kind, one.what, one.more, names.get(one.who, ""), one.tone) for one in entries
    )


def _stands(session: Session, row: Repair, entries: tuple[Entry, ...]) -> Story:
    actor, now = policy.actor(session), session.info["clock"].now()
    heard = policy.may(actor, Action.SEE, "repair_update")
    asks = heard and row.status is RepairStatus.COMPLETED
    return Story(
        entries,
        repair_updates.silence(row, now) if heard else None,
        _waiting(session, row) if policy.may(actor, Action.SEE, "job") else "",
        repair_feedback.owed(row, repair_feedback.of(session, row.id), now) if asks else None,
        recalls.of(session, row),
    )


@dataclass(frozen=True)
class _Raw:
    """An entry whose ``who`` is an id still."""

    at: datetime
    kind: Kind
    what: str
    more: str = ""
    who: UUID | None = None
    tone: Tone = Tone.INFO


def _own(row: Repair, now: datetime) -> Iterator[_Raw]:
    said = "Reported, and told that it is not ours" if row.status is RepairStatus.SIGNPOSTED else "Reported"
    yield _Raw(row.reported_at, Kind.REPORTED, said, who=row.reported_by)
    if row.completed_at is not None:
        late = row.completed_at.replace(microsecond=0) > row.due_at
        done = ("Done, late", Tone.WARN) if late else ("Done", Tone.OK)
        yield _Raw(row.completed_at, Kind.DONE, done[0], tone=done[1])
    elif row.status in repairs.OPEN and row.due_at < now:
        yield _Raw(row.due_at, Kind.PROMISE, "The promised time was up", tone=Tone.BAD)


def _clocks(session: Session, row: Repair, now: datetime) -> Iterator[_Raw]:
    for one in clocks.of(session, row.id, now):
        if not one.what:
            continue
        by = f"{one.what}: by {_day(one)}"
        yield _Raw(one.started_at, Kind.PROMISE, by)
        if one.stopped_at is not None and one.stopped_at != row.completed_at:
            yield _Raw(one.stopped_at, Kind.PROMISE, f"{one.what}: no longer counted, it was {_day(one)}")


def _day(one: clocks.RunningClock) -> str:
    due = one.due_at.astimezone(LONDON)
    return wording.weekday(due) + (f", {wording.clock_time(due)}" if one.key in _BY_HOURS else "")


_BY_HOURS = ("R5", "AW.emergency")


def _told(session: Session, row: Repair) -> Iterator[_Raw]:
    text = policy.may_see(policy.actor(session), "repair_update", "text")
    for one in _rows(session, RepairUpdate, row):
        how = HOW_WORDS[one.how].lower()
        said = f"Told {how}" if how.startswith(("in ", "at ")) else f"Told by {how}"
        yield _Raw(one.told_at, Kind.TOLD, said, one.text if text else "", one.staff_id, Tone.OK)


def _noted(session: Session, row: Repair) -> Iterator[_Raw]:
    if policy.may_see(policy.actor(session), "repair_note", "text"):
        for one in _rows(session, RepairNote, row):
            yield _Raw(one.made_at, Kind.NOTE, "Note", one.text, one.staff_id)


def _knocked(session: Session, row: Repair) -> Iterator[_Raw]:
    note = policy.may_see(policy.actor(session), "access_attempt", "note")
    for one in _rows(session, AccessAttempt, row):
        said = f"No access: {HOW_WORDS[one.how].lower()}" + (", card left" if one.card_left else "")
        yield _Raw(one.tried_at, Kind.KNOCK, said, one.note if note else "", one.staff_id, Tone.WARN)


def _jobs(session: Session, row: Repair) -> Iterator[_Raw]:
    jobs = {one.id: one for one in _rows(session, Job, row)}
    ids = [one.contractor_id for one in jobs.values() if one.contractor_id]
    firms = {one.id: one.name for one in session.scalars(select(Contractor).where(Contractor.id.in_(ids)))}
    for job in jobs.values():
        firm = firms.get(job.contractor_id) if job.contractor_id else None
        said = _ORDERED[job.kind] + (f" from {firm}" if firm else "") + f": {job.reference}"
        before = jobs.get(job.follows_id) if job.follows_id else None
        more = f"Goes on where {before.reference} ended" if before else ""
        yield _Raw(job.ordered_at, Kind.ORDER, said, more, job.ordered_by)
        if job.finished_at is not None:
            done = job.status is JobStatus.DONE
            end = f"Order {job.reference} {'done' if done else 'taken back'}"
            yield _Raw(job.finished_at, Kind.ORDER, end, tone=Tone.OK if done else Tone.INFO)
    for one in _of_jobs(session, Appointment, jobs):
        word, tone = _STATES[one.status]
        when = slots.When(one.day, one.slot, one.arrives_from, one.arrives_by).words
        theirs = ", made by the contractor" if one.by_contractor else ""
        yield _Raw(one.changed_at, Kind.APPOINTMENT, f"{word}: {when}{theirs}", tone=tone)
    priced = policy.may_see(policy.actor(session), "variation", "pence")
    for one in _of_jobs(session, Variation, jobs):
        cost = f" · {repair_further.money(one.pence)}" if priced and one.pence is not None else ""
        what = f"Varied {jobs[one.job_id].reference}{cost}"
        more = ". ".join(part.rstrip(".") for part in (one.text, one.reason) if part) if priced else ""
        yield _Raw(one.made_at, Kind.VARIED, what, more, one.staff_id)


def _looked(session: Session, row: Repair) -> Iterator[_Raw]:
    """What later walks found of the defects that it mends."""
    note = policy.may_see(policy.actor(session), "defect_sighting", "note")
    found = (
        select(DefectSighting, Inspection.reference, Inspection.started_by)
        .join(Defect, Defect.id == DefectSighting.defect_id)
        .join(Inspection, Inspection.id == DefectSighting.inspection_id)
        .where(Defect.repair_id == row.id, DefectSighting.outcome != Sighting.NEW)
        .where(~DefectSighting.deleted, ~Defect.deleted)
    )
    for one, reference, who in session.execute(found):
        said, tone = _SIGHTINGS[one.outcome]
        what = f"Inspection {reference}: {said}"
        yield _Raw(one.seen_at, Kind.LOOKED, what, one.note if note else "", who, tone)


def _asked(session: Session, row: Repair) -> Iterator[_Raw]:
    staff = {one.id: one.staff_id for one in _rows(session, RepairFeedback, row)}
    for one in repair_feedback.of(session, row.id):
        tone = Tone.INFO if one.fixed is None else Tone.OK if one.fixed else Tone.BAD
        yield _Raw(
            one.answered_at or one.asked_at, Kind.ASKED, one.words, one.comment, staff.get(one.id), tone
        )


_TABLES: dict[str, Callable[[Session, Repair], Iterator[_Raw]]] = {
    "repair_update": _told,
    "repair_note": _noted,
    "access_attempt": _knocked,
    "job": _jobs,
    "repair_feedback": _asked,
    "defect_sighting": _looked,
}


def _rows(session: Session, model: Any, row: Repair) -> list[Any]:
    return list(session.scalars(_of_repair(model), {"repair_id": row.id}))


@cache
def _of_repair(model: Any) -> Select[Any]:
    """Kept: to build it cost more than to ask."""
    wanted = bindparam("repair_id", type_=Repair.id.type)
    mine = select(model).where(model.repair_id == wanted, ~model.deleted)
    return mine.order_by(model.id.desc())  # of the same moment the newest first


def _of_jobs(session: Session, model: Any, jobs: Iterable[UUID]) -> list[Any]:
    ids = list(jobs)
    if not ids:
        return []
    return list(session.scalars(select(model).where(model.job_id.in_(ids), ~model.deleted)))


def _names(session: Session, ids: set[UUID | None]) -> dict[UUID | None, str]:
    actor = policy.actor(session)
    known = {one for one in ids if one is not None}
    if not policy.may_see(actor, "staff", "name"):
        known &= {actor.staff_id} if actor.staff_id else set()
    return {one.id: one.name for one in session.scalars(select(Staff).where(Staff.id.in_(known)))}


def _waiting(session: Session, row: Repair) -> str:
    """What keeps it: ``Waiting for a pump until Thu 3 Dec`` where parts say so, else the plain reason."""
    if row.waiting is None or row.status not in repairs.OPEN:
        return ""
    if row.waiting is Waiting.PARTS:
        for job in _rows(session, Job, row):
            if job.parts and job.finished_at is None:
                return repair_further.awaited(job)
    return _WAITING[row.waiting]
