"""How a sync begins: both sides say where they stand; a copied or restored device is found out (sync.md 1.12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync import wire
from watmos_office import confirming, pull
from watmos_office.caller import Caller
from watmos_office.errors import Answer
from watmos_office.office import Office
from watmos_office.tables import Device, Member, Quarantine, Stream

LEASE = timedelta(days=30)
CASE_LEASE = timedelta(days=14)
AMBASSADOR_LEASE = timedelta(days=7)
SKEWED = 2  # how many schemas older than the office's a device may be and still read

Count = Annotated[int, Field(ge=0, lt=1 << 53, strict=True)]


class Hello(BaseModel):
    """What a device says of itself; ``last_n`` and ``hash`` are what it believes the office has of it."""

    model_config = ConfigDict(extra="forbid")

    incarnation: UUID
    schema_: Annotated[str, Field(alias="schema", pattern=r"^[0-9]{4}$")]
    epoch: UUID | None
    last_n: Count
    hash: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
    waiting: Count
    photos: Count
    cursor: Annotated[str, Field(max_length=400)] = ""


def hello(office: Office, caller: Caller, said: Hello) -> dict[str, Any]:
    """The answer of ``POST /sync/v1/hello`` (docs/sync.md 4).

    Raises Answer 409: ``epoch`` when the office was restored since or holds less than the device remembers;
    ``rewound`` when the office holds more than the device ever numbered; ``forked`` when they hold different words
    under the same number. Between ``last_n`` and ``last_n + waiting`` a reply was lost, which is no alarm: the
    device compares the hash.
    """
    now = office.clock.now()
    with office.writing() as connection:
        stream = _stream(connection, caller.device_id, said.incarnation)
        alarm = _differs(office, said, stream)
        values: dict[str, Any] = {"seen_at": now, "schema_version": said.schema_}
        if alarm in ("rewound", "forked"):
            values["alarm"] = alarm
        connection.execute(update(Device).where(Device.id == caller.device_id).values(**values))
        waiting = select(func.count()).where(
            Quarantine.member_id == caller.member_id, Quarantine.state == "open"
        )
        if not caller.confirmed:  # another device's may be about a case
            waiting = waiting.where(Quarantine.device_id == caller.device_id)
        quarantined = connection.scalar(waiting) or 0
        person = connection.execute(
            select(Member.name, Member.role).where(Member.id == caller.member_id)
        ).one()
        key: bytes = connection.scalar(select(Device.key).where(Device.id == caller.device_id)) or b""
    if alarm:
        raise Answer(409, alarm, epoch=str(office.epoch))
    # Who was let go still sends what they have: no role counts any more, and nothing here opens again.
    role = caller.actor.role
    until = now if role is None else lease_until(role, caller.buckets, now)
    return {
        "time": now.astimezone(UTC).isoformat(),
        "epoch": str(office.epoch),
        "schema": [wire.OLDEST, wire.SCHEMA],
        "member": {"id": str(caller.member_id), "name": person.name, "role": person.role},
        "grant_v": caller.grant_v,
        "buckets": sorted(caller.buckets),
        "stream": {"last_n": stream.last_n, "hash": stream.hash, "durable_n": stream.durable_n},
        "status": caller.status,
        "lease_until": until.astimezone(UTC).isoformat(),
        "quarantined": quarantined,
        "cases": confirming.state(role, caller.confirmed),
        "number": confirming.number(key),
        "moved": not may_read(said.schema_) or _moved(office, caller, said.cursor),
    }


def _moved(office: Office, caller: Caller, cursor: str) -> bool:
    try:
        return not cursor or pull.moved(office, caller, cursor)
    except Answer:
        return True  # the pull tells what is wrong with it


def lease_until(role: Role, buckets: frozenset[str], now: datetime) -> datetime:
    """Until when a device may be used without calling again (S19): 7 days, 14 with a case, 30 for staff."""
    if role is Role.AMBASSADOR:
        return now + AMBASSADOR_LEASE
    named = any(bucket.startswith("case:") for bucket in buckets)
    return now + (CASE_LEASE if named else LEASE)


def may_read(schema: str) -> bool:
    """Whether a device of that schema can hold what the office would send; it may always push."""
    return not schema or int(schema) >= int(wire.SCHEMA) - SKEWED


def _stream(connection: Connection, device_id: UUID, incarnation: UUID) -> Any:
    its = select(Stream.last_n, Stream.hash, Stream.durable_n).where(
        Stream.device_id == device_id, Stream.incarnation == incarnation
    )
    found = connection.execute(its).first()
    if found is not None:
        return found
    new = {"last_n": 0, "hash": "", "durable_n": 0}
    try:
        with connection.begin_nested():
            connection.execute(insert(Stream).values(device_id=device_id, incarnation=incarnation, **new))
    except IntegrityError:  # the same hello, twice at once
        pass
    return connection.execute(its).one()


def _differs(office: Office, said: Hello, stream: Any) -> str:
    if said.epoch is not None and said.epoch != office.epoch:
        return "epoch"
    if stream.last_n > said.last_n + said.waiting:
        return "rewound"
    if stream.last_n == said.last_n and stream.hash != said.hash:
        return "forked"
    return "epoch" if stream.last_n < said.last_n else ""
