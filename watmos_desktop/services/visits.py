"""Visits from when they are arranged until the door: planned, moved, pinned, assigned, cancelled. References ``V-…``.

What happens at the door and after it is recorded elsewhere; here a visit that was done is only shown.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, Role, VisitKind, VisitStatus
from watmos_desktop.models.tables import Home, Staff, Tenancy, Visit, VisitAttempt
from watmos_desktop.services import policy, references, visits_due, wording, words
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.visit_cards import VisitCard as VisitCard
from watmos_desktop.services.visit_cards import cards

OPEN = (VisitStatus.PLANNED, VisitStatus.UNDER_WAY)
VISITORS = (Role.TENANCY_OFFICER, Role.SAFEGUARDING_LEAD, Role.MANAGER)
STATUS_WORDS = {
    VisitStatus.PLANNED: "To do",
    VisitStatus.UNDER_WAY: "Under way",
    VisitStatus.COMPLETED: "Done",
    VisitStatus.CANCELLED: "Cancelled",
}
_TRIED = {
    Channel.PHONE: "Rang in vain",
    Channel.TEXT: "Sent a text",
    Channel.EMAIL: "Sent an e-mail",
    Channel.LETTER: "Wrote a letter",
}


@dataclass(frozen=True)
class Slot:
    """When and by whom: times as ``10:00``, both empty for any time of the day. ``place`` is its turn in that day."""

    officer_id: UUID
    day: date
    start: str = ""
    end: str = ""
    second_id: UUID | None = None
    place: int = 0
    pinned: bool = False
    why: str = ""


@dataclass(frozen=True)
class VisitDraft:
    """A visit to be arranged. ``due_on`` is by when it is owed; left out, what the home's own clock says."""

    home_id: UUID
    kind: VisitKind = VisitKind.WELLBEING
    due_on: date | None = None
    asked: str = ""
    slot: Slot | None = None


@dataclass(frozen=True)
class Attempt:
    """A try that did not become a visit; ``note`` as far as this person may see it."""

    when: datetime
    how: Channel
    card_left: bool
    by: str
    note: str

    @property
    def words(self) -> str:
        """``Nobody answered, 3 May 2024, 10:42, P. Shah; a card was left``."""
        card = "; a card was left" if self.card_left else ""
        by = f", {self.by}" if self.by else ""
        return f"{_TRIED.get(self.how, 'Nobody answered')}, {wording.moment(self.when)}{by}{card}"


@dataclass(frozen=True)
class VisitDetail:
    """One visit with what was asked for and how often nobody answered."""

    card: VisitCard
    asked: str
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True)
class Officer:
    """Somebody who may visit."""

    id: UUID
    name: str


def arrange(session: Session, draft: VisitDraft) -> UUID:
    """Arrange a visit to a home, planned or not yet; gives its id.

    Raises NotAllowed, NotFound, or Told: at ``kind`` when one of the kind is arranged already, at ``asked`` for a
    visit asked for without saying what, or as ``plan`` does.
    """
    policy.require(session, Action.PLAN_VISITS, "visit")
    home = policy.find(session, Home, draft.home_id, "That home")
    if draft.kind in (VisitKind.REQUESTED, VisitKind.FOLLOW_UP):
        if not draft.asked.strip():
            raise Told("Say what was asked for.", "The officer reads it before the visit.", field="asked")
    elif already := _open(session, home.id, draft.kind):
        raise Told(f"That visit is arranged already: {already}.", "Move that one instead.", field="kind")
    row = Visit(
        estate_id=home.estate_id,
        block_id=home.block_id,
        home_id=home.id,
        tenancy_id=_tenancy(session, home.id),
        kind=draft.kind,
        due_on=draft.due_on or _owed_by(session, home.id, draft.kind),
        asked=words.fits(draft.asked.strip(), words.NOTE, "asked"),
    )
    references.add(session, "V", row)
    session.flush()
    if draft.slot is not None:
        plan(session, row.id, draft.slot)
    return row.id


def plan(session: Session, visit_id: UUID, slot: Slot) -> None:
    """Give a visit its day, time and officer; raises NotAllowed, NotFound, or Told at ``day`` or ``officer_id``."""
    row = _to_do(session, visit_id)
    today = session.info["clock"].now().date()
    if slot.day < today:
        raise Told(f"{wording.weekday(slot.day)} is over.", "Choose today or a day to come.", field="day")
    if bool(slot.start) != bool(slot.end) or slot.start > slot.end:
        raise Told("The time ends before it begins.", "Give both times, or none.", field="start")
    for staff_id in {slot.officer_id, slot.second_id} - {None}:
        staff = session.get(Staff, staff_id)
        if staff is None or staff.deleted or not staff.active or staff.role not in VISITORS:
            raise Told("That person makes no visits.", "Choose another officer.", field="officer_id")
    if slot.second_id == slot.officer_id:
        raise Told("Two people are two.", "Choose another second officer.", field="second_id")
    row.officer_id, row.second_id, row.planned_on = slot.officer_id, slot.second_id, slot.day
    row.window_from, row.window_to = slot.start, slot.end
    row.place_in_day, row.pinned = slot.place, slot.pinned
    row.why = words.fits(slot.why, words.NOTE, "why")


def move(
    session: Session, visit_id: UUID, day: date, *, start: str | None = None, end: str | None = None
) -> None:
    """Move a visit to another day or time; its officer stays, and it is pinned: a person chose it."""
    row = _to_do(session, visit_id)
    if row.officer_id is None:
        raise Told("Nobody is to make this visit yet.", "Choose an officer first.", field="officer_id")
    start, end = row.window_from if start is None else start, row.window_to if end is None else end
    why = "Moved by hand"
    plan(session, visit_id, Slot(row.officer_id, day, start, end, row.second_id, 0, pinned=True, why=why))


def assign(session: Session, visit_id: UUID, officer_id: UUID, second_id: UUID | None = None) -> None:
    """Give a planned visit to somebody else, on the same day and time."""
    row = _to_do(session, visit_id)
    if row.planned_on is None:
        raise Told("It has no day yet.", "Plan it for a day.", field="day")
    slot = Slot(officer_id, row.planned_on, row.window_from, row.window_to, second_id, 0, row.pinned, row.why)
    plan(session, visit_id, slot)


def pin(session: Session, visit_id: UUID, pinned: bool) -> None:
    """Keep a visit where it is when the rest is planned anew, or let it go again."""
    row = _to_do(session, visit_id)
    if row.planned_on is None:
        raise Told("It has no day yet.", "Plan it for a day first.", field="day")
    row.pinned = pinned


def unplan(session: Session, visit_id: UUID) -> None:
    """Take a visit out of the calendar; it stays due."""
    row = _to_do(session, visit_id)
    row.planned_on, row.window_from, row.window_to, row.place_in_day = None, "", "", 0
    row.pinned, row.why = False, ""


def cancel(session: Session, visit_id: UUID, reason: str) -> None:
    """Cancel a visit, with the reason; the home stays due, since only a completed visit resets that (H2)."""
    row = _to_do(session, visit_id)
    if not reason.strip():
        raise Told("Say why it is cancelled.", "A few words are enough.", field="reason")
    row.status = VisitStatus.CANCELLED
    row.why = words.fits(reason.strip(), words.NOTE, "reason")


def get(session: Session, visit_id: UUID) -> VisitDetail:
    """One visit; raises NotFound."""
    row = policy.find(session, Visit, visit_id, "That visit")
    (card,) = cards(session, Visit.id == row.id)
    tried = (
        select(VisitAttempt, Staff.name)
        .outerjoin(Staff, Staff.id == VisitAttempt.staff_id)
        .where(VisitAttempt.visit_id == row.id, ~VisitAttempt.deleted)
        .order_by(VisitAttempt.tried_at)
    )
    noted = policy.may_see(policy.actor(session), "visit_attempt", "note")
    attempts = tuple(
        Attempt(one.tried_at, one.how, one.card_left, name or "", one.note if noted else "")
        for one, name in session.execute(tried)
    )
    return VisitDetail(card, row.asked, attempts)


def find(session: Session, typed: str) -> UUID:
    """The id of the visit with that reference; raises Told or NotFound."""
    (reference,) = (references.read_reference(typed),)
    found = [card.id for card in cards(session, Visit.reference == reference)]
    if not found:
        raise NotFound("That visit")
    return found[0]


def of_home(session: Session, home_id: UUID) -> list[VisitCard]:
    """Every visit of a home that was not cancelled, the newest first."""
    home = policy.find(session, Home, home_id, "That home")
    found = cards(session, Visit.home_id == home.id, Visit.status != VisitStatus.CANCELLED)
    return sorted(found, key=lambda one: (one.completed_at is None, _at(one)), reverse=True)


def between(session: Session, first: date, last: date, officers: Collection[UUID] = ()) -> list[VisitCard]:
    """What is planned or done on those days, of some officers or of all, in the order of each day."""
    policy.require(session, Action.SEE, "visit")
    where = [Visit.planned_on.between(first, last), Visit.status != VisitStatus.CANCELLED]
    if officers:
        where.append(Visit.officer_id.in_(officers) | Visit.second_id.in_(officers))
    found = cards(session, *where)
    return sorted(found, key=lambda one: (one.planned_on, one.officer, one.start or "~", one.place, one.id))


def week(session: Session, monday: date, officers: Collection[UUID] = ()) -> list[VisitCard]:
    """The visits of one week."""
    return between(session, monday, monday + timedelta(days=6), officers)


def waiting(session: Session) -> int:
    """How many visits this person is to make by tonight, those of earlier days with them."""
    person = policy.require(session, Action.SEE, "visit")
    mine = (Visit.officer_id == person.staff_id) | (Visit.second_id == person.staff_id)
    today = session.info["clock"].now().date()
    here = (mine, Visit.planned_on <= today, Visit.status.in_(OPEN), ~Visit.deleted)
    return (
        session.scalar(policy.scope(select(func.count()).select_from(Visit).where(*here), session, Visit))
        or 0
    )


def officers(session: Session) -> list[Officer]:
    """Who makes visits, by name: tenancy officers, or the person asking where there is none."""
    person = policy.require(session, Action.SEE, "visit")
    here = select(Staff).where(Staff.active, ~Staff.deleted).order_by(Staff.name, Staff.id)
    found = session.scalars(here.where(Staff.role == Role.TENANCY_OFFICER)).all()
    found = found or session.scalars(here.where(Staff.id == person.staff_id, Staff.role.in_(VISITORS))).all()
    return [Officer(row.id, row.name) for row in found]


def _at(card: VisitCard) -> date:
    done = card.completed_at.astimezone(LONDON).date() if card.completed_at else None
    return done or card.planned_on or date.max


def _to_do(session: Session, visit_id: UUID) -> Visit:
    policy.require(session, Action.PLAN_VISITS, "visit")
    row = policy.find(session, Visit, visit_id, "That visit")
    if row.status is not VisitStatus.PLANNED:
        state = STATUS_WORDS[row.status].lower()
        raise Told(
            f"That visit is {state}.", "Only a visit that is still to do can be changed.", field="visit"
        )
    return row


def _open(session: Session, home_id: UUID, kind: VisitKind) -> str | None:
    there = (Visit.home_id == home_id, Visit.kind == kind, Visit.status.in_(OPEN), ~Visit.deleted)
    return session.scalar(select(Visit.reference).where(*there).limit(1))


def _tenancy(session: Session, home_id: UUID) -> UUID | None:
    held = (Tenancy.home_id == home_id, Tenancy.ended_on.is_(None), ~Tenancy.deleted)
    newest = select(Tenancy.id).where(*held).order_by(Tenancy.started_on.desc(), Tenancy.id.desc())
    return session.scalar(newest.limit(1))


def _owed_by(session: Session, home_id: UUID, kind: VisitKind) -> date | None:
    owed = (one for one in visits_due.of_home(session, home_id) if one.kind is kind and not one.decision)
    return next((one.due_on for one in owed), None)
