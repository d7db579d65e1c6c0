"""The devices of the office: one-time codes to join with, and what becomes of a device (security.md S14, S19)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, case, func, insert, select, update

from watmos_desktop.models.kinds import Role
from watmos_desktop.services.errors import NotFound, Told
from watmos_office import audit, confirming
from watmos_office.office import Office
from watmos_office.tables import Code, Device, Member, Op, Stream

CODE_LIFE = timedelta(minutes=15)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: 28 of them are 140 bits that can be read aloud
_GROUPS, _GROUP = 7, 4
_MISREAD = str.maketrans("OIL", "011", " -\t\n")

# From what a device can become what. A wipe is an order that nobody takes back; drain may still become one.
_BEFORE = {
    "active": ("suspended",),
    "suspended": ("active",),
    "drain": ("active", "suspended"),
    "wipe": ("active", "suspended", "drain"),
}
_WORDS = {
    "active": "works",
    "suspended": "suspended",
    "drain": "may send what it has, and gets nothing more",
    "wipe": "will be wiped when it calls",
    "wiped": "wiped",
}


@dataclass(frozen=True)
class NewCode:
    """A code to join with, shown once and kept only as its hash."""

    member_id: UUID
    name: str
    code: str
    expires_at: datetime


@dataclass(frozen=True)
class DeviceCard:
    """A device: ``status`` is its code, ``words`` says it; ``pushed`` is how many operations it sent, ``safe`` how
    many of those lie in a verified backup. ``cases``: confirmed, waiting, or nothing for a role without cases; of one
    that waits the ``number`` that it shows, and in ``confirmers`` the safeguarding leads who may confirm it."""

    id: UUID
    member_id: UUID
    member: str
    name: str
    status: str
    words: str
    alarm: str
    enrolled_at: datetime
    seen_at: datetime | None
    pushed: int
    safe: int
    cases: str
    number: str
    confirmers: list[str]


def new_code(connection: Connection, office: Office, by: UUID | None, member_id: UUID) -> NewCode:
    """A new code for a member, which works once within 15 minutes. Raises NotFound, Told when their access ended."""
    member = connection.execute(select(Member.name, Member.active).where(Member.id == member_id)).first()
    if member is None:
        raise NotFound("That person")
    if not member.active:
        raise Told("This person's access has ended.", "Add them again first.")
    now = office.clock.now()
    letters = [secrets.choice(_ALPHABET) for _ in range(_GROUPS * _GROUP)]
    code = "-".join("".join(letters[n : n + _GROUP]) for n in range(0, len(letters), _GROUP))
    connection.execute(
        insert(Code).values(
            sha256=code_hash(code),
            member_id=member_id,
            made_by=by,
            made_at=now,
            expires_at=now + CODE_LIFE,
            used_at=None,
        )
    )
    audit.note(connection, office, by, "device.code", member_id)
    return NewCode(member_id, member.name, code, now + CODE_LIFE)


def code_hash(text: str) -> str:
    """The hash a code is kept under, however it was typed: small letters, no hyphens, O for 0, I and L for 1."""
    return hashlib.sha256(text.upper().translate(_MISREAD).encode()).hexdigest()


def cards(connection: Connection, but: Collection[str] = ()) -> list[DeviceCard]:
    """Every device, by its member's name and then its own. Operations on the tables in ``but`` are not counted."""
    sums = (_counted(but) if but else _SUMS).subquery()
    rows = connection.execute(
        select(Device.__table__, Member.name.label("member"), Member.role, sums.c.pushed, sums.c.safe)
        .join(Member, Device.member_id == Member.id)
        .outerjoin(sums, sums.c.device_id == Device.id)
        .order_by(Member.name, Device.name, Device.id)
    )
    return [
        DeviceCard(
            row.id,
            row.member_id,
            row.member,
            row.name,
            row.status,
            _WORDS.get(row.status, row.status),
            row.alarm,
            row.enrolled_at,
            row.seen_at,
            int(row.pushed or 0),
            int(row.safe or 0),
            state,
            confirming.number(row.key) if state == "waiting" else "",
            confirming.leads(connection, row.code_by) if state == "waiting" else [],
        )
        for row in rows
        for state in (confirming.state(Role(row.role), row.cases_at is not None),)
    ]


_SUMS = select(
    Stream.device_id,
    func.sum(Stream.last_n).label("pushed"),
    func.sum(Stream.durable_n).label("safe"),
).group_by(Stream.device_id)


def _counted(but: Collection[str]) -> Select[UUID, int, Any]:
    its = (Stream.device_id == Op.device_id) & (Stream.incarnation == Op.incarnation)
    return (
        select(
            Op.device_id,
            func.count().label("pushed"),
            func.sum(case((Op.n <= Stream.durable_n, 1), else_=0)).label("safe"),
        )
        .join(Stream, its)
        .where(Op.tbl.not_in(list(but)))
        .group_by(Op.device_id)
    )


def owner(connection: Connection, device_id: UUID) -> UUID:
    """Whose device it is. Raises NotFound."""
    member_id = connection.execute(select(Device.member_id).where(Device.id == device_id)).scalar()
    if member_id is None:
        raise NotFound("That device")
    return member_id


def suspend(connection: Connection, office: Office, by: UUID | None, device_id: UUID) -> None:
    """Stop a device for now; it keeps what it has. Raises NotFound, Told."""
    _become(connection, office, by, device_id, "suspended")


def resume(connection: Connection, office: Office, by: UUID | None, device_id: UUID) -> None:
    """Let a suspended device work again, its alarm seen. Raises NotFound, Told."""
    _become(connection, office, by, device_id, "active")
    connection.execute(update(Device).where(Device.id == device_id).values(alarm=""))


def drain(connection: Connection, office: Office, by: UUID | None, device_id: UUID) -> None:
    """End a device that is in good hands: it may send what it has, into quarantine. Raises NotFound, Told."""
    _become(connection, office, by, device_id, "drain")


def wipe(connection: Connection, office: Office, by: UUID | None, device_id: UUID) -> None:
    """End a lost device: when it calls it is told to destroy its key. Nobody takes that back. Raises NotFound, Told."""
    _become(connection, office, by, device_id, "wipe")


def _become(connection: Connection, office: Office, by: UUID | None, device_id: UUID, status: str) -> None:
    found = select(Device.status).where(Device.id == device_id).with_for_update()
    before = connection.execute(found).scalar()
    if before is None:
        raise NotFound("That device")
    if before == status:
        return
    if before not in _BEFORE[status]:
        raise Told(
            f"This device is past that: {_WORDS.get(before, before)}.", "It can join again with a new code."
        )
    connection.execute(update(Device).where(Device.id == device_id).values(status=status))
    audit.note(connection, office, by, f"device.{status}", device_id)
