"""How the clocks count: working days in England, elapsed hours, month arithmetic, Europe/London.

The rules and their reasons: docs/decisions/0003. Days outside FIRST to LAST are refused, never guessed.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told

FIRST = date(2015, 1, 1)
LAST = date(2035, 12, 31)


def known(day: date) -> date:
    """The same day; raises Told when no bank holidays are known for its year."""
    if FIRST <= day <= LAST:
        return day
    raise _outside()


def local_day(start: date | datetime) -> date:
    """The day in Europe/London on which something happened; raises Told for a time without an offset."""
    if not isinstance(start, datetime):
        return known(start)
    return known(_local(start).date())


def is_working_day(day: date) -> bool:
    """Monday to Friday and no bank holiday in England."""
    places, working, _ = _table()
    return working[places[known(day)]] == day


def bank_holiday(day: date) -> str:
    """The name of the bank holiday in England on that day, ``Christmas Day``; "" for any other day."""
    _, _, names = _table()
    return names.get(known(day), "")


def working_days_after(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``, which is itself day 0, working or not; ``count`` >= 1."""
    return working_days_after_each((day,), count)[0]


def working_days_after_each(days: Iterable[date], count: int) -> list[date]:
    """`working_days_after` for many days at once: 100,000 in about 10 ms."""
    if count < 1:
        raise ValueError("day 1 is the first that can be asked for")
    places, working, _ = _table()
    try:
        return [working[places[day] + count] for day in days]
    except LookupError:
        raise _outside() from None


def working_days_between(earlier: date, later: date) -> int:
    """How many working days there are after ``earlier``, up to and with ``later``; negative when swapped."""
    places, _, _ = _table()
    return places[known(later)] - places[known(earlier)]


def working_day_from(day: date) -> date:
    """The day itself when it is a working day, else the next one."""
    return day if is_working_day(day) else working_days_after(day, 1)


def months_after(day: date, count: int) -> date:
    """The corresponding day ``count`` months on, or that month's last day: 29 Feb 2024 + 36 = 28 Feb 2027."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return known(date(year, month + 1, min(day.day, last)))


def days_after(day: date, count: int) -> date:
    """The day ``count`` calendar days on."""
    return known(day + timedelta(days=count))


def hours_after(start: date | datetime, count: int) -> datetime:
    """The moment ``count`` elapsed hours on, in Europe/London; a bare date starts with its local midnight."""
    if not isinstance(start, datetime):
        start = datetime.combine(start, time.min, LONDON)
    end = (start.astimezone(UTC) + timedelta(hours=count)).astimezone(LONDON)
    known(end.date())
    return end


def end_of_day(day: date) -> datetime:
    """The last second of a day in Europe/London: whatever is done on the due day is in time."""
    return datetime.combine(day, time(23, 59, 59), LONDON)


def _local(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise Told(
            "That time does not say its offset from UTC.",
            "Give it as 2026-11-23T10:42+00:00, or with Z.",
            field="start",
        )
    try:
        return moment.astimezone(LONDON)
    except OverflowError:
        raise _outside() from None


def _outside() -> Told:
    return Told(
        f"That runs outside {FIRST.year} to {LAST.year}, the years whose working days are known.",
        "Check the year.",
        field="start",
    )


@cache
def _table() -> tuple[dict[date, int], list[date], dict[date, str]]:
    """For each known day the place, in the list of working days, of the last one not after it; bank holidays by name.

    Made once, at first use, in some 0.3 s, nearly all of it the import of ``holidays``: so anything here
    is best called once off the UI thread before a page needs it. The first day, a bank holiday, has place -1.
    """
    import holidays

    # Without the subdivision Easter Monday and the August bank holiday are missing.
    bank = holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST.year, LAST.year + 1))
    places: dict[date, int] = {}
    working: list[date] = []
    for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if day.weekday() < calendar.SATURDAY and day not in bank:
            working.append(day)
        places[day] = len(working) - 1
    return places, working, dict(bank)
