"""The statements behind who is due a visit: well-being visits by the kept due days, the others from their records.

Days are text here (``2026-11-23``), as SQLite keeps and compares them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from watmos_desktop.models.base import Id
from watmos_desktop.models.kinds import (
    HazardStatus,
    ReviewOutcome,
    ReviewStage,
    TenancyKind,
    VisitKind,
    VisitStatus,
)
from watmos_desktop.models.tables import (
    HazardCase,
    TenancyReview,
    Visit,
    VisitAnswer,
    VisitAttempt,
    VisitNeed,
)
from watmos_desktop.services import policy, promises, visit_rules
from watmos_desktop.services.due_days import HomeDue
from watmos_desktop.services.policy import Actor

OPEN = (VisitStatus.PLANNED, VisitStatus.UNDER_WAY)
ASKED = (VisitKind.REQUESTED, VisitKind.FOLLOW_UP)
TODAY: ColumnElement[str] = bindparam("today", type_=String())
UNTIL: ColumnElement[str] = bindparam("until", type_=String())
_Day = ColumnElement[str]
ASB, YES = "asb", "yes"  # the question at the door, and its answer
PLACES: Any = HomeDue  # what policy asks for is a place of its own


def day(value: Any, *steps: str) -> _Day:
    """SQLite's ``date()`` with its modifiers."""
    return func.date(value, *steps, type_=String())


def months_after(start: Any, months: int) -> _Day:
    """``calendar.months_after`` in SQL; see ``due_days.months_after``."""
    last = day(start, "start of month", f"{months + 1:+} months", "-1 day")
    return func.min(day(start, f"{months:+} months"), last, type_=String())


def asked_with(today: date, until: date | None = None) -> dict[str, str]:
    """What the statements are asked with; ``until`` bounds the well-being visits."""
    return {"today": today.isoformat(), "until": (until or today).isoformat()}


def _task(source: Any, kind: VisitKind, stage: Any, due_on: Any, missed: Any = None) -> Select[Any]:
    return select(
        literal(kind.value).label("kind"),
        source.home_id,
        source.estate_id,
        source.block_id,
        source.tenancy_id,
        source.started_on,
        source.seen_on,
        stage.label("stage"),
        due_on.label("due_on"),
        (literal(0) if missed is None else missed).label("missed"),
        cast(null(), Id()).label("visit_id"),
    )


def _wellbeing(here: list[ColumnElement[bool]]) -> Select[Any]:
    due = HomeDue.due_on
    return _task(HomeDue, VisitKind.WELLBEING, literal(""), due).where(due <= UNTIL, *here)


def _settling_in(here: list[ColumnElement[bool]]) -> Select[Any]:
    rules, started = visit_rules.visits(), HomeDue.started_on
    due = day(started, f"+{7 * rules.settling_in_weeks} days")
    return _task(HomeDue, VisitKind.SETTLING_IN, literal(""), due).where(
        started > months_after(TODAY, -rules.settling_in_until_months),
        HomeDue.tenure != TenancyKind.STARTER.value,
        or_(HomeDue.seen_on.is_(None), HomeDue.seen_on < started),
        *here,
    )


def _starters(here: list[ColumnElement[bool]]) -> CTE:
    """Starter tenancies with how far their reviews have come: ``done`` is the place of the last one recorded."""
    mine = (TenancyReview.tenancy_id == HomeDue.tenancy_id, ~TenancyReview.deleted)
    places = {stage: n for n, stage in enumerate(visit_rules.REVIEWS, 1)}
    rank = case(places, value=TenancyReview.stage, else_=0)
    done = select(func.coalesce(func.max(rank), 0)).where(*mine).scalar_subquery()
    extended = select(func.max(cast(TenancyReview.extended_to, String))).where(*mine).scalar_subquery()
    recorded = (
        select(func.count(TenancyReview.stage.distinct()))
        .where(*mine, TenancyReview.stage != ReviewStage.DECISION)
        .scalar_subquery()
    )
    ended = exists().where(
        *mine,
        TenancyReview.stage == ReviewStage.DECISION,
        TenancyReview.outcome.in_((ReviewOutcome.CONVERT, ReviewOutcome.END)),
    )
    return (
        select(
            HomeDue.table,
            done.label("done"),
            extended.label("extended_to"),
            recorded.label("recorded"),
        )
        .where(HomeDue.tenure == TenancyKind.STARTER.value, ~ended, *here)
        .cte("starter")
        .prefix_with("MATERIALIZED")
    )


def _by_rules(start: Any, of: Any) -> Any:
    """What holds for a tenancy by the version of the rules in force when it started."""
    versions = visit_rules.starters()
    newer = [(start >= one.holds_from.isoformat(), of(one)) for one in versions[:0:-1]]
    return case(*newer, else_=of(versions[0])) if newer else of(versions[0])


def _review_day(start: Any, review: visit_rules.Review) -> _Day:
    return day(start, f"+{7 * review.weeks} days") if review.weeks else months_after(start, review.months)


def _decision_day(starter: Any) -> _Day:
    (target,) = promises.targets("T1")
    assert target.unit is promises.Unit.MONTHS
    return func.coalesce(starter.extended_to, months_after(starter.started_on, target.amount))


def _reviews(starter: Any) -> Select[Any]:
    """The review that is next: the one after the last recorded, or a later one once that is due too."""
    start = starter.started_on
    passed = _by_rules(
        start,
        lambda rules: sum(
            (case((_review_day(start, one) <= TODAY, 1), else_=0) for one in rules.reviews), literal(0)
        ),
    )
    place = func.max(starter.done + 1, passed, type_=Integer())
    due = _by_rules(
        start,
        lambda rules: case(
            {n: _review_day(start, one) for n, one in enumerate(rules.reviews, 1)}, value=place, else_=null()
        ),
    )
    stage = case({n: one.value for n, one in enumerate(visit_rules.REVIEWS, 1)}, value=place, else_="")
    missed = func.max(0, place - 1 - starter.recorded, type_=Integer())
    return _task(starter, VisitKind.STARTER, stage, due, missed).where(
        starter.done < len(visit_rules.REVIEWS),
        place <= len(visit_rules.REVIEWS),
        _decision_day(starter) > TODAY,
        starter.extended_to.is_(None),
    )


def _decisions(starter: Any) -> Select[Any]:
    """The decision, from when it is asked for on: no visit, but the same list (T1)."""
    due = _decision_day(starter)
    prompt = _by_rules(starter.started_on, lambda rules: months_after(due, -rules.prompt))
    missed = func.max(0, len(visit_rules.REVIEWS) - starter.recorded, type_=Integer())
    stage = literal(ReviewStage.DECISION.value)
    return _task(starter, VisitKind.STARTER, stage, due, missed).where(prompt <= TODAY)


def _asked(person: Actor, homes: Select[Any] | None) -> Select[Any]:
    """Visits that somebody asked for, or that another visit left to do."""
    statement: Any = (
        select(
            cast(Visit.kind, String).label("kind"),
            Visit.home_id,
            Visit.estate_id,
            Visit.block_id,
            Visit.tenancy_id,
            literal("").label("started_on"),
            cast(null(), String).label("seen_on"),
            literal("").label("stage"),
            func.coalesce(cast(Visit.due_on, String), cast(Visit.planned_on, String), TODAY).label("due_on"),
            literal(0).label("missed"),
            Visit.id.label("visit_id"),
        )
        .where(Visit.kind.in_(ASKED), Visit.status.in_(OPEN), ~Visit.deleted)
        .where(policy.reach(person, Visit))
    )
    found: Select[Any] = statement if homes is None else statement.where(Visit.home_id.in_(homes))
    return found


def tasks(person: Actor, homes: Select[Any] | None = None, *, asked: bool = True) -> CTE:
    """One row for each thing that is due: a home's well-being visit, a review, a visit asked for.

    Columns: kind, home_id, estate_id, block_id, tenancy_id, started_on, seen_on, stage, due_on, missed, visit_id.
    ``homes`` narrows it; without ``asked`` only well-being visits, each home once. Binds ``today`` and ``until``.
    """
    here = [policy.reach(person, PLACES)]
    if homes is not None:
        here.append(HomeDue.home_id.in_(homes))
    if not asked:
        return _wellbeing(here).cte("task")
    starter = _starters(here).c
    parts = (
        _wellbeing(here),
        _settling_in(here),
        _reviews(starter),
        _decisions(starter),
        _asked(person, homes),
    )
    return union_all(*parts).cte("task").prefix_with("MATERIALIZED")


def decisions(person: Actor) -> CTE:
    """The decisions on starter tenancies alone, from when they are asked for; columns and ``today`` as in ``tasks``."""
    return _decisions(_starters([policy.reach(person, PLACES)]).c).cte("task")


def held(person: Actor) -> Select[Any]:
    """How many homes are held, of those this person looks after."""
    return select(func.count()).select_from(HomeDue.table).where(policy.reach(person, PLACES))


def arranged(task: Any) -> ColumnElement[Any]:
    """The visit that is arranged for a task already: itself if it was asked for, else the earliest of its kind."""
    visit = (
        select(Visit.id)
        .where(Visit.home_id == task.home_id, Visit.status.in_(OPEN), ~Visit.deleted)
        .where(cast(Visit.kind, String) == task.kind, task.stage != ReviewStage.DECISION.value)
        .order_by(Visit.planned_on, Visit.id)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(task.visit_id, visit, type_=Id())


def vulnerable(home_id: Any) -> ColumnElement[bool]:
    """Whether staff noted that somebody there is vulnerable."""
    return exists().where(VisitNeed.home_id == home_id, VisitNeed.vulnerable, ~VisitNeed.deleted)


def damp(home_id: Any) -> ColumnElement[bool]:
    """Whether a hazard case is open in the home."""
    return exists().where(
        HazardCase.home_id == home_id, HazardCase.status != HazardStatus.CLOSED, ~HazardCase.deleted
    )


def worried(home_id: Any) -> ColumnElement[bool]:
    """Whether the household said at a visit of late that it is worried about neighbours or what happens outside.

    What became of it may be a case for its own team alone, so it is not looked up here.
    """
    months = visit_rules.visits().asb_months
    return (
        exists()
        .where(Visit.home_id == home_id, Visit.status == VisitStatus.COMPLETED, ~Visit.deleted)
        .where(cast(Visit.completed_at, String) >= day(TODAY, f"-{months} months"))
        .where(VisitAnswer.visit_id == Visit.id, VisitAnswer.key == ASB, ~VisitAnswer.deleted)
        .where(cast(VisitAnswer.value, String) == f'["{YES}"]')
    )


def tries(home_id: Any) -> ColumnElement[int]:
    """How often somebody tried in vain at the visits that are still open for a home."""
    return (
        select(func.count(VisitAttempt.id))
        .join(Visit, Visit.id == VisitAttempt.visit_id)
        .where(Visit.home_id == home_id, Visit.status.in_(OPEN), ~Visit.deleted, ~VisitAttempt.deleted)
        .scalar_subquery()
    )


def points(task: Any) -> ColumnElement[int]:
    """How pressing a task is (``visit_rules.Points``)."""
    weights = visit_rules.visits().points
    late_days = cast(func.julianday(TODAY) - func.julianday(task.due_on), Integer)
    soon = day(TODAY, f"+{weights.soon_days} days")
    late = weights.late + func.min(weights.late_most, late_days // 30 * weights.late_month, type_=Integer())
    by_kind = {VisitKind.STARTER: weights.starter, **dict.fromkeys(ASKED, weights.asked)}
    return (
        case((task.due_on < TODAY, late), (task.due_on <= soon, weights.soon), else_=0)
        + case((vulnerable(task.home_id), weights.vulnerable), else_=0)
        + case((damp(task.home_id), weights.damp), else_=0)
        + case((worried(task.home_id), weights.asb), else_=0)
        + case((tries(task.home_id) >= weights.no_contact_tries, weights.no_contact), else_=0)
        + case({kind.value: n for kind, n in by_kind.items()}, value=task.kind, else_=0)
    )
