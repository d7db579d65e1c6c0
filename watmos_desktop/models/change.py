"""What only this device keeps: the history of changes, the outbox for sync, and facts about the workspace."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
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


class _Operation:
    """An operation as sync sends it: changed fields only, with the stamps the person was looking at."""

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


class Outbox(_Operation, Base):
    """An operation that the office has not answered yet, in the order in which they were made."""

    __tablename__ = "outbox"

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)


class Sent(_Operation, Base):
    """An operation that the office answered, kept until a verified backup of the office holds it.

    ``n`` and ``hash`` are its place in the stream of its incarnation; ``status`` is what the office made of it.
    """

    __tablename__ = "sent"
    __table_args__ = (Index("ix_sent_record", "table_name", "record_id"),)

    incarnation: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str]
    status: Mapped[str]
    acked_at: Mapped[datetime]


class Held(Base):
    """An operation of ours that the office keeps in quarantine, with its content, until someone has decided."""

    __tablename__ = "held"

    op_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    table_name: Mapped[str]
    record_id: Mapped[uuid.UUID]
    fields: Mapped[dict[str, Any]]
    reason: Mapped[str]
    at: Mapped[datetime]
    seen: Mapped[bool] = mapped_column(default=False)


class UnknownField(Base):
    """A value of a column that only a newer program knows: kept, and put in its place after an update."""

    __tablename__ = "unknown_field"

    table_name: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    stamp: Mapped[str]


class Receipt(Base):
    """The office's signed word that it holds the bytes of a photo: ``body`` as it came, with the signature."""

    __tablename__ = "receipt"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    body: Mapped[dict[str, Any]]


class Meta(Base):
    """A fact about this workspace: device id, incarnation, stamp, where it was restored from, choices."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
