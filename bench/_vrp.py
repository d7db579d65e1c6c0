"""PyVRP beside our planner: a general solver of vehicle routes, for measuring alone. The program does without it.

Each day is a kind of vehicle with a time window of its own on one long clock; due days are hard for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from watmos_desktop.services.planning import Problem
from watmos_desktop.services.planning.trips import Board

_DAY = 24 * 60


@dataclass(frozen=True)
class Routed:
    """What it found: ``metres`` of all trips; ``feasible`` if everybody is seen in time."""

    metres: int
    feasible: bool


def solve(given: Problem, seconds: float, seed: int = 1) -> Routed | None:
    """Its best after so many seconds; None where it is not installed (there is no wheel for every system)."""
    try:
        from pyvrp import Model
        from pyvrp.stop import MaxRuntime
    except ImportError:
        return None
    board, model = Board(given), Model()
    days = {day: n for n, day in enumerate(given.days)}
    spots = [model.add_location(n, 0) for n in range(len(given.places))]
    office = model.add_depot(spots[0])
    for n in range(len(given.days)):
        minutes = given.officers[0].minutes
        model.add_vehicle_type(
            len(given.officers),
            start_depot=office,
            end_depot=office,
            tw_early=n * _DAY,
            tw_late=n * _DAY + minutes,
            shift_duration=minutes,
        )
    for stop in given.stops:
        model.add_client(
            spots[stop.place],
            service_duration=stop.minutes,
            tw_early=days[stop.earliest] * _DAY,
            tw_late=days[stop.due] * _DAY + given.officers[0].minutes,
        )
    for a, one in enumerate(spots):
        for b, other in enumerate(spots):
            model.add_edge(one, other, board.metres[a][b], round(board.travel[a][b]))
    result = model.solve(MaxRuntime(seconds), seed=seed, display=False, collect_stats=False)
    return Routed(int(result.best.distance()), result.best.is_feasible())
