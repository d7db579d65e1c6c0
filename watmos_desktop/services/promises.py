"""The landlord's promises and the law's rules as dated data, and when each falls due.

``resources/service_offer.toml`` holds the Service Offer, ``resources/rules.toml`` the rules beyond it, alike.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import Any

from watmos_desktop import resources
from watmos_desktop.services import calendar, wording
from watmos_desktop.services.errors import Told

SERVICE_OFFER = "Service Offer"


class Unit(StrEnum):
    """What a clock counts."""

    WORKING_DAYS = "wd"
    HOURS = "h"
    DAYS = "d"
    MONTHS = "months"
    YEARS = "y"


@dataclass(frozen=True)
class Promise:
    """One promise: what is promised, where it is kept, from which event to which, and the keys of its clocks.

    ``basis`` is the Service Offer, or the law for the rules beyond it.
    """

    id: str
    title: str
    text: str
    where: tuple[str, ...]
    start: str
    stop: str
    clocks: tuple[str, ...]
    holds_from: date
    basis: str


@dataclass(frozen=True)
class Target:
    """How long a clock runs when it starts on ``holds_from`` or later.

    ``follows`` names the clock from whose due date this one counts on; both start at the same event.
    ``rolls`` moves a due date that is no working day on to the next one.
    """

    key: str
    start: str
    stop: str
    basis: str
    holds_from: date
    amount: int
    unit: Unit
    follows: str = ""
    rolls: bool = False

    @property
    def length(self) -> str:
        """``5 working days``, ``24 hours``, ``a further 10 working days``."""
        noun = {Unit.WORKING_DAYS: "working day", Unit.HOURS: "hour", Unit.DAYS: "day", Unit.MONTHS: "month"}
        words = wording.count(self.amount, noun.get(self.unit, "year"))
        return f"a further {words}" if self.follows else words


@dataclass(frozen=True)
class Due:
    """When a clock ends: ``due_at`` is exact for clocks of hours, else the last second of the due day.

    ``held_from`` tells the target's version: a case keeps the one that was in force when its clock started.
    """

    key: str
    start: date | datetime
    due_date: date
    due_at: datetime
    held_from: date


@dataclass(frozen=True)
class Hazard:
    """One of the hazards of the Housing Health and Safety Rating System, by the number in its list."""

    id: str
    name: str
    number: int


def promises() -> tuple[Promise, ...]:
    """Every promise of the Service Offer, in its order."""
    return tuple(p for p in _promises().values() if p.basis == SERVICE_OFFER)


def rules() -> tuple[Promise, ...]:
    """What the law asks beyond the Service Offer, in the form of promises."""
    return tuple(p for p in _promises().values() if p.basis != SERVICE_OFFER)


def promise(id: str) -> Promise:  # noqa: A002 - the word the offer uses
    """One promise or rule by its id; raises Told."""
    try:
        return _promises()[id]
    except KeyError:
        raise Told(f"There is no promise {id!r}.", "`watmos promises` lists them.", field="id") from None


def clock(key: str, on: date) -> Target:
    """The target in force for a clock that starts ``on`` that day; the first one also serves earlier starts.

    A visit or check made before a promise was written down is still what the next one is counted from.
    Raises Told for an unknown key.
    """
    try:
        targets = _clocks()[key]
    except KeyError:
        raise Told(f"There is no clock {key!r}.", "`watmos promises` lists them.", field="key") from None
    return in_force(targets, on)


def targets(key: str) -> tuple[Target, ...]:
    """The dated targets of a clock, oldest first: for a statement that counts many at once. KeyError if unknown."""
    return _clocks()[key]


def in_force(targets: Sequence[Target], on: date) -> Target:
    """Of the dated targets of one clock, oldest first, the one for a clock that starts ``on`` that day."""
    return next((target for target in reversed(targets) if target.holds_from <= on), targets[0])


def due(key: str, start: date | datetime) -> Due:
    """When the clock ``key`` ends that started then; a bare date starts an hours clock at its local midnight.

    Raises Told for an unknown key, a time without an offset, or days outside the known years.
    """
    day = calendar.local_day(start)
    target = clock(key, day)
    if target.unit is Unit.HOURS:
        due_at = calendar.hours_after(start, target.amount)
        return Due(key, start, due_at.date(), due_at, target.holds_from)
    from_day = due(target.follows, start).due_date if target.follows else day
    due_date = _COUNT[target.unit](from_day, target.amount)
    if target.rolls:
        due_date = calendar.working_day_from(due_date)
    return Due(key, start, due_date, calendar.end_of_day(due_date), target.holds_from)


def hazards(on: date) -> tuple[Hazard, ...]:
    """The list of hazards in force on the day of an inspection: 29 until June 2026, 21 since."""
    lists = _data()["hazard_list"]
    names = next((each["names"] for each in reversed(lists) if each["holds_from"] <= on), lists[0]["names"])
    return tuple(Hazard(key, name, number) for number, (key, name) in enumerate(names.items(), 1))


def awaab_applies(hazard: str, emergency: bool, aware_on: date) -> bool:
    """Whether Awaab's Law binds, by SI 2025/1042, for a hazard that the landlord became aware of on that day.

    Otherwise the clocks are good practice only. ``hazard`` is an id of either list; raises Told for others.
    A significant hazard of the last phase is never in scope, since no day has been set for it.
    """
    if not any(hazard in each["names"] for each in _data()["hazard_list"]):
        raise Told(f"There is no hazard {hazard!r}.", "Choose one from the list.", field="hazard")
    law = _data()["awaabs_law"]
    if hazard in law["never"]:
        return False
    begun = [phase for phase in law["phase"] if phase["holds_from"] <= aware_on]
    return bool(begun) if emergency else any(hazard in phase["significant"] for phase in begun)


_COUNT: dict[Unit, Callable[[date, int], date]] = {
    Unit.WORKING_DAYS: calendar.working_days_after,
    Unit.DAYS: calendar.days_after,
    Unit.MONTHS: calendar.months_after,
    Unit.YEARS: lambda day, count: calendar.months_after(day, 12 * count),
}


@cache
def _data() -> dict[str, Any]:
    """Both files as one: the offer's rows first, then the rules'."""
    offer, rules = (
        tomllib.loads(resources.path(name).read_text(encoding="utf-8"))
        for name in ("service_offer.toml", "rules.toml")
    )
    return rules | {name: offer[name] + rules[name] for name in ("promise", "clock")}


@cache
def _promises() -> dict[str, Promise]:
    rows = (
        Promise(**row | {"where": tuple(row["where"]), "clocks": tuple(row["clocks"])})
        for row in ({"basis": SERVICE_OFFER, "clocks": ()} | row for row in _data()["promise"])
    )
    return {row.id: row for row in rows}


@cache
def _clocks() -> dict[str, tuple[Target, ...]]:
    """The dated targets of each clock, oldest first."""
    clocks = {}
    for row in ({"basis": SERVICE_OFFER} | row for row in _data()["clock"]):
        versions = row.pop("targets")
        targets = tuple(Target(**row, **version | {"unit": Unit(version["unit"])}) for version in versions)
        assert all(old.holds_from < new.holds_from for old, new in pairwise(targets)), row["key"]
        clocks[targets[0].key] = targets
    return clocks
