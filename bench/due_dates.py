"""100,000 due dates in plain Python beside numpy's busday_offset on arrays, and the calendar day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import holidays
import numpy as np

from bench import Row, beside
from watmos_desktop.services import calendar

COUNT = 100_000
WORKING_DAYS = 25


def run() -> Iterator[Row]:
    england = holidays.country_holidays(
        "GB", subdiv="ENG", years=range(calendar.FIRST.year, calendar.LAST.year + 1)
    )
    days = [calendar.FIRST + timedelta(n) for n in range((calendar.LAST - calendar.FIRST).days + 1)]
    same = sum(calendar.is_working_day(d) == (d.weekday() < 5 and d not in england) for d in days)
    yield agreement("days of 2015-2035 as `holidays` has them", same, len(days))

    random = Random(7)
    starts = [calendar.FIRST + timedelta(random.randrange(20 * 365)) for _ in range(COUNT)]
    array = np.array(starts, dtype="datetime64[D]")
    working_week = np.busdaycalendar(holidays=sorted(england))

    def plain() -> list[date]:
        return calendar.working_days_after_each(starts, WORKING_DAYS)

    def arrays() -> object:
        return np.busday_offset(array, WORKING_DAYS, roll="backward", busdaycal=working_week)

    same = sum(a == b for a, b in zip(plain(), np.asarray(arrays()).tolist(), strict=True))
    yield agreement("due dates as numpy has them", same, COUNT)
    yield beside("100,000 due dates / numpy busday_offset", plain, arrays, at_most=2)


def agreement(name: str, same: int, of: int) -> Row:
    return Row(name, f"{same:,}", f"{of:,}", None, "all", same == of)
