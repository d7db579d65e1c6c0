"""Making a plan and making it better: due-date order, the cheapest place for each, and a bounded search."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from math import log

from watmos_desktop.services.planning.trips import FAR, Board, Trip

_BLINK = 0.02  # now and then the best place is passed over, so that a search does not run in circles
_TOLD = 100  # steps between two words of how far it is
_LEAST = 15  # minutes that must be left of a day for anybody to be looked for
_HEAT = 0.01  # of a trip, how much longer a step may make the plan at first
_TAKEN = 10  # stops taken out at once, on average


_Saved = dict[tuple[int, int], Trip | None]
Tell = Callable[[int, int], object]


def by_due_date(board: Board, stops: Iterable[int], lasts: list[int]) -> list[int]:
    """Each stop on the first day with room, in the order of due dates; gives those that found none."""
    left = []
    for n in sorted(stops, key=lambda one: (lasts[one], board.options[one].low, one)):
        options = board.options[n]
        for day in range(options.low, len(board.on)):
            found = [
                (fit[0], officer, fit[1])
                for officer in options.officers
                if (fit := board.best_in(n, officer, day)) is not None
            ]
            if found:
                _, officer, place = min(found)
                board.put(n, officer, day, place)
                break
        else:
            left.append(n)
    return left


def cheapest(
    board: Board, n: int, last: int, rng: random.Random | None = None
) -> tuple[int, int, int, int] | None:
    """(metres more, officer, day, place) of the cheapest place for a stop by that day; None when there is no room.

    A day that nobody has begun costs the way there and back; of several such, the last, so that others can join.
    """
    options = board.options[n]
    best, found = FAR, None
    for day in range(last, options.low - 1, -1):
        for officer in board.on[day]:
            if officer not in options.officers or (rng is not None and rng.random() < _BLINK):
                continue
            fit = board.best_in(n, officer, day, best)
            if fit is not None:
                best, found = fit[0], (fit[0], officer, day, fit[1])
                if best == 0:
                    return found
    for officer in options.officers:
        free = _free(board, n, officer, last, rng)
        if free is not None and (fit := board.best_in(n, officer, free, best)) is not None:
            best, found = fit[0], (fit[0], officer, free, fit[1])
    return found


def _free(board: Board, n: int, officer: int, last: int, rng: random.Random | None) -> int | None:
    """A day that this officer has not begun and that suits: the last such, or any in a search."""
    options = board.options[n]
    if rng is not None and last > options.low:
        day = rng.randint(options.low, last)
        if (officer, day) not in board.trips and board.best_in(n, officer, day) is not None:
            return day
    for day in range(last, options.low - 1, -1):
        if (officer, day) not in board.trips and board.best_in(n, officer, day) is not None:
            return day
    return None


def by_blocks(board: Board, stops: Iterable[int], lasts: list[int]) -> list[int]:
    """A day for the most urgent, filled with who is nearest to it, block by block; gives those left.

    Where every officer is out already on the days that are left, a stop joins where it costs the fewest metres.
    """
    waiting = sorted(stops, key=lambda one: (lasts[one], board.options[one].low, one))
    at = _at_place(board, waiting)
    nearest = [sorted(range(len(row)), key=row.__getitem__) for row in board.metres]
    left = []
    for n in waiting:
        if n in board.where:
            continue
        options = board.options[n]
        begun = cheapest(board, n, lasts[n])
        if begun is None:
            left.append(n)
            continue
        _, officer, day, place = begun
        fresh = (officer, day) not in board.trips
        board.put(n, officer, day, place)
        if fresh:
            _fill(
                board,
                officer,
                day,
                (one for spot in nearest[options.place] for one in at.get(spot, ())),
                lasts,
            )
    return left


def _fill(board: Board, officer: int, day: int, nearest: Iterable[int], lasts: list[int]) -> None:
    """Let the nearest join a day that was just begun, while a detour is shorter than a day of their own."""
    trip, base = board.trips[officer, day], board.base[officer]
    for n in nearest:
        options = board.options[n]
        if trip.ends - trip.busy < _LEAST:
            return
        if n in board.where or not options.low <= day <= lasts[n] or officer not in options.officers:
            continue
        alone = 2 * board.metres[base][options.place] if base >= 0 else FAR
        fit = board.best_in(n, officer, day, alone)
        if fit is not None:
            board.put(n, officer, day, fit[1])


def improve(
    board: Board, movable: frozenset[int], lasts: list[int], steps: int, seed: int, tell: Tell
) -> None:
    """Take some neighbouring block visits out and put them back better, so many times; worse is taken at first.

    A step that would leave a stop without a place, or later than ``lasts``, is taken back.
    """
    rng = random.Random(seed)  # noqa: S311 - the same search each time, no secret
    order = sorted(movable)
    if not order or steps <= 0:
        return
    near = _neighbours(board)
    at = _at_place(board, order)
    begun, kept = board.total, copy_of(board)
    heat, cool = _HEAT * board.total / max(1, len(board.trips)) + 1.0, 0.01
    for step in range(steps):
        if step % _TOLD == 0:
            tell(step, steps)
        warm = heat * cool ** (step / steps)
        before = board.total
        saved: _Saved = {}
        removed = _ruin(board, rng, order, near, at, movable, saved)
        if _recreate(board, rng, removed, lasts, saved) and board.total <= before - warm * log(
            rng.random() or 1e-9
        ):
            continue
        _restore(board, saved, removed)
    if board.total > begun:
        put_back(board, kept)


def _neighbours(board: Board) -> list[list[int]]:
    return [sorted(range(len(row)), key=row.__getitem__)[:40] for row in board.metres]


def _at_place(board: Board, stops: list[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for n in stops:
        found.setdefault(board.options[n].place, []).append(n)
    return found


def _ruin(
    board: Board,
    rng: random.Random,
    order: list[int],
    near: list[list[int]],
    at: dict[int, list[int]],
    movable: frozenset[int],
    saved: _Saved,
) -> list[int]:
    """Take out block visits round a stop chosen by chance, of trips near each other in place."""
    first = order[rng.randrange(len(order))]
    most = rng.randint(2, 2 * _TAKEN)
    removed: list[int] = []
    for place in near[board.options[first].place]:
        for n in at.get(place, ()):
            if len(removed) >= most:
                return removed
            if (
                n not in board.where
                or abs(board.where[n][1] - board.where.get(first, board.where[n])[1]) > 45
            ):
                continue
            officer, day = board.where[n]
            if (officer, day) not in saved:
                saved[officer, day] = board.trips[officer, day].copy()
            trip = board.trips[officer, day]
            for k, one in enumerate(trip.segments):
                if n in one.stops and not one.held and movable.issuperset(one.stops):
                    removed += board.drop(officer, day, k)
                    break
    return removed


def _recreate(board: Board, rng: random.Random, removed: list[int], lasts: list[int], saved: _Saved) -> bool:
    how = rng.randrange(3)
    if how == 0:
        rng.shuffle(removed)
        removed.sort(key=lambda n: board.options[n].place)
    elif how == 1:
        removed.sort(key=lambda n: (lasts[n], n))
    else:
        rng.shuffle(removed)
    for n in removed:
        found = cheapest(board, n, lasts[n], rng)
        if found is None:
            return False
        _, officer, day, place = found
        if (officer, day) not in saved:
            trip = board.trips.get((officer, day))
            saved[officer, day] = trip.copy() if trip else None
        board.put(n, officer, day, place)
    return True


def _restore(board: Board, saved: _Saved, removed: list[int]) -> None:
    for n in removed:
        board.where.pop(n, None)
    for (officer, day), trip in saved.items():
        now = board.trips.pop((officer, day), None)
        if now is not None:
            board.total -= now.metres
            board.on[day].remove(officer)
        if trip is not None:
            board.trips[officer, day] = trip
            board.on[day].append(officer)
            board.on[day].sort()
            board.total += trip.metres
            for one in trip.segments:
                for n in one.stops:
                    board.where[n] = (officer, day)


def copy_of(board: Board) -> dict[tuple[int, int], Trip]:
    """All trips as they are now, to be put back."""
    return {key: trip.copy() for key, trip in board.trips.items()}


def put_back(board: Board, kept: dict[tuple[int, int], Trip]) -> None:
    """Make the board what it was when that copy was made."""
    board.where.clear()
    board.trips = kept
    board.on = [[] for _ in board.on]
    for officer, day in sorted(kept):
        board.on[day].append(officer)
        for one in kept[officer, day].segments:
            for n in one.stops:
                board.where[n] = (officer, day)
    board.total = sum(trip.metres for trip in kept.values())
