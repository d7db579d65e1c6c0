"""Files that are there whole or not at all, in folders that only their owner may read (security.md S27)."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sys
import time
from pathlib import Path

from watmos_desktop.services.errors import Told

_PART = ".part"  # a file under way: ".<random>.part", beside the file that it will become

_BLOCK = 1 << 20


class NotWritten(Told):
    """The disk would not take a file; whatever was there before is unchanged."""

    def __init__(self, cause: OSError) -> None:
        message, hint = _WORDS.get(cause.errno or 0, _OTHERWISE)
        super().__init__(message, hint)


_FULL = (
    "There is no room left on this disk.",
    "Free some space, then save again. Nothing saved before is lost.",
)
_REFUSED = (
    "This computer does not allow writing there.",
    "Choose another folder, or ask for access to this one.",
)
_OTHERWISE = (
    "The disk did not take the file.",
    "Check that the disk is connected and sound, then save again.",
)
_WORDS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _REFUSED,
    errno.EPERM: _REFUSED,
    errno.EROFS: _REFUSED,
    errno.ENOENT: ("That folder is not there.", "Choose a folder that exists, then save again."),
    errno.ENOTDIR: ("That folder is not there.", "Choose a folder that exists, then save again."),
}


def write_whole(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``, replacing what is there; readable by its owner alone.

    When this returns, the bytes and the name survive a power cut. Stopped at any moment, ``path`` holds
    either all of the old or all of the new. Raises NotWritten; the folder must exist.
    """
    part = path.parent / f".{secrets.token_hex(8)}{_PART}"
    try:
        try:
            file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            try:
                left = memoryview(data)
                while left:
                    left = left[os.write(file, left[:_BLOCK]) :]
                _sync(file)
            finally:
                os.close(file)
            part.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink()
            raise
        sync_folder(path.parent)
    except OSError as cause:
        raise NotWritten(cause) from cause


def put_in_place(part: Path, path: Path) -> None:
    """Give a finished file or folder ``part`` its name ``path`` beside it, as ``write_whole`` does. Raises NotWritten.

    Each file of a folder has to be synced by whoever wrote it; a single file is synced here.
    """
    try:
        if part.is_file():
            file = os.open(part, os.O_RDWR)
            try:
                _sync(file)
            finally:
                os.close(file)
        part.replace(path)
    except OSError as cause:
        raise NotWritten(cause) from cause
    sync_folder(path.parent)


def private_folder(path: Path) -> Path:
    """Make ``path``, and what is missing above it, for its owner alone, and return it. Raises NotWritten.

    A folder that exists keeps its place but loses the rights of others.
    """
    try:
        if not path.is_dir():
            if not path.parent.is_dir():
                private_folder(path.parent)
            path.mkdir(mode=0o700, exist_ok=True)
            sync_folder(path.parent)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o700)
    except OSError as cause:
        raise NotWritten(cause) from cause
    return path


def sync_folder(path: Path) -> None:
    """Make the names in a folder survive a power cut (Windows does so itself). Raises NotWritten."""
    if os.name == "nt":
        return
    try:
        folder = os.open(path, os.O_RDONLY)
        try:
            _sync(folder)
        finally:
            os.close(folder)
    except OSError as cause:
        raise NotWritten(cause) from cause


def clear_leftovers(folder: Path, *, older_than: float = 0.0) -> int:
    """Remove what a killed ``write_whole`` left directly in ``folder``; returns how many.

    ``older_than`` in seconds spares files that another thread may be writing now.
    """
    gone = 0
    for part in folder.glob(f".*{_PART}"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - part.stat().st_mtime >= older_than:
                part.unlink()
                gone += 1
    return gone


def _sync(descriptor: int) -> None:
    if sys.platform == "darwin":  # fsync there stops at the drive's cache
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)
