"""A finished plan in times to be told and in words: when to expect the officer, and why just then."""

from __future__ import annotations

from datetime import date

from watmos_desktop.services import wording
from watmos_desktop.services.planning.model import AFTERNOON, MORNING, Officer, Planned
from watmos_desktop.services.planning.trips import AM, PM, Board, Trip

_STEP = 30
_HALF_WORDS = {1: "mornings", 2: "afternoons"}


def away(name: str, day: date, half: str = "") -> str:
    """``P. Shah does not work on Wed 25 Nov``, or ``… on the morning of Wed 25 Nov``."""
    part = {MORNING: "the morning of ", AFTERNOON: "the afternoon of "}.get(half, "")
    return f"{name} does not work on {part}{wording.weekday(day)}"


def too_full(name: str, day: date) -> str:
    """``Wed 25 Nov is too full for P. Shah``."""
    return f"{wording.weekday(day)} is too full for {name}"


def visits(board: Board, pinned: frozenset[int]) -> tuple[Planned, ...]:
    """Every visit with its time and reason, by day, officer and turn."""
    found = []
    for officer, day in sorted(board.trips, key=lambda key: (key[1], key[0])):
        found += _trip(board, officer, day, board.trips[officer, day], pinned)
    return tuple(found)


def _trip(board: Board, officer: int, day: int, trip: Trip, pinned: frozenset[int]) -> list[Planned]:
    problem, settings = board.problem, board.problem.settings
    here = trip.head_place if trip.head_place >= 0 else board.base[officer]
    now = trip.head
    made: list[Planned] = []
    for one in trip.segments:
        now += board.travel[here][one.place] if here >= 0 else 0
        if one.at is not None:
            now = max(now, one.at)
        elif one.half == PM:
            now = max(now, board.noon)
        for n in sorted(one.stops, key=lambda stop: (problem.stops[stop].due, stop)):
            arrives = settings.begins + round(now)
            start = arrives - arrives % _STEP
            end = start + settings.window
            if one.half == AM or (problem.days[day], AFTERNOON) in problem.officers[officer].halves:
                end = min(end, max(settings.noon, start + 2 * _STEP))
            second = board.second.get(n)
            made.append(
                Planned(
                    stop=problem.stops[n].key,
                    officer=problem.officers[officer].key,
                    day=problem.days[day],
                    order=len(made) + 1,
                    arrives=arrives,
                    start=start,
                    end=end,
                    second=None if second is None else problem.officers[second].key,
                    pinned=n in pinned,
                    why=_why(board, n, officer, day, len(one.stops), trip, n in pinned),
                )
            )
            now += board.options[n].minutes
        here = one.place
    return made


def _why(board: Board, n: int, officer: int, day: int, here: int, trip: Trip, pinned: bool) -> str:
    """The reasons in the order in which they bound the plan."""
    problem, stop, when = board.problem, board.problem.stops[n], board.problem.days[day]
    half = _HALF_WORDS.get(board.half(board.options[n], day) or 0, "")
    said = (
        (pinned, "Pinned here by hand"),
        (bool(stop.reason), stop.reason),
        (when > stop.due, "The first day with room"),
        (stop.fixed and when <= stop.due, "On its review date"),
        (bool(stop.times), f"{wording.long_day(when).split()[0]} {half}".strip() + " suit them"),
        (n in board.second, "Two people go, so at the start of the day"),
        (bool(stop.language), _speaks(stop.language, problem.officers[officer])),
    )
    parts = [words for holds, words in said if holds]
    return ". ".join([*parts, *_company(board, n, here, trip)])


def _speaks(language: str, officer: Officer) -> str:
    if language in officer.languages:
        return f"{officer.name or 'The officer'} speaks {language}"
    return f"Nobody there speaks {language}: book an interpreter"


def _company(board: Board, n: int, here: int, trip: Trip) -> list[str]:
    """Who else is visited near it that day."""
    problem = board.problem
    place = problem.places[problem.stops[n].place]
    if here > 1:
        return [f"{here} visits in {place.name or 'one block'} that day"]
    if problem.stops[n].optional:
        return ["Near the others of that day, though it could wait"]
    estate = [len(one.stops) for one in trip.segments if problem.places[one.place].estate == place.estate]
    return [f"{sum(estate) - 1} more on the estate that day"] if sum(estate) > 1 else []
