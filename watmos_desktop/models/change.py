"""What only this device keeps: the history of changes, the outbox for sync, and facts about the workspace."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from watmos_desktop.models.base import Base


class Change(Base):
    """Who changed which record when, on which device and why, field by field before and after."""

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_record", "table_name", "record_id"),)

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    txn_id: Mapped[uuid.UUID] = mapped_column(index=True)
    made_at: Mapped[datetime]
    staff_id: Mapped[uuid.UUID | None]
    device_id: Mapped[uuid.UUID]
    why: Mapped[str]
    undoable: Mapped[bool] = mapped_column(default=True)
    undoes: Mapped[uuid.UUID | None] = mapped_column(default=None, index=True)
    table_name: Mapped[str]
    record_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


class Outbox(Base):
    """One operation that sync will send: changed fields only, with the stamps the person was looking at."""

    __tablename__ = "outbox"

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    op_id: Mapped[uuid.UUID] = mapped_column(default=uuid7, unique=True)
    txn_id: Mapped[uuid.UUID]
    incarnation: Mapped[uuid.UUID]
    table_name: Mapped[str]
    record_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    fields: Mapped[dict[str, Any]]
    base: Mapped[dict[str, Any]]
    stamp: Mapped[str]
    schema_version: Mapped[str]
    staff_id: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]


class Meta(Base):
    """A fact about this workspace: device id, incarnation, stamp, where it was restored from, choices."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
