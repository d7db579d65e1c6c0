"""Who is due a visit, why, and how pressing it is: every home within three years (H2), starter reviews (T1).

An attempt never resets anything: only a completed visit does. Nothing here is stored; see ``visits_sql``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from watmos_desktop.models.kinds import ReviewStage, VisitKind
from watmos_desktop.models.tables import Block, Estate, Home, Staff, Tenancy, Visit
from watmos_desktop.services import (
    policy,
    search_query,
    tenancy_reviews,
    visit_rules,
    visits_due_words,
    visits_sql,
    wording,
)
from watmos_desktop.services.policy import Action, Actor
from watmos_desktop.services.wording import Deadline


@dataclass(frozen=True)
class Filter:
    """Which visits: ``state`` is one of now (late or due within a month), late, month, starter, asked, mine, all."""

    state: str = "now"
    text: str = ""
    estate_id: UUID | None = None
    block_id: UUID | None = None


STATES = ("now", "late", "month", "starter", "asked", "mine", "all")


@dataclass(frozen=True, slots=True)
class DueKey:
    """What a row of the list is about: a home's visit of a kind; of a visit asked for, the visit itself."""

    kind: VisitKind
    stage: ReviewStage | None
    home_id: UUID
    visit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DueVisit:
    """One visit that is due, ready to show. ``visit_id`` and what follows are set when it is arranged already.

    ``stage`` is the review of a starter tenancy that it is for; ``decision`` marks the one that is no visit.
    """

    key: DueKey
    kind: VisitKind
    stage: ReviewStage | None
    home_id: UUID
    estate_id: UUID
    block_id: UUID | None
    tenancy_id: UUID | None
    address: str
    where: str
    due_on: date
    due: Deadline
    points: int
    reasons: tuple[str, ...]
    last_seen: date | None
    visit_id: UUID | None
    planned_on: date | None
    window: str
    officer_id: UUID | None
    officer: str
    pinned: bool

    @property
    def what(self) -> str:
        """``Well-being visit``, ``3-month review``, ``Decision on the tenancy``."""
        if self.stage is ReviewStage.DECISION:
            return "Decision on the starter tenancy"
        return visit_rules.STAGE_WORDS[self.stage] if self.stage else visit_rules.KIND_WORDS[self.kind]

    @property
    def decision(self) -> bool:
        """Whether it is a manager's decision, not a visit."""
        return self.stage is ReviewStage.DECISION

    @property
    def planned(self) -> str:
        """``Tue 24 Nov, 10:00 to 12:00, P. Shah``; empty when it is not planned."""
        if self.planned_on is None:
            return ""
        return ", ".join(
            part for part in (wording.weekday(self.planned_on), self.window, self.officer) if part
        )


def counts(session: Session) -> dict[str, int]:
    """How many rows each state of the list has for this person."""
    person = policy.require(session, Action.SEE, "visit")
    task = visits_sql.tasks(person).c
    pressing = ("now", "late", "month", "starter", "asked")
    columns = [
        func.sum(case((_state(task, state), 1), else_=0), type_=Integer()).label(state) for state in pressing
    ]
    row = _run(session, select(*columns)).one()
    found = {state: int(getattr(row, state) or 0) for state in pressing}
    found["mine"] = count(session, Filter("mine"))
    found["all"] = int(_run(session, visits_sql.held(person)).scalar() or 0)
    return found


def count(session: Session, wanted: Filter = Filter()) -> int:
    """How many rows the list holds for this person."""
    person = policy.require(session, Action.SEE, "visit")
    if wanted == Filter("all"):
        return int(_run(session, visits_sql.held(person)).scalar() or 0)
    task = _tasks(session, person, wanted)
    statement = select(func.count()).select_from(task).where(*_conditions(person, task.c, wanted))
    return int(_run(session, statement, _until(session, wanted)).scalar() or 0)


def page(
    session: Session, wanted: Filter, offset: int, limit: int, *, sort: str = "points"
) -> list[DueVisit]:
    """Some rows, the most pressing first (``sort``: points or due, ``-`` in front turns it)."""
    person = policy.require(session, Action.SEE, "visit")
    task = _tasks(session, person, wanted)
    turned, by_points = sort.startswith("-"), sort.lstrip("-") == "points" and wanted.state != "all"
    # In order of the index alone; what else a row says is looked up for the rows shown.
    order = [task.c.due_on, task.c.home_id] + ([task.c.kind, task.c.stage] if wanted.state != "all" else [])
    falling = [one.desc() for one in order] if turned else order
    if by_points:
        found = visits_sql.points(task.c)
        falling = [found.asc() if turned else found.desc(), *falling]
    chosen = (
        select(task, func.row_number().over(order_by=falling).label("turn"))
        if by_points
        else select(task, literal_column("0").label("turn"))
    )
    rows = chosen.where(*_conditions(person, task.c, wanted)).order_by(*falling).offset(offset).limit(limit)
    picked = rows.cte("picked").prefix_with("MATERIALIZED")
    shown = [picked.c[one.name] for one in order]
    statement = _cards(picked).order_by(picked.c.turn, *([one.desc() for one in shown] if turned else shown))
    return _told(session, statement, _until(session, wanted))


def of_home(session: Session, home_id: UUID) -> list[DueVisit]:
    """All that is due at one home, the soonest first; raises NotFound."""
    home = policy.find(session, Home, home_id, "That home")
    person = policy.require(session, Action.SEE, "visit")
    task = visits_sql.tasks(person, select(Home.id).where(Home.id == home.id))
    statement = _cards(task).order_by(task.c.due_on, task.c.kind)
    return _told(session, statement, date.max)


def decisions(session: Session) -> list[DueVisit]:
    """The starter tenancies whose decision is asked for, the soonest first; nothing for who does not decide (T1)."""
    person = policy.require(session, Action.SEE, "visit")
    if not policy.may(person, Action.DECIDE_TENANCY, "tenancy"):
        return []
    task = visits_sql.decisions(person)
    return _told(session, _cards(task).order_by(task.c.due_on, task.c.home_id), _today(session))


def within(session: Session, until: date) -> list[DueVisit]:
    """Everything to visit that is late or falls due by that day, the soonest first; no decisions."""
    person = policy.require(session, Action.PLAN_VISITS, "visit")
    task = visits_sql.tasks(person)
    statement = (
        _cards(task)
        .where(task.c.due_on <= until.isoformat(), task.c.stage != ReviewStage.DECISION.value)
        .order_by(task.c.due_on, task.c.home_id, task.c.kind)
    )
    return _told(session, statement, until)


def _tasks(session: Session, person: Actor, wanted: Filter) -> Any:
    homes = None
    if wanted.text:
        homes = select(Home.id).where(search_query.among(session, "home", wanted.text))
    elif wanted.state == "mine":
        mine = (Visit.officer_id == person.staff_id, Visit.status.in_(visits_sql.OPEN), ~Visit.deleted)
        homes = select(Visit.home_id).where(*mine)
    return visits_sql.tasks(person, homes, asked=wanted.state != "all")


def _until(session: Session, wanted: Filter) -> date:
    """How far well-being visits are looked at: a month for what presses, without end where all are shown."""
    return date.max if wanted.state in ("all", "mine") else horizon(_today(session))


def _run(session: Session, statement: Select[Any], until: date | None = None) -> Any:
    """Rows straight from the connection: the session would look for objects in them."""
    session.flush()
    today = _today(session)
    asked = visits_sql.asked_with(today, until or horizon(today))
    return session.connection().execute(statement, asked)


def _today(session: Session) -> date:
    today: date = session.info["clock"].now().date()
    return today


def _state(task: Any, state: str) -> ColumnElement[bool]:
    today, kind, due_on = visits_sql.TODAY, task.kind, task.due_on
    soon = visits_sql.day(today, f"+{visit_rules.visits().month_days} days")
    states: dict[str, ColumnElement[bool]] = {
        "now": due_on <= soon,
        "late": due_on < today,
        "month": and_(due_on >= today, due_on <= soon),
        "starter": and_(kind == VisitKind.STARTER.value, or_(due_on <= soon, task.stage == "decision")),
        "asked": kind.in_([one.value for one in visits_sql.ASKED]),
        "mine": true(),
        "all": true(),
    }
    return states[state]


def _conditions(person: Actor, task: Any, wanted: Filter) -> list[ColumnElement[bool]]:
    found = [_state(task, wanted.state)]
    if wanted.state == "mine":
        visit = aliased(Visit)
        theirs = select(visit.officer_id).where(visit.id == visits_sql.arranged(task)).scalar_subquery()
        found.append(theirs == person.staff_id if person.staff_id else false())
    if wanted.estate_id:
        found.append(task.estate_id == wanted.estate_id)
    if wanted.block_id:
        found.append(task.block_id == wanted.block_id)
    return found


def _cards(source: Any) -> Select[Any]:
    task, visit = source.c, aliased(Visit)
    return (
        select(
            source,
            Home.address,
            func.coalesce(Block.name, Estate.name).label("place"),
            Estate.name.label("estate"),
            Tenancy.started_on.label("tenancy_from"),
            visit.id.label("arranged"),
            visit.planned_on,
            visit.window_from,
            visit.window_to,
            visit.officer_id,
            visit.pinned,
            Staff.name.label("officer"),
            visits_sql.points(task).label("points"),
            visits_sql.vulnerable(task.home_id).label("vulnerable"),
            visits_sql.damp(task.home_id).label("damp"),
            visits_sql.worried(task.home_id).label("worried"),
            visits_sql.tries(task.home_id).label("tries"),
        )
        .select_from(source)
        .join(Home, Home.id == task.home_id)
        .join(Estate, Estate.id == task.estate_id)
        .outerjoin(Block, Block.id == task.block_id)
        .outerjoin(Tenancy, Tenancy.id == task.tenancy_id)
        .outerjoin(visit, visit.id == visits_sql.arranged(task))
        .outerjoin(Staff, Staff.id == visit.officer_id)
    )


def _told(session: Session, statement: Select[Any], until: date) -> list[DueVisit]:
    today = _today(session)
    return [_card(row, today) for row in _run(session, statement, until)]


def _card(row: Any, today: date) -> DueVisit:
    kind, due_on = VisitKind(row.kind), date.fromisoformat(row.due_on)
    stage = ReviewStage(row.stage) if row.stage else None
    seen = date.fromisoformat(row.seen_on) if row.seen_on else None
    due = visits_due_words.due_words(due_on, today)
    if stage is ReviewStage.DECISION:
        due = tenancy_reviews.decision_words(row.tenancy_from, due_on, today)
    return DueVisit(
        key=DueKey(kind, stage, row.home_id, row.visit_id if _is_asked(kind) else None),
        kind=kind,
        stage=stage,
        home_id=row.home_id,
        estate_id=row.estate_id,
        block_id=row.block_id,
        tenancy_id=row.tenancy_id,
        address=row.address,
        where=row.place if row.place == row.estate else f"{row.place}, {row.estate}",
        due_on=due_on,
        due=due,
        points=row.points,
        reasons=tuple(visits_due_words.reasons(row, kind, seen, due_on, today)),
        last_seen=seen,
        visit_id=row.arranged,
        planned_on=row.planned_on,
        window=f"{row.window_from} to {row.window_to}" if row.window_from else "",
        officer_id=row.officer_id,
        officer=row.officer or "",
        pinned=bool(row.pinned),
    )


def _is_asked(kind: VisitKind) -> bool:
    return kind in (VisitKind.REQUESTED, VisitKind.FOLLOW_UP)


def horizon(today: date) -> date:
    """The last day of what the list calls this month."""
    return today + timedelta(days=visit_rules.visits().month_days)
