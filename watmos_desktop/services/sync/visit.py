"""One visit to the office, for the window and the command line alike: what came of it is remembered for the strip."""

from __future__ import annotations

from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import engine, keys, memory, status, wiping
from watmos_desktop.services.sync.client import Client
from watmos_desktop.services.sync.engine import Progress, Report, Tell


def visit(
    store: Store, client: Client, tell: Tell = lambda _: None, stronghold: keys.Keystore | None = None
) -> Report:
    """Send and fetch everything. Raises as ``engine.sync`` does; ``status.status`` says afterwards what it was.

    ``stronghold`` is where the anchor is raised, by which a workspace that is put back is noticed offline.
    """
    try:
        report = engine.sync(store, client, tell)
    except wiping.Wiped:
        raise  # there is nothing left to remember it in
    except Told as problem:
        status.went_wrong(store, problem)
        raise
    status.went_well(store)
    keys.raise_anchor(store, memory.load(store).acked, stronghold)
    return report


__all__ = ["Progress", "Report", "visit"]
