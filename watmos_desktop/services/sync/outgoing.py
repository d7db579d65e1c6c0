"""Sends what waits, in order and numbered without a gap; only an answer for an operation takes it off the queue.

One request is on its way at a time; meanwhile the next batch is made ready and the last answer kept.

The number of an operation is its place after what the office has confirmed of this life, so that a batch whose answer
was lost is sent again under the same numbers with the same hashes (docs/sync.md 5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain as in_a_row
from time import monotonic
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import columns, memory, placing, wire
from watmos_desktop.services.sync.memory import Memory

MOST_OPS = 500  # of a first batch, and of each on a slow line
MOST_BYTES = 512 * 1024
WIDEST = wire.OPS_PER_PUSH // MOST_OPS  # times as much, when answers come quickly
QUICK = 2.0  # seconds
_READ = 250  # rows of the queue that are read together
STATUSES = ("applied", "duplicate", "conflict", "quarantined")

_COLUMNS = (
    "op_id, txn_id, incarnation, table_name, record_id, kind, fields, base, stamp,"
    " schema_version, staff_id, made_at"
)
_MOVE = (
    f"INSERT OR REPLACE INTO sent (n, {_COLUMNS}, hash, status, acked_at)"  # noqa: S608 - our own names
    f" SELECT its.value ->> 2, {_COLUMNS}, its.value ->> 3, its.value ->> 4, ? FROM json_each(?) its"
    " CROSS JOIN outbox ON outbox.n = its.value ->> 0 AND op_id = unhex(its.value ->> 1)"
)
_CLEAR = (
    "DELETE FROM outbox WHERE n BETWEEN ? AND ? AND op_id IN (SELECT unhex(value ->> 1) FROM json_each(?))"
)
_WAITING = f"SELECT n, {_COLUMNS} FROM outbox WHERE n > ? ORDER BY n LIMIT ?"  # noqa: S608 - our own names


class Pushes(Protocol):
    """The part of the client that is used here."""

    def push(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send one batch."""
        ...


@dataclass(slots=True)  # not frozen, which takes three times as long to make
class Ready:
    """One operation with its number: its row of the outbox, its form on the wire, the hash of all up to it.

    ``written`` is its canonical JSON.
    """

    row: Any
    n: int
    op: dict[str, Any]
    written: bytes
    hash: str


@dataclass(frozen=True)
class Pushed:
    """What became of the operations that were sent."""

    sent: int = 0
    conflicts: int = 0
    held: int = 0
    alone: bool = True  # nobody else wrote meanwhile: there is nothing to read

    def __add__(self, other: Pushed) -> Pushed:
        return Pushed(
            self.sent + other.sent,
            self.conflicts + other.conflicts,
            self.held + other.held,
            self.alone and other.alone,
        )


Told = Callable[[Memory, Pushed], object]


def batch(session: Session, kept: Memory, after: Ready | None = None, times: int = 1) -> list[Ready]:
    """The next operations: at most 500 or 512 KiB, of one schema, and an action of a person whole if it fits.

    ``after``: those that follow on this one, which is still on its way. ``times`` as many, and as many bytes.
    """
    most = MOST_OPS * times
    rows = waiting(session, most + 1, after.row.n if after else 0)
    ready = chained(rows, after.n, after.hash) if after else chained(rows, kept.acked, kept.hash)
    size, found = 0, list[Ready]()
    for one in ready:
        size += len(one.written)
        if found and (size > MOST_BYTES * times or one.row.schema_version != found[0].row.schema_version):
            break
        if len(found) == most:
            break
        found.append(one)
    else:
        return found
    if one.row.txn_id == found[-1].row.txn_id:
        whole = [some for some in found if some.row.txn_id != one.row.txn_id]
        return whole or found
    return found


def chained(rows: Iterable[Any], n: int, digest: str) -> Iterator[Ready]:
    """Rows of the outbox with the numbers and hashes that follow on ``n`` and ``digest``."""
    for row in rows:
        n += 1
        op = _op(row, n)
        written = wire.canonical(op)
        digest = hashlib.sha256(digest.encode() + written).hexdigest()
        yield Ready(row, n, op, written, digest)


def body(store: Store, ready: Sequence[Ready], prev_hash: str, cursor: str = "") -> dict[str, Any]:
    """What is pushed to send these operations; each is written already."""
    said = {
        "incarnation": str(store.incarnation),
        "first_n": ready[0].n,
        "prev_hash": prev_hash,
        "schema": ready[0].row.schema_version,
        "ops": [orjson.Fragment(one.written) for one in ready],
    }
    return said | {"cursor": cursor} if cursor else said


def push(store: Store, client: Pushes, kept: Memory, told: Told, ready: list[Ready] | None = None) -> None:
    """Send all that waits; ``told`` hears what is remembered and what became of each batch once that is kept.

    ``ready`` is the first batch, when it has been made already. Batches grow while answers come quickly.
    """
    if ready is None:
        ready = first(store, kept)
    with ThreadPoolExecutor(1, "push") as pool:
        times = 1
        sent = _send(pool, store, client, ready, kept.hash, _cursor(kept))
        while sent is not None:
            with store.read() as session:
                following = batch(session, kept, ready[-1], times)
            answer, seconds = sent.result()
            times = min(2 * times, WIDEST) if seconds < QUICK else 1
            alone = _carried(kept, answer)
            whole = len(_done(ready, answer)) == len(ready)
            sent = _send(pool, store, client, following, ready[-1].hash, alone) if whole else None
            kept, pushed = keep(store, kept, ready, answer)
            told(kept, pushed)
            ready = following
            if sent is None and pushed.sent:
                ready = first(store, kept)
                sent = _send(pool, store, client, ready, kept.hash, _cursor(kept))


def first(store: Store, kept: Memory) -> list[Ready]:
    """The batch that a push begins with; empty when nothing waits."""
    with store.read() as session:
        return batch(session, kept)


_Sent = Future[tuple[dict[str, Any], float]]


def _send(
    pool: ThreadPoolExecutor, store: Store, client: Pushes, ready: list[Ready], prev_hash: str, cursor: str
) -> _Sent | None:
    def send() -> tuple[dict[str, Any], float]:
        began = monotonic()
        return client.push(body(store, ready, prev_hash, cursor)), monotonic() - began

    return pool.submit(send) if ready else None


def _cursor(kept: Memory) -> str:
    """How far this device has read, where a push may carry it on: not while something is still to be read whole."""
    return "" if kept.sweeping or kept.loading else kept.cursor


def _carried(kept: Memory, answer: Mapping[str, Any]) -> str:
    """How far an answer carries this device on: not when its rights have changed, for then it passed over some."""
    return str(answer.get("cursor") or "") if answer.get("grant_v") == kept.grant_v else ""


def waiting(session: Session, most: int = -1, after: int = 0) -> Iterable[Any]:
    """Rows of the outbox in their order: ``most`` of them (-1: all), those above number ``after``."""
    found = session.connection().exec_driver_sql(_WAITING, (after, most))
    return in_a_row.from_iterable(found.partitions(_READ))


def keep(
    store: Store, kept: Memory, ready: Sequence[Ready], answer: Mapping[str, Any]
) -> tuple[Memory, Pushed]:
    """Take off the queue what the office named, in order, up to the first that it did not name."""
    done = _done(ready, answer)
    held = [(one, reason) for one, status, reason in done if status == "quarantined"]
    asked = _to_ask(done, unread=kept.unread)
    if done:
        last = done[-1][0]
        new = (pair for pair in asked if pair not in kept.asked)
        cursor = _carried(kept, answer) or kept.cursor  # when nobody else wrote, all up to there is here
        kept = replace(kept, acked=last.n, hash=last.hash, asked=(*kept.asked, *new), cursor=cursor)
    with store.apply() as connection:
        _move(connection, done, store.clock.now())
        _hold(connection, held, store.clock.now())
        if kept.sweeping:
            # Before the first page only what is deleted, which no page brings; the pages bring the rest.
            taken = [
                one.row
                for one, status, _ in done
                if status == "applied" and (not kept.unread or one.op["set"].get("deleted") is True)
            ]
            placing.see(connection, ((row.table_name, row.record_id) for row in taken))
        memory.write(connection, kept)
    lost = sum(status == "conflict" for _, status, _ in done)
    return kept, Pushed(len(done), lost, len(held), alone=bool(_carried(kept, answer)))


def _done(ready: Sequence[Ready], answer: Mapping[str, Any]) -> list[tuple[Ready, str, str]]:
    """What became of the operations that the answer names, up to the first that it does not."""
    results = _results(answer)
    done: list[tuple[Ready, str, str]] = []
    for one in ready:
        if one.op["id"] not in results:
            break
        done.append((one, *results[one.op["id"]]))
    return done


def _to_ask(done: Sequence[tuple[Ready, str, str]], *, unread: bool) -> list[tuple[str, str]]:
    """The records of which the office may show something else, without a change that a pull would bring.

    What became of a duplicate was told in an answer that got lost, or in a life before this one; when all
    is still to be read from the start (``unread``), that brings it if it is live.
    """
    plain = ("applied", "duplicate") if unread else ("applied",)
    return list(
        dict.fromkeys((one.op["tbl"], one.op["rid"]) for one, status, _ in done if status not in plain)
    )


def forget_durable(connection: Connection, durable: object) -> None:
    """What is in a proved backup of the office need not be kept here."""
    if isinstance(durable, int) and durable > 0:
        connection.exec_driver_sql("DELETE FROM sent WHERE n <= ?", (durable,))


def digest_at(session: Session, kept: Memory, n: int) -> str | None:
    """The hash that number ``n`` of this life would have with what waits here; None if there are not so many."""
    if n == kept.acked:
        return kept.hash
    rows = waiting(session, n - kept.acked)
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
    """The operation of a row as it is sent; a third of the time that ``wire.op_json`` of an ``Op`` takes."""
    op_id, txn_id, _, table, rid, kind, fields, base, stamp, _, _, made_at = row[1:]
    return {
        "id": columns.id_text(op_id),
        "n": n,
        "txn": columns.id_text(txn_id),
        "tbl": table,
        "rid": columns.id_text(rid),
        "kind": kind,
        "set": orjson.loads(fields),
        "base": orjson.loads(base),
        "stamp": stamp,
        "made_at": _moment(made_at),
    }


@lru_cache(64)  # all of an action were made at one moment
def _moment(kept: str) -> str:
    return datetime.fromisoformat(kept).replace(tzinfo=UTC).isoformat()


def _results(answer: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for result in answer.get("results") or ():
        op_id, status, *reason = result
        if status in STATUSES:
            found[str(op_id)] = (status, str(reason[0]) if reason and reason[0] else "")
    return found


def _move(connection: Connection, done: Sequence[tuple[Ready, str, str]], now: datetime) -> None:
    """Within the database, by place in the queue and id: row for row it took twice as long."""
    if not done:
        return
    moved = [(one.row.n, one.row.op_id.hex(), one.n, one.hash, status) for one, status, _ in done]
    said = orjson.dumps(moved).decode()
    connection.exec_driver_sql(_MOVE, (_kept_moment(now), said))
    connection.exec_driver_sql(_CLEAR, (done[0][0].row.n, done[-1][0].row.n, said))


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
