"""The demo landlord's repairs in homes: told at first contact, kept informed or left in silence, asked, called back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Connection, select

from watmos_desktop.models.kinds import (
    Cause,
    Channel,
    RepairStatus,
    Role,
    TenancyKind,
)
from watmos_desktop.models.tables import HouseholdMember, Staff, Tenancy
from watmos_desktop.services import calendar, clocks, guide, promises, repair_care, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.demo import contracted
from watmos_desktop.services.demo.hours import by_day
from watmos_desktop.services.demo.landlord import Landlord
from watmos_desktop.services.demo.rows import Row, Rows

_PER_HOME = 0.45  # a year
_LATE, _SILENT, _RECALL, _ASKED, _ANSWERED = 0.12, 0.22, 0.07, 0.8, 0.75
_NOT_FIXED, _TOLD_DONE, _NOTED = 0.2, 0.7, 0.2
_FAULTS = (
    ("tap", "dripping"),
    ("toilet", "running"),
    ("toilet", "leaking"),
    ("boiler", "noise"),
    ("boiler", "no_hot_water"),
    ("heating", "some"),
    ("waste", "blocked"),
    ("waste", "slow"),
    ("pipe", "drip"),
    ("socket", "dead"),
    ("toilet_seat", "broken"),
)
_CAUSES = (Cause.WEAR, Cause.WEAR, Cause.WEAR, Cause.ACCIDENT, Cause.UNKNOWN)
_SCORES = ((5, "Quick and tidy, thank you."), (5, ""), (4, "Fine now."), (4, ""), (3, "It took two calls."))
_UNHAPPY = ((2, "It drips again since last night."), (1, "Nobody came back to finish it."))
_NOTES = ("Ring before coming, works nights.", "Key with the neighbour at the top.", "Dog in the kitchen.")
_WITHOUT = "Completed without a photo: "


@dataclass(frozen=True)
class _At:
    """A home with who asked and how it is held."""

    home: Row
    person: UUID
    tenure: TenancyKind
    staff: UUID


def make(rows: Rows, connection: Connection, landlord: Landlord, now: datetime, years: float) -> None:
    """Repairs of the last years in some homes, with all that was said about them."""
    chance = rows.random
    held = tenants(connection)
    staff = officers(connection) or [landlord.manager["id"]]
    homes = [home for home, _ in landlord.homes if home["id"] in held]
    for _ in range(round(len(homes) * _PER_HOME * years)):
        home = chance.choice(homes)
        person, tenure = held[home["id"]]
        there = _At(home, person, tenure, chance.choice(staff))
        fault = chance.choice(_FAULTS)
        done = _repair(rows, there, fault, _office_hour(rows, now, years), now)
        if done is not None and chance.random() < _RECALL:
            again = done[1] + timedelta(days=chance.randrange(2, 27), hours=chance.randrange(1, 6))
            if again < now - timedelta(hours=2):
                _repair(rows, there, fault, again, now, recall_of=done[0])


def _repair(
    rows: Rows,
    there: _At,
    fault: tuple[str, str],
    at: datetime,
    now: datetime,
    recall_of: UUID | None = None,
) -> tuple[UUID, datetime] | None:
    """One repair with its story; gives its id and when it was done, if it was."""
    chance, known = rows.random, guide.load()
    cause = chance.choice(_CAUSES)
    thing, verdict = known.fixture(fault[0]), known.whose(fault[0], there.tenure, cause)
    day = at.astimezone(LONDON).date()
    suggestion = known.suggest(*fault, at_risk=False, tenure=there.tenure, on=day)
    ours = not verdict.theirs
    keys = [clocks.REPAIR_CLOCK[suggestion.priority], *filter(None, [suggestion.clock])] if ours else []
    dues = [promises.due(key, at) for key in keys]
    due_at = min((one.due_at for one in dues), default=at)
    share = chance.uniform(1.1, 1.9) if chance.random() < _LATE else chance.uniform(0.2, 0.95)
    done = at + timedelta(seconds=round((due_at - at).total_seconds() * share))
    done = by_day(done, at)
    completed = done if ours and done < now - timedelta(minutes=10) else None
    ordered = completed is not None or now - at > timedelta(days=1)
    status = RepairStatus.SIGNPOSTED
    if ours:
        open_ = RepairStatus.ORDERED if ordered else RepairStatus.REPORTED
        status = RepairStatus.COMPLETED if completed else open_
    row = rows.add(
        "repair",
        at,
        prefix="R",
        estate_id=there.home["estate_id"],
        block_id=there.home["block_id"],
        home_id=there.home["id"],
        reported_for=there.person,
        title=guide.title(thing, thing.symptom(fault[1])),
        trade=thing.trade,
        priority=suggestion.priority,
        priority_reason=suggestion.reasons[0],
        status=status,
        reported_at=at,
        reported_by=there.staff,
        due_at=due_at,
        completed_at=completed,
        contractor=contracted.of_trade()[thing.trade] if ours and ordered else "",
        hazard="",
        fixture=fault[0],
        symptom=fault[1],
        cause=cause,
        priority_guide=suggestion.priority,
        responsibility=verdict.party,
        responsibility_guide=verdict.party,
        responsibility_reason=verdict.reason,
        last_told_at=at,
        recall_of=recall_of,
    )
    said = " ".join(part for part in (verdict.reason, verdict.signpost) if part)
    by = wording.long_day(due_at.astimezone(LONDON).date())
    _told(rows, row, at, Channel.PHONE, f"{said} It will be done by {by}." if ours else said)
    if ours:
        _between(rows, row, completed or now)
    running = [_clock(rows, row, due, completed) for due in dues]
    if completed is not None and not _after(rows, row, running, completed, now):
        return row["id"], completed
    return None


def _between(rows: Rows, row: Row, until: datetime) -> None:
    """What is said and noted while it is open; sometimes nothing for days, and the silence shows."""
    chance = rows.random
    if chance.random() < _NOTED:
        _note(rows, row, row.reported_at + (until - row.reported_at) / 3, chance.choice(_NOTES))
    if chance.random() < _SILENT:
        return
    said = [say for _, say in repair_care.phrases()[1:]]
    at = row.reported_at + timedelta(hours=chance.randrange(4, 40))
    while at < until:
        when = by_day(at, row.reported_at)
        how = chance.choice((Channel.PHONE, Channel.TEXT, Channel.TEXT))
        _told(rows, row, when if when < until else at, how, chance.choice(said[:3]))
        at += timedelta(days=chance.randrange(3, 7))


def _after(rows: Rows, row: Row, running: list[Row], completed: datetime, now: datetime) -> bool:
    """Done, asked and answered; whether it was opened again."""
    chance = rows.random
    if chance.random() < _TOLD_DONE:
        _told(rows, row, completed, Channel.IN_PERSON, "Your repair is done.")
    _note(rows, row, completed, _WITHOUT + chance.choice(repair_care.words("without_photo")).lower())
    asked = by_day(
        completed + timedelta(days=chance.randrange(1, 6), hours=chance.randrange(1, 5)), completed
    )
    if asked > now or chance.random() > _ASKED:
        return False
    answered = chance.random() < _ANSWERED
    # What was not fixed is open still, so only what was done lately can be.
    unhappy = answered and now - completed < timedelta(days=30) and chance.random() < _NOT_FIXED
    score, comment = chance.choice(_UNHAPPY if unhappy else _SCORES)
    rows.add(
        "repair_feedback",
        asked,
        repair_id=row["id"],
        asked_at=asked,
        how=Channel.PHONE,
        score=score if answered else None,
        fixed=not unhappy if answered else None,
        comment=comment if answered else "",
        answered_at=asked if answered else None,
        staff_id=row.reported_by,
    )
    if unhappy:
        when = wording.moment(completed)
        _note(rows, row, asked, f"Opened again, said done {when}: the resident says it is not fixed")
        row["status"], row["completed_at"], row["last_told_at"] = RepairStatus.REPORTED, None, asked
        row["contractor"] = ""
        for clock in running:
            clock["stopped_at"] = None
    return unhappy


def _told(rows: Rows, row: Row, at: datetime, how: Channel, text: str) -> None:
    rows.add(
        "repair_update", at, repair_id=row["id"], text=text, how=how, told_at=at, staff_id=row.reported_by
    )
    row["last_told_at"] = max(row["last_told_at"], at)


def _note(rows: Rows, row: Row, at: datetime, text: str) -> None:
    rows.add("repair_note", at, repair_id=row["id"], text=text, made_at=at, staff_id=row.reported_by)


def _clock(rows: Rows, row: Row, due: promises.Due, stopped: datetime | None) -> Row:
    return rows.add(
        "clock",
        row.reported_at,
        owner_table="repair",
        owner_id=row["id"],
        key=due.key,
        started_at=row.reported_at,
        due_at=due.due_at,
        held_from=due.held_from,
        told_at=row.reported_at,
        stopped_at=stopped,
    )


def _office_hour(rows: Rows, now: datetime, years: float) -> datetime:
    """A moment of a working day, more often one of the last weeks."""
    chance = rows.random
    days = chance.randrange(0, 40) if chance.random() < 0.35 else chance.randrange(0, round(365 * years) + 1)
    day = (now - timedelta(days=days)).astimezone(LONDON).date()
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    local = datetime.combine(day, time(chance.randrange(8, 18), chance.randrange(60)), LONDON)
    return min(local, now - timedelta(hours=1)).astimezone(UTC)


def tenants(connection: Connection) -> Mapping[UUID, tuple[UUID, TenancyKind]]:
    """For each home let the first tenant and how it is held."""
    joined = select(Tenancy.home_id, HouseholdMember.person_id, Tenancy.kind).join(
        HouseholdMember, HouseholdMember.tenancy_id == Tenancy.id
    )
    found: dict[UUID, tuple[UUID, TenancyKind]] = {}
    for home, person, kind in connection.execute(
        joined.where(HouseholdMember.tenant).order_by(HouseholdMember.id)
    ):
        found.setdefault(home, (person, kind))
    return found


def officers(connection: Connection) -> list[UUID]:
    """Who answers for homes."""
    asked = select(Staff.id).where(Staff.role == Role.TENANCY_OFFICER).order_by(Staff.id)
    return list(connection.scalars(asked))
