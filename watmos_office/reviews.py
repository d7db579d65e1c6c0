"""What ambassadors wrote in their own words, or photographed, waits until someone of staff has looked (S21)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection, select, update

from watmos_desktop.models.kinds import DataClass
from watmos_desktop.models.tables import Base
from watmos_desktop.services import policy
from watmos_desktop.services.sync.wire import Op
from watmos_office import saving
from watmos_office.buckets import Key
from watmos_office.errors import not_found
from watmos_office.office import Office
from watmos_office.tables import Review, RowBucket

PHOTO = "photo"


class Verdict(StrEnum):
    """What someone of staff found."""

    FINE = "fine"
    REMOVED = "removed"


@dataclass(frozen=True)
class Waiting:
    """One field of one record that may hold personal data; its words are read where the record is."""

    table: str
    rid: UUID
    field: str
    member_id: UUID
    at: datetime


def of(op: Op, key: Key) -> list[tuple[Key, str]]:
    """What of an ambassador's operation someone must look at: free text above C0, and each photo."""
    if op.table == "attachment" and op.kind == "insert":
        return [(key, PHOTO)] + ([(key, "caption")] if op.set.get("caption") else [])
    return [(key, name) for name, value in op.set.items() if value and _is_free_text(op.table, name)]


def open_(connection: Connection, found: Iterable[tuple[Key, str]], member_id: UUID, now: datetime) -> None:
    """Let these wait for someone to look; one that was looked at before waits again."""
    rows = [
        {
            "tbl": key[0],
            "rid": key[1],
            "field": name,
            "member_id": member_id,
            "at": now,
            "state": "open",
            "decided_by": None,
            "decided_at": None,
        }
        for key, name in dict.fromkeys(found)
    ]
    saving.upsert(connection, Review, rows)


def waiting(connection: Connection, held: Iterable[str]) -> list[Waiting]:
    """What waits in these buckets, the oldest first."""
    here = (
        select(RowBucket.rid)
        .where(RowBucket.tbl == Review.tbl, RowBucket.rid == Review.rid)
        .where(RowBucket.present.is_(True), RowBucket.bucket.in_(list(held)))
    )
    asked = (
        select(Review.tbl, Review.rid, Review.field, Review.member_id, Review.at)
        .where(Review.state == "open", here.exists())
        .order_by(Review.at, Review.tbl, Review.rid, Review.field)
    )
    return [Waiting(*row) for row in connection.execute(asked)]


def decide(
    connection: Connection,
    office: Office,
    by: UUID,
    key: Key,
    name: str,
    verdict: Verdict,
    held: Iterable[str],
) -> None:
    """Say that someone looked. Raises Answer 404 when it does not wait, or not in these buckets."""
    if not any((one.table, str(one.rid), one.field) == (*key, name) for one in waiting(connection, held)):
        raise not_found()
    connection.execute(
        update(Review)
        .where(Review.tbl == key[0], Review.rid == UUID(key[1]), Review.field == name)
        .values(state=verdict.value, decided_by=by, decided_at=office.clock.now().astimezone(UTC))
    )


def _is_free_text(table: str, name: str) -> bool:
    found = policy.data_class(table, name)
    if found is None or found is DataClass.ESTATE:
        return False
    kind: type = Base.metadata.tables[table].columns[name].type.python_type
    return kind is str
