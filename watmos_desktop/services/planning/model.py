"""What the planner is given and what it gives back. Days are dates, times of day minutes from midnight, ways metres."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date

Key = Hashable
MORNING, AFTERNOON = "am", "pm"


@dataclass(frozen=True)
class Place:
    """A block, or a home apart from blocks. Without coordinates (metres) the estate says how far places lie apart."""

    key: Key
    estate: Key = None
    x: int | None = None
    y: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Stop:
    """One visit to be planned, at the place of that index, not before ``earliest``, by ``due`` where that can be.

    ``times`` are the half days that suit, as (weekday from 0, ``am`` or ``pm``); none means any. ``fixed`` marks a
    visit that belongs on its due day. ``optional`` ones are planned only where an officer is near anyway.
    """

    key: Key
    place: int
    earliest: date
    due: date
    minutes: int = 45
    times: frozenset[tuple[int, str]] = frozenset()
    two: bool = False
    language: str = ""
    fixed: bool = False
    optional: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Officer:
    """Who visits: from which place (an office), on which weekdays, on which estates (none: all of them).

    ``halves`` are the half days away of days that are worked otherwise, as (day, ``am`` or ``pm``).
    """

    key: Key
    name: str = ""
    base: int | None = None
    minutes: int = 420
    weekdays: frozenset[int] = frozenset(range(5))
    away: frozenset[date] = frozenset()
    halves: frozenset[tuple[date, str]] = frozenset()
    estates: frozenset[Key] = frozenset()
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Pin:
    """A visit that a person placed: it stays with that officer on that day, and at that time if one is given."""

    stop: Key
    officer: Key
    day: date
    start: int | None = None


@dataclass(frozen=True)
class Settings:
    """How the day runs and how long is searched. ``detour`` makes a straight line a way; ``speed`` is km an hour.

    ``steps`` bounds the search, not time: the same on a slow machine. ``near`` is how far (metres) an officer goes
    out of the way for an optional visit.
    """

    begins: int = 9 * 60 + 30
    noon: int = 12 * 60 + 30
    speed: float = 22.0
    detour: float = 1.3
    same_estate: int = 300
    other_estate: int = 4000
    window: int = 120
    steps: int = 4000
    seed: int = 1
    near: int = 600


@dataclass(frozen=True)
class Problem:
    """Everything the planner looks at; ``days`` are the working days of the plan, in order."""

    places: tuple[Place, ...]
    stops: tuple[Stop, ...]
    officers: tuple[Officer, ...]
    days: tuple[date, ...]
    pins: tuple[Pin, ...] = ()
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True)
class Planned:
    """One visit in the plan: ``order`` in its officer's day from 1, to be told as ``start`` to ``end``; why there."""

    stop: Key
    officer: Key
    day: date
    order: int
    arrives: int
    start: int
    end: int
    second: Key | None = None
    pinned: bool = False
    why: str = ""


@dataclass(frozen=True)
class Late:
    """A visit that comes after its due day; ``day`` is None when there was no room at all."""

    stop: Key
    due: date
    day: date | None


@dataclass(frozen=True)
class Plan:
    """The whole plan. ``missing`` is how many more officer days would let nobody be late, by ``missing_by``."""

    visits: tuple[Planned, ...]
    late: tuple[Late, ...]
    left: tuple[Key, ...]
    metres: int
    trips: int
    missing: int = 0
    missing_by: date | None = None
    conflicts: tuple[str, ...] = ()
