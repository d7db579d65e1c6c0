"""Records that the office itself makes or changes: members, imports, the demo, what lost in a merge.

They go the way of every operation, merge and buckets and feed, with stamps of the office's own that have seen all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from watmos_desktop.services.sync import registers, values
from watmos_desktop.services.sync.merge import RowState, merge
from watmos_desktop.services.sync.wire import Op
from watmos_office import buckets
from watmos_office.batch import Batch
from watmos_office.buckets import Key
from watmos_office.office import Office

TAG = "0ff1ce00"  # of the office's own stamps
_NIL = UUID(int=0)
_AT_ONCE = 5_000


@dataclass(frozen=True)
class Change:
    """Fields of one record as JSON values, all of them for a new one; ``author`` is who counts as its writer."""

    table: str
    rid: UUID
    set: Mapping[str, Any] = field(default_factory=dict)
    deleted: bool | None = None
    author: UUID | None = None


def write_all(connection: Connection, office: Office, changes: Iterable[Change]) -> int:
    """Merge, save, place and number these records; gives how many there were.

    The feed's head stays locked from here to COMMIT: nothing slow may follow. Parents may come after their children
    within 5,000 records. Raises BadValue for a value that its column does not take.
    """
    now, rest, count = office.clock.now(), iter(changes), 0
    while some := list(islice(rest, _AT_ONCE)):
        batch = Batch(connection)
        batch.load((_key(one) for one in some), change=True)
        stamp = office_stamp(now)
        for one in some:
            key = _key(one)
            said = values.normal_fields(one.table, dict(one.set))
            if one.deleted is not None:
                said["deleted"] = one.deleted
            row = batch.rows.get(key)
            after = merged(row, key, said, stamp)
            if after != row:
                batch.put(key, after, author=str(one.author) if one.author else None)
        _hold_above(batch, some)
        batch.settle(_key(one) for one in some)
        batch.write(now.astimezone(UTC))
        count += len(some)
    return count


def _key(change: Change) -> Key:
    return change.table, str(change.rid)


def _hold_above(batch: Batch, changes: Sequence[Change]) -> None:
    above = {buckets.parent(one.table, batch.rows[_key(one)].data) for one in changes}
    batch.load((key for key in above if key is not None), change=False)


def merged(row: RowState | None, key: Key, said: Mapping[str, Any], stamp: str) -> RowState:
    """The row after the office wrote these fields, having seen all that was there."""
    if row is None:
        kind, base, fields = "insert", {}, dict(said)
    else:
        kind, base, stamp = "update", _seen(row), max(stamp, office_stamp_after(row.newest))
        whole = {one for name in said for one in registers.group_of(key[0], name)}
        fields = {name: said[name] if name in said else row.data.get(name) for name in whole}
    op = Op(_NIL, 1, _NIL, key[0], _NIL, kind, fields, base, stamp, "")
    return merge(row, op, "f" * 24).row


def _seen(row: RowState) -> dict[str, str]:
    first = str(row.stamps.get("*", ""))
    return {"^": row.newest, **{name: str(row.stamps.get(name, first)) for name in row.data}}


def office_stamp(now: datetime) -> str:
    """A stamp of the office's own for this moment."""
    return f"{int(now.timestamp() * 1000) << 16:016x}{TAG}"


def office_stamp_after(stamp: str) -> str:
    """A stamp of the office's own just later than another."""
    return f"{int(stamp[:16] or '0', 16) + 1:016x}{TAG}"
