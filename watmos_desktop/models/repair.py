"""Repairs, and the clocks that run on them."""

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c0, c1, c2
from watmos_desktop.models.kinds import Cause, Merge, Priority, RepairStatus, Responsibility, Trade, Waiting

# As the indexes say it, word for word: a query finds a partial index only by the same condition.
IS_OPEN = "status IN ('reported', 'ordered')"
IS_DONE = "status = 'completed'"
IS_SIGNPOSTED = "status = 'signposted'"
IS_CANCELLED = "status = 'cancelled'"


class Repair(Synced, Base):
    """A repair. ``due_at`` was told when it was raised and is never silently rewritten (R5-R7, N3)."""

    __tablename__ = "repair"
    __table_args__ = (
        Index(
            "ix_repair_done",
            *("due_at", "id", "priority", "home_id", "assigned_to"),
            sqlite_where=text(f"deleted = 0 AND {IS_DONE}"),
        ),
        # What the figures of a year ask of what was done in it (services/repair_figures.py).
        Index(
            "ix_repair_completed",
            *("completed_at", "id", "priority", "home_id", "reported_at", "estate_id", "block_id"),
            sqlite_where=text(f"deleted = 0 AND {IS_DONE}"),
        ),
        Index("ix_repair_done_title", "title", "id", sqlite_where=text(f"deleted = 0 AND {IS_DONE}")),
        # By whose they are: how many each has, and each one's in order (repairs.page).
        Index(
            "ix_repair_done_who",
            *("assigned_to", "id", "estate_id", "priority"),
            sqlite_where=text(f"deleted = 0 AND {IS_DONE}"),
        ),
        Index("ix_repair_signposted", "due_at", "id", sqlite_where=text(f"deleted = 0 AND {IS_SIGNPOSTED}")),
        Index("ix_repair_cancelled", "due_at", "id", sqlite_where=text(f"deleted = 0 AND {IS_CANCELLED}")),
        # All that a filter or a chip's count asks of an open repair: a list of any length is counted from it alone.
        Index(
            "ix_repair_open",
            *("due_at", "id", "status", "priority", "hazard", "waiting", "last_told_at", "reported_at"),
            *("assigned_to", "estate_id", "block_id", "home_id", "area_key"),
            sqlite_where=text(f"deleted = 0 AND {IS_OPEN}"),
        ),
        Index("ix_repair_open_title", "title", "id", sqlite_where=text(f"deleted = 0 AND {IS_OPEN}")),
        # Open repairs of one place and trade: what may be the same fault told twice.
        Index(
            "ix_repair_twin",
            *("estate_id", "trade", "home_id", "block_id", "space_id", "area_key", "fixture", "reported_at"),
            *("id", "inspection_id", "distinct_from"),
            sqlite_where=text(f"deleted = 0 AND {IS_OPEN}"),
        ),
        Index("ix_repair_reported", "reported_at", "id"),
        Index("ix_repair_place", "block_id", "area_key", "status"),
    )
    merges: ClassVar = {"status": Merge.GUARDED, "distinct_from": Merge.SET}
    groups: ClassVar = (
        ("status", "completed_at"),
        ("priority", "due_at"),
        ("responsibility", "responsibility_reason"),
        ("estate_id", "block_id", "space_id"),
    )
    authors: ClassVar = ("reported_by",)

    reference: Mapped[str] = c0(index=True)
    estate_id: Mapped[uuid.UUID] = c0(ForeignKey("estate.id"), index=True)
    block_id: Mapped[uuid.UUID | None] = c0(ForeignKey("block.id"), default=None)
    space_id: Mapped[uuid.UUID | None] = c0(ForeignKey("community_space.id"), default=None)
    home_id: Mapped[uuid.UUID | None] = c1(ForeignKey("home.id"), default=None, index=True)
    reported_for: Mapped[uuid.UUID | None] = c2(ForeignKey("person.id"), default=None)
    area_key: Mapped[str] = c0(default="")
    # Typed by hand or a template's own words: ``repair_words.shown`` tells them apart for an ambassador.
    place: Mapped[str] = c1(default="")
    title: Mapped[str] = c1()
    description: Mapped[str] = c1(default="")
    trade: Mapped[Trade] = c0()
    priority: Mapped[Priority] = c0()
    # Why, with who lives there left out: the words may still tell something of a household.
    priority_reason: Mapped[str] = c2(default="")
    status: Mapped[RepairStatus] = c0(default=RepairStatus.REPORTED)
    reported_at: Mapped[datetime] = c0()
    reported_by: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"))
    due_at: Mapped[datetime] = c0()
    completed_at: Mapped[datetime | None] = c0(default=None)
    contractor: Mapped[str] = c0(default="")
    hazard: Mapped[str] = c0(default="")
    inspection_id: Mapped[uuid.UUID | None] = c0(ForeignKey("inspection.id"), default=None, index=True)
    # What the guide was asked and what it said (resources/repair_guide.toml); empty where it was not asked.
    fixture: Mapped[str] = c1(default="")
    symptom: Mapped[str] = c1(default="")
    cause: Mapped[Cause | None] = c1(default=None)
    priority_guide: Mapped[Priority | None] = c1(default=None)
    responsibility: Mapped[Responsibility | None] = c1(default=None)
    responsibility_guide: Mapped[Responsibility | None] = c1(default=None)
    responsibility_reason: Mapped[str] = c1(default="")
    assigned_to: Mapped[uuid.UUID | None] = c1(ForeignKey("staff.id"), default=None)
    waiting: Mapped[Waiting | None] = c0(default=None)
    # When the resident was last told anything: kept beside the updates so that a list can ask for silence.
    last_told_at: Mapped[datetime | None] = c0(default=None)
    recall_of: Mapped[uuid.UUID | None] = c0(ForeignKey("repair.id"), default=None, index=True)
    # The same fault reported twice: this one is closed as the other's double; or looked at and found another fault.
    duplicate_of: Mapped[uuid.UUID | None] = c0(ForeignKey("repair.id"), default=None)
    distinct_from: Mapped[list[Any]] = c0(default=list)
    # Where on the block's plan: two numbers between 0 and 1, or nothing.
    pin: Mapped[list[Any]] = c0(default=list)


class RepairTally(Base):
    """How many repairs of a kind there are, kept by triggers (services/tallies.py); no block is sixteen zeros."""

    __tablename__ = "repair_tally"

    estate_id: Mapped[uuid.UUID] = c0(primary_key=True)
    block_id: Mapped[uuid.UUID] = c0(primary_key=True)
    status: Mapped[RepairStatus] = c0(primary_key=True)
    priority: Mapped[Priority] = c0(primary_key=True)
    hazard: Mapped[bool] = c0(primary_key=True)
    n: Mapped[int] = c0()


class Clock(Synced, Base):
    """One clock of one record: which promise or rule, when it started, when it is due, which target held then."""

    __tablename__ = "clock"
    groups: ClassVar = (("started_at", "due_at", "held_from"),)

    owner_table: Mapped[str] = c0()
    owner_id: Mapped[uuid.UUID] = c0(index=True)
    key: Mapped[str] = c0()
    started_at: Mapped[datetime] = c0()
    due_at: Mapped[datetime] = c0()
    held_from: Mapped[date] = c0()
    told_at: Mapped[datetime | None] = c0(default=None)
    stopped_at: Mapped[datetime | None] = c0(default=None)
