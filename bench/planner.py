"""Planning 1,000 visits beside due-date order, greedy by blocks, PyVRP and a lower bound.

Eight officers from one office, 40-working-day windows over a year, 40 minutes a visit, 7 hours a day, 22 km an hour,
straight lines made 1.3 times as long. The bound knows how many visits a day can hold at a distance, not the windows.
And a whole landlord, 2,750 homes in a year, in the time it takes. PyVRP has as many seconds of the clock as ours has of
the processor at most; due days are hard for it, so that nobody is late in its plan either.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from statistics import median
from time import process_time

from bench import Row, _vrp
from watmos_desktop.services import calendar
from watmos_desktop.services.planning import Officer, Place, Plan, Problem, Settings, Stop, plan, search
from watmos_desktop.services.planning.trips import Board

SEEDS = (11, 12, 13, 14, 15)
VISITS, ESTATES, BLOCKS_EACH, OFFICERS, WINDOW, MINUTES, DAYS = 1000, 30, 5, 8, 40, 40, 250
GOAL, STRETCH, SECONDS = 1.31, 1.25, 10.0
STEPS, LANDLORD_STEPS = 8_000, 2_000
_FIRST = date(2027, 1, 4)


def problem(seed: int, visits: int = VISITS, steps: int = STEPS, window: int = WINDOW) -> Problem:
    """A landlord of one large town: 30 estates of five blocks round an office, which is place 0."""
    random = Random(seed)
    days = [_FIRST]
    while len(days) < DAYS:
        days.append(calendar.working_days_after(days[-1], 1))
    places = [Place("office", "office", 0, 0)]
    for estate in range(ESTATES):
        x, y = (round(random.gauss(0, 4700)) for _ in range(2))
        places += [
            Place(
                (estate, n),
                estate,
                x + random.randint(-250, 250),
                y + random.randint(-250, 250),
                f"Block {n}",
            )
            for n in range(BLOCKS_EACH)
        ]
    stops = []
    for n in range(visits):
        due = random.randrange(window, len(days))
        stops.append(Stop(n, random.randrange(1, len(places)), days[due - window + 1], days[due], MINUTES))
    officers = tuple(Officer(n, f"Officer {n}", 0) for n in range(OFFICERS))
    return Problem(tuple(places), tuple(stops), officers, tuple(days), settings=Settings(steps=steps))


def bound(given: Problem) -> float:
    """No plan drives less: a trip to the farthest of n homes goes there and back, and n is bounded by that way."""
    board = Board(given)
    total = 0.0
    for stop in given.stops:
        way, ride = board.metres[0][stop.place], board.travel[0][stop.place]
        total += 2 * way / int((given.officers[0].minutes - 2 * ride) // stop.minutes)
    return total


def greedy(given: Problem, how: str) -> int:
    """Metres of the plain order of due dates, or of the cheapest place for each, without a search."""
    board = Board(given)
    lasts = [one.high for one in board.options]
    everything = range(len(given.stops))
    left = (search.by_due_date if how == "due date" else search.by_blocks)(board, everything, lasts)
    assert not left
    return board.total


def run() -> Iterator[Row]:
    ratios, times, late = [], [], 0
    beside: dict[str, list[float]] = {"due date": [], "blocks": []}
    routed: list[tuple[float, float]] = []  # beside the bound, and ours beside it
    for seed in SEEDS:
        given = problem(seed)
        least = bound(given)
        begun = process_time()
        made = plan(given)
        times.append(process_time() - begun)
        check(given, made)
        late += len(made.late)
        ratios.append(made.metres / least)
        for how, found in beside.items():
            found.append(greedy(given, how) / least)
        other = _vrp.solve(given, SECONDS)
        if other is not None and other.feasible:
            routed.append((other.metres / least, made.metres / other.metres))
    worst = max(ratios)
    yield Row(
        f"{VISITS:,} visits, {len(SEEDS)} seeds: metres / lower bound, worst", f"{worst:.3f}", "1", worst,
        f"at most {GOAL:g}×, stretch {STRETCH:g}×", worst <= GOAL,
    )  # fmt: skip
    yield Row("the same, median", f"{median(ratios):.3f}", "1", median(ratios), "shown", True)
    yield Row("its late visits", str(late), "0", None, "none", late == 0)
    yield Row(
        "its seconds of processor, slowest",
        f"{max(times):.1f} s",
        "",
        None,
        f"at most {SECONDS:g} s",
        max(times) <= SECONDS,
    )
    for how, found in beside.items():
        yield Row(f"metres / bound in {how} order", f"{median(found):.2f}", "", median(found), "shown", True)
    if routed:
        theirs, ahead = median(one for one, _ in routed), max(one for _, one in routed)
        yield Row(
            f"metres / bound by PyVRP in {SECONDS:g} s",
            f"{theirs:.2f}",
            "",
            theirs,
            "shown",
            True,
        )
        yield Row("ours / PyVRP, worst seed", f"{ahead:.2f}", "1", ahead, "at most 1×", ahead <= 1)
    else:
        yield Row("PyVRP", "not on this system", "", None, "shown", True)
    yield from _landlord()


def check(given: Problem, made: Plan) -> None:
    """The plan is one: every visit once, inside its window, nobody in two places."""
    stops = {one.key: one for one in given.stops}
    assert sorted(one.stop for one in made.visits) == sorted(stops)  # type: ignore[type-var]
    for one in made.visits:
        assert stops[one.stop].earliest <= one.day <= stops[one.stop].due


def _landlord() -> Iterator[Row]:
    given = problem(21, 2750, LANDLORD_STEPS, 60)
    begun = process_time()
    made = plan(given)
    seconds = process_time() - begun
    check(given, made)
    yield Row(
        "a whole landlord: 2,750 homes, 8 officers, a year",
        f"{seconds:.1f} s",
        "",
        None,
        "below 10 s",
        seconds < 10,
    )
    yield Row("its late visits", str(len(made.late)), "0", None, "none", not made.late)
    least = bound(given)
    yield Row(
        "its metres / lower bound", f"{made.metres / least:.3f}", "1", made.metres / least, "shown", True
    )
