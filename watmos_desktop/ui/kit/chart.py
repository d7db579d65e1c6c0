"""Small quiet pictures of numbers, each with its numbers as text for a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from watmos_desktop.ui.kit.look import GRADE_TONES, Tone, look

_CENTRE = Qt.AlignmentFlag.AlignHCenter


class Trend(QWidget):
    """Grades over time: a thin line, a letter at each point, the best at the top.

    >>> Trend("Grades", [("Jun", "B"), ("Jul", "C"), ("Aug", "B")])  # read as "Grades: Jun B, Jul C, Aug B"
    """

    def __init__(
        self, name: str, points: Sequence[tuple[str, str]] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_points(points)

    def show_points(self, points: Sequence[tuple[str, str]]) -> None:
        """Labels with grades A to D, the oldest first."""
        self._points = [point for point in points if point[1] in GRADE_TONES]
        told = ", ".join(f"{label} {grade}" for label, grade in self._points)
        self.setAccessibleName(f"{self._name}: {told or 'none yet'}")
        self.setToolTip(told)
        self.update()

    def sizeHint(self) -> QSize:
        """Low and wide."""
        return QSize(220, round(104 * max(look().scale, 1.0)))

    def minimumSizeHint(self) -> QSize:
        """Room for a few points."""
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line, the dots, the letters and the labels."""
        dress, painter = look(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small, bold = dress.font("small"), dress.font("small", bold=True)
        line = QFontMetrics(small).height()
        if not self._points:
            painter.setFont(small)
            painter.setPen(dress.colour("ink2"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No grades yet")
            return
        field = QRectF(30, line + 8, self.width() - 60, self.height() - 2 * line - 18)
        step = field.width() / max(len(self._points) - 1, 1)
        order = list(GRADE_TONES)
        spots = [
            QPointF(field.x() + n * step, field.y() + field.height() * order.index(grade) / 3)
            for n, (_, grade) in enumerate(self._points)
        ]
        painter.setPen(QPen(dress.colour("info"), 2))
        painter.drawPolyline(spots)
        for spot, (label, grade) in zip(spots, self._points, strict=True):
            ink = dress.colour(GRADE_TONES[grade])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(spot, 4, 4)
            painter.setPen(ink)
            painter.setFont(bold)
            painter.drawText(QRectF(spot.x() - 20, spot.y() - line - 6, 40, line), _CENTRE, grade)
            painter.setPen(dress.colour("ink2"))
            painter.setFont(small)
            painter.drawText(QRectF(spot.x() - 30, self.height() - line, 60, line), _CENTRE, label)


class Bar(NamedTuple):
    """One bar: its label, how long it is, the number as it is written, and what it means."""

    label: str
    value: float
    words: str
    tone: Tone = Tone.INFO


class Bars(QWidget):
    """Bars lying one below the other, each with its words.

    >>> Bars("Repairs in time", [Bar("Emergency", 98, "98 %", Tone.OK)], most=100)
    """

    def __init__(
        self, name: str, bars: Sequence[Bar] = (), *, most: float = 0.0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_bars(bars, most=most)

    def show_bars(self, bars: Sequence[Bar], *, most: float = 0.0) -> None:
        """Other bars; ``most`` is the value of a full bar, else the largest is full."""
        self._bars = tuple(bars)
        self._most = most or max((bar.value for bar in bars), default=0.0) or 1.0
        told = ", ".join(f"{bar.label} {bar.words}" for bar in bars)
        self.setAccessibleName(f"{self._name}: {told or 'nothing yet'}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A row for each bar."""
        return QSize(300, max(len(self._bars), 1) * self._row())

    def minimumSizeHint(self) -> QSize:
        """Narrow is possible, low is not."""
        return QSize(180, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Label, track, bar, number."""
        dress, painter = look(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font, bold = dress.font("small"), dress.font("small", bold=True)
        metrics, strong = QFontMetrics(font), QFontMetrics(bold)
        left = max((metrics.horizontalAdvance(bar.label) for bar in self._bars), default=0) + 14
        left = min(left, round(self.width() * 0.45))
        right = max((strong.horizontalAdvance(bar.words) for bar in self._bars), default=0) + 12
        middle = Qt.AlignmentFlag.AlignVCenter
        for number, bar in enumerate(self._bars):
            top = number * self._row()
            row = QRectF(0, top, self.width(), self._row())
            painter.setFont(font)
            painter.setPen(dress.colour("ink"))
            label = metrics.elidedText(bar.label, Qt.TextElideMode.ElideRight, left - 12)
            painter.drawText(row, middle, label)
            track = QRectF(left, top + self._row() / 2 - 5, max(self.width() - left - right, 10), 10)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(dress.colour("track"))
            painter.drawRoundedRect(track, 5, 5)
            share = min(max(bar.value / self._most, 0.0), 1.0)
            if share:
                painter.setBrush(dress.colour(bar.tone))
                painter.drawRoundedRect(track.adjusted(0, 0, -track.width() * (1 - share), 0), 5, 5)
            painter.setFont(bold)
            painter.setPen(dress.colour(bar.tone))
            painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, bar.words)

    def _row(self) -> int:
        return max(28, QFontMetrics(look().font("small")).height() + 10)
