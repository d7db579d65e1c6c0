"""Each job measured beside its floor in the same run: ``python -m bench [names]``.

A bench is a module here with ``run() -> Iterable[Row]``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Row:
    """One measure: ``value`` and ``floor`` ready with their units, and their ``ratio`` where there is one."""

    name: str
    value: str
    floor: str
    ratio: float | None
    goal: str
    ok: bool


def in_turn(*jobs: Callable[[], object], rounds: int = 9) -> list[list[float]]:
    """Seconds of each job in each round: all take turns, so that a busy machine slows them alike."""
    times: list[list[float]] = [[] for _ in jobs]
    for job in jobs:
        job()
    for _ in range(rounds):
        for job, seconds in zip(jobs, times, strict=True):
            start = perf_counter()
            job()
            seconds.append(perf_counter() - start)
    return times


def beside(
    name: str, job: Callable[[], object], floor: Callable[[], object], at_most: float, rounds: int = 9
) -> Row:
    """A job beside its floor: medians of several rounds, and the median of the ratios within each round."""
    ours, least = in_turn(job, floor, rounds=rounds)
    ratio = median(a / b for a, b in zip(ours, least, strict=True))
    return Row(
        name, spell(median(ours)), spell(median(least)), ratio, f"at most {at_most:g}×", ratio <= at_most
    )


def spell(seconds: float) -> str:
    """``12.7 ms`` or ``1.25 s``."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"
