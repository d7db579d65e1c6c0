"""How people are kept informed of their repair, as data: resources/repair_care.toml (R3, R4). Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from watmos_desktop import resources
from watmos_desktop.services import calendar, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.wording import Deadline, Tone

_FAR_TOO_LONG = 2


@dataclass(frozen=True)
class Care:
    """What holds on one day: ``quiet`` and ``ask`` in working days."""

    quiet: int
    recall: timedelta
    ask: int


def on(day: date) -> Care:
    """What held on that day; before the first entry the first."""
    data = _data()
    return Care(
        int(_held(data["quiet"], day)["days"]),
        timedelta(days=int(_held(data["recall"], day)["days"])),
        int(_held(data["ask"], day)["days"]),
    )


def words(name: str) -> tuple[str, ...]:
    """The words offered for ``without_photo`` or ``cancel``."""
    return tuple(_data()["words"][name])


def phrases() -> tuple[tuple[str, str], ...]:
    """What residents are told often: short for a button, and as it is said."""
    return tuple((one["short"], one["say"]) for one in _data()["tell"])


def quiet_since(now: datetime) -> datetime:
    """The moment at or before which the last word must lie for the silence to show.

    A working day counts once it has ended: told on Monday, quiet for one working day from Wednesday on.
    """
    return _quiet_since(now.astimezone(LONDON).date())


@lru_cache(maxsize=8)
def _quiet_since(today: date) -> datetime:
    # Every list asks this twice before it is painted.
    day = today
    while _whole_days(day, today) < on(today).quiet:
        day -= timedelta(days=1)
    return calendar.end_of_day(day)


def silence(last_word: datetime, now: datetime) -> Deadline | None:
    """``Told nothing for 9 working days`` since a last word, once that is longer than it should be; else None."""
    if last_word > quiet_since(now):
        return None
    today, day = now.astimezone(LONDON).date(), last_word.astimezone(LONDON).date()
    days = _whole_days(day, today)
    tone = Tone.BAD if days > _FAR_TOO_LONG * on(today).quiet else Tone.WARN
    return Deadline(f"Told nothing for {wording.count(days, 'working day')}", tone)


def _whole_days(day: date, today: date) -> int:
    """The working days after a day that have ended: today is not over yet."""
    return calendar.working_days_between(day, today) - int(calendar.is_working_day(today))


def _held(versions: Sequence[Mapping[str, Any]], day: date) -> Mapping[str, Any]:
    return next((one for one in reversed(versions) if one["holds_from"] <= day), versions[0])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.path("repair_care.toml").read_text("utf-8"))
