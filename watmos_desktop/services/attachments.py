"""Photos on records: the bytes are safe on disk before anything else happens, then the row follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Attachment
from watmos_desktop.services import photos, policy
from watmos_desktop.services.blobs import Blobs
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound


@dataclass(frozen=True)
class StoredPhoto:
    """A photo whose bytes are on disk already, waiting for its row."""

    sha256: str
    size: int
    width: int
    height: int
    taken_at: datetime | None


@dataclass(frozen=True)
class PhotoCard:
    """A photo as a page shows it; ``marks`` are shapes with points between 0 and 1."""

    id: UUID
    sha256: str
    item_key: str
    caption: str
    marks: tuple[Mapping[str, Any], ...]
    taken_at: datetime


def store(blobs: Blobs, data: bytes) -> StoredPhoto:
    """Re-encode a picture and put it on disk, encrypted and synced to the disk; raises Told for a bad picture."""
    photo = photos.ingest(data)
    sha256 = blobs.put(photo.jpeg)
    taken = photo.taken_at.replace(tzinfo=LONDON) if photo.taken_at else None
    return StoredPhoto(sha256, len(photo.jpeg), photo.width, photo.height, taken)


def attach(
    session: Session,
    table: str,
    record_id: UUID,
    photo: StoredPhoto,
    *,
    item_key: str = "",
    caption: str = "",
) -> UUID:
    """Add a stored photo to a record; gives the id of its row."""
    actor = policy.actor(session)
    assert actor.staff_id is not None
    row = Attachment(
        owner_table=table,
        owner_id=record_id,
        item_key=item_key,
        sha256=photo.sha256,
        size=photo.size,
        width=photo.width,
        height=photo.height,
        caption=caption,
        taken_at=photo.taken_at or session.info["clock"].now(),
        added_by=actor.staff_id,
    )
    session.add(row)
    session.flush()
    return row.id


def share(session: Session, photo_id: UUID, table: str, record_id: UUID) -> None:
    """Show a photo on a second record too (a defect's photo on its repair); the bytes are kept once."""
    old = _get(session, photo_id)
    there = select(Attachment.id).where(
        Attachment.owner_id == record_id, Attachment.sha256 == old.sha256, ~Attachment.deleted
    )
    if session.scalar(there) is None:
        values = {
            c: getattr(old, c)
            for c in ("sha256", "size", "width", "height", "caption", "taken_at", "added_by")
        }
        session.add(Attachment(owner_table=table, owner_id=record_id, marks=list(old.marks), **values))


def of(session: Session, record_ids: Iterable[UUID]) -> dict[UUID, list[PhotoCard]]:
    """The photos of some records, oldest first."""
    found: dict[UUID, list[PhotoCard]] = {}
    wanted = list(record_ids)
    hide_words = not policy.may_see(policy.actor(session), "attachment", "caption")
    rows = session.scalars(
        select(Attachment)
        .where(Attachment.owner_id.in_(wanted), ~Attachment.deleted)
        .order_by(Attachment.taken_at, Attachment.id)
    )
    for row in rows:
        card = PhotoCard(
            row.id,
            row.sha256,
            row.item_key,
            "" if hide_words else row.caption,
            tuple(row.marks),
            row.taken_at,
        )
        found.setdefault(row.owner_id, []).append(card)
    return found


def describe(
    session: Session,
    photo_id: UUID,
    *,
    caption: str | None = None,
    marks: list[Any] | None = None,
    item_key: str | None = None,
) -> None:
    """Change a photo's words, what is drawn on it, or the item it belongs to."""
    row = _get(session, photo_id)
    if caption is not None:
        row.caption = caption
    if marks is not None:
        row.marks = marks
    if item_key is not None:
        row.item_key = item_key


def remove(session: Session, photo_id: UUID) -> None:
    """Take a photo off its record; undo brings it back."""
    _get(session, photo_id).deleted = True


def _get(session: Session, photo_id: UUID) -> Attachment:
    row = session.get(Attachment, photo_id)
    if row is None:
        raise NotFound("That photo")
    return row
