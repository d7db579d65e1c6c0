"""When a contractor works, written as people write it: ``Mon-Fri 08:00-17:00, Sat 9-13``, or ``24 hours``. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from watmos_desktop.services import calendar
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told

USUAL = "Mon-Fri 08:00-17:00"
ALWAYS = "24 hours"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)"
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
_PART = re.compile(rf"(?:({_DAY})[a-z]*(?:-({_DAY})[a-z]*)? )?{_TIME}-{_TIME}")
_MINUTES = 24 * 60
_SIXTY = 60


@dataclass(frozen=True)
class Hours:
    """Spans of minutes from midnight by weekday (0 is Monday); ``always`` is day and night, bank holidays too."""

    spans: tuple[tuple[int, int, int], ...]
    always: bool = False

    def open_at(self, moment: datetime) -> bool:
        """Whether someone works at that moment; on a bank holiday only who always does."""
        if self.always:
            return True
        local = moment.astimezone(LONDON)
        if calendar.bank_holiday(local.date()):
            return False
        minute = local.hour * _SIXTY + local.minute
        return any(day == local.weekday() and start <= minute < end for day, start, end in self.spans)


def read(text: str) -> Hours:
    """The hours of a text; nothing written is Monday to Friday, 8 to 17. Raises Told at ``hours``."""
    plain = _plain(text)
    if plain in ("24 hours", "24/7", "always", "day and night"):
        return Hours((), always=True)
    spans: list[tuple[int, int, int]] = []
    for part in re.split(r" ?[,;] ?", plain or _plain(USUAL)):
        spans += _spans(part)
    return Hours(tuple(spans))


def _plain(text: str) -> str:
    joined = re.sub(r"\s*(?:-|–|\bto\b)\s*", "-", text.lower())
    return " ".join(joined.split())


def _spans(part: str) -> list[tuple[int, int, int]]:
    found = _PART.fullmatch(part)
    if found is None:
        raise _unread()
    first, last, *times = found.groups()
    start = int(times[0]) * _SIXTY + int(times[1] or 0)
    end = int(times[2]) * _SIXTY + int(times[3] or 0)
    if not 0 <= start < end <= _MINUTES or int(times[1] or 0) >= _SIXTY or int(times[3] or 0) >= _SIXTY:
        raise _unread()
    begins = _DAYS.index(first) if first else 0
    ends = _DAYS.index(last) if last else begins if first else 4
    if ends < begins:
        raise _unread()
    return [(day, start, end) for day in range(begins, ends + 1)]


def _unread() -> Told:
    return Told(
        "These hours cannot be read.", f"Write them as {USUAL}, Sat 9-13, or as {ALWAYS}.", field="hours"
    )
