"""Aids and adaptations: asked for, assessed, decided with a reason, fitted, reviewed (R8)."""

import uuid
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c1, c2, c3
from watmos_desktop.models.kinds import AdaptationKind, AdaptationStatus, Merge


class Adaptation(Synced, Base):
    """A request for an aid or adaptation in a home, looked after by one tenancy officer."""

    __tablename__ = "adaptation"
    __table_args__ = (Index("ix_adaptation_place", "estate_id", "status"),)
    merges: ClassVar = {"status": Merge.GUARDED}
    groups: ClassVar = (
        ("estate_id", "block_id"),
        ("assessment", "assessed_by", "assessed_at"),
        ("decision_reason", "decided_by", "decided_at"),
    )
    authors: ClassVar = ("asked_by",)

    reference: Mapped[str] = c1(index=True)
    estate_id: Mapped[uuid.UUID] = c1(ForeignKey("estate.id"))
    block_id: Mapped[uuid.UUID | None] = c1(ForeignKey("block.id"), default=None)
    home_id: Mapped[uuid.UUID] = c2(ForeignKey("home.id"), index=True)
    person_id: Mapped[uuid.UUID | None] = c2(ForeignKey("person.id"), default=None)
    what: Mapped[str] = c3()
    requested_at: Mapped[datetime] = c2()
    asked_by: Mapped[uuid.UUID] = c2(ForeignKey("staff.id"))
    officer_id: Mapped[uuid.UUID | None] = c2(ForeignKey("staff.id"), default=None)
    status: Mapped[AdaptationStatus] = c2(default=AdaptationStatus.REQUESTED)
    kind: Mapped[AdaptationKind | None] = c2(default=None)
    assessment: Mapped[str] = c3(default="")
    assessed_by: Mapped[str] = c3(default="")
    assessed_at: Mapped[datetime | None] = c3(default=None)
    decision_reason: Mapped[str] = c3(default="")
    decided_by: Mapped[uuid.UUID | None] = c3(ForeignKey("staff.id"), default=None)
    decided_at: Mapped[datetime | None] = c3(default=None)
    repair_id: Mapped[uuid.UUID | None] = c2(ForeignKey("repair.id"), default=None)
    fitted_at: Mapped[datetime | None] = c2(default=None)
    review_on: Mapped[date | None] = c2(default=None)
    review: Mapped[str] = c3(default="")
