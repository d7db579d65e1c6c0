"""What runs through the demo's walks of one form at one place: its schedule, its luck, its open defects."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from watmos_desktop.services.demo.landlord import Place
from watmos_desktop.services.demo.rows import Row
from watmos_desktop.services.templates import Phrase, Template


@dataclass
class Open:
    """A defect not yet seen to be mended; ``mended_at`` is when its repair was complete."""

    defect: Row
    phrase: Phrase
    mended_at: datetime | None


@dataclass
class Series:
    """The walks of one form at one place."""

    template: Template
    place: Place
    block: Row | None
    space: Row | None
    quality: float
    bad_months: frozenset[int]
    schedule: Row
    open: dict[str, Open] = field(default_factory=dict)  # by item

    @property
    def ids(self) -> dict[str, Any]:
        """Where it is walked."""
        return {
            "estate_id": self.place.row.id,
            "block_id": self.block.id if self.block else None,
            "space_id": self.space.id if self.space else None,
        }

    @property
    def key(self) -> UUID:
        """The id of the most exact part."""
        found: UUID = (self.block or self.space or self.place.row).id
        return found
