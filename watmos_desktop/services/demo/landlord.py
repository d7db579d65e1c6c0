"""The demo landlord's estates, blocks, homes and spaces, and who works there."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from watmos_desktop import resources
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import templates
from watmos_desktop.services.demo.rows import Row, Rows, hash_of

_TEMPLATE_OF_AREAS = "block_internal"
_NOT_IN_POSTCODES = set("CIKMOV")


@dataclass
class Place:
    """An estate with all that is on it; rows as they will be written."""

    row: Row
    plan: dict[str, Any]
    blocks: list[Row] = field(default_factory=list)
    spaces: list[Row] = field(default_factory=list)
    caretaker: Row = field(default_factory=Row)
    ambassador: Row = field(default_factory=Row)


@dataclass
class Landlord:
    """The whole landlord."""

    estates: list[Place]
    homes: list[tuple[Row, str]]  # each home and its town
    manager: Row


def make(rows: Rows, homes: int, since: datetime) -> Landlord:
    """Estates one after another until there are so many homes, and staff for them."""
    with resources.path("demo", "landlord.toml").open("rb") as file:
        plan = tomllib.load(file)
    places: list[Place] = []
    made: list[tuple[Row, str]] = []
    turn = 0
    while len(made) < homes:
        round_, n = divmod(turn, len(plan["estates"]))
        place = _estate(rows, plan["estates"][n], round_, since)
        for name in place.plan["blocks"]:
            if len(made) < homes:
                kind = plan["kinds"][next(word for word in name.split() if word in plan["kinds"])]
                block = _block(rows, place, name, kind, since)
                made += [
                    (home, place.row["town"])
                    for home in _homes(rows, place, block, kind, homes - len(made), since)
                ]
        places.append(place)
        turn += 1
    landlord = Landlord(places, made, Row())
    _staff(rows, landlord, plan["staff"], since)
    return landlord


def _estate(rows: Rows, plan: dict[str, Any], round_: int, since: datetime) -> Place:
    """An estate; from the second round on a second phase of it, and so forth."""
    suffix = f" {round_ + 1}" if round_ else ""
    name = plan["name"] + (f", phase{suffix}" if round_ else "")
    code = (
        "".join(word[0] for word in plan["name"].split())
        + plan["name"].split()[0][1:3].upper()
        + suffix.strip()
    )
    row = rows.add("estate", since, code=code, name=name, town=plan["town"])
    place = Place(row, {**plan, "blocks": [block + suffix for block in plan["blocks"]]})
    if plan["hall"]:
        place.spaces.append(
            rows.add(
                "community_space",
                since,
                estate_id=row["id"],
                code=f"{code}-HALL",
                name=plan["hall"] + suffix,
                address=f"{plan['street']}, {plan['town']}",
            )
        )
    return place


def _block(rows: Rows, place: Place, name: str, kind: dict[str, Any], since: datetime) -> Row:
    number = len(place.blocks) + 1
    letters = [sign for sign in "ABDEFGHJLNPQRSTUWXYZ" if sign not in _NOT_IN_POSTCODES]
    inward = "".join(rows.random.choices(letters, k=2))
    block = rows.add(
        "block",
        since,
        estate_id=place.row["id"],
        code=f"{place.row['code']}-{number:02}",
        name=name,
        address=f"{number * 20 - 18} {place.plan['street']}",
        postcode=f"{place.plan['postcode']}{inward}",
        uprn=str(rows.random.randrange(10_000_000_000, 99_999_999_999)),
        storeys=kind["storeys"],
        lift=kind["lift"],
        built=rows.random.choice((1954, 1961, 1966, 1968, 1972, 1979, 1986, 2004)),
        **_grid(place, number),
    )
    place.blocks.append(block)
    for area in templates.get(_TEMPLATE_OF_AREAS).areas:
        if kind["lift"] or "lift" not in area.key:
            floors = f", floors 1-{kind['storeys'] - 1}" if "stair" in area.key else ""
            rows.add("communal_area", since, block_id=block["id"], key=area.key, name=area.name + floors)
    return block


def _grid(place: Place, number: int) -> dict[str, Any]:
    """Where a block of the demo lies, in metres: estates about their town, blocks about their estate."""
    town, estate = place.row["town"], place.row["code"]
    easting = (
        390_000
        + hash_of(town) % 40_000
        + hash_of(estate, "x") % 7000
        + hash_of(estate, str(number), "x") % 420
    )
    northing = 270_000 + hash_of(town, "y") % 30_000 + hash_of(estate, "y") % 7000
    return {"easting": easting, "northing": northing + hash_of(estate, str(number), "y") % 420}


def _homes(
    rows: Rows, place: Place, block: Row, kind: dict[str, Any], most: int, since: datetime
) -> list[Row]:
    street, town = place.plan["street"], place.plan["town"]
    is_row = kind["storeys"] == 2
    count = min(most, kind["flats"] * kind["storeys"])
    first = int(block["address"].split()[0])
    homes = []
    for n in range(count):
        number = str(first + n * 2) if is_row else str(n + 1)
        where = (
            f"{number} {block['name']}" if is_row else f"Flat {number}, {block['name']}, {block['address']}"
        )
        homes.append(
            rows.add(
                "home",
                since,
                estate_id=place.row["id"],
                block_id=block["id"],
                code=f"{block['code']}-{n + 1:03}",
                number=number,
                address=f"{where}, {town}" if not is_row else f"{where}, {street}, {town}",
                postcode=block["postcode"],
                # A few homes have none yet, as happens with new ones.
                uprn=str(rows.random.randrange(100_000_000_000, 199_999_999_999)) if n % 29 != 7 else "",
                storey=0 if is_row else n // kind["flats"],
                bedrooms=rows.random.choices((0, 1, 2, 3, 4), (1, 8, 9, 5, 1))[0],
                access_notes=_access(rows, kind),
            )
        )
    return homes


def _access(rows: Rows, kind: dict[str, Any]) -> str:
    if rows.random.random() > 0.06:
        return ""
    notes = [
        "Knock loudly, the bell does not work.",
        "Small dog; ask for it to be put in the kitchen.",
        "Key safe by the meter cupboard; code from the office.",
        "Please ring an hour before, works nights.",
        "Needs time to come to the door.",
    ]
    return rows.random.choice(notes + (["Buzzer 3 seconds, then push the door."] if kind["lift"] else []))


def _staff(rows: Rows, landlord: Landlord, plan: dict[str, Any], since: datetime) -> None:
    def someone(name: str, role: Role, places: list[Place] | None = None) -> Row:
        person = rows.add("staff", since, name=name, role=role, active=True)
        for place in places or []:
            estate: UUID = place.row["id"]
            rows.add("staff_scope", since, staff_id=person["id"], estate_id=estate, block_id=None)
        return person

    landlord.manager = someone(plan["manager"], Role.MANAGER)
    someone(plan["administrator"], Role.ADMINISTRATOR)
    for role in (Role.ASB_OFFICER, Role.RESIDENT_VOICE, Role.SAFEGUARDING_LEAD):
        someone(plan[role.value], role, landlord.estates)
    by_town = sorted(landlord.estates, key=lambda place: place.row["town"] != landlord.estates[0].row["town"])
    for role, names in (
        (Role.CARETAKER, plan["caretakers"]),
        (Role.TENANCY_OFFICER, plan["tenancy_officers"]),
    ):
        share = max(1, -(-len(by_town) // len(names)))
        for n in range(0, len(by_town), share):
            person = someone(names[n // share], role, by_town[n : n + share])
            if role is Role.CARETAKER:
                for place in by_town[n : n + share]:
                    place.caretaker = person
    for n, place in enumerate(landlord.estates):
        again = f" {n // len(plan['ambassadors']) + 1}" if n >= len(plan["ambassadors"]) else ""
        place.ambassador = someone(
            plan["ambassadors"][n % len(plan["ambassadors"])] + again, Role.AMBASSADOR, [place]
        )
