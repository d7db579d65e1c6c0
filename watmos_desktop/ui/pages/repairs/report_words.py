"""A report not yet saved: kept in the encrypted workspace over a lock, until it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from watmos_desktop.services.attachments import StoredPhoto
from watmos_desktop.services.store import Store

_KEY = "repair report"


class Unsaved:
    """What was written last, ``words`` by name; ``place`` is None when there is nothing. Each person has their own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key = f"{_KEY} {store.actor.staff_id}"
        found = store.recall(self._key)
        self.place: tuple[str, UUID] | None = None
        if found.get("place"):
            kind, record_id = found["place"]
            self.place = (str(kind), UUID(record_id))
        self.fault: tuple[str, str] | None = tuple(found["fault"]) if found.get("fault") else None
        self.words: dict[str, Any] = dict(found.get("words", {}))
        self.photos = [_photo(one) for one in found.get("photos", [])]
        self._kept = bool(found)

    def keep(
        self,
        place: tuple[str, UUID] | None,
        fault: tuple[str, str] | None,
        words: Mapping[str, Any],
        photos: Sequence[StoredPhoto],
    ) -> None:
        """Write it to the disk; nothing where nothing was begun."""
        if place is None:
            return self.forget()
        self._kept = True
        return self._store.remember(
            self._key,
            {
                "place": [place[0], str(place[1])],
                "fault": list(fault) if fault else None,
                "words": dict(words),
                "photos": [
                    asdict(one) | {"taken_at": one.taken_at.isoformat() if one.taken_at else None}
                    for one in photos
                ],
            },
        )

    def forget(self) -> None:
        """It was saved, or given up."""
        if self._kept:
            self._store.remember(self._key, {})
            self._kept = False


def _photo(kept: dict[str, object]) -> StoredPhoto:
    taken = kept.get("taken_at")
    return StoredPhoto(**kept | {"taken_at": datetime.fromisoformat(str(taken)) if taken else None})  # type: ignore[arg-type]
