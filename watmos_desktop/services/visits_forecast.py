"""Will everyone be seen in time? The homes that fall due month by month, held against the pace of late (H2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import VisitStatus
from watmos_desktop.models.tables import Visit
from watmos_desktop.services import calendar, policy, visit_rules, wording
from watmos_desktop.services.due_days import HomeDue
from watmos_desktop.services.policy import Action
from watmos_desktop.services.visits_sql import PLACES
from watmos_desktop.services.wording import Deadline, Tone

MONTHS = 36
_WEEKS_A_MONTH = 52.18 / 12


@dataclass(frozen=True)
class Month:
    """How many homes fall due in a month; ``first`` is its first day."""

    first: date
    due: int


@dataclass(frozen=True)
class Forecast:
    """``pace`` is homes seen a week lately, ``needed`` what would see everybody in time, both rounded up.

    ``worst`` homes will be late at once at that pace, in the month of ``worst_on``.
    """

    homes: int
    late: int
    months: tuple[Month, ...]
    pace: float
    needed: int
    worst: int
    worst_on: date | None

    @property
    def words(self) -> Deadline:
        """``At 21 visits a week everyone is seen in time.``, or who will not be, and what pace would do."""
        if not self.homes:
            return Deadline("No home here is held by anybody yet.", Tone.INFO)
        pace = wording.count(round(self.pace), "visit")
        if self.worst_on is None:
            return Deadline(f"At today's pace of {pace} a week everyone is seen in time.", Tone.OK)
        if self.worst <= self.late:
            late = wording.count(self.late, "home is late", "homes are late")
            return Deadline(
                f"{late}. At today's pace of {pace} a week they are seen and nobody else falls late.",
                Tone.WARN,
            )
        when = wording.day(self.worst_on).split(" ", 1)[1]
        enough = f"{self.needed} a week" if self.needed > round(self.pace) else "a little more than that"
        return Deadline(
            f"At today's pace of {pace} a week {wording.count(self.worst, 'home')} will be late by {when}; "
            f"{enough} would do.",
            Tone.BAD,
        )


def forecast(session: Session) -> Forecast:
    """The due curve of the next 36 months on this person's estates, and whether today's pace keeps up with it."""
    person = policy.require(session, Action.SEE, "visit")
    today: date = session.info["clock"].now().date()
    here = policy.reach(person, PLACES)
    month = func.substr(HomeDue.due_on, 1, 7)
    counted = session.execute(select(month, func.count()).where(here).group_by(month))
    rows: dict[str, int] = {row[0]: row[1] for row in counted}
    late = session.scalar(select(func.count()).where(here, HomeDue.due_on < today.isoformat())) or 0
    first = today.replace(day=1)
    months = []
    for n in range(MONTHS):
        begins = calendar.months_after(first, n)
        months.append(Month(begins, rows.get(f"{begins:%Y-%m}", 0)))
    months[0] = Month(first, max(0, months[0].due - _late_this_month(session, here, today)))
    pace = _pace(session, today)
    needed, worst, worst_on = _held_against(months, late, pace, today)
    return Forecast(sum(rows.values()), late, tuple(months), pace, needed, worst, worst_on)


def a_month(found: Forecast) -> float:
    """How many homes are seen in a month at the pace of late."""
    return found.pace * _WEEKS_A_MONTH


def _late_this_month(session: Session, here: object, today: date) -> int:
    days = (HomeDue.due_on >= today.replace(day=1).isoformat(), HomeDue.due_on < today.isoformat())
    return session.scalar(select(func.count()).where(here, *days)) or 0  # type: ignore[arg-type]


def _pace(session: Session, today: date) -> float:
    """Homes seen a week in the last weeks (``visit_rules``), each once."""
    rules = visit_rules.visits()
    since = datetime.combine(today - timedelta(weeks=rules.pace_weeks), time.min, UTC)
    seen = select(func.count(Visit.home_id.distinct())).where(
        Visit.status == VisitStatus.COMPLETED,
        Visit.kind.in_(rules.seen),
        Visit.completed_at >= since,
        ~Visit.deleted,
    )
    return (session.scalar(policy.scope(seen, session, Visit)) or 0) / rules.pace_weeks


def _held_against(months: list[Month], late: int, pace: float, today: date) -> tuple[int, int, date | None]:
    """What pace would do, and the most homes late at once at today's; those late already may be so for a quarter."""
    owed, needed, worst, worst_on = late, 0, 0, None
    for n, month in enumerate(months, 1):
        owed += month.due
        ends = calendar.months_after(month.first, 1)
        weeks = max(1.0, (ends - today).days / 7)
        if n > 2:  # a backlog is not cleared in a day
            needed = max(needed, ceil(owed / weeks))
        behind = ceil(owed - pace * weeks)
        if behind > worst:
            worst, worst_on = behind, month.first
    return needed, worst, worst_on
