"""What came in during the demo landlord's last days and is not done yet: so that every list has something to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from watmos_desktop.models.kinds import Cause, Channel, RepairStatus, TenancyKind
from watmos_desktop.services import clocks, guide, promises, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.demo import at_home, contracted
from watmos_desktop.services.demo.hours import by_day
from watmos_desktop.services.demo.landlord import Landlord
from watmos_desktop.services.demo.rows import Row, Rows

_HOMES_EACH = 4  # a landlord of so many homes has one more repair open
# Thing, fault, hours ago: in homes and in shared parts by turns, so that a small landlord has some of each.
_CAME_IN = (
    ("entry_door", "insecure", 20),
    ("water_supply", "none", 3),
    ("door_entry", "dead", 50),
    ("boiler", "no_hot_water", 150),
    ("landing_light", "one", 200),
    ("toilet", "leaking", 230),
    ("lift", "fault", 120),
    ("kitchen_unit", "door", 130),
    ("bin_store", "door", 400),
    ("electricity", "trips", 28),
    ("shared_floor", "slip", 30),
    ("smoke_alarm", "beeping", 75),
    ("shared_roof", "gutter", 300),
    ("shower", "weak", 500),
    ("outside_light", "out", 60),
    ("extractor", "dead", 9),
    ("shared_wall", "marks", 340),
    ("window", "stiff", 280),
)
_LATELY = 24  # hours: what is as fresh as that stays where it is, so that its time is true


def make(rows: Rows, connection: Connection, landlord: Landlord, now: datetime) -> None:
    """Reported in the last weeks, told of, ordered when it was a day ago; the orders themselves come after."""
    held = at_home.tenants(connection)
    staff = (at_home.officers(connection) or [landlord.manager["id"]])[0]
    blocks = [block for estate in landlord.estates for block in estate.blocks]
    homes = _ours(rows, [home for home, _ in landlord.homes if home["id"] in held], held)
    for number, (thing, fault, hours) in enumerate(_CAME_IN[: max(2, len(landlord.homes) // _HOMES_EACH)]):
        at = (now - timedelta(hours=hours)).astimezone(UTC).replace(second=0, microsecond=0)
        if hours > _LATELY:
            at = by_day(at, at - timedelta(days=1))
        if guide.load().fixture(thing).shared:
            _report(rows, {"block_id": blocks[number % len(blocks)]["id"]}, (thing, fault), at, now, staff,
                    estate=blocks[number % len(blocks)]["estate_id"])  # fmt: skip
        elif (found := next(homes, None)) is not None:
            home, person = found
            place = {"block_id": home["block_id"], "home_id": home["id"], "reported_for": person}
            _report(rows, place, (thing, fault), at, now, staff, estate=home["estate_id"])


def _ours(
    rows: Rows, homes: list[Row], held: Mapping[UUID, tuple[UUID, TenancyKind]]
) -> Iterator[tuple[Row, UUID]]:
    """Let homes in no order, each with who asks: what breaks inside a sold one is mostly not ours."""
    for home in rows.random.sample(homes, len(homes)):
        person, tenure = held[home["id"]]
        if tenure is not TenancyKind.LEASEHOLD:
            yield home, person


def _report(
    rows: Rows,
    place: dict[str, Any],
    fault: tuple[str, str],
    at: datetime,
    now: datetime,
    staff: UUID,
    *,
    estate: UUID,
) -> None:
    known = guide.load()
    thing = known.fixture(fault[0])
    day = at.astimezone(LONDON).date()
    suggestion = known.suggest(*fault, at_risk=False, tenure=TenancyKind.ASSURED, on=day)
    verdict = known.whose(fault[0], TenancyKind.ASSURED, Cause.WEAR)
    keys = [clocks.REPAIR_CLOCK[suggestion.priority], *filter(None, [suggestion.clock])]
    dues = [promises.due(key, at) for key in keys]
    due_at = min(one.due_at for one in dues)
    ordered = now - at > timedelta(days=1)
    row = rows.add(
        "repair",
        at,
        prefix="R",
        estate_id=estate,
        title=guide.title(thing, thing.symptom(fault[1])),
        trade=thing.trade,
        priority=suggestion.priority,
        priority_reason=suggestion.reasons[0],
        status=RepairStatus.ORDERED if ordered else RepairStatus.REPORTED,
        reported_at=at,
        reported_by=staff,
        due_at=due_at,
        contractor=contracted.of_trade()[thing.trade] if ordered else "",
        hazard="",
        fixture=fault[0],
        symptom=fault[1],
        cause=Cause.WEAR,
        priority_guide=suggestion.priority,
        responsibility=verdict.party,
        responsibility_guide=verdict.party,
        responsibility_reason=verdict.reason,
        last_told_at=at,
        **({"home_id": None, "reported_for": None} | place),
    )
    by = wording.long_day(due_at.astimezone(LONDON).date())
    text = f"Thank you for telling us. It will be done by {by}."
    rows.add(
        "repair_update", at, repair_id=row["id"], text=text, how=Channel.PHONE, told_at=at, staff_id=staff
    )
    for due in dues:
        rows.add(
            "clock",
            at,
            owner_table="repair",
            owner_id=row["id"],
            key=due.key,
            started_at=at,
            due_at=due.due_at,
            held_from=due.held_from,
            told_at=at,
            stopped_at=None,
        )
