"""What is said and tried around a repair: told, noted, knocked, and whether the resident is happy (R3, R4)."""

import uuid
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c0, c1, c2
from watmos_desktop.models.kinds import Channel


class RepairUpdate(Synced, Base):
    """What the resident was told, when and how (R3). Added, never edited."""

    __tablename__ = "repair_update"
    authors: ClassVar = ("staff_id",)
    append_only = True

    repair_id: Mapped[uuid.UUID] = c0(ForeignKey("repair.id"), index=True)
    text: Mapped[str] = c2()
    how: Mapped[Channel] = c1()
    told_at: Mapped[datetime] = c0()
    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"))


class RepairNote(Synced, Base):
    """A note for colleagues. Two people's notes both stay: they are added, never edited."""

    __tablename__ = "repair_note"
    authors: ClassVar = ("staff_id",)
    append_only = True

    repair_id: Mapped[uuid.UUID] = c0(ForeignKey("repair.id"), index=True)
    text: Mapped[str] = c2()
    made_at: Mapped[datetime] = c0()
    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"))


class AccessAttempt(Synced, Base):
    """A knock that nobody answered, or a door that stayed closed; ``card_left`` when a card was."""

    __tablename__ = "access_attempt"
    authors: ClassVar = ("staff_id",)
    append_only = True

    repair_id: Mapped[uuid.UUID] = c0(ForeignKey("repair.id"), index=True)
    job_id: Mapped[uuid.UUID | None] = c0(ForeignKey("job.id"), default=None)
    tried_at: Mapped[datetime] = c0()
    how: Mapped[Channel] = c1(default=Channel.DOOR)
    card_left: Mapped[bool] = c0(default=False)
    note: Mapped[str] = c2(default="")
    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"))


class RepairFeedback(Synced, Base):
    """Asked after completion whether the resident is happy (R4). ``score`` 1 to 5 once they answered."""

    __tablename__ = "repair_feedback"
    groups: ClassVar = (("score", "fixed", "answered_at"),)
    authors: ClassVar = ("staff_id",)

    repair_id: Mapped[uuid.UUID] = c0(ForeignKey("repair.id"), index=True)
    asked_at: Mapped[datetime] = c0()
    how: Mapped[Channel] = c1()
    score: Mapped[int | None] = c0(default=None)
    fixed: Mapped[bool | None] = c0(default=None)
    comment: Mapped[str] = c2(default="")
    answered_at: Mapped[datetime | None] = c0(default=None)
    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"))
