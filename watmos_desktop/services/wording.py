"""Dates, deadlines and counts in plain English, for screen and paper alike; never by the machine's locale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from watmos_desktop.services import calendar
from watmos_desktop.services.clock import LONDON

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

ACT_NOW = timedelta(hours=4)
SOON = timedelta(hours=24)
# Near deadlines are easier to hold as a weekday, middling ones as a number, far ones as a date.
WEEKDAY_WITHIN = 3
NUMBER_WITHIN = 60


class Tone(StrEnum):
    """How a thing stands; the theme gives each its colour, shape and soft ground."""

    BAD = "bad"
    WARN = "warn"
    OK = "ok"
    INFO = "info"


@dataclass(frozen=True)
class Deadline:
    """A deadline in words and how it stands."""

    text: str
    tone: Tone


def day(when: date) -> str:
    """``23 Nov 2026``."""
    return f"{when.day} {_MONTHS[when.month - 1][:3]} {when.year}"


def weekday(when: date) -> str:
    """``Mon 23 Nov``."""
    return f"{_DAYS[when.weekday()][:3]} {when.day} {_MONTHS[when.month - 1][:3]}"


def long_day(when: date) -> str:
    """``Monday 23 November 2026``."""
    return f"{_DAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]} {when.year}"


def clock_time(when: datetime) -> str:
    """``10:42``, in Europe/London."""
    local = when.astimezone(LONDON)
    return f"{local.hour:02}:{local.minute:02}"  # strftime costs ten times as much beside Qt: it imports each time


def moment(when: datetime) -> str:
    """``23 Nov 2026, 10:42``, in Europe/London."""
    return f"{day(when.astimezone(LONDON))}, {clock_time(when)}"


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 defect``, ``4 defects``, ``1,200 homes``; give the plural where it is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def until(due_at: datetime, now: datetime, *, hours: bool) -> Deadline:
    """How a deadline stands now; ``hours`` for a clock of elapsed hours, else it runs to the end of a day."""
    return _until_moment(_elapsed(now, due_at)) if hours else _until_day(due_at, now)


def ago(then: datetime, now: datetime) -> str:
    """``Just now``, ``5 min ago``, ``2 h ago``, ``Yesterday, 10:42``, ``23 Nov 2026, 10:42``."""
    passed = _elapsed(then, now)
    days = (now.astimezone(LONDON).date() - then.astimezone(LONDON).date()).days
    if passed < timedelta(0) or days > 1:
        return moment(then)
    if days == 1:
        return f"Yesterday, {clock_time(then)}"
    if passed < timedelta(minutes=1):
        return "Just now"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} min ago"
    return f"{passed // timedelta(hours=1)} h ago"


def _until_moment(left: timedelta) -> Deadline:
    if left < timedelta(0):
        return Deadline(f"{_span(-left)} late", Tone.BAD)
    tone = Tone.BAD if left <= ACT_NOW else Tone.WARN if left <= SOON else Tone.OK
    return Deadline(f"{_span(left)} left", tone)


def _until_day(due_at: datetime, now: datetime) -> Deadline:
    due, today = calendar.local_day(due_at), calendar.local_day(now)
    working = calendar.working_days_between(today, due)
    if due < today:
        # Over a weekend no working day has passed yet, and still it is late.
        late = f"{count(-working, 'working day')} late" if working else f"Late since {weekday(due)}"
        return Deadline(late, Tone.BAD)
    if due == today:
        return Deadline("Due today", Tone.WARN)
    if due == today + timedelta(days=1):
        return Deadline("Tomorrow", Tone.WARN)
    if working <= WEEKDAY_WITHIN:
        return Deadline(f"Due {weekday(due)}", Tone.WARN if working <= 1 else Tone.OK)
    if working <= NUMBER_WITHIN:
        return Deadline(f"In {count(working, 'working day')}", Tone.OK)
    return Deadline(f"Due {day(due)}", Tone.OK)


def _elapsed(start: datetime, end: datetime) -> timedelta:
    """Times of one zone subtract as clocks on the wall do: an hour wrong when those have changed between."""
    return end.astimezone(UTC) - start.astimezone(UTC)


def _span(length: timedelta) -> str:
    """Two units at most, cut down to whole minutes so that no one is promised more time than there is."""
    minutes = length // timedelta(minutes=1)
    if minutes < 1:
        return "Less than 1 min"
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, count(days, "day")), (hours, f"{hours} h"), (minutes, f"{minutes} min")]
    first = next(place for place, (amount, _) in enumerate(parts) if amount)
    return " ".join(text for amount, text in parts[first : first + 2] if amount)
