"""Who lives in the demo landlord's homes: names of all the scripts people there use, tenancies, households."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from watmos_desktop import resources
from watmos_desktop.models.kinds import TenancyKind
from watmos_desktop.services.demo.landlord import Landlord
from watmos_desktop.services.demo.rows import Row, Rows

_KINDS = {
    TenancyKind.ASSURED: 62,
    TenancyKind.SECURE: 14,
    TenancyKind.STARTER: 11,
    TenancyKind.LEASEHOLD: 9,
    TenancyKind.SHARED_OWNERSHIP: 4,
}
_EMPTY = 0.02
_NEEDS = (
    "Uses a wheelchair; needs step-free access.",
    "Hard of hearing: text first, knock twice.",
    "Large print letters please.",
    "Asthma; damp in the bedroom makes it worse.",
    "Carer comes at 9 and at 17.",
)


def make(rows: Rows, landlord: Landlord, since: datetime, today: date) -> None:
    """A tenancy and a household for nearly every home."""
    with resources.path("demo", "names.toml").open("rb") as file:
        kinds: list[dict[str, Any]] = tomllib.load(file)["names"]
    weights = {town: [kind[town.lower()] for kind in kinds] for town in {town for _, town in landlord.homes}}
    for home, town in landlord.homes:
        if rows.random.random() >= _EMPTY:
            kind = rows.random.choices(kinds, weights[town])[0]
            _household(rows, home, kind, since, today)


def _household(rows: Rows, home: Row, names: dict[str, Any], since: datetime, today: date) -> None:
    chance = rows.random
    kind = chance.choices(list(_KINDS), list(_KINDS.values()))[0]
    days = chance.randrange(20, 380) if kind is TenancyKind.STARTER else chance.randrange(400, 9000)
    tenancy = rows.add(
        "tenancy",
        since,
        home_id=home["id"],
        code=f"T-{home['code']}",
        kind=kind,
        started_on=today - timedelta(days=days),
        ended_on=None,
    )["id"]
    family = chance.choice(names["last"])
    _member(rows, tenancy, names, family, since, tenant=True, relation="")
    if chance.random() < 0.34:
        _member(rows, tenancy, names, family, since, tenant=chance.random() < 0.6, relation="partner")
    for _ in range(chance.choices((0, 1, 2, 3), (58, 20, 15, 7))[0]):
        relation = chance.choice(("daughter", "son", "mother", "grandchild"))
        _member(rows, tenancy, names, family, since, tenant=False, relation=relation)


def _member(
    rows: Rows,
    tenancy: UUID,
    names: dict[str, Any],
    family: str,
    since: datetime,
    *,
    tenant: bool,
    relation: str,
) -> None:
    chance = rows.random
    parts = [chance.choice(names["first"]), family]
    if names.get("last_first"):
        parts.reverse()
    grown = tenant or relation in ("partner", "mother")
    person = rows.add(
        "person",
        since,
        name=("" if names.get("joined") else " ").join(parts),
        # 07700 900000 to 900999 are numbers kept free for stories like this one.
        phone=f"07700 900{chance.randrange(1000):03}" if grown else "",
        email="",
        language=names["language"] if chance.random() < 0.7 else "English",
        needs=chance.choice(_NEEDS) if grown and chance.random() < 0.07 else "",
    )
    rows.add(
        "household_member",
        since,
        tenancy_id=tenancy,
        person_id=person["id"],
        tenant=tenant,
        relation=relation,
    )
