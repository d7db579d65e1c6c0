"""The demo landlord's contractors and what is ordered from them: accepted, booked, kept, doors that stayed closed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from watmos_desktop import resources
from watmos_desktop.models.kinds import (
    AppointmentStatus,
    Channel,
    JobKind,
    JobStatus,
    Priority,
    RepairStatus,
    Slot,
    Specialism,
    Trade,
    Waiting,
)
from watmos_desktop.models.tables import Repair
from watmos_desktop.services import calendar, specialists
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.demo.hours import by_day
from watmos_desktop.services.demo.landlord import Landlord
from watmos_desktop.services.demo.rows import Row, Rows

_LATELY = timedelta(days=60)
_SLOTS = (Slot.MORNING, Slot.AFTERNOON, Slot.SCHOOL_RUN, Slot.ALL_DAY)
_ENDS = {Slot.MORNING: 13, Slot.AFTERNOON: 17, Slot.SCHOOL_RUN: 14, Slot.ALL_DAY: 17}
_CLOSED = 0.24  # of open orders that found a door closed
_TODAY = 0.25
_ACCESS = (
    "",
    "",
    "",
    "Ring the caretaker for the key of the plant room.",
    "Buzzer 3 seconds, then push the door.",
)


@cache
def _firms() -> tuple[dict[str, Any], ...]:
    with resources.path("demo", "contractors.toml").open("rb") as file:
        return tuple(tomllib.load(file)["firms"])


@cache
def of_trade() -> Mapping[Trade, str]:
    """Who does each trade everywhere: the name of the firm that holds what the trade needs."""
    found: dict[Trade, str] = {}
    for trade in Trade:
        needed = {need.specialism.value for need in specialists.needs(trade)}
        found[trade] = next(
            firm["name"]
            for firm in _firms()
            if trade.value in firm["trades"]
            and needed <= set(firm.get("specialisms", ()))
            and not firm.get("own", False)
        )
    return found


def make(rows: Rows, connection: Connection, landlord: Landlord, now: datetime, since: datetime) -> None:
    """The register, and an order for each repair that is ordered or was done lately."""
    firms = {one.name: one for one in (_firm(rows, firm, landlord, since) for firm in _firms())}
    repair = Repair.__table__
    asked = select(repair).where(
        Repair.status.in_((RepairStatus.ORDERED, RepairStatus.COMPLETED)),
        Repair.reported_at > now - timedelta(days=180),
    )
    for found in connection.execute(asked.order_by(Repair.reported_at, Repair.id)).mappings():
        row = dict(found)
        lately = row["completed_at"] is None or now - row["completed_at"] < _LATELY
        firm = firms.get(row["contractor"])
        if lately and firm is not None:
            _work(rows, connection, row, firm, now)


def _firm(rows: Rows, firm: Mapping[str, Any], landlord: Landlord, since: datetime) -> Row:
    own = [str(landlord.estates[0].row.id)] if firm.get("own", False) else []
    texts = ("hours", "phone", "emergency_phone", "email", "contact", "registration")
    return rows.add(
        "contractor",
        since,
        code=firm["code"],
        name=firm["name"],
        trades=list(firm["trades"]),
        specialisms=list(firm.get("specialisms", ())),
        estates=own,
        active=True,
        **{name: firm.get(name, "") for name in texts},
    )


def _work(rows: Rows, connection: Connection, repair: Mapping[str, Any], firm: Row, now: datetime) -> None:
    """One order with its appointments, by what became of the repair."""
    chance = rows.random
    done: datetime | None = repair["completed_at"]
    gap = timedelta(minutes=chance.randrange(20, 240 if repair["priority"] is Priority.EMERGENCY else 1400))
    reported: datetime = repair["reported_at"]
    ordered = reported + min(gap, ((done or now) - reported) / 2)
    ordered = min(by_day(ordered, reported), done or now)
    needed = specialists.needs(repair["trade"])
    special = needed[0].specialism if needed else None
    job = rows.add(
        "job",
        ordered,
        prefix="J",
        repair_id=repair["id"],
        contractor_id=firm.id,
        follows_id=None,
        kind=JobKind.MAKE_SAFE if repair["priority"] is Priority.EMERGENCY else JobKind.ORDER,
        trade=repair["trade"],
        specialism=special,
        title=repair["title"],
        instructions="",
        access_notes=chance.choice(_ACCESS),
        next_steps=f"{firm.name} will come.",
        status=JobStatus.DONE if done else JobStatus.ACCEPTED if chance.random() < 0.7 else JobStatus.ORDERED,
        ordered_at=ordered,
        ordered_by=repair["reported_by"],
        finished_at=done,
    )
    if done is not None:
        day = done.astimezone(LONDON).date()
        if day > ordered.astimezone(LONDON).date():
            _booked(rows, job, day, AppointmentStatus.KEPT, special, ordered)
        return
    _to_come(rows, connection, repair, job, special, now)


def _to_come(
    rows: Rows,
    connection: Connection,
    repair: Mapping[str, Any],
    job: Row,
    special: Specialism | None,
    now: datetime,
) -> None:
    """Most open orders have an appointment in the next days; behind some is a door that stayed closed."""
    chance, today = rows.random, now.astimezone(LONDON).date()
    if job.status is JobStatus.ORDERED and chance.random() < 0.6:
        return
    ordered = job.ordered_at.astimezone(LONDON).date()
    past = calendar.working_days_after(ordered, 1)
    if past < today and chance.random() < _CLOSED:
        slot = _booked(rows, job, past, AppointmentStatus.NO_ACCESS, special, job.ordered_at)
        _closed(rows, connection, repair, job, _moment(past, _ENDS[slot] - 1))
        if chance.random() < 0.4:
            return  # nobody has agreed another day yet
    soon = calendar.is_working_day(today) and chance.random() < _TODAY
    day = today if soon else calendar.working_days_after(today, chance.randrange(1, 6))
    _booked(rows, job, day, AppointmentStatus.BOOKED, special, min(now, job.ordered_at + timedelta(hours=3)))


def _booked(
    rows: Rows, job: Row, day: date, status: AppointmentStatus, special: Specialism | None, at: datetime
) -> Slot:
    slot = rows.random.choice(_SLOTS)
    own = special in (Specialism.GAS, Specialism.FIRE, Specialism.ASBESTOS)
    rows.add(
        "appointment",
        at,
        job_id=job.id,
        day=day,
        slot=slot,
        arrives_from="",
        arrives_by="",
        status=status,
        changed_at=at,
        by_contractor=own,
    )
    return slot


def _closed(rows: Rows, connection: Connection, repair: Mapping[str, Any], job: Row, at: datetime) -> None:
    """Nobody let them in: the attempt, the card, and the repair that waits for access while its time runs."""
    staff: UUID = repair["reported_by"]
    rows.add(
        "access_attempt",
        at,
        repair_id=repair["id"],
        job_id=job.id,
        tried_at=at,
        how=Channel.DOOR,
        card_left=True,
        note="",
        staff_id=staff,
    )
    rows.add(
        "repair_update",
        at,
        repair_id=repair["id"],
        text="We called and could not get in. We left a card with what to do next.",
        how=Channel.CARD,
        told_at=at,
        staff_id=staff,
    )
    told = max(repair["last_told_at"] or at, at)
    connection.execute(
        update(Repair).where(Repair.id == repair["id"]).values(waiting=Waiting.ACCESS, last_told_at=told)
    )


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), LONDON).astimezone(UTC)
