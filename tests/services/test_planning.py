"""The planner: nobody in two places, capacity, leave and pins kept, nobody later than due-date order makes them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from watmos_desktop.services.planning import Officer, Pin, Place, Plan, Problem, Settings, Stop, plan, search
from watmos_desktop.services.planning.trips import Board

MONDAY = date(2027, 1, 4)
DAYS = tuple(MONDAY + timedelta(days=7 * week + day) for week in range(2) for day in range(5))
NOON = Settings().noon
HALVES = st.sets(st.tuples(st.integers(0, 4), st.sampled_from(["am", "pm"])), max_size=3)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    blocks = draw(st.integers(1, 8))
    places = [
        Place(n, n % 3, *draw(st.sampled_from([(None, None), (n * 700, n * n * 150)])), f"Block {n}")
        for n in range(blocks)
    ]
    officers = [
        Officer(
            f"O{n}",
            f"Officer {n}",
            base=draw(st.sampled_from([None, 0])),
            minutes=draw(st.sampled_from([200, 420])),
            away=frozenset(draw(st.sets(st.sampled_from(DAYS), max_size=4))),
            weekdays=frozenset(draw(st.sampled_from([(0, 1, 2, 3, 4), (1, 2, 4)]))),
            halves=frozenset(
                draw(st.sets(st.tuples(st.sampled_from(DAYS), st.sampled_from(["am", "pm"])), max_size=3))
            ),
            languages=frozenset(draw(st.sampled_from([(), ("Polish",)]))),
            estates=frozenset(draw(st.sampled_from([(), (0, 1), (2,)]))),
        )
        for n in range(draw(st.integers(1, 3)))
    ]
    stops = []
    for n in range(draw(st.integers(1, 25))):
        low = draw(st.integers(-3, 9))
        due = DAYS[0] + timedelta(days=draw(st.integers(-20, 30)))
        stops.append(
            Stop(
                n,
                draw(st.integers(0, blocks - 1)),
                DAYS[max(0, low)],
                due,
                draw(st.sampled_from([25, 45, 60])),
                times=frozenset(draw(HALVES)),
                two=draw(st.integers(0, 9)) == 0,
                language=draw(st.sampled_from(["", "", "Polish"])),
                optional=due > DAYS[-1] and draw(st.booleans()),
            )
        )
    pins = []
    if draw(st.booleans()):
        officer = draw(st.sampled_from(officers))
        pins.append(Pin(0, officer.key, draw(st.sampled_from(DAYS)), draw(st.sampled_from([None, 660]))))
    return Problem(tuple(places), tuple(stops), tuple(officers), DAYS, tuple(pins), Settings(steps=60))


@given(problems())
@settings(max_examples=80, deadline=None)
def test_a_plan_keeps_what_it_promises(given_: Problem) -> None:
    made = plan(given_)
    assert plan(given_) == made  # deterministic
    stops = {one.key: one for one in given_.stops}
    officers = {one.key: one for one in given_.officers}
    pins = {one.stop: one for one in given_.pins}
    assert sorted([one.stop for one in made.visits] + list(made.left)) == sorted(stops)  # type: ignore[type-var]
    for one in made.visits:
        stop, officer = stops[one.stop], officers[one.officer]
        if one.stop in pins:
            assert (one.officer, one.day) == (pins[one.stop].officer, pins[one.stop].day) and one.pinned
            continue
        assert one.day in DAYS and one.day not in officer.away and one.day.weekday() in officer.weekdays
        ends = one.arrives + stop.minutes
        assert (one.day, "am") not in officer.halves or one.arrives >= NOON
        assert (one.day, "pm") not in officer.halves or ends <= NOON + 1
        speak = [
            who for who in officers.values() if _goes(given_, who, stop) and stop.language in who.languages
        ]
        assert not (stop.language and speak) or stop.language in officer.languages
        assert one.day >= stop.earliest or stop.fixed
        assert _goes(given_, officer, stop)
        if stop.times:
            halves = {half for weekday, half in stop.times if weekday == one.day.weekday()}
            assert ("am" in halves and one.arrives < NOON) or ("pm" in halves and one.arrives >= NOON)
        if stop.two and len(officers) > 1:
            assert one.second not in (None, one.officer)
            assert one.day not in officers[one.second].away
            assert (one.day, "am") not in officers[one.second].halves
        assert one.start <= one.arrives <= one.end
        assert one.day <= stop.due or any(late.stop == one.stop for late in made.late)
    no_double_booking(given_, made)


def _goes(given_: Problem, officer: Officer, stop: Stop) -> bool:
    return not officer.estates or given_.places[stop.place].estate in officer.estates


def no_double_booking(given_: Problem, made: Plan) -> None:
    """Nobody begins a visit before the last one can be over, and no day runs beyond its hours."""
    stops = {one.key: one for one in given_.stops}
    pinned_days = {(one.officer, one.day) for one in given_.pins}
    by_day: dict[tuple[object, date], list[tuple[int, int]]] = defaultdict(list)
    for one in made.visits:
        for who in (one.officer, one.second):
            if who is not None:
                by_day[who, one.day].append((one.arrives, one.arrives + stops[one.stop].minutes))
    officers = {one.key: one for one in given_.officers}
    for (who, day), spans in by_day.items():
        if (who, day) in pinned_days:
            continue
        spans.sort()
        assert all(ends <= begins + 1 for (_, ends), (begins, _) in pairwise(spans))
        assert spans[-1][1] <= given_.settings.begins + officers[who].minutes + 1


@given(problems())
@settings(max_examples=60, deadline=None)
def test_nobody_is_later_than_due_date_order_makes_them(given_: Problem) -> None:
    free = Problem(
        given_.places,
        tuple(one for one in given_.stops if not one.two and not one.optional),
        given_.officers,
        given_.days,
        (),
        given_.settings,
    )
    if not free.stops:
        return
    board = Board(free)
    search.by_due_date(board, range(len(free.stops)), [one.high for one in board.options])
    plain = {free.stops[n].key: free.days[day] for n, (_, day) in board.where.items()}
    ours = {one.stop: one.day for one in plan(free).visits}
    assert set(plain) == set(ours)
    for one in free.stops:
        if one.key in plain:
            assert max(ours[one.key], one.due) <= max(plain[one.key], one.due)


def a_town(homes: int, officers: int, room: int = 420) -> Problem:
    places = tuple(Place(n, n // 2, 900 * (n // 2), 120 * (n % 2), f"Block {n}") for n in range(6))
    stops = tuple(Stop(n, n % 6, DAYS[0], DAYS[4], 45) for n in range(homes))
    people = tuple(Officer(n, f"Officer {n}", 0, room) for n in range(officers))
    return Problem(places, stops, people, DAYS)


def test_officers_walk_and_do_not_drive() -> None:
    """A block is one call, not six: what due-date order scatters stands together, with the reason."""
    made = plan(a_town(36, 2))
    days: dict[tuple[object, object], set[tuple[object, date]]] = defaultdict(set)
    for one in made.visits:
        days["block", int(str(one.stop)) % 6].add((one.officer, one.day))
    assert max(len(calls) for calls in days.values()) <= 2
    assert not made.late and made.trips <= 6
    assert any("visits in Block" in one.why for one in made.visits)


def test_who_will_be_late_and_what_would_mend_it() -> None:
    tight = a_town(60, 1)
    made = plan(tight)
    assert made.late and made.missing and made.missing_by == DAYS[4]
    more = tuple(
        Officer(f"more {n}", "", 0, 420, away=frozenset(DAYS) - {DAYS[n % 5]}) for n in range(made.missing)
    )
    assert not plan(Problem(tight.places, tight.stops, tight.officers + more, DAYS)).late


def test_two_people_set_out_together_and_review_dates_stand() -> None:
    town = a_town(6, 2)
    review = Stop("review", 3, DAYS[0], DAYS[6], 40, fixed=True)
    pair = Stop("pair", 1, DAYS[0], DAYS[9], 40, two=True)
    made = plan(Problem(town.places, (*town.stops, review, pair), town.officers, DAYS))
    found = {one.stop: one for one in made.visits}
    assert found["review"].day == DAYS[6] and "On its review date" in found["review"].why
    assert found["pair"].second not in (None, found["pair"].officer)
    assert "Two people go" in found["pair"].why


def test_nothing_to_plan_is_a_plan_too() -> None:
    assert plan(Problem((), (), (), DAYS)).visits == ()
    assert plan(Problem((), (), (Officer("O"),), ())).late == ()


def test_half_days_and_long_ways_bound_a_day() -> None:
    """An afternoon off ends at noon, and the way home is part of the day."""
    town = a_town(40, 1)
    (officer,) = town.officers
    halves = frozenset((day, "pm") for day in DAYS)
    short = plan(replace(town, officers=(replace(officer, halves=halves),)))
    assert short.visits and all(one.arrives + 45 <= NOON + 1 and one.end <= NOON for one in short.visits)
    apart = tuple(replace(one, x=n * 9000, y=0, estate=n) for n, one in enumerate(town.places))
    long = plan(replace(town, places=apart))
    way = 60 * Settings().detour / (Settings().speed * 1000)
    home = {one.stop: 9000 * town.stops[int(str(one.stop))].place * way for one in long.visits}
    assert long.late and all(
        one.arrives + 45 + home[one.stop] <= Settings().begins + 420 + 1 for one in long.visits
    )
