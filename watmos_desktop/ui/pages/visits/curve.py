"""The due curve: how many homes fall due in each of the next months, small and quiet, with its numbers as text."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from watmos_desktop.services import visits_forecast, wording
from watmos_desktop.services.visits_forecast import Forecast
from watmos_desktop.ui.kit.look import look

_HIGH, _TALL, _GAP = 56, 176, 2
_YEAR = 12
_FIRST = 5  # places before the first month: the late, and room for their word
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000)
_LINES = 4


class DueCurve(QWidget):
    """One bar a month for three years, and one before them for what is late already.

    ``tall`` is the picture of a page of its own: with numbers at its side and a line for the pace of late.
    """

    def __init__(self, *, tall: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Forecast | None = None
        self._tall = tall
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Homes due by month")

    def show_forecast(self, found: Forecast) -> None:
        """Show other numbers."""
        self._found = found
        months = [
            wording.count(month.due, "home") + f" in {_month(month.first)}"
            for month in found.months
            if month.due
        ]
        told = "; ".join([f"{found.late} late", *months])
        self.setAccessibleName(f"Homes due by month: {told}")
        self.setToolTip(self.words())
        self.update()

    def words(self) -> str:
        """The fullest months in words."""
        if self._found is None:
            return ""
        fullest = sorted(self._found.months, key=lambda month: (-month.due, month.first))[:2]
        named = [
            f"{_month(month.first)} ({month.due})" for month in sorted(fullest, key=lambda month: month.first)
        ]
        return f"{self._found.late} late today. Most fall due in {' and '.join(named)}."

    def sizeHint(self) -> QSize:
        """Low and wide."""
        return QSize(360, round(((_TALL if self._tall else _HIGH) + 20) * look().scale))

    def minimumSizeHint(self) -> QSize:
        """Narrow is possible."""
        return QSize(220, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Late first, then month by month; a word below each January."""
        if self._found is None:
            return
        dress, painter = look(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(dress.font("small"))
        months, pace = self._found.months, visits_forecast.a_month(self._found)
        most = max([month.due for month in months] + [self._found.late, 1] + ([pace] if self._tall else []))
        base = self.height() - 20 * dress.scale
        high = base - (QFontMetrics(dress.font("small")).height() if self._tall else 4)
        left = self._scale(painter, base, high, most) if self._tall else 0.0
        step = (self.width() - left) / (len(months) + _FIRST)
        painter.setPen(Qt.PenStyle.NoPen)

        def bar(place: float, number: int, colour: str) -> None:
            tall = max(2.0, high * number / most) if number else 0.0
            painter.setBrush(dress.colour(colour))
            painter.drawRect(QRectF(left + place * step, base - tall, step - _GAP, tall))

        bar(0.5, self._found.late, "bad")
        for n, month in enumerate(months):
            bar(n + _FIRST, month.due, "warn" if n == 0 else "info")
        painter.fillRect(QRectF(left, base, self.width() - left, 1), dress.colour("line"))
        if self._tall:
            self._pace(painter, QPointF(left + (_FIRST - 0.5) * step, base - high * pace / most))
        painter.setPen(dress.colour("ink2"))
        for n, month in enumerate(months):
            if month.first.month == 1:
                box = QRectF(left + (n + _FIRST) * step - 2, base + 2, step * _YEAR, 20 * dress.scale)
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft, str(month.first.year))
        painter.drawText(
            QRectF(left, base + 2, step * _FIRST, 20 * dress.scale), Qt.AlignmentFlag.AlignLeft, "Late"
        )

    def _scale(self, painter: QPainter, base: float, high: float, most: float) -> float:
        """Thin lines at round numbers; gives how far the bars stand from the left."""
        dress = look()
        step = next((one for one in _STEPS if most / one <= _LINES), _STEPS[-1])
        numbers = range(step, int(most) + 1, step)
        metrics = QFontMetrics(dress.font("small"))
        left = max((metrics.horizontalAdvance(f"{one:,}") for one in numbers), default=0) + 8.0
        for one in numbers:
            at = base - high * one / most
            painter.fillRect(QRectF(left, at, self.width() - left, 1), dress.colour("line"))
            painter.setPen(dress.colour("ink2"))
            box = QRectF(0, at - metrics.height() / 2, left - 6, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{one:,}")
        return left

    def _pace(self, painter: QPainter, begins: QPointF) -> None:
        """The pace of late as a line over the months, dashed so that it is no bar's edge."""
        dress = look()
        painter.setPen(QPen(QColor(dress.colour("ink")), 2, Qt.PenStyle.DashLine))
        painter.drawLine(begins, QPointF(self.width(), begins.y()))


def _month(first: date) -> str:
    return wording.day(first).split(" ", 1)[1]
