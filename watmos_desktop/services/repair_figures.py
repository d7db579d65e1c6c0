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
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from watmos_desktop.models.kinds import JobKind, Priority, RepairStatus, TenancyKind
from watmos_desktop.models.tables import Clock, Job, Repair, RepairFeedback, Tenancy
from watmos_desktop.services import clocks, policy, promises, repair_care, repairs
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_listing import seen

RENTED = frozenset({TenancyKind.STARTER, TenancyKind.ASSURED, TenancyKind.SECURE})
HAPPY = 4  # of 5
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
class _Done:
    """A completed repair: where it lies (rented, other, unknown, communal) and whether its target was met."""

    id: UUID
    emergency: bool
    place: str
    in_time: bool


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
            _first_time(session, done),
            Figure("recalls", "done repairs that came back within 28 days", len(_recalled(session, done)), len(done)),
            Figure("satisfied", "answers of 4 or 5 out of 5", sum(one >= HAPPY for one in answers), len(answers)),
            _silent(session),
        ),
        sum(answers) / len(answers) if answers else None,
        sum(one.place == "unknown" for one in done),
    )  # fmt: skip


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def _in_time(key: str, words: str, done: Iterable[_Done], place: str, *, urgent: bool) -> Figure:
    counted = [one for one in done if one.place == place and one.emergency is urgent]
    return Figure(key, words, sum(one.in_time for one in counted), len(counted))


def _completed(session: Session, since: datetime, until: datetime) -> tuple[Any, ...]:
    return (
        Repair.status == RepairStatus.COMPLETED,
        ~Repair.deleted,
        Repair.completed_at >= since,
        Repair.completed_at < until,
        seen(policy.actor(session)),
    )


def _done(session: Session, since: datetime, until: datetime) -> list[_Done]:
    columns = (Repair.id, Repair.home_id, Repair.priority, Repair.reported_at, Repair.completed_at)
    rows = session.execute(select(*columns).where(*_completed(session, since, until))).all()
    targets = _targets(session, since, until)
    held = _held(session)
    found = []
    for row in rows:
        key = clocks.REPAIR_CLOCK[row.priority]
        due = targets.get((row.id, key)) or promises.due(key, row.reported_at).due_at
        place = "communal" if row.home_id is None else _tenure(held.get(row.home_id, ()), row.reported_at)
        in_time = row.completed_at.replace(microsecond=0) <= due  # a due day ends at 23:59:59
        found.append(_Done(row.id, row.priority is Priority.EMERGENCY, place, in_time))
    return found


def _targets(session: Session, since: datetime, until: datetime) -> dict[tuple[UUID, str], datetime]:
    """The due moment of each repair's clock by key; of one that was started twice the later start."""
    rows = session.execute(
        select(Clock.owner_id, Clock.key, Clock.due_at)
        .join(Repair, Repair.id == Clock.owner_id)
        .where(
            ~Clock.deleted,
            Clock.key.in_(clocks.REPAIR_CLOCK.values()),
            *_completed(session, since, until),
        )
        .order_by(Clock.started_at, Clock.id)
    )
    return {(owner, key): due for owner, key, due in rows}


def _held(session: Session) -> dict[UUID, list[tuple[date, date | None, TenancyKind]]]:
    columns = (Tenancy.home_id, Tenancy.started_on, Tenancy.ended_on, Tenancy.kind)
    found: dict[UUID, list[tuple[date, date | None, TenancyKind]]] = {}
    for home, start, end, kind in session.execute(select(*columns).where(~Tenancy.deleted)):
        found.setdefault(home, []).append((start, end, kind))
    return found


def _tenure(held: Iterable[tuple[date, date | None, TenancyKind]], reported_at: datetime) -> str:
    """Rented or other by the tenancy of that day, in an empty home by the one before; else unknown."""
    day = reported_at.astimezone(LONDON).date()
    before = [one for one in held if one[0] <= day]
    if not before:
        return "unknown"
    here = [one for one in before if one[1] is None or one[1] >= day] or before
    return "rented" if max(here, key=lambda one: one[0])[2] in RENTED else "other"


def _overdue(session: Session) -> Figure:
    late = repairs.count(session, repairs.Filter("overdue"))
    return Figure("overdue", "open repairs that are late now", late, repairs.count(session))


def _silent(session: Session) -> Figure:
    home = repairs.count(session) - repairs.count(session, repairs.Filter(also=frozenset({"communal"})))
    silent = repairs.count(session, repairs.Filter("silent"))
    return Figure("silent", "open repairs in homes where nobody was told anything for too long", silent, home)


def _first_time(session: Session, done: list[_Done]) -> Figure:
    """Done without a second job, without coming back, and without anyone saying that it was not fixed."""
    again = select(Job.repair_id).where(~Job.deleted, Job.kind.in_((JobKind.FOLLOW_ON, JobKind.RECALL)))
    unfixed = select(RepairFeedback.repair_id).where(~RepairFeedback.deleted, RepairFeedback.fixed.is_(False))
    not_first = {*session.scalars(again), *session.scalars(unfixed)} | _recalled(session, done)
    first = sum(one.id not in not_first for one in done)
    return Figure("first_time", "repairs done right the first time", first, len(done))


def _recalled(session: Session, done: list[_Done]) -> set[UUID]:
    """Those of the repairs that came back within the days of a recall."""
    earlier = aliased(Repair, name="earlier")
    rows = session.execute(
        select(earlier.id, earlier.completed_at, Repair.reported_at)
        .select_from(Repair)
        .join(earlier, and_(earlier.id == Repair.recall_of, earlier.completed_at.is_not(None)))
        .where(~Repair.deleted, Repair.recall_of.is_not(None))
    )
    known = {one.id for one in done}
    return {
        first
        for first, ended, again in rows
        if first in known
        and ended is not None
        and again <= ended + repair_care.on(again.astimezone(LONDON).date()).recall
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
