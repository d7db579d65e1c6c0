"""Who is out alone, until when, who is rung when they do not check in, and each check-in."""

import uuid
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c1


class LoneDay(Synced, Base):
    """The plan of one day out alone. ``every`` is minutes between check-ins. It says no place: the visits do."""

    __tablename__ = "lone_day"
    groups: ClassVar = (("begins_at", "ends_at"), ("call_name", "call_phone"))
    authors: ClassVar = ("staff_id",)

    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"), index=True)
    day: Mapped[date] = c1(index=True)
    begins_at: Mapped[datetime] = c1()
    ends_at: Mapped[datetime] = c1()
    every: Mapped[int] = c1()
    call_name: Mapped[str] = c1()
    call_phone: Mapped[str] = c1()


class LoneCheck(Synced, Base):
    """Somebody checked in, or a colleague spoke to them; ``back`` ends the day. Added, never edited."""

    __tablename__ = "lone_check"
    authors: ClassVar = ("staff_id",)
    append_only = True

    lone_id: Mapped[uuid.UUID] = c1(ForeignKey("lone_day.id"), index=True)
    at: Mapped[datetime] = c1()
    back: Mapped[bool] = c1(default=False)
    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"))
