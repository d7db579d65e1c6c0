"""The homes of planned works as they are read: whose turn is when, who was written to, what they said (R9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import ProgrammeStatus
from watmos_desktop.models.tables import Block, Home, Programme, ProgrammeHome
from watmos_desktop.services import policy, programme_answers, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.programme_rows import last_day
from watmos_desktop.services.wording import Deadline, Tone


@dataclass(frozen=True)
class HomeRow:
    """A home of works. ``said`` is what the household answered last, ``when`` its days, both in words."""

    id: UUID
    home_id: UUID
    code: str
    address: str
    block: str
    when: str
    written: str
    said: str
    stands: Deadline
    done: bool
    refused: bool


_HOMES: Mapping[str, ColumnElement[bool]] = {
    "all": ~ProgrammeHome.deleted,
    "to_do": and_(ProgrammeHome.done_at.is_(None), ~ProgrammeHome.refused),
    "unwritten": ProgrammeHome.written_at.is_(None),
    "done": ProgrammeHome.done_at.is_not(None),
    "refused": ProgrammeHome.refused.is_(True),
}


def sees_homes(session: Session) -> bool:
    """Whether this person may know which homes works reach."""
    actor = policy.actor(session)
    return policy.may_see(actor, "programme_home", "home_id") and policy.may_see(actor, "home", "address")


def count_homes(session: Session, programme_id: UUID, state: str = "all", text: str = "") -> int:
    """How many homes of works are all, to_do, unwritten, done or refused; raises NotFound."""
    asked = select(func.count()).select_from(ProgrammeHome).join(Home, Home.id == ProgrammeHome.home_id)
    return session.scalar(asked.where(*_homes_where(session, programme_id, state, text))) or 0


def homes_page(
    session: Session, programme_id: UUID, offset: int, limit: int, state: str = "all", text: str = ""
) -> list[HomeRow]:
    """Some homes of works, those of the nearest day first; raises NotFound."""
    return rows_where(session, programme_id, _homes_where(session, programme_id, state, text), offset, limit)


def rows_where(
    session: Session, programme_id: UUID, where: list[ColumnElement[bool]], offset: int, limit: int
) -> list[HomeRow]:
    """Homes of works that were found before, that meet some conditions."""
    rows = session.execute(
        select(ProgrammeHome, Home.code, Home.address, Block.name)
        .join(Home, Home.id == ProgrammeHome.home_id)
        .outerjoin(Block, Block.id == Home.block_id)
        .where(ProgrammeHome.programme_id == programme_id, ~ProgrammeHome.deleted, *where)
        .order_by(ProgrammeHome.planned_on.is_(None), ProgrammeHome.planned_on, Block.name, Home.storey)
        .order_by(func.length(Home.number), Home.number, Home.code)  # 9 before 10
        .offset(offset)
        .limit(limit)
    ).all()
    status = session.scalar(select(Programme.status).where(Programme.id == programme_id))
    today = session.info["clock"].now().date()
    said = programme_answers.last_of(session, programme_id, [row[0].home_id for row in rows])
    return [
        _home_row(one, code, address, block or "", said, today, status) for one, code, address, block in rows
    ]


def _homes_where(session: Session, programme_id: UUID, state: str, text: str) -> list[ColumnElement[bool]]:
    row = policy.find(session, Programme, programme_id, "Those works")
    if not sees_homes(session):
        raise NotFound("That list of homes")
    if state not in _HOMES:
        raise Told("There is no such list.", f"Choose one of {', '.join(_HOMES)}.", field="state")
    found = [ProgrammeHome.programme_id == row.id, ~ProgrammeHome.deleted, _HOMES[state]]
    for word in text.split():
        columns = (Home.address, Home.code, Home.postcode)
        found.append(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return found


def _home_row(
    one: ProgrammeHome,
    code: str,
    address: str,
    block: str,
    said: Mapping[UUID, str],
    today: date,
    status: ProgrammeStatus | None,
) -> HomeRow:
    when = ""
    if one.planned_on is not None:
        days = wording.count(one.days, "working day") if one.days else ""
        when = ", ".join(part for part in (wording.weekday(one.planned_on), days) if part)
    return HomeRow(
        id=one.id,
        home_id=one.home_id,
        code=code,
        address=address,
        block=block,
        when=when or "No day yet",
        written=wording.weekday(one.written_at.astimezone(LONDON).date()) if one.written_at else "Not yet",
        said=said.get(one.home_id, ""),
        stands=_home_stands(one, today, status),
        done=one.done_at is not None,
        refused=one.refused,
    )


def _home_stands(one: ProgrammeHome, today: date, status: ProgrammeStatus | None) -> Deadline:
    if one.done_at is not None:
        return Deadline(f"Done {wording.weekday(one.done_at.astimezone(LONDON).date())}", Tone.OK)
    if one.refused:
        return Deadline("Refused", Tone.INFO)
    if status is not ProgrammeStatus.STARTED or one.planned_on is None:
        return Deadline("To do", Tone.INFO)
    if one.planned_on > today:
        return Deadline("To do", Tone.INFO)
    if one.days and last_day(one.planned_on, one.days) < today:
        return Deadline("Late", Tone.BAD)
    return Deadline("Under way", Tone.WARN)
