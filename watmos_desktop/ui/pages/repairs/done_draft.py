"""A completion not yet saved: kept in the encrypted workspace over a lock, until it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from watmos_desktop.services.attachments import StoredPhoto
from watmos_desktop.services.store import Store


class Kept:
    """What was written last: ``repair`` is None when there is nothing. Each person has their own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key = f"repair done {store.actor.staff_id}"
        found = store.recall(self._key)
        self.repair = UUID(found["repair"]) if found.get("repair") else None
        self.words: dict[str, str] = dict(found.get("words", {}))
        self.photos = [_photo(one) for one in found.get("photos", [])]

    def keep(self, repair_id: UUID, written: Mapping[str, str], photos: Sequence[StoredPhoto]) -> None:
        """Write it to the disk; nothing where nothing was begun."""
        if not photos and not any(written.values()):
            return self.forget()
        self.repair, self.words, self.photos = repair_id, dict(written), list(photos)
        taken = [
            asdict(one) | {"taken_at": one.taken_at.isoformat() if one.taken_at else None} for one in photos
        ]
        self._store.remember(self._key, {"repair": str(repair_id), "words": self.words, "photos": taken})
        return None

    def forget(self) -> None:
        """It was saved, or nothing was begun."""
        if self.repair is not None:
            self._store.remember(self._key, {})
        self.repair, self.words, self.photos = None, {}, []


def _photo(kept: dict[str, object]) -> StoredPhoto:
    taken = kept.get("taken_at")
    return StoredPhoto(**kept | {"taken_at": datetime.fromisoformat(str(taken)) if taken else None})  # type: ignore[arg-type]
