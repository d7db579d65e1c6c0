"""The figures of visits: who was seen within three years (H2), tries for a visit, starter tenancies (T1), follow-ups.

What fell due in the period is counted, whether it was done or not; nothing to divide by is "n/a". Whoever reads them
sees the visits themselves; what concerns somebody's safety, or became a case for named people, is in none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import FollowUpKind, ReviewOutcome, ReviewStage, TenancyKind, VisitStatus
from watmos_desktop.models.tables import (
    Adaptation,
    Estate,
    HazardCase,
    Referral,
    Repair,
    RestrictedCase,
    Tenancy,
    TenancyReview,
    Visit,
    VisitAttempt,
    VisitFollowUp,
)
from watmos_desktop.services import calendar, policy, promises, visit_rules, visits_forecast
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.due_days import HomeDue
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_figures import Figure, year_of
from watmos_desktop.services.visits_forecast import Forecast
from watmos_desktop.services.visits_sql import PLACES

FEW = 10  # of fewer a share says little: the number itself is said
_FINAL = (ReviewOutcome.CONVERT, ReviewOutcome.END)
# When a follow-up counts as done: the moment of the record it became that keeps what was promised at the door.
_DONE: Mapping[str, tuple[Any, Any]] = {
    "repair": (Repair, Repair.completed_at),
    "hazard_case": (HazardCase, HazardCase.investigated_at),
    "adaptation": (Adaptation, func.coalesce(Adaptation.assessed_at, Adaptation.fitted_at)),
    "referral": (Referral, Referral.closed_at),
    "visit": (Visit, Visit.completed_at),
}


@dataclass(frozen=True)
class EstateSeen:
    """The homes of an estate that somebody holds: ``seen`` in the last three years, ``late``, and in time but not yet.

    ``new`` homes were let less than three years ago and are not due before those are over.
    """

    id: UUID
    name: str
    homes: int
    seen: int
    late: int

    @property
    def new(self) -> int:
        """Homes in time that nobody has seen in the last three years."""
        return self.homes - self.seen - self.late

    @property
    def figure(self) -> Figure:
        """Homes whose visit is not late, of all."""
        return Figure("H2", f"homes of {self.name} in time", self.homes - self.late, self.homes)


@dataclass(frozen=True)
class VisitFigures:
    """The figures from one day to another, both included; ``estates`` and ``forecast`` as they stand today.

    ``completed`` visits were tried ``tries`` times in vain before; ``untold`` follow-ups have no record to tell by.
    """

    since: date
    until: date
    figures: tuple[Figure, ...]
    estates: tuple[EstateSeen, ...]
    completed: int
    tries: int
    untold: int
    forecast: Forecast

    @property
    def mean(self) -> float | None:
        """How often somebody went to a door for one completed visit: 1.0 is at once; None without a visit."""
        return (self.completed + self.tries) / self.completed if self.completed else None

    def figure(self, key: str) -> Figure:
        """The figure of that key."""
        return next(one for one in self.figures if one.key == key)


def said(one: Figure) -> str:
    """``94.3 %``; ``3 of 4`` where a share would say more than there is; ``n/a`` of nothing."""
    return f"{one.numerator} of {one.denominator}" if 0 < one.denominator < FEW else one.text


def get(session: Session, since: date | None = None, until: date | None = None) -> VisitFigures:
    """The figures of this person's estates from one day to another; by default of the reporting year so far.

    Raises NotAllowed, and Told at ``since`` when it is after ``until``.
    """
    policy.require(session, Action.SEE, "visit")
    today: date = session.info["clock"].now().astimezone(LONDON).date()
    until = until or today
    since = since or year_of(until)
    if since > until:
        raise Told("The first day comes after the last.", "Turn them round.", field="since")
    over = min(until, today - timedelta(days=1))  # what is owed today may still be done today
    estates = _estates(session, today)
    completed, at_once, tries = _doors(session, since, until)
    decisions, reviews = _starters(session, since, over)
    kept, promised, untold = _follow_ups(session, since, over)
    homes, late = sum(one.homes for one in estates), sum(one.late for one in estates)
    return VisitFigures(
        since,
        until,
        (
            Figure("H2", "homes whose visit within three years is not late", homes - late, homes),
            Figure("seen", "homes seen in the last three years", sum(one.seen for one in estates), homes),
            Figure("first_time", "visits done at the first knock", at_once, completed),
            _of("T1", "starter tenancies decided in time", decisions),
            _of("T1.reviews", "reviews of starter tenancies done by their day", reviews),
            Figure("follow_ups", "follow-ups done by the day told at the door", kept, promised),
        ),
        estates,
        completed,
        tries,
        untold,
        visits_forecast.forecast(session),
    )


def _of(key: str, words: str, kept: Iterable[bool]) -> Figure:
    found = list(kept)
    return Figure(key, words, sum(found), len(found))


def _estates(session: Session, today: date) -> tuple[EstateSeen, ...]:
    lately = calendar.months_after(today, -12 * _years()).isoformat()
    rows = session.execute(
        select(
            Estate.id,
            Estate.name,
            func.count(),
            func.sum(
                case(
                    (HomeDue.seen_on >= lately, case((HomeDue.due_on >= today.isoformat(), 1), else_=0)),
                    else_=0,
                )
            ),
            func.sum(case((HomeDue.due_on < today.isoformat(), 1), else_=0)),
        )
        .select_from(HomeDue.table)
        .join(Estate, Estate.id == HomeDue.estate_id)
        .where(policy.reach(policy.actor(session), PLACES))
        .group_by(Estate.id, Estate.name)
        .order_by(Estate.name, Estate.id)
    )
    return tuple(EstateSeen(*row) for row in rows)


def _years() -> int:
    (target,) = promises.targets("H2")[-1:]
    return target.amount


def _doors(session: Session, since: date, until: date) -> tuple[int, int, int]:
    """Visits completed in the period, those of them without a try in vain, and all the tries in vain."""
    tried = (
        select(func.count())
        .where(VisitAttempt.visit_id == Visit.id, ~VisitAttempt.deleted)
        .correlate(Visit)
        .scalar_subquery()
    )
    done = policy.scope(
        select(tried.label("tries")).where(
            Visit.status == VisitStatus.COMPLETED,
            ~Visit.deleted,
            Visit.completed_at >= _begins(since),
            Visit.completed_at < _begins(until + timedelta(days=1)),
        ),
        session,
        Visit,
    ).subquery()
    row = session.execute(
        select(func.count(), func.sum(case((done.c.tries == 0, 1), else_=0)), func.sum(done.c.tries))
    ).one()
    return row[0], row[1] or 0, row[2] or 0


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def _starters(session: Session, since: date, until: date) -> tuple[list[bool], list[bool]]:
    """Of each decision and each review that fell due in the period, whether it was made by its day (T1)."""
    reviewed = select(TenancyReview.tenancy_id).where(~TenancyReview.deleted)
    tenancies = session.execute(
        policy.scope(
            select(Tenancy.id, Tenancy.started_on, Tenancy.ended_on).where(
                ~Tenancy.deleted,
                or_(Tenancy.kind == TenancyKind.STARTER, Tenancy.id.in_(reviewed)),
                Tenancy.started_on >= calendar.months_after(since, -18),
            ),
            session,
            Tenancy,
        )
    ).all()
    rows = session.scalars(
        select(TenancyReview)
        .where(~TenancyReview.deleted, TenancyReview.tenancy_id.in_([one.id for one in tenancies]))
        .order_by(TenancyReview.made_at)
    )
    made: dict[UUID, list[TenancyReview]] = {}
    for row in rows:
        made.setdefault(row.tenancy_id, []).append(row)
    decisions, reviews = [], []
    for tenancy_id, started_on, ended_on in tenancies:
        last = min(until, ended_on) if ended_on else until
        known = made.get(tenancy_id, [])
        decisions += [kept for day, kept in _decided(started_on, known) if since <= day <= last]
        reviews += [kept for day, kept in _reviewed(started_on, known) if since <= day <= last]
    return decisions, reviews


def _decided(started_on: date, made: list[TenancyReview]) -> Iterator[tuple[date, bool]]:
    """The day of a decision and whether it was made by then; an extension has a day of its own."""
    due = visit_rules.decision_due(started_on, None)
    decided = [row for row in made if row.stage is ReviewStage.DECISION]
    yield due, any(_day(row.made_at) <= due for row in decided)
    for row in decided:
        if row.extended_to is not None:
            final = (one for one in decided if one.outcome in _FINAL)
            yield row.extended_to, any(_day(one.made_at) <= row.extended_to for one in final)


def _reviewed(started_on: date, made: list[TenancyReview]) -> Iterator[tuple[date, bool]]:
    for review in visit_rules.starter(started_on).reviews:
        due = review.due(started_on)
        yield due, any(row.stage is review.stage and _day(row.made_at) <= due for row in made)


def _day(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


def _follow_ups(session: Session, since: date, until: date) -> tuple[int, int, int]:
    """Follow-ups done by the day that was told, those that were to be, and those that no record can tell of."""
    mine = policy.scope(
        select(VisitFollowUp.record_table, VisitFollowUp.record_id, VisitFollowUp.promised_on)
        .join(Visit, Visit.id == VisitFollowUp.visit_id)
        .where(
            ~VisitFollowUp.deleted,
            VisitFollowUp.kind != FollowUpKind.SAFEGUARDING,
            VisitFollowUp.record_table != RestrictedCase.__tablename__,
            VisitFollowUp.left_out == "",
            VisitFollowUp.promised_on.between(since, until),
            Visit.status == VisitStatus.COMPLETED,
            ~Visit.deleted,
        ),
        session,
        VisitFollowUp,
    )
    by_table: dict[str, dict[UUID, date]] = {}
    untold = 0
    for table, record_id, promised_on in session.execute(mine):
        if record_id is None or promised_on is None or table not in _DONE:
            untold += 1
        else:
            # Two answers may have become one repair: it is promised once, for the sooner day.
            kept = by_table.setdefault(table, {})
            kept[record_id] = min(promised_on, kept.get(record_id, promised_on))
    done = sum(
        moment is not None and _day(moment) <= promised[record_id]
        for table, promised in by_table.items()
        for record_id, moment in _moments(session, table, promised)
    )
    return done, sum(len(one) for one in by_table.values()), untold


def _moments(session: Session, table: str, ids: Iterable[UUID]) -> Iterator[tuple[UUID, datetime | None]]:
    model, moment = _DONE[table]
    every = sorted(ids)
    for n in range(0, len(every), 500):
        part = every[n : n + 500]
        found = session.execute(select(model.id, moment).where(model.id.in_(part), ~model.deleted))
        yield from ((record_id, done) for record_id, done in found)
