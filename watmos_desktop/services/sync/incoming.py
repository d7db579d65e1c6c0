"""Reads the office's state: whole buckets page by page, then what changed, all of it up to the head at once.

A first load is laid down as it comes and can be broken off anywhere; later changes become visible together, in one
transaction with the cursor that says so (docs/sync.md 6).
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection

from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import bulk, memory, placing, purge
from watmos_desktop.services.sync.memory import Memory
from watmos_desktop.services.sync.pages import Page
from watmos_desktop.services.sync.placing import Key, Placing

PAGE = 5000
LOAD = 10_000
AHEAD = 3  # pages that wait while one is laid down
TOGETHER = 50  # buckets of one request
AT_ONCE = 20_000  # rows of a first load that are saved together
ASKED_AT_ONCE = 500
BRAKE_SHARE, BRAKE_ROWS = 0.2, 50

Progress = Callable[[int], object]
Loading = Callable[[int, int], object]


class Moved(Exception):  # noqa: N818 - says what happened
    """The office is not as it was at the hello: it was restored, or what this person may see has changed."""


class TooMuchGone(Told):
    """The office took away a great part of the records without having changed what this person may see."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"The office sent word that {number:,} of the records here are no longer there, which cannot be right.",
            "They are kept here. Tell the office before you sync again.",
        )


class Pulls(Protocol):
    """The part of the client that is used here."""

    def pull(self, cursor: str, limit: int, incarnation: UUID | str) -> Page:
        """One page of what changed."""
        ...

    def bootstrap(self, bucket: str, after: str, limit: int) -> Page:
        """One page of a bucket, or of several with commas between."""
        ...

    def rows(self, wanted: Iterable[tuple[str, UUID]]) -> Page:
        """The present state of some records."""
        ...


def load(store: Store, client: Pulls, kept: Memory, tell: Loading) -> tuple[Memory, int]:
    """Load the granted buckets that are not here yet; gives how many rows came. Goes on where it was broken off.

    ``tell`` hears how many the whole load has brought so far, from its very beginning, and about how many it is to.
    """
    count = 0
    read: list[Page] = []
    with closing(_ahead(client, kept)) as coming:
        try:
            for buckets, page in coming:
                _same_office(page, kept)
                loading = {names: after for names, after in kept.loading.items() if names != buckets}
                if page.more:
                    loading[buckets] = page.next
                else:
                    kept = replace(kept, held=(*kept.held, *buckets.split(",")))
                shown = {some.table: list(some.columns) for some in page.tables}
                count += page.count
                kept = replace(
                    kept,
                    loading=loading,
                    cursor=kept.cursor or page.head,
                    columns=kept.columns | shown,
                    loaded=kept.loaded + page.count,
                )
                read.append(page)
                if sum(one.count for one in read) >= AT_ONCE:
                    ready, read = read, []
                    _lay(store, kept, ready)
                tell(kept.loaded, kept.expected)
        finally:
            if read:  # also what came before the network went
                _lay(store, kept, read)
    return replace(kept, loaded=0, expected=0), count


def _ahead(client: Pulls, kept: Memory) -> Generator[tuple[str, Page]]:
    """The pages of all buckets that are to be loaded; a few more come while one is laid down."""
    coming: queue.Queue[tuple[str, Page] | BaseException | None] = queue.Queue(AHEAD)
    over = threading.Event()

    def give(what: tuple[str, Page] | BaseException | None) -> None:
        while not over.is_set():
            with suppress(queue.Full):
                coming.put(what, timeout=0.1)
                return

    def fetch() -> None:
        try:
            for buckets in _groups(kept):
                after, more = kept.loading.get(buckets, ""), True
                while more and not over.is_set():
                    page = client.bootstrap(buckets, after, LOAD)
                    after, more = page.next, page.more
                    give((buckets, page))
            give(None)
        except BaseException as fault:  # told where it is waited for
            give(fault)

    with ThreadPoolExecutor(1, "load") as pool:
        pool.submit(fetch)
        try:
            while (found := coming.get()) is not None:
                if isinstance(found, BaseException):
                    raise found
                yield found
        finally:
            over.set()


def _groups(kept: Memory) -> list[str]:
    """What is still to be loaded, many buckets together as one request asks for them; first what was begun."""
    begun = {bucket for names in kept.loading for bucket in names.split(",")}
    rest = [bucket for bucket in kept.buckets if bucket not in kept.held and bucket not in begun]
    return [*kept.loading, *(",".join(rest[at : at + TOGETHER]) for at in range(0, len(rest), TOGETHER))]


def pull(store: Store, client: Pulls, kept: Memory, tell: Progress) -> tuple[Memory, int]:
    """Read up to the head and lay everything down in one transaction; gives how many rows came."""
    read: list[Page] = []
    cursor, more, count = kept.cursor, True, 0
    while more:
        page = client.pull(cursor, PAGE, str(store.incarnation))
        _same_office(page, kept)
        read.append(page)
        more = page.more and page.next != cursor
        cursor = page.next
        count += sum(len(some.rows) for some in page.tables)
        tell(count)
    gone = [one for page in read for one in page.gone]
    if cursor == kept.cursor and not count and not gone:
        return kept, 0
    kept = replace(kept, cursor=cursor)
    return _without_blobs(store, kept, read, gone), count


def ask(store: Store, client: Pulls, kept: Memory) -> Memory:
    """Put the records of held work back to the office's state; those that it does not show are taken away."""
    while kept.asked:
        some = kept.asked[:ASKED_AT_ONCE]
        page = client.rows([(table, UUID(rid)) for table, rid in some])
        _same_office(page, kept)
        kept = replace(kept, asked=kept.asked[len(some) :])
        kept = _without_blobs(store, kept, [page], page.gone, trusted=True)
    return kept


def lay_again(store: Store, kept: Memory, page: Page) -> None:
    """Lay down records that were asked for by name, and take away those that are not there for this person."""
    _without_blobs(store, kept, [page], page.gone, trusted=True)


def end_sweep(store: Store, kept: Memory) -> tuple[Memory, int]:
    """Everything was read from the start: what was not seen is no longer ours. Gives how many rows that were."""
    with _placing(store, kept) as (connection, placed):
        going = placing.unseen(connection)
        if not kept.grants_changed:
            _brake(connection, going)
        with bulk.quietly(connection, Counter(table for table, _ in going), placed.touched):
            shas = purge.forget(connection, going, kept.member_id)
            _touch(placed, going)
        kept = replace(kept, sweeping="", grants_changed=False, going=(*kept.going, *shas))
        memory.write(connection, kept)
    return purge.blobs(store, kept), len(going)


def _lay(store: Store, kept: Memory, read: Sequence[Page]) -> None:
    with _placing(store, kept) as (connection, placed):
        with bulk.quietly(connection, _counted(read), placed.touched):
            for page in read:
                placed.page(page)
        _observe(store, connection, placed)
        memory.write(connection, kept)


def _without_blobs(
    store: Store,
    kept: Memory,
    read: Sequence[Page],
    gone: Iterable[tuple[str, UUID]],
    *,
    trusted: bool = False,
) -> Memory:
    with _placing(store, kept) as (connection, placed):
        going = placed.gone(gone)
        if not trusted:
            _brake(connection, going)
        with bulk.quietly(connection, _counted(read, going), placed.touched):
            for page in read:
                placed.page(page)
            shas = purge.forget(connection, going, kept.member_id)
            _touch(placed, going)
        _observe(store, connection, placed)
        kept = replace(kept, going=(*kept.going, *shas))
        memory.write(connection, kept)
    return purge.blobs(store, kept)


@contextmanager
def _placing(store: Store, kept: Memory) -> Iterator[tuple[Connection, Placing]]:
    """A round of placing whose touched records are announced once it is saved."""
    with store.apply(foreign_keys=False) as connection:
        placed = Placing(connection, sweeping=bool(kept.sweeping) and not kept.unread)
        yield connection, placed
    announce(store, placed.touched)


def announce(store: Store, touched: Mapping[str, Iterable[bytes]]) -> None:
    """Tell the pages which records changed."""
    if store.listeners:
        store.announce({table: {UUID(bytes=key) for key in keys} for table, keys in touched.items() if keys})


def _counted(read: Iterable[Page], going: Iterable[Key] = ()) -> Counter[str]:
    """How many rows of each table come or go."""
    found = Counter(table for table, _ in going)
    for page in read:
        for some in page.tables:
            found[some.table] += len(some.rows)
    return found


def _touch(placed: Placing, going: Iterable[Key]) -> None:
    for table, key in going:
        placed.touched[table].append(key)


def _observe(store: Store, connection: Connection, placed: Placing) -> None:
    if placed.newest:
        store.observe(connection, placed.newest)


def _brake(connection: Connection, going: Sequence[Key]) -> None:
    if len(going) <= BRAKE_ROWS:
        return
    here = sum(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() for table in SYNCED)  # noqa: S608
    if len(going) > BRAKE_SHARE * here:
        raise TooMuchGone(len(going))


def _same_office(page: Page, kept: Memory) -> None:
    if str(page.epoch) != kept.epoch or page.grant_v != kept.grant_v:
        raise Moved
