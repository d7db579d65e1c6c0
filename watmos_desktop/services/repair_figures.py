"""The figures of repairs: RP02 as the regulator defines it, and what else tells whether promises are kept.

RP02(1) and (2) (Tenant Satisfaction Measures, research/regulation.md 2): of the responsive repairs *completed* in the
period in low-cost rental homes, those completed within the published target of their priority in force when their
clock started; emergency apart from the rest. What is open and late is in neither number, so it is shown apart; what is
shared or in other homes is told apart. Nothing to divide by is "n/a", never 0 or 100.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    union,
)
from sqlalchemy.orm import Session, aliased

from watmos_desktop.models.kinds import JobKind, Priority, TenancyKind
from watmos_desktop.models.repair import IS_DONE
from watmos_desktop.models.tables import Clock, Job, Repair, RepairFeedback, Tenancy
from watmos_desktop.services import clocks, policy, promises, repair_care, repairs
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.due_days import local_day
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_listing import seen

RENTED = frozenset({TenancyKind.STARTER, TenancyKind.ASSURED, TenancyKind.SECURE})
HAPPY = 4  # of 5
_SECONDS = len("2026-11-23 10:42:00")
_YEAR_BEGINS = 4  # the reporting year: 1 April to 31 March


@dataclass(frozen=True)
class Figure:
    """One figure: ``numerator`` of ``denominator``, and what was counted in words."""

    key: str
    words: str
    numerator: int
    denominator: int

    @property
    def share(self) -> float | None:
        """In per cent; None where there is nothing to divide by."""
        return 100 * self.numerator / self.denominator if self.denominator else None

    @property
    def text(self) -> str:
        """``94.3 %`` or ``n/a``."""
        return "n/a" if self.share is None else f"{self.share:.1f} %"


@dataclass(frozen=True)
class Figures:
    """The figures of the repairs this person looks after, completed from one day to another, both included.

    ``score`` is the mean of the answers from 1 to 5, None without an answer. ``unknown`` repairs were done in homes
    whose tenure is not known; they are in no RP02.
    """

    since: date
    until: date
    figures: tuple[Figure, ...]
    score: float | None
    unknown: int

    def figure(self, key: str) -> Figure:
        """The figure of that key."""
        return next(one for one in self.figures if one.key == key)


@dataclass(frozen=True)
class _Tally:
    """How many repairs of one kind were completed, by where they lie (rented, other, unknown, communal)."""

    emergency: bool
    place: str
    in_time: int
    all: int


def year_of(day: date) -> date:
    """The first day of the reporting year that a day lies in."""
    return date(day.year if day.month >= _YEAR_BEGINS else day.year - 1, _YEAR_BEGINS, 1)


def get(session: Session, since: date | None = None, until: date | None = None) -> Figures:
    """The figures from one day to another; by default of the reporting year so far.

    Raises NotAllowed, and Told at ``since`` when it is after ``until``.
    """
    policy.require(session, Action.CHANGE_REPAIR, "repair")
    now: datetime = session.info["clock"].now()
    until = until or now.astimezone(LONDON).date()
    since = since or year_of(until)
    if since > until:
        raise Told("The first day comes after the last.", "Turn them round.", field="since")
    span = (_begins(since), _begins(until + timedelta(days=1)))
    done = _done(session, *span)
    total = sum(one.all for one in done)
    recalled = _recalled(session, *span)
    answers = _answers(session, *span)
    return Figures(
        since,
        until,
        (
            _in_time("RP02(1)", "non-emergency repairs in rented homes done in time", done, "rented", urgent=False),
            _in_time("RP02(2)", "emergency repairs in rented homes done in time", done, "rented", urgent=True),
            _in_time("communal", "non-emergency repairs in shared parts done in time", done, "communal", urgent=False),
            _in_time("communal_emergency", "emergencies in shared parts done in time", done, "communal", urgent=True),
            _in_time("other", "non-emergency repairs in leasehold and part-owned homes done in time", done, "other",
                     urgent=False),
            _in_time("other_emergency", "emergencies in leasehold and part-owned homes done in time", done, "other",
                     urgent=True),
            _overdue(session),
            _first_time(session, recalled, total, *span),
            Figure("recalls", "done repairs that came back within 28 days", len(recalled), total),
            Figure("satisfied", "answers of 4 or 5 out of 5", sum(one >= HAPPY for one in answers), len(answers)),
            _silent(session),
        ),
        sum(answers) / len(answers) if answers else None,
        sum(one.all for one in done if one.place == "unknown"),
    )  # fmt: skip


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def _in_time(key: str, words: str, done: Iterable[_Tally], place: str, *, urgent: bool) -> Figure:
    counted = [one for one in done if one.place == place and one.emergency is urgent]
    return Figure(key, words, sum(one.in_time for one in counted), sum(one.all for one in counted))


def _completed(session: Session, since: datetime, until: datetime) -> tuple[Any, ...]:
    return (
        literal_column(f"repair.{IS_DONE}"),  # as its index says it
        ~Repair.deleted,
        Repair.completed_at >= since,
        Repair.completed_at < until,
        seen(policy.actor(session)),
    )


def _done(session: Session, since: datetime, until: datetime) -> list[_Tally]:
    """What was completed, counted by the database; what it cannot tell, working days, is told here for each day."""
    done = _rows(session, since, until)
    emergency = (done.c.priority == Priority.EMERGENCY).label("emergency")
    due = _due(done)
    # A due day ends at 23:59:59, so what was done within that second is in time.
    known = case((due.is_not(None), done.c.completed_at <= due))
    rest = [case((due.is_(None), one)) for one in (done.c.priority, done.c.day, done.c.ended)]
    columns = (emergency, _place(done), known, *rest)
    rows = session.execute(
        select(*columns, func.count()).group_by(*(text(str(n)) for n in range(1, len(columns) + 1)))
    )
    return [
        _Tally(bool(urgent), place, number * int(_by_then(*of) if good is None else good), number)
        for urgent, place, good, *of, number in rows
    ]


def _rows(session: Session, since: datetime, until: datetime) -> CTE:
    """Each completed repair with its moments to the second and its days in London, worked out once."""
    reported, completed = (
        f"substr(repair.{name}, 1, {_SECONDS})" for name in ("reported_at", "completed_at")
    )
    texts = {
        "reported_at": reported,
        "completed_at": completed,
        "day": local_day(reported),
        "ended": local_day(completed),
    }
    return (
        select(
            Repair.id,
            Repair.priority,
            Repair.home_id,
            *(literal_column(words, String).label(name) for name, words in texts.items()),
        )
        .where(*_completed(session, since, until))
        .cte("done")
        .prefix_with("MATERIALIZED")
    )


def _by_then(priority: Priority, reported: str, completed: str) -> bool:
    """Whether the target of the day it was reported was met, in days."""
    return date.fromisoformat(completed) <= _last_day(
        clocks.REPAIR_CLOCK[priority], date.fromisoformat(reported)
    )


@lru_cache(4000)
def _last_day(key: str, reported: date) -> date:
    return promises.due(key, reported).due_date


def _due(done: CTE) -> ColumnElement[str | None]:
    """The due moment of a repair's clock; of one that was started twice the later start.

    Without a clock, as when it was brought in from elsewhere, by the target of the day it was reported: NULL for one
    that is not in hours.
    """
    key = case(dict(clocks.REPAIR_CLOCK), value=done.c.priority)
    kept = (
        select(func.substr(cast(Clock.due_at, String), 1, _SECONDS))
        .where(Clock.owner_id == done.c.id, ~Clock.deleted, Clock.key == key)
        .order_by(Clock.started_at.desc(), Clock.id.desc())
        .limit(1)
        .correlate(done)
        .scalar_subquery()
    )
    further = [
        (
            and_(
                done.c.priority == priority, done.c.day >= ("" if n == 0 else target.holds_from.isoformat())
            ),
            func.datetime(done.c.reported_at, f"+{target.amount} hours")
            if target.unit is promises.Unit.HOURS
            else null(),
        )
        for priority, name in clocks.REPAIR_CLOCK.items()
        for n, target in reversed(list(enumerate(promises.targets(name))))
    ]
    return func.coalesce(kept, case(*further, else_=null()))


def _place(done: CTE) -> ColumnElement[str]:
    """Rented or other by the tenancy of that day, in an empty home by the one before; else unknown."""
    begun, ended = cast(Tenancy.started_on, String), cast(Tenancy.ended_on, String)
    tenure = (
        select(case((Tenancy.kind.in_(RENTED), "rented"), else_="other"))
        .where(Tenancy.home_id == done.c.home_id, ~Tenancy.deleted, begun <= done.c.day)
        .order_by(or_(ended.is_(None), ended >= done.c.day).desc(), begun.desc(), Tenancy.id)
        .limit(1)
        .correlate(done)
        .scalar_subquery()
    )
    return case((done.c.home_id.is_(None), "communal"), else_=func.coalesce(tenure, "unknown"))


def _overdue(session: Session) -> Figure:
    late = repairs.count(session, repairs.Filter("overdue"))
    return Figure("overdue", "open repairs that are late now", late, repairs.count(session))


def _silent(session: Session) -> Figure:
    home = repairs.count(session) - repairs.count(session, repairs.Filter(also=frozenset({"communal"})))
    silent = repairs.count(session, repairs.Filter("silent"))
    return Figure("silent", "open repairs in homes where nobody was told anything for too long", silent, home)


def _first_time(
    session: Session, recalled: set[UUID], total: int, since: datetime, until: datetime
) -> Figure:
    """Done without a second job, without coming back, and without anyone saying that it was not fixed."""
    again = select(Job.repair_id).where(~Job.deleted, Job.kind.in_((JobKind.FOLLOW_ON, JobKind.RECALL)))
    unfixed = select(RepairFeedback.repair_id).where(~RepairFeedback.deleted, RepairFeedback.fixed.is_(False))
    asked = select(Repair.id).where(Repair.id.in_(union(again, unfixed)), *_completed(session, since, until))
    not_first = recalled.union(session.scalars(asked))
    return Figure("first_time", "repairs done right the first time", total - len(not_first), total)


def _recalled(session: Session, since: datetime, until: datetime) -> set[UUID]:
    """Those of the repairs that came back within the days of a recall."""
    again = aliased(Repair, name="again")
    came = select(again.recall_of).where(~again.deleted, again.recall_of.is_not(None))
    rows = session.execute(
        select(Repair.id, Repair.completed_at, again.reported_at)
        .join(again, again.recall_of == Repair.id)
        .where(~again.deleted, Repair.id.in_(came), *_completed(session, since, until))
    )
    return {
        first
        for first, ended, back in rows
        if ended is not None and back <= ended + repair_care.on(back.astimezone(LONDON).date()).recall
    }


def _answers(session: Session, since: datetime, until: datetime) -> list[int]:
    mine = exists().where(Repair.id == RepairFeedback.repair_id, ~Repair.deleted, seen(policy.actor(session)))
    rows = session.scalars(
        select(RepairFeedback.score).where(
            ~RepairFeedback.deleted,
            RepairFeedback.score.is_not(None),
            func.coalesce(RepairFeedback.answered_at, RepairFeedback.asked_at) >= since,
            func.coalesce(RepairFeedback.answered_at, RepairFeedback.asked_at) < until,
            mine,
        )
    )
    return [score for score in rows if score is not None]
