"""Who visits: on which half days of the week, in which languages, and when they are on leave.

Whoever plans visits keeps all of it, as for a colleague who rang in sick; the reason of a leave is nobody's business.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import VisitStatus
from watmos_desktop.models.tables import Leave, Visit, Visitor
from watmos_desktop.services import policy, visit_needs, visits, wording, words
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.ids import same_id
from watmos_desktop.services.policy import Action

HALVES = visit_needs.PARTS
_PART_WORDS = {"am": "morning", "pm": "afternoon"}
_MOST_DAYS = 366
_MOST_LANGUAGES = 12
ON_LEAVE, NOT_THEN = "is on leave", "does not work then"


@dataclass(frozen=True)
class Away:
    """A leave from one day to another, both included; ``from_noon`` and ``until_noon`` make it begin or end there."""

    id: UUID
    starts_on: date
    ends_on: date
    from_noon: bool = False
    until_noon: bool = False

    @property
    def words(self) -> str:
        """``Wed 25 Nov, morning``, ``Mon 7 Dec, from noon, to Fri 11 Dec``."""
        first, last = wording.weekday(self.starts_on), wording.weekday(self.ends_on)
        if self.starts_on == self.ends_on:
            half = "afternoon" if self.from_noon else "morning" if self.until_noon else ""
            return f"{first}, {half}" if half else first
        begins = f"{first}, from noon," if self.from_noon else first
        return f"{begins} to {last}" + (", until noon" if self.until_noon else "")

    def halves(self, day: date) -> Iterator[str]:
        """The half days of that day that fall into it."""
        if self.starts_on <= day <= self.ends_on:
            if not (day == self.starts_on and self.from_noon):
                yield "am"
            if not (day == self.ends_on and self.until_noon):
                yield "pm"


@dataclass(frozen=True)
class OfficerCard:
    """Somebody who visits. ``times`` are the half days worked (``mon_am``), none for all; ``leave`` is not over yet."""

    id: UUID
    name: str
    times: tuple[str, ...]
    languages: tuple[str, ...]
    leave: tuple[Away, ...]

    @property
    def hours(self) -> str:
        """``Every working day``, or the days with their halves: ``Mon, Tue morning, Wed``."""
        if not self.times or len(self.times) == len(visit_needs.TIMES):
            return "Every working day"
        said = []
        for day in visit_needs.DAYS:
            parts = [part for part in HALVES if f"{day}_{part}" in self.times]
            if parts:
                half = "" if len(parts) == len(HALVES) else f" {_PART_WORDS[parts[0]]}"
                said.append(f"{day.capitalize()}{half}")
        return ", ".join(said)


@dataclass(frozen=True)
class LeaveDraft:
    """A leave to be kept."""

    staff_id: UUID
    starts_on: date
    ends_on: date
    from_noon: bool = False
    until_noon: bool = False


@dataclass(frozen=True)
class Kept:
    """A leave that was kept, and how many visits stand in the calendar in that time."""

    id: UUID
    visits: int

    @property
    def words(self) -> str:
        """What it means for the plan."""
        if not self.visits:
            return "Leave kept. No visit is planned in that time."
        planned = wording.count(self.visits, "visit is", "visits are")
        return f"Leave kept. {planned} planned in that time: plan again to have them moved."


def team(session: Session) -> list[OfficerCard]:
    """Everyone who makes visits, by name, with the leave that is not over."""
    policy.require(session, Action.PLAN_VISITS, "visit")
    today = session.info["clock"].now().date()
    kept = {row.staff_id: row for row in session.scalars(_hours())}
    leave: dict[UUID, list[Away]] = {}
    for row in session.scalars(_leave().where(Leave.ends_on >= today).order_by(Leave.starts_on, Leave.id)):
        leave.setdefault(row.staff_id, []).append(_away(row))
    return [
        OfficerCard(
            one.id,
            one.name,
            _times(kept[one.id].times) if one.id in kept else (),
            tuple(kept[one.id].languages) if one.id in kept else (),
            tuple(leave.get(one.id, ())),
        )
        for one in visits.officers(session)
    ]


def add_leave(session: Session, draft: LeaveDraft) -> Kept:
    """Keep a leave; raises NotAllowed, NotFound, or Told at ``ends_on`` or ``starts_on``."""
    policy.require(session, Action.PLAN_VISITS, "visit")
    _known(session, draft.staff_id)
    if draft.ends_on < draft.starts_on:
        raise Told("The last day comes before the first.", "Turn them round.", field="ends_on")
    if (draft.ends_on - draft.starts_on).days >= _MOST_DAYS:
        raise Told("That is longer than a year.", "Give the last day of it.", field="ends_on")
    one_day = draft.starts_on == draft.ends_on
    if one_day and draft.from_noon and draft.until_noon:
        raise Told("From noon until noon of one day is no time.", "Choose one of the two.", field="ends_on")
    if draft.ends_on < session.info["clock"].now().date():
        raise Told(f"{wording.weekday(draft.ends_on)} is over.", "Give days to come.", field="ends_on")
    wanted = Away(draft.staff_id, draft.starts_on, draft.ends_on, draft.from_noon, draft.until_noon)
    for row in session.scalars(_leave().where(Leave.staff_id == draft.staff_id)):
        if _overlap(wanted, _away(row)):
            raise Told(
                f"There is a leave then already: {_away(row).words}.",
                "Take that one back first, or choose other days.",
                field="starts_on",
            )
    kept = Leave(
        staff_id=draft.staff_id,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        from_noon=draft.from_noon,
        until_noon=draft.until_noon,
    )
    session.add(kept)
    session.flush()
    return Kept(kept.id, _planned(session, draft.staff_id, wanted))


def remove_leave(session: Session, leave_id: UUID) -> None:
    """Take a leave back; raises NotAllowed or NotFound."""
    policy.require(session, Action.PLAN_VISITS, "visit")
    row = session.get(Leave, leave_id)
    if row is None or row.deleted:
        raise NotFound("That leave")
    row.deleted = True


def save_hours(session: Session, staff_id: UUID, times: Collection[str], languages: Iterable[str]) -> None:
    """Keep on which half days somebody visits and which languages they speak beside English.

    No times mean every working day. Raises NotAllowed, NotFound, or Told at ``times`` or ``languages``.
    """
    policy.require(session, Action.PLAN_VISITS, "visit")
    _known(session, staff_id)
    if unknown := set(times) - set(visit_needs.TIMES):
        raise Told(f"{min(unknown)!r} is no half day.", "Choose from Monday to Friday.", field="times")
    spoken = list(dict.fromkeys(visit_needs.spelt(one) for one in languages if one.strip()))
    if len(spoken) > _MOST_LANGUAGES:
        raise Told("That is many languages.", "Give those in which a visit can be made.", field="languages")
    for one in spoken:
        words.fits(one, words.NAME, "languages", "A language")
    known = same_id("visitor", str(staff_id))
    row = session.get(Visitor, known)
    if row is None:
        row = Visitor(id=known, staff_id=staff_id)
        session.add(row)
    row.deleted = False
    row.times = [] if len(set(times)) == len(visit_needs.TIMES) else list(_times(times))
    row.languages = [one for one in spoken if one != visit_needs.ENGLISH]


def off(session: Session, days: Collection[date]) -> dict[tuple[UUID, date], dict[str, str]]:
    """Who does not visit on which half of which of these days, and why: ``{(id, day): {"am": "is on leave"}}``."""
    policy.require(session, Action.SEE, "visit")
    if not days:
        return {}
    found: dict[tuple[UUID, date], dict[str, str]] = {}
    for row in session.scalars(_hours()):
        worked = set(_times(row.times))
        for day in days if worked else ():
            name = visit_needs.DAYS[day.weekday()] if day.weekday() < len(visit_needs.DAYS) else ""
            for half in HALVES:
                if name and f"{name}_{half}" not in worked:
                    found.setdefault((row.staff_id, day), {})[half] = NOT_THEN
    rows = session.scalars(_leave().where(Leave.starts_on <= max(days), Leave.ends_on >= min(days)))
    for leave in rows:
        for day in days:
            for half in _away(leave).halves(day):
                found.setdefault((leave.staff_id, day), {})[half] = ON_LEAVE
    return found


def languages(session: Session) -> dict[UUID, frozenset[str]]:
    """What each officer speaks beside English."""
    policy.require(session, Action.SEE, "visit")
    return {
        row.staff_id: frozenset(visit_needs.spelt(one) for one in row.languages)
        for row in session.scalars(_hours())
    }


def _hours() -> Select[Visitor]:
    return select(Visitor).where(~Visitor.deleted).order_by(Visitor.id)


def _leave() -> Select[Leave]:
    return select(Leave).where(~Leave.deleted)


def _away(row: Leave) -> Away:
    return Away(row.id, row.starts_on, row.ends_on, row.from_noon, row.until_noon)


def _times(times: Collection[str]) -> tuple[str, ...]:
    return tuple(one for one in visit_needs.TIMES if one in times)


def _overlap(one: Away, other: Away) -> bool:
    day = max(one.starts_on, other.starts_on)
    while day <= min(one.ends_on, other.ends_on):
        if set(one.halves(day)) & set(other.halves(day)):
            return True
        day += timedelta(days=1)
    return False


def _known(session: Session, staff_id: UUID) -> None:
    if staff_id not in {one.id for one in visits.officers(session)}:
        raise NotFound("That officer")


def _planned(session: Session, staff_id: UUID, leave: Away) -> int:
    """Visits in the calendar that fall into a leave; one without a time counts for its whole day."""
    rows = session.execute(
        select(Visit.planned_on, Visit.window_from, func.count())
        .where(
            or_(Visit.officer_id == staff_id, Visit.second_id == staff_id),
            Visit.planned_on.between(leave.starts_on, leave.ends_on),
            Visit.status == VisitStatus.PLANNED,
            ~Visit.deleted,
            policy.within(session, Visit),
        )
        .group_by(Visit.planned_on, Visit.window_from)
    )
    return sum(
        count
        for day, start, count in rows
        if day is not None and (not start or visit_needs.half_of(start) in set(leave.halves(day)))
    )
