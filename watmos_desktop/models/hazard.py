"""Hazard cases under Awaab's Law (SI 2025/1042) and the log of what was done about each."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c0, c1, c2, c3
from watmos_desktop.models.kinds import Channel, HazardLevel, HazardStatus, HazardStepKind, Merge


class HazardCase(Synced, Base):
    """A hazard in one home or shared part. ``aware_at`` is when it was observed or told, never when it was typed."""

    __tablename__ = "hazard_case"
    __table_args__ = (Index("ix_hazard_case_place", "estate_id", "status"),)
    merges: ClassVar = {"status": Merge.GUARDED, "distinct_from": Merge.SET}
    groups: ClassVar = (
        ("estate_id", "block_id"),
        ("status", "closed_at"),
        ("level", "level_reason", "judged_by", "judged_basis", "judged_at"),
        ("findings", "investigated_at", "remote"),
        ("safety_works", "safety_by"),
        ("prevention", "prevention_by"),
    )
    authors: ClassVar = ("opened_by",)

    reference: Mapped[str] = c0(index=True)
    estate_id: Mapped[uuid.UUID] = c0(ForeignKey("estate.id"))
    block_id: Mapped[uuid.UUID | None] = c0(ForeignKey("block.id"), default=None)
    home_id: Mapped[uuid.UUID | None] = c1(ForeignKey("home.id"), default=None, index=True)
    repair_id: Mapped[uuid.UUID | None] = c1(ForeignKey("repair.id"), default=None, index=True)
    hazard: Mapped[str] = c0()
    what: Mapped[str] = c2(default="")
    aware_at: Mapped[datetime] = c0()
    opened_by: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"))
    # Whether the law held for this hazard on the day of awareness, as decided then.
    statutory: Mapped[bool] = c0(default=False)
    household: Mapped[str] = c3(default="")
    status: Mapped[HazardStatus] = c0(default=HazardStatus.OPEN)
    # The competent person's judgement: their name and why they are competent (regulation.md 1).
    level: Mapped[HazardLevel | None] = c2(default=None)
    level_reason: Mapped[str] = c2(default="")
    judged_by: Mapped[str] = c2(default="")
    judged_basis: Mapped[str] = c2(default="")
    judged_at: Mapped[datetime | None] = c2(default=None)
    remote: Mapped[bool] = c2(default=False)
    investigated_at: Mapped[datetime | None] = c2(default=None)
    findings: Mapped[str] = c2(default="")
    safety_works: Mapped[str] = c2(default="")
    safety_by: Mapped[str] = c2(default="")
    prevention: Mapped[str] = c2(default="")
    prevention_by: Mapped[str] = c2(default="")
    no_action_reason: Mapped[str] = c2(default="")
    closed_at: Mapped[datetime | None] = c0(default=None)
    closed_reason: Mapped[str] = c2(default="")
    # Two devices may open a case of the same: the case that this one is a double of, and those that it is not.
    duplicate_of: Mapped[uuid.UUID | None] = c0(ForeignKey("hazard_case.id"), default=None)
    distinct_from: Mapped[list[Any]] = c0(default=list)


class HazardStep(Synced, Base):
    """One endeavour: what was done, when, how and what came of it. Added, never edited, ready for a court."""

    __tablename__ = "hazard_step"
    authors: ClassVar = ("staff_id",)
    append_only = True

    case_id: Mapped[uuid.UUID] = c0(ForeignKey("hazard_case.id"), index=True)
    kind: Mapped[HazardStepKind] = c1()
    at: Mapped[datetime] = c1()
    how: Mapped[Channel | None] = c1(default=None)
    text: Mapped[str] = c2(default="")
    outcome: Mapped[str] = c2(default="")
    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"))
