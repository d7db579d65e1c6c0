"""Getting a picture, wherever one is asked for: the camera over the page, a file, paste or drop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services.errors import Told
from watmos_desktop.services.photos import MAX_BYTES
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.camera import CameraView
from watmos_desktop.ui.kit.text import Text

MakeCamera = Callable[[Callable[[QImage], object], Callable[[], object], Callable[[], object]], CameraView]
_FILES = "Photos (*.jpg *.jpeg *.png *.webp *.heic *.heif);;All files (*)"


def encode(image: QImage) -> bytes:
    """A camera's picture as JPEG bytes, as good as it is: the store makes its own copy."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", 95)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


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
