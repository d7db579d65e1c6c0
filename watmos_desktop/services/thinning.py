"""Which backups to keep, as a pure rule: many of today, one a day of this week, one a week of the last five.

The newest is always kept, and so is the newest from before an update of the program, which is the way back if
the update went wrong. Everything else is gone after 35 days, so that what was erased ages out (security.md S44).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from watmos_desktop.services.clock import LONDON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OLDEST = timedelta(days=35)


@dataclass(frozen=True)
class Reason:
    """Why a backup was made; of those with a reason that ``stays``, the newest is never thinned out."""

    words: str
    stays: bool = False


UPDATE = Reason("before an update", stays=True)
RESTORE = Reason("before a restore")
CLOSING = Reason("on closing")
WORK = Reason("after ten minutes of work")
ASKED = Reason("asked for")
REASONS = {reason.words: reason for reason in (UPDATE, RESTORE, CLOSING, WORK, ASKED)}


class Dated(Protocol):
    """Anything made at a moment for a reason."""

    @property
    def made_at(self) -> datetime:
        """When it was made, aware."""

    @property
    def why(self) -> str:
        """The words of its reason."""


D = TypeVar("D", bound=Dated)


def keep(backups: Iterable[D], now: datetime) -> list[D]:
    """Those to keep, newest first.

    All of the last hour; the newest of each hour for a day, of each day for a week, and of each week (Monday to Sunday,
    in London) until 35 days have passed.
    """
    kept: list[D] = []
    seen: set[Hashable] = set()
    for one in sorted(backups, key=lambda one: one.made_at, reverse=True):
        slots = _slots(one, now)
        if not kept or slots - seen:
            kept.append(one)
        seen |= slots
    return kept


def _slots(one: Dated, now: datetime) -> set[Hashable]:
    """The places that a backup would fill; it is kept when one of them is still free."""
    slots: set[Hashable] = set()
    if (reason := REASONS.get(one.why)) and reason.stays:
        slots.add(reason)
    age = now - one.made_at
    if age >= timedelta(0):  # a clock that was set back leaves backups from the future; they push none out
        slots.add("newest")
        slots |= _in_its_time(one, age)
    return slots


def _in_its_time(one: Dated, age: timedelta) -> set[Hashable]:
    local = one.made_at.astimezone(LONDON)
    if age < HOUR:
        return {("every", one.made_at, one.why)}  # two of one moment are two
    if age < DAY:
        return {("hour", local.date(), local.hour, local.utcoffset())}
    if age < 7 * DAY:
        return {("day", local.date())}
    return {("week", *local.isocalendar()[:2])} if age < OLDEST else set()
