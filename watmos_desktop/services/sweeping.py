"""Once a week, when a workspace is closed: bytes of photos that no record ever named are deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from watmos_desktop.models.tables import Attachment
from watmos_desktop.services.store import Store

EVERY = timedelta(days=7)
_KEY = "swept"  # a fact of the workspace


def sweep(store: Store) -> int:
    """Delete what a crash or a cancelled photo left; gives how many files. Nothing happens within a week of the last.

    A photo of a deleted record stays: undo and backups may bring it back. Bytes younger than a day stay too: their
    record may be on its way (blobs.py).
    """
    now = store.clock.now()
    last = store.recall(_KEY).get("at")
    if last and now - datetime.fromisoformat(last) < EVERY:
        return 0
    with store.read() as session:
        named = set(session.scalars(select(Attachment.sha256).distinct()))
    gone = store.blobs.sweep(named)
    store.remember(_KEY, {"at": now.isoformat()})
    return gone
