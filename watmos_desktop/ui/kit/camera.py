"""The camera of the device. QtMultimedia is imported only when the camera is asked for (HOUSE.md 3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import EmptyState


def find_camera() -> object | None:
    """The default camera's description, or None if there is none or Qt's multimedia cannot start here."""
    try:
        from PySide6.QtMultimedia import QMediaDevices
    except ImportError:
        return None
    return QMediaDevices.defaultVideoInput() if QMediaDevices.videoInputs() else None


class CameraView(QWidget):
    """What the camera sees, and a large button to take it; without a camera it offers a file instead.

    >>> camera = CameraView(on_photo=add_image, on_file=choose_file, on_close=back)
    >>> camera.start()               # True if a camera is running
    >>> camera.stop()                # the light goes out; also when hidden

    ``on_photo`` gets a QImage. ``find`` is the way to look for a camera (a fake in tests gives None).
    Signal ``failed(str)``: the camera's own words.
    """

    failed = Signal(str)

    def __init__(
        self,
        on_photo: Callable[[QImage], object],
        on_file: Callable[[], object],
        on_close: Callable[[], object],
        *,
        find: Callable[[], object | None] = find_camera,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName("Camera")
        self._on_photo, self._find = on_photo, find
        self._running: tuple[Any, ...] = ()
        self._shot: Any = None
        self._picture = QVBoxLayout()
        self._take = PrimaryButton("Take photo", self.take, key="Space", symbol="camera")
        self._take.setMinimumHeight(64)
        step = PrimaryButton("Choose a file", on_file, symbol="file")
        self._none = EmptyState("No camera here", "Choose photos from this device instead.", step)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(QuietButton("Close", on_close, key="Esc"))
        self._file = QuietButton("Choose a file", on_file)
        row.addWidget(self._file)
        row.addStretch(1)
        row.addWidget(self._take)  # at the thumb's edge
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._picture, 1)
        column.addWidget(self._none, 1)
        column.addLayout(row)
        self._show_running(False)

    def start(self) -> bool:
        """Turn the camera on; False, with the offer of a file, if there is none."""
        self.stop()
        device = self._find()
        if device is not None:
            self._open(device)
        self._show_running(device is not None)
        return device is not None

    def stop(self) -> None:
        """Turn the camera off."""
        if self._running:
            _, camera, _, video = self._running
            camera.stop()
            self._picture.removeWidget(video)
            video.hide()
            video.deleteLater()
            self._running, self._shot = (), None

    def take(self) -> None:
        """Take the photo; ``on_photo`` gets it."""
        if self._shot is not None:
            self._shot.capture()

    def hideEvent(self, event: object) -> None:
        """Never leave the camera on unseen."""
        self.stop()

    def _open(self, device: object) -> None:
        from PySide6.QtMultimedia import QCamera, QImageCapture, QMediaCaptureSession
        from PySide6.QtMultimediaWidgets import QVideoWidget

        session, camera, shot, video = (
            QMediaCaptureSession(self),
            QCamera(device, self),  # type: ignore[call-overload]
            QImageCapture(self),
            QVideoWidget(),
        )
        video.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
        session.setCamera(camera)
        session.setImageCapture(shot)
        session.setVideoOutput(video)
        shot.imageCaptured.connect(lambda _, image: self._on_photo(image))
        shot.errorOccurred.connect(lambda *told: self.failed.emit(str(told[-1])))
        camera.errorOccurred.connect(lambda _, words: self.failed.emit(words))
        self._picture.addWidget(video)
        self._running, self._shot = (session, camera, shot, video), shot
        camera.start()

    def _show_running(self, running: bool) -> None:
        self._none.setVisible(not running)
        self._take.setVisible(running)
        self._file.setVisible(running)
