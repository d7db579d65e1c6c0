"""Scrolling by finger, and a list with its detail beside it or in its place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QScroller,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.later import later
from watmos_desktop.ui.kit.look import look

BESIDE = 1200


def scroll_by_touch(area: QAbstractScrollArea) -> None:
    """Let a finger drag the content; the mouse keeps selecting.

    Once the window is there: the first use of QScroller costs 20 ms.
    """

    def grab() -> None:
        QScroller.grabGesture(area.viewport(), QScroller.ScrollerGestureType.TouchGesture)

    later(area, grab)


class _Inside(QWidget):
    """What scrolls: as high as its words need at the width it has, not at the narrowest they could be."""

    def minimumSizeHint(self) -> QSize:
        """Where words wrap the width counts: the scroll area asks for the height at a width by itself."""
        hint, layout = super().minimumSizeHint(), self.layout()
        return QSize(hint.width(), 0) if layout is not None and layout.hasHeightForWidth() else hint


class Scroll(QScrollArea):
    """A column that scrolls when it is too long. ``scroll.column.addWidget(...)``.

    The focused part is always brought into view, also when an on-screen keyboard takes room.
    """

    def __init__(self, *, margin: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = _Inside()
        inside.setObjectName("scrolled")
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(12)
        self._inside = inside
        self.setWidget(inside)
        scroll_by_touch(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the field in use visible."""
        super().resizeEvent(event)
        focused = self.focusWidget()
        if focused is not None and focused.hasFocus() and self._inside.isAncestorOf(focused):
            self.ensureWidgetVisible(focused, 24, 24)


class SidePanel(Card):
    """A column at the right that scrolls; ``column`` takes parts, ``foot`` a row of buttons."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(margin=0, parent=parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._scroll = Scroll(margin=16)
        self._scroll.column.setSpacing(8)
        self.column = self._scroll.column
        self.foot = QHBoxLayout()
        self.foot.setContentsMargins(16, 0, 16, 0)
        self.foot.setSpacing(8)
        self.foot.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.add(self._scroll, 1)
        self.body.addLayout(self.foot)
        self.body.setContentsMargins(1, 1, 1, 16)
        self._down = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._scroll_now)

    def scrolled(self) -> int:
        """How far down the column has been scrolled."""
        return self._scroll.verticalScrollBar().value()

    def scroll_to(self, down: int) -> None:
        """Scroll so far down once what was put in has its room; the last one asked for counts."""
        self._down = down
        self._soon.start()

    def foot_has(self, part: QWidget) -> bool:
        """Whether a part stands in the row at the foot."""
        return not self._scroll.isAncestorOf(part)

    def _scroll_now(self) -> None:
        # Asked for now and not when it was wanted: a bar that was kept may be gone.
        self._scroll.verticalScrollBar().setValue(self._down)

    def empty(self) -> None:
        """Take every part away."""
        for layout in (self.column, self.foot):
            while layout.count():
                taken = layout.takeAt(0)
                part = taken.widget() if taken is not None else None
                if part is not None:
                    part.hide()
                    part.deleteLater()


class ListDetail(QWidget):
    """A list and its detail: side by side from 1200 px of window, else one at a time with Back.

    >>> panes = ListDetail(table, panel)
    >>> panes.show_detail()       # after a row was opened
    >>> panes.back()              # True if it went back to the list

    Signals ``went_back``, and ``list_shown(bool)`` for what belongs to the list above it. Beside each other
    the detail takes 2 of 6 parts of the width.
    """

    went_back = Signal()
    list_shown = Signal(bool)

    def __init__(self, listed: QWidget, detail: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list, self._detail = listed, detail
        self._open = False
        self._beside = True
        self._back = QuietButton("Back", self.back, key="Esc", symbol="back")
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(detail, 1)
        self._right = right
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(listed, 4)
        row.addWidget(right, 2)
        self._arrange()

    def show_detail(self) -> None:
        """Bring the detail to the front (it is always there when both fit)."""
        self._open = True
        self._arrange()

    def back(self) -> bool:
        """Go back to the list; False if the list is already in sight."""
        if self._beside or not self._open:
            return False
        self._open = False
        self._arrange()
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.went_back.emit()
        return True

    def beside(self) -> bool:
        """Whether list and detail are both in sight."""
        return self._beside

    def showEvent(self, event: QEvent) -> None:
        """Follow the window's width from now on."""
        window = self.window()
        window.installEventFilter(self)
        self._measure(window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window changed its width."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self._measure(watched)
        return False

    def _measure(self, window: QWidget) -> None:
        beside = window.width() >= BESIDE * look().scale
        if beside != self._beside:
            self._beside = beside
            self._arrange()

    def _arrange(self) -> None:
        self._list.setVisible(self._beside or not self._open)
        self._right.setVisible(self._beside or self._open)
        self._back.setVisible(not self._beside)
        self.list_shown.emit(self._beside or not self._open)
