"""Opening the workspace for a command: where it is, its passphrase, and who is using it."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from watmos_desktop.services.errors import Told

if TYPE_CHECKING:
    from watmos_desktop.services.store import Store


def passphrase() -> str:
    """The passphrase from WATMOS_PASSPHRASE, or asked for where there is someone to ask; Told otherwise."""
    if given := os.environ.get("WATMOS_PASSPHRASE"):
        return given
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass("Passphrase: ")
    raise Told("The passphrase is missing.", "Put it in WATMOS_PASSPHRASE, or run this in a terminal.")


@contextmanager
def open_store(args: argparse.Namespace) -> Iterator[Store]:
    """The workspace of ``args.home``, used by ``args.person``, WATMOS_AS, who used it last, or its only manager."""
    from watmos_desktop.services import backup
    from watmos_desktop.services.store import Store

    store = Store.open(args.home, passphrase())
    try:
        _choose(store, args.person or os.environ.get("WATMOS_AS", ""))
        yield store
        backup.roll(store, closing=True)  # as the window does: nothing where nothing changed
    finally:
        store.close()


def _choose(store: Store, name: str) -> None:
    from watmos_desktop.services import staff

    who = name or staff.last_used(store)
    if who is None:
        raise Told("Say who is using this workspace.", "Add --as NAME, or set WATMOS_AS.")
    staff.act_as(store, who)
