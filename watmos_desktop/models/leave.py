"""Days on which somebody makes no visits."""

import uuid
from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c1


class Leave(Synced, Base):
    """From one day to another, both included; the reason is nobody's business."""

    __tablename__ = "leave"

    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"), index=True)
    starts_on: Mapped[date] = c1()
    ends_on: Mapped[date] = c1()
