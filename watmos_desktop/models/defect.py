"""Defects and every walk that saw them: one defect is followed until it is fixed."""

import uuid
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c0, c1
from watmos_desktop.models.kinds import DefectState, Merge, Sighting


class Defect(Synced, Base):
    """Something wrong at one place. It comes back at the top of its area until it is fixed."""

    __tablename__ = "defect"
    __table_args__ = (Index("ix_defect_place", "place_key", "state"),)
    merges: ClassVar = {"state": Merge.GUARDED}
    groups: ClassVar = (("state", "fixed_at"),)

    reference: Mapped[str] = c0(index=True)
    place_key: Mapped[uuid.UUID] = c0()
    template_key: Mapped[str] = c0()
    area_key: Mapped[str] = c0()
    item_key: Mapped[str] = c0()
    phrase_key: Mapped[str] = c0(default="")
    title: Mapped[str] = c0()
    place: Mapped[str] = c1(default="")
    grade: Mapped[str] = c0(default="")
    state: Mapped[DefectState] = c0(default=DefectState.OPEN)
    inspection_id: Mapped[uuid.UUID] = c0(ForeignKey("inspection.id"), index=True)
    repair_id: Mapped[uuid.UUID | None] = c0(ForeignKey("repair.id"), default=None, index=True)
    seen_at: Mapped[datetime] = c0()
    fixed_at: Mapped[datetime | None] = c0(default=None)


class DefectSighting(Synced, Base):
    """What one walk found of one defect."""

    __tablename__ = "defect_sighting"
    __table_args__ = (Index("ix_defect_sighting_walk", "inspection_id", "defect_id"),)

    defect_id: Mapped[uuid.UUID] = c0(ForeignKey("defect.id"), index=True)
    inspection_id: Mapped[uuid.UUID] = c0(ForeignKey("inspection.id"))
    outcome: Mapped[Sighting] = c0()
    note: Mapped[str] = c1(default="")
    seen_at: Mapped[datetime] = c0()
