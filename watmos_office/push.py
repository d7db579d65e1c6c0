"""Takes what a device sends: its stream checked, each operation answered by name, in one transaction (docs/sync.md 5).

Nothing is refused for what it says: what may not be applied goes to quarantine with its content, and the queue moves.
A whole request is refused only when it does not fit on what this life of the device has sent before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from watmos_desktop.services.sync import wire
from watmos_office import fetching, pull, quarantine, saving
from watmos_office.applying import Applying
from watmos_office.caller import Caller
from watmos_office.cursors import open_cursor, seal_cursor
from watmos_office.errors import Answer
from watmos_office.office import Office, head
from watmos_office.tables import Device, Stream
from watmos_office.understanding import Item, understand_all

_TRIES = 8
_AGAIN = frozenset({"40001", "40P01", "55P03"})  # serialization, deadlock, lock timeout


@dataclass(frozen=True)
class _Request:
    incarnation: UUID
    first_n: int
    prev_hash: str
    items: Sequence[Item]
    hashes: Sequence[str]  # of the chain after each operation
    cursor: str  # how far the device has read, if it wants to be carried on

    @property
    def last_n(self) -> int:
        return self.first_n + len(self.items) - 1


class _Forked(Exception):  # noqa: N818 - what was found
    """Someone else goes on from where this life stopped: a copy."""


def push(office: Office, caller: Caller, body: Mapping[str, Any]) -> dict[str, Any]:
    """Apply at most 2,000 operations; gives ``last_n``, ``hash``, ``durable_n`` and a result for each of them.

    With a ``cursor``, and nothing for this device between it and now but what it has just written, another one.
    Raises Answer 400 bad_request, 409 gap (``last_n``) or forked, 413 too_large, 503 busy.
    """
    request = _read(caller, body)
    try:
        return _patiently(office, caller, request)
    except _Forked:
        with office.writing() as connection:
            alarm = update(Device).where(Device.id == caller.device_id).values(alarm="forked")
            connection.execute(alarm)
        raise Answer(409, "forked") from None


def _patiently(office: Office, caller: Caller, request: _Request) -> dict[str, Any]:
    for _ in range(_TRIES):
        try:
            with office.writing() as connection:
                return _take(connection, office, caller, request)
        except DBAPIError as fault:
            if not _worth_another_try(fault):
                raise
    raise Answer(503, "busy", retry_after=2)


def _worth_another_try(fault: DBAPIError) -> bool:
    """Two at once made the same record, or waited for each other; the loser starts again and sees the other."""
    if isinstance(fault, IntegrityError):
        return True
    code = getattr(fault.orig, "sqlstate", None)
    return code in _AGAIN or (
        code is None and isinstance(fault, OperationalError) and "locked" in str(fault.orig)
    )


def _read(caller: Caller, body: Mapping[str, Any]) -> _Request:
    ops, first_n, prev = body.get("ops"), body.get("first_n"), body.get("prev_hash")
    if type(ops) is not list or type(first_n) is not int or first_n < 1 or type(prev) is not str:
        raise Answer(400, "bad_request")
    if len(ops) > wire.OPS_PER_PUSH:
        raise Answer(413, "too_large")
    try:
        incarnation = wire.parse_id(body.get("incarnation"))
        me = str(caller.member_id)
        items = understand_all(caller.actor, me, ops)
        hashes: list[str] = []
        digest = prev
        for item in items:
            digest = hashlib.sha256(digest.encode() + item.written).hexdigest()
            hashes.append(digest)
    except wire.Malformed:
        raise Answer(400, "bad_request") from None
    contiguous = all(item.n == first_n + at for at, item in enumerate(items))
    if not contiguous or len({item.id for item in items}) != len(items) or len(prev) > 64:
        raise Answer(400, "bad_request")
    if caller.status == "drain":
        for item in items:
            item.verdict = "drain"
    cursor = body.get("cursor")
    return _Request(incarnation, first_n, prev, items, hashes, cursor if type(cursor) is str else "")


def _take(connection: Connection, office: Office, caller: Caller, request: _Request) -> dict[str, Any]:
    stream = _stream(connection, caller, request)
    known = _known(connection, request.items)
    _check(stream, request, known)
    now = office.clock.now().astimezone(UTC)
    for item in request.items:
        item.status, item.reason = "", item.verdict
    fresh = _fresh(request, known, stream.last_n)
    work = Applying(connection, caller, request.incarnation, now)
    work.take(fresh, quarantine.stopped(connection, caller.device_id, {item.txn for item in fresh[:1]}))
    last_n, newest = max(stream.last_n, request.last_n), stream.hash
    if last_n > stream.last_n:
        newest = request.hashes[last_n - request.first_n]
    _keep(connection, caller, request, fresh, now)
    quarantine.keep(connection, caller, [item for item in request.items if item.status == "quarantined"], now)
    connection.execute(
        update(Stream)
        .where(Stream.device_id == caller.device_id, Stream.incarnation == request.incarnation)
        .values(last_n=last_n, hash=newest)
    )
    answer: dict[str, Any] = {"last_n": last_n, "hash": newest, "durable_n": stream.durable_n}
    answer["results"] = _results(connection, request.items, known)
    before = _read_up_to(connection, office, caller, request.cursor)
    work.write()
    if before is not None and (now_at := work.alone_since(before)) is not None:
        answer["cursor"] = seal_cursor(office, caller.device_id, now_at)
        answer["grant_v"] = caller.grant_v  # under other rights something else may lie between
    return answer


def _read_up_to(connection: Connection, office: Office, caller: Caller, cursor: str) -> int | None:
    """The head of the feed, if this device's cursor may as well stand there: nothing for it lies between."""
    try:
        after = open_cursor(office, caller.device_id, cursor)
    except Answer:
        return None  # the pull tells what is wrong with it
    newest = head(connection)
    if not after or after > newest:
        return None
    return None if after < newest and pull.holds_news(connection, caller, after) else newest


def _stream(connection: Connection, caller: Caller, request: _Request) -> Any:
    """The row of this life of the device, locked; a new life may begin at any number."""
    mine = (Stream.device_id == caller.device_id, Stream.incarnation == request.incarnation)
    asked = select(Stream.last_n, Stream.hash, Stream.durable_n).where(*mine).with_for_update()
    if (found := connection.execute(asked).first()) is not None:
        return found
    if request.prev_hash:
        raise Answer(409, "gap", last_n=0)
    connection.execute(
        insert(Stream).values(
            device_id=caller.device_id,
            incarnation=request.incarnation,
            last_n=request.first_n - 1,
            hash="",
            durable_n=0,
        )
    )
    return connection.execute(asked).one()


class _Kept(NamedTuple):
    hash: str
    status: str


def _known(connection: Connection, items: Sequence[Item]) -> dict[UUID, _Kept]:
    """What is already kept under these operations' ids."""
    found = fetching.operations(connection, [str(item.raw["id"]) for item in items])
    return {op_id: _Kept(digest, status) for op_id, digest, status in found}


def _check(stream: Any, request: _Request, known: Mapping[UUID, Any]) -> None:
    """Whether these operations go on where this life stopped, or repeat what it said before."""
    if request.first_n > stream.last_n + 1:
        raise Answer(409, "gap", last_n=stream.last_n)
    if request.first_n == stream.last_n + 1:
        if request.prev_hash != stream.hash:
            raise _Forked
        return
    if request.last_n >= stream.last_n:
        if request.hashes[stream.last_n - request.first_n] != stream.hash:
            raise _Forked
        return
    for item in request.items:
        if item.id not in known or known[item.id].hash != item.content:
            raise _Forked


def _fresh(request: _Request, known: Mapping[UUID, Any], last_n: int) -> list[Item]:
    """The operations to work on: not those kept before under the same id, whatever their number was then."""
    fresh: list[Item] = []
    for item in request.items:
        kept = known.get(item.id)
        if kept is None:
            # Answered before, but not kept: its id belonged to something else.
            if item.n > last_n:
                fresh.append(item)
            else:
                item.status, item.reason = "quarantined", "collision"
        elif kept.hash == item.content:
            item.status = "duplicate"
        else:
            item.status, item.reason = "quarantined", "collision"
    return fresh


def _keep(
    connection: Connection, caller: Caller, request: _Request, items: Sequence[Item], now: datetime
) -> None:
    number = len(items)
    columns: dict[str, Sequence[Any]] = {
        "id": [item.raw["id"] for item in items],
        "device_id": [caller.device_id] * number,
        "incarnation": [request.incarnation] * number,
        "n": [item.n for item in items],
        "hash": [item.content for item in items],
        "member_id": [caller.member_id] * number,
        "tbl": [item.key[0] for item in items],
        "rid": [item.key[1] for item in items],
        "status": [item.status for item in items],
        "body": [item.written for item in items],
        "received_at": [now] * number,
    }
    saving.operations(connection, columns)


def _results(connection: Connection, items: Sequence[Item], known: Mapping[UUID, Any]) -> list[list[str]]:
    """What became of each; of one that came before, what became of it then."""
    again = [
        item.id for item in items if item.status == "duplicate" and known[item.id].status == "quarantined"
    ]
    reasons = quarantine.reasons(connection, again)
    results: list[list[str]] = []
    for item in items:
        name = item.raw["id"]
        if item.id in reasons:
            results.append([name, "quarantined", reasons[item.id]])
        elif item.status == "duplicate" and known[item.id].status == "conflict":
            results.append([name, "conflict", ""])
        else:
            reason = item.reason if item.status == "quarantined" else ""
            results.append([name, item.status, reason])
    return results
