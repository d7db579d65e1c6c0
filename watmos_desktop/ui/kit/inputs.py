"""Things to type into or choose from; each at least 44 px high and named by its ``Field``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QDate, QEvent, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDateEdit, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from watmos_desktop.ui.kit.chip import Choice
from watmos_desktop.ui.kit.icons import icon
from watmos_desktop.ui.kit.look import Tone, look, paint_focus, paint_shape


class Line(QLineEdit):
    """One line of text. ``Line("e.g. 14 Lindley House B")``; ``secret=True`` hides what is typed."""

    def __init__(self, hint: str = "", *, secret: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)
        if secret:
            self.setEchoMode(QLineEdit.EchoMode.Password)
            self.setInputMethodHints(
                Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
            )


class Lines(QPlainTextEdit):
    """Several lines of plain text; Tab goes on to the next field. ``Lines("What did you see?", rows=3)``."""

    def __init__(self, hint: str = "", *, rows: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self._rows = rows
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """As many rows as before at another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def sizeHint(self) -> QSize:
        """As many rows as were asked for: it grows only where nothing else wants the room."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def _fit(self) -> None:
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * self._rows + 28)
        self.updateGeometry()


class Select(QComboBox):
    """One of a few: ``Select([Choice("urgent", "Urgent")])``. The wheel never changes it."""

    def __init__(self, choices: Sequence[Choice] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.offer(choices)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Show these choices; the chosen one is kept if it is among them."""
        kept = self.value()
        self.clear()
        for choice in choices:
            self.addItem(choice.words, choice.id)
        self.choose(kept)

    def value(self) -> str:
        """The id of the choice, "" for none."""
        return str(self.currentData() or "")

    def choose(self, key: str) -> None:
        """Choose by id; an unknown id leaves the first."""
        self.setCurrentIndex(max(self.findData(key), 0 if self.count() else -1))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page, not the choice."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style's frame, and our own arrow."""
        super().paintEvent(event)
        _paint_chevron(self)


class DateInput(QDateEdit):
    """A day, shown as 23 Nov 2026, with a calendar: ``DateInput(date(2026, 11, 23)).value()``."""

    def __init__(self, day: date | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDisplayFormat("d MMM yyyy")
        self.setCalendarPopup(True)
        if day is not None:
            self.show_day(day)

    def value(self) -> date:
        """The day."""
        shown = self.date()
        return date(shown.year(), shown.month(), shown.day())

    def show_day(self, day: date) -> None:
        """Put a day in."""
        self.setDate(QDate(day.year, day.month, day.day))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page, not the date."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style's frame, and our own arrow."""
        super().paintEvent(event)
        _paint_chevron(self)


class Check(QCheckBox):
    """Yes or no. ``Check("The resident was told")``."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Box and words, high enough for a thumb."""
        metrics = self.fontMetrics()
        return QSize(
            metrics.horizontalAdvance(self.text()) + self._side() + 22, max(44, metrics.height() + 16)
        )

    def minimumSizeHint(self) -> QSize:
        """Words are not cut."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """The whole row can be pressed."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A box, a tick when it is so, and the words."""
        dress, painter, side = look(), QPainter(self), self._side()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(1, (self.height() - side) / 2, side, side)
        checked = self.isChecked()
        painter.setPen(QPen(dress.colour("brand" if checked else "edge"), 1.5))
        painter.setBrush(dress.colour("brand" if checked else "surface"))
        painter.drawRoundedRect(box, 5, 5)
        if checked:
            inner = box.adjusted(side / 4.5, side / 4.5, -side / 4.5, -side / 4.5)
            paint_shape(painter, Tone.OK, inner, dress.colour("on_brand"))
        painter.setPen(dress.colour("ink" if self.isEnabled() else "ink2"))
        words = self.rect().adjusted(side + 12, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), 6, dress.colour("brand"))

    def _side(self) -> int:
        return round(22 * min(look().scale, 1.5))


class SearchField(QLineEdit):
    """A search that reports what was typed 120 ms after the last key, and at once on Enter.

    >>> SearchField("Search a home, person or reference", on_search, key="Ctrl+K")

    Signal ``searched(str)``. Esc empties it first.
    """

    searched = Signal(str)

    def __init__(
        self,
        hint: str,
        on_search: Callable[[str], object] | None = None,
        *,
        key: str = "",
        width: int = 300,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setPlaceholderText(f"{hint}   {key}" if key else hint)
        self.setAccessibleName(hint)
        self.setMaximumWidth(width)
        self.setMinimumWidth(min(width, 180))
        self.setTextMargins(26, 0, 0, 0)
        self._width = width
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(120)
        self._wait.timeout.connect(self._report)
        self.textEdited.connect(lambda _: self._wait.start())
        self.returnPressed.connect(self._report)
        if on_search is not None:
            self.searched.connect(on_search)

    def sizeHint(self) -> QSize:
        """As wide as it was asked to be, where there is room."""
        return QSize(self._width, super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc empties the field before it goes back."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._report()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Esc for ourselves while there is something to empty."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Escape
            and self.text()
        ):
            event.accept()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field and a magnifying glass."""
        super().paintEvent(event)
        icon("search", look().colour("ink2")).paint(QPainter(self), 12, (self.height() - 18) // 2, 18, 18)

    def _report(self) -> None:
        self._wait.stop()
        self.searched.emit(self.text().strip())


def _paint_chevron(widget: QWidget) -> None:
    drawn = icon("down", look().colour("ink2" if widget.isEnabled() else "line"))
    drawn.paint(QPainter(widget), widget.width() - 30, (widget.height() - 18) // 2, 18, 18)
