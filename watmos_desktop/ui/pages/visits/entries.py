"""What stands on a card of the week: a visit that is saved, or one that is only proposed."""

from __future__ import annotations

from datetime import date, timedelta

from watmos_desktop.models.kinds import VisitStatus
from watmos_desktop.services.visits import VisitCard
from watmos_desktop.services.visits_planning import Proposed
from watmos_desktop.ui.pages.visits.board import Entry

_DAYS = 5


def monday(day: date) -> date:
    """The Monday of a day's week; of a weekend, the one after it."""
    return (
        day + timedelta(days=7 - day.weekday())
        if day.weekday() >= _DAYS
        else day - timedelta(days=day.weekday())
    )


def entry_of(card: VisitCard, conflicts: tuple[str, ...], *, named: bool) -> Entry:
    """A visit that is saved; ``named`` with its officer, where several are shown."""
    assert card.planned_on is not None
    return Entry(
        key=card.id,
        visit_id=card.id,
        day=card.planned_on,
        time=f"{card.start} to {card.end}" if card.start else "",
        address=card.address,
        what=card.what,
        officer=card.who if named or card.second else "",
        why=card.why,
        pinned=card.pinned and card.status is VisitStatus.PLANNED,
        done=card.status is VisitStatus.COMPLETED,
        conflicts=conflicts,
    )


def proposed_of(one: Proposed, *, named: bool) -> Entry:
    """A visit of a proposal."""
    return Entry(
        key=one.key,
        visit_id=one.visit_id,
        day=one.day,
        time=f"{one.start} to {one.end}" if one.start else "",
        address=one.address,
        what=one.what,
        officer=" and ".join(name for name in (one.officer, one.second) if name)
        if named or one.second
        else "",
        why=one.why,
        late=one.late,
        proposed=True,
    )
