"""What administrators and the office itself did: ids and codes, never content, each entry chained to the last (S33).

Whoever changes, removes, adds or swaps an entry breaks every hash after it. Cutting off the end shows against a
head that was noted elsewhere, which is why ``head`` is printed by `watmos-office audit` and kept in every backup.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson
from sqlalchemy import Connection, insert, select, text

from watmos_office.office import Office
from watmos_office.tables import Audit

_LOCK = (
    0x57415544  # advisory: entries are made one after the other; taken before the feed's head, never after
)


@dataclass(frozen=True)
class Head:
    """The newest entry: its number (0 when there is none) and its hash."""

    n: int
    hash: str


@dataclass(frozen=True)
class Proof:
    """Whether the chain holds: ``broken_at`` is the first entry that is not what was written, 0 when all are."""

    entries: int
    head: Head
    broken_at: int

    @property
    def sound(self) -> bool:
        """Whether every entry is as it was written."""
        return self.broken_at == 0


def note(connection: Connection, office: Office, who: UUID | None, what: str, about: object = "") -> None:
    """Add an entry to the caller's transaction. ``who`` is a member, None for the console or the office itself.

    ``what`` is a code such as ``device.wipe``; ``about`` an id or a code, never a name or a word that came in.
    """
    if office.postgresql:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last, at, subject = head(connection), office.clock.now().astimezone(UTC), str(about)
    entry = {"n": last.n + 1, "at": at, "who": who, "what": what, "about": subject}
    connection.execute(
        insert(Audit).values(**entry, hash=_hash(last.hash, last.n + 1, at, who, what, subject))
    )


def head(connection: Connection) -> Head:
    """The newest entry."""
    row = connection.execute(select(Audit.n, Audit.hash).order_by(Audit.n.desc()).limit(1)).first()
    return Head(row.n, row.hash) if row else Head(0, "")


def verify(connection: Connection, known: Head | None = None) -> Proof:
    """Read the whole chain. With ``known``, a head noted elsewhere, a cut-off end is found too."""
    previous, entries, broken = "", 0, 0
    seen = known is None or known.n == 0
    for row in connection.execute(select(Audit.__table__).order_by(Audit.n)):
        entries += 1
        wanted = _hash(previous, row.n, row.at, row.who, row.what, row.about)
        if not broken and (row.n != entries or row.hash != wanted):
            broken = entries
        if known is not None and row.n == known.n:
            seen = row.hash == known.hash
            broken = broken or (0 if seen else row.n)
        previous = row.hash
    if not seen and not broken:
        broken = entries + 1
    return Proof(entries, head(connection), broken)


def _hash(previous: str, n: int, at: datetime, who: UUID | None, what: str, about: str) -> str:
    said = [n, at.astimezone(UTC).isoformat(), str(who) if who else "", what, about]
    return hashlib.sha256(previous.encode() + orjson.dumps(said)).hexdigest()
