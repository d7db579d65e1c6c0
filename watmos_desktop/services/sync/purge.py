"""Takes records away that are no longer this person's, with everything that repeats what they said (sync.md 1.5)."""

# ruff: noqa: S608 - every part of the SQL is a name of the models
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from watmos_desktop.models.kinds import VisitStatus
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import lying, memory
from watmos_desktop.services.sync.memory import Memory
from watmos_desktop.services.sync.placing import Key

COMPACT_AT = 1000  # rows: then the room is given back, and with it every trace on the disk
_OWN_WORDS = f"""
    SELECT id FROM {lying.CONCERNS} word WHERE kind = ? AND text <> ''
    AND visit_id IN (SELECT id FROM visit WHERE status = ?)
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE table_name = '{lying.CONCERNS}' AND record_id = word.id)
    AND NOT EXISTS (SELECT 1 FROM sent WHERE table_name = '{lying.CONCERNS}' AND record_id = word.id)
    AND NOT EXISTS (SELECT 1 FROM attachment WHERE owner_table = '{lying.CONCERNS}' AND owner_id = word.id)
"""
_COPIES = ("change", "sent", "unknown_field")


def forget(connection: Connection, going: Iterable[Key], member: UUID) -> tuple[str, ...]:
    """Delete records, their conflicts, history and sent copies; gives the photos whose bytes nobody names any more.

    A photo of this person's own that the office has not confirmed keeps its bytes. Search follows by triggers.
    """
    by_table: dict[str, list[bytes]] = defaultdict(list)
    for table, key in going:
        by_table[table].append(key)
    if not by_table:
        return ()
    run = connection.exec_driver_sql
    for table, keys in list(by_table.items()):
        about = [
            (one[0],)
            for key in keys
            for one in run("SELECT id FROM conflict WHERE owner_table = ? AND owner_id = ?", (table, key))
        ]
        if about:
            by_table["conflict"] += [key for (key,) in about]
    shas = _photos(connection, by_table.get("attachment", ()))
    for table, keys in by_table.items():
        run(f"DELETE FROM {table} WHERE id = ?", [(key,) for key in keys])
        for copies in _COPIES:
            run(
                f"DELETE FROM {copies} WHERE table_name = ? AND record_id = ?", [(table, key) for key in keys]
            )
    named = {sha for (sha,) in run("SELECT DISTINCT sha256 FROM attachment")} if shas else set()
    confirmed = {sha for (sha,) in run("SELECT sha256 FROM receipt")} if shas else set()
    return tuple(
        sorted(
            sha
            for sha, authors in shas.items()
            if sha not in named and (sha in confirmed or member.bytes not in authors)
        )
    )


def own_words(store: Store, kept: Memory) -> int:
    """Take away the words of concern of finished visits once the office and its backup have them; gives how many.

    On a device that a second person has confirmed they stay until they are a case. One that waits is not told of that,
    so that whoever joined in somebody's name learns nothing from it: it keeps no words to be told of.
    """
    if kept.cases != "waiting":
        return 0
    with store.read() as session:
        there = session.connection().exec_driver_sql(_OWN_WORDS, (lying.CONCERN, VisitStatus.COMPLETED.value))
        going = [(lying.CONCERNS, key) for (key,) in there]
    if going:
        with store.apply(foreign_keys=False) as connection:
            forget(connection, going, kept.member_id)
    return len(going)


def blobs(store: Store, kept: Memory) -> Memory:
    """Remove the bytes of photos that were taken away; told again after a crash until it is done."""
    if not kept.going:
        return kept
    for sha in kept.going:
        store.blobs.remove(sha)
    kept = replace(kept, going=())
    with store.apply() as connection:
        memory.write(connection, kept)
    return kept


def _photos(connection: Connection, keys: Iterable[bytes]) -> dict[str, set[bytes]]:
    found: dict[str, set[bytes]] = defaultdict(set)
    for key in keys:
        for sha, author in connection.exec_driver_sql(
            "SELECT sha256, added_by FROM attachment WHERE id = ?", (key,)
        ):
            found[sha].add(author)
    return found


def is_much(rows: int) -> bool:
    """Whether so many rows went that the database is worth writing anew."""
    return rows >= COMPACT_AT
