"""The colours and sizes in force, for parts that paint themselves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QApplication

_SLOT = "watmos_look"


class Tone(StrEnum):
    """What a state means; each has its colour and its shape (triangle, square, tick, dot)."""

    BAD = "bad"
    WARN = "warn"
    OK = "ok"
    INFO = "info"


GRADE_TONES = {"A": Tone.OK, "B": Tone.INFO, "C": Tone.WARN, "D": Tone.BAD}


@dataclass(frozen=True)
class Look:
    """One scheme at one text scale: colours by token name, sizes in pixels."""

    scheme: str
    scale: float
    colours: dict[str, QColor]
    sizes: dict[str, int]

    def colour(self, token: str) -> QColor:
        """The colour of a token of ``theme.toml``, or of a ``Tone``."""
        return self.colours[token]

    def soft(self, tone: Tone) -> QColor:
        """The soft ground that goes with a tone."""
        return self.colours[f"{tone}_soft"]

    def text(self, size: str) -> int:
        """Pixels of ``title``, ``heading``, ``body`` or ``small`` text at the chosen text scale."""
        return round(self.sizes[size] * self.scale)

    def font(self, size: str, *, bold: bool = False) -> QFont:
        """The application's font in one of the four sizes."""
        font = QFont(QApplication.font())
        font.setPixelSize(self.text(size))
        font.setBold(bold)
        return font


def look() -> Look:
    """The look that ``theme.apply`` put in force; raises LookupError before that."""
    application = QApplication.instance()
    found = application.property(_SLOT) if application else None
    if not isinstance(found, Look):
        raise LookupError("theme.apply(app, scheme) comes first")
    return found


def wear(application: QApplication, new: Look) -> None:
    """Put a look in force; only ``theme.apply`` calls this."""
    application.setProperty(_SLOT, new)


def paint_shape(painter: QPainter, tone: Tone, box: QRectF, colour: QColor) -> None:
    """Draw a tone's shape inside a square: the same meaning without colour."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    x, y, side = box.x(), box.y(), box.width()
    if tone == Tone.BAD:
        painter.drawPolygon([QPointF(x + side / 2, y), QPointF(x + side, y + side), QPointF(x, y + side)])
    elif tone == Tone.WARN:
        painter.drawRect(box.adjusted(1, 1, -1, -1))
    elif tone == Tone.INFO:
        painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        pen = QPen(colour, side / 4.2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = ((0.06, 0.55), (0.38, 0.88), (0.96, 0.14))
        painter.drawPolyline([QPointF(x + side * px, y + side * py) for px, py in points])
    painter.restore()


def paint_focus(painter: QPainter, box: QRectF, radius: float, colour: QColor) -> None:
    """Draw the focus ring, two pixels wide, just inside a box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()
