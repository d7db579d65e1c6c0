"""What the office keeps. Records are documents (their columns belong to the devices' models); the rest is rows.

Every number in ``row_bucket.seq`` is given under the lock of the one row of ``feed_head``, as the last statement
before COMMIT: numbers appear in commit order and without gaps (docs/sync.md, sync.md 1.4).
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from watmos_desktop.models.base import Id, Moment

_Number = BigInteger().with_variant(Integer, "sqlite")


class OfficeBase(DeclarativeBase):
    """The declarative base of the office's tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own form
        uuid.UUID: Id(),
        datetime: Moment(),
        str: Text(),
        bytes: LargeBinary(),
        int: _Number,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


class Fact(OfficeBase):
    """A fact about this office: its epoch, the secret of its cursors, its signing key."""

    __tablename__ = "fact"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]


class FeedHead(OfficeBase):
    """The one row (id 1) whose lock puts commits in order; ``n`` is the newest number given."""

    __tablename__ = "feed_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(default=0)


class Record(OfficeBase):
    """One synced record as merged so far. ``data`` holds every field, ``stamps`` who wrote which last.

    ``newest`` is the highest stamp of the row. ``echo`` is the incarnation that holds exactly this state already
    (it wrote it and had seen all before), so that a pull need not send it back; NULL when nobody surely does.
    ``author`` inserted it.
    """

    __tablename__ = "record"

    tbl: Mapped[str] = mapped_column(primary_key=True)
    rid: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]
    stamps: Mapped[dict[str, Any]]
    deleted: Mapped[bool] = mapped_column(default=False)
    newest: Mapped[str] = mapped_column(default="")
    echo: Mapped[uuid.UUID | None] = mapped_column(default=None)
    author: Mapped[uuid.UUID | None] = mapped_column(default=None)
    changed_at: Mapped[datetime]


class RowBucket(OfficeBase):
    """That a record lies in a bucket (``present``), or left it; the newest state of each is the feed."""

    __tablename__ = "row_bucket"
    __table_args__ = (Index("ix_row_bucket_feed", "bucket", "seq"), Index("ix_row_bucket_row", "tbl", "rid"))

    bucket: Mapped[str] = mapped_column(primary_key=True)
    tbl: Mapped[str] = mapped_column(primary_key=True)
    rid: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    present: Mapped[bool] = mapped_column(default=True)


class Member(OfficeBase):
    """Someone who works with the program; ``grant_v`` grows whenever what they may see changes.

    ``case_v`` is the same for cases: only devices that were confirmed for cases are told of it.
    """

    __tablename__ = "member"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    grant_v: Mapped[int] = mapped_column(default=1)
    case_v: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]


class Grant(OfficeBase):
    """One estate, or one block of it, that a member looks after; ended, never deleted."""

    __tablename__ = "member_grant"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    estate_id: Mapped[uuid.UUID]
    block_id: Mapped[uuid.UUID | None]
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]


class CaseMember(OfficeBase):
    """Someone named to a restricted case; ``device_id`` is the device on which they opened it, if they did."""

    __tablename__ = "case_member"

    case_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    device_id: Mapped[uuid.UUID | None]


class CaseExclusion(OfficeBase):
    """Someone who must never learn of a restricted case, whatever their role or who names them."""

    __tablename__ = "case_exclusion"

    case_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)


class Place(OfficeBase):
    """Which estate a block belongs to, as merged: a grant on an estate reaches its blocks."""

    __tablename__ = "place"

    block_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)


class Code(OfficeBase):
    """A one-time enrolment code, kept as its hash; ``used_at`` is set by exactly one redeemer.

    ``made_by`` is who made it, NULL at the console.
    """

    __tablename__ = "code"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Device(OfficeBase):
    """An enrolled device. ``status``: active, suspended, drain, wipe, wiped; ``key`` its Ed25519 public key.

    ``code_by`` made the code that it joined with. No case comes to it before ``cases_at``, when ``cases_by`` (NULL: the
    console) confirmed it: confirming.py.
    """

    __tablename__ = "device"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    name: Mapped[str]
    key: Mapped[bytes]
    status: Mapped[str] = mapped_column(default="active")
    enrolled_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    cursor: Mapped[int] = mapped_column(default=0)
    schema_version: Mapped[str] = mapped_column(default="")
    alarm: Mapped[str] = mapped_column(default="")  # forked, rewound, reuse: shown to an administrator
    code_by: Mapped[uuid.UUID | None]
    cases_at: Mapped[datetime | None]
    cases_by: Mapped[uuid.UUID | None]


class Token(OfficeBase):
    """An access or refresh token, kept as its hash; a refresh used twice ends its whole family."""

    __tablename__ = "token"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("device.id"), index=True)
    family: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[str]  # access, refresh
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Stream(OfficeBase):
    """What one life (incarnation) of a device has pushed: contiguous numbers and the hash of all of them."""

    __tablename__ = "stream"

    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("device.id"), primary_key=True)
    incarnation: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    last_n: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(default="")
    durable_n: Mapped[int] = mapped_column(default=0)


class Op(OfficeBase):
    """Every operation as it came, for ever: the history, the audit and the last resort."""

    __tablename__ = "op"
    __table_args__ = (UniqueConstraint("device_id", "incarnation", "n"), Index("ix_op_row", "tbl", "rid"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    device_id: Mapped[uuid.UUID]
    incarnation: Mapped[uuid.UUID]
    n: Mapped[int]
    hash: Mapped[str]  # of this operation alone, so that the same id with other content is seen
    member_id: Mapped[uuid.UUID]
    tbl: Mapped[str]
    rid: Mapped[uuid.UUID]
    status: Mapped[str]  # applied, conflict, quarantined
    body: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]


class Quarantine(OfficeBase):
    """An operation that was not applied, with its content; it waits for a decision and is never deleted."""

    __tablename__ = "quarantine"

    op_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    txn_id: Mapped[uuid.UUID] = mapped_column(index=True)
    device_id: Mapped[uuid.UUID]
    member_id: Mapped[uuid.UUID] = mapped_column(index=True)
    tbl: Mapped[str]
    rid: Mapped[uuid.UUID]
    reason: Mapped[str]
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open", index=True)  # open, released, dismissed
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]


class Review(OfficeBase):
    """Words or photos of an ambassador that may hold personal data, until someone of staff has looked (S21)."""

    __tablename__ = "review"

    tbl: Mapped[str] = mapped_column(primary_key=True)
    rid: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open", index=True)  # open, fine, removed
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]


class Blob(OfficeBase):
    """The bytes of photos: ``state`` is partial until every chunk is there and the whole hash was checked."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    state: Mapped[str] = mapped_column(default="partial")  # partial, whole
    whole_at: Mapped[datetime | None]


class Photo(OfficeBase):
    """That the bytes of an attachment came in whole: what its receipt says. Without it nobody reads them (blobs.py)."""

    __tablename__ = "photo"

    attachment_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[uuid.UUID]
    at: Mapped[datetime]


class Audit(OfficeBase):
    """What administrators and the office itself did: ids and codes, never content; chained by hash (S33)."""

    __tablename__ = "audit"

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    who: Mapped[uuid.UUID | None]
    what: Mapped[str]
    about: Mapped[str]
    hash: Mapped[str]
