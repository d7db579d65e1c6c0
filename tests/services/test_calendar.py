"""Working days, hours and months, against a hard-coded list, the library day by day, and naive counting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watmos_desktop.services import calendar
from watmos_desktop.services.clock import LONDON, SystemClock
from watmos_desktop.services.errors import Told

# England's bank holidays on weekdays, written down by hand from the published lists and the standing rules.
BANK_HOLIDAYS = {
    2024: ["1 1", "29 3", "1 4", "6 5", "27 5", "26 8", "25 12", "26 12"],
    2025: ["1 1", "18 4", "21 4", "5 5", "26 5", "25 8", "25 12", "26 12"],
    2026: ["1 1", "3 4", "6 4", "4 5", "25 5", "31 8", "25 12", "28 12"],
    2027: ["1 1", "26 3", "29 3", "3 5", "31 5", "30 8", "27 12", "28 12"],
    2028: ["3 1", "14 4", "17 4", "1 5", "29 5", "28 8", "25 12", "26 12"],
    2029: ["1 1", "30 3", "2 4", "7 5", "28 5", "27 8", "25 12", "26 12"],
}
DAYS = [calendar.FIRST + timedelta(n) for n in range((calendar.LAST - calendar.FIRST).days + 1)]

some_day = st.dates(calendar.FIRST, date(2035, 6, 30))
some_moment = st.builds(
    lambda seconds, zone: datetime.fromtimestamp(seconds, zone),
    st.integers(
        int(datetime(2015, 1, 2, tzinfo=UTC).timestamp()), int(datetime(2035, 6, 30, tzinfo=UTC).timestamp())
    ),
    st.sampled_from([UTC, LONDON]),
)


@pytest.mark.parametrize("year", BANK_HOLIDAYS)
def test_bank_holidays_of_england(year: int) -> None:
    closed = [d for d in DAYS if d.year == year and d.weekday() < 5 and not calendar.is_working_day(d)]
    assert [f"{d.day} {d.month}" for d in closed] == BANK_HOLIDAYS[year]


def test_every_day_agrees_with_the_library() -> None:
    england = holidays.country_holidays("GB", subdiv="ENG")
    assert [calendar.is_working_day(d) for d in DAYS] == [d.weekday() < 5 and d not in england for d in DAYS]


def naive(day: date, count: int) -> date:
    """One day at a time, over the library itself."""
    england = holidays.country_holidays("GB", subdiv="ENG", years=range(2015, 2036))
    while count:
        day += timedelta(1)
        count -= day.weekday() < 5 and day not in england
    return day


@settings(max_examples=60, deadline=None)
@given(some_day, st.integers(1, 60))
def test_the_nth_working_day_is_found_as_by_counting(day: date, count: int) -> None:
    assert calendar.working_days_after(day, count) == naive(day, count)


@given(some_day, some_day, st.integers(1, 60))
def test_a_later_start_is_never_due_earlier(one: date, other: date, count: int) -> None:
    first, second = sorted((one, other))
    assert calendar.working_days_after(first, count) <= calendar.working_days_after(second, count)


@given(some_day, st.integers(1, 60))
def test_counting_back_gives_the_count(day: date, count: int) -> None:
    due = calendar.working_days_after(day, count)
    assert calendar.is_working_day(due)
    assert calendar.working_days_between(day, due) == count
    assert calendar.working_days_between(due, day) == -count


@given(st.lists(some_day, max_size=20), st.integers(1, 30))
def test_many_at_once_are_as_one_by_one(days: list[date], count: int) -> None:
    assert calendar.working_days_after_each(days, count) == [
        calendar.working_days_after(day, count) for day in days
    ]


@given(some_day, st.integers(0, 60))
def test_months_keep_the_day_or_end_the_month(day: date, count: int) -> None:
    try:
        then = calendar.months_after(day, count)
    except Told:
        assert day.year * 12 + day.month - 1 + count >= 2036 * 12
        return
    assert (then.year - day.year) * 12 + then.month - day.month == count
    assert then.day == day.day or (then.day < day.day and (then + timedelta(1)).day == 1)


@given(some_moment, st.integers(1, 200))
def test_hours_are_elapsed_hours(moment: datetime, count: int) -> None:
    end = calendar.hours_after(moment, count)
    assert end.astimezone(UTC) - moment.astimezone(UTC) == timedelta(hours=count)
    assert end.tzinfo is LONDON


def test_hours_run_on_across_both_clock_changes() -> None:
    autumn = datetime(2026, 10, 24, 20, 0, tzinfo=LONDON)
    assert calendar.hours_after(autumn, 24).isoformat() == "2026-10-25T19:00:00+00:00"
    spring = datetime(2027, 3, 27, 12, 0, tzinfo=LONDON)
    assert calendar.hours_after(spring, 24).isoformat() == "2027-03-28T13:00:00+01:00"
    assert calendar.hours_after(date(2026, 10, 25), 24).isoformat() == "2026-10-25T23:00:00+00:00"


def test_the_day_is_londons_day() -> None:
    assert calendar.local_day(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == date(2026, 7, 2)
    assert calendar.local_day(datetime(2026, 11, 23, 23, 30, tzinfo=UTC)) == date(2026, 11, 23)
    assert calendar.local_day(datetime(2026, 11, 24, 1, 0, tzinfo=timezone(timedelta(hours=5)))) == date(
        2026, 11, 23
    )


def test_a_day_ends_with_its_own_offset() -> None:
    assert calendar.end_of_day(date(2026, 7, 2)).isoformat() == "2026-07-02T23:59:59+01:00"
    assert calendar.end_of_day(date(2026, 10, 25)).isoformat() == "2026-10-25T23:59:59+00:00"
    assert calendar.end_of_day(date(2027, 3, 28)).isoformat() == "2027-03-28T23:59:59+01:00"


def test_rolling_stays_on_a_working_day() -> None:
    assert calendar.working_day_from(date(2026, 12, 24)) == date(2026, 12, 24)
    assert calendar.working_day_from(date(2026, 12, 25)) == date(2026, 12, 29)
    assert calendar.working_day_from(calendar.FIRST) == date(2015, 1, 2)


def test_the_edges_of_what_is_known() -> None:
    assert not calendar.is_working_day(calendar.FIRST)
    assert calendar.working_days_after(calendar.FIRST, 1) == date(2015, 1, 2)
    assert calendar.working_days_after(date(2035, 12, 28), 1) == calendar.LAST
    assert calendar.days_after(date(2035, 12, 30), 1) == calendar.LAST
    assert calendar.months_after(date(2035, 11, 30), 1) == date(2035, 12, 30)


BEYOND = date(2036, 1, 1)
BEFORE = date(2014, 12, 31)


@pytest.mark.parametrize("day", [BEFORE, BEYOND, date.min, date.max])
def test_a_day_outside_is_refused(day: date) -> None:
    for ask in (calendar.known, calendar.local_day, calendar.is_working_day, calendar.working_day_from):
        with pytest.raises(Told, match="2015 to 2035"):
            ask(day)
    with pytest.raises(Told, match="2015 to 2035"):
        calendar.working_days_after(day, 1)
    with pytest.raises(Told, match="2015 to 2035"):
        calendar.working_days_between(day, date(2026, 11, 23))


def test_a_result_outside_is_refused() -> None:
    with pytest.raises(Told, match="2015 to 2035"):
        calendar.working_days_after(calendar.LAST, 1)
    with pytest.raises(Told, match="2015 to 2035"):
        calendar.days_after(calendar.LAST, 1)
    with pytest.raises(Told, match="2015 to 2035"):
        calendar.months_after(date(2035, 12, 1), 1)
    with pytest.raises(Told, match="2015 to 2035"):
        calendar.hours_after(datetime(2035, 12, 31, 12, 0, tzinfo=LONDON), 12)
    assert calendar.hours_after(datetime(2035, 12, 31, 11, 59, tzinfo=LONDON), 12).date() == calendar.LAST


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"])
def test_the_ends_of_time_are_refused_too(text: str) -> None:
    with pytest.raises(Told, match="2015 to 2035"):
        calendar.local_day(datetime.fromisoformat(text))


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(Told, match="offset"):
        calendar.local_day(datetime(2026, 11, 23, 10, 42))  # noqa: DTZ001


def test_day_0_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="day 1"):
        calendar.working_days_after(date(2026, 11, 23), 0)


def test_the_systems_clock_is_aware() -> None:
    now = SystemClock().now()
    assert now.tzinfo is LONDON
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
