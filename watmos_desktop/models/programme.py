"""Planned and complex works: the homes they reach and what people said before they began (R9)."""

import uuid
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c0, c1, c2
from watmos_desktop.models.kinds import Channel, Merge, ProgrammeStatus, ResponseKind


class Programme(Synced, Base):
    """Works planned on one estate. ``start_reason`` says why they began without a consultation, if they did."""

    __tablename__ = "programme"
    merges: ClassVar = {"status": Merge.GUARDED}
    groups: ClassVar = (
        ("estate_id", "block_id"),
        ("starts_on", "ends_on"),
        ("consults_from", "consults_until"),
        ("status", "started_at"),
    )

    reference: Mapped[str] = c0(index=True)
    estate_id: Mapped[uuid.UUID] = c0(ForeignKey("estate.id"), index=True)
    block_id: Mapped[uuid.UUID | None] = c0(ForeignKey("block.id"), default=None)
    name: Mapped[str] = c0()
    what: Mapped[str] = c0(default="")
    how_long: Mapped[str] = c0(default="")
    disturbance: Mapped[str] = c0(default="")
    contractor_id: Mapped[uuid.UUID | None] = c0(ForeignKey("contractor.id"), default=None)
    starts_on: Mapped[date | None] = c0(default=None)
    ends_on: Mapped[date | None] = c0(default=None)
    consults_from: Mapped[date | None] = c0(default=None)
    consults_until: Mapped[date | None] = c0(default=None)
    outcome: Mapped[str] = c0(default="")
    status: Mapped[ProgrammeStatus] = c0(default=ProgrammeStatus.PLANNED)
    started_at: Mapped[datetime | None] = c0(default=None)
    start_reason: Mapped[str] = c1(default="")


class ProgrammeHome(Synced, Base):
    """One home of a programme: when it is its turn, when it was written to, when it was done."""

    __tablename__ = "programme_home"

    programme_id: Mapped[uuid.UUID] = c1(ForeignKey("programme.id"), index=True)
    home_id: Mapped[uuid.UUID] = c1(ForeignKey("home.id"), index=True)
    planned_on: Mapped[date | None] = c1(default=None)
    days: Mapped[int | None] = c1(default=None)
    written_at: Mapped[datetime | None] = c1(default=None)
    done_at: Mapped[datetime | None] = c1(default=None)
    refused: Mapped[bool] = c1(default=False)


class ProgrammeResponse(Synced, Base):
    """What a household said when it was consulted, and what it was answered."""

    __tablename__ = "programme_response"
    groups: ClassVar = (("answer", "answered_at"),)
    authors: ClassVar = ("staff_id",)

    programme_id: Mapped[uuid.UUID] = c1(ForeignKey("programme.id"), index=True)
    home_id: Mapped[uuid.UUID] = c1(ForeignKey("home.id"))
    kind: Mapped[ResponseKind] = c1()
    how: Mapped[Channel] = c1()
    text: Mapped[str] = c2(default="")
    received_at: Mapped[datetime] = c1()
    answer: Mapped[str] = c2(default="")
    answered_at: Mapped[datetime | None] = c2(default=None)
    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"))
