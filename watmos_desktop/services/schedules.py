"""When the next inspection is due: pure date rules (promise N1). docs/decisions/0007 says why.

A schedule is a row of *occasions*: the start date, and from there one every so many weeks or months, always
counted from the start (31 Jan is followed by 28 Feb, and that by 31 Mar). An inspection signed in the last
quarter before an occasion counts for it: early work is not punished. A late one counts for the occasion it is
late for and leaves the next where it was: one late walk does not shift all later ones. A *strict* cadence
(safety checks) adds that no more than one interval may pass between two inspections.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often: every ``weeks`` (1-52) or every ``months`` (1-12), one of the two; else ValueError."""

    weeks: int = 0
    months: int = 0
    strict: bool = False

    def __post_init__(self) -> None:
        if (self.weeks > 0) == (self.months > 0) or not (0 <= self.weeks <= 52 and 0 <= self.months <= 12):
            raise ValueError("a cadence is 1 to 52 weeks or 1 to 12 months")

    def __str__(self) -> str:
        """In words: ``every week``, ``every 3 months``, ``every year``."""
        if self.months == 12:
            return "every year"
        number, unit = (self.weeks, "week") if self.weeks else (self.months, "month")
        return f"every {unit}" if number == 1 else f"every {number} {unit}s"

    def after(self, start: date, times: int = 1) -> date:
        """``start`` and so many intervals; a month without that day gives its last day."""
        if self.weeks:
            return start + timedelta(weeks=self.weeks * times)
        months = start.year * 12 + start.month - 1 + self.months * times
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(start.day, monthrange(year, month)[1]))


class DueState(StrEnum):
    """How an inspection stands today; ``soon`` means that signing one today would count for it."""

    OVERDUE = "overdue"
    TODAY = "due_today"
    SOON = "soon"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Due:
    """``due``: the date to keep; ``days``: to go (negative: late); ``following``: next if signed today."""

    due: date
    state: DueState
    days: int
    following: date

    @property
    def words(self) -> str:
        """``3 days late``, ``Due today``, ``Due tomorrow``, ``In 11 days``."""
        if self.days < 0:
            return "1 day late" if self.days == -1 else f"{-self.days} days late"
        return {0: "Due today", 1: "Due tomorrow"}.get(self.days, f"In {self.days} days")


@dataclass(frozen=True, slots=True)
class Regularity:
    """Promise N1 measured: of the occasions whose time is over, how many were kept, kept late, or missed."""

    occasions: int
    on_time: int
    late: int

    @property
    def missed(self) -> int:
        """Occasions with no inspection at all."""
        return self.occasions - self.on_time - self.late


def due_after(cadence: Cadence, start: date, last: date | None) -> date:
    """The due date after an inspection signed on ``last``; without one ``start``, the first occasion."""
    if last is None:
        return start
    occasion = next(due for opens, due in _occasions(cadence, start, last) if opens > last)
    return min(occasion, cadence.after(last)) if cadence.strict else occasion


def due(cadence: Cadence, start: date, last: date | None, today: date) -> Due:
    """How the next inspection stands on ``today``; ``last`` is the day the newest was signed, if any."""
    day = due_after(cadence, start, last)
    left = (day - today).days
    if left < 0:
        state = DueState.OVERDUE
    elif left == 0:
        state = DueState.TODAY
    else:
        state = DueState.SOON if left <= _early_days(cadence, day) else DueState.LATER
    return Due(day, state, left, due_after(cadence, start, today))


def regularity(cadence: Cadence, start: date, signed: Iterable[date], until: date) -> Regularity:
    """How the occasions from ``start`` to before ``until`` were kept; one inspection serves one occasion.

    An occasion is judged once its due day is over; until it is done late, it counts as missed.
    """
    days = sorted(signed)
    occasions = on_time = late = 0
    steps = _occasions(cadence, start, start)
    opens, day = next(steps)
    while day < until:
        closes, following = next(steps)
        first = next((one for one in days if opens <= one < closes), None)
        occasions += 1
        on_time += first is not None and first <= day
        late += first is not None and first > day
        opens, day = closes, following
    return Regularity(occasions, on_time, late)


def _occasions(cadence: Cadence, start: date, around: date) -> Iterator[tuple[date, date]]:
    """(first day that counts for it, due date) of the occasions; only ones due by ``around`` are left out."""
    if cadence.weeks:
        passed = (around - start).days // (7 * cadence.weeks)
    else:
        passed = ((around.year - start.year) * 12 + around.month - start.month) // cadence.months
    times = max(0, passed)
    while True:
        day = cadence.after(start, times)
        yield day - timedelta(days=_early_days(cadence, day)), day
        times += 1


def _early_days(cadence: Cadence, day: date) -> int:
    """How many days before ``day`` an inspection counts for it: a quarter of the interval that ends there."""
    return (day - cadence.after(day, -1)).days // 4
