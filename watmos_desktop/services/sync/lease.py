"""Until when this device may show its records without a word from the office (security.md S19).

The device's clock alone cannot lengthen it: the latest moment ever seen counts, and while the program runs, the
time that has truly passed. The office's word puts both right. Nothing is deleted when it ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import memory

_KEY = "lease"
_STEP = timedelta(minutes=1)  # how far the latest moment moves before it is kept again

Seconds = Callable[[], float]
_running: WeakKeyDictionary[Store, tuple[float, datetime]] = WeakKeyDictionary()


class LeaseOver(Told):
    """Nothing is shown until the office has answered."""

    def __init__(self) -> None:
        super().__init__(
            "This device has not been in touch with the office for too long.",
            "Connect to a network and sync: everything is still here and shows again at once.",
        )


def met(store: Store, connection: Connection, at: str, *, seconds: Seconds = time.monotonic) -> None:
    """The office said what time it is (ISO 8601); kept in the transaction of ``store.apply``."""
    moment = datetime.fromisoformat(at).astimezone(UTC)
    _running[store] = (seconds(), moment)
    memory.keep(connection, _KEY, {"latest": moment.isoformat()})


def now(store: Store, *, seconds: Seconds = time.monotonic) -> datetime:
    """The latest moment that it can be, in UTC. Call it every minute or so: it remembers that time has passed."""
    latest = memory.moment(store.recall(_KEY).get("latest", ""))
    here = store.clock.now().astimezone(UTC)
    began, moment = _running.setdefault(store, (seconds(), max(here, latest or here)))
    found = max(here, moment + timedelta(seconds=seconds() - began), latest or here)
    if latest is None or found - latest >= _STEP:
        store.remember(_KEY, {"latest": found.isoformat()})
    return found


def ends(store: Store) -> datetime | None:
    """When the lease ends, in UTC; None for a workspace without an office, which needs none."""
    with store.read() as session:
        kept = memory.read(session)
    return memory.moment(kept.lease_until) if kept else None


def is_over(store: Store, *, seconds: Seconds = time.monotonic) -> bool:
    """Whether the office has to be asked before anything is shown."""
    until = ends(store)
    return until is not None and now(store, seconds=seconds) > until


def require(store: Store, *, seconds: Seconds = time.monotonic) -> None:
    """Raise LeaseOver when it is over."""
    if is_over(store, seconds=seconds):
        raise LeaseOver
