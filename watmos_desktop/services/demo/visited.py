"""The demo landlord's visits: three years of them by block, some planned, starter reviews, needs and leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from watmos_desktop.models.kinds import (
    Channel,
    ReviewOutcome,
    ReviewStage,
    Role,
    TenancyKind,
    VisitKind,
    VisitStatus,
)
from watmos_desktop.models.tables import Home, Staff, StaffScope, Tenancy
from watmos_desktop.services import calendar, visit_rules
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.demo.landlord import Landlord
from watmos_desktop.services.demo.rows import Row, Rows, hash_of

_THREE_YEARS = 1096
_LATE, _ASKED, _NEEDS = 0.035, 0.008, 0.07
_ASKS = (
    "Wants to talk about a garden that has become too much.",
    "Asked whether the bathroom can be adapted.",
    "Neighbour worries about her; please look in.",
    "Would like help with an application for benefits.",
)
_LEFT = (
    "Bring the form for the garden scheme.",
    "Look at the smoke alarm again.",
    "See whether the key safe came.",
)
_NOTES = ("Deaf in one ear: ring twice.", "Carer is there on those days.", "Works nights.", "Large dog.")
_CONCERNS = (
    "Rent behind by six weeks; a plan is agreed.",
    "Two reports of noise at night.",
    "Garden not kept.",
)
_TIMES = (["tue_am"], ["wed_pm", "thu_pm"], ["mon_am", "tue_am", "wed_am"], ["fri_pm"], ["thu_am"])
_SLOTS = (("09:30", "11:30"), ("10:30", "12:30"), ("13:00", "15:00"), ("14:00", "16:00"))


@dataclass
class _Let:
    """A home that somebody holds, and the officer who looks after it."""

    home_id: UUID
    estate_id: UUID
    block_id: UUID | None
    tenancy_id: UUID
    kind: TenancyKind
    started_on: date
    officer: UUID


def make(rows: Rows, connection: Connection, landlord: Landlord, now: datetime) -> None:
    """Visits for every home that is held: mostly in time, some late, some planned for the next days."""
    chance, today = Random(rows.random.getrandbits(32)), now.date()  # noqa: S311 - a story
    lets = list(_lets(connection, landlord))
    assured = [let.tenancy_id for let in lets if _past(rows, chance, let, today)]
    for tenancy_id in assured:
        connection.execute(update(Tenancy).where(Tenancy.id == tenancy_id).values(kind=TenancyKind.ASSURED))
    _ahead(rows, chance, lets, now)
    _leave(rows, connection, today, now)


def _lets(connection: Connection, landlord: Landlord) -> Iterator[_Let]:
    scopes = select(StaffScope.estate_id, StaffScope.staff_id).join(Staff, Staff.id == StaffScope.staff_id)
    found = connection.execute(scopes.where(Staff.role == Role.TENANCY_OFFICER))
    officers: dict[UUID, UUID] = {row[0]: row[1] for row in found}
    held = (
        select(Home.id, Home.estate_id, Home.block_id, Tenancy.id, Tenancy.kind, Tenancy.started_on)
        .join(Tenancy, Tenancy.home_id == Home.id)
        .where(Tenancy.ended_on.is_(None))
        .order_by(Home.code)
    )
    for row in connection.execute(held):
        yield _Let(*row, officers.get(row[1], landlord.manager["id"]))


def _visit(rows: Rows, at: datetime, let: _Let, kind: VisitKind, **values: Any) -> Row:
    given = {
        "estate_id": let.estate_id,
        "block_id": let.block_id,
        "home_id": let.home_id,
        "tenancy_id": let.tenancy_id,
        "kind": kind,
        "status": VisitStatus.PLANNED,
        "due_on": None,
        "officer_id": let.officer,
        "planned_on": None,
        "window_from": "",
        "window_to": "",
        "place_in_day": 0,
        "pinned": False,
        "why": "",
        "asked": "",
        "started_at": None,
        "completed_at": None,
    }
    return rows.add("visit", at, prefix="V", **given | values)


def _done(rows: Rows, chance: Random, let: _Let, day: date, kind: VisitKind) -> None:
    began = datetime.combine(calendar.working_day_from(day), time(9, 30), LONDON).astimezone(UTC)
    began += timedelta(minutes=chance.randrange(0, 360, 5))
    _visit(
        rows,
        began,
        let,
        kind,
        status=VisitStatus.COMPLETED,
        planned_on=began.date(),
        started_at=began,
        completed_at=began + timedelta(minutes=chance.randrange(25, 60)),
    )


def _past(rows: Rows, chance: Random, let: _Let, today: date) -> bool:
    """What was done: a block is walked through in a few weeks, so its homes fall due near each other.

    Says whether a starter tenancy was made an assured one.
    """
    if let.kind is TenancyKind.STARTER:
        return _reviews(rows, chance, let, today)
    ago = 30 + hash_of(str(let.block_id)) % (_THREE_YEARS - 75) + chance.randrange(-20, 40)
    if chance.random() < _LATE:
        ago = _THREE_YEARS + chance.randrange(3, 150)
    seen = today - timedelta(days=max(2, ago))
    if seen > let.started_on:
        _done(rows, chance, let, seen, VisitKind.WELLBEING)
    elif (today - let.started_on).days > 60:
        _done(rows, chance, let, let.started_on + timedelta(days=35), VisitKind.SETTLING_IN)
    return False


def _reviews(rows: Rows, chance: Random, let: _Let, today: date) -> bool:
    concern = chance.random() < 0.15
    for review in visit_rules.starter(let.started_on).reviews:
        day = calendar.working_day_from(review.due(let.started_on) - timedelta(days=chance.randrange(0, 6)))
        if day >= today or chance.random() < 0.08:
            continue
        _done(rows, chance, let, day, VisitKind.STARTER)
        bad = concern and chance.random() < 0.6
        at = datetime.combine(day, time(16), LONDON).astimezone(UTC)
        _review(rows, let, at, review.stage, ReviewOutcome.CONCERN if bad else ReviewOutcome.FINE, chance)
    # Most are decided well before their year is over.
    if (today - let.started_on).days <= 330 or chance.random() >= 0.8:
        return False
    at = datetime.combine(let.started_on + timedelta(days=325), time(11), LONDON).astimezone(UTC)
    outcome = ReviewOutcome.EXTEND if concern else ReviewOutcome.CONVERT
    _review(rows, let, at, ReviewStage.DECISION, outcome, chance)
    return not concern


def _review(
    rows: Rows, let: _Let, at: datetime, stage: ReviewStage, outcome: ReviewOutcome, chance: Random
) -> None:
    worried = outcome in (ReviewOutcome.CONCERN, ReviewOutcome.EXTEND)
    extended = calendar.months_after(let.started_on, 18) if outcome is ReviewOutcome.EXTEND else None
    rows.add(
        "tenancy_review",
        at,
        tenancy_id=let.tenancy_id,
        stage=stage,
        outcome=outcome,
        reason=chance.choice(_CONCERNS) if worried else "",
        extended_to=extended,
        made_at=at,
        staff_id=let.officer,
    )


def _ahead(rows: Rows, chance: Random, lets: list[_Let], now: datetime) -> None:
    """Needs, what was asked for, tries in vain, and the week that was planned already."""
    at, today = (now - timedelta(days=4)).astimezone(UTC), now.date()
    booked: dict[tuple[UUID, date], int] = {}
    for let in lets:
        if chance.random() < _NEEDS:
            rows.add(
                "visit_need",
                at,
                home_id=let.home_id,
                times=chance.choice(_TIMES) if chance.random() < 0.6 else [],
                two_people=chance.random() < 0.15,
                vulnerable=chance.random() < 0.45,
                note=chance.choice(_NOTES) if chance.random() < 0.5 else "",
            )
        if chance.random() >= _ASKED:
            continue
        follow = chance.random() < 0.4
        due = calendar.working_days_after(today, chance.randrange(2, 15))
        visit = _visit(
            rows,
            at,
            let,
            VisitKind.FOLLOW_UP if follow else VisitKind.REQUESTED,
            due_on=due,
            asked=chance.choice(_LEFT if follow else _ASKS),
        )
        if chance.random() < 0.6:
            _book(visit, booked, calendar.working_days_after(today, chance.randrange(1, 6)))
        for n in range(chance.choice((0, 0, 0, 1, 2, 3))):
            day = calendar.working_day_from((at - timedelta(days=3 * n + 2)).date())
            tried = datetime.combine(day, time(10 + 5 * (n % 2)), LONDON).astimezone(UTC)
            tried += timedelta(minutes=chance.randrange(60))
            rows.add(
                "visit_attempt",
                tried,
                visit_id=visit["id"],
                tried_at=tried,
                how=Channel.DOOR,
                card_left=n == 0,
                note="",
                staff_id=let.officer,
            )


def _book(visit: Row, booked: dict[tuple[UUID, date], int], day: date) -> None:
    turn = booked.get((visit.officer_id, day), 0)
    if turn >= len(_SLOTS):
        return
    booked[visit.officer_id, day] = turn + 1
    start, end = _SLOTS[turn]
    visit.update(
        planned_on=day, window_from=start, window_to=end, place_in_day=turn + 1, why="Agreed by phone"
    )
    visit["pinned"] = True


def _leave(rows: Rows, connection: Connection, today: date, now: datetime) -> None:
    """A week for each officer, one after the other; none of them all at once."""
    officers = connection.execute(
        select(Staff.id).where(Staff.role == Role.TENANCY_OFFICER).order_by(Staff.name)
    ).scalars()
    monday = today - timedelta(days=today.weekday())
    for n, staff_id in enumerate(officers):
        first = monday + timedelta(weeks=n + 1)
        rows.add(
            "leave",
            now.astimezone(UTC),
            staff_id=staff_id,
            starts_on=first,
            ends_on=first + timedelta(days=4),
        )
