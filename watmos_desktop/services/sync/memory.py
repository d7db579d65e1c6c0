"""What a device knows of its office and how far they are with each other: one fact of the workspace.

It is written in the same transaction as the rows that it speaks of, so that no crash can leave the cursor ahead
of the rows, or a number ahead of the operation that bears it (sync.md 1.6).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import Meta, Staff
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync.problems import NotJoined

KEY = "sync"
_REMEMBERED = select(Meta.value).where(Meta.key == KEY)  # built once: asked for several times a visit


@dataclass(frozen=True)
class Memory:
    """Everything that sync remembers. Moments are ISO 8601 in UTC; ids are written with hyphens."""

    url: str
    device: str
    member: str
    name: str
    role: str
    office_key: str  # base64 of the Ed25519 public key
    epoch: str
    schema: str = ""  # the newest that this workspace read with; a newer program reads what it could not keep
    incarnation: str = ""  # the life that ``acked`` counts; another one than the store's: numbers start anew
    acked: int = 0
    hash: str = ""
    cursor: str = ""
    buckets: tuple[str, ...] = ()  # what the office grants
    held: tuple[str, ...] = ()  # buckets that are here whole
    loading: dict[str, str] = field(
        default_factory=dict
    )  # "bucket,bucket" -> how far their first load has come
    loaded: int = 0  # records that the present first load has brought
    expected: int = 0  # about how many it is to bring, as the office said when it began
    sweeping: str = ""  # why everything is read from the start: what is not seen again is no longer ours
    owners: bool = False  # a first load has begun: deleted owners of what it brings are still to be asked for
    grants_changed: bool = False
    grant_v: int = 0
    cases: str = (
        ""  # whether cases come to this device: confirmed, waiting, or nothing for a role without them
    )
    number: str = ""  # what this device is known by to who confirms it
    joined: tuple[
        str, ...
    ] = ()  # when another device last joined in this person's name, and what it is called
    read_as: str = ""  # the role for which everything here was read
    columns: dict[str, list[str]] = field(
        default_factory=dict
    )  # which columns of each table this role receives
    asked: tuple[tuple[str, str], ...] = ()  # records whose office state has to be fetched
    going: tuple[str, ...] = ()  # photos (sha256) whose records were taken away and whose bytes have to go
    status: str = "active"
    quarantined: int = 0
    lease_until: str = ""
    contact: str = ""  # the office's time at the last contact
    finished: str = ""  # the device's time when a sync last came to its end
    checked: str = ""
    drifts: int = 0  # records that were found to differ without a reason

    @property
    def unread(self) -> bool:
        """Whether all is to be read from the start and no page of it has come: what is told now may change before."""
        return bool(self.sweeping) and not (self.held or self.loading)

    @property
    def member_id(self) -> UUID:
        """Who works with this device."""
        return UUID(self.member)


_NAMES = frozenset(one.name for one in fields(Memory))


def join(
    store: Store, *, url: str, device: UUID, member: UUID, name: str, role: Role, office_key: str, epoch: UUID
) -> Memory:
    """Remember the office that this workspace has just joined, and who works here."""
    made = Memory(url, str(device), str(member), name, Role(role).value, office_key, str(epoch))
    with store.apply() as connection:
        write(connection, made)
        know(connection, member, name, role)
    return made


def know(connection: Connection, member: UUID, name: str, role: Role) -> None:
    """See that whoever works here has a record of their own, also where all was taken away with their access."""
    if connection.scalar(select(Staff.id).where(Staff.id == member)) is None:
        row = {"id": member, "name": name, "role": Role(role), "deleted": False, "stamps": {}, "active": True}
        connection.execute(insert(Staff).values(row))


def read(session: Session | Connection) -> Memory | None:
    """What is remembered, or None when this workspace has joined no office."""
    found = session.execute(_REMEMBERED).scalar()
    return _from_json(found) if found else None


def load(store: Store) -> Memory:
    """What is remembered; raises NotJoined."""
    with store.read() as session:
        found = read(session)
    if found is None:
        raise NotJoined
    return found


def write(connection: Connection, memory: Memory) -> None:
    """Keep it, in the transaction of ``store.apply``."""
    keep(connection, KEY, vars(memory))


def keep(connection: Connection, key: str, value: dict[str, Any]) -> None:
    """Keep a fact of the workspace, in the transaction of ``store.apply``."""
    connection.exec_driver_sql(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, json.dumps(value)),
    )


def moment(text: str) -> datetime | None:
    """A moment as it is remembered; None for one that never was."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _from_json(value: dict[str, Any]) -> Memory:
    kept = {name: some for name, some in value.items() if name in _NAMES}
    for name in ("buckets", "held", "going", "joined"):
        kept[name] = tuple(kept.get(name, ()))
    kept["asked"] = tuple((table, rid) for table, rid in kept.get("asked", ()))
    return Memory(**kept)
