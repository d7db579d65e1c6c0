"""What lost in a merge, kept as records of ``conflict`` where the record lies that they are about (docs/sync.md 8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, select

from watmos_desktop.models.kinds import ConflictState
from watmos_desktop.services.sync.merge import Loss, tag
from watmos_desktop.services.sync.wire import Op
from watmos_office import records
from watmos_office.batch import Batch
from watmos_office.buckets import Key
from watmos_office.tables import Op as KeptOp

TABLE = "conflict"


def keep(
    connection: Connection,
    batch: Batch,
    op: Op,
    owner: Key,
    losses: Iterable[Loss],
    member_id: UUID,
    stamp: str,
    now: datetime,
) -> list[Key]:
    """Keep each value that is not shown; gives the keys of the new records, still to be settled."""
    made: list[Key] = []
    for loss in losses:
        key = (TABLE, str(uuid5(op.id, loss.field)))
        ours = (member_id, _moment(op.made_at, now))
        said = loss.shown if loss.own else loss.value
        theirs = _writer(connection, op, _other_stamp(batch, owner, loss), said, now)
        lost, shown = (ours, theirs) if loss.own else (theirs, ours)
        data: dict[str, Any] = {
            "owner_table": op.table,
            "owner_id": owner[1],
            "field": loss.field,
            "kind": loss.kind.value,
            "state": ConflictState.OPEN.value,
            "value": loss.value,
            "shown": loss.shown,
            "stamp": loss.stamp,
            "made_by": lost[0] and str(lost[0]),
            "made_at": (lost[1] or now).astimezone(UTC).isoformat(),
            "shown_by": shown[0] and str(shown[0]),
            "shown_at": shown[1] and shown[1].astimezone(UTC).isoformat(),
        }
        batch.put(key, records.merged(None, key, data, stamp))
        made.append(key)
    return made


def close(batch: Batch, op: Op, owner: Key, settled: frozenset[tuple[str, str]], stamp: str) -> None:
    """Close what hung on values that this writer was looking at when he wrote over them."""
    for key in batch.conflicts(owner):
        row = batch.rows[key]
        seen = (str(row.data.get("field")), str(row.data.get("stamp"))) in settled
        if seen and row.data.get("state") == ConflictState.OPEN and op.table != TABLE:
            batch.put(key, records.merged(row, key, {"state": ConflictState.KEPT.value}, stamp))


def _other_stamp(batch: Batch, owner: Key, loss: Loss) -> str:
    """The stamp of the other side of a loss: of the value shown when ours lost, else of the one that lost."""
    if not loss.own:
        return loss.stamp
    row = batch.rows[owner]
    return str(row.stamps.get(loss.field or "deleted", row.stamps.get("*", "")))


def _writer(
    connection: Connection, op: Op, stamp: str, said: Mapping[str, Any], now: datetime
) -> tuple[UUID | None, datetime | None]:
    """Who wrote the value with that stamp, and when by their own clock; unknown for what the office made.

    A stamp is the device's own claim: nobody gets words under their name that they did not send.
    """
    kept = select(KeptOp.member_id, KeptOp.body).where(KeptOp.tbl == op.table, KeptOp.rid == op.rid)
    found: tuple[UUID | None, datetime | None] = (None, None)
    best = 0
    for member_id, body in connection.execute(kept.order_by(KeptOp.received_at, KeptOp.n)):
        theirs = str(body.get("stamp"))
        # the very stamp; or one that was moved: of the same life at least
        fits = 2 * (theirs == stamp) + (tag(theirs) == tag(stamp))
        if fits and _sent(body, said):
            fits += 4
        if fits > best or (fits == best and theirs != stamp and fits):
            found, best = (member_id, _moment(body.get("made_at"), now)), fits
    return found


def _sent(body: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether an operation holds one of these values, as it was sent."""
    fields = body.get("set")
    return isinstance(fields, dict) and any(fields.get(name) == one for name, one in said.items())


def _moment(text: object, now: datetime) -> datetime:
    """A device's claim of a moment; the office's own clock when it makes no sense."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return now
    return found.astimezone(UTC) if found.tzinfo and 1970 < found.year < 9999 else now
