"""The photos of a report that is not saved yet: on disk, encrypted, before a record names them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.services import attachments
from watmos_desktop.services.attachments import StoredPhoto
from watmos_desktop.services.errors import Told
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.notice import NoticeBar
from watmos_desktop.ui.kit.photos import Photo, PhotoStrip
from watmos_desktop.ui.taking import choose_files, read_file

_WIDE = 376


class PhotoTray(QWidget):
    """A strip with its button. ``settled`` when a photo is begun or stored: ``waiting()`` says whether any is."""

    settled = Signal()

    def __init__(
        self, desk: Desk, on_take: Callable[[], object], notices: NoticeBar, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._notices = desk, notices
        self._photos: list[tuple[StoredPhoto, QImage]] = []
        self._waiting = 0
        self.strip = PhotoStrip("Photos", on_open=lambda _: None, on_remove=self._drop)
        self.button = QuietButton("Photo", on_take, key=shown_key("form_photo"), symbol="camera")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.strip)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self._show()

    def stored(self) -> list[StoredPhoto]:
        """What is on disk, in the order taken."""
        return [photo for photo, _ in self._photos]

    def waiting(self) -> bool:
        """Whether a photo is on its way to the disk."""
        return self._waiting > 0

    def clear(self) -> None:
        """Begin anew."""
        self._photos = []
        self._show()

    def restore(self, photos: Sequence[StoredPhoto]) -> None:
        """Show what was kept over a lock; one whose bytes are gone is left out and said."""
        for photo in photos:
            try:
                self._photos.append((photo, self._small(photo)))
            except Told as told:
                self._notices.tell(told)
        self._show()

    def choose(self) -> None:
        """Ask for files."""
        choose_files(self, self.add_files)

    def add_files(self, paths: Sequence[Path]) -> None:
        """Add picture files."""
        for path in paths:
            self.add(partial(read_file, path))

    def add(self, load: Callable[[], bytes]) -> None:
        """Store what ``load`` gives, in the writer's thread."""

        def store() -> tuple[StoredPhoto, QImage]:
            photo = attachments.store(self._desk.store.blobs, load())
            return photo, self._small(photo)

        self._waiting += 1
        self.settled.emit()
        self._desk.tasks.write(store, self._stored, owner=self, on_error=self._refused)

    def _small(self, photo: StoredPhoto) -> QImage:
        return QImage.fromData(self._desk.store.blobs.get(photo.sha256)).scaledToWidth(_WIDE)

    def _stored(self, found: tuple[StoredPhoto, QImage]) -> None:
        self._photos.append(found)
        self._show()
        self._settle()

    def _refused(self, error: BaseException) -> None:
        self._notices.tell(error)
        self._settle()

    def _settle(self) -> None:
        self._waiting -= 1
        self.settled.emit()

    def _drop(self, key: Hashable) -> None:
        kept = list(self._photos)
        self._photos = [one for one in self._photos if one[0].sha256 != key]
        self._show()
        self._notices.offer_undo("Photo removed.", lambda: self._put_back(kept))

    def _put_back(self, kept: list[tuple[StoredPhoto, QImage]]) -> None:
        self._photos = kept
        self._show()

    def _show(self) -> None:
        self.strip.show_photos([Photo(one.sha256, image, "") for one, image in self._photos])
        self.strip.setVisible(bool(self._photos))
