"""What stands before and around the demo landlord's visits: a week planned and told of, tries, days out alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, exists, func, select
from sqlalchemy.orm import aliased

from watmos_desktop.models.kinds import Channel, Role, VisitKind, VisitStatus
from watmos_desktop.models.tables import Home, Staff, Tenancy, Visit
from watmos_desktop.services import calendar, lone_rules
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.demo.rows import Row, Rows, hash_of
from watmos_desktop.services.ids import same_id

_DAYS, _OFFICERS = 5, 4  # working days planned, officers who have such a week
_SLOTS = (("09:30", "11:30"), ("11:00", "13:00"), ("14:30", "16:30"))
_LONG_AGO, _AT_LEAST = (
    timedelta(days=2 * 365),
    8,
)  # who was seen later is visited only where the week is empty
_TOLD = (Channel.LETTER, Channel.TEXT, Channel.LETTER, Channel.PHONE, Channel.EMAIL)
_TRIED_OF = 8  # of every so many visits that were done, one found nobody in at first
_TRIED_WITHIN = 400  # days
_LADDER = ((9, 10, Channel.DOOR), (7, 15, Channel.DOOR), (6, 11, Channel.PHONE), (2, 10, Channel.DOOR))
Taken = dict[date, list[tuple[str, str]]]  # windows by day, as "09:30"
_LANGUAGES = ("Punjabi", "Polish", "Bengali", "Urdu")
_NOTES = (
    "Curtains drawn, post in the box.",
    "",
    "Number not in use.",
    "Neighbour says she is at her sister's.",
)


def make(rows: Rows, connection: Connection, now: datetime) -> None:
    """All of it; nothing where nobody visits."""
    officers = list(
        connection.execute(
            select(Staff.id, Staff.name).where(Staff.role == Role.TENANCY_OFFICER).order_by(Staff.name)
        ).mappings()
    )
    due = _due(connection, [one["id"] for one in officers[:_OFFICERS]], now)
    for turn, officer in enumerate(officers):
        rows.add(
            "visitor",
            now.astimezone(UTC),
            staff_id=officer["id"],
            times=["mon_am", "mon_pm", "tue_am", "tue_pm", "wed_am", "thu_am", "thu_pm"] if turn == 1 else [],
            languages=[_LANGUAGES[turn % len(_LANGUAGES)]],
        )["id"] = same_id("visitor", str(officer["id"]))
        _out_alone(rows, officer["id"], turn, now)
        if officer["id"] in due:
            _week(rows, due[officer["id"]], officer["id"], _taken(connection, officer["id"]), now)
    rows.write(connection)
    _tries(rows, connection, now)


def _due(connection: Connection, officers: list[UUID], now: datetime) -> dict[UUID, list[RowMapping]]:
    """The homes each of those officers saw longest ago, of one block after the other; nothing is arranged there."""
    last = func.max(Visit.completed_at).label("seen_at")
    other = aliased(Visit)
    open_ = exists().where(other.home_id == Home.id, other.status == VisitStatus.PLANNED)
    whose = func.max(Visit.officer_id).label("officer")
    asked = (
        select(Home.id, Home.estate_id, Home.block_id, Tenancy.id.label("tenancy_id"), whose, last)
        .join(Tenancy, Tenancy.home_id == Home.id)
        .join(Visit, Visit.home_id == Home.id)
        .where(Tenancy.ended_on.is_(None), Visit.status == VisitStatus.COMPLETED, ~open_)
        .group_by(Home.id, Tenancy.id)
        .order_by(last, Home.id)
    )
    found: dict[UUID, list[RowMapping]] = defaultdict(list)
    for row in connection.execute(asked).mappings():
        known = found[row["officer"]]
        wanted = len(known) < (_DAYS * len(_SLOTS) if row["seen_at"] < now - _LONG_AGO else _AT_LEAST)
        if row["officer"] in officers and wanted:
            known.append(row)
    for homes in found.values():  # who is walked to on one day lives next door to each other
        homes.sort(key=lambda one: (str(one["block_id"]), one["id"]))
    return found


def _taken(connection: Connection, officer: UUID) -> Taken:
    """When that officer goes somewhere already, by day."""
    theirs = (Visit.officer_id == officer, Visit.status == VisitStatus.PLANNED, Visit.planned_on.is_not(None))
    found: Taken = defaultdict(list)
    for day, begins, ends in connection.execute(
        select(Visit.planned_on, Visit.window_from, Visit.window_to).where(*theirs)
    ):
        assert day is not None  # as asked for
        found[day].append((begins, ends))
    return found


def _week(rows: Rows, homes: list[RowMapping], officer: UUID, taken: Taken, now: datetime) -> None:
    """The next working days, most of them told of; one is told of a time that was moved since."""
    asked_at, first = (now - timedelta(days=6)).astimezone(UTC), calendar.working_day_from(now.date())
    days = [first, *(calendar.working_days_after(first, n) for n in range(1, _DAYS))]
    free = [
        (day, turn, (start, end))
        for day in days
        for turn, (start, end) in enumerate(_SLOTS)
        if not any(begins < end and start < ends for begins, ends in taken.get(day, ()))
    ]
    for place, (home, (day, turn, (start, end))) in enumerate(zip(homes, free, strict=False)):
        visit = rows.add(
            "visit",
            asked_at,
            prefix="V",
            **{name: home[name] for name in ("estate_id", "block_id", "tenancy_id")},
            home_id=home["id"],
            kind=VisitKind.WELLBEING,
            status=VisitStatus.PLANNED,
            officer_id=officer,
            planned_on=day,
            window_from=start,
            window_to=end,
            place_in_day=turn + 1,
            why="On the way: the same block" if turn else "Due, and the first of its block",
        )
        if place % 5 != 4:
            _tell(rows, visit, _TOLD[place % len(_TOLD)], now, moved=place == 7)


def _tell(rows: Rows, visit: Row, how: Channel, now: datetime, *, moved: bool) -> None:
    at = datetime.combine(now.date() - timedelta(days=5), time(14, 10), LONDON).astimezone(UTC)
    rows.add(
        "visit_told",
        at,
        visit_id=visit["id"],
        how=how,
        told_at=at,
        planned_on=visit["planned_on"] + timedelta(days=1 if moved else 0),
        window_from=visit["window_from"],
        window_to=visit["window_to"],
        staff_id=visit["officer_id"],
    )


def _tries(rows: Rows, connection: Connection, now: datetime) -> None:
    """Doors that stayed closed: once before some visits that were done, and again and again at one still to do."""
    since = (now - timedelta(days=_TRIED_WITHIN)).astimezone(UTC)
    done = (Visit.status == VisitStatus.COMPLETED, Visit.completed_at >= since)
    for row in connection.execute(
        select(Visit.id, Visit.completed_at, Visit.officer_id, Visit.reference)
        .where(*done)
        .order_by(Visit.id)
    ):
        turn = hash_of(row.reference) % (2 * _TRIED_OF)
        for before in range(2 if turn == 1 else turn % _TRIED_OF == 0):
            _try(rows, row.id, row.officer_id, row.completed_at - timedelta(days=7 * (before + 1), minutes=5))
    door = connection.execute(
        select(Visit.id, Visit.officer_id)
        .where(Visit.status == VisitStatus.PLANNED, Visit.kind == VisitKind.WELLBEING)
        .order_by(Visit.planned_on, Visit.place_in_day, Visit.id)
        .limit(1)
    ).first()
    if door is not None:
        for (days, hour, how), note in zip(_LADDER, _NOTES, strict=True):
            day = calendar.working_day_from(now.date() - timedelta(days=days))
            at = datetime.combine(day, time(hour, 20), LONDON).astimezone(UTC)
            _try(rows, door.id, door.officer_id, at, how, note)


def _try(
    rows: Rows, visit_id: UUID, officer: UUID, at: datetime, how: Channel = Channel.DOOR, note: str = ""
) -> None:
    said: dict[str, Any] = {"how": how, "card_left": how is Channel.DOOR, "note": note}
    rows.add("visit_attempt", at, visit_id=visit_id, tried_at=at, staff_id=officer, **said)


def _out_alone(rows: Rows, officer: UUID, turn: int, now: datetime) -> None:
    """A plan for each working day of the last week and for today, with its check-ins as far as the day has come."""
    today = now.astimezone(LONDON).date()
    for day in _last_days(today):
        begins = datetime.combine(day, time(9 + turn % 2, 30), LONDON)
        _day(rows, officer, begins, begins + timedelta(hours=7), now)


def _last_days(today: date) -> Iterator[date]:
    for ago in range(_DAYS + 1, -1, -1):
        if calendar.is_working_day(day := today - timedelta(days=ago)):
            yield day


def _day(rows: Rows, officer: UUID, begins: datetime, ends: datetime, now: datetime) -> None:
    rules, made_at = lone_rules.load(), (begins - timedelta(hours=1)).astimezone(UTC)
    if made_at > now:
        return
    plan = rows.add(
        "lone_day",
        made_at,
        staff_id=officer,
        day=begins.date(),
        begins_at=begins.astimezone(UTC),
        ends_at=ends.astimezone(UTC),
        every=rules.usual,
        call_name=rules.call,
        call_phone=rules.call_phone,
    )
    plan["id"] = same_id("lone_day", str(officer), begins.date().isoformat(), "0")
    at = begins + timedelta(minutes=rules.usual - 4)
    while at < min(ends, now):
        _check(rows, plan, officer, at, back=False)
        at += timedelta(minutes=rules.usual - 4)
    if ends < now:
        _check(rows, plan, officer, ends - timedelta(minutes=10), back=True)


def _check(rows: Rows, plan: Row, officer: UUID, at: datetime, *, back: bool) -> None:
    moment = at.astimezone(UTC)
    rows.add("lone_check", moment, lone_id=plan["id"], at=moment, back=back, staff_id=officer)
