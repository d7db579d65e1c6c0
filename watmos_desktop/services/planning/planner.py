"""One plan from beginning to end: what is fixed first, nobody later than by due date, then the fewest metres."""

from __future__ import annotations

from datetime import date
from math import ceil

from watmos_desktop.services.planning import explain, search
from watmos_desktop.services.planning.model import AFTERNOON, MORNING, Key, Late, Pin, Plan, Problem, Stop
from watmos_desktop.services.planning.trips import Board, Segment

_VISITING = 0.8  # of a day's minutes, the share that is left beside the ways


def plan(problem: Problem, tell: search.Tell = lambda _done, _all: None) -> Plan:
    """Plan every visit, the pinned ones as they are; ``tell`` hears steps done and all, and may raise to stop it.

    No stop is later than the plain order of due dates makes it; with no days or no officers all are left.
    """
    if not problem.days or not problem.officers or not problem.stops:
        return Plan((), (), tuple(one.key for one in problem.stops), 0, 0)
    board = Board(problem)
    conflicts = _pin(board)
    pinned = frozenset(board.where)
    _pair(board, pinned)
    settled = frozenset(board.where)
    wanted = [
        n
        for n, one in enumerate(problem.stops)
        if n not in settled and not (one.two and len(problem.officers) > 1) and not one.optional
    ]
    start = search.copy_of(board)
    lasts = [one.high for one in board.options]
    search.by_due_date(board, wanted, lasts)
    # The day that due-date order gives is the latest that a stop may come to, where its due day is out of reach.
    lasts = [max(last, board.where[n][1]) if n in board.where else last for n, last in enumerate(lasts)]
    reached, plain = [n for n in wanted if n in board.where], search.copy_of(board)
    search.put_back(board, start)
    if search.by_blocks(board, reached, lasts):
        search.put_back(board, plain)  # so tight that only that order fits: it is what the search begins from
    search.improve(board, frozenset(reached), lasts, problem.settings.steps, problem.settings.seed, tell)
    _fill(board)
    return _told(board, pinned, conflicts)


def _pin(board: Board) -> list[str]:
    """Put what a person placed where they placed it, over capacity and leave too: then it is said."""
    problem = board.problem
    stops = {one.key: n for n, one in enumerate(problem.stops)}
    officers = {one.key: n for n, one in enumerate(problem.officers)}
    days = {day: n for n, day in enumerate(problem.days)}
    conflicts = []
    for pin in sorted(problem.pins, key=lambda one: (one.day, one.start or 0, str(one.stop))):
        n, officer, day = stops.get(pin.stop), officers.get(pin.officer), days.get(pin.day)
        if n is None or officer is None or day is None or n in board.where:
            continue
        trip, options = board.trip(officer, day), board.options[n]
        one = Segment(options.place, board.half(options, day) or 0, options.minutes, [n])
        one.held = True
        if pin.start is not None:
            one.at = max(0, pin.start - problem.settings.begins)
            one.half = 0
        same = next(
            (k for k in trip.segments if k.place == one.place and k.at is None and one.at is None), None
        )
        if same is not None:
            same.stops.append(n)
            same.minutes += one.minutes
        else:
            trip.segments.append(one)
        trip.strict = trip.strict or one.at is not None or bool(one.half)
        board.where[n] = (officer, day)
        board.renew(officer, trip)
        name = problem.officers[officer].name or "The officer"
        if not board.works[officer][day]:
            conflicts.append(explain.away(name, pin.day))
        elif (half := _half_of(problem, pin)) and (pin.day, half) in problem.officers[officer].halves:
            conflicts.append(explain.away(name, pin.day, half))
        elif trip.busy > trip.ends:
            conflicts.append(explain.too_full(name, pin.day))
    return list(dict.fromkeys(conflicts))


def _half_of(problem: Problem, pin: Pin) -> str:
    """The half day in which a pinned visit begins; empty when it has no time."""
    if pin.start is None:
        return ""
    return MORNING if pin.start < problem.settings.noon else AFTERNOON


def _pair(board: Board, pinned: frozenset[int]) -> None:
    """Give visits for two people to two officers at the start of a day that neither has begun otherwise."""
    stops = board.problem.stops
    two = [
        n for n, one in enumerate(stops) if one.two and (n not in pinned) and len(board.problem.officers) > 1
    ]
    for n in sorted(two, key=lambda one: (board.options[one].high, one)):
        options = board.options[n]
        inside = range(options.high, options.low - 1, -1)
        after = range(max(options.low, options.high + 1), len(board.on))
        for day in (*inside, *after):
            if board.half(options, day) in (None, 2) or stops[n].optional:
                continue
            fresh = [
                one
                for one in range(len(board.hours))
                if board.works[one][day] and (one, day) not in board.trips and not board.hours[one][day][0]
            ]
            free = [one for one in options.officers if one in fresh]
            anyone = [one for one in fresh if one not in free]
            for officer in free:
                others = [one for one in (*free, *anyone) if one != officer]
                if others and (fit := board.best_in(n, officer, day)) is not None:
                    _together(board, n, officer, others[0], day, fit[1])
                    break
            if n in board.where:
                break


def _together(board: Board, n: int, officer: int, other: int, day: int, place: int) -> None:
    board.put(n, officer, day, place)
    trip = board.trips[officer, day]
    first, base = trip.segments[0], board.base[officer]
    first.held, first.at = True, ceil(board.travel[base][first.place]) if base >= 0 else 0
    second = board.trip(other, day)
    reach = board.travel[board.base[other]][first.place] if board.base[other] >= 0 else 0
    first.at = max(first.at, ceil(reach))
    second.head, second.head_place = first.at + first.minutes, first.place
    trip.strict = True
    board.second[n] = other
    board.renew(officer, trip)
    board.renew(other, second)


def _fill(board: Board) -> None:
    """Visits that can wait join where an officer is near anyway, the soonest due first."""
    stops, near = board.problem.stops, board.problem.settings.near
    pairs = len(board.problem.officers) > 1
    waiting = [
        n for n, one in enumerate(stops) if one.optional and n not in board.where and not (one.two and pairs)
    ]
    for n in sorted(waiting, key=lambda one: (stops[one].due, one)):
        options = board.options[n]
        found = [
            (fit[0], day, officer, fit[1])
            for day in range(options.low, len(board.on))
            for officer in board.on[day]
            if officer in options.officers and (fit := board.best_in(n, officer, day, near)) is not None
        ]
        if found:
            _, day, officer, place = min(found)
            board.put(n, officer, day, place)


def _told(board: Board, pinned: frozenset[int], conflicts: list[str]) -> Plan:
    problem = board.problem
    visits = explain.visits(board, pinned)
    late = []
    for n, one in enumerate(problem.stops):
        day = problem.days[board.where[n][1]] if n in board.where else None
        if (day is None and not one.optional and one.due <= problem.days[-1]) or (
            day is not None and day > one.due
        ):
            late.append(Late(one.key, one.due, day))
    left = tuple(one.key for n, one in enumerate(problem.stops) if n not in board.where)
    missing, by = _missing(board, [one.stop for one in late])
    return Plan(visits, tuple(late), left, board.total, len(board.trips), missing, by, tuple(conflicts))


def _missing(board: Board, late: list[Key]) -> tuple[int, date | None]:
    """How many officer days more let the late ones be in time, and by when the last of them is needed.

    A day holds so many visits beside its ways. Who was late before the plan begins is not helped by any capacity.
    """
    problem, keys = board.problem, set(late)
    mended = sorted(
        (one for one in problem.stops if one.key in keys and one.due >= problem.days[0]), key=_due
    )
    minutes, worst, by = 0, 0, None
    for stop in mended:
        minutes += stop.minutes
        short = ceil(
            minutes / max(stop.minutes, int(min(one.minutes for one in problem.officers) * _VISITING))
        )
        if short > worst:
            worst, by = short, stop.due
    return worst, by


def _due(stop: Stop) -> tuple[date, int]:
    return stop.due, stop.place
