"""What two people changed at once: the value that is not shown, kept until someone has looked at it (sync.md 1.3)."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c0, c1, c3
from watmos_desktop.models.kinds import ConflictKind, ConflictState


class Conflict(Synced, Base):
    """One value that lost, made by the office alone; a device changes nothing but ``state``.

    ``field`` is a column, or the name of a group of columns; ``value`` and ``shown`` map columns to what was
    written and to what is shown instead. They are as sensitive as those columns (``policy.may_see_conflict``).
    """

    __tablename__ = "conflict"
    __table_args__ = (Index("ix_conflict_owner", "owner_table", "owner_id"),)

    owner_table: Mapped[str] = c0()
    owner_id: Mapped[uuid.UUID] = c0()
    field: Mapped[str] = c0()
    kind: Mapped[ConflictKind] = c0()
    state: Mapped[ConflictState] = c0(default=ConflictState.OPEN)
    value: Mapped[dict[str, Any]] = c3(default=dict)
    shown: Mapped[dict[str, Any]] = c3(default=dict)
    stamp: Mapped[str] = c0(default="")
    made_by: Mapped[uuid.UUID | None] = c1(default=None)
    made_at: Mapped[datetime] = c1()
    shown_by: Mapped[uuid.UUID | None] = c1(default=None)
    shown_at: Mapped[datetime | None] = c1(default=None)
