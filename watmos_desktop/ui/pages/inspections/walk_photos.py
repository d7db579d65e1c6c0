"""Photos into the walk: camera, file, paste and drop; the bytes are on disk before the record names them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import attachments, walk
from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.services.errors import Told
from watmos_desktop.services.photos import MAX_BYTES
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.camera import CameraView
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.marks import Mark
from watmos_desktop.ui.kit.photo_view import PhotoEditor
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.inspections.pictures import marks_of

MakeCamera = Callable[[Callable[[QImage], object], Callable[[], object], Callable[[], object]], CameraView]
_LONGEST_WAIT = 20.0  # seconds that a lock waits for a photo on its way to the disk
_FILES = "Photos (*.jpg *.jpeg *.png *.webp *.heic *.heif);;All files (*)"


class Intake(QObject):
    """Stores photos off the UI thread. ``added`` when one more is on the record; ``refused(error)`` if not."""

    added = Signal()
    refused = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._waiting: list[threading.Event] = []

    def waiting(self) -> int:
        """How many photos are on their way to the disk."""
        return sum(not one.is_set() for one in self._waiting)

    def add(self, inspection_id: UUID, item_key: str, load: Callable[[], bytes]) -> None:
        """Store what ``load`` gives, in the writer's thread, and put it on the item ("" for none yet)."""
        saved = threading.Event()
        self._waiting = [*(one for one in self._waiting if not one.is_set()), saved]
        desk = self._desk

        def store() -> None:
            try:
                photo = attachments.store(desk.store.blobs, load())
                desk.do("added a photo", walk.add_photo, inspection_id, photo, item_key)
            finally:
                saved.set()

        desk.tasks.write(store, lambda _: self.added.emit(), owner=self, on_error=self.refused.emit)

    def wait(self) -> None:
        """Come back when every photo is on the disk: before a lock."""
        for one in self._waiting:
            one.wait(_LONGEST_WAIT)
        self._waiting = []


def read_file(path: Path) -> bytes:
    """The bytes of a picture file; raises Told when it is too large or cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Told("This file is too large for a photo.", "Save a smaller copy.", field="photo")
        return path.read_bytes()
    except OSError:
        raise Told("This file cannot be read.", "Copy it to this device first.", field="photo") from None


def pictures_in(mime: QMimeData) -> list[Callable[[], bytes]]:
    """What was pasted or dropped, as loaders of bytes: files, or one picture."""
    files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if files:
        return [partial(read_file, path) for path in files]
    if mime.hasImage():
        image = QImage(mime.imageData())
        return [lambda: _lossless(image)]
    return []


def _lossless(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def choose_files(parent: QWidget, take: Callable[[Sequence[Path]], object]) -> None:
    """Ask for photo files without stopping the program."""
    dialog = QFileDialog(parent, "Choose photos", "", _FILES)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda names: take([Path(name) for name in names]))
    dialog.open()


class CameraScreen(QWidget):
    """The camera over the whole walk: Space takes the photo and goes back, Shift+Space stays for more."""

    def __init__(
        self,
        make: MakeCamera,
        on_photo: Callable[[QImage, bool], object],
        on_file: Callable[[], object],
        on_close: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._stay = False
        self._on_photo = on_photo
        self.what = Text(role="strong", wrap=True)
        self.view = make(self._taken, on_file, on_close)
        head = QHBoxLayout()
        head.addWidget(self.what, 1)
        head.addWidget(QuietButton("Take, and stay", self._take_more, key=shown_key("shutter_more")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Camera. Space takes the photo")
        bind(self, "shutter", self._take)
        bind(self, "shutter_more", self._take_more)

    def start(self, what: str) -> bool:
        """Turn the camera on for an item; False if there is none."""
        self.what.setText(what)
        return self.view.start()

    def _take(self) -> None:
        self._stay = False
        self.view.take()

    def _take_more(self) -> None:
        self._stay = True
        self.view.take()

    def _taken(self, image: QImage) -> None:
        stay, self._stay = self._stay, False
        self._on_photo(image, stay)


class PhotoScreen(QWidget):
    """One photo large: draw on it, say what it shows. ``on_done(caption, marks)``."""

    def __init__(
        self, on_done: Callable[[str, tuple[Mark, ...]], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.card: PhotoCard | None = None
        self.caption = Line("For example: second floor, by the window")
        self.editor = PhotoEditor("Photo", lambda marks: on_done(self.caption.text().strip(), marks))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.setFocusProxy(self.editor.view)
        column.addWidget(self.editor, 1)
        column.addWidget(Field("caption", "What it shows", self.caption))
        for tool in ("ellipse", "arrow", "line"):
            bind(self, f"draw_{tool}", partial(self.editor.use, tool))
        bind(self, "finish", lambda: on_done(self.caption.text().strip(), self.editor.view.marks()))

    def show_photo(self, card: PhotoCard, image: QImage) -> None:
        """Show a photo to draw on."""
        self.card = card
        self.caption.setText(card.caption)
        self.editor.view.show_photo(image, marks_of(card))
        self.editor.view.setFocus(Qt.FocusReason.OtherFocusReason)
