"""A visit in one line: what the list, the week and the papers show of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import Session, aliased

from watmos_desktop.models.kinds import VisitKind, VisitStatus
from watmos_desktop.models.tables import Block, Estate, Home, Staff, Visit
from watmos_desktop.services import policy, visit_rules, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.policy import Action


@dataclass(frozen=True, slots=True)
class VisitCard:
    """A visit in one line, ready to show."""

    id: UUID
    reference: str
    kind: VisitKind
    status: VisitStatus
    home_id: UUID
    estate_id: UUID
    block_id: UUID | None
    tenancy_id: UUID | None
    address: str
    where: str
    due_on: date | None
    planned_on: date | None
    start: str
    end: str
    place: int
    pinned: bool
    why: str
    officer_id: UUID | None
    officer: str
    second_id: UUID | None
    second: str
    completed_at: datetime | None

    @property
    def what(self) -> str:
        """``Well-being visit``."""
        return visit_rules.KIND_WORDS[self.kind]

    @property
    def when(self) -> str:
        """``Tue 24 Nov, 10:00 to 12:00``, ``Done 3 May 2024``, ``Not planned yet``."""
        if self.completed_at is not None:
            return f"Done {wording.day(self.completed_at.astimezone(LONDON).date())}"
        if self.planned_on is None:
            return "Not planned yet"
        window = f", {self.start} to {self.end}" if self.start else ""
        return f"{wording.weekday(self.planned_on)}{window}"

    @property
    def who(self) -> str:
        """``P. Shah and L. Reid``."""
        return " and ".join(name for name in (self.officer, self.second) if name)


def cards(session: Session, *where: ColumnElement[bool]) -> list[VisitCard]:
    """The visits of those conditions that this person may see; none for who may see no visit."""
    seen = (
        policy.within(session, Visit) if policy.may(policy.actor(session), Action.SEE, "visit") else false()
    )
    officer, second = aliased(Staff), aliased(Staff)
    statement: Any = (
        select(Visit, Home.address, Block.name, Estate.name, officer.name, second.name)
        .join(Home, Home.id == Visit.home_id)
        .join(Estate, Estate.id == Visit.estate_id)
        .outerjoin(Block, Block.id == Visit.block_id)
        .outerjoin(officer, officer.id == Visit.officer_id)
        .outerjoin(second, second.id == Visit.second_id)
        .where(*where, ~Visit.deleted, seen)
    )
    return [
        VisitCard(
            id=row.id,
            reference=row.reference,
            kind=row.kind,
            status=row.status,
            home_id=row.home_id,
            estate_id=row.estate_id,
            block_id=row.block_id,
            tenancy_id=row.tenancy_id,
            address=address,
            where=f"{block}, {estate}" if block else estate,
            due_on=row.due_on,
            planned_on=row.planned_on,
            start=row.window_from,
            end=row.window_to,
            place=row.place_in_day,
            pinned=row.pinned,
            why=row.why,
            officer_id=row.officer_id,
            officer=first or "",
            second_id=row.second_id,
            second=other or "",
            completed_at=row.completed_at,
        )
        for row, address, block, estate, first, other in session.execute(statement)
    ]
