"""How a visit that is due is said: how long it has been, how soon it is, and why it presses. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from watmos_desktop.models.kinds import VisitKind
from watmos_desktop.services import wording
from watmos_desktop.services.wording import Deadline, Tone

_WEEKS_FROM, _MONTHS_FROM = 14, 120  # days from which a span is said in weeks, in months
_DAYS_A_MONTH = 30.44


def reasons(row: Any, kind: VisitKind, seen: date | None, due_on: date, today: date) -> Iterator[str]:
    """Why this one, most telling first: how long it has been, then what makes it pressing."""
    if due_on < today:
        yield f"{span((today - due_on).days)} late"
    if row.vulnerable:
        yield "Vulnerable household"
    if row.damp:
        yield "Damp, mould or another hazard is open"
    if row.worried:
        yield "Worried about antisocial behaviour at the last visit"
    if row.tries:
        yield f"Nobody answered {'once' if row.tries == 1 else wording.count(row.tries, 'time')}"
    if row.missed:
        yield f"{wording.count(row.missed, 'earlier review')} missed"
    yield _since(kind, seen, row.tenancy_from)


def _since(kind: VisitKind, seen: date | None, held: date | None) -> str:
    """What the due day is counted from."""
    if kind is VisitKind.REQUESTED:
        return "Somebody asked for it"
    if kind is VisitKind.FOLLOW_UP:
        return "Left to do from the last visit"
    if kind is VisitKind.WELLBEING and seen and (held is None or seen >= held):
        return f"Last seen {wording.day(seen)}"
    since = f"enancy since {wording.day(held)}" if held else "enancy"
    return f"Never seen; t{since}" if kind is VisitKind.WELLBEING else f"T{since}"


def span(days: int) -> str:
    """How long, in the largest fitting unit: ``9 days``, ``5 weeks``, ``14 months``."""
    if days < _WEEKS_FROM:
        return wording.count(days, "day")
    if days < _MONTHS_FROM:
        return wording.count(days // 7, "week")
    return wording.count(int(days / _DAYS_A_MONTH), "month")


def due_words(due_on: date, today: date) -> Deadline:
    """How a visit stands: ``3 weeks late``, ``Due today``, ``Due Fri 27 Nov``, ``In 5 weeks``, ``Due Mar 2028``."""
    days = (due_on - today).days
    if days < 0:
        return Deadline(f"{span(-days)} late", Tone.BAD)
    if days == 0:
        return Deadline("Due today", Tone.WARN)
    if days < _WEEKS_FROM:
        return Deadline(f"Due {wording.weekday(due_on)}", Tone.WARN)
    if days < _MONTHS_FROM:
        return Deadline(f"In {span(days)}", Tone.OK)
    return Deadline(f"Due {wording.day(due_on)}", Tone.OK)
