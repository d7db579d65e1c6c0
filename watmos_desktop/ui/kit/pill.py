"""State in a word, a shape and a colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from watmos_desktop.ui.kit.look import Look, Tone, look, paint_shape


def _side(dress: Look) -> int:
    return round(11 * dress.scale)


_TONE_WORDS = {Tone.BAD: "act now", Tone.WARN: "soon", Tone.OK: "fine", Tone.INFO: "to know"}


def pill_size(words: str, dress: Look) -> QSize:
    """The pixels a pill of these words takes."""
    metrics = QFontMetrics(dress.font("small", bold=True))
    return QSize(metrics.horizontalAdvance(words) + _side(dress) + 28, max(28, metrics.height() + 8))


def paint_pill(painter: QPainter, box: QRectF, words: str, tone: Tone, dress: Look) -> None:
    """Draw a pill at the left of a box, in the middle of its height; words are cut with … if need be."""
    size = pill_size(words, dress)
    width = min(float(size.width()), box.width())
    pill = QRectF(box.x(), box.y() + (box.height() - size.height()) / 2, width, size.height())
    ink = dress.colour(tone)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, 1))
    painter.setBrush(dress.soft(tone))
    inner = pill.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(inner, inner.height() / 2, inner.height() / 2)
    side = _side(dress)
    shape = QRectF(pill.x() + 10, pill.center().y() - side / 2, side, side)
    paint_shape(painter, tone, shape, ink)
    font = dress.font("small", bold=True)
    painter.setFont(font)
    painter.setPen(ink)
    space = pill.adjusted(side + 17, 0, -10, 0)
    shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, int(space.width()) + 1)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(space.adjusted(0, 0, 4, 0), flags, shown)
    painter.restore()


class Pill(QWidget):
    """A state on a card: ``Pill("3 working days late", Tone.BAD)``, read with ", act now" behind it."""

    def __init__(self, words: str, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.say(words, tone)

    def say(self, words: str, tone: Tone) -> None:
        """Show another state."""
        self._words, self._tone = words, tone
        self.setAccessibleName(f"{words}, {_TONE_WORDS[tone]}")
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """What it says."""
        return self._words

    def tone(self) -> Tone:
        """What it means."""
        return self._tone

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        return pill_size(self._words, look())

    def minimumSizeHint(self) -> QSize:
        """Words are not cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Colour, shape and word."""
        paint_pill(QPainter(self), QRectF(self.rect()), self._words, self._tone, look())


class Dot(QWidget):
    """A small shape alone, beside words that say it. ``Dot(Tone.WARN)``."""

    def __init__(self, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_tone(self, tone: Tone) -> None:
        """Another state."""
        self._tone = tone
        self.update()

    def sizeHint(self) -> QSize:
        """It grows with the text."""
        return QSize(_side(look()), _side(look()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The tone's shape."""
        paint_shape(QPainter(self), self._tone, QRectF(self.rect()), look().colour(self._tone))
