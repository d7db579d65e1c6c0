"""Every promise is there, and every clock ends when it should: cases worked by hand, then properties."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watmos_desktop.services import calendar, promises
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.promises import Unit

CHAPTERS = {"C": 3, "V": 6, "F": 2, "H": 2, "R": 10, "N": 7, "A": 8, "T": 8, "K": 6, "M": 2}
IDS = [f"{chapter}{number}" for chapter, last in CHAPTERS.items() for number in range(1, last + 1)]
LENGTHS = {
    "C1": "2 working days",
    "C3": "10 working days",
    "T4": "10 days",
    "R5": "24 hours",
    "R6": "5 working days",
    "R7": "25 working days",
    "A1": "1 working day",
    "A2.3": "3 working days",
    "A2.5": "5 working days",
    "K2": "5 working days",
    "K3": "2 working days",
    "K4": "10 working days",
    "K4.extended": "a further 10 working days",
    "K5.ack": "5 working days",
    "K5": "20 working days",
    "K5.extended": "a further 20 working days",
    "H2": "3 years",
    "T1": "12 months",
    "T1.extended": "18 months",
    "AW.emergency": "24 hours",
    "AW.investigate": "10 working days",
    "AW.reinvestigate": "10 working days",
    "AW.summary": "3 working days",
    "AW.safety": "5 working days",
    "AW.steps": "5 working days",
    "AW.prevent": "84 days",
    "RR.1": "1 working day",
    "RR.3": "3 working days",
    "RR.7": "7 working days",
    "H1.gas": "12 months",
    "H1.eicr": "5 years",
    "H1.loler": "6 months",
    "H1.firedoor": "3 months",
    "DP.sar": "1 month",
    "DP.breach": "72 hours",
}
WORKED_BY_HAND = [
    ("C1", "2026-11-23", "2026-11-25"),
    ("C1", "2026-11-22", "2026-11-24"),  # a Sunday: Monday is day 1
    ("C1", "2026-12-26", "2026-12-30"),  # Boxing Day on a Saturday, its substitute on Monday the 28th
    ("C3", "2026-11-23", "2026-12-07"),
    ("T4", "2026-11-18", "2026-11-28"),  # calendar days: a Saturday stays one
    ("R6", "2026-04-02", "2026-04-13"),  # Good Friday and Easter Monday
    ("R6", "2026-08-28", "2026-09-07"),  # the August bank holiday
    ("R7", "2026-11-23", "2026-12-30"),
    ("R7", "2027-12-01", "2028-01-10"),  # 27 and 28 Dec 2027 and 3 Jan 2028 stand in for weekends
    ("A1", "2026-12-24", "2026-12-29"),
    ("A1", "2026-11-20", "2026-11-23"),
    ("A2.3", "2026-11-20", "2026-11-25"),
    ("A2.5", "2026-11-20", "2026-11-27"),
    ("K3", "2026-11-20", "2026-11-24"),
    ("K2", "2026-11-20", "2026-11-27"),
    ("K4", "2026-12-01", "2026-12-15"),
    ("K4.extended", "2026-12-01", "2026-12-31"),
    ("K5.ack", "2026-11-23", "2026-11-30"),
    ("K5", "2026-11-23", "2026-12-21"),
    ("K5.extended", "2026-11-23", "2027-01-21"),
    ("H2", "2024-02-29", "2027-02-28"),
    ("H2", "2025-02-28", "2028-02-28"),
    ("T1", "2025-12-01", "2026-12-01"),
    ("T1", "2024-02-29", "2025-02-28"),
    ("T1.extended", "2026-08-31", "2028-02-29"),
    ("H1.gas", "2025-11-28", "2026-11-28"),  # a Saturday, never rolled
    ("H1.gas", "2024-02-29", "2025-02-28"),
    ("H1.eicr", "2024-02-29", "2029-02-28"),
    ("H1.loler", "2026-08-31", "2027-02-28"),  # a Sunday, never rolled
    ("H1.firedoor", "2026-09-25", "2026-12-25"),  # Christmas Day, never rolled
    ("AW.investigate", "2026-11-22", "2026-12-04"),
    ("AW.reinvestigate", "2026-11-23", "2026-12-07"),
    ("AW.summary", "2026-11-19", "2026-11-24"),
    ("AW.safety", "2026-11-19", "2026-11-26"),
    ("AW.steps", "2026-11-19", "2026-11-26"),
    ("AW.prevent", "2026-11-19", "2027-02-11"),
    ("DP.sar", "2026-01-31", "2026-03-02"),  # 28 Feb is a Saturday: on to Monday
    ("DP.sar", "2026-11-25", "2026-12-29"),
    ("DP.sar", "2026-11-23", "2026-12-23"),
]
MOMENTS = [
    ("R5", "2026-11-23T10:42:00+00:00", "2026-11-24T10:42:00+00:00"),
    ("R5", "2026-10-24T20:00:00+01:00", "2026-10-25T19:00:00+00:00"),
    ("R5", "2027-03-27T12:00:00+00:00", "2027-03-28T13:00:00+01:00"),
    ("AW.emergency", "2026-12-25T23:30:00+00:00", "2026-12-26T23:30:00+00:00"),
    ("DP.breach", "2026-10-23T12:00:00+01:00", "2026-10-26T11:00:00+00:00"),
    ("C1", "2026-07-01T23:30:00+00:00", "2026-07-06T23:59:59+01:00"),  # already the 2nd in London
    ("C1", "2026-11-23T23:59:59+00:00", "2026-11-25T23:59:59+00:00"),
    ("R6", "2026-10-23T09:00:00+01:00", "2026-10-30T23:59:59+00:00"),
]

DAY_KEYS = [key for key in LENGTHS if promises.clock(key, date(2026, 11, 23)).unit is not Unit.HOURS]
some_day = st.dates(calendar.FIRST, date(2030, 12, 31))


def test_every_promise_is_there_in_its_order() -> None:
    assert [p.id for p in promises.promises()] == IDS
    assert [p.id for p in promises.rules()] == ["AW", "DP", "RR"]
    assert {p.basis for p in promises.promises()} == {promises.SERVICE_OFFER}


@pytest.mark.parametrize("name", [*IDS, "AW", "DP", "RR"])
def test_a_promise_says_what_where_and_between_which_events(name: str) -> None:
    row = promises.promise(name)
    tabs = {
        "Contacts",
        "Resident voice",
        "Inspections",
        "Homes",
        "Visits",
        "Repairs",
        "ASB",
        "Performance",
        "Complaints",
    }
    assert row.title
    assert row.text.endswith(".")
    assert row.where
    assert set(row.where) <= tabs
    assert row.start != row.stop
    assert row.start
    assert row.stop


def test_every_clock_is_there_and_times_a_promise() -> None:
    keys = {key for row in promises.promises() + promises.rules() for key in row.clocks}
    assert {key: promises.clock(key, date(2026, 11, 23)).length for key in keys} == LENGTHS


def test_promises_without_a_clock_of_their_own_borrow_theirs() -> None:
    assert promises.promise("N3").clocks == ("R5", "R6", "R7")
    assert promises.promise("T2").clocks == ("K2", "K3", "K4", "K5")
    assert promises.promise("V3").clocks == ()


@pytest.mark.parametrize(("key", "start", "due_date"), WORKED_BY_HAND)
def test_due_dates_worked_by_hand(key: str, start: str, due_date: str) -> None:
    due = promises.due(key, date.fromisoformat(start))
    assert (due.key, due.start, due.due_date.isoformat()) == (key, date.fromisoformat(start), due_date)
    assert due.due_at.replace(tzinfo=None).isoformat() == f"{due_date}T23:59:59"
    assert due.due_at.tzinfo is LONDON


@pytest.mark.parametrize(("key", "start", "due_at"), MOMENTS)
def test_due_moments_worked_by_hand(key: str, start: str, due_at: str) -> None:
    due = promises.due(key, datetime.fromisoformat(start))
    assert due.due_at.isoformat() == due_at
    assert due.due_date.isoformat() == due_at[:10]


def test_a_bare_date_starts_an_hours_clock_at_its_midnight() -> None:
    assert promises.due("R5", date(2026, 10, 25)).due_at.isoformat() == "2026-10-25T23:00:00+00:00"


@pytest.mark.parametrize("key", DAY_KEYS)
@given(one=some_day, other=some_day)
def test_a_later_start_is_never_due_earlier(key: str, one: date, other: date) -> None:
    first, second = sorted((one, other))
    assert promises.due(key, first).due_date <= promises.due(key, second).due_date


@given(
    st.sampled_from(DAY_KEYS),
    some_day,
    st.integers(0, 86_399),
    st.sampled_from(["UTC", "Asia/Tokyo", "America/Lima"]),
)
def test_the_hour_and_the_zone_it_is_told_in_never_matter_to_a_day_clock(
    key: str, day: date, second: int, zone: str
) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)
    moment = (midnight + timedelta(seconds=second)).astimezone(ZoneInfo(zone))
    if moment.astimezone(LONDON).date() == day:  # the day the clocks go forward has 23 hours
        assert promises.due(key, moment).due_at == promises.due(key, day).due_at


@given(some_day)
def test_an_extension_counts_on_from_the_due_date(day: date) -> None:
    for key, amount in (("K4", 10), ("K5", 20)):
        ends = promises.due(key, day).due_date
        assert promises.due(f"{key}.extended", day).due_date == calendar.working_days_after(ends, amount)


@given(some_day)
def test_only_a_subject_access_request_rolls(day: date) -> None:
    assert calendar.is_working_day(promises.due("DP.sar", day).due_date)
    for key, months in (("H1.gas", 12), ("H1.eicr", 60), ("H1.loler", 6), ("H1.firedoor", 3)):
        assert promises.due(key, day).due_date == calendar.months_after(day, months)


def test_a_case_keeps_the_target_it_started_under() -> None:
    old = promises.clock("R7", date(2026, 11, 23))
    new = promises.Target(**vars(old) | {"holds_from": date(2027, 4, 1), "amount": 20})
    assert promises.in_force((old, new), date(2027, 3, 31)) is old
    assert promises.in_force((old, new), date(2027, 4, 1)) is new
    assert promises.in_force((old, new), date(2020, 1, 1)) is old
    assert promises.due("R7", date(2026, 11, 23)).held_from == date(2026, 1, 1)
    assert promises.due("AW.emergency", date(2026, 11, 23)).held_from == date(2025, 10, 27)


@pytest.mark.parametrize("key", LENGTHS)
def test_what_cannot_be_counted_is_refused(key: str) -> None:
    for start in (date(2014, 12, 31), date(2036, 1, 1), datetime(2035, 12, 31, 12, 0, tzinfo=UTC)):
        with pytest.raises(Told, match="2015 to 2035"):
            promises.due(key, start)
    with pytest.raises(Told, match="offset"):
        promises.due(key, datetime(2026, 11, 23, 10, 42))  # noqa: DTZ001


def test_unknown_names_are_told() -> None:
    with pytest.raises(Told, match="'X9'"):
        promises.due("X9", date(2026, 11, 23))
    with pytest.raises(Told, match="'X9'"):
        promises.promise("X9")
    with pytest.raises(Told, match="'gremlins'"):
        promises.awaab_applies("gremlins", True, date(2026, 11, 23))


@pytest.mark.parametrize(
    ("hazard", "emergency", "aware_on", "applies"),
    [
        ("damp_and_mould", False, date(2025, 10, 26), False),
        ("damp_and_mould", True, date(2025, 10, 26), False),
        ("damp_and_mould", False, date(2025, 10, 27), True),
        ("excess_cold", False, date(2026, 11, 29), False),
        ("excess_cold", False, date(2026, 11, 30), True),
        ("electrical", True, date(2026, 11, 1), True),
        ("electrical", False, date(2026, 11, 29), False),
        ("fire_and_explosions", False, date(2026, 11, 30), True),
        ("falls_level", False, date(2026, 11, 30), True),
        ("food_safety", False, date(2026, 11, 30), True),
        ("crowding", True, date(2026, 11, 1), False),
        ("crowding", True, date(2027, 12, 31), False),
        ("crowding", False, date(2027, 12, 31), False),
        ("noise", False, date(2026, 12, 1), False),
        ("noise", True, date(2026, 12, 1), True),
        ("asbestos", False, date(2026, 12, 1), False),
        ("damp_and_mould", False, date(2026, 12, 1), True),
    ],
)
def test_the_scope_of_awaabs_law(hazard: str, emergency: bool, aware_on: date, applies: bool) -> None:
    assert promises.awaab_applies(hazard, emergency, aware_on) is applies


def test_hazards_by_the_day_of_inspection() -> None:
    before, after = promises.hazards(date(2026, 6, 22)), promises.hazards(date(2026, 6, 23))
    assert (len(before), len(after)) == (29, 21)
    assert [h.number for h in after] == list(range(1, 22))
    assert {h.number: h.id for h in after if h.number in (7, 11, 15)} == {
        7: "structural_collapse",
        11: "damp_and_mould",
        15: "asbestos",
    }
    assert promises.hazards(date(2015, 1, 1)) == before


def test_the_phases_name_hazards_that_exist() -> None:
    known = {h.id for on in (date(2026, 6, 22), date(2026, 6, 23)) for h in promises.hazards(on)}
    in_scope = {h for h in known if promises.awaab_applies(h, False, date(2026, 11, 30))}
    assert in_scope == {
        "damp_and_mould", "excess_cold", "excess_heat",
        "falls_baths", "falls_level", "falls_stairs", "falls_between_levels",
        "structural_collapse", "fire", "explosions", "fire_and_explosions", "electrical",
        "domestic_hygiene", "food_safety",
    }  # fmt: skip
    assert {h for h in known if promises.awaab_applies(h, True, date(2025, 10, 27))} == known - {"crowding"}
