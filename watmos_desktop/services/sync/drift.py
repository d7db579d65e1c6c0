"""Once a day, when nothing waits: do this device and the office still hold the same? (docs/sync.md 6)

Each bucket is compared by a count and a digest. Where they differ the bucket is read again, and what truly was
different is laid down and counted: a difference without a reason is a defect of the program.
"""

# ruff: noqa: S608 - every part of the SQL is a name of the models
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services import log
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import columns, incoming, lying, memory, wire
from watmos_desktop.services.sync.memory import Memory
from watmos_desktop.services.sync.pages import Page
from watmos_desktop.services.sync.placing import Key

EVERY = timedelta(days=1)
_MOST = 2000  # records that are asked for by name, at most, when one bucket differs

_OWNED = ("attachment", "clock", "conflict")
_OWN_PLACE = (
    ("estate", "estate", "id"),
    ("block", "block", "id"),
    ("template_version", "org", "x''"),
    ("staff", "org", "x''"),
    ("staff", "user", "id"),
    ("staff_scope", "org", "x''"),
    ("staff_scope", "user", "staff_id"),
    ("contractor", "org", "x''"),
    ("leave", "org", "x''"),
    ("lone_day", "org", "x''"),
    ("lone_check", "org", "x''"),
    ("visitor", "org", "x''"),
    ("restricted_case", "case", "id"),
    ("case_note", "case", "case_id"),
)
_PLACED = tuple(
    table
    for table, model in SYNCED.items()
    if table not in ("block", "estate", "staff_scope") and "estate_id" in model.__table__.columns  # type: ignore[attr-defined]
)


class Checks(incoming.Pulls, Protocol):
    """The part of the client that is used here."""

    def check(self, bucket: str) -> dict[str, Any]:
        """What the office counts in a bucket."""
        ...


def check(store: Store, client: Checks, kept: Memory) -> tuple[Memory, int]:
    """Compare every bucket if a day has passed; gives how many records were different."""
    now = store.clock.now().astimezone(UTC)
    last = memory.moment(kept.checked)
    if kept.sweeping or (last is not None and timedelta(0) <= now - last < EVERY):
        return kept, 0
    if last is None:  # everything has just been read for the first time
        return _checked(store, replace(kept, checked=now.isoformat())), 0
    different = [bucket for bucket, ours in _digests(store, kept).items() if ours != _theirs(client, bucket)]
    found = sum(_put_right(store, client, kept, bucket) for bucket in different)
    if found:
        log.event("sync.drift", rows=found, buckets=len(different))
    return _checked(store, replace(kept, checked=now.isoformat(), drifts=kept.drifts + found)), found


def _checked(store: Store, kept: Memory) -> Memory:
    with store.apply() as connection:
        memory.write(connection, kept)
    return kept


def _theirs(client: Checks, bucket: str) -> tuple[int, int]:
    said = client.check(bucket)
    return int(said["count"]), int(said["digest"])


def _put_right(store: Store, client: Checks, kept: Memory, bucket: str) -> int:
    """Read a bucket again and lay down what differs, but for what changed since or waits here."""
    pages = list(_whole(client, bucket))
    with store.read() as session:
        ours = _rows(session, kept, _members(session, kept, bucket))
        different = {key for page in pages for key in _differing(session, page)}
        theirs = {
            (rows.table, columns.rid(row[0])) for page in pages for rows in page.tables for row in rows.rows
        }
    astray = [key for key in ours if key not in theirs][:_MOST]
    wanted = [*different, *astray]
    count = 0
    for start in range(0, len(wanted), incoming.ASKED_AT_ONCE):
        some = wanted[start : start + incoming.ASKED_AT_ONCE]
        page = client.rows([(table, UUID(bytes=key)) for table, key in some])
        with store.read() as session:
            count += len(list(_differing(session, page))) + len(page.gone)
        incoming.lay_again(store, kept, page)
    return count


def _whole(client: Checks, bucket: str) -> Iterator[Page]:
    after, more = "", True
    while more:
        page = client.bootstrap(bucket, after, incoming.PAGE)
        yield page
        after, more = page.next, page.more


def _differing(session: Session, page: Page) -> Iterator[Key]:
    for rows in page.tables:
        if not columns.is_synced(rows.table):
            continue
        keys = [columns.rid(row[0]) for row in rows.rows]
        names = [name for name in rows.columns if name in columns.known(rows.table)]
        here = _said(session, rows.table, names, keys)
        for key, row in zip(keys, rows.rows, strict=True):
            said = dict(zip(rows.columns, row[4:], strict=True))
            fields = {name: said[name] for name in names if said[name] is not None}
            if here.get(key) != wire.digest(rows.table, UUID(bytes=key), row[1], fields):
                yield rows.table, key


def _digests(store: Store, kept: Memory) -> dict[str, tuple[int, int]]:
    """Count and digest of each bucket as it is held here."""
    found: dict[str, tuple[int, int]] = dict.fromkeys(kept.held, (0, 0))
    with store.read() as session:
        here = _lying(session, kept)
        for table in SYNCED:
            names = kept.columns.get(table)
            if not names:
                continue
            for key, digest in _said(session, table, names, None).items():
                for bucket in here.get((table, key), ()):
                    if bucket in found:
                        count, total = found[bucket]
                        found[bucket] = count + 1, total ^ digest
    return found


def _members(session: Session, kept: Memory, bucket: str) -> list[Key]:
    return [key for key, buckets in _lying(session, kept).items() if bucket in buckets]


def _rows(session: Session, kept: Memory, keys: Iterable[Key]) -> set[Key]:
    """Those of the records that are not deleted and that this role receives."""
    by_table: dict[str, list[bytes]] = defaultdict(list)
    for table, key in keys:
        by_table[table].append(key)
    return {
        (table, key)
        for table, some in by_table.items()
        if table in kept.columns
        for key in _said(session, table, [], some)
    }


def _said(session: Session, table: str, names: list[str], keys: list[bytes] | None) -> dict[bytes, int]:
    """The digest of each live record by what it says in those columns."""
    connection = session.connection()
    readers = [columns.reader(table, name) for name in names]
    chosen = ", ".join(["id", "deleted", *names])
    found: dict[bytes, int] = {}
    select = f"SELECT {chosen} FROM {table}"
    rows: Iterable[Any]
    if keys is None:
        rows = connection.exec_driver_sql(f"{select} WHERE deleted = 0")
    else:
        rows = (
            row for key in keys for row in connection.exec_driver_sql(f"{select} WHERE id = ?", (key,)).all()
        )
    for key, deleted, *cells in rows:
        fields = {
            name: value
            for name, read, cell in zip(names, readers, cells, strict=True)
            if (value := read(cell)) is not None
        }
        found[key] = wire.digest(table, UUID(bytes=key), bool(deleted), fields)
    return found


def _lying(session: Session, kept: Memory) -> dict[Key, set[str]]:
    """Which buckets each record lies in, as well as this device can tell (watmos_office/buckets.py decides)."""
    found: dict[Key, set[str]] = defaultdict(set)
    run = session.connection().exec_driver_sql
    own = [(table, f"'{kind}', {column}") for table, kind, column in _OWN_PLACE]
    own += [(table, _place(table)) for table in _PLACED]
    for table, place in own:
        for key, kind, about in run(f"SELECT id, {place} FROM {table}"):
            found[table, key].add(_bucket(kind, about))
    for block, estate in run("SELECT id, estate_id FROM block"):
        found["estate", estate].add(_bucket("block", block))
    for table, (column, above) in lying.INHERITS.items():
        for key, parent in run(f"SELECT id, {column} FROM {table}"):
            found[table, key] |= found.get((above, parent), set())
    _concerns(run, found, kept)
    for table in _OWNED:
        for key, owner, parent in run(f"SELECT id, owner_table, owner_id FROM {table}"):
            found[table, key] |= found.get((owner, parent), set())
    _people(run, found)
    return found


def _concerns(run: Any, found: dict[Key, set[str]], kept: Memory) -> None:
    """Words of concern lie apart: in their case, where the guardians of their place read, or with who wrote them."""
    table = lying.CONCERNS
    for key, kind, named, case in run(f"SELECT id, kind, record_table, record_id FROM {table}"):
        if not lying.is_concern(table, kind, named):
            continue
        care = {f"{lying.CARE}{bucket}" for bucket in found[table, key]}
        if named == lying.CASE and case:
            found[table, key] = {f"case:{UUID(bytes=case)}"}
        else:  # who wrote it the office knows: who is no guardian has it for no other reason
            found[table, key] = care if care & {*kept.held} else {lying.own_words(kept.member)}


def _people(run: Any, found: dict[Key, set[str]]) -> None:
    """Someone lies where their homes do; one who left the last stays there."""
    homes: dict[bytes, list[tuple[bool, set[str]]]] = defaultdict(list)
    for key, person, deleted in run("SELECT id, person_id, deleted FROM household_member"):
        homes[person].append((bool(deleted), found.get(("household_member", key), set())))
    for person, held in homes.items():
        live = [buckets for deleted, buckets in held if not deleted] or [buckets for _, buckets in held]
        found["person", person] |= set().union(*live)


def _place(table: str) -> str:
    if "block_id" not in columns.known(table):
        return "'estate', estate_id"
    return "CASE WHEN block_id IS NULL THEN 'estate' ELSE 'block' END, coalesce(block_id, estate_id)"


def _bucket(kind: str, about: bytes) -> str:
    return f"{kind}:{UUID(bytes=about)}" if about else kind
