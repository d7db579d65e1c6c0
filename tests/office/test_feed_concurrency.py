"""Sixteen who write at once, some slow, some giving up: whoever reads on from a cursor sees every committed row.

The same writers with a plain sequence lose rows under the same readers: the proof that this test can fail.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, create_engine, func, insert, select, text
from uuid_utils.compat import uuid7

from tests.fakes import FakeClock
from tests.office.conftest import new_database
from tests.office.sending import member, repair, town
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.sync import pages
from watmos_office import pull, saving
from watmos_office.caller import Caller
from watmos_office.office import Office
from watmos_office.tables import Record, RowBucket

WRITERS, POLLERS, SECONDS = 16, 3, 1.5
Number = Callable[[Connection, list[tuple[str, tuple[str, str], bool]]], object]


@pytest.fixture
def shared(postgresql: str, tmp_path: Path) -> Iterator[Office]:
    """An office on PostgreSQL whose pool is wide enough for all of them."""
    office = Office(new_database(postgresql), tmp_path / "office", clock=FakeClock())
    office.engine.dispose()
    office.engine = create_engine(office.engine.url, pool_size=WRITERS + POLLERS + 1)
    yield office
    office.close()


@dataclass
class Seen:
    """What was committed, and what the readers came to know of."""

    committed: set[str] = field(default_factory=set)
    found: list[set[str]] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)
    writing: threading.Event = field(default_factory=threading.Event)


def write(office: Office, seen: Seen, number: Number, seed: int) -> None:
    dice = random.Random(seed)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        rids = [str(uuid7()) for _ in range(dice.randint(1, 4))]
        with office.engine.connect() as connection:
            connection.execute(insert(Record), [_record(rid) for rid in rids])
            number(connection, [("org", ("repair", rid), True) for rid in rids])
            if dice.random() < 0.3:  # a slow disk, a busy machine
                connection.execute(text("SELECT pg_sleep(0.02)"))
            if dice.random() < 0.15:
                connection.rollback()
                continue
            connection.commit()
        with seen.guard:
            seen.committed.update(rids)


def _record(rid: str) -> dict[str, Any]:
    row = {"tbl": "repair", "rid": UUID(rid), "data": {}, "stamps": {}, "deleted": False, "newest": ""}
    return {**row, "changed_at": datetime.now(UTC)}


def poll(office: Office, seen: Seen, found: set[str]) -> None:
    cursor, last = 0, False
    while not last:
        last = not seen.writing.is_set()  # once more after the last commit
        with office.reading() as connection:
            asked = select(RowBucket.seq, RowBucket.rid).where(RowBucket.seq > cursor).order_by(RowBucket.seq)
            for seq, rid in connection.execute(asked):
                cursor = seq
                found.add(str(rid))


def poll_pages(office: Office, seen: Seen, found: set[str]) -> None:
    """The same through the pages that devices read."""
    actor = Actor(uuid7(), "", Role.MANAGER)
    caller = Caller(uuid7(), "active", actor, frozenset({"org"}), 1)
    cursor, last = "", False
    while not last:
        last, more = not seen.writing.is_set(), True
        while more:
            page = pages.read(pull.pull(office, caller, cursor, 50, None))
            found.update(row[0] for rows in page.tables for row in rows.rows)
            cursor, more = page.next, page.more


def race(office: Office, number: Number, read: Callable[[Office, Seen, set[str]], None] = poll) -> Seen:
    seen = Seen(found=[set() for _ in range(POLLERS)])
    seen.writing.set()
    with ThreadPoolExecutor(WRITERS + POLLERS) as threads:
        polls = [threads.submit(read, office, seen, found) for found in seen.found]
        writes = [threads.submit(write, office, seen, number, seed) for seed in range(WRITERS)]
        try:
            for one in writes:
                one.result()
        finally:
            seen.writing.clear()
        for one in polls:
            one.result()
    return seen


def by_sequence(connection: Connection, entries: list[tuple[str, tuple[str, str], bool]]) -> None:
    """The mutant: numbers from a sequence, taken when the row is written."""
    for bucket, (table, rid), present in entries:
        connection.execute(
            text("INSERT INTO row_bucket VALUES (:bucket, :tbl, :rid, nextval('plain'), :present)"),
            {"bucket": bucket, "tbl": table, "rid": UUID(rid), "present": present},
        )


@pytest.mark.campaign
def test_no_reader_passes_a_row_that_is_still_to_come(shared: Office) -> None:
    seen = race(shared, saving.feed)
    assert len(seen.committed) > WRITERS
    for found in seen.found:
        assert found == seen.committed
    with shared.reading() as connection:  # without gaps, too: a rollback gives its numbers back
        rows = connection.execute(select(func.count(), func.max(RowBucket.seq)).select_from(RowBucket)).one()
        assert rows[0] == rows[1] == len(seen.committed)


@pytest.mark.campaign
def test_a_pull_passes_no_row_that_is_still_to_come(shared: Office) -> None:
    seen = race(shared, saving.feed, poll_pages)
    assert len(seen.committed) > WRITERS
    for found in seen.found:
        assert found == seen.committed


@pytest.mark.campaign
def test_a_plain_sequence_would_lose_rows(shared: Office) -> None:
    with shared.writing() as connection:
        connection.execute(text("CREATE SEQUENCE plain"))
    seen = race(shared, by_sequence)
    assert any(found < seen.committed for found in seen.found)


def test_devices_that_push_at_once_all_arrive_and_merge(shared: Office) -> None:
    """Eight devices, half of them on the same records in opposite order: no deadlock shows, nothing is lost."""
    small = town(shared)
    senders = [member(shared, Role.CARETAKER, estates=small.estates) for _ in range(8)]
    rids = [uuid7() for _ in range(6)]
    first = senders[0]
    first.send(*(first.new("repair", repair(small, first), rid, base={}) for rid in rids))

    def work(at: int) -> list[tuple[str, str]]:
        me, order = senders[at], rids if at % 2 else rids[::-1]
        done: list[tuple[str, str]] = []
        for turn in range(4):
            shared_ops = [me.op("repair", rid, {"title": f"{at} {turn}"}, base={}) for rid in order]
            done += me.send(*shared_ops, me.new("repair", repair(small, me), base={}))
        return done

    with ThreadPoolExecutor(len(senders)) as threads:
        for results in threads.map(work, range(len(senders))):
            assert len(results) == 4 * (len(rids) + 1)
            assert {status for status, _ in results} <= {"applied", "conflict"}
    with shared.reading() as connection:
        feed = connection.execute(select(func.count(), func.count(RowBucket.seq.distinct()))).one()
        assert feed[0] == feed[1]
        live = select(func.count()).where(RowBucket.tbl == "repair", RowBucket.present.is_(True))
        assert connection.scalar(live) == len(rids) + 8 * 4
