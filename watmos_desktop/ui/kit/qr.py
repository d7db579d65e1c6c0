"""A text as a square picture that a telephone or tablet can read."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

_BORDER = 4  # modules of quiet ground that readers ask for
_MODULE = 6  # pixels


class QrCode(QWidget):
    """Black on white in every scheme, since readers need it so. ``QrCode("ABCD-EFGH", "The code as a picture")``."""

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        import segno  # where it is used: it costs the first window 20 ms

        self._modules = [bytes(row) for row in segno.make_qr(text, error="m").matrix]
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Whole pixels for each module."""
        side = (len(self._modules) + 2 * _BORDER) * _MODULE
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, then each dark module."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        for y, row in enumerate(self._modules):
            for x, dark in enumerate(row):
                if dark:
                    place = QRectF((x + _BORDER) * _MODULE, (y + _BORDER) * _MODULE, _MODULE, _MODULE)
                    painter.fillRect(place, Qt.GlobalColor.black)
