"""The orders of a repair as they are read: who, what, how it stands, when somebody comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import AppointmentStatus, JobKind, JobStatus, Specialism
from watmos_desktop.models.tables import Contractor, Job
from watmos_desktop.services import appointments, policy, repairs, specialists, wording
from watmos_desktop.services.appointments import AppointmentCard
from watmos_desktop.services.errors import NotFound
from watmos_desktop.services.orders import KIND_WORDS, LIVE
from watmos_desktop.services.policy import Action
from watmos_desktop.services.references import read_reference
from watmos_desktop.services.wording import Tone

STATUS_WORDS = {
    JobStatus.ORDERED: "Ordered",
    JobStatus.ACCEPTED: "Accepted",
    JobStatus.DONE: "Done",
    JobStatus.CANCELLED: "Taken back",
}
_TONES = {
    JobStatus.ORDERED: Tone.WARN,
    JobStatus.ACCEPTED: Tone.INFO,
    JobStatus.DONE: Tone.OK,
    JobStatus.CANCELLED: Tone.INFO,
}


@dataclass(frozen=True)
class JobCard:
    """One order as this person may see it. ``what`` names its kind and specialism: ``Order, gas``."""

    id: UUID
    reference: str
    repair_id: UUID
    contractor_id: UUID | None
    contractor: str
    phone: str
    emergency_phone: str
    what: str
    kind: JobKind
    title: str
    specialism: Specialism | None
    status: JobStatus
    instructions: str
    access_notes: str
    next_steps: str
    parts: str
    ordered_at: datetime
    finished_at: datetime | None
    appointments: tuple[AppointmentCard, ...]

    @property
    def live(self) -> bool:
        """Whether it is still under way."""
        return self.status in LIVE

    @property
    def state(self) -> str:
        """How it stands, in a word."""
        return STATUS_WORDS[self.status]

    @property
    def tone(self) -> Tone:
        """How it stands, as a colour and shape."""
        return _TONES[self.status]

    @property
    def ordered(self) -> str:
        """When it was ordered, in words."""
        return wording.moment(self.ordered_at)

    @property
    def next(self) -> AppointmentCard | None:
        """The appointment still to come about, if there is one."""
        booked = [one for one in self.appointments if one.status is AppointmentStatus.BOOKED]
        return booked[0] if booked else None


def of_repair(session: Session, repair_id: UUID) -> list[JobCard]:
    """The orders of a repair, newest first; none for who may not know of them. Raises NotFound."""
    repairs.get_row(session, repair_id)
    if not policy.may(policy.actor(session), Action.SEE, "job"):
        return []
    statement = select(Job).where(Job.repair_id == repair_id, ~Job.deleted)
    rows = list(session.scalars(statement.order_by(Job.ordered_at.desc(), Job.id.desc())))
    return _cards(session, rows)


def get(session: Session, job_id: UUID) -> JobCard:
    """One order; raises NotFound."""
    return _cards(session, [policy.find(session, Job, job_id, "That order")])[0]


def find(session: Session, typed: str) -> UUID:
    """The id of the order with that reference; raises Told or NotFound."""
    statement = select(Job.id).where(Job.reference == read_reference(typed), ~Job.deleted)
    found = None
    if policy.may(policy.actor(session), Action.SEE, "job"):
        found = session.scalar(policy.scope(statement, session, Job))
    if found is None:
        raise NotFound("That order")
    return found


def _cards(session: Session, rows: list[Job]) -> list[JobCard]:
    actor = policy.actor(session)
    firms = {
        firm.id: firm
        for firm in session.scalars(
            select(Contractor).where(
                Contractor.id.in_([row.contractor_id for row in rows if row.contractor_id])
            )
        )
    }
    booked = appointments.of_jobs(session, [row.id for row in rows])
    ringable = policy.may_see(actor, "contractor", "phone")
    return [_card(actor, row, firms, booked, ringable=ringable) for row in rows]


def _card(
    actor: policy.Actor,
    row: Job,
    firms: dict[UUID, Contractor],
    booked: dict[UUID, list[AppointmentCard]],
    *,
    ringable: bool,
) -> JobCard:
    def shown(column: str) -> str:
        return str(getattr(row, column)) if policy.may_see(actor, "job", column) else ""

    firm = firms.get(row.contractor_id) if row.contractor_id else None
    special = f", {specialists.WORDS[row.specialism].lower()}" if row.specialism else ""
    return JobCard(
        id=row.id,
        reference=row.reference,
        repair_id=row.repair_id,
        contractor_id=row.contractor_id,
        contractor=firm.name if firm else "",
        phone=firm.phone if firm and ringable else "",
        emergency_phone=firm.emergency_phone if firm and ringable else "",
        what=f"{KIND_WORDS[row.kind]}{special}",
        kind=row.kind,
        title=shown("title"),
        specialism=row.specialism,
        status=row.status,
        instructions=shown("instructions"),
        access_notes=shown("access_notes"),
        next_steps=shown("next_steps"),
        parts=shown("parts"),
        ordered_at=row.ordered_at,
        finished_at=row.finished_at,
        appointments=tuple(booked.get(row.id, ())),
    )
