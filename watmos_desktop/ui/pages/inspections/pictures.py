"""Photos of a walk on the screen: thumbnails decoded off the UI thread, each once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.services.errors import Told
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.look import look
from watmos_desktop.ui.kit.marks import Mark
from watmos_desktop.ui.kit.photos import Photo, PhotoStrip

THUMBNAIL = QSize(376, 248)
LARGE = QSize(1100, 720)


_Key = tuple[str, int]


def decode(data: bytes, within: QSize | None = None) -> QImage:
    """A picture from its bytes, decoded no larger than ``within`` asks for; null when it is none."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    if within is not None:
        reader.setScaledSize(reader.size().scaled(within, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    return reader.read()


def marks_of(card: PhotoCard) -> tuple[Mark, ...]:
    """What is drawn on a photo, as the kit draws it."""
    return tuple(
        Mark(str(mark["kind"]), tuple((float(x), float(y)) for x, y in mark["points"])) for mark in card.marks
    )


def plain_marks(marks: Iterable[Mark]) -> list[dict[str, Any]]:
    """Marks as they are kept."""
    return [{"kind": mark.kind, "points": [list(point) for point in mark.points]} for mark in marks]


class Strip(PhotoStrip):
    """A strip that is rebuilt only when its photos are others, so that focus stays and nothing flickers."""

    _shown: tuple[tuple[object, ...], ...] | None = None

    def show_photos(self, photos: Sequence[Photo]) -> None:
        """Show these photos instead."""
        shown = tuple((one.key, one.image.cacheKey(), one.caption, one.marks) for one in photos)
        if shown != self._shown:
            self._shown = shown
            super().show_photos(photos)


class Pictures(QObject):
    """Thumbnails by hash; ``ready`` tells that one more can be shown.

    >>> pictures.photos(cards)      # at once, with a plain ground for those that are still being decoded
    """

    ready = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._ground = _ground()
        self._known: dict[_Key, QImage] = {}
        self._asked: set[_Key] = set()

    def photos(self, cards: Iterable[PhotoCard], size: QSize = THUMBNAIL) -> list[Photo]:
        """Photos for a strip, decoded to about ``size``."""
        return [Photo(card.id, self.image(card.sha256, size), card.caption, marks_of(card)) for card in cards]

    def image(self, sha256: str, size: QSize = THUMBNAIL) -> QImage:
        """A photo no larger than needed, or a plain ground until it is there."""
        key = (sha256, size.width())
        found = self._known.get(key)
        if found is not None:
            return found
        if key not in self._asked:
            self._asked.add(key)
            self._desk.tasks.read(
                lambda: (key, decode(self._desk.store.blobs.get(sha256), size)),
                self._take,
                key=key,
                owner=self,
                on_error=self._missing,
            )
        return self._known.get(key, self._ground)

    def whole(self, sha256: str) -> QImage:
        """The whole photo; raises Told when its bytes are gone or damaged."""
        return decode(self._desk.store.blobs.get(sha256))

    def forget(self) -> None:
        """Let every picture go."""
        self._known.clear()
        self._asked.clear()

    def _take(self, found: tuple[_Key, QImage]) -> None:
        key, image = found
        self._known[key] = image
        self.ready.emit()

    def _missing(self, error: BaseException) -> None:
        """A photo not on this device keeps its plain ground; anything else is a bug."""
        if not isinstance(error, Told):
            raise error


def _ground() -> QImage:
    image = QImage(THUMBNAIL / 4, QImage.Format.Format_RGB32)
    image.fill(look().colour("track"))
    return image
