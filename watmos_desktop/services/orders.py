"""Orders to contractors for a repair: the right one, with next steps for the resident; taken back, accepted, done (R2).

What stands in an order is written for the contractor: nobody's needs and no caution of a record go into it by
themselves. A name and a number do only where access needs it and someone said so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import (
    AppointmentStatus,
    Channel,
    JobKind,
    JobStatus,
    RepairStatus,
    Specialism,
    Trade,
    Waiting,
)
from watmos_desktop.models.tables import (
    Appointment,
    Contractor,
    Job,
    Repair,
)
from watmos_desktop.services import (
    order_advice,
    policy,
    references,
    repair_updates,
    repair_words,
    repairs,
    specialists,
    words,
)
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.specialists import Need

LIVE = (JobStatus.ORDERED, JobStatus.ACCEPTED)
KIND_WORDS = {
    JobKind.ORDER: "Order",
    JobKind.MAKE_SAFE: "Make safe",
    JobKind.FOLLOW_ON: "Follow-on work",
    JobKind.RECALL: "Same fault again",
}


@dataclass(frozen=True)
class OrderDraft:
    """What is ordered. ``next_steps`` is what the resident is told, ``told`` how; None leaves it for later.

    ``contact``: the name and number of who asked are part of the access notes, because access needs them.
    ``part``: the order is for that specialism alone, before others come (asbestos out before the boiler is mended).
    ``cleared``: what was found out where only typed words speak of a danger (``survey of 3 Mar: no asbestos``).
    """

    contractor_id: UUID
    instructions: str = ""
    access_notes: str = ""
    next_steps: str = ""
    told: Channel | None = None
    contact: bool = False
    kind: JobKind = JobKind.ORDER
    title: str = ""
    trade: Trade | None = None
    part: Specialism | None = None
    cleared: str = ""
    follows_id: UUID | None = None


def order(session: Session, repair_id: UUID, draft: OrderDraft) -> UUID:
    """Order a job for a repair, which becomes ordered; gives the job's id.

    Raises NotAllowed, NotFound, or Told: at ``contractor_id`` for who lacks a specialism that the fault needs.
    """
    person = policy.require(session, Action.ORDER_WORK, "job")
    row = repairs.get_row(session, repair_id)
    if row.status not in repairs.OPEN:
        raise Told("That repair is not open any more.", "Report it anew, then order.")
    firm = policy.find(session, Contractor, draft.contractor_id, "That contractor")
    trade = draft.trade or row.trade
    part = _fitting(session, row, firm, draft, trade)
    _texts(draft)
    _not_twice(session, row, firm, draft, part)
    now = session.info["clock"].now()
    assert person.staff_id is not None
    job = Job(
        repair_id=row.id,
        contractor_id=firm.id,
        follows_id=_follows(session, row, draft.follows_id),
        kind=draft.kind,
        trade=trade,
        specialism=part,
        title=draft.title.strip() or row.title,
        instructions=_with_cleared(draft),
        access_notes=_with_contact(session, row, draft),
        next_steps=draft.next_steps.strip(),
        ordered_at=now,
        ordered_by=person.staff_id,
    )
    references.add(session, "J", job)
    row.status, row.contractor = RepairStatus.ORDERED, firm.name
    if row.waiting is Waiting.APPROVAL:
        row.waiting = None
    if draft.told is not None:
        repair_updates.record(session, row, draft.next_steps, draft.told, now)
    session.flush()
    return job.id


def accept(session: Session, job_id: UUID) -> None:
    """The contractor said yes; raises Told when the order does not wait for an answer."""
    job = live(session, job_id)
    if job.status is JobStatus.ACCEPTED:
        raise Told("They have accepted it already.", "Book the appointment next.")
    job.status = JobStatus.ACCEPTED


def done(session: Session, job_id: UUID, at: datetime | None = None) -> None:
    """The contractor is done; the repair itself is completed apart, with photos and the resident asked (R4).

    ``at`` is when it was, by default now. Booked appointments up to then were kept, later ones are not needed.
    """
    job = live(session, job_id)
    now = session.info["clock"].now()
    at = at or now
    if not job.ordered_at <= at <= now:
        raise Told("Work is done between its order and now.", "Check the day and time.", field="at")
    job.status, job.finished_at = JobStatus.DONE, at
    for one in booked(session, job.id):
        kept = one.day <= at.date()
        one.status = AppointmentStatus.KEPT if kept else AppointmentStatus.CANCELLED
        one.changed_at = now
    row = session.get(Repair, job.repair_id)
    if row is not None and row.waiting is Waiting.ACCESS:
        row.waiting = None


def cancel(session: Session, job_id: UUID, reason: str) -> None:
    """Take one order back, with the reason as a note; its appointments go with it.

    A repair that no other order is under way for is only reported again, its clocks as they were.
    """
    job = live(session, job_id)
    words.fits(reason, words.LINE, "reason", "The reason")
    if not reason.strip():
        raise Told(
            "Say why it is taken back.", "The contractor and the next reader want to know.", field="reason"
        )
    now = session.info["clock"].now()
    job.status, job.finished_at = JobStatus.CANCELLED, now
    for one in booked(session, job.id):
        one.status, one.changed_at = AppointmentStatus.CANCELLED, now
    repair = session.get(Repair, job.repair_id)
    assert repair is not None
    repair_updates.keep_note(session, repair, f"Order {job.reference} taken back: {reason.strip()}")
    _back_to_reported(session, job.repair_id)


def take_back(session: Session, repair_id: UUID, reason: str) -> int:
    """Take back every order under way for a repair, as before it is said to be another's; gives how many."""
    policy.require(session, Action.ORDER_WORK, "job")
    row = repairs.get_row(session, repair_id)
    found = under_way(session, row.id)
    for job in found:
        cancel(session, job.id, reason)
    if not found:
        _back_to_reported(session, row.id)
    return len(found)


def under_way(session: Session, repair_id: UUID) -> list[Job]:
    """The orders of a repair that nobody finished or took back, oldest first."""
    policy.require(session, Action.ORDER_WORK, "job")
    statement = (
        select(Job)
        .where(Job.repair_id == repair_id, Job.status.in_(LIVE), ~Job.deleted)
        .order_by(Job.ordered_at, Job.id)
    )
    return list(session.scalars(policy.scope(statement, session, Job)))


def live(session: Session, job_id: UUID) -> Job:
    """The row of an order under way; raises NotAllowed, NotFound, or Told for one that is finished."""
    policy.require(session, Action.ORDER_WORK, "job")
    job = policy.find(session, Job, job_id, "That order")
    if job.status not in LIVE:
        said = "done" if job.status is JobStatus.DONE else "taken back"
        raise Told(f"That order is {said} already.", "Order anew if there is more to do.")
    return job


def booked(session: Session, job_id: UUID) -> list[Appointment]:
    """The appointments of a job that are still to come about, the next first."""
    policy.require(session, Action.ORDER_WORK, "job")
    return list(
        session.scalars(
            select(Appointment)
            .where(
                Appointment.job_id == job_id,
                Appointment.status == AppointmentStatus.BOOKED,
                ~Appointment.deleted,
            )
            .order_by(Appointment.day, Appointment.id)
        )
    )


def _fitting(
    session: Session, row: Repair, firm: Contractor, draft: OrderDraft, trade: Trade
) -> Specialism | None:
    """The specialism the job is ordered under; raises Told where this firm may not be sent."""
    if not firm.active:
        raise Told(
            f"{firm.name} is not in use any more.", "Choose another contractor.", field="contractor_id"
        )
    if firm.estates and str(row.estate_id) not in firm.estates:
        raise Told(
            f"{firm.name} does not work on this estate.", "Choose another contractor.", field="contractor_id"
        )
    wanted = {need.specialism: need for need in order_advice.needs(session, row)}
    if trade is not row.trade:
        wanted |= {need.specialism: need for need in specialists.needs(trade)}
    if draft.cleared.strip():
        wanted = {key: need for key, need in wanted.items() if need.firm}
    if draft.part is not None:
        wanted = {draft.part: wanted.get(draft.part, Need(draft.part, "this order is for that part alone"))}
    for need in sorted(wanted.values(), key=lambda one: specialists.ORDER.index(one.specialism)):
        if need.specialism.value not in firm.specialisms:
            hint = "Choose a firm that is registered for it."
            if not need.firm:
                hint += " Where a survey cleared it, say so below."
            raise Told(f"{firm.name} may not be sent. {need.sentence}", hint, field="contractor_id")
    if not wanted and trade.value not in firm.trades:
        named = repair_words.TRADE_WORDS[trade].lower()
        raise Told(f"{firm.name} does not do {named}.", "Choose another contractor.", field="contractor_id")
    return next((one for one in specialists.ORDER if one in wanted), None)


def _texts(draft: OrderDraft) -> None:
    words.fits(draft.instructions, words.NOTE, "instructions", "The instructions")
    words.fits(draft.access_notes, words.NOTE, "access_notes", "The access notes")
    words.fits(draft.next_steps, words.NOTE, "next_steps", "The next steps")
    words.fits(draft.cleared, words.LINE, "cleared", "That")
    words.fits(draft.title, repair_words.TITLE_LIMIT, "title", "The title")
    if draft.told is not None and not draft.next_steps.strip():
        raise Told("Say what happens next, as you told it.", "Who comes, and by when.", field="next_steps")


def _not_twice(
    session: Session, row: Repair, firm: Contractor, draft: OrderDraft, part: Specialism | None
) -> None:
    for job in under_way(session, row.id):
        if job.contractor_id == firm.id and job.kind is draft.kind and job.specialism is part:
            raise Told(
                f"{firm.name} has this order already: {job.reference}.",
                "Change its appointment, or take it back first.",
                field="contractor_id",
            )


def _follows(session: Session, row: Repair, job_id: UUID | None) -> UUID | None:
    if job_id is None:
        return None
    job = policy.find(session, Job, job_id, "That order")
    if job.repair_id != row.id:
        raise NotFound("That order")
    return job.id


def _with_cleared(draft: OrderDraft) -> str:
    parts = (draft.instructions.strip(), draft.cleared.strip())
    return "\n".join(part for part in parts if part)


def _with_contact(session: Session, row: Repair, draft: OrderDraft) -> str:
    who = order_advice.contact(session, row) if draft.contact else ""
    if draft.contact and not who:
        raise Told(
            "There is no number to give.", "Write in the access notes how to get in.", field="access_notes"
        )
    parts = (draft.access_notes.strip(), f"Ring before coming: {who}" if who else "")
    return "\n".join(part for part in parts if part)


def _back_to_reported(session: Session, repair_id: UUID) -> None:
    row = session.get(Repair, repair_id)
    if row is None or row.status is not RepairStatus.ORDERED:
        return
    others = under_way(session, repair_id)
    if others:
        row.contractor = _name(session, others)
    else:
        row.status, row.contractor = RepairStatus.REPORTED, ""


def _name(session: Session, jobs: Iterable[Job]) -> str:
    """The contractor of the newest order."""
    newest = list(jobs)[-1]
    firm = session.get(Contractor, newest.contractor_id) if newest.contractor_id else None
    return firm.name if firm is not None else ""
