"""Appointments of an order: booked or made by the specialist, moved, kept, missed, cancelled (R2, R10).

One job has one appointment to come at a time, so that nobody waits in for two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import AppointmentStatus, Priority, Waiting
from watmos_desktop.models.tables import Appointment, Contractor, Job, Repair
from watmos_desktop.services import orders, policy, repairs, slots
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.slots import When
from watmos_desktop.services.wording import Tone

STATUS_WORDS = {
    AppointmentStatus.BOOKED: "Booked",
    AppointmentStatus.KEPT: "Kept",
    AppointmentStatus.NO_ACCESS: "No access",
    AppointmentStatus.MISSED: "Nobody came",
    AppointmentStatus.CANCELLED: "Cancelled",
}
_TONES = {
    AppointmentStatus.BOOKED: Tone.INFO,
    AppointmentStatus.KEPT: Tone.OK,
    AppointmentStatus.NO_ACCESS: Tone.WARN,
    AppointmentStatus.MISSED: Tone.BAD,
    AppointmentStatus.CANCELLED: Tone.INFO,
}
FAR = timedelta(days=366)


@dataclass(frozen=True)
class AppointmentCard:
    """An appointment in words: ``Tue 24 Nov, morning, 08:00 to 13:00``; ``by_contractor`` when they made it (R10)."""

    id: UUID
    job_id: UUID
    when: When
    status: AppointmentStatus
    by_contractor: bool

    @property
    def words(self) -> str:
        """When, and who made it where that is the specialist."""
        return f"{self.when.words}, made by the contractor" if self.by_contractor else self.when.words

    @property
    def state(self) -> str:
        """How it stands, in a word."""
        return STATUS_WORDS[self.status]

    @property
    def tone(self) -> Tone:
        """How it stands, as a colour and shape."""
        return _TONES[self.status]


@dataclass(frozen=True)
class Coming:
    """A booked appointment with its repair, for a list of the days to come."""

    appointment: AppointmentCard
    job: str
    repair: str
    title: str
    where: str
    contractor: str


@dataclass(frozen=True)
class Booked:
    """What was booked and what is to be said of it: a Sunday, a bank holiday, after the due date."""

    id: UUID
    words: str
    remarks: tuple[str, ...]


def book(session: Session, job_id: UUID, when: When, *, by_contractor: bool = False) -> Booked:
    """Book a slot for an order under way, or write down the one that the specialist made themselves.

    Raises NotAllowed, NotFound, or Told: for a day gone by, and where the job has an appointment already.
    """
    job = orders.live(session, job_id)
    now = session.info["clock"].now()
    _ahead(session, when)
    before = orders.booked(session, job.id)
    if before:
        raise Told(
            f"It is booked already: {_card(before[0]).when.words}.",
            "Move that appointment instead.",
            field="day",
        )
    row = Appointment(
        job_id=job.id, by_contractor=by_contractor, status=AppointmentStatus.BOOKED, **_set(when)
    )
    row.changed_at = now
    session.add(row)
    _access_agreed(session, job)
    session.flush()
    return _booked(session, job, row)


def move(session: Session, appointment_id: UUID, when: When) -> Booked:
    """Move a booked appointment to another time; raises as ``book``."""
    row, job = _open(session, appointment_id)
    _ahead(session, when)
    if _card(row).when == when:
        raise Told("It is at that time already.", "Choose another.", field="day")
    for name, value in _set(when).items():
        setattr(row, name, value)
    row.changed_at = session.info["clock"].now()
    _access_agreed(session, job)
    session.flush()
    return _booked(session, job, row)


def cancel(session: Session, appointment_id: UUID) -> None:
    """Nobody comes then; the order stays."""
    row, _ = _open(session, appointment_id)
    _close(session, row, AppointmentStatus.CANCELLED)


def kept(session: Session, appointment_id: UUID) -> None:
    """The contractor came and was let in; raises Told while it is still to come."""
    row, job = _open(session, appointment_id)
    _begun(session, row)
    _close(session, row, AppointmentStatus.KEPT)
    _access_agreed(session, job)


def missed(session: Session, appointment_id: UUID) -> None:
    """The contractor did not come; raises Told while they still may."""
    row, _ = _open(session, appointment_id)
    if _card(row).when.ends > session.info["clock"].now():
        raise Told("They may still come.", f"It runs to {_card(row).when.times[1]}.")
    _close(session, row, AppointmentStatus.MISSED)


def of_jobs(session: Session, job_ids: Iterable[UUID]) -> dict[UUID, list[AppointmentCard]]:
    """The appointments of some jobs, oldest first; none for who may not know of orders."""
    if not policy.may(policy.actor(session), Action.SEE, "job"):
        return {}
    statement = policy.scope(
        select(Appointment)
        .where(Appointment.job_id.in_(list(job_ids)), ~Appointment.deleted)
        .order_by(Appointment.day, Appointment.changed_at, Appointment.id),
        session,
        Appointment,
    )
    found: dict[UUID, list[AppointmentCard]] = {}
    for row in session.scalars(statement):
        found.setdefault(row.job_id, []).append(_card(row))
    return found


def propose(session: Session, job_id: UUID) -> When:
    """The next slot to offer: the same part of the next working day, for an emergency still today."""
    job = orders.live(session, job_id)
    row = session.get(Repair, job.repair_id)
    before = of_jobs(session, [job.id]).get(job.id, [])
    return slots.next_after(
        before[-1].when if before else None,
        session.info["clock"].now(),
        today=row is not None and row.priority is Priority.EMERGENCY,
    )


def coming(session: Session, first: date, last: date, contractor_id: UUID | None = None) -> list[Coming]:
    """Booked appointments of those days where this person looks after, the next first; raises NotAllowed, Told."""
    policy.require(session, Action.ORDER_WORK, "job")
    if last < first or last - first > FAR:
        raise Told(
            "Give a first and a later last day, at most a year apart.", "Check the days.", field="days"
        )
    statement = (
        select(Appointment, Job, Contractor.name)
        .join(Job, Job.id == Appointment.job_id)
        .outerjoin(Contractor, Contractor.id == Job.contractor_id)
        .where(
            Appointment.day.between(first, last),
            Appointment.status == AppointmentStatus.BOOKED,
            ~Appointment.deleted,
            ~Job.deleted,
        )
    )
    if contractor_id is not None:
        statement = statement.where(Job.contractor_id == contractor_id)
    rows = session.execute(policy.scope(statement, session, Job)).all()
    cards = repairs.cards(session, [job.repair_id for _, job, _ in rows])
    found = [
        Coming(
            _card(row),
            job.reference,
            cards[job.repair_id].reference,
            cards[job.repair_id].title,
            cards[job.repair_id].where,
            name or "",
        )
        for row, job, name in rows
        if job.repair_id in cards
    ]
    return sorted(found, key=lambda one: (one.appointment.when.starts, one.appointment.when.ends, one.job))


def _card(row: Appointment) -> AppointmentCard:
    when = When(row.day, row.slot, row.arrives_from, row.arrives_by)
    return AppointmentCard(row.id, row.job_id, when, row.status, row.by_contractor)


def _set(when: When) -> dict[str, object]:
    return {
        "day": when.day,
        "slot": when.slot,
        "arrives_from": when.arrives_from,
        "arrives_by": when.arrives_by,
    }


def _ahead(session: Session, when: When) -> None:
    now = session.info["clock"].now()
    if when.ends <= now:
        past = "That day is past." if when.day < now.astimezone(LONDON).date() else "That time is past."
        raise Told(past, "Choose a later one.", field="day")


def _open(session: Session, appointment_id: UUID) -> tuple[Appointment, Job]:
    policy.require(session, Action.ORDER_WORK, "job")
    row = policy.find(session, Appointment, appointment_id, "That appointment")
    job = orders.live(session, row.job_id)
    if row.status is not AppointmentStatus.BOOKED:
        raise Told(
            f"That appointment stands as “{STATUS_WORDS[row.status].lower()}” already.", "Book another."
        )
    return row, job


def _begun(session: Session, row: Appointment) -> None:
    if _card(row).when.starts > session.info["clock"].now():
        raise Told("It is still to come.", f"It begins {_card(row).when.words}.")


def _close(session: Session, row: Appointment, status: AppointmentStatus) -> None:
    row.status, row.changed_at = status, session.info["clock"].now()


def _access_agreed(session: Session, job: Job) -> None:
    """A time that was agreed, or a door that opened, ends the waiting for access."""
    repair = session.get(Repair, job.repair_id)
    if repair is not None and repair.waiting is Waiting.ACCESS:
        repair.waiting = None


def _booked(session: Session, job: Job, row: Appointment) -> Booked:
    repair = session.get(Repair, job.repair_id)
    due = repair.due_at if repair is not None else None
    card = _card(row)
    return Booked(row.id, card.words, tuple(slots.remarks(row.day, due)))
