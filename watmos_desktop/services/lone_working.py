"""Out alone: the plan of a day (back by when, check-ins, who to call), each check-in, and who was not heard of.

It is a plan and a reminder, never a live alarm: a device that is off line or closed tells nobody anything, and the
pages say so (HSWA 1974; research/regulation.md 9). Every colleague who visits sees everyone's day, so that somebody
at a desk can ring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import VisitStatus
from watmos_desktop.models.tables import LoneCheck, LoneDay, Staff
from watmos_desktop.services import lone_rules, policy, visits, wording, words
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.ids import same_id
from watmos_desktop.services.lone_rules import Standing, State
from watmos_desktop.services.policy import Action

_LONG = timedelta(hours=14)  # a day out that is planned longer is a slip of the pen
_ORDER = (State.OVERDUE, State.LATE, State.SOON, State.OUT, State.TO_COME, State.BACK)


@dataclass(frozen=True)
class Plan:
    """The plan of a day: from when, back by when, minutes between check-ins, and who is called."""

    begins_at: datetime
    ends_at: datetime
    every: int
    call_name: str
    call_phone: str


@dataclass(frozen=True)
class Check:
    """One word heard of somebody: by themselves, or by a colleague who spoke to them."""

    at: datetime
    by: str
    own: bool
    back: bool

    @property
    def words(self) -> str:
        """``10:42, checked in``, ``11:05, L. Reid spoke to them``, ``16:10, back``."""
        what = "back" if self.back else "checked in" if self.own else f"{self.by} spoke to them"
        who = f", says {self.by}" if self.back and not self.own else ""
        return f"{wording.clock_time(self.at)}, {what}{who}"


@dataclass(frozen=True)
class LoneCard:
    """Somebody's day out alone, ready to show. ``step`` is what is to be done now, in words; empty for nothing."""

    id: UUID
    staff_id: UUID
    name: str
    day: date
    plan: Plan
    checks: tuple[Check, ...]
    standing: Standing
    mine: bool

    @property
    def step(self) -> str:
        """``Duty desk rings P. Shah.``"""
        return lone_rules.filled(
            self.standing.step, name=self.name, call=self.plan.call_name, call_phone=self.plan.call_phone
        )

    @property
    def words(self) -> str:
        """``09:30 to 16:30, check-in every 60 min · calls go to Duty desk, 03069 990 140``."""
        plan = self.plan
        span = f"{wording.clock_time(plan.begins_at)} to {wording.clock_time(plan.ends_at)}"
        return f"{span}, check-in every {plan.every} min · calls go to {plan.call_name}, {plan.call_phone}"


def propose(session: Session, day: date | None = None) -> Plan:
    """A plan for this person's day, from the visits they have then; raises NotAllowed."""
    person = policy.require(session, Action.VISIT, "visit")
    rules, now = lone_rules.load(), session.info["clock"].now().astimezone(LONDON)
    day = day or now.date()
    mine = [
        one
        for one in visits.between(session, day, day, [person.staff_id] if person.staff_id else ())
        if one.status in (VisitStatus.PLANNED, VisitStatus.UNDER_WAY) and one.start
    ]
    begins = _at(day, min((one.start for one in mine), default="09:00"))
    ends = _at(day, max((one.end for one in mine), default="16:30")) + timedelta(minutes=rules.after_last)
    if day == now.date():
        begins = max(begins, now.replace(second=0, microsecond=0))
        ends = max(ends, begins + timedelta(hours=1))
    before = session.scalar(
        select(LoneDay)
        .where(LoneDay.staff_id == person.staff_id, ~LoneDay.deleted)
        .order_by(LoneDay.day.desc())
        .limit(1)
    )
    call, phone = (before.call_name, before.call_phone) if before else (rules.call, rules.call_phone)
    return Plan(begins, ends, before.every if before else rules.usual, call, phone)


def plan(session: Session, draft: Plan) -> UUID:
    """Plan this person's day, or change the plan; gives its id.

    Raises NotAllowed, or Told at ``ends_at``, ``every``, ``call_name`` or ``call_phone``.
    """
    person = policy.require(session, Action.VISIT, "visit")
    assert person.staff_id is not None
    now = session.info["clock"].now()
    if draft.ends_at <= draft.begins_at or draft.ends_at <= now:
        raise Told("That is over before it begins.", "Say when you will be back.", field="ends_at")
    if draft.ends_at - draft.begins_at > _LONG:
        raise Told("That is a very long day.", "Plan each day on its own.", field="ends_at")
    if draft.every not in lone_rules.load().every:
        raise Told("That is not how often one checks in.", "Choose one of the times.", field="every")
    if not draft.call_name.strip():
        raise Told("Say who is to ring you.", "A colleague who is at work until then.", field="call_name")
    if sum(sign.isdigit() for sign in draft.call_phone) < 3:
        raise Told("Give their number.", "Whoever reads the plan rings it.", field="call_phone")
    day = draft.begins_at.astimezone(LONDON).date()
    row = _to_plan(session, person.staff_id, day)
    row.begins_at, row.ends_at, row.every = draft.begins_at, draft.ends_at, draft.every
    row.call_name = words.fits(draft.call_name.strip(), words.NAME, "call_name", "A name")
    row.call_phone = words.fits(draft.call_phone.strip(), words.NAME, "call_phone", "A number")
    session.flush()
    return row.id


def check_in(session: Session, lone_id: UUID, *, back: bool = False) -> None:
    """Somebody was heard of just now: themselves, or a colleague spoke to them. ``back`` ends the day.

    Raises NotAllowed, NotFound, or Told at ``check`` when the day has ended.
    """
    person = policy.require(session, Action.VISIT, "visit")
    assert person.staff_id is not None
    row = policy.find(session, LoneDay, lone_id, "That plan")
    if any(one.back for one in _checks(session, [row.id]).get(row.id, ())):
        raise Told("They are back already.", "Plan the day anew when you go out again.", field="check")
    session.add(
        LoneCheck(lone_id=row.id, at=session.info["clock"].now(), back=back, staff_id=person.staff_id)
    )
    session.flush()


def on_day(session: Session, day: date | None = None) -> list[LoneCard]:
    """Everyone who is out alone that day, who has to be rung first at the top; of yesterday, who never came back."""
    person = policy.require(session, Action.SEE, "lone_day")
    now: datetime = session.info["clock"].now()
    day = day or now.astimezone(LONDON).date()
    rows = session.execute(
        select(LoneDay, Staff.name)
        .join(Staff, Staff.id == LoneDay.staff_id)
        .where(LoneDay.day.in_((day, day - timedelta(days=1))), ~LoneDay.deleted)
        .order_by(LoneDay.begins_at, LoneDay.id)
    ).all()
    checks = _checks(session, [row.id for row, _ in rows])
    found = []
    for row, name in rows:
        heard = checks.get(row.id, ())
        back_at = next((one.at for one in heard if one.back), None)
        state = lone_rules.standing(
            row.begins_at, row.ends_at, row.every, [one.at for one in heard], back_at, now
        )
        if row.day == day or not (back_at or state.state is State.TO_COME):
            shown = Plan(row.begins_at, row.ends_at, row.every, row.call_name, row.call_phone)
            mine = row.staff_id == person.staff_id
            found.append(LoneCard(row.id, row.staff_id, name, row.day, shown, heard, state, mine))
    return sorted(found, key=lambda one: (_ORDER.index(one.standing.state), one.plan.begins_at))


def pressing(session: Session) -> list[LoneCard]:
    """Who should have been heard of by now and was not; nobody for a role that does not see days out alone."""
    if not policy.may(policy.actor(session), Action.SEE, "lone_day"):
        return []
    return [one for one in on_day(session) if one.standing.pressing]


def to_say(session: Session) -> list[LoneCard]:
    """What belongs before this person's eyes: who was not heard of, and their own check-in once it is due soon."""
    if not policy.may(policy.actor(session), Action.SEE, "lone_day"):
        return []
    own = (State.SOON, State.LATE)
    return [
        one for one in on_day(session) if one.standing.pressing or (one.mine and one.standing.state in own)
    ]


def mine(session: Session) -> LoneCard | None:
    """This person's own day; None when it is not planned."""
    return next((one for one in on_day(session) if one.mine), None)


def _to_plan(session: Session, staff_id: UUID, day: date) -> LoneDay:
    """The plan of that day that has not ended yet, alike on every device; a new one for who goes out again."""
    for number in count():
        known = same_id("lone_day", str(staff_id), day.isoformat(), str(number))
        row = session.get(LoneDay, known)
        if row is None:
            row = LoneDay(id=known, staff_id=staff_id, day=day)
            session.add(row)
            return row
        if not row.deleted and not any(one.back for one in _checks(session, [known]).get(known, ())):
            return row
    raise AssertionError("count ends")


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), LONDON)


def _checks(session: Session, days: Sequence[UUID]) -> dict[UUID, tuple[Check, ...]]:
    found: dict[UUID, tuple[Check, ...]] = {}
    rows = session.execute(
        select(LoneCheck, LoneDay.staff_id, Staff.name)
        .join(LoneDay, LoneDay.id == LoneCheck.lone_id)
        .outerjoin(Staff, Staff.id == LoneCheck.staff_id)
        .where(LoneCheck.lone_id.in_(days), ~LoneCheck.deleted)
        .order_by(LoneCheck.at, LoneCheck.id)
    )
    for row, whose, name in rows:
        one = Check(row.at, name or "Somebody", row.staff_id == whose, row.back)
        found[row.lone_id] = (*found.get(row.lone_id, ()), one)
    return found
