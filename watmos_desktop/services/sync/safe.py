"""*Safe to go home*: whether all that was written here today, and all that waited, is at the office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select

from watmos_desktop.models.tables import Attachment, Change, Outbox
from watmos_desktop.services import wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import memory, photos
from watmos_desktop.services.wording import Tone

_PHOTOS = Attachment.__tablename__


@dataclass(frozen=True)
class Safe:
    """``confirmed`` of ``records`` by the hash of all that was sent, ``photos_confirmed`` of ``photos`` by receipts.

    ``at`` is when the office last confirmed, None when it never did. ``words`` and ``hint`` say it all.
    """

    safe: bool
    confirmed: int
    records: int
    photos_confirmed: int
    photos: int
    at: datetime | None
    words: str
    hint: str
    tone: Tone


def safe_to_go_home(store: Store) -> Safe:
    """Count what was changed here since midnight, and what waits from before, against what the office confirmed."""
    midnight = datetime.combine(store.clock.now().astimezone(LONDON).date(), time(), LONDON)
    lacking = photos.unconfirmed(store)
    with store.read() as session:
        kept = memory.read(session)
        queued = {(row[0], row[1]) for row in session.execute(select(Outbox.table_name, Outbox.record_id))}
        today = select(Change.table_name, Change.record_id).where(Change.made_at >= midnight)
        touched = queued | {(row[0], row[1]) for row in session.execute(today)}
        pictures = [record for table, record in touched if table == _PHOTOS]
        taken = select(Attachment.sha256).where(Attachment.id.in_(pictures), ~Attachment.deleted)
        shown = lacking | set(session.scalars(taken))
    records = sum(table != _PHOTOS for table, _ in touched)
    confirmed = records - sum(table != _PHOTOS for table, _ in queued)
    at = memory.moment(kept.finished) if kept else None
    safe = at is not None and not queued and not lacking
    of_records = f"{confirmed:,} of {wording.count(records, 'record')}"
    words = f"{of_records} and {len(shown - lacking):,} of {wording.count(len(shown), 'photo')}"
    said, hint = _say(safe, words, at, kept.quarantined if kept else 0, joined=kept is not None)
    return Safe(
        safe,
        confirmed,
        records,
        len(shown - lacking),
        len(shown),
        at,
        said,
        hint,
        Tone.OK if safe else Tone.WARN,
    )


def _say(safe: bool, counted: str, at: datetime | None, held: int, *, joined: bool) -> tuple[str, str]:
    if not joined:
        return "This workspace has not joined an office.", "What you wrote is on this device alone."
    if at is None:
        return "Nothing has been confirmed by the office yet.", "Sync once while there is a network."
    when = wording.moment(at)
    if not safe:
        return (
            f"Not yet: the office has confirmed {counted}.",
            f"It last answered on {when}. Sync now, or take the rest along as a bundle file.",
        )
    waits = f" {wording.count(held, 'change')} there waits for a decision." if held == 1 else ""
    waits = f" {wording.count(held, 'change')} there wait for a decision." if held > 1 else waits
    return f"Safe to go home: the office has confirmed {counted}.", f"Confirmed on {when}.{waits}"
