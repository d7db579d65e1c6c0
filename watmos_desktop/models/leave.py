"""When somebody makes visits and when not, and in which languages: what a plan has to know of an officer."""

import uuid
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c1
from watmos_desktop.models.kinds import Merge


class Leave(Synced, Base):
    """From one day to another, both included, or from noon and until noon; the reason is nobody's business."""

    __tablename__ = "leave"
    groups: ClassVar = (("starts_on", "ends_on", "from_noon", "until_noon"),)

    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"), index=True)
    starts_on: Mapped[date] = c1()
    ends_on: Mapped[date] = c1()
    from_noon: Mapped[bool] = c1(default=False)
    until_noon: Mapped[bool] = c1(default=False)


class Visitor(Synced, Base):
    """An officer who visits: the half days of their week (``mon_am``; none means all), and what they speak."""

    __tablename__ = "visitor"
    merges: ClassVar = {"times": Merge.SET, "languages": Merge.SET}

    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"), index=True)
    times: Mapped[list[Any]] = c1(default=list)
    languages: Mapped[list[Any]] = c1(default=list)
