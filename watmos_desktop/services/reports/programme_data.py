"""What letters and the sheet about planned works say: plain data that a worker process can be handed (R9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Letter(StrEnum):
    """Which letter: asked for their view, or told when the works begin."""

    CONSULTATION = "consultation"
    START = "start"


@dataclass(frozen=True)
class Works:
    """What every letter of the works says alike; dates in words but its own. ``staff`` is who to ask."""

    reference: str
    name: str
    place: str
    what: str
    when: str
    how_long: str
    disturbance: str
    contractor: str
    until: str
    outcome: str
    staff: str
    dated: date


@dataclass(frozen=True)
class HomeLetter:
    """What one letter says of its own home, and of no other. ``day`` and ``days`` are empty while not planned."""

    code: str
    address: str
    postcode: str
    names: tuple[str, ...] = ()
    day: str = ""
    days: str = ""
    lease: bool = False


@dataclass(frozen=True)
class Letters:
    """All letters of one run. ``large``: 18 point for everyone."""

    kind: Letter
    works: Works
    homes: tuple[HomeLetter, ...]
    large: bool = False


@dataclass(frozen=True)
class Sheet:
    """All that the noticeboard says of works: there is no field for a person or a home."""

    name: str
    place: str
    what: str
    when: str
    how_long: str
    disturbance: str
    contractor: str
    until: str
    outcome: str
    dated: date
