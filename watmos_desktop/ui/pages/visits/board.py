"""The calendar of one week: a column a day, a card a visit, moved by dragging or by keys; pure painting and moving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from PySide6.QtCore import QMimeData, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watmos_desktop.services import wording
from watmos_desktop.ui.kit.look import Tone, look, paint_focus
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.pill import Dot
from watmos_desktop.ui.kit.text import Heading, Text

_MIME = "application/x-watmos-visit"


@dataclass(frozen=True)
class Entry:
    """A visit in the calendar. ``visit_id`` is None while it is only proposed; ``conflicts`` are words."""

    key: object
    visit_id: UUID | None
    day: date
    time: str
    address: str
    what: str
    officer: str
    why: str
    pinned: bool = False
    done: bool = False
    late: bool = False
    proposed: bool = False
    conflicts: tuple[str, ...] = ()

    @property
    def spoken(self) -> str:
        """Everything the card says, for a screen reader."""
        states = [
            words
            for holds, words in (
                (self.proposed, "proposed"),
                (self.pinned, "pinned"),
                (self.done, "done"),
                (self.late, "after its due day"),
            )
            if holds
        ]
        parts = [
            wording.weekday(self.day),
            self.time,
            self.address,
            self.what,
            self.officer,
            *states,
            *self.conflicts,
        ]
        return ", ".join(part for part in parts if part)


class EntryCard(QFrame):
    """One visit. The arrows go from card to card, Enter shows it in the list; dragging moves it."""

    def __init__(self, board: WeekBoard, entry: Entry) -> None:
        super().__init__()
        self.entry, self._board = entry, board
        self._pressed: QPoint | None = None
        self.setProperty("role", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(44)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setAccessibleName(entry.spoken)
        self.setToolTip(entry.why)
        if not entry.done and entry.visit_id is not None:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(6)
        tone = Tone.OK if entry.done else Tone.BAD if entry.conflicts or entry.late else Tone.INFO
        head.addWidget(Dot(tone))
        head.addWidget(Text(entry.time or "Any time", role="strong", wrap=True), 1)
        column.addLayout(head)
        state = "Proposed" if entry.proposed else "Done" if entry.done else "Pinned" if entry.pinned else ""
        column.addWidget(Text(entry.address, wrap=True))
        small = " · ".join(part for part in (state, entry.what, entry.officer) if part)
        column.addWidget(Text(small, role="small", wrap=True))
        for words in entry.conflicts:
            column.addWidget(Text(words, role="error", wrap=True))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The card in focus is the one whose reasons are shown."""
        super().focusInEvent(event)
        self._board.chosen.emit(self.entry)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surface, and the ring of what has the focus."""
        super().paintEvent(event)
        if self.hasFocus():
            paint_focus(QPainter(self), QRectF(self.rect()), 8, look().colour("brand"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the week, up and down the day, and show one; what changes it has keys of its own (actions.py)."""
        keys = Qt.Key
        if event.key() in (keys.Key_Left, keys.Key_Right):
            self._board.go(self.entry, -1 if event.key() == keys.Key_Left else 1)
        elif event.key() in (keys.Key_Up, keys.Key_Down):
            self._board.up_down(self, -1 if event.key() == keys.Key_Up else 1)
        elif event.key() in (keys.Key_Return, keys.Key_Enter):
            self._board.opened.emit(self.entry)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag would begin."""
        self._pressed = event.position().toPoint()
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin to drag once the pointer has gone a little way."""
        movable = self.entry.visit_id is not None and not self.entry.done and not self.entry.proposed
        if self._pressed is None or not movable:
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        drag, data = QDrag(self), QMimeData()
        data.setData(_MIME, str(self.entry.visit_id).encode())
        drag.setMimeData(data)
        drag.setPixmap(self.grab())
        drag.setHotSpot(self._pressed)
        self._pressed = None
        drag.exec(Qt.DropAction.MoveAction)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show it in the list."""
        self._board.opened.emit(self.entry)


class DayColumn(QFrame):
    """One day: its name, what is planned, and a place to drop."""

    def __init__(self, board: WeekBoard, day: date, note: str, today: bool) -> None:
        super().__init__()
        self.day, self._board = day, board
        self.setAcceptDrops(True)
        self.setAccessibleName(wording.long_day(day))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = Heading(("Today, " if today else "") + wording.weekday(day))
        column.addWidget(head)
        self._note = Text(note, role="small", wrap=True)
        self._note.setVisible(bool(note))
        column.addWidget(self._note)
        self.area = Scroll()
        self.area.column.setSpacing(8)
        column.addWidget(self.area, 1)
        self.cards: list[EntryCard] = []

    def show_entries(self, entries: list[Entry]) -> None:
        """The visits of the day, in order."""
        for entry in entries:
            card = EntryCard(self._board, entry)
            self.cards.append(card)
            self.area.column.addWidget(card)
        if not entries:
            self.area.column.addWidget(Text("Nothing planned", role="quiet", wrap=True))
        self.area.column.addStretch(1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Visits are taken."""
        if event.mimeData().hasFormat(_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A visit was dropped on this day."""
        raw: Any = event.mimeData().data(_MIME)
        event.acceptProposedAction()
        self._board.dropped.emit(UUID(bytes(raw).decode()), self.day)


class WeekBoard(QWidget):
    """Five days side by side.

    ``chosen(entry)`` has the focus, ``opened(entry)``, ``dropped(visit_id, day)``.
    """

    chosen = Signal(object)
    opened = Signal(object)
    dropped = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns: list[DayColumn] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)

    def show_week(self, days: list[tuple[date, str]], entries: list[Entry], today: date) -> None:
        """Other days and visits; the card in focus keeps it if it is still there."""
        held = self.focused()
        for column in self.columns:
            self._row.removeWidget(column)
            column.hide()
            column.deleteLater()
        self.columns = []
        for day, note in days:
            column = DayColumn(self, day, note, day == today)
            column.show_entries([entry for entry in entries if entry.day == day])
            self.columns.append(column)
            self._row.addWidget(column, 1)
            column.show()
        if held is not None:
            self.focus_on(held.key)

    def cards(self) -> list[EntryCard]:
        """Every card, day by day."""
        return [card for column in self.columns for card in column.cards]

    def focused(self) -> Entry | None:
        """The visit whose card has the focus."""
        return next((card.entry for card in self.cards() if card.hasFocus()), None)

    def focus_on(self, key: object) -> None:
        """Put the focus on a visit's card."""
        for card in self.cards():
            if card.entry.key == key:
                card.setFocus(Qt.FocusReason.OtherFocusReason)

    def go(self, entry: Entry, step: int) -> None:
        """To the first card of the next day that has one."""
        days = [column.day for column in self.columns]
        place = days.index(entry.day) + step
        while 0 <= place < len(days):
            if self.columns[place].cards:
                self.columns[place].cards[0].setFocus(Qt.FocusReason.TabFocusReason)
                return
            place += step

    def up_down(self, card: EntryCard, step: int) -> None:
        """To the next card of the same day."""
        column = next(one for one in self.columns if card in one.cards)
        place = column.cards.index(card) + step
        if 0 <= place < len(column.cards):
            column.cards[place].setFocus(Qt.FocusReason.TabFocusReason)
