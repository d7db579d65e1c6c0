"""A workspace with 1,000,000 completed repairs and 20,000 open ones, encrypted; made once, kept in out/bench."""

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

from watmos_desktop.models.kinds import Priority, RepairStatus, Role, Trade
from watmos_desktop.models.migrations import HEAD
from watmos_desktop.models.tables import Block, Estate, Home, Person, Repair, Staff
from watmos_desktop.services import schema, search_index, tallies
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.references import reference
from watmos_desktop.services.store import Store

PASSPHRASE = "granite teapot lantern ferry"
DONE, OPEN = 1_000_000, 20_000
ESTATES, BLOCKS_EACH, HOMES_EACH = 40, 10, 25
NOW = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
FIRST = datetime(2016, 11, 23, 8, 0, tzinfo=UTC)
CHUNK = 10_000

HOMES = Path(__file__).resolve().parent.parent / "out" / "bench"
PLACES = (
    "Stairs",
    "Lobby",
    "Lift",
    "Bin store",
    "Landing",
    "Corridor",
    "Car park",
    "Roof",
    "Play area",
    "Cycle store",
)
THINGS = (
    "light", "handrail", "door closer", "entry phone", "window catch", "gutter", "downpipe", "floor tile", "lock",
    "fire door", "emergency light", "radiator", "paving slab", "fence panel", "gate", "letter box", "smoke vent",
    "bin chute", "lift button", "skirting", "cupboard", "aerial", "railing", "drain", "extractor fan",
)  # fmt: skip
FAULTS = (
    "not working", "loose", "broken", "missing", "leaking", "blocked", "cracked", "sticking", "rattling", "scorched",
    "rusted through", "hanging off", "flickering", "vandalised", "covered in graffiti", "damp",
)  # fmt: skip
NAMES = (
    "Alder",
    "Birch",
    "Cedar",
    "Downing",
    "Elgin",
    "Fern",
    "Garnet",
    "Hazel",
    "Iris",
    "Juniper",
    "Kestrel",
    "Lindley",
)
PEOPLE = (
    "Zoë",
    "Łukasz",
    "Amara",
    "Giang",
    "Maria",
    "Olu",
    "Fatima",
    "Harpreet",
    "Ewa",
    "John",
    "Siân",
    "Mohammed",
)


def big_workspace() -> Path:
    """The folder of the workspace, made when it is not there yet or would be made otherwise now."""
    makers = [Path(str(one.__file__)) for one in (sys.modules[__name__], search_index, tallies)]
    makers += sorted((schema.MIGRATIONS / "versions").glob("*.py"))
    made_by = b"".join(path.read_bytes() for path in makers)
    home = HOMES / f"workspace-{HEAD}-{hashlib.sha256(made_by).hexdigest()[:8]}"
    if not (home / "filled").exists():
        for old in HOMES.glob("workspace-*"):
            shutil.rmtree(old)
        print(f"Making {DONE + OPEN:,} repairs …", file=sys.stderr, flush=True)
        home.parent.mkdir(parents=True, exist_ok=True)
        store = Store.create(home, PASSPHRASE)
        _fill(store)
        store.close()
        (home / "filled").touch()
    return home


@contextmanager
def opened() -> Iterator[Store]:
    """The workspace, open, used by its manager."""
    store = Store.open(big_workspace(), PASSPHRASE)
    store.actor = Actor(_id(Random(1), FIRST), "Grace Bell", Role.MANAGER)
    try:
        yield store
    finally:
        store.close()


def _fill(store: Store) -> None:
    random = Random(1)
    manager = _id(random, FIRST)
    shared = {"deleted": False, "stamps": {"*": ""}}
    estates, blocks, homes, people = [], [], [], []
    for e in range(ESTATES):
        estate = {
            "id": _id(random, FIRST),
            "code": f"E{e}",
            "name": f"{NAMES[e % 12]} {e} Estate",
            "town": "Walsall",
        }
        estates.append(estate | shared)
        for b in range(BLOCKS_EACH):
            name = f"{NAMES[(e + b) % 12]} House {e}-{b}"
            place = {
                "estate_id": estate["id"],
                "address": f"{b} {NAMES[e % 12]} Road",
                "postcode": f"WS{e % 14} {b}AB",
                "uprn": "",
            }
            block = place | {
                "id": _id(random, FIRST),
                "code": f"B{e}-{b}",
                "name": name,
                "storeys": 6,
                "lift": True,
                "built": 1968,
            }
            blocks.append(block | shared)
            for number in range(1, HOMES_EACH + 1):
                at = {
                    "code": f"H{e}-{b}-{number}",
                    "number": str(number),
                    "address": f"Flat {number}, {name}",
                }
                home = (
                    place
                    | at
                    | {
                        "id": _id(random, FIRST),
                        "block_id": block["id"],
                        "storey": 1,
                        "bedrooms": 2,
                        "access_notes": "",
                    }
                )
                homes.append(home | shared)
                person = {
                    "id": _id(random, FIRST),
                    "name": f"{random.choice(PEOPLE)} {random.choice(NAMES)}-{number}",
                }
                people.append(
                    person | {"phone": "", "email": "", "language": "English", "needs": ""} | shared
                )
    with store.apply() as connection:
        staff = {"id": manager, "name": "Grace Bell", "role": Role.MANAGER, "active": True}
        for model, rows in (
            (Staff, [staff | shared]),
            (Estate, estates),
            (Block, blocks),
            (Home, homes),
            (Person, people),
        ):
            connection.execute(model.__table__.insert(), rows)  # type: ignore[attr-defined]
    step, taken = (NOW - FIRST) / (DONE + OPEN), set[str]()
    for start in range(0, DONE + OPEN, CHUNK):
        rows = []
        for n in range(start, start + CHUNK):
            row = _repair(random, random.choice(blocks), FIRST + step * n, n >= DONE, manager)
            while (
                row["reference"] in taken
            ):  # among a million some twenty meet, and the program draws again too
                row["id"] = _id(random, FIRST + step * n)
                row["reference"] = reference("R", row["id"])
            taken.add(row["reference"])
            rows.append(row)
        with store.apply() as connection:
            connection.execute(Repair.__table__.insert(), rows)  # type: ignore[attr-defined]


def _repair(
    random: Random, block: dict[str, Any], at: datetime, is_open: bool, manager: UUID
) -> dict[str, Any]:
    number = _id(random, at)
    days = random.choice((1, 5, 25, 25))
    return {
        "id": number,
        "deleted": False,
        "stamps": {"*": ""},
        "reference": reference("R", number),
        "estate_id": block["estate_id"],
        "block_id": block["id"],
        "space_id": None,
        "home_id": None,
        "area_key": "stairs",
        "place": f"{random.choice(PLACES)}, floor {random.randrange(12)}",
        "title": f"{random.choice(THINGS).capitalize()} {random.choice(FAULTS)} {random.randrange(1000)}",
        "description": "",
        "trade": random.choice(tuple(Trade)),
        "priority": {1: Priority.EMERGENCY, 5: Priority.URGENT}.get(days, Priority.ROUTINE),
        "priority_reason": "",
        "status": RepairStatus.REPORTED if is_open else RepairStatus.COMPLETED,
        "reported_at": at,
        "reported_by": manager,
        "due_at": at + timedelta(days=days if not is_open else days + random.randrange(90)),
        "completed_at": None if is_open else at + timedelta(days=random.randrange(1, 30)),
        "contractor": "",
        "hazard": "",
        "inspection_id": None,
    }


def _id(random: Random, at: datetime) -> UUID:
    """A UUIDv7 of that moment."""
    moment = int(at.timestamp() * 1000) << 80
    return UUID(int=moment | 0x7 << 76 | random.getrandbits(12) << 64 | 0b10 << 62 | random.getrandbits(62))
