"""The times and words of adaptations and planned works as data (``resources/works.toml``, R8, R9)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache

from sqlalchemy.orm import Session

from watmos_desktop import resources
from watmos_desktop.services import calendar, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told


@dataclass(frozen=True)
class Consultation:
    """Calendar days: usual, at least, and as the law asks where leaseholders pay."""

    days: int
    fewest: int
    leasehold: int


@dataclass(frozen=True)
class Adaptation:
    """Working days until waiting is late, weeks until the review, and the words on how to question a decision."""

    assess: int
    decide: int
    fit: int
    review_weeks: int
    appeal_days: int
    appeal: str


@dataclass(frozen=True)
class Rules:
    """All of them."""

    consultation: Consultation
    adaptation: Adaptation


@cache
def load() -> Rules:
    """The rules as the file says them."""
    found = tomllib.loads(resources.path("works.toml").read_text("utf-8"))
    return Rules(Consultation(**found["consultation"]), Adaptation(**found["adaptation"]))


def happened(session: Session, on: date | None, field: str, since: datetime | None = None) -> datetime:
    """The moment of what happened on a day: now for today or None, noon for a day gone by (it may be recorded late).

    Raises Told at ``field`` for a day to come, or one before ``since``.
    """
    now: datetime = session.info["clock"].now()
    day = on or now.date()
    if day > now.date():
        raise Told("That day has not come yet.", "Give the day on which it happened.", field=field)
    if since is not None and day < since.astimezone(LONDON).date():
        earliest = wording.day(since.astimezone(LONDON).date())
        raise Told(f"It cannot have happened before {earliest}.", "Check the day.", field=field)
    calendar.known(day)
    return now if day == now.date() else datetime.combine(day, time(12), LONDON)
