"""What a household was told of its visit, when and how; and that it has to be told anew when the visit is moved.

Added, never edited: what was told stays as it was said (H2).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, VisitStatus
from watmos_desktop.models.tables import Staff, Visit, VisitTold
from watmos_desktop.services import policy, repair_updates, safe_contact, visits, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.visits import VisitCard

WAYS = (Channel.LETTER, Channel.TEXT, Channel.EMAIL, Channel.PHONE, Channel.IN_PERSON)


@dataclass(frozen=True)
class ToldOf:
    """The household was told of a day and time; ``by`` is empty where this person may not know names of staff."""

    at: datetime
    how: Channel
    day: date
    start: str
    end: str
    by: str

    @property
    def words(self) -> str:
        """``Told by letter of Tue 24 Nov, 10:00 to 12:00 (20 Nov 2026, P. Shah)``."""
        by = f", {self.by}" if self.by else ""
        how = repair_updates.HOW_WORDS[self.how].lower()
        how = how if self.how is Channel.IN_PERSON else f"by {how}"
        return f"Told {how} of {self.slot} ({wording.day(self.at.astimezone(LONDON).date())}{by})"

    @property
    def slot(self) -> str:
        """``Tue 24 Nov, 10:00 to 12:00``."""
        return wording.weekday(self.day) + (f", {self.start} to {self.end}" if self.start else "")


@dataclass(frozen=True)
class Notice:
    """How a household knows of its visit. ``moved`` is what they were told last, when that is no longer so."""

    told: tuple[ToldOf, ...]
    knows: bool
    moved: ToldOf | None

    @property
    def words(self) -> str:
        """One sentence on whether they know."""
        if self.knows:
            return self.told[-1].words
        if self.moved is not None:
            return f"They know of {self.moved.slot}, which is no longer so: tell them of the new time"
        return "They have not been told yet"


def notice(session: Session, visit_id: UUID) -> Notice:
    """What the household of a visit was told, and whether that still holds; raises NotAllowed or NotFound."""
    card = card_of(session, visit_id)
    mine = (VisitTold.visit_id == visit_id, ~VisitTold.deleted)
    rows = session.execute(
        select(VisitTold, Staff.name)
        .outerjoin(Staff, Staff.id == VisitTold.staff_id)
        .where(*mine)
        .order_by(VisitTold.told_at, VisitTold.id)
    )
    told = tuple(
        ToldOf(row.told_at, row.how, row.planned_on, row.window_from, row.window_to, name or "")
        for row, name in rows
    )
    last = told[-1] if told else None
    same = last is not None and (last.day, last.start, last.end) == (card.planned_on, card.start, card.end)
    knows = same or (last is not None and card.status is not VisitStatus.PLANNED)
    return Notice(told, knows, None if knows else last)


def to_tell(session: Session, first: date, last: date, officers: Collection[UUID] = ()) -> list[VisitCard]:
    """The visits to do on those days whose household does not know the day and time as they stand now."""
    policy.require(session, Action.PLAN_VISITS, "visit")
    planned = [
        one for one in visits.between(session, first, last, officers) if one.status is VisitStatus.PLANNED
    ]
    rows = session.execute(
        select(VisitTold.visit_id, VisitTold.planned_on, VisitTold.window_from, VisitTold.window_to)
        .where(VisitTold.visit_id.in_([one.id for one in planned]), ~VisitTold.deleted)
        .order_by(VisitTold.told_at, VisitTold.id)
    )
    known = {visit_id: tuple(slot) for visit_id, *slot in rows}  # the last word of each
    return [one for one in planned if known.get(one.id) != (one.planned_on, one.start, one.end)]


def tell(
    session: Session, visit_ids: Sequence[UUID], how: Channel, *, told_at: datetime | None = None
) -> int:
    """Record that the households of these visits were told of the day and time as planned now; gives how many.

    ``told_at`` is when that was, by default now. Raises NotAllowed, NotFound, or Told: at ``how`` for a way that
    is not safe or none at all, at ``day`` for a visit that is not planned, at ``told_at`` for a time to come.
    """
    person = policy.require(session, Action.PLAN_VISITS, "visit")
    assert person.staff_id is not None
    now: datetime = session.info["clock"].now()
    if how not in WAYS:
        raise Told("That is no way to tell somebody.", "Choose one of the ways.", field="how")
    if told_at is not None and told_at > now:
        raise Told("Nobody can be told in time to come.", "Give a time that has passed.", field="told_at")
    for visit_id in visit_ids:
        row = policy.find(session, Visit, visit_id, "That visit")
        day, start, end = slot_of(card_of(session, visit_id))
        if how not in (Channel.PHONE, Channel.IN_PERSON):  # they may have rung us
            safe_contact.of_home(session, row.home_id).refuse(how)
        session.add(
            VisitTold(
                visit_id=row.id,
                how=how,
                told_at=told_at or now,
                planned_on=day,
                window_from=start,
                window_to=end,
                staff_id=person.staff_id,
            )
        )
    session.flush()
    return len(visit_ids)


def card_of(session: Session, visit_id: UUID) -> VisitCard:
    """The visit, for who may plan it; raises NotAllowed or NotFound."""
    policy.require(session, Action.PLAN_VISITS, "visit")
    return visits.get(session, visit_id).card


def slot_of(card: VisitCard) -> tuple[date, str, str]:
    """Its day and time; raises Told at ``day`` for one that is done, cancelled or has no day."""
    if card.status is not VisitStatus.PLANNED:
        state = visits.STATUS_WORDS[card.status].lower()
        raise Told(f"That visit is {state}.", "Only one that is still to do is announced.", field="day")
    if card.planned_on is None or card.officer_id is None:
        raise Told("That visit has no day yet.", "Plan it: day, time and who comes.", field="day")
    return card.planned_on, card.start, card.end
