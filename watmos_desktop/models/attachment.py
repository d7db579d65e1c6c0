"""Photos: the row says what it shows and where; the bytes lie encrypted beside the database."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c0, c1
from watmos_desktop.models.kinds import Merge


class Attachment(Synced, Base):
    """A photo on a record. ``marks`` are shapes drawn on it (points between 0 and 1); the picture stays as taken."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_owner", "owner_table", "owner_id"),)
    merges: ClassVar = {"marks": Merge.SET}
    authors: ClassVar = ("added_by",)

    owner_table: Mapped[str] = c0()
    owner_id: Mapped[uuid.UUID] = c0()
    item_key: Mapped[str] = c0(default="")
    sha256: Mapped[str] = c0(index=True)
    size: Mapped[int] = c0()
    width: Mapped[int] = c0()
    height: Mapped[int] = c0()
    caption: Mapped[str] = c1(default="")
    marks: Mapped[list[Any]] = c0(default=list)
    taken_at: Mapped[datetime] = c0()
    added_by: Mapped[uuid.UUID] = c1()
