"""A grade as a filled square with its letter."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watmos_desktop.ui.kit.look import GRADE_TONES, look


def paint_badge(painter: QPainter, box: QRectF, letter: str) -> None:
    """A rounded square in the grade's colour with its letter; a dash for no grade."""
    dress = look()
    tone = GRADE_TONES.get(letter)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(dress.colour(tone) if tone else dress.colour("line"))
    painter.drawRoundedRect(box, box.width() / 6, box.width() / 6)
    font = dress.font("title", bold=True)
    font.setPixelSize(round(box.height() * 0.62))
    painter.setFont(font)
    painter.setPen(dress.colour("surface") if tone else dress.colour("ink"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter if tone else "–")
    painter.restore()


class GradeBadge(QWidget):
    """One grade as a filled square. ``GradeBadge("B", side=56)``."""

    def __init__(self, letter: str = "", *, side: int = 28, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letter = letter
        self._side = side
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Grade {letter}" if letter else "Not graded")

    def sizeHint(self) -> QSize:
        """It grows with the text."""
        side = round(self._side * look().scale)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The badge."""
        paint_badge(QPainter(self), QRectF(self.rect()), self._letter)
