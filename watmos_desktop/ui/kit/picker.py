"""One field that finds one thing as one types: arrows move, Enter takes, a click too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.look import look
from watmos_desktop.ui.kit.text import Text


@dataclass(frozen=True)
class Option:
    """One thing to take: what the code calls it, its words, and a quiet line."""

    key: Any
    title: str
    sentence: str = ""


class OptionRow(QAbstractButton):
    """One option in the list below the field; ``marked`` is the one that Enter takes."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.option = option
        self.marked = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{option.title}, {option.sentence}" if option.sentence else option.title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def mark(self, on: bool) -> None:
        """Show whether Enter takes this one."""
        self.marked = on
        self.update()

    def sizeHint(self) -> QSize:
        """A target for a thumb."""
        return QSize(200, max(44, QFontMetrics(look().font("body")).height() + 20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The title, the quiet line behind it, and the ground of the marked one."""
        painter, dress = QPainter(self), look()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.marked:
            painter.setPen(dress.colour("brand"))
            painter.setBrush(dress.colour("brand_soft"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        box = self.rect().adjusted(12, 0, -12, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
        for words, bold, ink in ((self.option.title, True, "ink"), (self.option.sentence, False, "ink2")):
            font = dress.font("body" if bold else "small", bold=bold)
            metrics = QFontMetrics(font)
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, max(box.width(), 0))
            painter.setFont(font)
            painter.setPen(dress.colour(ink))
            painter.drawText(box, flags, shown)
            box.adjust(metrics.horizontalAdvance(shown) + 12, 0, 0, 0)


class Picker(QWidget):
    """A field with what it finds below; once one is taken, that one with a button to change it.

    >>> Picker("Where is it?", "Address, name or block", find, take)   # find(text) -> options; take(option)

    ``find`` is asked at every letter, and with "" before the first.
    """

    def __init__(
        self,
        name: str,
        hint: str,
        find: Callable[[str], Sequence[Option]],
        on_take: Callable[[Option], object],
        on_change: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._find, self._on_take, self._on_change = find, on_take, on_change
        self._rows: list[OptionRow] = []
        self.line = Line(hint)
        self.line.setAccessibleName(name)
        self.line.textEdited.connect(self.offer)
        self.line.installEventFilter(self)
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self._none = Text(role="quiet", wrap=True)
        self._taken = QWidget()
        taken = QHBoxLayout(self._taken)
        taken.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(2)
        self._title, self._sentence = Text(role="strong", wrap=True), Text(role="quiet", wrap=True)
        words.addWidget(self._title)
        words.addWidget(self._sentence)
        taken.addLayout(words, 1)
        self.change = QuietButton("Change", self._again)
        self.change.setAccessibleName(f"Change: {name}")
        taken.addWidget(self.change)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addLayout(self._list)
        column.addWidget(self._none)
        column.addWidget(self._taken)
        self.setFocusProxy(self.line)
        self.clear()

    def clear(self) -> None:
        """Nothing taken, nothing typed."""
        self.line.clear()
        self._show(taken=False)
        self.offer("")

    def take(self, title: str, sentence: str = "") -> None:
        """Show what was taken."""
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self._empty()
        self._show(taken=True)

    def rows(self) -> list[OptionRow]:
        """The options on show."""
        return list(self._rows)

    def offer(self, text: str) -> None:
        """Show what these letters find."""
        self._empty()
        for option in self._find(text.strip()):
            row = OptionRow(option)
            row.clicked.connect(lambda _=False, one=option: self._on_take(one))
            self._rows.append(row)
            self._list.addWidget(row)
        self._none.setText(
            "" if self._rows or not text.strip() else "Nothing of that name. Try a part of it."
        )
        self._none.setVisible(bool(self._none.text()))
        self._mark(0)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Arrows and Enter in the field belong to the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._rows:
            here = next((n for n, row in enumerate(self._rows) if row.marked), 0)
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self._mark(max(0, min(here + step, len(self._rows) - 1)))
                return True
            plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
                self._on_take(self._rows[here].option)
                return True
        return False

    def _again(self) -> None:
        self._on_change()
        self.clear()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _mark(self, number: int) -> None:
        for place, row in enumerate(self._rows):
            row.mark(place == number)
        self.line.setAccessibleDescription(self._rows[number].accessibleName() if self._rows else "")

    def _show(self, *, taken: bool) -> None:
        self.line.setVisible(not taken)
        self._taken.setVisible(taken)
        self._none.setVisible(False)

    def _empty(self) -> None:
        for row in self._rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = []
