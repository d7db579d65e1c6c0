"""Inspections as lists: what is due, what is drafted, what was signed; for the tab, Today and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Grade, InspectionStatus
from watmos_desktop.models.tables import Amendment, Block, CommunitySpace, Estate, Inspection, Schedule
from watmos_desktop.services import policy, schedules, search_query, templates, walk_row, walk_view, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound
from watmos_desktop.services.references import read_reference
from watmos_desktop.services.wording import Deadline, Tone

TREND_LENGTH = 6
_Statement = TypeVar("_Statement", bound=Select[Any])


@dataclass(frozen=True)
class DueCard:
    """An inspection that a schedule asks for. ``draft_id`` is set when it was begun and not finished."""

    schedule_id: UUID
    template: str
    template_key: str
    items: int
    areas: int
    place: str
    estate: str
    place_key: UUID
    block_id: UUID | None
    cadence: str
    due_on: date
    state: schedules.DueState
    due: Deadline
    last_grade: Grade | None
    last_on: date | None
    draft_id: UUID | None


@dataclass(frozen=True)
class InspectionCard:
    """An inspection in one line, ready to show."""

    id: UUID
    reference: str
    template: str
    place: str
    estate: str
    status: InspectionStatus
    grade: Grade | None
    percent: int | None
    defects: int
    joint: bool
    started_at: datetime
    finished_at: datetime | None
    by: str
    when: str


@dataclass(frozen=True)
class InspectionDetail:
    """One inspection with its answers, trend and amendments."""

    card: InspectionCard
    walk: walk_view.Walk
    trend: tuple[tuple[date, Grade], ...]
    amendments: tuple[tuple[str, str, str], ...]
    checksum: str


@dataclass(frozen=True)
class Filter:
    """``state``: all, draft or signed; ``place_key`` narrows to one block, space or estate."""

    state: str = "all"
    place_key: UUID | None = None
    text: str = ""


def due(session: Session, *, within_days: int = 31) -> list[DueCard]:
    """What is due on this person's estates within so many days, or overdue; most pressing first (N1)."""
    today = session.info["clock"].now().date()
    statement = (
        select(Schedule, Estate.name, Block.name, CommunitySpace.name)
        .join(Estate, Estate.id == Schedule.estate_id)
        .outerjoin(Block, Block.id == Schedule.block_id)
        .outerjoin(CommunitySpace, CommunitySpace.id == Schedule.space_id)
        .where(~Schedule.deleted, ~Estate.deleted, _stands(Block), _stands(CommunitySpace))
        .where(Schedule.due_on <= today + timedelta(days=within_days))
        .where(policy.within(session, Schedule))
        .order_by(Schedule.due_on, Schedule.id)
    )
    rows = session.execute(statement).all()
    last = _last(session, [row[0] for row in rows])
    drafts = _drafts(session)
    shipped = templates.load_all()
    found = []
    for schedule, estate, block, space in rows:
        if schedule.template_key not in shipped:
            continue
        place_key = schedule.block_id or schedule.space_id or schedule.estate_id
        grade, on = last.get((place_key, schedule.template_key), (None, None))
        template = shipped[schedule.template_key]
        found.append(
            DueCard(
                schedule_id=schedule.id,
                template=template.title,
                template_key=template.key,
                items=len(template.items),
                areas=len(template.areas),
                place=block or space or estate,
                estate=estate,
                place_key=place_key,
                block_id=schedule.block_id,
                cadence=str(cadence(schedule)),
                due_on=schedule.due_on,
                state=standing(schedule, today).state,
                due=due_words(schedule, today),
                last_grade=grade,
                last_on=on,
                draft_id=drafts.get((place_key, schedule.template_key)),
            )
        )
    return found


def _stands(place: type[Block | CommunitySpace]) -> ColumnElement[bool]:
    """What was taken off the list asks for no inspection; a schedule without that part is not concerned."""
    return or_(place.id.is_(None), ~place.deleted)


def cadence(schedule: Schedule) -> schedules.Cadence:
    """How often a schedule asks for its inspection."""
    return templates.cadence(schedule.template_key, weeks=schedule.every_weeks, months=schedule.every_months)


def standing(schedule: Schedule, today: date) -> schedules.Due:
    """How a schedule stands on a day."""
    return schedules.due(cadence(schedule), schedule.starts_on, schedule.last_done_on, today)


_TONES = {
    schedules.DueState.OVERDUE: Tone.BAD,
    schedules.DueState.TODAY: Tone.WARN,
    schedules.DueState.SOON: Tone.INFO,
    schedules.DueState.LATER: Tone.OK,
}


def due_words(schedule: Schedule, today: date) -> Deadline:
    """How a schedule stands, in words."""
    stand = standing(schedule, today)
    return Deadline(stand.words, _TONES[stand.state])


def _last(session: Session, rows: list[Schedule]) -> dict[tuple[UUID, str], tuple[Grade | None, date]]:
    keys = {row.block_id or row.space_id or row.estate_id for row in rows}
    newest = (
        select(Inspection.place_key, Inspection.template_key, func.max(Inspection.finished_at).label("at"))
        .where(
            Inspection.status == InspectionStatus.SIGNED, Inspection.place_key.in_(keys), ~Inspection.deleted
        )
        .group_by(Inspection.place_key, Inspection.template_key)
        .subquery()
    )
    statement = select(Inspection).join(
        newest,
        (Inspection.place_key == newest.c.place_key)
        & (Inspection.template_key == newest.c.template_key)
        & (Inspection.finished_at == newest.c.at),
    )
    return {
        (row.place_key, row.template_key): (
            Grade(row.grade) if row.grade else None,
            (row.finished_at or row.started_at).astimezone(LONDON).date(),
        )
        for row in session.scalars(statement)
    }


def _drafts(session: Session) -> dict[tuple[UUID, str], UUID]:
    actor = policy.actor(session)
    rows = session.execute(
        select(Inspection.place_key, Inspection.template_key, Inspection.id).where(
            Inspection.status == InspectionStatus.DRAFT,
            Inspection.started_by == actor.staff_id,
            ~Inspection.deleted,
        )
    )
    return {(place_key, template_key): inspection_id for place_key, template_key, inspection_id in rows}


def count(session: Session, wanted: Filter = Filter()) -> int:
    """How many inspections the list holds for this person."""
    return session.scalar(_filtered(select(func.count()).select_from(Inspection), session, wanted)) or 0


def page(session: Session, wanted: Filter, offset: int, limit: int) -> list[InspectionCard]:
    """Some rows of the list, newest first."""
    ids = _filtered(select(Inspection.id), session, wanted)
    ids = ids.order_by(Inspection.started_at.desc(), Inspection.id.desc()).offset(offset).limit(limit)
    return _cards(session, Inspection.id.in_(list(session.scalars(ids))))


def cards(session: Session, ids: Sequence[UUID]) -> list[InspectionCard]:
    """Some inspections by id, newest first."""
    return _cards(session, Inspection.id.in_(ids)) if ids else []


def find(session: Session, typed: str) -> UUID:
    """The id of the inspection with that reference; raises Told or NotFound."""
    statement = select(Inspection.id).where(
        Inspection.reference == read_reference(typed), ~Inspection.deleted
    )
    found = session.scalar(statement.where(_seen(session)))
    if found is None:
        raise NotFound("That inspection")
    return found


def get(session: Session, inspection_id: UUID) -> InspectionDetail:
    """One inspection in full, as this person may see it; raises NotFound."""
    row = walk_row.get(session, inspection_id)
    (card,) = _cards(session, Inspection.id == row.id)
    return InspectionDetail(
        card=card,
        walk=walk_view.load(session, row.id),
        trend=trend(session, row),
        amendments=_amendments(session, row),
        checksum=row.checksum,
    )


def trend(session: Session, inspection: Inspection) -> tuple[tuple[date, Grade], ...]:
    """The grades of the last inspections of the same kind and place up to this one, oldest first."""
    rows = session.execute(
        select(Inspection.finished_at, Inspection.grade)
        .where(
            Inspection.place_key == inspection.place_key,
            Inspection.template_key == inspection.template_key,
            Inspection.status == InspectionStatus.SIGNED,
            Inspection.started_at <= inspection.started_at,
            Inspection.grade.is_not(None),
            ~Inspection.deleted,
        )
        .order_by(Inspection.finished_at.desc())
        .limit(TREND_LENGTH)
    ).all()
    return tuple((at.astimezone(LONDON).date(), Grade(grade)) for at, grade in reversed(rows) if at and grade)


def last_grades(session: Session, place_key: UUID, template_key: str, limit: int = 3) -> list[Grade]:
    """The newest grades of a place, newest first."""
    rows = session.scalars(
        select(Inspection.grade)
        .where(
            Inspection.place_key == place_key,
            Inspection.template_key == template_key,
            Inspection.status == InspectionStatus.SIGNED,
            Inspection.grade.is_not(None),
            ~Inspection.deleted,
        )
        .order_by(Inspection.finished_at.desc())
        .limit(limit)
    )
    return [Grade(grade) for grade in rows if grade]


def _amendments(session: Session, row: Inspection) -> tuple[tuple[str, str, str], ...]:
    actor = policy.actor(session)
    if not policy.may_see(actor, "amendment", "text"):
        return ()
    rows = session.scalars(
        select(Amendment)
        .where(Amendment.inspection_id == row.id, ~Amendment.deleted)
        .order_by(Amendment.made_at)
    )
    return tuple(
        (wording.moment(one.made_at.astimezone(LONDON)), walk_view.name_of(session, one.staff_id), one.text)
        for one in rows
    )


def _cards(session: Session, where: ColumnElement[bool]) -> list[InspectionCard]:
    statement = (
        select(Inspection, Estate.name, Block.name, CommunitySpace.name)
        .join(Estate, Estate.id == Inspection.estate_id)
        .outerjoin(Block, Block.id == Inspection.block_id)
        .outerjoin(CommunitySpace, CommunitySpace.id == Inspection.space_id)
        .where(where, ~Inspection.deleted, _seen(session))
        .order_by(Inspection.started_at.desc(), Inspection.id.desc())
    )
    shipped = templates.load_all()
    return [
        InspectionCard(
            id=row.id,
            reference=row.reference,
            template=shipped[row.template_key].title if row.template_key in shipped else row.template_key,
            place=block or space or estate,
            estate=estate,
            status=row.status,
            grade=Grade(row.grade) if row.grade else None,
            percent=row.percent,
            defects=row.defects,
            joint=row.joint,
            started_at=row.started_at,
            finished_at=row.finished_at,
            by=walk_view.name_of(session, row.started_by),
            when=wording.day((row.finished_at or row.started_at).astimezone(LONDON)),
        )
        for row, estate, block, space in session.execute(statement)
    ]


def _seen(session: Session) -> ColumnElement[bool]:
    """The condition that this person may know of an inspection at all: by role, and by where it lies."""
    may = policy.may(policy.actor(session), policy.Action.SEE, "inspection")
    return policy.within(session, Inspection) if may else false()


def _filtered(statement: _Statement, session: Session, wanted: Filter) -> _Statement:
    statement = statement.where(~Inspection.deleted, _seen(session))
    if wanted.state != "all":
        statement = statement.where(Inspection.status == InspectionStatus(wanted.state))
    else:
        statement = statement.where(Inspection.status != InspectionStatus.ABANDONED)
    if wanted.place_key:
        statement = statement.where(Inspection.place_key == wanted.place_key)
    if wanted.text:
        statement = statement.where(search_query.among(session, "inspection", wanted.text))
    return statement
