"""A device as the office sees it: operations numbered, chained and pushed, and a small landlord to write about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from uuid_utils.compat import uuid7

from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync import wire
from watmos_office import grants, records
from watmos_office.caller import Caller
from watmos_office.office import Office
from watmos_office.push import push
from watmos_office.records import Change
from watmos_office.tables import Device, Grant, Member, Record, RowBucket

AT = "2026-11-23T10:00:00+00:00"


@dataclass
class Sender:
    """One life of a device."""

    office: Office
    member_id: UUID
    device_id: UUID
    incarnation: UUID = field(default_factory=uuid4)
    n: int = 0
    hash: str = ""
    tick: int = 0
    confirmed: bool = True  # whether cases come to this device

    @property
    def caller(self) -> Caller:
        """Who the token says."""
        with self.office.reading() as connection:
            actor = grants.actor(connection, self.member_id)
            status = connection.scalar(select(Device.status).where(Device.id == self.device_id))
            held = grants.buckets(connection, actor, confirmed=self.confirmed)
            return Caller(self.device_id, str(status), actor, held, 1, confirmed=self.confirmed)

    def stamp(self) -> str:
        """The next stamp of this life, by the office's clock."""
        self.tick += 1
        upper = (int(self.office.clock.now().timestamp() * 1000) << 16) + self.tick
        return f"{upper:016x}{self.incarnation.hex[:8]}"

    def op(
        self,
        table: str,
        rid: UUID,
        fields: Mapping[str, Any],
        kind: str = "update",
        *,
        base: Mapping[str, str] | None = None,
        **other: Any,
    ) -> dict[str, Any]:
        """One operation as it goes over the wire; without ``base`` it has seen all that is there."""
        return {
            "id": str(uuid7()),
            "n": 0,
            "txn": str(uuid7()),
            "tbl": table,
            "rid": str(rid),
            "kind": kind,
            "set": dict(fields),
            "base": dict(self.sees(table, rid, fields) if base is None else base),
            "stamp": self.stamp(),
            "made_at": AT,
            **other,
        }

    def new(
        self, table: str, fields: Mapping[str, Any], rid: UUID | None = None, **other: Any
    ) -> dict[str, Any]:
        """An insert."""
        return self.op(table, rid or uuid7(), fields, "insert", **other)

    def sees(self, table: str, rid: UUID, fields: Iterable[str]) -> dict[str, str]:
        """The base of someone who looks at the record as it is now."""
        row = record(self.office, table, rid)
        if row is None:
            return {}
        first = row.stamps.get("*", "")
        return {"^": row.newest, **{name: row.stamps.get(name, first) for name in fields}}

    def body(self, ops: Iterable[Mapping[str, Any]], first_n: int | None = None) -> dict[str, Any]:
        """A batch as it would be sent now, numbered from ``first_n``."""
        start = self.n + 1 if first_n is None else first_n
        numbered = [{**op, "n": start + at} for at, op in enumerate(ops)]
        return {
            "incarnation": str(self.incarnation),
            "first_n": start,
            "prev_hash": self.hash,
            "schema": wire.SCHEMA,
            "ops": numbered,
        }

    def send(self, *ops: Mapping[str, Any], together: bool = False) -> list[tuple[str, str]]:
        """Push operations, as one action when ``together``; gives (status, reason) of each."""
        txn = str(uuid7())
        body = self.body([{**op, "txn": txn} for op in ops] if together else ops)
        return self.deliver(body)

    def deliver(self, body: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Push a batch and go on from what the office answers."""
        answer = push(self.office, self.caller, body)
        self.n, self.hash = answer["last_n"], answer["hash"]
        return [(status, reason) for _, status, reason in answer["results"]]

    def reborn(self) -> Sender:
        """The same device in a new life."""
        return replace(self, incarnation=uuid4(), n=0, hash="", tick=0)


def member(
    office: Office, role: Role, *, estates: Iterable[UUID] = (), blocks: Iterable[tuple[UUID, UUID]] = ()
) -> Sender:
    """A member with a device; ``blocks`` are (estate, block)."""
    me, device, now = uuid7(), uuid7(), office.clock.now().astimezone(UTC)
    with office.writing() as connection:
        connection.execute(
            insert(Member).values(id=me, name="Sam Hill", role=role, active=True, grant_v=1, made_at=now)
        )
        granted = [(estate, None) for estate in estates] + list(blocks)
        for estate, block in granted:
            row = {"id": uuid7(), "member_id": me, "estate_id": estate, "block_id": block, "from_at": now}
            connection.execute(insert(Grant).values(**row, to_at=None))
        connection.execute(
            insert(Device).values(
                id=device, member_id=me, name="laptop", key=b"", status="active", enrolled_at=now, cursor=0
            )
        )
        staff = {"name": "Sam Hill", "role": role.value, "active": True}
        records.write_all(connection, office, [Change("staff", me, staff)])
    return Sender(office, me, device)


def disable(office: Office, sender: Sender, status: str) -> None:
    """Set a device's status."""
    with office.writing() as connection:
        connection.execute(update(Device).where(Device.id == sender.device_id).values(status=status))


@dataclass(frozen=True)
class Town:
    """Two estates, each with two blocks with a home; ids by position."""

    estates: tuple[UUID, ...]
    blocks: tuple[UUID, ...]
    homes: tuple[UUID, ...]


def town(office: Office) -> Town:
    """Make it, as the office's import would."""
    estates, blocks, homes = ([uuid7() for _ in range(count)] for count in (2, 4, 4))
    changes = [
        Change("estate", one, {"code": f"E{n}", "name": "Mill", "town": ""}) for n, one in enumerate(estates)
    ]
    for n, one in enumerate(blocks):
        data = {"estate_id": str(estates[n // 2]), "code": f"B{n}", "name": "Weir House"}
        changes.append(Change("block", one, data))
    for n, one in enumerate(homes):
        where = {"estate_id": str(estates[n // 2]), "block_id": str(blocks[n])}
        changes.append(Change("home", one, {**where, "code": f"H{n}", "address": "1 Weir House"}))
    with office.writing() as connection:
        records.write_all(connection, office, changes)
    return Town(tuple(estates), tuple(blocks), tuple(homes))


def record(office: Office, table: str, rid: UUID) -> Any:
    """A record as the office has it; None when there is none."""
    with office.reading() as connection:
        return connection.execute(select(Record).where(Record.tbl == table, Record.rid == rid)).first()


def lies(office: Office, table: str, rid: UUID) -> dict[str, bool]:
    """The buckets a record was ever in, and whether it is there still."""
    with office.reading() as connection:
        asked = select(RowBucket.bucket, RowBucket.present).where(
            RowBucket.tbl == table, RowBucket.rid == rid
        )
        return {row.bucket: row.present for row in connection.execute(asked)}


def here(office: Office, table: str, rid: UUID) -> set[str]:
    """The buckets a record is in."""
    return {bucket for bucket, present in lies(office, table, rid).items() if present}


def repair(town: Town, me: Sender, block: int = 0, **other: Any) -> dict[str, Any]:
    """The fields of a repair in a block."""
    return {
        "reference": "R-1",
        "estate_id": str(town.estates[block // 2]),
        "block_id": str(town.blocks[block]),
        "title": "Lamp out",
        "trade": "electrical",
        "priority": "routine",
        "status": "reported",
        "reported_at": AT,
        "reported_by": str(me.member_id),
        "due_at": AT,
        **other,
    }


def moment(text: str) -> datetime:
    """A moment of the wire."""
    return datetime.fromisoformat(text)
