"""The demo landlord's adaptations in every state, and its planned works: consulted, under way, finished (R8, R9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from watmos_desktop.models.kinds import (
    AdaptationKind,
    AdaptationStatus,
    Channel,
    Priority,
    ProgrammeStatus,
    RepairStatus,
    ResponseKind,
    Responsibility,
    Role,
    Trade,
)
from watmos_desktop.models.tables import Home, HouseholdMember, Staff, StaffScope, Tenancy
from watmos_desktop.services import calendar, clocks, promises, works_rules
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.demo.landlord import Landlord
from watmos_desktop.services.demo.rows import Row, Rows
from watmos_desktop.services.ids import same_id

_S = AdaptationStatus
_MINOR, _MAJOR, _OT = AdaptationKind
_RAILS = "Two rails: one left of the bath, one beside the toilet. The wall is brick and holds them."
# How it stands, days since it was asked, how large, what, what was found, why decided so, the works in a few words.
_ASKED: tuple[tuple[AdaptationStatus, int, AdaptationKind, str, str, str, str], ...] = (
    (_S.REQUESTED, 3, _MINOR, "A grab rail beside the bath: she nearly fell last week", "", "", ""),
    (_S.REQUESTED, 44, _OT, "A level shower: he cannot lift his legs over the bath any more", "", "", ""),
    (_S.REQUESTED, 9, _MINOR, "A flashing doorbell; she does not hear the bell", "", "", ""),
    (_S.ASSESSED, 30, _OT, "A stairlift to the bedroom", "A straight lift fits; the stair is 92 cm wide.", "", ""),
    (_S.ASSESSED, 12, _MINOR, "Lever taps in kitchen and bathroom", "Four taps; her hands cannot turn them.", "", ""),
    (_S.APPROVED, 38, _MINOR, "Grab rails in the bathroom", _RAILS, "Without them she cannot wash alone.",
     "Fit two grab rails in the bathroom"),
    (_S.APPROVED, 96, _MAJOR, "A ramp to the front door", "Four metres at 1 in 12, with a rail.",
     "He cannot leave the home in his wheelchair.", ""),
    (_S.DECLINED, 60, _MAJOR, "A second bathroom downstairs", "The yard is too small to build on.",
     "It cannot be built here. A move to a home with a bathroom downstairs is offered.", ""),
    (_S.FITTED, 80, _MINOR, "A second banister", "The stair has room for one on the left.",
     "He needs both hands on the stair.", "Fit a second banister on the stairs"),
    (_S.FITTED, 130, _OT, "A wet room", "Level floor, a folding seat, two rails.",
     "She cannot use the bath after her operation.", "Make the bathroom a wet room"),
    (_S.REVIEWED, 210, _MINOR, "A key safe by the door", "On the left of the frame, at 110 cm.",
     "The carer has to get in when he cannot come to the door.", "Fit a key safe"),
    (_S.WITHDRAWN, 33, _MINOR, "A raised toilet seat", "", "", ""),
)  # fmt: skip
_SAID = (
    (ResponseKind.AGREES, Channel.CARD, "", ""),
    (ResponseKind.CONCERN, Channel.DOOR, "The dust: my son has asthma and sleeps beside the kitchen.",
     "We seal the door, clean every evening, and you can stay with your sister at our cost for two nights."),
    (ResponseKind.ASKS, Channel.PHONE, "Where do I cook for a week?", "We lend every home a hob and a microwave."),
    (ResponseKind.AGREES, Channel.LETTER, "About time!", ""),
    (ResponseKind.OBJECTS, Channel.IN_PERSON, "I put in my own kitchen two years ago and want to keep it.", ""),
    (ResponseKind.ASKS, Channel.EMAIL, "I work nights. Can you start after eleven?", ""),
    (ResponseKind.AGREES, Channel.PHONE, "", ""),
)  # fmt: skip
_KITCHENS = (
    "Old kitchens are taken out and new ones put in: cupboards, worktop, sink, tiles and new wiring. "
    "You choose the colours of doors and worktop from three."
)
_NOISE = "Drilling and dust from 9 am to 3 pm on the first three days. The water is off for an hour on two mornings."


@dataclass
class _Who:
    """Who asks and decides: the officer of each estate, the manager."""

    officers: dict[UUID, UUID]
    manager: UUID

    def of(self, estate: UUID) -> UUID:
        return self.officers.get(estate, self.manager)


def make(rows: Rows, connection: Connection, landlord: Landlord, now: datetime, since: datetime) -> None:
    """A dozen adaptations, and works on the first blocks; all of it after the landlord's first day."""
    who = _Who(_officers(connection), landlord.manager.id)
    homes = [home for home, _ in landlord.homes]
    people = _tenants(connection)
    lived_in = [home for home in homes if home.id in people] or homes
    for number, asked in enumerate(_ASKED):
        home = lived_in[number * 7 % len(lived_in)]
        _adaptation(rows, home, people.get(home.id), asked, who, now, since)
    blocks: dict[UUID, list[Row]] = {}
    for home in homes:
        blocks.setdefault(home.block_id, []).append(home)
    named = {block.id: block for place in landlord.estates for block in place.blocks}
    for number, (key, inside) in enumerate(list(blocks.items())[:3]):
        _Works(rows, named[key], inside, who, now, since).make(number)


def _adaptation(
    rows: Rows,
    home: Row,
    person: UUID | None,
    asked: tuple[AdaptationStatus, int, AdaptationKind, str, str, str, str],
    who: _Who,
    now: datetime,
    since: datetime,
) -> None:
    status, days, kind, what, found, reason, works = asked
    officer = who.of(home.estate_id)

    def at(share: float) -> datetime:
        """Some way from the request to now, at ten in the morning."""
        day = (now - timedelta(days=round(days * (1 - share)))).date()
        return max(datetime.combine(day, time(10), LONDON), since + timedelta(hours=share))

    begun = at(0.0)
    decided = at(0.35) if reason else None
    fitted = at(0.6) if status in (_S.FITTED, _S.REVIEWED) else None
    review = fitted and fitted.date() + timedelta(weeks=works_rules.load().adaptation.review_weeks)
    repair = _repair(rows, home, works, decided, fitted, officer) if works and decided else None
    rows.add(
        "adaptation",
        begun,
        prefix="A",
        estate_id=home.estate_id,
        block_id=home.block_id,
        home_id=home.id,
        person_id=person,
        what=what,
        requested_at=begun,
        asked_by=officer,
        officer_id=officer if status is not _S.REQUESTED or days > 5 else None,
        status=status,
        kind=kind if found else None,
        assessment=found,
        assessed_by=("T. Osei, occupational therapist" if kind is _OT else "Tenancy officer")
        if found
        else "",
        assessed_at=at(0.2) if found else None,
        decision_reason=reason,
        decided_by=who.manager if reason else None,
        decided_at=decided,
        repair_id=repair,
        fitted_at=fitted,
        review_on=calendar.working_day_from(review) if review else None,
        review="He is glad of it; the carer comes in by herself." if status is _S.REVIEWED else "",
    )


def _repair(rows: Rows, home: Row, title: str, at: datetime, done: datetime | None, officer: UUID) -> UUID:
    """The works as the repair that a contractor sees."""
    due = promises.due(clocks.REPAIR_CLOCK[Priority.ROUTINE], at)
    repair = rows.add(
        "repair",
        at,
        prefix="R",
        estate_id=home.estate_id,
        block_id=home.block_id,
        space_id=None,
        home_id=home.id,
        title=title,
        trade=Trade.CARPENTRY,
        priority=Priority.ROUTINE,
        status=RepairStatus.COMPLETED if done else RepairStatus.REPORTED,
        reported_at=at,
        reported_by=officer,
        due_at=due.due_at,
        completed_at=done,
        responsibility=Responsibility.LANDLORD,
        responsibility_reason="An approved adaptation.",
    )
    rows.add(
        "clock",
        at,
        owner_table="repair",
        owner_id=repair.id,
        key=due.key,
        started_at=at,
        due_at=due.due_at,
        held_from=due.held_from,
        told_at=at,
        stopped_at=done,
    )
    key: UUID = repair.id
    return key


class _Works:
    """Works in one block, with its homes and what people said."""

    def __init__(
        self,
        rows: Rows,
        block: Row,
        homes: list[Row],
        who: _Who,
        now: datetime,
        since: datetime,
    ) -> None:
        self._rows, self._block, self._homes, self._who = rows, block, homes, who
        self._now, self._since = now, since
        self._today = now.date()

    def make(self, number: int) -> None:
        """Kitchens in consultation, front doors under way, a roof finished."""
        (self._kitchens, self._doors, self._roof)[number]()

    def _kitchens(self) -> None:
        row = self._programme(
            f"New kitchens, {self._block.name}", _KITCHENS, "8 working days", _NOISE,
            status=ProgrammeStatus.CONSULTING, starts=49, ends=120, asks=(-12, 18),
        )  # fmt: skip
        missed = max(len(self._homes) // 10, 1)
        for number, home in enumerate(self._homes):
            self._home(row, home, written=self._at(-11) if number >= missed else None)
        for (kind, how, text, answer), home in zip(_SAID, self._homes, strict=False):
            at = self._at(-9 + self._homes.index(home))
            answered = at + timedelta(hours=4) if answer else None
            self._rows.add(
                "programme_response", at, programme_id=row.id, home_id=home.id, kind=kind, how=how, text=text,
                received_at=at, answer=answer, answered_at=answered, staff_id=self._who.of(self._block.estate_id),
            )  # fmt: skip

    def _doors(self) -> None:
        row = self._programme(
            f"New front doors, {self._block.name}",
            "Every flat gets a new front door that holds fire back for 30 minutes.",
            "1 working day",
            "Your door is open for about three hours; someone stays with it. Some drilling.",
            status=ProgrammeStatus.STARTED, starts=-10, ends=20, asks=(-62, -32),
            outcome="Everyone agrees. Two households asked for an afternoon and get one.",
        )  # fmt: skip
        for number, home in enumerate(self._homes):
            day = calendar.working_days_after(self._day(-11), number // 2 + 1)
            done = day < self._today and number % 9 != 4
            self._home(
                row, home, day=day, days=1, written=self._at(-30), refused=number == len(self._homes) - 1,
                done=datetime.combine(day, time(15), LONDON) if done else None,
            )  # fmt: skip

    def _roof(self) -> None:
        row = self._programme(
            f"New roof, {self._block.name}",
            "The flat roof is renewed with 20 cm of insulation.",
            "No work inside the homes",
            "A scaffold, and hammering on dry days from 8 am to 4 pm.",
            status=ProgrammeStatus.FINISHED, starts=-110, ends=-40, asks=(-160, -130),
            outcome="Most agree. The skip stands behind the block, not before it.",
        )  # fmt: skip
        for home in self._homes:
            self._home(row, home, day=self._day(-110), days=40, written=self._at(-125), done=self._at(-40))

    def _programme(
        self,
        name: str,
        what: str,
        how_long: str,
        notice: str,
        *,
        status: ProgrammeStatus,
        starts: int,
        ends: int,
        asks: tuple[int, int],
        outcome: str = "",
    ) -> Row:
        begun = status in (ProgrammeStatus.STARTED, ProgrammeStatus.FINISHED)
        return self._rows.add(
            "programme",
            self._at(asks[0] - 5),
            prefix="P",
            estate_id=self._block.estate_id,
            block_id=self._block.id,
            name=name,
            what=what,
            how_long=how_long,
            disturbance=notice,
            contractor_id=None,
            starts_on=self._day(starts),
            ends_on=self._day(ends),
            consults_from=self._day(asks[0]),
            consults_until=self._day(asks[1]),
            outcome=outcome,
            status=status,
            started_at=self._at(starts) if begun else None,
        )

    def _home(self, row: Row, home: Row, **known: Any) -> None:
        day: date | None = known.get("day")
        one = self._rows.add(
            "programme_home",
            self._at(-170),
            programme_id=row.id,
            home_id=home.id,
            planned_on=day,
            days=known.get("days"),
            written_at=known.get("written"),
            done_at=known.get("done"),
            refused=known.get("refused", False),
        )
        one["id"] = same_id("programme_home", str(row.id), str(home.id))

    def _day(self, days: int) -> date:
        return calendar.working_day_from(self._today + timedelta(days=days))

    def _at(self, days: int) -> datetime:
        """Ten o'clock on a working day so many days on, never before the landlord's first day nor after now."""
        at = datetime.combine(self._day(days), time(10), LONDON)
        return min(max(at, self._since), self._now)


def _officers(connection: Connection) -> dict[UUID, UUID]:
    """The tenancy officer of each estate."""
    rows = connection.execute(
        select(StaffScope.estate_id, Staff.id)
        .join(Staff, Staff.id == StaffScope.staff_id)
        .where(Staff.role == Role.TENANCY_OFFICER)
        .order_by(Staff.name)
    )
    return {row[0]: row[1] for row in rows}


def _tenants(connection: Connection) -> dict[UUID, UUID]:
    """One who holds each home."""
    rows = connection.execute(
        select(Tenancy.home_id, HouseholdMember.person_id)
        .join(HouseholdMember, HouseholdMember.tenancy_id == Tenancy.id)
        .join(Home, Home.id == Tenancy.home_id)
        .where(HouseholdMember.tenant)
        .order_by(HouseholdMember.id)
    )
    return {row[0]: row[1] for row in rows}
