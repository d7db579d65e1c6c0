"""Plan my fortnight: what is due, who is there and what is pinned, in; a proposal out, saved only when accepted.

``prepare`` reads, ``propose`` is pure and may run elsewhere, ``accept`` saves the whole proposal in one write.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import VisitKind, VisitStatus
from watmos_desktop.models.tables import Visit
from watmos_desktop.services import (
    calendar,
    planning,
    policy,
    visit_ground,
    visit_needs,
    visit_officers,
    visit_rules,
    visits,
    visits_due,
    wording,
)
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.visit_needs import Needs
from watmos_desktop.services.visits import Slot, VisitDraft
from watmos_desktop.services.visits_due import DueKey, DueVisit

_WEEKDAY = {name: n for n, name in enumerate(visit_needs.DAYS)}
_MOST_DAYS = 260


@dataclass(frozen=True)
class Ask:
    """Plan so many working days from ``first`` (by default a fortnight from today), for some officers or all."""

    officers: tuple[UUID, ...] = ()
    first: date | None = None
    working_days: int = 0


@dataclass(frozen=True)
class Prepared:
    """What the planner is given, with the visits that its keys stand for."""

    problem: planning.Problem
    due: tuple[DueVisit, ...]
    names: tuple[tuple[UUID, str], ...]
    needs: tuple[tuple[UUID, Needs], ...]


@dataclass(frozen=True)
class Proposed:
    """One visit as it is proposed; times as ``10:00``. ``visit_id`` is set when it was arranged before."""

    key: DueKey
    visit_id: UUID | None
    home_id: UUID
    address: str
    where: str
    what: str
    due_on: date
    day: date
    start: str
    end: str
    order: int
    officer_id: UUID
    officer: str
    second_id: UUID | None
    second: str
    pinned: bool
    why: str

    @property
    def late(self) -> bool:
        """Whether it comes after its due day."""
        return self.day > self.due_on


@dataclass(frozen=True)
class Proposal:
    """A plan that is not saved. ``late`` of its visits come after their due day, ``left`` found no room."""

    first: date
    last: date
    visits: tuple[Proposed, ...]
    late: int
    left: int
    trips: int
    km: int
    missing: int
    missing_by: date | None
    conflicts: tuple[str, ...]

    @property
    def words(self) -> str:
        """In one or two sentences, with what would mend it if somebody will be late."""
        if not self.visits:
            return "Nothing is due that could be planned on these days."
        blocks = len({one.where for one in self.visits})
        said = (
            f"{wording.count(len(self.visits), 'visit')} to {wording.count(blocks, 'place')} on "
            f"{wording.count(self.trips, 'officer day')}, about {self.km:,} km."
        )
        if before := sum(one.due_on < self.first for one in self.visits):
            said += f" {before} {'was' if before == 1 else 'were'} late before."
        if (later := self.late - before) > 0:
            said += f" {later} more {'comes' if later == 1 else 'come'} after the due day."
        if self.left:
            said += f" {wording.count(self.left, 'visit')} found no room."
        if self.missing and self.missing_by:
            more = wording.count(self.missing, "more officer day")
            said += f" {more} by {wording.weekday(self.missing_by)} would mend it."
        return said


def prepare(session: Session, ask: Ask = Ask()) -> Prepared:
    """Read what a plan needs; raises NotAllowed, or Told when nobody is there to visit."""
    policy.require(session, Action.PLAN_VISITS, "visit")
    rules, now = visit_rules.planning(), session.info["clock"].now()
    first = max(ask.first or now.date(), now.date())
    if ask.first is None and now.hour >= 12:  # what is left of today is for what was planned
        first += timedelta(days=1)
    count = min(_MOST_DAYS, ask.working_days or rules.working_days)
    days = [calendar.working_day_from(first)]
    while len(days) < count:
        days.append(calendar.working_days_after(days[-1], 1))
    people = [one for one in visits.officers(session) if not ask.officers or one.id in ask.officers]
    if not people:
        raise Told(
            "There is nobody to plan visits for.", "A manager adds tenancy officers.", field="officers"
        )
    due, pins = _to_plan(session, days, {one.id for one in people})
    needs = visit_needs.of_homes(session, {one.home_id for one in due})
    places, at = visit_ground.places(session, due)
    officers, bases = visit_ground.officers(session, people, places, days)
    spoken = visit_needs.languages(session, {one.home_id for one in due})
    stops = tuple(
        _stop(
            one,
            at[visit_ground.spot(one)],
            needs.get(one.home_id, Needs()),
            spoken.get(one.home_id, ""),
            days,
        )
        for one in due
    )
    hours, minutes = rules.begins.split(":")
    settings = planning.Settings(
        begins=60 * int(hours) + int(minutes), window=rules.window_minutes, steps=rules.steps
    )
    problem = planning.Problem((*places, *bases), stops, officers, tuple(days), pins, settings)
    names = tuple((one.id, one.name) for one in visits.officers(session))
    return Prepared(problem, tuple(due), names, tuple(sorted(needs.items())))


def propose(prepared: Prepared, tell: Callable[[int, int], object] = lambda _done, _all: None) -> Proposal:
    """Run the planner; pure, so that it can run in another process. ``tell`` hears how far it is."""
    made = planning.plan(prepared.problem, tell)
    due, names = {one.key: one for one in prepared.due}, dict(prepared.names)
    found = tuple(_proposed(one, due[one.stop], names) for one in made.visits)  # type: ignore[index]
    days = prepared.problem.days
    return Proposal(
        first=days[0],
        last=days[-1],
        visits=found,
        late=sum(one.late for one in found),
        left=len(_owed(made, due, days[-1])),
        trips=made.trips,
        km=round(made.metres / 1000),
        missing=made.missing,
        missing_by=made.missing_by,
        conflicts=made.conflicts,
    )


def accept(session: Session, proposal: Proposal) -> int:
    """Save a proposal: every visit planned, those not arranged yet arranged; gives how many.

    Raises Told when one of them was done, cancelled or pinned since: then nothing of it is saved.
    """
    policy.require(session, Action.PLAN_VISITS, "visit")
    saved = 0
    for one in proposal.visits:
        slot = Slot(
            one.officer_id, one.day, one.start, one.end, one.second_id, one.order, one.pinned, one.why
        )
        if one.visit_id is None:
            visits.arrange(session, VisitDraft(one.home_id, one.key.kind, one.due_on, slot=slot))
        elif not one.pinned:
            row = policy.find(session, Visit, one.visit_id, "One of these visits")
            if row.status is not VisitStatus.PLANNED or row.pinned:
                raise Told("One of these visits was changed since.", "Plan again; nothing was saved.")
            visits.plan(session, one.visit_id, slot)
        else:
            continue
        saved += 1
    return saved


def conflicts(session: Session, cards: Iterable[visits.VisitCard]) -> dict[UUID, tuple[str, ...]]:
    """What is wrong with planned visits, in words, by visit: leave, a full day, two people, times that do not suit."""
    shown = [one for one in cards if one.planned_on and one.status is VisitStatus.PLANNED]
    needs = visit_needs.of_homes(session, {one.home_id for one in shown})
    days = {one.planned_on for one in shown if one.planned_on}
    off = visit_officers.off(session, days)
    rules, today = visit_rules.planning(), session.info["clock"].now().date()
    booked: dict[tuple[UUID, date], int] = {}
    for one in shown:
        for who in (one.officer_id, one.second_id):
            if who and one.planned_on:
                booked[who, one.planned_on] = booked.get((who, one.planned_on), 0) + rules.minutes[one.kind]
    found: dict[UUID, tuple[str, ...]] = {}
    for one in shown:
        assert one.planned_on is not None
        said = list(_wrong(one, needs.get(one.home_id, Needs()), today))
        for who, name in ((one.officer_id, one.officer), (one.second_id, one.second)):
            halves = off.get((who, one.planned_on), {}) if who else {}
            if why := _missing(halves, one.start):
                said.append(f"{name} {why}")
            room = rules.day_minutes * (1 - len(halves) / len(visit_officers.HALVES))
            if who and booked.get((who, one.planned_on), 0) > room > 0:
                said.append(f"The day is too full for {name}")
        if said:
            found[one.id] = tuple(said)
    return found


def _missing(halves: Mapping[str, str], start: str) -> str:
    """Why somebody is not there at that time; of a visit without one, when they are away all day."""
    if not start:
        return halves["am"] if len(halves) == len(visit_officers.HALVES) else ""
    return halves.get(visit_needs.half_of(start), "")


def _wrong(card: visits.VisitCard, needs: Needs, today: date) -> Iterable[str]:
    day = card.planned_on
    assert day is not None
    if not calendar.is_working_day(day):
        yield "Not a working day"
    if card.due_on and day > card.due_on >= today:
        yield f"After its due day, {wording.weekday(card.due_on)}"
    if needs.two_people and card.second_id is None:
        yield "Two people are to go"
    if needs.times and not _suits(needs, day, card.start):
        yield f"Suits only: {', '.join(visit_needs.time_words(one) for one in needs.times)}"


def _suits(needs: Needs, day: date, start: str) -> bool:
    halves = {one.split("_")[1] for one in needs.times if _WEEKDAY[one.split("_")[0]] == day.weekday()}
    return bool(halves) and (not start or visit_needs.half_of(start) in halves)


def _to_plan(
    session: Session, days: list[date], officers: Collection[UUID]
) -> tuple[list[DueVisit], tuple[planning.Pin, ...]]:
    """The visits to plan, one a home, and what is pinned among them."""
    until = days[-1] + timedelta(days=visit_rules.planning().ahead_days)
    due, pins, homes = [], [], set()
    for one in visits_due.within(session, until):
        if one.home_id in homes:
            continue  # the same door: the sooner visit looks at both
        if one.planned_on and one.planned_on >= days[0]:
            elsewhere = one.planned_on > days[-1] or one.officer_id not in officers
            if elsewhere:
                homes.add(one.home_id)
                continue
            if one.pinned and one.officer_id is not None:
                start = _minutes(one.window.split(" ")[0]) if one.window else None
                pins.append(planning.Pin(one.key, one.officer_id, one.planned_on, start))
        homes.add(one.home_id)
        due.append(one)
    return due, tuple(pins)


def _stop(one: DueVisit, place: int, needs: Needs, language: str, days: list[date]) -> planning.Stop:
    late = one.due_on < days[0]
    reason = ""
    if late:
        reason = one.due.text
    elif needs.vulnerable:
        reason = "Vulnerable household"
    elif one.due_on <= days[-1]:
        reason = f"Owed by {wording.weekday(one.due_on)}"
    return planning.Stop(
        key=one.key,
        place=place,
        earliest=days[0],
        due=one.due_on,
        minutes=visit_rules.planning().minutes[one.kind],
        times=frozenset((_WEEKDAY[day], half) for day, half in (time.split("_") for time in needs.times)),
        two=needs.two_people,
        language=language,
        fixed=one.kind is VisitKind.STARTER and days[0] <= one.due_on <= days[-1],
        optional=one.due_on > days[-1] and one.kind in (VisitKind.WELLBEING, VisitKind.SETTLING_IN),
        reason=reason,
    )


def _proposed(one: planning.Planned, due: DueVisit, names: dict[UUID, str]) -> Proposed:
    officer_id, second_id = one.officer, one.second
    assert isinstance(officer_id, UUID)
    assert second_id is None or isinstance(second_id, UUID)
    start, end = _time(one.start), _time(one.end)
    if one.pinned:
        start, _, end = due.window.partition(" to ")
    return Proposed(
        key=due.key,
        visit_id=due.visit_id,
        home_id=due.home_id,
        address=due.address,
        where=due.where,
        what=due.what,
        due_on=due.due_on,
        day=one.day,
        start=start,
        end=end,
        order=one.order,
        officer_id=officer_id,
        officer=names.get(officer_id, ""),
        second_id=second_id,
        second=names.get(second_id, "") if second_id else "",
        pinned=one.pinned,
        why=one.why,
    )


def _owed(made: planning.Plan, due: dict[DueKey, DueVisit], last: date) -> list[DueKey]:
    """Those without a place that were owed within the plan."""
    return [key for key, one in due.items() if key in set(made.left) and one.due_on <= last]


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)
