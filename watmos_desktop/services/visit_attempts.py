"""Nobody opens for a visit: the try with its time, the card left, the next rung of the ladder and the next day.

A try never resets the three years (H2): only a completed visit does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, VisitStatus
from watmos_desktop.models.tables import Block, Home, Visit, VisitAttempt
from watmos_desktop.services import (
    calendar,
    policy,
    visit_ladder,
    visit_needs,
    visit_officers,
    visit_rules,
    visits,
    visits_due,
    wording,
    words,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.visit_ladder import Rung, Try
from watmos_desktop.services.visits import Slot, VisitDraft
from watmos_desktop.services.visits_due import DueVisit, Filter

WAYS = (Channel.DOOR, Channel.PHONE, Channel.TEXT, Channel.EMAIL, Channel.LETTER)
_NEAR = 50  # homes of a block that are looked at for company


@dataclass(frozen=True)
class TryDraft:
    """What was tried; ``tried_at`` None: now. ``again``: the day to come again, said on the card and kept."""

    how: Channel = Channel.DOOR
    card_left: bool = True
    note: str = ""
    tried_at: datetime | None = None
    again: Slot | None = None


@dataclass(frozen=True)
class Next:
    """What to do next, and the day proposed for it; no slot on the last rung, or when no day is free."""

    rung: Rung
    slot: Slot | None

    @property
    def when(self) -> str:
        """``Thu 26 Nov, 14:30 to 16:30``, or nothing."""
        return slot_words(self.slot) if self.slot else ""


@dataclass(frozen=True)
class NoAnswer:
    """What was recorded: how often it was tried by now, what comes next, and the day by which it is still owed."""

    visit_id: UUID
    count: int
    next: Next
    booked: Slot | None
    due_on: date | None

    @property
    def words(self) -> str:
        """``Nobody answered, the second time. Still due 4 Dec 2026. Booked: Thu 26 Nov, 14:30 to 16:30.``"""
        often = {1: "", 2: ", the second time", 3: ", the third time"}
        said = [f"Nobody answered{often.get(self.count, f', {self.count} times now')}."]
        said += [f"Still due {wording.day(self.due_on)}."] if self.due_on else []
        said += [f"Booked: {slot_words(self.booked)}."] if self.booked else []
        return " ".join([*said, *([] if self.booked else [f"Next: {self.next.rung.words}"])])


def slot_words(slot: Slot) -> str:
    """``Thu 26 Nov, 14:30 to 16:30``."""
    return wording.weekday(slot.day) + (f", {slot.start} to {slot.end}" if slot.start else "")


def record(session: Session, due: DueVisit, draft: TryDraft) -> NoAnswer:
    """Record a try at what is due; a visit not arranged yet is arranged by it.

    Raises NotAllowed, NotFound, or Told at ``tried_at``, ``note``, ``how`` or as ``visits.plan`` does.
    """
    person = policy.require(session, Action.VISIT, "visit")
    assert person.staff_id is not None
    if due.decision:
        raise Told("A decision is no visit.", "Choose the visit of that home.", field="how")
    if draft.how not in WAYS:
        raise Told("That is no way to reach somebody.", "Choose one of the ways.", field="how")
    now: datetime = session.info["clock"].now()
    tried_at = draft.tried_at or now
    if tried_at > now:
        raise Told("Nobody can have called in time to come.", "Give a time that has passed.", field="time")
    visit_id = due.visit_id or visits.arrange(session, VisitDraft(due.home_id, due.kind, due.due_on))
    row = policy.find(session, Visit, visit_id, "That visit")
    if row.status is not VisitStatus.PLANNED:
        state = visits.STATUS_WORDS[row.status].lower()
        raise Told(f"That visit is {state}.", "A try belongs to a visit that is still to do.", field="how")
    session.add(
        VisitAttempt(
            visit_id=row.id,
            tried_at=tried_at,
            how=draft.how,
            card_left=draft.card_left and draft.how is Channel.DOOR,
            note=words.fits(draft.note.strip(), words.NOTE, "note"),
            staff_id=person.staff_id,
        )
    )
    session.flush()
    if draft.again is not None:
        visits.plan(session, row.id, draft.again)
    tries = _tries(session, row.id)
    ahead = Next(visit_ladder.next_rung(tries), draft.again or _slot(session, due, tries))
    return NoAnswer(row.id, len(tries), ahead, draft.again, due.due_on)


def after_a_knock(session: Session, due: DueVisit) -> Next:
    """What would come next if somebody knocked now in vain: what the form offers before it is recorded."""
    person = policy.require(session, Action.VISIT, "visit")
    policy.find(session, Home, due.home_id, "That home")
    knock = Try(session.info["clock"].now(), Channel.DOOR)
    tries = [*_tries(session, due.visit_id), knock]
    assert person.staff_id is not None
    return Next(visit_ladder.next_rung(tries), _slot(session, due, tries))


@dataclass(frozen=True)
class RungNow:
    """One rung of the ladder as it stands: ``done_at`` when it was climbed, ``next`` for the one that comes now."""

    words: str
    done_at: datetime | None
    next: bool

    @property
    def said(self) -> str:
        """``Knock, and leave a card. Done 23 Nov 2026, 10:42``, ``Next: Write with a day and a time.``"""
        if self.done_at is not None:
            return f"{self.words} Done {wording.moment(self.done_at)}"
        return f"Next: {self.words}" if self.next else f"Then: {self.words}"


def ladder(session: Session, visit_id: UUID) -> tuple[RungNow, ...]:
    """The whole ladder of a visit that was tried in vain, from its first rung; nothing for one that was not."""
    policy.require(session, Action.SEE, "visit_attempt")
    row = policy.find(session, Visit, visit_id, "That visit")
    tries = _tries(session, row.id)
    if not tries or row.status is not VisitStatus.PLANNED:
        return ()
    done, ahead = visit_ladder.climbs(tries), visit_ladder.next_rung(tries)
    return tuple(
        RungNow(rung.words, done[rung.key].at if rung.key in done else None, rung.key == ahead.key)
        for rung in visit_ladder.load().rungs
    )


def last_knock(session: Session, visit_id: UUID) -> datetime | None:
    """When somebody last knocked in vain; None when nobody has."""
    policy.require(session, Action.SEE, "visit_attempt")
    row = policy.find(session, Visit, visit_id, "That visit")
    return next((one.at for one in reversed(_tries(session, row.id)) if one.how is Channel.DOOR), None)


def _tries(session: Session, visit_id: UUID | None) -> list[Try]:
    rows = session.execute(
        select(VisitAttempt.tried_at, VisitAttempt.how)
        .where(VisitAttempt.visit_id == visit_id, ~VisitAttempt.deleted)
        .order_by(VisitAttempt.tried_at, VisitAttempt.id)
    )
    return [Try(at, how) for at, how in rows]


def _slot(session: Session, due: DueVisit, tries: Sequence[Try]) -> Slot | None:
    """The best day to come again: where neighbours are visited that day, on the part of the day least tried."""
    rung, rules = visit_ladder.next_rung(tries), visit_ladder.load()
    officer = due.officer_id or policy.actor(session).staff_id
    if not rung.ways or officer is None:
        return None
    today = session.info["clock"].now().astimezone(LONDON).date()
    days = [calendar.working_days_after(today, n) for n in range(max(1, rung.wait), rules.within + 1)]
    free = _free(session, officer, days, visit_rules.planning().minutes[due.kind], due.visit_id)
    suits = set(visit_needs.of_home(session, due.home_id).times)
    near = _near(session, due, officer, days)
    knocks = [one for one in tries if one.how in visit_ladder.AT_THE_DOOR]
    off = visit_officers.off(session, free)
    options = [(day, part) for day in free for part in rules.parts if part not in off.get((officer, day), {})]
    fitting = [one for one in options if f"{visit_needs.DAYS[one[0].weekday()]}_{one[1]}" in suits]
    if not options:
        return None

    def worth(option: tuple[date, str]) -> tuple[int, bool, bool, date, str]:
        day, part = option
        same_day = any(one.at.astimezone(LONDON).weekday() == day.weekday() for one in knocks)
        often = sum(visit_ladder.part_of(one.at) == part for one in knocks)
        return often, not near.get(day), same_day, day, part

    day, part = min(fitting or options, key=worth)
    start, end = rules.parts[part]
    why = _why(session, due, near.get(day, []), suited=(day, part) in fitting)
    return Slot(officer, day, start, end, None, 0, pinned=True, why=why)


def _free(
    session: Session, officer: UUID, days: Sequence[date], minutes: int, visit_id: UUID | None
) -> list[date]:
    """Those of the days on which the officer is there for a part at least, and has the time."""
    rules, off = visit_rules.planning(), visit_officers.off(session, days)
    taken = dict.fromkeys(days, 0)
    for one in visits.between(session, days[0], days[-1], [officer]):
        if one.id != visit_id and one.planned_on in taken:
            taken[one.planned_on] += rules.minutes[one.kind]
    return [
        day
        for day in days
        if taken[day] + minutes <= rules.day_minutes
        and len(off.get((officer, day), {})) < len(visit_officers.HALVES)
    ]


def _near(session: Session, due: DueVisit, officer: UUID, days: Sequence[date]) -> dict[date, list[str]]:
    """By day, the homes in the same block that the officer visits then anyway."""
    found: dict[date, list[str]] = {}
    if due.block_id is not None:
        for one in visits.between(session, days[0], days[-1], [officer]):
            if one.block_id == due.block_id and one.home_id != due.home_id and one.planned_on is not None:
                found.setdefault(one.planned_on, []).append(one.address)
    return found


def _why(session: Session, due: DueVisit, near: Sequence[str], *, suited: bool) -> str:
    """Why that day, in words; the plan and the form show it."""
    said = ["Nobody answered before"]
    if suited:
        said.append("a time that suits them")
    block = session.get(Block, due.block_id) if due.block_id else None
    if near:
        more = f" and {len(near) - 1} more" if len(near) > 1 else ""
        said.append(f"{near[0]}{more} in the same block that day")
    elif block is not None:
        here = visits_due.page(session, Filter("now", block_id=block.id), 0, _NEAR)
        others = {one.home_id for one in here if not one.decision and one.planned_on is None} - {due.home_id}
        if others:
            said.append(f"{wording.count(len(others), 'more home')} of {block.name} could be seen with it")
    return "; ".join(said)
