"""Visits to homes: planned, tried at the door, done with its form, and what came of each (H2, T1, T6, T8)."""

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c1, c2, c3
from watmos_desktop.models.kinds import Channel, FollowUpKind, Merge, VisitKind, VisitStatus


class Visit(Synced, Base):
    """A visit to one home. Where and when it is planned merges as one whole; only completing it resets H2."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_home", "home_id", "status", "completed_at"),
        Index("ix_visit_day", "planned_on", "officer_id"),
    )
    merges: ClassVar = {"status": Merge.GUARDED}
    groups: ClassVar = (
        ("estate_id", "block_id"),
        (
            "officer_id",
            "second_id",
            "planned_on",
            "window_from",
            "window_to",
            "place_in_day",
            "pinned",
            "why",
        ),
        ("status", "completed_at"),
        ("approved_by", "approved_at"),
    )

    reference: Mapped[str] = c1(index=True)
    estate_id: Mapped[uuid.UUID] = c1(ForeignKey("estate.id"))
    block_id: Mapped[uuid.UUID | None] = c1(ForeignKey("block.id"), default=None)
    home_id: Mapped[uuid.UUID] = c2(ForeignKey("home.id"))
    tenancy_id: Mapped[uuid.UUID | None] = c2(ForeignKey("tenancy.id"), default=None)
    kind: Mapped[VisitKind] = c2()
    status: Mapped[VisitStatus] = c2(default=VisitStatus.PLANNED)
    # The day by which it is owed, as it stood when the visit was arranged; the promise itself is worked out anew.
    due_on: Mapped[date | None] = c2(default=None)
    officer_id: Mapped[uuid.UUID | None] = c2(ForeignKey("staff.id"), default=None)
    second_id: Mapped[uuid.UUID | None] = c2(ForeignKey("staff.id"), default=None)
    planned_on: Mapped[date | None] = c2(default=None)
    window_from: Mapped[str] = c2(default="")
    window_to: Mapped[str] = c2(default="")
    place_in_day: Mapped[int] = c2(default=0)
    pinned: Mapped[bool] = c2(default=False)
    why: Mapped[str] = c2(default="")
    asked: Mapped[str] = c3(default="")
    form_version: Mapped[int] = c2(default=0)
    started_at: Mapped[datetime | None] = c2(default=None)
    completed_at: Mapped[datetime | None] = c2(default=None)
    approved_by: Mapped[uuid.UUID | None] = c2(ForeignKey("staff.id"), default=None)
    approved_at: Mapped[datetime | None] = c2(default=None)
    checksum: Mapped[str] = c2(default="")


class VisitAnswer(Synced, Base):
    """One answer of a visit's form; ``room`` tells the answers of several rooms apart. Skipped with a reason."""

    __tablename__ = "visit_answer"
    groups: ClassVar = (("value", "skipped", "same", "answered_at"),)

    visit_id: Mapped[uuid.UUID] = c2(ForeignKey("visit.id"), index=True)
    key: Mapped[str] = c2()
    room: Mapped[str] = c2(default="")
    value: Mapped[list[Any]] = c3(default=list)
    note: Mapped[str] = c3(default="")
    skipped: Mapped[str] = c3(default="")
    same: Mapped[bool] = c3(default=False)
    answered_at: Mapped[datetime] = c3()


class VisitAttempt(Synced, Base):
    """A try that did not become a visit: when, how, whether a card was left. It never resets a clock."""

    __tablename__ = "visit_attempt"
    authors: ClassVar = ("staff_id",)
    append_only = True

    visit_id: Mapped[uuid.UUID] = c2(ForeignKey("visit.id"), index=True)
    tried_at: Mapped[datetime] = c2()
    how: Mapped[Channel] = c2(default=Channel.DOOR)
    card_left: Mapped[bool] = c2(default=False)
    note: Mapped[str] = c3(default="")
    staff_id: Mapped[uuid.UUID] = c2(ForeignKey("staff.id"))


class VisitTold(Synced, Base):
    """The household was told of a day and time, and how: it stays as said, also when the visit is moved after it."""

    __tablename__ = "visit_told"
    authors: ClassVar = ("staff_id",)
    append_only = True

    visit_id: Mapped[uuid.UUID] = c2(ForeignKey("visit.id"), index=True)
    how: Mapped[Channel] = c2()
    told_at: Mapped[datetime] = c2()
    planned_on: Mapped[date] = c2()
    window_from: Mapped[str] = c2(default="")
    window_to: Mapped[str] = c2(default="")
    staff_id: Mapped[uuid.UUID] = c2(ForeignKey("staff.id"))


class VisitSignature(Synced, Base):
    """A tenant's signature, drawn (``strokes``) or typed."""

    __tablename__ = "visit_signature"
    append_only = True

    visit_id: Mapped[uuid.UUID] = c2(ForeignKey("visit.id"), index=True)
    person_id: Mapped[uuid.UUID | None] = c2(ForeignKey("person.id"), default=None)
    name: Mapped[str] = c2()
    strokes: Mapped[list[Any]] = c2(default=list)
    signed_at: Mapped[datetime] = c2()


class VisitConsent(Synced, Base):
    """One consent, asked and answered on its own."""

    __tablename__ = "visit_consent"
    append_only = True

    visit_id: Mapped[uuid.UUID] = c2(ForeignKey("visit.id"), index=True)
    key: Mapped[str] = c2()
    given: Mapped[bool] = c2()
    asked_at: Mapped[datetime] = c2()


class VisitFollowUp(Synced, Base):
    """What a visit found: kept with the visit, and with the record it became once the visit was completed."""

    __tablename__ = "visit_follow_up"
    groups: ClassVar = (("record_table", "record_id"),)

    visit_id: Mapped[uuid.UUID] = c2(ForeignKey("visit.id"), index=True)
    kind: Mapped[FollowUpKind] = c3()
    key: Mapped[str] = c3(default="")
    text: Mapped[str] = c3(default="")
    promised_on: Mapped[date | None] = c3(default=None)
    # Why nothing was made of it, where who visited decided so.
    left_out: Mapped[str] = c3(default="")
    record_table: Mapped[str] = c3(default="")
    record_id: Mapped[uuid.UUID | None] = c3(default=None)


class VisitNeed(Synced, Base):
    """What a household needs of a visit: times that suit, two people, and why where staff must know."""

    __tablename__ = "visit_need"
    merges: ClassVar = {"times": Merge.SET}

    home_id: Mapped[uuid.UUID] = c2(ForeignKey("home.id"), index=True)
    times: Mapped[list[Any]] = c2(default=list)
    two_people: Mapped[bool] = c3(default=False)
    vulnerable: Mapped[bool] = c3(default=False)
    note: Mapped[str] = c3(default="")


class Referral(Synced, Base):
    """Somebody was sent on to help, with their consent (T6, T8)."""

    __tablename__ = "referral"
    groups: ClassVar = (("outcome", "closed_at"),)
    authors: ClassVar = ("staff_id",)

    home_id: Mapped[uuid.UUID] = c2(ForeignKey("home.id"), index=True)
    person_id: Mapped[uuid.UUID | None] = c2(ForeignKey("person.id"), default=None)
    kind: Mapped[str] = c3()
    partner: Mapped[str] = c3(default="")
    reason: Mapped[str] = c3(default="")
    consent: Mapped[bool] = c3(default=False)
    made_at: Mapped[datetime] = c2()
    staff_id: Mapped[uuid.UUID] = c2(ForeignKey("staff.id"))
    outcome: Mapped[str] = c3(default="")
    closed_at: Mapped[datetime | None] = c3(default=None)
