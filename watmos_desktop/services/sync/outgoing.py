"""Sends what waits, in order and numbered without a gap; only an answer for an operation takes it off the queue.

The number of an operation is its place after what the office has confirmed of this life, so that a batch whose answer
was lost is sent again under the same numbers with the same hashes (docs/sync.md 5).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import memory, placing, wire
from watmos_desktop.services.sync.memory import Memory

MOST_OPS = 500
MOST_BYTES = 512 * 1024
STATUSES = ("applied", "duplicate", "conflict", "quarantined")

_COLUMNS = "op_id, txn_id, incarnation, table_name, record_id, kind, fields, base, stamp, schema_version, staff_id, made_at"
_WAITING = text(f"SELECT n, {_COLUMNS} FROM outbox ORDER BY n LIMIT :most")  # noqa: S608 - our own names


class Pushes(Protocol):
    """The part of the client that is used here."""

    def push(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send one batch."""
        ...


@dataclass(frozen=True)
class Ready:
    """One operation with its number: its row of the outbox, its form on the wire, the hash of all up to it."""

    row: Any
    n: int
    op: dict[str, Any]
    hash: str


@dataclass(frozen=True)
class Pushed:
    """What became of the operations that were sent."""

    sent: int = 0
    conflicts: int = 0
    held: int = 0

    def __add__(self, other: Pushed) -> Pushed:
        return Pushed(self.sent + other.sent, self.conflicts + other.conflicts, self.held + other.held)


def batch(session: Session, kept: Memory) -> list[Ready]:
    """The next operations: at most 500 or 512 KiB, of one schema, and an action of a person whole if it fits."""
    ready = chained(session.execute(_WAITING, {"most": MOST_OPS + 1}), kept.acked, kept.hash)
    size, found = 0, list[Ready]()
    for one in ready:
        size += len(wire.dumps(one.op))
        if found and (size > MOST_BYTES or one.row.schema_version != found[0].row.schema_version):
            break
        if len(found) == MOST_OPS:
            break
        found.append(one)
    else:
        return found
    if one.row.txn_id == found[-1].row.txn_id:
        whole = [some for some in found if some.row.txn_id != one.row.txn_id]
        return whole or found
    return found


def chained(rows: Iterable[Any], n: int, digest: str) -> Iterable[Ready]:
    """Rows of the outbox with the numbers and hashes that follow on ``n`` and ``digest``."""
    for row in rows:
        n += 1
        op = _op(row, n)
        digest = wire.chain(digest, op)
        yield Ready(row, n, op, digest)


def push(store: Store, client: Pushes, kept: Memory) -> tuple[Memory, Pushed, bool]:
    """Send one batch and keep what became of it; tells too whether there was anything to send."""
    with store.read() as session:
        ready = batch(session, kept)
    if not ready:
        return kept, Pushed(), False
    answer = client.push(
        {
            "incarnation": str(store.incarnation),
            "first_n": ready[0].n,
            "prev_hash": kept.hash,
            "schema": ready[0].row.schema_version,
            "ops": [one.op for one in ready],
        }
    )
    kept, pushed = keep(store, kept, ready, answer)
    return kept, pushed, pushed.sent > 0


def keep(
    store: Store, kept: Memory, ready: Sequence[Ready], answer: Mapping[str, Any]
) -> tuple[Memory, Pushed]:
    """Take off the queue what the office named, in order, up to the first that it did not name."""
    results = _results(answer)
    done = []
    for one in ready:
        if one.op["id"] not in results:
            break
        done.append((one, *results[one.op["id"]]))
    held = [(one, reason) for one, status, reason in done if status == "quarantined"]
    asked = _to_ask(done, sweeping=bool(kept.sweeping))
    if done:
        last = done[-1][0]
        new = (pair for pair in asked if pair not in kept.asked)
        kept = replace(kept, acked=last.n, hash=last.hash, asked=(*kept.asked, *new))
    durable = answer.get("durable_n")
    with store.apply() as connection:
        _move(connection, done, store.clock.now())
        _hold(connection, held, store.clock.now())
        forget_durable(connection, durable)
        if kept.sweeping:
            taken = [one.row for one, status, _ in done if status != "quarantined"]
            placing.see(connection, ((row.table_name, row.record_id) for row in taken))
        memory.write(connection, kept)
    lost = sum(status == "conflict" for _, status, _ in done)
    return kept, Pushed(len(done), lost, len(held))


def _to_ask(done: Sequence[tuple[Ready, str, str]], *, sweeping: bool) -> list[tuple[str, str]]:
    """The records of which the office may show something else, without a change that a pull would bring.

    What became of a duplicate was told in an answer that got lost; in a sweep all of it is read anyway.
    """
    plain = ("applied", "duplicate") if sweeping else ("applied",)
    return list(
        dict.fromkeys((one.op["tbl"], one.op["rid"]) for one, status, _ in done if status not in plain)
    )


def forget_durable(connection: Connection, durable: object) -> None:
    """What is in a proved backup of the office need not be kept here."""
    if isinstance(durable, int):
        connection.exec_driver_sql("DELETE FROM sent WHERE n <= ?", (durable,))


def digest_at(session: Session, kept: Memory, n: int) -> str | None:
    """The hash that number ``n`` of this life would have with what waits here; None if there are not so many."""
    if n == kept.acked:
        return kept.hash
    rows = session.execute(_WAITING, {"most": n - kept.acked})
    last = None
    for last in chained(rows, kept.acked, kept.hash):  # noqa: B007 - the last one counts
        pass
    return last.hash if last is not None and last.n == n else None


def offer_again(connection: Connection, after: int = 0) -> None:
    """Put what was sent under a number above ``after`` back before what waits, in the old order."""
    waiting = f"SELECT {_COLUMNS} FROM outbox ORDER BY n"  # noqa: S608 - our own names
    before = f"SELECT {_COLUMNS} FROM sent WHERE n > ? ORDER BY n"  # noqa: S608 - our own names
    old = connection.exec_driver_sql(before, (after,)).all()
    if not old:
        return
    known = {row[0] for row in old}
    rows = [*old, *(row for row in connection.exec_driver_sql(waiting).all() if row[0] not in known)]
    connection.exec_driver_sql("DELETE FROM outbox")
    connection.exec_driver_sql("DELETE FROM sent WHERE n > ?", (after,))
    marks = ", ".join("?" * (1 + len(rows[0])))
    insert = f"INSERT INTO outbox (n, {_COLUMNS}) VALUES ({marks})"  # noqa: S608 - our own names
    connection.exec_driver_sql(insert, [(n, *row) for n, row in enumerate(rows, 1)])


def _op(row: Any, n: int) -> dict[str, Any]:
    return wire.op_json(
        wire.Op(
            id=UUID(bytes=row.op_id),
            n=n,
            txn=UUID(bytes=row.txn_id),
            table=row.table_name,
            rid=UUID(bytes=row.record_id),
            kind=row.kind,
            set=json.loads(row.fields),
            base=json.loads(row.base),
            stamp=row.stamp,
            made_at=datetime.fromisoformat(row.made_at).replace(tzinfo=UTC).isoformat(),
        )
    )


def _results(answer: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for result in answer.get("results") or ():
        op_id, status, *reason = result
        if status in STATUSES:
            found[str(op_id)] = (status, str(reason[0]) if reason and reason[0] else "")
    return found


def _move(connection: Connection, done: Sequence[tuple[Ready, str, str]], now: datetime) -> None:
    if not done:
        return
    at = _kept_moment(now)
    names = _COLUMNS.split(", ")
    marks = ", ".join("?" * (4 + len(names)))
    connection.exec_driver_sql(
        f"INSERT OR REPLACE INTO sent (n, {_COLUMNS}, hash, status, acked_at) VALUES ({marks})",  # noqa: S608
        [
            (one.n, *(getattr(one.row, name) for name in names), one.hash, status, at)
            for one, status, _ in done
        ],
    )
    connection.exec_driver_sql("DELETE FROM outbox WHERE op_id = ?", [(one.row.op_id,) for one, _, _ in done])


def _hold(connection: Connection, held: Sequence[tuple[Ready, str]], now: datetime) -> None:
    if not held:
        return
    at = _kept_moment(now)
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO held (op_id, table_name, record_id, fields, reason, at, seen)"
        " VALUES (?, ?, ?, ?, ?, ?, 0)",
        [
            (one.row.op_id, one.row.table_name, one.row.record_id, one.row.fields, reason, at)
            for one, reason in held
        ],
    )


def _kept_moment(now: datetime) -> str:
    return now.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
