"""Inspections: the schedule, the walk, its answers, who came, who signed, what was corrected later."""

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c0, c1, c2
from watmos_desktop.models.kinds import InspectionStatus, Merge, NotScored, Role, Scorer


class TemplateVersion(Synced, Base):
    """A template as it was when first used, so that a draft and an old record keep their own questions."""

    __tablename__ = "template_version"
    __table_args__ = (Index("ix_template_version_key", "key", "version"),)
    groups: ClassVar = (("key", "version", "body"),)
    append_only = True

    key: Mapped[str] = c0()
    version: Mapped[int] = c0()
    body: Mapped[dict[str, Any]] = c0()


class Schedule(Synced, Base):
    """How often one template is walked on one block, estate or space (promise N1)."""

    __tablename__ = "schedule"
    groups: ClassVar = (("every_months", "every_weeks"), ("last_done_on", "due_on"))

    estate_id: Mapped[uuid.UUID] = c0(ForeignKey("estate.id"), index=True)
    block_id: Mapped[uuid.UUID | None] = c0(ForeignKey("block.id"), default=None, index=True)
    space_id: Mapped[uuid.UUID | None] = c0(ForeignKey("community_space.id"), default=None)
    template_key: Mapped[str] = c0()
    every_months: Mapped[int] = c0(default=0)
    every_weeks: Mapped[int] = c0(default=0)
    starts_on: Mapped[date] = c0()
    last_done_on: Mapped[date | None] = c0(default=None)
    due_on: Mapped[date] = c0(index=True)


class Inspection(Synced, Base):
    """One walk. ``place_key`` is what it is compared with: the block, space or estate it was walked on."""

    __tablename__ = "inspection"
    __table_args__ = (
        Index("ix_inspection_started", "started_at", "id"),
        Index("ix_inspection_place", "place_key", "template_key", "finished_at"),
    )
    merges: ClassVar = {"status": Merge.GUARDED}
    groups: ClassVar = (
        ("status", "finished_at", "grade", "percent", "area_grades", "defects", "checksum"),
        ("estate_id", "block_id", "space_id", "place_key"),
    )
    authors: ClassVar = ("started_by",)

    reference: Mapped[str] = c0(index=True)
    template_key: Mapped[str] = c0()
    template_version: Mapped[int] = c0()
    estate_id: Mapped[uuid.UUID] = c0(ForeignKey("estate.id"), index=True)
    block_id: Mapped[uuid.UUID | None] = c0(ForeignKey("block.id"), default=None)
    space_id: Mapped[uuid.UUID | None] = c0(ForeignKey("community_space.id"), default=None)
    place_key: Mapped[uuid.UUID] = c0()
    schedule_id: Mapped[uuid.UUID | None] = c0(ForeignKey("schedule.id"), default=None)
    status: Mapped[InspectionStatus] = c0(default=InspectionStatus.DRAFT)
    joint: Mapped[bool] = c0(default=False)
    started_at: Mapped[datetime] = c0()
    finished_at: Mapped[datetime | None] = c0(default=None)
    started_by: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"))
    grade: Mapped[str | None] = c0(default=None)
    percent: Mapped[int | None] = c0(default=None)
    area_grades: Mapped[dict[str, Any]] = c0(default=dict)
    defects: Mapped[int] = c0(default=0)
    checksum: Mapped[str] = c0(default="")


class Answer(Synced, Base):
    """One scorer's answer to one item. Exactly one of ``value`` and ``not_scored`` is set."""

    __tablename__ = "answer"
    __table_args__ = (Index("ix_answer_item", "inspection_id", "item_key", "scorer"),)
    groups: ClassVar = (("value", "not_scored", "bulk", "phrase_key", "answered_at"),)

    inspection_id: Mapped[uuid.UUID] = c0(ForeignKey("inspection.id"))
    item_key: Mapped[str] = c0()
    scorer: Mapped[Scorer] = c0(default=Scorer.OFFICER)
    value: Mapped[str] = c0(default="")
    not_scored: Mapped[NotScored | None] = c0(default=None)
    bulk: Mapped[bool] = c0(default=False)
    phrase_key: Mapped[str] = c0(default="")
    note: Mapped[str] = c1(default="")
    reason: Mapped[str] = c1(default="")
    answered_at: Mapped[datetime] = c0()


class Attendance(Synced, Base):
    """Someone who walked along; an ambassador is thanked (promise N2)."""

    __tablename__ = "attendance"

    inspection_id: Mapped[uuid.UUID] = c1(ForeignKey("inspection.id"), index=True)
    staff_id: Mapped[uuid.UUID | None] = c1(ForeignKey("staff.id"), default=None)
    name: Mapped[str] = c2(default="")
    role: Mapped[Role] = c1()
    thanked_at: Mapped[datetime | None] = c1(default=None)


class Signature(Synced, Base):
    """A signature drawn (``strokes``: lists of points between 0 and 1) or a name typed in its place."""

    __tablename__ = "signature"
    authors: ClassVar = ("staff_id",)
    append_only = True

    inspection_id: Mapped[uuid.UUID] = c1(ForeignKey("inspection.id"), index=True)
    staff_id: Mapped[uuid.UUID | None] = c1(ForeignKey("staff.id"), default=None)
    scorer: Mapped[Scorer] = c1(default=Scorer.OFFICER)
    name: Mapped[str] = c2()
    role: Mapped[Role] = c1()
    strokes: Mapped[list[Any]] = c2(default=list)
    signed_at: Mapped[datetime] = c1()


class Amendment(Synced, Base):
    """What was corrected after signing; the signed record itself never changes."""

    __tablename__ = "amendment"
    authors: ClassVar = ("staff_id",)
    append_only = True

    inspection_id: Mapped[uuid.UUID] = c1(ForeignKey("inspection.id"), index=True)
    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"))
    item_key: Mapped[str] = c1(default="")
    text: Mapped[str] = c1()
    made_at: Mapped[datetime] = c1()
