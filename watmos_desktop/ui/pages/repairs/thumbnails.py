"""Photos of a repair for its strip, decoded off the UI thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from watmos_desktop.services import photos, wording
from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.services.clock import LONDON
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.look import look
from watmos_desktop.ui.kit.marks import Mark
from watmos_desktop.ui.kit.photos import Photo, PhotoStrip

_SIDE = 376
_KEPT = 200  # pictures, about 140 KB each


def marks_of(card: PhotoCard) -> tuple[Mark, ...]:
    """What is drawn on a photo, as the kit draws it."""
    return tuple(
        Mark(str(mark["kind"]), tuple((float(x), float(y)) for x, y in mark["points"])) for mark in card.marks
    )


class Thumbnails(QObject):
    """Thumbnails by hash; ``ready`` tells that one more can be shown.

    ``Thumbnails.at(desk)`` gives the one of a desk: what was decoded once is not decoded again when a page is
    made anew.
    """

    ready = Signal()

    @staticmethod
    def at(desk: Desk) -> Thumbnails:
        """The thumbnails of this desk."""
        return desk.findChild(Thumbnails) or Thumbnails(desk, desk)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._known: dict[str, QImage] = {}

    def photos(self, cards: Iterable[PhotoCard]) -> list[Photo]:
        """Photos for a strip: a plain ground for those that are still being decoded."""
        return [
            Photo(
                card.id,
                self._image(card.sha256),
                card.caption or wording.moment(card.taken_at.astimezone(LONDON)),
                marks_of(card),
            )
            for card in cards
        ]

    def _image(self, sha256: str) -> QImage:
        if sha256 not in self._known:
            ground = QImage(94, 62, QImage.Format.Format_RGB32)
            ground.fill(look().colour("track"))
            if len(self._known) >= _KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[sha256] = ground
            blobs = self._desk.store.blobs
            self._desk.tasks.read(
                lambda: (sha256, photos.thumbnail(blobs.get(sha256), _SIDE)),
                self._take,
                key=("thumbnail", sha256),
                on_error=self._missing,
            )
        return self._known[sha256]

    def _take(self, found: tuple[str, bytes]) -> None:
        sha256, jpeg = found
        self._known[sha256] = QImage.fromData(jpeg)
        self.ready.emit()

    def _missing(self, error: BaseException) -> None:
        """A photo that is not on this device keeps its plain ground."""


class Strip(PhotoStrip):
    """Photos side by side, each shown once it is decoded. ``on_open(id)`` when one is pressed."""

    def __init__(
        self,
        name: str,
        pictures: Thumbnails,
        cards: Sequence[PhotoCard],
        on_open: Callable[[object], object],
    ) -> None:
        super().__init__(name, on_open=on_open)
        self._pictures, self._cards = pictures, cards
        pictures.ready.connect(self._again)
        self._again()

    def show_cards(self, cards: Sequence[PhotoCard]) -> None:
        """Show other photos."""
        self._cards = cards
        self._again()

    def _again(self) -> None:
        self.show_photos(self._pictures.photos(self._cards))
