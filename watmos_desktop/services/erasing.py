"""Writes over secrets that Python would only let go of (security.md S8): what is locked should not lie about in memory.

It works where it is known how CPython lays out an object, and only on objects that nobody else holds; elsewhere
nothing happens. What libraries copied for themselves it does not reach: docs/security.md 2b says what is left.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SHARED = 1  # characters: CPython keeps one object for all that are so short


def erase(*secrets: bytes | str) -> None:
    """Overwrite these, which the caller alone holds and will not use again, with zeros."""
    if sys.implementation.name != "cpython":
        return
    for one in secrets:
        if len(one) > _SHARED and (isinstance(one, bytes) or one.isascii()):
            head = sys.getsizeof(one) - len(one) - 1  # the characters are the object's last, and a zero
            ctypes.memset(id(one) + head, 0, len(one))


def copied(secret: bytes) -> bytes:
    """Another object of the same bytes, which may be erased while the first is used."""
    room = bytearray(secret)
    try:
        return bytes(room)
    finally:
        room[:] = bytes(len(room))


@contextmanager
def lent(secret: bytes) -> Iterator[bytes]:
    """A copy that is the caller's own, erased when they are done."""
    try:
        yield secret
    finally:
        erase(secret)


def give_key(connection: Any, key: bytes) -> None:
    """Tell a new SQLCipher connection its raw key, and leave no statement with it behind.

    SQLite frees the words of a statement without clearing them: another of the same length is laid over them.
    """
    digits = key.hex()
    statement = f"PRAGMA key = \"x'{digits}'\""
    connection.executescript(statement)  # which is kept in no cache
    connection.executescript(f"PRAGMA kez = \"x'{'0' * len(digits)}'\"")  # no pragma: nothing happens
    erase(digits, statement)
