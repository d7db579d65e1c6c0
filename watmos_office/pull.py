"""The feed as a caller may read it: what changed in their buckets since their cursor, in commit order (docs/sync.md 6).

A caller learns of their own buckets alone: cursors are sealed, ``moved`` looks at nothing else, and rows of tables that
are not for them appear neither as rows nor as gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Connection, Row
from sqlalchemy.sql.elements import TextClause

from watmos_desktop.services.sync import pages, wire
from watmos_office import outward, projection, walls
from watmos_office.caller import Caller
from watmos_office.cursors import open_cursor, seal_cursor
from watmos_office.errors import Answer
from watmos_office.office import Office, head
from watmos_office.outward import Sheaf

__all__ = ["moved", "open_cursor", "pull", "rows", "seal_cursor", "wait", "whole"]

WAIT = 25.0  # seconds a long poll is held at most
_LOOK = 0.5  # seconds between two looks at the head, by one worker for all who wait
_ASKED = 1_000  # entries asked one by one whether they may wake somebody
_SCAN = 50_000  # entries looked through for one page, when they are nearly all the caller's own writes
ROWS = 500  # records asked for by name at once

# A device's own writes are named but not read: it holds them already.
_FEED = """
SELECT b.seq, b.tbl, b.rid, b.present, r.deleted,
    CASE WHEN r.echo = :me THEN NULL ELSE CAST(r.data AS text) END,
    CASE WHEN r.echo = :me THEN NULL ELSE CAST(r.stamps AS text) END,
    CASE WHEN NOT b.present THEN EXISTS (SELECT 1 FROM row_bucket o WHERE o.tbl = b.tbl AND o.rid = b.rid
        AND o.present AND o.bucket {among} LIMIT 1 OFFSET 0) END
FROM ({entries} ORDER BY seq LIMIT :limit) b
LEFT JOIN record r ON b.present AND r.tbl = b.tbl AND r.rid = b.rid
ORDER BY b.seq
"""
# PostgreSQL would sort all that lies ahead for each page; so it takes the next few of each bucket by the index.
_ENTRIES = {
    "sqlite": "SELECT seq, tbl, rid, present FROM row_bucket WHERE bucket {among} AND seq > :after AND seq <= :until",
    "postgresql": """SELECT e.* FROM unnest(CAST(:buckets AS text[])) held (bucket), LATERAL (
        SELECT seq, tbl, rid, present FROM row_bucket o
        WHERE o.bucket = held.bucket AND seq > :after AND seq <= :until ORDER BY seq LIMIT :limit) e""",
}
# What a role does not see must not wake its devices either; the few tables whose rows are asked one by one come after.
_MOVED = "SELECT 1 FROM row_bucket WHERE bucket {among} AND seq > :after AND tbl {wanted} LIMIT :most"
_WHOLE = "SELECT count(*) FROM row_bucket WHERE bucket {among} AND seq > :after AND tbl {wanted} AND present"
_MOVED_BY_ROW = """
SELECT b.tbl, b.rid, CAST(r.data AS text) FROM row_bucket b JOIN record r ON r.tbl = b.tbl AND r.rid = b.rid
WHERE b.bucket {among} AND b.seq > :after AND b.tbl {wanted} ORDER BY b.seq LIMIT :most
"""
_ONE = """
SELECT r.deleted, CAST(r.data AS text), CAST(r.stamps AS text) FROM record r
WHERE r.tbl = :tbl AND r.rid = :rid AND EXISTS
    (SELECT 1 FROM row_bucket b WHERE b.tbl = r.tbl AND b.rid = r.rid AND b.present AND b.bucket {among}
     LIMIT 1 OFFSET 0)
"""
_LEFT = """
SELECT CAST(r.data AS text) FROM record r
WHERE r.tbl = :tbl AND r.rid = :rid AND EXISTS
    (SELECT 1 FROM row_bucket b WHERE b.tbl = r.tbl AND b.rid = r.rid AND NOT b.present AND b.bucket {among})
"""


@dataclass
class _Scan:
    """What was found of the feed between two numbers."""

    sheaf: Sheaf
    reached: int
    more: bool = False
    left: list[tuple[str, UUID]] = field(default_factory=list)


def pull(office: Office, caller: Caller, cursor: str, limit: int, incarnation: UUID | None) -> bytes:
    """One page of what is new to this device, at most about ``limit`` rows, as zstd NDJSON.

    ``incarnation`` names the device's present life, whose own writes are left out. Raises Answer 409 ``cursor``
    or ``epoch``.
    """
    after = open_cursor(office, caller.device_id, cursor)
    with office.reading() as connection:
        newest = head(connection)
        if after > newest:
            raise Answer(409, "cursor")
        scan = _Scan(Sheaf(caller.actor), newest)
        if after < newest:  # otherwise nothing has happened at all, and one look was enough
            walls.stand_behind(connection, caller.buckets)
            scan = _scan(connection, caller, (after, newest), min(max(limit, 1), outward.MOST), incarnation)
    gone = _gone(office, caller, scan.left) if after else []
    return pages.write(_page(office, caller, newest, scan.reached, scan.sheaf, gone, more=scan.more))


def rows(office: Office, caller: Caller, wanted: list[tuple[str, UUID]]) -> bytes:
    """The present state of those records; whatever is not there or not theirs is ``gone``, nobody learns which.

    Raises Answer 400 for more than 500.
    """
    if len(wanted) > ROWS:
        raise Answer(400, "bad_request")
    sheaf, gone = Sheaf(caller.actor), []
    with walls.reading(office, caller.buckets) as connection:
        newest = head(connection)
        buckets = outward.among(connection, caller.buckets)
        for table, rid in dict.fromkeys(wanted):
            one = outward.statement(connection, _ONE, rid=rid)
            found = connection.execute(one, {"tbl": table, "buckets": buckets}).first()
            if found is None or not sheaf.add(table, rid, *found):
                gone.append((table, rid))
    return pages.write(_page(office, caller, newest, newest, sheaf, gone, more=False))


def moved(office: Office, caller: Caller, cursor: str) -> bool:
    """Whether anything in the caller's own buckets is newer than the cursor; raises as ``pull``."""
    after = open_cursor(office, caller.device_id, cursor)
    with office.reading() as connection:
        if after >= head(connection):
            return False
        walls.stand_behind(connection, caller.buckets)
        return holds_news(connection, caller, after)


def holds_news(connection: Connection, caller: Caller, after: int) -> bool:
    """Whether anything in the caller's own buckets has a higher number, of what they may know of."""
    seen = [one for table in outward.TABLES if (one := projection.profile(caller.actor.role, table))]
    plain = [one.table for one in seen if not one.by_row]
    if _entries(connection, caller, after, (_MOVED, plain, 1)):
        return True
    asked = _entries(
        connection, caller, after, (_MOVED_BY_ROW, [one.table for one in seen if one.by_row], _ASKED)
    )
    return len(asked) == _ASKED or any(
        projection.visible(caller.actor, table, orjson.loads(data), outward.as_uuid(rid))
        for table, rid, data in asked
    )


def whole(office: Office, caller: Caller) -> int:
    """About how many records a first load brings, to say how far it has come.

    Removed ones count, those that lie in two places twice, and tables whose rows are asked one by one not at all.
    """
    seen = [one for table in outward.TABLES if (one := projection.profile(caller.actor.role, table))]
    with walls.reading(office, caller.buckets) as connection:
        found = _entries(connection, caller, 0, (_WHOLE, [one.table for one in seen if not one.by_row], 1))
    return int(found[0][0])


def _entries(
    connection: Connection, caller: Caller, after: int, what: tuple[str, list[str], int]
) -> Sequence[Any]:
    sql, tables, most = what
    wanted = outward.AMONG[connection.dialect.name].replace(":buckets", ":tables")
    held, among = outward.among(connection, caller.buckets), outward.among(connection, tables)
    given = {"buckets": held, "tables": among, "after": after, "most": most}
    return connection.execute(outward.statement(connection, sql.replace("{wanted}", wanted)), given).all()


async def wait(
    office: Office,
    caller: Caller,
    cursor: str,
    *,
    seconds: float = WAIT,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> bool:
    """Hold the line until something moves for this caller, at most ``seconds``; raises as ``pull``.

    One look at the head every half second serves all who wait at this worker; only when it rose is anyone's own
    part of the feed looked at.
    """
    seen, until = -1, monotonic() + seconds
    while True:
        newest = await _head(office)
        if newest != seen:
            seen = newest
            if await asyncio.to_thread(moved, office, caller, cursor):
                return True
        left = until - monotonic()
        if left <= 0:
            return False
        await pause(min(_LOOK, left))


_heads: WeakKeyDictionary[Office, tuple[float, int]] = WeakKeyDictionary()


async def _head(office: Office) -> int:
    at, known = _heads.get(office, (0.0, -1))
    if known < 0 or monotonic() - at >= _LOOK:
        _heads[office] = (monotonic(), known)  # the others go on with what is known while this one looks
        known = await asyncio.to_thread(_look, office)
        _heads[office] = (monotonic(), known)
    return known


def _look(office: Office) -> int:
    with office.reading() as connection:
        return head(connection)


def _scan(
    connection: Connection, caller: Caller, span: tuple[int, int], limit: int, incarnation: UUID | None
) -> _Scan:
    """Read entries until ``limit`` rows are found; a number is never cut in two."""
    after, newest = span
    scan = _Scan(Sheaf(caller.actor), after)
    entries = _ENTRIES[connection.dialect.name]
    feed = outward.statement(connection, _FEED.replace("{entries}", entries), me=incarnation)
    given = {"buckets": outward.among(connection, caller.buckets), "until": newest, "limit": limit + 1}
    seen: set[tuple[str, Any]] = set()
    looked = 0
    scan.more = True
    while scan.more and scan.sheaf.count < limit and looked < _SCAN:
        found = connection.execute(feed, {**given, "after": scan.reached}).all()
        scan.more = len(found) > limit
        if scan.more:
            found = _whole_numbers(connection, feed, given, found)
        for seq, table, rid, present, deleted, data, stamps, elsewhere in found:
            if scan.sheaf.full and seq > scan.reached:
                scan.more = True
                return scan
            scan.reached = seq
            if (table, rid) in seen or elsewhere:
                continue
            seen.add((table, rid))
            if not present:
                scan.left.append((table, outward.as_uuid(rid)))
            elif data is not None:
                scan.sheaf.add(table, rid, deleted, data, stamps)
        looked += len(found)
        if not scan.more:
            scan.reached = newest
    return scan


def _whole_numbers(
    connection: Connection, feed: TextClause, given: dict[str, Any], found: Sequence[Row[Any]]
) -> Sequence[Row[Any]]:
    cut = found[-1].seq
    kept = [entry for entry in found if entry.seq < cut]
    return kept or connection.execute(feed, {**given, "after": cut - 1, "until": cut, "limit": _SCAN}).all()


def _gone(office: Office, caller: Caller, left: list[tuple[str, UUID]]) -> list[tuple[str, UUID]]:
    """Of what left the caller's buckets, that which they could see while it was there.

    The wall hides what has left, also from the office when it reads for a caller; so the few tables whose rows
    must be asked one by one are looked up in front of it, and nothing of them but this yes or no goes out.
    """
    profiles = {table: projection.profile(caller.actor.role, table) for table, _ in left}
    gone = [(table, rid) for table, rid in left if (found := profiles[table]) and not found.by_row]
    asked = [(table, rid) for table, rid in left if (found := profiles[table]) and found.by_row]
    if asked:
        with office.reading() as connection:
            buckets = outward.among(connection, caller.buckets)
            for table, rid in asked:
                one = outward.statement(connection, _LEFT, rid=rid)
                data = connection.scalar(one, {"tbl": table, "buckets": buckets})
                if data is not None and projection.visible(caller.actor, table, orjson.loads(data), rid):
                    gone.append((table, rid))
    return gone


def _page(
    office: Office,
    caller: Caller,
    newest: int,
    reached: int,
    sheaf: Sheaf,
    gone: list[tuple[str, UUID]],
    *,
    more: bool,
) -> pages.Page:
    device = caller.device_id
    return pages.Page(
        head=seal_cursor(office, device, newest),
        epoch=str(office.epoch),
        grant_v=caller.grant_v,
        schema=wire.SCHEMA,
        tables=sheaf.tables(),
        gone=gone,
        next=seal_cursor(office, device, reached),
        more=more,
    )
