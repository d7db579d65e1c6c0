"""One inspection as the reports read it: its row, walk and answers once, its photos by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import InspectionStatus, Scorer
from watmos_desktop.models.tables import Schedule
from watmos_desktop.services import attachments, policy, walk_row, walk_view, wording
from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.services.blobs import Blobs
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.reports import inspection_data as data
from watmos_desktop.services.walk_view import Given, Walk


class Source:
    """Reads an inspection once, as the person using the session may see it; raises NotFound.

    ``pictures=False`` leaves the bytes of photos where they are.
    """

    def __init__(self, session: Session, blobs: Blobs, inspection_id: UUID, *, pictures: bool = True) -> None:
        self.session, self.blobs, self.pictures = session, blobs, pictures
        self.actor = policy.actor(session)
        self.row = walk_row.get(session, inspection_id)
        self.walk = walk_view.load(session, inspection_id)
        self.answers = walk_view.answers(session, self.row, self.walk.template)
        self.before = walk_view.previous(session, self.row)
        self.numbers = {photo.id: number for number, photo in enumerate(in_order(self.walk), start=1)}
        self.old_photos = self._old_photos()

    def photo(self, card: PhotoCard, *, numbered: bool = True) -> data.ReportPhoto:
        """A photo with its bytes as they are kept; ``numbered=False`` for one of an earlier walk."""
        try:
            jpeg = self.blobs.get(card.sha256) if self.pictures else b""
        except Told:
            jpeg = b""  # the paper says that it could not be read; the rest of the report still counts
        return data.ReportPhoto(
            jpeg=jpeg,
            caption=card.caption,
            taken=wording.moment(card.taken_at.astimezone(LONDON)),
            marks=marks(card),
            number=self.numbers.get(card.id, 0) if numbered else 0,
        )

    def area_name(self, area_key: str) -> str:
        """An area of the template by its key, "" for none."""
        return next((area.name for area in self.walk.template.areas if area.key == area_key), "")

    def theirs(self) -> dict[str, Given]:
        """The ambassador's answers; none before signing, while each scores blind to the other (N2)."""
        signed = self.row.joint and self.row.status is InspectionStatus.SIGNED
        return self.answers[Scorer.AMBASSADOR] if signed else {}

    def schedule(self) -> Schedule | None:
        """What asked for this walk, if it still does."""
        found = self.session.get(Schedule, self.row.schedule_id) if self.row.schedule_id else None
        return None if found is None or found.deleted else found

    def _old_photos(self) -> dict[str, PhotoCard]:
        """The newest photo of each item at the walk before."""
        if self.before is None:
            return {}
        cards = attachments.of(self.session, [self.before.id]).get(self.before.id, [])
        return {card.item_key: card for card in cards if card.item_key}


def in_order(walk: Walk) -> Iterable[PhotoCard]:
    """The photos as the report numbers them: those of the whole place, then item by item."""
    for key in ("", *(item.key for item in walk.template.items)):
        yield from walk.photos.get(key, ())


def marks(card: PhotoCard) -> tuple[data.Mark, ...]:
    """What is drawn on a photo, for paper."""
    return tuple(_mark(mark) for mark in card.marks)


def _mark(mark: Mapping[str, Any]) -> data.Mark:
    kind: Literal["ellipse", "arrow", "line"] = mark["kind"]
    return data.Mark(kind, tuple((float(x), float(y)) for x, y in mark["points"]))
