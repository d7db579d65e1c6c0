"""Dates, deadlines and counts read as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watmos_desktop.services import wording
from watmos_desktop.services.calendar import end_of_day
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.wording import Deadline, Tone

NOW = datetime(2026, 11, 23, 10, 42, tzinfo=LONDON)  # a Monday
SATURDAY = datetime(2026, 11, 21, 10, 0, tzinfo=LONDON)


def test_dates() -> None:
    day = date(2026, 11, 3)
    assert wording.day(day) == "3 Nov 2026"
    assert wording.weekday(day) == "Tue 3 Nov"
    assert wording.long_day(day) == "Tuesday 3 November 2026"
    months = [wording.day(date(2026, month, 1))[2:5] for month in range(1, 13)]
    assert months == ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    days = [wording.weekday(date(2026, 11, 23 + n))[:3] for n in range(7)]
    assert days == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def test_moments_are_in_london() -> None:
    assert wording.moment(NOW) == "23 Nov 2026, 10:42"
    late_evening = datetime(2026, 7, 1, 23, 5, tzinfo=UTC)
    assert wording.moment(late_evening) == "2 Jul 2026, 00:05"
    assert wording.clock_time(late_evening) == "00:05"


def test_counts() -> None:
    assert wording.count(0, "defect") == "0 defects"
    assert wording.count(1, "defect") == "1 defect"
    assert wording.count(4, "defect") == "4 defects"
    assert wording.count(2, "person", "people") == "2 people"
    assert wording.count(1, "person", "people") == "1 person"
    assert wording.count(12_345, "home") == "12,345 homes"


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(hours=2, minutes=10, seconds=59), Deadline("2 h 10 min left", Tone.BAD)),
        (timedelta(hours=4), Deadline("4 h left", Tone.BAD)),
        (timedelta(hours=4, minutes=1), Deadline("4 h 1 min left", Tone.WARN)),
        (timedelta(minutes=9), Deadline("9 min left", Tone.BAD)),
        (timedelta(seconds=20), Deadline("Less than 1 min left", Tone.BAD)),
        (timedelta(0), Deadline("Less than 1 min left", Tone.BAD)),
        (timedelta(hours=24), Deadline("1 day left", Tone.WARN)),
        (timedelta(hours=71, minutes=59), Deadline("2 days 23 h left", Tone.OK)),
        (timedelta(days=1, minutes=5), Deadline("1 day left", Tone.OK)),
        (timedelta(seconds=-20), Deadline("Less than 1 min late", Tone.BAD)),
        (timedelta(hours=-3, minutes=-5), Deadline("3 h 5 min late", Tone.BAD)),
        (timedelta(days=-2), Deadline("2 days late", Tone.BAD)),
    ],
)
def test_deadlines_in_hours(left: timedelta, expected: Deadline) -> None:
    assert wording.until(NOW + left, NOW, hours=True) == expected


def test_hours_left_are_elapsed_hours_across_a_clock_change() -> None:
    now = datetime(2026, 10, 24, 22, 0, tzinfo=LONDON)
    due = datetime(2026, 10, 25, 4, 0, tzinfo=LONDON)
    assert wording.until(due, now, hours=True).text == "7 h left"


@pytest.mark.parametrize(
    ("due", "now", "expected"),
    [
        (date(2026, 11, 23), NOW, Deadline("Due today", Tone.WARN)),
        (date(2026, 11, 24), NOW, Deadline("Tomorrow", Tone.WARN)),
        (date(2026, 11, 26), NOW, Deadline("Due Thu 26 Nov", Tone.OK)),
        (date(2026, 11, 27), NOW, Deadline("In 4 working days", Tone.OK)),
        (date(2026, 12, 8), NOW, Deadline("In 11 working days", Tone.OK)),
        (date(2028, 11, 23), NOW, Deadline("Due 23 Nov 2028", Tone.OK)),
        (date(2026, 11, 22), SATURDAY, Deadline("Tomorrow", Tone.WARN)),
        (date(2026, 11, 23), SATURDAY, Deadline("Due Mon 23 Nov", Tone.WARN)),
        (date(2026, 11, 20), SATURDAY, Deadline("Late since Fri 20 Nov", Tone.BAD)),
        (date(2026, 11, 20), NOW, Deadline("1 working day late", Tone.BAD)),
        (date(2026, 11, 18), NOW, Deadline("3 working days late", Tone.BAD)),
    ],
)
def test_deadlines_in_days(due: date, now: datetime, expected: Deadline) -> None:
    assert wording.until(end_of_day(due), now, hours=False) == expected


def test_the_last_second_of_the_due_day_is_in_time() -> None:
    due = end_of_day(date(2026, 11, 23))
    assert wording.until(due, due, hours=False).text == "Due today"
    assert wording.until(due, due + timedelta(seconds=1), hours=False).tone is Tone.BAD


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(LONDON)), st.booleans())  # noqa: DTZ001
def test_late_is_said_when_and_only_when_it_is_late(now: datetime, hours: bool) -> None:
    due = end_of_day(date(2026, 11, 23))
    said = wording.until(due, now, hours=hours)
    assert ("late" in said.text.lower()) == (
        now.astimezone(UTC) >= due.astimezone(UTC) + timedelta(seconds=1)
    )


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(seconds=5), "Just now"),
        (timedelta(minutes=5, seconds=50), "5 min ago"),
        (timedelta(hours=2, minutes=59), "2 h ago"),
        (timedelta(hours=12), "Yesterday, 22:42"),
        (timedelta(days=2), "21 Nov 2026, 10:42"),
        (timedelta(minutes=-5), "23 Nov 2026, 10:47"),
    ],
)
def test_how_long_ago(passed: timedelta, expected: str) -> None:
    assert wording.ago(NOW - passed, NOW) == expected
