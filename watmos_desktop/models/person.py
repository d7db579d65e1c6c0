"""Residents, how they hold their homes, and who lives with them."""

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c2, c3
from watmos_desktop.models.kinds import ReviewOutcome, ReviewStage, TenancyKind


class Person(Synced, Base):
    """A resident or someone of a household. ``name`` is the whole name, as the person writes it."""

    __tablename__ = "person"

    name: Mapped[str] = c2(index=True)
    phone: Mapped[str] = c2(default="")
    email: Mapped[str] = c2(default="")
    language: Mapped[str] = c2(default="English")
    needs: Mapped[str] = c3(default="")
    # The ways by which it is safe to reach them (``services/safe_contact.py``); none in particular means any.
    safe_ways: Mapped[list[Any]] = c3(default=list)


class Tenancy(Synced, Base):
    """A tenancy or lease of one home."""

    __tablename__ = "tenancy"

    home_id: Mapped[uuid.UUID] = c2(ForeignKey("home.id"), index=True)
    code: Mapped[str] = c2(index=True)
    kind: Mapped[TenancyKind] = c2()
    started_on: Mapped[date] = c2()
    ended_on: Mapped[date | None] = c2(default=None)


class HouseholdMember(Synced, Base):
    """A person in a household; ``tenant`` when they signed."""

    __tablename__ = "household_member"

    tenancy_id: Mapped[uuid.UUID] = c2(ForeignKey("tenancy.id"), index=True)
    person_id: Mapped[uuid.UUID] = c2(ForeignKey("person.id"), index=True)
    tenant: Mapped[bool] = c2(default=False)
    relation: Mapped[str] = c2(default="")


class TenancyReview(Synced, Base):
    """A review of a starter tenancy, or the decision on it (T1). Added, never edited."""

    __tablename__ = "tenancy_review"
    authors: ClassVar = ("staff_id",)
    append_only = True

    tenancy_id: Mapped[uuid.UUID] = c2(ForeignKey("tenancy.id"), index=True)
    stage: Mapped[ReviewStage] = c2()
    outcome: Mapped[ReviewOutcome] = c2()
    reason: Mapped[str] = c3(default="")
    extended_to: Mapped[date | None] = c2(default=None)
    made_at: Mapped[datetime] = c2()
    staff_id: Mapped[uuid.UUID] = c2(ForeignKey("staff.id"))
