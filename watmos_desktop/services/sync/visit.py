"""One visit to the office, for the window and the command line alike: what came of it is remembered for the strip."""

from __future__ import annotations

from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import engine, keys, lives, memory, status, wiping
from watmos_desktop.services.sync.client import Client
from watmos_desktop.services.sync.engine import Progress, Report, Tell


def visit(
    store: Store, client: Client, tell: Tell = lambda _: None, stronghold: keys.Keystore | None = None
) -> Report:
    """Send and fetch everything. Raises as ``engine.sync`` does; ``status.status`` says afterwards what it was.

    ``stronghold`` keeps the anchor, by which a workspace that was copied or put back is noticed before it sends: it
    goes on as another life, so that nothing it numbers is taken for what was sent before.
    """
    try:
        kept = memory.load(store)
        if keys.was_put_back(store, kept.acked, stronghold):
            lives.renew(store, kept, "put back")
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
