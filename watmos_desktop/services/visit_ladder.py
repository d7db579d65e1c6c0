"""The ladder of ways and times when nobody opens for a visit (``resources/visit_access.toml``). Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from watmos_desktop import resources
from watmos_desktop.models.kinds import Channel
from watmos_desktop.services.clock import LONDON

AM, PM = "am", "pm"
AT_THE_DOOR = (Channel.DOOR, Channel.IN_PERSON)
_NOON = 12


@dataclass(frozen=True)
class Rung:
    """One step: the ways that climb it, and the working days until the next day that is proposed.

    ``other_part``: only a knock on a part of the day when nobody had knocked before. No ways: staff go no further.
    """

    key: str
    ways: tuple[Channel, ...]
    wait: int
    words: str
    other_part: bool = False


@dataclass(frozen=True)
class Ladder:
    """The rungs from first to last; ``parts`` are the hours of a morning and an afternoon, as ``09:30``."""

    within: int
    parts: Mapping[str, tuple[str, str]]
    rungs: tuple[Rung, ...]


@dataclass(frozen=True)
class Try:
    """When and how it was tried."""

    at: datetime
    how: Channel


@cache
def load() -> Ladder:
    """The ladder as the file says it."""
    data = tomllib.loads(resources.path("visit_access.toml").read_text(encoding="utf-8"))
    rungs = tuple(Rung(**row | {"ways": tuple(Channel(way) for way in row["ways"])}) for row in data["rung"])
    return Ladder(data["within"], {part: (one[0], one[1]) for part, one in data["parts"].items()}, rungs)


def part_of(at: datetime) -> str:
    """``am`` before noon in London, else ``pm``."""
    return AM if at.astimezone(LONDON).hour < _NOON else PM


def climbs(tries: Sequence[Try]) -> dict[str, Try]:
    """The rungs that those tries climbed, by key, each try at most one: the first open rung that it fits."""
    done: dict[str, Try] = {}
    knocked: set[str] = set()
    for one in sorted(tries, key=lambda each: each.at):
        part = part_of(one.at) if one.how in AT_THE_DOOR else ""
        for rung in load().rungs:
            other = not rung.other_part or part not in knocked
            if rung.key not in done and one.how in rung.ways and other:
                done[rung.key] = one
                break
        knocked |= {part} - {""}
    return done


def climbed(tries: Sequence[Try]) -> frozenset[str]:
    """The keys of those rungs."""
    return frozenset(climbs(tries))


def next_rung(tries: Sequence[Try]) -> Rung:
    """What to do next: the first rung not climbed yet; the last one stays."""
    done = climbed(tries)
    return next((rung for rung in load().rungs if rung.key not in done), load().rungs[-1])
