"""The parts of an inspection template, checked and frozen; ``services.templates`` reads and writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from watmos_desktop.models.kinds import Grade, Priority, Scale, Subject, Trade
from watmos_desktop.services.schedules import Cadence

# The 21 hazards of the Housing Health and Safety Rating System as amended in June 2026, in its order, by the
# ids of resources/rules.toml, where Awaab's Law names them.
HAZARDS: Mapping[str, str] = {
    "falls_level": "Falls on the level",
    "falls_stairs": "Falls on stairs",
    "falls_between_levels": "Falls between levels",
    "fire_and_explosions": "Fire and explosions",
    "hot_surfaces": "Flames and hot surfaces",
    "collisions": "Collisions and entrapment",
    "structural_collapse": "Structural collapse and falling elements",
    "electrical": "Electrical hazards",
    "excess_cold": "Excess cold",
    "radiation": "Radiation",
    "damp_and_mould": "Damp and mould growth",
    "lead": "Lead",
    "indoor_air": "Indoor air pollutants",
    "excess_heat": "Excess heat",
    "asbestos": "Asbestos and manufactured mineral fibres",
    "domestic_hygiene": "Domestic hygiene, pests and refuse",
    "water_supply": "Water supply",
    "crowding": "Crowding and space",
    "intruders": "Entry by intruders",
    "noise": "Noise",
    "lighting": "Lighting and obstructed views",
}

TITLE, NAME, CHIP, LOOK_FOR, LOOKS, PHRASE = 60, 40, 14, 160, 45, 28
"""Longest wordings in characters; ``LOOKS`` is also what fits in an answer button, ``PHRASE`` in a chip."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A defect in a few words: it answers the item and, if ``raises_repair``, raises one called ``title``.

    ``trade`` and ``priority`` are None when it does not; ``hazard`` is a key of HAZARDS or empty.
    """

    key: str
    words: str
    grade: Grade
    trade: Trade | None = None
    priority: Priority | None = None
    hazard: str = ""
    title: str = ""

    @property
    def raises_repair(self) -> bool:
        """Whether this is for a trade to mend; the rest is for the office or the resident to put right."""
        return self.trade is not None


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer an item can have. For a count, ``value`` is the smallest number of its band."""

    value: str
    looks: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at. ``choices`` go from best to worst.

    ``critical_fail``, ``photo_required`` and ``note_required`` hold from that grade downwards; None: never.
    ``safety_critical``: looked at by itself, never covered by "rest of area OK".
    """

    key: str
    name: str
    look_for: str
    scale: Scale
    choices: tuple[Choice, ...]
    weight: int
    safety_critical: bool
    critical_fail: Grade | None
    photo_required: Grade | None
    note_required: Grade | None
    phrases: tuple[Phrase, ...]

    def grade_of(self, value: str) -> Grade:
        """The grade an answer gives; a count is written in digits. ValueError if it is not an answer."""
        if self.scale is Scale.COUNT:
            if not (value.isascii() and value.isdecimal()):
                raise ValueError(f"{self.key}: {value!r} is not a count")
            return next(one.grade for one in reversed(self.choices) if int(one.value) <= int(value))
        for choice in self.choices:
            if choice.value == value:
                return choice.grade
        raise ValueError(f"{self.key}: {value!r} is not an answer")

    def value_of(self, phrase: Phrase) -> str:
        """The answer that a phrase gives."""
        return next(one.value for one in self.choices if one.grade is phrase.grade)

    def phrase(self, key: str) -> Phrase:
        """The phrase with that key; KeyError if there is none."""
        return _by_key(self.phrases, key)


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the walk; ``short`` is its chip."""

    key: str
    name: str
    short: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Scoring:
    """``points`` of A-D, and the ``least`` percentage for A, B and C (below it: D).

    ``cap_poor``: the best overall grade when any item is D; ``cap_critical``: when there is a critical fail.
    """

    points: tuple[int, int, int, int]
    least: tuple[int, int, int]
    cap_poor: Grade
    cap_critical: Grade


@dataclass(frozen=True, slots=True)
class Template:
    """A walk: its areas in order, how often it is due, and how it is scored."""

    key: str
    version: int
    title: str
    about: str
    subject: Subject
    every: Cadence
    scoring: Scoring
    areas: tuple[Area, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in the order of the walk."""
        return tuple(item for area in self.areas for item in area.items)

    def area(self, key: str) -> Area:
        """The area with that key; KeyError if there is none."""
        return _by_key(self.areas, key)

    def item(self, key: str) -> Item:
        """The item with that key; KeyError if there is none."""
        return _by_key(self.items, key)


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


_T = TypeVar("_T", bound=_Keyed)


def _by_key(these: Iterable[_T], key: str) -> _T:
    for one in these:
        if one.key == key:
            return one
    raise KeyError(key)
