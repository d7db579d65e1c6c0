"""The landlord and the enrolled devices of a herd, written into the office's database before any clock starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from watmos_desktop.models.kinds import Role
from watmos_office import cursors, records, tokens
from watmos_office.office import Office, head
from watmos_office.records import Change
from watmos_office.tables import Device, Grant, Member, Token

TOGETHER = 4  # devices on one estate: 5,000 of them look after 100,000 homes at 80 a estate
_LASTS = timedelta(hours=6)


@dataclass(frozen=True)
class Enrolled:
    """One device as it stands on Monday morning: joined, up to date, its access token in use."""

    device: str
    member: str
    key: str  # hexadecimal seed
    access: str
    incarnation: str
    epoch: str
    cursor: str
    estate: str
    block: str

    @property
    def signing_key(self) -> Ed25519PrivateKey:
        """The device's key."""
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.key))

    def json(self) -> dict[str, str]:
        """For the process that will be this device."""
        return asdict(self)


def enrol(url: str, home: Path, count: int, homes: int) -> list[Enrolled]:
    """Make estates of ``homes`` homes for ``count`` devices, and the devices; gives them in order."""
    office = Office(url, home)
    try:
        estates = [(uuid7(), uuid7()) for _ in range(-(-count // TOGETHER))]
        with office.writing() as connection:
            records.write_all(connection, office, _places(estates, homes))
        return list(_devices(office, estates, count))
    finally:
        office.close()


def _places(estates: Iterable[tuple[UUID, UUID]], homes: int) -> Iterator[Change]:
    for number, (estate, block) in enumerate(estates):
        yield Change("estate", estate, {"code": f"E{number}", "name": f"Estate {number}", "town": ""})
        yield Change("block", block, {"estate_id": str(estate), "code": f"B{number}", "name": "Mill House"})
        for one in range(homes):
            where = {"estate_id": str(estate), "block_id": str(block), "postcode": "WS1 2AB"}
            said = {"code": f"H{number}-{one}", "number": str(one), "address": f"{one} Mill House"}
            yield Change("home", uuid7(), {**where, **said})


def _devices(office: Office, estates: list[tuple[UUID, UUID]], count: int) -> Iterator[Enrolled]:
    now = office.clock.now()
    rows: dict[Any, list[dict[str, Any]]] = {Member: [], Grant: [], Device: [], Token: []}
    staff: list[Change] = []
    made: list[tuple[UUID, UUID, Ed25519PrivateKey, str, tuple[UUID, UUID]]] = []
    for number in range(count):
        device, member, place = uuid7(), uuid7(), estates[number // TOGETHER]
        key, access = Ed25519PrivateKey.generate(), f"access-{uuid4().hex}{uuid4().hex}"
        who = {"name": f"Caretaker {number}", "role": Role.CARETAKER.value, "active": True}
        rows[Member].append({"id": member, **who, "grant_v": 1, "made_at": now})
        grant = {"member_id": member, "estate_id": place[0], "block_id": None}
        rows[Grant].append({"id": uuid7(), **grant, "from_at": now, "to_at": None})
        public = key.public_key().public_bytes_raw()
        said = {"name": "tablet", "key": public, "status": "active", "enrolled_at": now, "seen_at": now}
        rows[Device].append({"id": device, "member_id": member, **said})
        token = {"sha256": tokens.sha256(access), "device_id": device, "family": uuid7(), "kind": "access"}
        rows[Token].append({**token, "expires_at": now + _LASTS, "used_at": now})
        staff.append(Change("staff", member, who))
        made.append((device, member, key, access, place))
    with office.writing() as connection:
        for table, values in rows.items():
            connection.execute(insert(table), values)
        records.write_all(connection, office, staff)
    with office.reading() as connection:
        newest = head(connection)
        assert connection.scalar(select(Device.id).limit(1)) is not None
    for device, member, key, access, (estate, block) in made:
        yield Enrolled(
            device=str(device),
            member=str(member),
            key=key.private_bytes_raw().hex(),
            access=access,
            incarnation=str(uuid4()),
            epoch=str(office.epoch),
            cursor=cursors.seal_cursor(office, device, newest),
            estate=str(estate),
            block=str(block),
        )
