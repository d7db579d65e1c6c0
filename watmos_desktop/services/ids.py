"""Ids that every device makes alike, for what two may begin while apart: their rows merge instead of clashing."""

from __future__ import annotations

from uuid import UUID, uuid5

_OURS = UUID("6f1c3a52-8d0b-5b7e-9a44-2f1d7c9e0b31")


def same_id(table: str, *key: str) -> UUID:
    """The id of the one record with that natural key, the same on every device (a UUID of version 5)."""
    return uuid5(_OURS, "\x1f".join((table, *key)))
