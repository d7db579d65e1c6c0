"""Words not yet saved on a walk: a note being typed, an unfinished repair. Kept in the workspace, never lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from watmos_desktop.services.store import Store


class Drafts:
    """The unsaved words of one walk, by item. Written to the encrypted workspace by ``keep``.

    >>> drafts.notes["lift_doors"] = "Sticks on floor 3"; drafts.keep()
    """

    def __init__(self, store: Store, inspection_id: UUID) -> None:
        self._store = store
        self._key = f"walk words {inspection_id}"
        found = store.recall(self._key)
        self.notes: dict[str, str] = dict(found.get("notes", {}))
        self.repair: dict[str, Any] = dict(found.get("repair", {}))
        self.repair_item: str = str(found.get("repair_item", ""))
        self._kept = self._plain()

    def keep(self) -> None:
        """Write them to the disk if they have changed."""
        plain = self._plain()
        if plain != self._kept:
            self._store.remember(self._key, plain)
            self._kept = plain

    def drop_repair(self) -> None:
        """The repair was saved or given up."""
        self.repair, self.repair_item = {}, ""

    def _plain(self) -> dict[str, Any]:
        return {"notes": dict(self.notes), "repair": dict(self.repair), "repair_item": self.repair_item}
