"""The first load of buckets, in pages that can be resumed (docs/sync.md 6, sync.md 1.7).

Every page says the head it was read at; a device goes on pulling from the head of its first page, so whatever
changes while it loads comes after.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from watmos_desktop.services.sync import pages, wire
from watmos_office import audit, outward, walls
from watmos_office.caller import Caller
from watmos_office.cursors import open_resume, seal_cursor, seal_resume
from watmos_office.errors import Answer, not_found
from watmos_office.office import Office, head
from watmos_office.outward import Sheaf

LIMIT = 5_000  # rows of a page
TOGETHER = 64  # buckets of one request

_PRESENT = "SELECT DISTINCT tbl FROM row_bucket WHERE bucket {among}"
# First the entries of a page, then their records: joined as a whole, the planner may read a table from its start.
_ROWS = """
SELECT b.rid, r.deleted, CASE WHEN NOT r.deleted THEN CAST(r.data AS text) END, CAST(r.stamps AS text)
FROM (SELECT DISTINCT tbl, rid FROM row_bucket
      WHERE bucket {among} AND tbl = :tbl AND present AND rid > :after ORDER BY rid LIMIT :limit) b
LEFT JOIN record r ON r.tbl = b.tbl AND r.rid = b.rid
ORDER BY b.rid
"""
_FIRST = UUID(int=0)
CASE = "case:"


def bootstrap(office: Office, caller: Caller, bucket: str, after: str, limit: int = LIMIT) -> bytes:
    """One page of the live rows of a bucket: parents before children, then by id; ``next`` is empty at the end.

    ``bucket`` may name several with commas between, which are read as one: what lies in two of them comes once.
    Raises Answer 404 for a bucket that is not there or not theirs, 409 ``cursor`` or ``epoch`` for a bad ``after``.
    """
    buckets = bucket.split(",")
    if len(buckets) > TOGETHER:
        raise Answer(400, "bad_request")
    if not caller.buckets.issuperset(buckets):
        raise not_found()
    table, rid = open_resume(office, caller.device_id, bucket, after)
    sheaf = Sheaf(caller.actor)
    with walls.reading(office, buckets) as connection:
        newest = head(connection)
        last = _gather(connection, sheaf, buckets, (table, rid or _FIRST), min(max(limit, 1), outward.MOST))
    device = caller.device_id
    if not after:
        _note_cases(office, caller, buckets)
    page = pages.Page(
        head=seal_cursor(office, device, newest),
        epoch=str(office.epoch),
        grant_v=caller.grant_v,
        schema=wire.SCHEMA,
        tables=sheaf.tables(),
        gone=[],
        next=seal_resume(office, device, bucket, *last) if last else "",
        more=last is not None,
    )
    return pages.write(page)


def _note_cases(office: Office, caller: Caller, buckets: Sequence[str]) -> None:
    """Which case went whole to which device stands in the audit: who looks at it there, the case's log says (S32)."""
    fetched = [bucket.removeprefix(CASE) for bucket in buckets if bucket.startswith(CASE)]
    if fetched:
        with office.writing() as connection:
            for one in fetched:
                audit.note(connection, office, caller.member_id, "case.fetch", f"{one} {caller.device_id}")


def _gather(
    connection: Connection, sheaf: Sheaf, buckets: Sequence[str], after: tuple[str, UUID], limit: int
) -> tuple[str, UUID] | None:
    """Put in up to ``limit`` rows and say where to go on; None when there is no more."""
    tables = outward.TABLES[_start(after[0]) :]
    given = {"buckets": outward.among(connection, buckets)}
    if not after[0]:  # most buckets are small and hold few of the tables
        there = set(connection.scalars(outward.statement(connection, _PRESENT), given))
        tables = tuple(table for table in tables if table in there)
    for table in tables:
        if sheaf.profile(table) is None:
            continue
        left = limit - sheaf.count
        rows = outward.statement(connection, _ROWS, after=after[1] if table == after[0] else _FIRST)
        found = connection.execute(rows, {**given, "tbl": table, "limit": left + 1}).all()
        last: Any = _FIRST.bytes
        for number, (rid, deleted, data, stamps) in enumerate(found):
            if number == left or sheaf.full:
                return table, outward.as_uuid(last)
            if data is not None:
                sheaf.add(table, rid, deleted, data, stamps)
            last = rid
    return None


def _start(table: str) -> int:
    if table and table not in outward.TABLES:
        raise Answer(409, "cursor")  # a table of an older program: from the start
    return outward.TABLES.index(table) if table else 0
