"""One program at a time on a workspace: a lock that the system itself lets go when the program dies."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from watmos_desktop.services.errors import Told
from watmos_desktop.services.files import private_folder

LOCK = "workspace.lock"


class AlreadyOpen(Told):
    """Another program, or another window of this one, has the workspace open."""

    def __init__(self) -> None:
        super().__init__(
            "This workspace is already open in another WATMOS Desktop window or command.",
            "Go to that window, or close it and try again.",
        )


@contextlib.contextmanager
def hold(home: Path) -> Iterator[None]:
    """Keep the workspace ``home`` to this program while the block runs; raises AlreadyOpen.

    The file stays behind, empty: it is the lock on it that counts, so a crash never leaves the folder locked.
    """
    private_folder(home)
    file = os.open(home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(file)
        yield
    finally:
        os.close(file)  # lets go of the lock


if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> None:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError as cause:
            raise AlreadyOpen from cause

else:
    import fcntl

    def _take(file: int) -> None:
        try:
            # flock, not lockf, which lets one process take the lock twice and lose it on any close.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise AlreadyOpen from cause
