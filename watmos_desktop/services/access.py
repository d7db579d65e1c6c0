"""No access at the door: what was tried and when, the card left, and the next slot. No clock waits for it (R2).

SI 2025/1042 asks for all reasonable endeavours: each attempt is kept with its time and how.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import AppointmentStatus, Channel, HazardStatus, Priority, Waiting
from watmos_desktop.models.tables import AccessAttempt, Job, Repair
from watmos_desktop.services import (
    appointments,
    hazard_list,
    hazard_steps,
    orders,
    policy,
    repair_updates,
    repairs,
    slots,
    wording,
    words,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.slots import When

HOW_WORDS = {
    Channel.DOOR: "At the door",
    Channel.PHONE: "By phone",
    Channel.TEXT: "By text",
    Channel.EMAIL: "By e-mail",
    Channel.LETTER: "By letter",
    Channel.IN_PERSON: "In person",
    Channel.CARD: "By card",
}
_CARD = "We left a card with what to do next."


@dataclass(frozen=True)
class AttemptDraft:
    """What was tried. ``tried_at`` None: now. ``job_id``: for whose work, where there is more than one order.

    ``again``: the slot proposed next is booked at once, to be said on the card.
    """

    how: Channel = Channel.DOOR
    card_left: bool = True
    note: str = ""
    tried_at: datetime | None = None
    job_id: UUID | None = None
    again: bool = False


@dataclass(frozen=True)
class AttemptCard:
    """One attempt in words: ``23 Nov 2026, 10:42, at the door, card left``."""

    id: UUID
    words: str
    note: str
    tried_at: datetime
    card_left: bool


@dataclass(frozen=True)
class NoAccess:
    """What was recorded, how often it was tried by now, and the next slot; without an order there is none to book.

    ``booked``: that slot is booked.
    """

    attempt_id: UUID
    count: int
    job_id: UUID | None
    proposed: When | None
    booked: bool = False

    @property
    def words(self) -> str:
        """``No access, the second time. The promised time runs on. Booked: Tue 24 Nov, morning, 08:00 to 13:00.``"""
        times = {1: "", 2: ", the second time", 3: ", the third time"}.get(
            self.count, f", {self.count} times now"
        )
        offer = "Booked" if self.booked else "Next could be"
        then = f" {offer}: {self.proposed.words}." if self.proposed is not None else ""
        return f"No access{times}. The promised time runs on.{then}"


def no_access(session: Session, repair_id: UUID, draft: AttemptDraft) -> NoAccess:
    """Record that nobody let us in: the repair waits for access, its clocks run on, the next slot is proposed.

    Raises NotAllowed, NotFound, or Told at ``tried_at`` or ``note``.
    """
    person = policy.require(session, Action.KEEP_INFORMED, "repair")
    row = repairs.get_row(session, repair_id)
    if row.status not in repairs.OPEN:
        raise Told("That repair is not open any more.", "Report it anew if it is needed.")
    now = session.info["clock"].now()
    tried_at = repair_updates.happened(session, row, draft.tried_at, "tried_at", "Nobody can have called")
    words.fits(draft.note, words.NOTE, "note")
    job = _job(session, row, draft.job_id)
    assert person.staff_id is not None
    attempt = AccessAttempt(
        repair_id=row.id,
        job_id=job.id if job else None,
        tried_at=tried_at,
        how=draft.how,
        card_left=draft.card_left,
        note=draft.note.strip(),
        staff_id=person.staff_id,
    )
    session.add(attempt)
    row.waiting = Waiting.ACCESS
    before = _missed(session, job, tried_at, now) if job else None
    _endeavour(session, row, draft, tried_at)
    if draft.card_left:
        said = f"We called at {wording.clock_time(tried_at)} and could not get in. {_CARD}"
        repair_updates.record(session, row, said, Channel.CARD, tried_at)
    session.flush()
    proposed = _next(row, before, now) if job is not None else None
    booked = False
    if draft.again and job is not None and proposed is not None and not orders.booked(session, job.id):
        appointments.book(session, job.id, proposed)
        row.waiting = Waiting.ACCESS  # until the resident says yes, or the door opens
        booked = True
    count = len(of_repair(session, row.id))
    return NoAccess(attempt.id, count, job.id if job else None, proposed, booked)


def proposal(session: Session, repair_id: UUID) -> When | None:
    """The slot that ``no_access`` would propose now; None without an order under way. Raises NotAllowed, NotFound."""
    policy.require(session, Action.KEEP_INFORMED, "repair")
    row = repairs.get_row(session, repair_id)
    job = _job(session, row, None)
    if job is None:
        return None
    before = appointments.of_jobs(session, [job.id]).get(job.id, [])
    return _next(row, before[-1].when if before else None, session.info["clock"].now())


def of_repair(session: Session, repair_id: UUID) -> list[AttemptCard]:
    """The attempts on a repair, oldest first; raises NotFound. None for who may not know of them."""
    repairs.get_row(session, repair_id)
    actor = policy.actor(session)
    if not policy.may(actor, Action.SEE, "access_attempt"):
        return []
    rows = session.scalars(
        select(AccessAttempt)
        .where(AccessAttempt.repair_id == repair_id, ~AccessAttempt.deleted)
        .order_by(AccessAttempt.tried_at, AccessAttempt.id)
    )
    noted = policy.may_see(actor, "access_attempt", "note")
    return [
        AttemptCard(row.id, _words(row), row.note if noted else "", row.tried_at, row.card_left)
        for row in rows
    ]


def _next(row: Repair, before: When | None, now: datetime) -> When:
    return slots.next_after(before, now, today=row.priority is Priority.EMERGENCY)


def _job(session: Session, row: Repair, job_id: UUID | None) -> Job | None:
    """The order that was meant: the one named, else the one with an appointment today, else the newest."""
    found = orders.under_way(session, row.id)
    if job_id is not None:
        named = next((job for job in found if job.id == job_id), None)
        if named is None:
            raise NotFound("That order")
        return named
    today = session.info["clock"].now().astimezone(LONDON).date()
    due = [job for job in found if any(one.day == today for one in orders.booked(session, job.id))]
    return next(reversed(due or found), None)


def _missed(session: Session, job: Job, tried_at: datetime, now: datetime) -> When | None:
    """The appointment that came to nothing, if there was one that day."""
    day = tried_at.astimezone(LONDON).date()
    for one in orders.booked(session, job.id):
        if one.day <= day:
            one.status, one.changed_at = AppointmentStatus.NO_ACCESS, now
            return When(one.day, one.slot, one.arrives_from, one.arrives_by)
    before = appointments.of_jobs(session, [job.id]).get(job.id, [])
    return before[-1].when if before else None


def _endeavour(session: Session, row: Repair, draft: AttemptDraft, tried_at: datetime) -> None:
    """The same knock is an entry in the log of the repair's hazard case: a court asks for all of them."""
    case = hazard_list.of_repair(session, row.id)
    if case is None or case.status is HazardStatus.CLOSED or tried_at < case.aware_at:
        return
    said = " · ".join(part for part in (draft.note.strip(), "card left" if draft.card_left else "") if part)
    hazard_steps.tried_access(session, case.id, draft.how, said, at=tried_at)


def _words(row: AccessAttempt) -> str:
    parts = [wording.moment(row.tried_at), HOW_WORDS[row.how].lower(), "card left" if row.card_left else ""]
    return ", ".join(part for part in parts if part)
