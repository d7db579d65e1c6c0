"""Parts of a day that are offered for an appointment, and what is to be said of a day. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from watmos_desktop.models.kinds import Slot
from watmos_desktop.services import calendar, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told

NAMES = {
    Slot.MORNING: "Morning",
    Slot.AFTERNOON: "Afternoon",
    Slot.SCHOOL_RUN: "Between school runs",
    Slot.EVENING: "Evening",
    Slot.ALL_DAY: "All day",
}
TIMES = {
    Slot.MORNING: ("08:00", "13:00"),
    Slot.AFTERNOON: ("12:00", "17:00"),
    Slot.SCHOOL_RUN: ("09:30", "14:30"),
    Slot.EVENING: ("17:00", "20:00"),
    Slot.ALL_DAY: ("08:00", "17:00"),
}
_TIME = re.compile(r"(\d{1,2})[:.]?(\d{2})?")
_HOURS, _SIXTY, _SUNDAY, _SATURDAY = 24, 60, 6, 5
_NOON, _FIVE = "12:00", "17:00"


@dataclass(frozen=True)
class When:
    """A day and a part of it; ``arrives_from`` and ``arrives_by`` (``09:00``) only where times were agreed."""

    day: date
    slot: Slot
    arrives_from: str = ""
    arrives_by: str = ""

    @property
    def times(self) -> tuple[str, str]:
        """From and to, as agreed or as the slot has them."""
        return (self.arrives_from, self.arrives_by) if self.arrives_from else TIMES[self.slot]

    @property
    def starts(self) -> datetime:
        """The moment from which someone may come."""
        return _at(self.day, self.times[0])

    @property
    def ends(self) -> datetime:
        """The moment by which someone has come."""
        return _at(self.day, self.times[1])

    @property
    def words(self) -> str:
        """``Tue 24 Nov, morning, 08:00 to 13:00``."""
        start, end = self.times
        name = "" if self.arrives_from else f"{NAMES[self.slot].lower()}, "
        return f"{wording.weekday(self.day)}, {name}{start} to {end}"


def when(day: date, slot: Slot | None, arrives_from: str = "", arrives_by: str = "") -> When:
    """A slot of a day, or the times agreed, which then name the slot; raises Told at the field that is wrong."""
    calendar.known(day)
    if not arrives_from.strip() and not arrives_by.strip():
        if slot is None:
            raise Told("Choose a part of the day.", "Or give the times that were agreed.", field="slot")
        return When(day, slot)
    start, end = read_time(arrives_from, "arrives_from"), read_time(arrives_by, "arrives_by")
    if start >= end:
        raise Told("It ends before it begins.", "Give the later time second.", field="arrives_by")
    return When(day, _slot_of(start, end), start, end)


def remarks(day: date, due_at: datetime | None = None) -> list[str]:
    """What to say of a day before it is promised: a bank holiday, a Sunday, after the due date."""
    said = []
    if holiday := calendar.bank_holiday(day):
        said.append(f"{wording.weekday(day)} is a bank holiday: {holiday}.")
    elif day.weekday() >= _SATURDAY:
        said.append("That is a Sunday." if day.weekday() == _SUNDAY else "That is a Saturday.")
    if due_at is not None and day > due_at.astimezone(LONDON).date():
        said.append(f"That is after the repair is due: {wording.weekday(due_at.astimezone(LONDON))}.")
    return said


def offered(now: datetime, count: int = 6) -> list[date]:
    """Days to choose from: today while a slot of it is still to come, then the next working days."""
    today = now.astimezone(LONDON).date()
    first = [today] if calendar.is_working_day(today) and When(today, Slot.AFTERNOON).starts > now else []
    return first + [calendar.working_days_after(today, n) for n in range(1, count + 1 - len(first))]


def next_after(before: When | None, now: datetime, *, today: bool) -> When:
    """The next slot to propose: the same part of the next working day; ``today`` for what cannot wait: this evening."""
    day = now.astimezone(LONDON).date()
    if today:
        evening = When(day, Slot.EVENING)
        return evening if evening.starts > now else When(day + timedelta(days=1), Slot.MORNING)
    slot = before.slot if before is not None else Slot.MORNING
    other = When(calendar.working_days_after(day, 1), slot)
    if before is not None and before.arrives_from:
        other = When(other.day, slot, before.arrives_from, before.arrives_by)
    return other


def read_time(text: str, field: str) -> str:
    """``9.30`` as ``09:30``; raises Told at ``field``."""
    found = _TIME.fullmatch(text.strip())
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (_HOURS, 0)
    if hour >= _HOURS or minute >= _SIXTY:
        raise Told("That is no time of day.", "For example 09:30.", field=field)
    return f"{hour:02}:{minute:02}"


def _slot_of(start: str, end: str) -> Slot:
    if start >= _FIVE:
        return Slot.EVENING
    if end <= TIMES[Slot.MORNING][1]:
        return Slot.MORNING
    return Slot.AFTERNOON if start >= _NOON else Slot.ALL_DAY


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), LONDON)
