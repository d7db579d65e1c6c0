"""Typed text at the door: kept byte for byte, or refused at its field with the reason (security.md 4c).

Two nets: a service says how long a text may be; the write door refuses signs that no office could keep (M11), in
any column, whichever service wrote it.
"""

from __future__ import annotations

from watmos_desktop.services.errors import Told

LINE, NAME, NOTE = 200, 100, 4000  # letters


def fits(text: str, most: int, field: str, what: str = "A note") -> str:
    """The text as it is; raises Told at ``field`` when it is too long or holds a sign that cannot be kept."""
    refuse_unkeepable(text, field)
    if len(text) > most:
        raise Told(f"{what} can have {most:,} letters; this has {len(text):,}.", "Shorten it.", field=field)
    return text


def refuse_unkeepable(text: str, field: str) -> None:
    """Raise Told at ``field`` for NUL or half a surrogate pair: SQLite keeps the one, PostgreSQL neither."""
    if "\x00" in text or (not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text)):
        raise Told(
            "There is a sign in the text that cannot be saved.", "Delete it and type again.", field=field
        )
