"""A landlord with 100,000 homes, as many residents and repairs, encrypted; made once, kept in out/bench."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from bench._big_workspace import FAULTS, HOMES, NAMES, PASSPHRASE, PEOPLE, THINGS
from watmos_desktop.models.kinds import Priority, RepairStatus, Role, TenancyKind, Trade, Waiting
from watmos_desktop.models.migrations import HEAD
from watmos_desktop.models.tables import (
    Block,
    Estate,
    Home,
    HouseholdMember,
    Person,
    Repair,
    Staff,
    Tenancy,
)
from watmos_desktop.services import schema, search_index, tallies
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.references import reference
from watmos_desktop.services.store import Store

ESTATES, BLOCKS_EACH, HOMES_EACH = 100, 40, 25
REPAIRS, OPEN, COLLEAGUES = 100_000, 10_000, 30
NOW = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
FIRST = datetime(2024, 11, 23, 8, 0, tzinfo=UTC)
_SHARED: dict[str, Any] = {"deleted": False, "stamps": {"*": ""}}


class Then:
    """The moment that the workspace was made for."""

    def now(self) -> datetime:
        """Monday 23 Nov 2026, 10:42."""
        return NOW


@contextmanager
def opened() -> Iterator[Store]:
    """The workspace, open, used by its manager."""
    store = Store.open(_workspace(), PASSPHRASE, clock=Then())
    store.actor = Actor(_id(Random(2), FIRST), "Grace Bell", Role.MANAGER)
    try:
        yield store
    finally:
        store.close()


def _workspace() -> Path:
    makers = [Path(str(one.__file__)) for one in (sys.modules[__name__], search_index, tallies)]
    makers += sorted((schema.MIGRATIONS / "versions").glob("*.py"))
    made_by = b"".join(path.read_bytes() for path in makers)
    home = HOMES / f"repairs-{HEAD}-{hashlib.sha256(made_by).hexdigest()[:8]}"
    if not (home / "filled").exists():
        for old in HOMES.glob("repairs-*"):
            shutil.rmtree(old)
        print(f"Making {REPAIRS:,} repairs in 100,000 homes …", file=sys.stderr, flush=True)
        home.parent.mkdir(parents=True, exist_ok=True)
        store = Store.create(home, PASSPHRASE)
        _fill(store)
        store.close()
        (home / "filled").touch()
    return home


def _fill(store: Store) -> None:
    random = Random(2)
    manager = _id(random, FIRST)
    staff = [{"id": manager, "name": "Grace Bell", "role": Role.MANAGER, "active": True} | _SHARED]
    staff += [
        {"id": _id(random, FIRST), "name": f"{PEOPLE[n % 12]} {NAMES[n % 7]}", "role": Role.CARETAKER,
         "active": True} | _SHARED
        for n in range(COLLEAGUES)
    ]  # fmt: skip
    estates, blocks, homes = _places(random)
    people, tenancies, members = _households(random, homes)
    with store.apply() as connection:
        for model, rows in ((Staff, staff), (Estate, estates), (Block, blocks), (Home, homes),
                            (Person, people), (Tenancy, tenancies), (HouseholdMember, members)):  # fmt: skip
            connection.execute(model.__table__.insert(), rows)  # type: ignore[attr-defined]
    step, taken = (NOW - FIRST) / REPAIRS, set[str]()
    repairs: list[dict[str, Any]] = []
    for n in range(REPAIRS):
        row = _repair(random, random.choice(homes), FIRST + step * n, n >= REPAIRS - OPEN, staff)
        while row["reference"] in taken:
            row["id"] = _id(random, FIRST + step * n)
            row["reference"] = reference("R", row["id"])
        taken.add(row["reference"])
        repairs.append(row)
    with store.apply() as connection:
        connection.execute(Repair.__table__.insert(), repairs)  # type: ignore[attr-defined]


def _places(random: Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    estates: list[dict[str, Any]] = []
    blocks: list[dict[str, Any]] = []
    homes: list[dict[str, Any]] = []
    for e in range(ESTATES):
        name = f"{NAMES[e % 12]} {e} Estate"
        estate = {"id": _id(random, FIRST), "code": f"E{e}", "name": name, "town": "Walsall"} | _SHARED
        estates.append(estate)
        for b in range(BLOCKS_EACH):
            name = f"{NAMES[(e + b) % 12]} House {e}-{b}"
            place = {"estate_id": estate["id"], "address": f"{b} {NAMES[e % 12]} Road",
                     "postcode": f"WS{e % 14} {b % 10}AB", "uprn": ""} | _SHARED  # fmt: skip
            block = place | {"id": _id(random, FIRST), "code": f"B{e}-{b}", "name": name,
                             "storeys": 6, "lift": True, "built": 1968}  # fmt: skip
            blocks.append(block)
            homes += [
                place
                | {"id": _id(random, FIRST), "block_id": block["id"], "code": f"H{e}-{b}-{number}",
                   "number": str(number), "address": f"Flat {number}, {name}", "storey": 1,
                   "bedrooms": 2, "access_notes": ""}
                for number in range(1, HOMES_EACH + 1)
            ]  # fmt: skip
    return estates, blocks, homes


def _households(
    random: Random, homes: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    people: list[dict[str, Any]] = []
    tenancies: list[dict[str, Any]] = []
    members: list[dict[str, Any]] = []
    for n, home in enumerate(homes):
        person = {"id": _id(random, FIRST), "name": f"{random.choice(PEOPLE)} {random.choice(NAMES)}-{n}",
                  "phone": "", "email": "", "language": "English", "needs": ""} | _SHARED  # fmt: skip
        held = {"id": _id(random, FIRST), "home_id": home["id"], "code": f"T{n}", "kind": TenancyKind.ASSURED,
                "started_on": FIRST.date(), "ended_on": None} | _SHARED  # fmt: skip
        people.append(person)
        tenancies.append(held)
        members.append(
            {"id": _id(random, FIRST), "tenancy_id": held["id"], "person_id": person["id"], "tenant": True,
             "relation": ""} | _SHARED
        )  # fmt: skip
    return people, tenancies, members


def _repair(
    random: Random, home: dict[str, Any], at: datetime, is_open: bool, staff: list[dict[str, Any]]
) -> dict[str, Any]:
    number, inside = _id(random, at), random.random() < 0.7
    days = random.choice((1, 5, 25, 25))
    ends = at + timedelta(days=days if not is_open else days + random.randrange(60))
    return _SHARED | {
        "id": number,
        "reference": reference("R", number),
        "estate_id": home["estate_id"],
        "block_id": home["block_id"],
        "space_id": None,
        "home_id": home["id"] if inside else None,
        "area_key": "" if inside else random.choice(("stairs", "lift", "lobby")),
        "place": "",
        "title": f"{random.choice(THINGS).capitalize()} {random.choice(FAULTS)} {random.randrange(1000)}",
        "description": "",
        "trade": random.choice(tuple(Trade)),
        "priority": {1: Priority.EMERGENCY, 5: Priority.URGENT}.get(days, Priority.ROUTINE),
        "priority_reason": "",
        "status": RepairStatus.REPORTED if is_open else RepairStatus.COMPLETED,
        "reported_at": at,
        "reported_by": staff[0]["id"],
        "due_at": ends,
        "completed_at": None if is_open else at + timedelta(days=random.randrange(1, 30)),
        "contractor": "",
        "hazard": random.choice(("damp_mould", *[""] * 19)),
        "inspection_id": None,
        "waiting": random.choice((Waiting.ACCESS, *[None] * 9)) if is_open else None,
        "assigned_to": random.choice((None, *(one["id"] for one in staff))),
        "last_told_at": random.choice((None, at, NOW - timedelta(days=2))),
        "fixture": "",
    }


def _id(random: Random, at: datetime) -> UUID:
    """A UUIDv7 of that moment."""
    moment = int(at.timestamp() * 1000) << 80
    return UUID(int=moment | 0x7 << 76 | random.getrandbits(12) << 64 | 0b10 << 62 | random.getrandbits(62))
