"""How the office stands, in counts; what devices hold that no backup has; what waits for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from watmos_office import audit, walls
from watmos_office.office import Office, head
from watmos_office.tables import Blob, Device, Fact, Member, Op, Quarantine, Record, Review, Stream

BACKED_UP = "backup"  # the fact that names the newest verified backup


@dataclass(frozen=True)
class Standing:
    """Counts of this moment. ``unsafe`` operations lie in no verified backup yet; ``wall`` is the second one."""

    database: str
    epoch: str
    head: int
    members: int
    devices: int
    alarms: int
    records: int
    operations: int
    unsafe: int
    photos: int
    conflicts: int
    quarantine: int
    reviews: int
    audit_n: int
    audit_hash: str
    backed_up_at: datetime | None
    wall: bool


def now(office: Office) -> Standing:
    """How the office stands."""
    with office.reading() as connection:
        noted = audit.head(connection)
        last = connection.execute(select(Fact.value).where(Fact.key == BACKED_UP)).scalar()
        conflicts = [
            Record.tbl == "conflict",
            Record.deleted.is_(False),
            Record.data["state"].as_string() == "open",
        ]
        return Standing(
            database="PostgreSQL" if office.postgresql else "SQLite",
            epoch=str(office.epoch),
            head=head(connection),
            members=_count(connection, Member, Member.active),
            devices=_count(connection, Device, Device.status == "active"),
            alarms=_count(connection, Device, Device.alarm != ""),
            records=_count(connection, Record, Record.deleted.is_(False)),
            operations=_count(connection, Op),
            unsafe=_sum(connection, Stream.last_n) - _sum(connection, Stream.durable_n),
            photos=_count(connection, Blob, Blob.state == "whole"),
            conflicts=_count(connection, Record, *conflicts),
            quarantine=_count(connection, Quarantine, Quarantine.state == "open"),
            reviews=_count(connection, Review, Review.state == "open"),
            audit_n=noted.n,
            audit_hash=noted.hash,
            backed_up_at=datetime.fromisoformat(last["at"]) if last else None,
            wall=walls.standing(connection),
        )


def _count(connection: Connection, table: Any, *conditions: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())


def _sum(connection: Connection, column: Any) -> int:
    return int(connection.execute(select(func.coalesce(func.sum(column), 0))).scalar_one())
