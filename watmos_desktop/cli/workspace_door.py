"""Opening the workspace for a command: where it is, its passphrase, and who is using it."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from watmos_desktop.services.errors import Told

if TYPE_CHECKING:
    from watmos_desktop.services.store import Store

T = TypeVar("T")


def passphrase() -> str:
    """The passphrase from WATMOS_PASSPHRASE, or asked for where there is someone to ask; Told otherwise.

    From here on this program's memory stays out of crash dumps.
    """
    from watmos_desktop.services import vault

    vault.no_core_dumps()
    if given := os.environ.get("WATMOS_PASSPHRASE"):
        return given
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass("Passphrase: ")
    raise Told("The passphrase is missing.", "Put it in WATMOS_PASSPHRASE, or run this in a terminal.")


def with_code(run: Callable[[str], T]) -> T:
    """``run(code)`` with WATMOS_RECOVERY_CODE; where the computer lost its key and somebody is there, it is asked for.

    Raises what ``run`` raises: tie.SecretGone where there is no code and nobody to ask.
    """
    from watmos_desktop.services import tie

    given = os.environ.get("WATMOS_RECOVERY_CODE", "")
    try:
        return run(given)
    except (tie.SecretGone, tie.KeystoreSilent) as told:
        if given or sys.stdin is None or not sys.stdin.isatty():
            raise
        print(told, file=sys.stderr)
        return run(getpass.getpass("Recovery code: "))


@contextmanager
def open_store(args: argparse.Namespace, *, shows: bool = True) -> Iterator[Store]:
    """The workspace of ``args.home``, used by ``args.person``, WATMOS_AS, who used it last, or its only manager.

    What ``shows`` records asks first whether this device may still show them: raises LeaseOver. Syncing it may always.
    """
    from watmos_desktop.services import backup, sweeping
    from watmos_desktop.services.store import Store
    from watmos_desktop.services.sync import lease

    words = passphrase()
    store = with_code(lambda code: Store.open(args.home, words, code=code))
    try:
        if shows:
            lease.require(store)
        _choose(store, args.person or os.environ.get("WATMOS_AS", ""))
        yield store
        backup.roll(store, closing=True)  # as the window does: nothing where nothing changed
        sweeping.sweep(store)
    finally:
        store.close()


def _choose(store: Store, name: str) -> None:
    from watmos_desktop.services import staff

    who = name or staff.last_used(store)
    if who is None:
        raise Told("Say who is using this workspace.", "Add --as NAME, or set WATMOS_AS.")
    staff.act_as(store, who)
