"""Visits as a calendar file (RFC 5545), for the calendar on an officer's phone: one visit, or one officer's week.

A calendar is read by more people and machines than a record: an entry holds the address, the time and the
reference, and nothing of who lives there, why we come, or what to mind. The UID of a visit never changes and its
SEQUENCE grows with each change of its time, so that a file imported again moves the entry instead of doubling it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import VisitStatus
from watmos_desktop.models.tables import Home, Staff, Visit
from watmos_desktop.services import policy, stamps
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action

_FOLD = 75  # octets a line may have
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_TIMED = ("officer_id", "second_id", "planned_on", "window_from", "window_to", "status")


@dataclass(frozen=True)
class CalendarFile:
    """A file for a calendar: its name without a person's, its bytes, and how many visits are in it."""

    name: str
    data: bytes
    visits: int


@dataclass(frozen=True)
class _Event:
    uid: UUID
    reference: str
    where: str
    day: date
    start: str
    end: str
    cancelled: bool
    changed: datetime
    beside: str


def of_visit(session: Session, visit_id: UUID) -> CalendarFile:
    """One visit; a cancelled one takes its entry back. Raises NotAllowed, NotFound, or Told at ``day``."""
    policy.require(session, Action.PLAN_VISITS, "visit")
    row = policy.find(session, Visit, visit_id, "That visit")
    if row.planned_on is None:
        raise Told("That visit has no day yet.", "Plan it first.", field="day")
    events = [_event(session, row, row.officer_id)]
    return CalendarFile(f"Visit {row.reference}.ics", _file(events), len(events))


def of_week(session: Session, officer_id: UUID, monday: date) -> CalendarFile:
    """The seven days of one officer from ``monday`` on, as first or second person; raises NotAllowed or NotFound."""
    policy.require(session, Action.PLAN_VISITS, "visit")
    staff = session.get(Staff, officer_id)
    if staff is None or staff.deleted:
        raise NotFound("That officer")
    theirs = (Visit.officer_id == officer_id) | (Visit.second_id == officer_id)
    here = (Visit.planned_on.between(monday, monday + timedelta(days=6)), theirs, ~Visit.deleted)
    found = policy.scope(select(Visit).where(*here), session, Visit)
    ordered = found.order_by(Visit.planned_on, Visit.window_from, Visit.place_in_day, Visit.id)
    events = [_event(session, row, officer_id) for row in session.scalars(ordered)]
    standing = sum(not one.cancelled for one in events)
    return CalendarFile(f"Visits from {monday.isoformat()}.ics", _file(events), standing)


def _event(session: Session, row: Visit, officer_id: UUID | None) -> _Event:
    home = session.get(Home, row.home_id)
    second = row.second_id if row.officer_id == officer_id else row.officer_id
    other = session.get(Staff, second) if second is not None else None
    named = other is not None and policy.may_see(policy.actor(session), "staff", "name")
    assert home is not None and row.planned_on is not None
    return _Event(
        uid=row.id,
        reference=row.reference,
        where=", ".join(part for part in (home.address, home.postcode) if part),
        day=row.planned_on,
        start=row.window_from,
        end=row.window_to,
        cancelled=row.status is VisitStatus.CANCELLED,
        changed=_changed(row),
        beside=other.name if named and other is not None else "",
    )


def _changed(row: Visit) -> datetime:
    """When its time or its officers last changed, alike on every device: from the stamps that sync goes by."""
    made = row.stamps.get("*", "")
    return stamps.moment(max(row.stamps.get(name, made) for name in _TIMED))


def _file(events: list[_Event]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//WATMOS//WATMOS Desktop//EN", "METHOD:PUBLISH"]
    for event in events:
        lines += _lines(event)
    return b"".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _lines(event: _Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}@visits.watmos"
    yield f"DTSTAMP:{event.changed:%Y%m%dT%H%M%SZ}"
    yield f"SEQUENCE:{max(0, int((event.changed - _EPOCH).total_seconds()))}"
    if event.start:
        yield f"DTSTART:{_at(event.day, event.start)}"
        yield f"DTEND:{_at(event.day, event.end)}"
    else:
        yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(f'Visit {event.reference}')}"
    yield f"LOCATION:{_escaped(event.where)}"
    beside = f"With {event.beside}. " if event.beside else ""
    yield f"DESCRIPTION:{_escaped(f'{beside}Who and what: in WATMOS, by the reference.')}"
    yield "CLASS:PRIVATE"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield "END:VEVENT"


def _at(day: date, clock: str) -> str:
    """A time of the wall clock in London, in UTC: no table of time zones is needed, and summer time is right."""
    local = datetime.combine(day, time.fromisoformat(clock), LONDON)
    return f"{local.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """Text as RFC 5545, 3.3.11 wants it; a line break is ``\\n``, other control signs are spaces."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = "\\n".join(text.splitlines())
    return "".join(" " if ord(sign) < 32 or ord(sign) == 127 else sign for sign in text)


def _folded(line: str) -> bytes:
    """The line in parts of at most 75 octets, no letter cut in two, each part after the first behind a space."""
    parts, now = [], b""
    for sign in line:
        octets = sign.encode()
        if len(now) + len(octets) > _FOLD:
            parts.append(now)
            now = b" "
        now += octets
    return b"\r\n".join([*parts, now]) + b"\r\n"
