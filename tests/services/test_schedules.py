"""When the next inspection is due: early is not punished, late does not shift the rest (promise N1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watmos_desktop.services.schedules import Cadence, DueState, Regularity, due, due_after, regularity

WEEKLY, MONTHLY, QUARTERLY = Cadence(weeks=1), Cadence(months=1), Cadence(months=3)
STRICT = Cadence(months=3, strict=True)
START = date(2026, 1, 5)

cadences = st.one_of(
    st.builds(Cadence, weeks=st.integers(1, 52), strict=st.booleans()),
    st.builds(Cadence, months=st.integers(1, 12), strict=st.booleans()),
)
starts = st.dates(date(2020, 1, 1), date(2027, 12, 31))
days = st.dates(date(2020, 1, 1), date(2031, 12, 31))


def _early(cadence: Cadence, day: date) -> timedelta:
    return (day - cadence.after(day, -1)) // 4


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, date(2026, 1, 5)),
        (date(2025, 6, 1), date(2026, 1, 5)),  # before there was a schedule
        (date(2026, 1, 5), date(2026, 2, 5)),  # on the day
        (date(2026, 1, 29), date(2026, 3, 5)),  # seven days early: counts for 5 February
        (date(2026, 1, 28), date(2026, 2, 5)),  # eight days early: an extra one, the next stays where it was
        (date(2026, 2, 20), date(2026, 3, 5)),  # two weeks late: the next stays where it was
        (date(2026, 2, 27), date(2026, 4, 5)),  # so late that it is March's: February's was missed
    ],
)
def test_a_monthly_walk_from_5_january(last: date | None, expected: date) -> None:
    assert due_after(MONTHLY, START, last) == expected


def test_month_ends_clamp_and_come_back() -> None:
    start = date(2024, 1, 31)
    found = [start]
    while len(found) < 5:
        found.append(due_after(MONTHLY, start, found[-1]))
    assert found == [start, date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30), date(2024, 5, 31)]
    assert Cadence(months=12).after(date(2024, 2, 29)) == date(2025, 2, 28)
    assert Cadence(months=12).after(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_a_strict_cadence_never_lets_an_interval_pass() -> None:
    early = date(2026, 3, 20)  # 5 April was due
    assert due_after(QUARTERLY, START, early) == date(2026, 7, 5)
    assert due_after(STRICT, START, early) == date(2026, 6, 20)
    late = date(2026, 4, 25)
    assert due_after(QUARTERLY, START, late) == due_after(STRICT, START, late) == date(2026, 7, 5)


@pytest.mark.parametrize(
    ("today", "state", "words"),
    [
        (date(2026, 1, 20), DueState.LATER, "In 16 days"),
        (date(2026, 1, 28), DueState.LATER, "In 8 days"),
        (date(2026, 1, 29), DueState.SOON, "In 7 days"),
        (date(2026, 2, 4), DueState.SOON, "Due tomorrow"),
        (date(2026, 2, 5), DueState.TODAY, "Due today"),
        (date(2026, 2, 6), DueState.OVERDUE, "1 day late"),
        (date(2026, 2, 16), DueState.OVERDUE, "11 days late"),
    ],
)
def test_how_it_stands_in_words(today: date, state: DueState, words: str) -> None:
    standing = due(MONTHLY, START, START, today)
    assert (standing.due, standing.state, standing.words) == (date(2026, 2, 5), state, words)


def test_what_follows_if_it_is_signed_today() -> None:
    assert due(MONTHLY, START, START, date(2026, 2, 5)).following == date(2026, 3, 5)
    assert due(MONTHLY, START, START, date(2026, 1, 20)).following == date(2026, 2, 5)


def test_cadences_speak() -> None:
    said = [
        str(Cadence(weeks=1)),
        str(Cadence(weeks=2)),
        str(MONTHLY),
        str(QUARTERLY),
        str(Cadence(months=12)),
    ]
    assert said == ["every week", "every 2 weeks", "every month", "every 3 months", "every year"]


@pytest.mark.parametrize(("weeks", "months"), [(0, 0), (1, 1), (-1, 0), (53, 0), (0, 13), (-1, 3)])
def test_no_other_cadence_exists(weeks: int, months: int) -> None:
    with pytest.raises(ValueError, match="a cadence is"):
        Cadence(weeks, months)


@given(cadences, starts, days, st.integers(0, 400))
def test_inspecting_sooner_or_later_never_brings_the_next_forward(
    cadence: Cadence, start: date, last: date, more: int
) -> None:
    assert due_after(cadence, start, last) <= due_after(cadence, start, last + timedelta(days=more))


@given(cadences, starts, days)
def test_the_next_is_after_the_last_and_no_more_than_an_interval_and_a_quarter_away(
    cadence: Cadence, start: date, last: date
) -> None:
    following = due_after(cadence, start, last)
    assert following > last
    if last >= start:
        longest = cadence.after(last) - last
        slack = timedelta(0) if cadence.strict else longest // 4 + timedelta(days=4)
        assert following - last <= longest + slack


@given(cadences, starts, st.integers(0, 40))
def test_a_late_walk_does_not_shift_the_later_ones(cadence: Cadence, start: date, times: int) -> None:
    day, following = cadence.after(start, times), cadence.after(start, times + 1)
    opens = following - _early(cadence, following)
    last = day
    while last < opens:
        assert due_after(cadence, start, last) == following or cadence.strict
        assert due_after(cadence, start, last) <= following
        last += timedelta(days=max(1, (opens - day).days // 5))


@given(cadences, starts, st.integers(1, 40), st.integers(0, 100))
def test_an_early_walk_is_not_punished(cadence: Cadence, start: date, times: int, early: int) -> None:
    day = cadence.after(start, times)
    last = day - min(timedelta(days=early), _early(cadence, day))
    following = due_after(cadence, start, last)
    assert following == (
        min(cadence.after(last), cadence.after(start, times + 1))
        if cadence.strict
        else cadence.after(start, times + 1)
    )


@given(cadences, starts, st.none() | days, days)
def test_the_state_and_the_days_agree(cadence: Cadence, start: date, last: date | None, today: date) -> None:
    standing = due(cadence, start, last, today)
    assert standing.days == (standing.due - today).days
    assert (standing.state is DueState.OVERDUE) == (standing.days < 0)
    assert (standing.state is DueState.TODAY) == (standing.days == 0)
    assert standing.following > today or last is None or today < start


def test_regularity_counts_kept_late_and_missed() -> None:
    signed = [
        date(2026, 1, 5),  # on the day
        date(2026, 2, 1),  # four days early
        date(2026, 3, 11),  # late
        # nothing in April
        date(2026, 5, 4),
        date(2026, 5, 5),  # a second one in May changes nothing
    ]
    assert regularity(MONTHLY, START, signed, date(2026, 6, 1)) == Regularity(5, on_time=3, late=1)
    assert regularity(MONTHLY, START, signed, date(2026, 6, 1)).missed == 1
    assert regularity(MONTHLY, START, [], START) == Regularity(0, 0, 0)
    assert regularity(MONTHLY, START, [START], START) == Regularity(0, 0, 0)  # its day is not over


@given(cadences, starts, st.lists(days, max_size=30), days)
def test_regularity_adds_up_and_more_walks_never_lower_it(
    cadence: Cadence, start: date, signed: list[date], until: date
) -> None:
    all_of_it = regularity(cadence, start, signed, until)
    part = regularity(cadence, start, signed[1:], until)
    assert all_of_it.occasions == part.occasions
    assert 0 <= all_of_it.missed <= part.missed <= part.occasions
    assert all_of_it.on_time >= part.on_time


@given(cadences, starts, st.integers(1, 24))
def test_whoever_walks_on_each_due_day_keeps_every_occasion(
    cadence: Cadence, start: date, times: int
) -> None:
    signed = [start]
    for _ in range(times):
        signed.append(due_after(cadence, start, signed[-1]))
    kept = regularity(cadence, start, signed, cadence.after(start, times))
    assert (kept.on_time, kept.missed) == (times, 0)
