"""How a sync begins: both sides say where they stand; a copied or restored device is found out (sync.md 1.12)."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import and_, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from watmos_desktop.models.base import Id
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync import wire
from watmos_office import confirming, pull, trust
from watmos_office.caller import Caller
from watmos_office.errors import Answer
from watmos_office.office import Office
from watmos_office.tables import Device, Member, Quarantine, Stream

LEASE = timedelta(days=30)
CASE_LEASE = timedelta(days=14)
AMBASSADOR_LEASE = timedelta(days=7)
SKEWED = 2  # how many schemas older than the office's a device may be and still read

_SEEN = timedelta(minutes=1)

# Built once: asked for every visit.
_ITS = bindparam("device", type_=Id())
_OF_STREAM = and_(Stream.device_id == Device.id, Stream.incarnation == bindparam("incarnation", type_=Id()))
# The newest device that joined as the same member after this one: its holder is to know of it (security.md 2).
_Other = aliased(Device)
_LATER = (
    select(_Other.id)
    .where(_Other.member_id == Device.member_id, _Other.enrolled_at > Device.enrolled_at)
    .order_by(_Other.enrolled_at.desc(), _Other.id)
    .limit(1)
    .correlate(Device)
    .scalar_subquery()
)
_Newest = aliased(Device)
_STANDING = (
    select(Member.name, Member.role, Device.key, Device.seen_at, Device.schema_version)
    .add_columns(Stream.last_n, Stream.hash, Stream.durable_n)
    .add_columns(_Newest.name.label("later"), _Newest.enrolled_at.label("later_at"))
    .select_from(Device)
    .join(Member, Member.id == Device.member_id)
    .outerjoin(Stream, _OF_STREAM)
    .outerjoin(_Newest, _Newest.id == _LATER)
    .where(Device.id == _ITS)
)
_OPEN = select(func.count()).where(
    Quarantine.member_id == bindparam("member", type_=Id()), Quarantine.state == "open"
)
# By whether cases come to the device: if not, another device's may be about a case.
_HELD = {True: _OPEN, False: _OPEN.where(Quarantine.device_id == _ITS)}

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
    with office.reading() as connection:
        found = connection.execute(_STANDING, _about(caller, said)).one()
        quarantined: int = connection.execute(_HELD[caller.confirmed], _about(caller, said)).scalar_one()
    stream = found if found.last_n is not None else _new_stream(office, caller.device_id, said.incarnation)
    alarm = _differs(office, said, stream)
    _note(office, caller, said, found, alarm, now)
    if alarm:
        raise Answer(409, alarm, epoch=str(office.epoch))
    # Who was let go still sends what they have: no role counts any more, and nothing here opens again.
    role = caller.actor.role
    until = now if role is None else lease_until(role, caller.buckets, now)
    return {
        "time": now.astimezone(UTC).isoformat(),
        "epoch": str(office.epoch),
        "schema": [wire.OLDEST, wire.SCHEMA],
        "member": {"id": str(caller.member_id), "name": found.name, "role": found.role},
        "grant_v": caller.grant_v,
        "buckets": sorted(caller.buckets),
        "stream": {"last_n": stream.last_n, "hash": stream.hash, "durable_n": stream.durable_n},
        "status": caller.status,
        "lease_until": until.astimezone(UTC).isoformat(),
        "quarantined": quarantined,
        "cases": confirming.state(role, caller.confirmed),
        "number": confirming.number(found.key),
        "trust": trust.named(office),
        "joined": [found.later_at.astimezone(UTC).isoformat(), found.later] if found.later_at else None,
        "moved": not may_read(said.schema_) or _moved(office, caller, said.cursor),
        "records": 0 if said.cursor or not may_read(said.schema_) else pull.whole(office, caller),
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


def _about(caller: Caller, said: Hello) -> dict[str, Any]:
    return {"device": caller.device_id, "member": caller.member_id, "incarnation": said.incarnation}


def _note(office: Office, caller: Caller, said: Hello, found: Any, alarm: str, now: datetime) -> None:
    """Keep when the device was seen, to the minute: most hellos are for nothing and need not reach the disk."""
    copied = alarm in ("rewound", "forked")
    values = {"seen_at": now, "schema_version": said.schema_} | ({"alarm": alarm} if copied else {})
    known = found.seen_at is not None and found.seen_at <= now < found.seen_at + _SEEN
    if copied or not known or found.schema_version != said.schema_:
        with office.writing() as connection:
            connection.execute(update(Device).where(Device.id == caller.device_id).values(**values))


def _new_stream(office: Office, device_id: UUID, incarnation: UUID) -> Any:
    """A life of a device of which nothing is known yet."""
    its = select(Stream.last_n, Stream.hash, Stream.durable_n).where(
        Stream.device_id == device_id, Stream.incarnation == incarnation
    )
    new = {"last_n": 0, "hash": "", "durable_n": 0}
    with office.writing() as connection:
        with suppress(IntegrityError), connection.begin_nested():  # the same hello, twice at once
            connection.execute(insert(Stream).values(device_id=device_id, incarnation=incarnation, **new))
        return connection.execute(its).one()


def _differs(office: Office, said: Hello, stream: Any) -> str:
    if said.epoch is not None and said.epoch != office.epoch:
        return "epoch"
    if stream.last_n > said.last_n + said.waiting:
        return "rewound"
    if stream.last_n == said.last_n and stream.hash != said.hash:
        return "forked"
    return "epoch" if stream.last_n < said.last_n else ""
