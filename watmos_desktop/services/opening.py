"""The ways in which a workspace comes to be open (by passphrase, by PIN, made anew, as a demo), and its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from watmos_desktop.services import backup, keystore, photo_child, pin, settings, staff, sweeping, vault
from watmos_desktop.services.clock import Clock
from watmos_desktop.services.store import Store

DEMO_PASSPHRASE = "demo landlord, nothing real"  # noqa: S105 - it guards nothing
DEMO_HOMES, DEMO_YEARS = 320, 1.0


def by_passphrase(home: Path, passphrase: str, code: str = "", clock: Clock | None = None) -> Store:
    """Open a workspace; ``code`` where its computer has lost its key. Raises as ``Store.open`` does."""
    return Store.open(home, passphrase, code=code, clock=clock)


def again(session: pin.Session, digits: str, clock: Clock | None = None) -> Store:
    """Open what was locked in this session; the folder is held before the PIN is judged. Raises as ``pin`` does."""
    return Store.reopen(session.home, lambda: session.open(digits), clock=clock)


def new(home: Path, name: str, passphrase: str, clock: Clock | None = None) -> Store:
    """Make a workspace that its first person uses."""
    store = Store.create(home, passphrase, clock=clock)
    staff.first_person(store, name)
    return store


def demonstration(home: Path, clock: Clock | None = None) -> Store:
    """Open the landlord that is not real, made at the first time."""
    if vault.exists(home):
        return Store.open(home, DEMO_PASSPHRASE, clock=clock)
    from watmos_desktop.services import demo  # the drawing of its photos is imported when it is wanted

    store = Store.create(home, DEMO_PASSPHRASE, clock=clock)
    try:
        demo.make(store, DEMO_HOMES, DEMO_YEARS, seed=1)
        settings.mark_demo(store)
    except BaseException:
        store.close()
        raise
    return store


def can_tie() -> bool:
    """Whether this computer has a keystore; takes up to three seconds."""
    return keystore.here() is not None


def shut(store: Store, finish: Callable[[], object]) -> None:
    """``finish`` what is under way, a backup if anything changed, the weekly sweep, then the end, whatever fails."""
    finish()
    try:
        backup.roll(store, closing=True)
        sweeping.sweep(store)
    finally:
        store.close()
        photo_child.stop()  # the pixels of the last photo are in its memory
