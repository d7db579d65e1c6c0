"""The lives of this workspace: a new one begins when it was restored or copied, or when the office was (sync.md 1.12).

A new life numbers from the start and offers everything that is kept again, with the operations' ids as they were, so
that the office knows those that it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import memory, outgoing, placing
from watmos_desktop.services.sync.memory import Memory

RESTORED = "restored"


def begin(store: Store, kept: Memory) -> Memory:
    """Before anything is sent: a workspace that was put back, or has just joined, starts a numbering of its own."""
    restored = bool(store.recall(RESTORED))
    if restored or kept.incarnation != str(store.incarnation):
        return renew(store, kept, "restored" if restored else "joined")
    return kept


def renew(store: Store, kept: Memory, why: str, epoch: str | None = None) -> Memory:
    """Begin a new life: offer everything again, read everything from the start. ``epoch`` is the office's new one."""
    with store.apply() as connection:
        incarnation = store.renew(connection)
        outgoing.offer_again(connection)
        sweeping = why if placing.begin_sweep(connection, kept.member_id) else ""
        kept = replace(
            kept,
            epoch=kept.epoch if epoch is None else epoch,
            incarnation=str(incarnation),
            acked=0,
            hash="",
            **_from_start(kept, sweeping),
        )
        memory.write(connection, kept)
        connection.exec_driver_sql("UPDATE meta SET value = '{}' WHERE key = ?", (RESTORED,))
    store.lived(incarnation)
    return kept


def read_from_start(store: Store, kept: Memory, why: str, *, grants_changed: bool = False) -> Memory:
    """Read everything again; what is not seen by the end is no longer ours."""
    with store.apply() as connection:
        sweeping = why if placing.begin_sweep(connection, kept.member_id) else ""
        changed = bool(sweeping) and (grants_changed or kept.grants_changed)
        kept = replace(kept, grants_changed=changed, **_from_start(kept, sweeping))
        memory.write(connection, kept)
    return kept


def agree(store: Store, kept: Memory, stream: Mapping[str, Any]) -> Memory:
    """Put right what the office says it has of this life: an answer was lost, or it holds less than it said."""
    last_n, digest = int(stream["last_n"]), str(stream["hash"])
    with store.read() as session:
        ours = outgoing.digest_at(session, kept, last_n) if last_n >= kept.acked else None
    if last_n >= kept.acked:
        if ours != digest:
            return renew(store, kept, "forked")
        return kept
    return resume(store, kept, last_n)


def resume(store: Store, kept: Memory, last_n: int) -> Memory:
    """Send again from ``last_n + 1`` if everything since then is still kept here; else begin a new life."""
    with store.apply() as connection:
        found = connection.exec_driver_sql(
            "SELECT n, hash FROM sent WHERE n >= ? ORDER BY n", (last_n,)
        ).all()
        hashes = {row[0]: row[1] for row in found}
        hashes.setdefault(0, "")
        whole = last_n in hashes and all(n in hashes for n in range(last_n + 1, kept.acked + 1))
        if whole:
            outgoing.offer_again(connection, after=last_n)
            kept = replace(kept, acked=last_n, hash=hashes[last_n])
            memory.write(connection, kept)
    return kept if whole else renew(store, kept, "gap")


def _from_start(kept: Memory, sweeping: str) -> dict[str, Any]:
    return {"cursor": "", "held": (), "loading": {}, "sweeping": sweeping, "read_as": kept.role}
