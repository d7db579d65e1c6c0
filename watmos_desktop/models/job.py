"""Orders to contractors for a repair, their appointments and what was varied (R2, R3, R10)."""

import uuid
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c0, c1, c2
from watmos_desktop.models.kinds import AppointmentStatus, JobKind, JobStatus, Merge, Slot, Specialism, Trade


class Job(Synced, Base):
    """One order to one contractor. ``follows_id`` is the job that could not finish the work."""

    __tablename__ = "job"
    merges: ClassVar = {"status": Merge.GUARDED}
    groups: ClassVar = (("status", "finished_at"), ("parts", "parts_due_on"))
    authors: ClassVar = ("ordered_by",)

    repair_id: Mapped[uuid.UUID] = c0(ForeignKey("repair.id"), index=True)
    reference: Mapped[str] = c0(index=True)
    contractor_id: Mapped[uuid.UUID | None] = c0(ForeignKey("contractor.id"), default=None, index=True)
    follows_id: Mapped[uuid.UUID | None] = c0(ForeignKey("job.id"), default=None)
    kind: Mapped[JobKind] = c0(default=JobKind.ORDER)
    trade: Mapped[Trade] = c0()
    specialism: Mapped[Specialism | None] = c0(default=None)
    title: Mapped[str] = c1()
    instructions: Mapped[str] = c1(default="")
    access_notes: Mapped[str] = c2(default="")
    next_steps: Mapped[str] = c1(default="")
    status: Mapped[JobStatus] = c0(default=JobStatus.ORDERED)
    ordered_at: Mapped[datetime] = c0()
    ordered_by: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"))
    finished_at: Mapped[datetime | None] = c0(default=None)
    parts: Mapped[str] = c1(default="")
    parts_due_on: Mapped[date | None] = c1(default=None)


class Appointment(Synced, Base):
    """When somebody comes; a specialist's own appointment too (``by_contractor``, R10). Merges as one whole."""

    __tablename__ = "appointment"
    __table_args__ = (Index("ix_appointment_day", "day", "status"),)
    groups: ClassVar = (("day", "slot", "arrives_from", "arrives_by", "status", "changed_at"),)

    job_id: Mapped[uuid.UUID] = c0(ForeignKey("job.id"), index=True)
    day: Mapped[date] = c0()
    slot: Mapped[Slot] = c0()
    arrives_from: Mapped[str] = c0(default="")
    arrives_by: Mapped[str] = c0(default="")
    status: Mapped[AppointmentStatus] = c0(default=AppointmentStatus.BOOKED)
    changed_at: Mapped[datetime] = c0()
    by_contractor: Mapped[bool] = c0(default=False)


class Variation(Synced, Base):
    """Work that an order did not foresee: what, why and for how much. ``pence`` is None where nobody said."""

    __tablename__ = "variation"
    authors: ClassVar = ("staff_id",)
    append_only = True

    job_id: Mapped[uuid.UUID] = c0(ForeignKey("job.id"), index=True)
    text: Mapped[str] = c1()
    reason: Mapped[str] = c1(default="")
    pence: Mapped[int | None] = c1(default=None)
    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"))
    made_at: Mapped[datetime] = c1()
