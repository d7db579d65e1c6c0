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
from watmos_desktop.services import photo_child, policy, walk_row, words
from watmos_desktop.services.blobs import Blobs
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound

_WALK = "inspection"
CAPTION_LIMIT = 500


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
    photo = photo_child.ingest(data)
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
    """Add a stored photo to a record; gives the id of its row. Raises Told where its walk is finished."""
    actor = policy.actor(session)
    assert actor.staff_id is not None
    if table == _WALK:
        walk_row.writable(session, record_id)
    words.fits(caption, CAPTION_LIMIT, "caption", "A caption")
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
    """Show a walk's photo on a second record too (its defect, the repair); the bytes are kept once."""
    old = _of_walk(session, photo_id)
    there = select(Attachment.id).where(
        Attachment.owner_id == record_id, Attachment.sha256 == old.sha256, ~Attachment.deleted
    )
    if session.scalar(there) is None:
        values = {
            c: getattr(old, c)
            for c in ("sha256", "size", "width", "height", "caption", "taken_at", "added_by")
        }
        session.add(Attachment(owner_table=table, owner_id=record_id, marks=list(old.marks), **values))


def unshare(session: Session, photo_id: UUID, record_id: UUID) -> None:
    """Show a walk's photo no longer on a record that it was shared with."""
    for copy in _copies(session, _of_walk(session, photo_id)):
        if copy.owner_id == record_id:
            copy.deleted = True


def of(session: Session, record_ids: Iterable[UUID]) -> dict[UUID, list[PhotoCard]]:
    """The photos of some records, oldest first."""
    found: dict[UUID, list[PhotoCard]] = {}
    wanted = list(record_ids)
    actor = policy.actor(session)
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
            row.caption
            if policy.may_see(actor, "attachment", "caption", mine=row.added_by == actor.staff_id)
            else "",
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
    """Change a walk's photo: its words and what is drawn on it, wherever it is shown, or the item it belongs to.

    Raises NotFound, or Told when the walk is finished or another's. What it shows of another item is not shown
    with the old one any more (``defects.share_photos`` shows it with the new one).
    """
    row = _of_walk(session, photo_id)
    copies = _copies(session, row)
    for shown in (row, *copies):
        if caption is not None:
            shown.caption = words.fits(caption, CAPTION_LIMIT, "caption", "A caption")
        if marks is not None:
            shown.marks = marks
    if item_key is not None and item_key != row.item_key:
        row.item_key = item_key
        for copy in copies:
            copy.deleted = True


def remove(session: Session, photo_id: UUID) -> None:
    """Take a photo off its walk and off what it was shared with; undo brings it back. Raises as ``describe``."""
    row = _of_walk(session, photo_id)
    for shown in (row, *_copies(session, row)):
        shown.deleted = True


def _of_walk(session: Session, photo_id: UUID) -> Attachment:
    """A photo of a walk that may be written on. What it was shared with follows it and is not changed by itself."""
    row = session.get(Attachment, photo_id)
    if row is None or row.deleted or row.owner_table != _WALK:
        raise NotFound("That photo")
    walk_row.writable(session, row.owner_id)
    return row


def _copies(session: Session, photo: Attachment) -> list[Attachment]:
    """Where else the photo is shown; nowhere while the same picture lies on a walk a second time."""
    same = select(Attachment).where(Attachment.sha256 == photo.sha256, ~Attachment.deleted)
    rows = list(session.scalars(same.where(Attachment.id != photo.id)))
    if any(row.owner_table == _WALK for row in rows):
        return []
    return [row for row in rows if (row.taken_at, row.added_by) == (photo.taken_at, photo.added_by)]
