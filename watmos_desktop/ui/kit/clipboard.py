"""The one door for copying: what is copied says that it is private, and does not stay (security.md S12)."""

from __future__ import annotations

import os
from collections.abc import Callable

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtWidgets import QApplication

STAYS_SECONDS = 30
CLEARED = f"It is cleared from the clipboard after {STAYS_SECONDS} seconds."
_WINDOWS = 'application/x-qt-windows-mime;value="{}"'
# Windows: no history (Win+V), no cloud clipboard, no monitoring program. KDE: not into Klipper's history.
MARKS: dict[str, bytes] = {
    _WINDOWS.format("ExcludeClipboardContentFromMonitorProcessing"): bytes(4),
    _WINDOWS.format("CanIncludeInClipboardHistory"): bytes(4),
    _WINDOWS.format("CanUploadToCloudClipboard"): bytes(4),
    "x-kde-passwordManagerHint": b"secret",
}


class Clipboard(QObject):
    """Marks what this program copies, and clears it after ``STAYS_SECONDS`` if it is still there.

    What a text field copies itself (Ctrl+C, its menu) is noticed and treated alike. ``owns`` tells whether what is in
    the clipboard now came from this program.
    """

    def __init__(self, parent: QObject, owns: Callable[[], bool] | None = None) -> None:
        super().__init__(parent)
        self._clipboard = QApplication.clipboard()
        self._owns = owns or self._clipboard.ownsClipboard
        self._salt = os.urandom(16)
        self._copied = b""  # a digest: the text itself is not kept here as well
        self._putting = False
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(STAYS_SECONDS * 1000)
        self.timer.timeout.connect(self.clear)
        self._clipboard.dataChanged.connect(self._changed)

    def put(self, text: str) -> None:
        """Copy a text."""
        mime = QMimeData()
        mime.setText(text)
        for name, value in MARKS.items():
            mime.setData(name, value)
        self._putting = True
        try:
            self._clipboard.setMimeData(mime)
        finally:
            self._putting = False
        self._copied = self._digest(text)
        self.timer.start()

    def clear(self) -> None:
        """Take back what was copied, unless something else is there by now."""
        self.timer.stop()
        copied, self._copied = self._copied, b""
        if copied and self._digest(self._clipboard.text()) == copied:
            self._putting = True
            try:
                self._clipboard.clear()
            finally:
                self._putting = False

    def _changed(self) -> None:
        if self._putting or not self._owns():
            return
        mime = self._clipboard.mimeData()
        if mime is not None and mime.hasText() and not mime.hasImage():
            self.put(mime.text())

    def _digest(self, text: str) -> bytes:
        import hashlib  # with the first copy: the first window does not wait for it

        return hashlib.blake2b(text.encode(errors="surrogatepass"), key=self._salt).digest()


def clipboard() -> Clipboard:
    """The one of this program, made when it is first wanted."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    found = application.findChild(Clipboard)
    return found if isinstance(found, Clipboard) else Clipboard(application)


def copy(text: str) -> None:
    """Copy a text that may be about somebody. Say ``CLEARED`` beside it."""
    clipboard().put(text)
