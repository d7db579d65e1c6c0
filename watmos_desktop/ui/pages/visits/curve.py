"""The due curve: how many homes fall due in each of the next months, small and quiet, with its numbers as text."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watmos_desktop.services import wording
from watmos_desktop.services.visits_forecast import Forecast
from watmos_desktop.ui.kit.look import look

_HIGH, _GAP = 56, 2
_YEAR = 12
_FIRST = 5  # places before the first month: the late, and room for their word


class DueCurve(QWidget):
    """One bar a month for three years, and one before them for what is late already."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Forecast | None = None
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
        return QSize(360, round((_HIGH + 20) * look().scale))

    def minimumSizeHint(self) -> QSize:
        """Narrow is possible."""
        return QSize(220, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Late first, then month by month; a word below each January."""
        if self._found is None:
            return
        dress, painter = look(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        months = self._found.months
        most = max([month.due for month in months] + [self._found.late, 1])
        base = self.height() - 20 * dress.scale
        step = self.width() / (len(months) + _FIRST)
        painter.setPen(Qt.PenStyle.NoPen)

        def bar(place: float, number: int, colour: str) -> None:
            high = max(2.0, (base - 4) * number / most) if number else 0.0
            painter.setBrush(dress.colour(colour))
            painter.drawRect(QRectF(place * step, base - high, step - _GAP, high))

        bar(0.5, self._found.late, "bad")
        for n, month in enumerate(months):
            bar(n + _FIRST, month.due, "warn" if n == 0 else "info")
        painter.fillRect(QRectF(0, base, self.width(), 1), dress.colour("line"))
        painter.setFont(dress.font("small"))
        painter.setPen(dress.colour("ink2"))
        for n, month in enumerate(months):
            if month.first.month == 1:
                box = QRectF((n + _FIRST) * step - 2, base + 2, step * _YEAR, 20 * dress.scale)
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft, str(month.first.year))
        painter.drawText(
            QRectF(0, base + 2, step * _FIRST, 20 * dress.scale), Qt.AlignmentFlag.AlignLeft, "Late"
        )


def _month(first: date) -> str:
    return wording.day(first).split(" ", 1)[1]
