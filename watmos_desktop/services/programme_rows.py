"""Rows of planned works and of their homes, as the services that change them find them (R9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import ProgrammeStatus
from watmos_desktop.models.tables import Block, Home, Programme, ProgrammeHome
from watmos_desktop.services import calendar, policy
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action

OPEN = (ProgrammeStatus.PLANNED, ProgrammeStatus.CONSULTING, ProgrammeStatus.STARTED)
_STANDS: Mapping[ProgrammeStatus, tuple[str, str]] = {
    ProgrammeStatus.PLANNED: ("These works have not started.", "Consult, then start them."),
    ProgrammeStatus.CONSULTING: ("These works have not started.", "Start them first."),
    ProgrammeStatus.STARTED: ("These works have started already.", "What is told stays told."),
    ProgrammeStatus.FINISHED: ("These works are finished.", "Plan new works for what is left."),
    ProgrammeStatus.CANCELLED: ("These works were called off.", "Plan new works instead."),
}


def of(session: Session, programme_id: UUID, *allowed: ProgrammeStatus) -> Programme:
    """The works for someone who plans them, while they stand so; raises NotAllowed, NotFound or Told."""
    policy.require(session, Action.PLAN_WORKS, "programme")
    return standing(policy.find(session, Programme, programme_id, "Those works"), *allowed)


def standing(row: Programme, *allowed: ProgrammeStatus) -> Programme:
    """The same works, when they stand so; else Told how they stand."""
    if row.status not in allowed:
        raise Told(*_STANDS[row.status])
    return row


def each_home(session: Session, programme_id: UUID) -> list[ProgrammeHome]:
    """The homes of works that were found before, in no order."""
    return [one for one in ever_in(session, programme_id) if not one.deleted]


def in_order(session: Session, programme_id: UUID) -> list[ProgrammeHome]:
    """The homes of works as one walks them: block by block, floor by floor, by number."""
    rows = session.execute(
        select(ProgrammeHome, Home.number, Home.storey, Home.code, Block.name)
        .join(Home, Home.id == ProgrammeHome.home_id)
        .outerjoin(Block, Block.id == Home.block_id)
        .where(ProgrammeHome.programme_id == programme_id, ~ProgrammeHome.deleted)
    ).all()
    return [row[0] for row in sorted(rows, key=lambda row: walk_order(row[4], row[2], row[1], row[3]))]


def walk_order(
    block: str | None, storey: int | None, number: str, code: str
) -> tuple[str, int, int, str, str]:
    """What homes are sorted by: ``9`` comes before ``10``."""
    digits = "".join(sign for sign in number if sign.isdecimal() and sign.isascii())
    return block or "", storey or 0, int(digits or "0"), number, code


def ever_in(session: Session, programme_id: UUID) -> list[ProgrammeHome]:
    """Every home that was ever part of works that were found before, those left out again too."""
    return list(session.scalars(select(ProgrammeHome).where(ProgrammeHome.programme_id == programme_id)))


def count_homes(session: Session, programme_id: UUID, *more: ColumnElement[bool]) -> int:
    """How many homes works have that meet some conditions."""
    asked = select(func.count()).where(
        ProgrammeHome.programme_id == programme_id, ~ProgrammeHome.deleted, *more
    )
    return session.scalar(asked) or 0


def last_day(first: date, days: int) -> date:
    """The last of so many working days from ``first`` on, which is one."""
    return calendar.working_days_after(first, days - 1) if days > 1 else first
