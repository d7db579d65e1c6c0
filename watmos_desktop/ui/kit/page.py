"""What every page has: a head, a body, a place for notices, and the calls the window makes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.look import Tone, look, paint_focus
from watmos_desktop.ui.kit.notice import NoticeBar
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.pill import Dot
from watmos_desktop.ui.kit.text import Elided, Text


class Page(QWidget):
    """A tab's content. Subclasses fill ``body`` and override what they need; every default does nothing.

    >>> class Homes(Page):
    ...     def __init__(self):
    ...         super().__init__("Homes", "2,750 homes on 3 estates", SearchField("Search homes"))
    ...         self.body.addWidget(HomesList(), 1)

    ``scroll=True`` makes a body of cards scroll; a body with a table or list scrolls by itself.
    ``open_requested.emit("repairs", reference)`` asks the window for another page (``"walk"``, an id, …).
    ``count_changed.emit(n)`` puts a number on the rail (-1 for none).
    """

    open_requested = Signal(str, object)
    count_changed = Signal(int)
    closed = Signal()

    def __init__(
        self,
        title: str = "",
        sentence: str = "",
        *right: QWidget,
        scroll: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        self.head = PageHead(title, sentence, *right)
        self.notices = NoticeBar()
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        scrolled = Scroll() if scroll else None
        column.addWidget(self.head)
        self.head.setVisible(
            bool(title)
        )  # in its place by now: shown before, it would be a window of its own
        column.addWidget(self.notices)
        if scrolled is not None:
            self.body = scrolled.column
            column.addWidget(scrolled, 1)
        else:
            column.addLayout(self.body, 1)

    def open(self, argument: object) -> None:
        """Show this record or filter; called after ``open_requested`` and after an unlock."""

    def place(self) -> object:
        """What ``open`` needs to come back here after a lock: an id, never words about a person."""
        return None

    def leave(self) -> None:
        """Called before the page is emptied at a lock: hand drafts to the store now."""

    def back(self) -> bool:
        """Esc: go back one step inside the page; False if there is none."""
        return False

    def search(self) -> bool:
        """Ctrl+K: put the cursor into the page's search; False if it has none."""
        return False

    def undo(self) -> bool:
        """Ctrl+Z: take back the last step; False if there is none."""
        return self.notices.undo()


class PageHead(QWidget):
    """The title, one sentence on how things stand, and at the right the search or the primary action.

    >>> PageHead("Repairs", "12 open · 3 overdue", SearchField("Search"), PrimaryButton("Report a repair"))
    """

    def __init__(
        self, title: str, sentence: str = "", *right: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        self._title = Elided(title, role="title")
        self._sentence = Text(sentence, role="quiet", wrap=True)
        words.addWidget(self._title)
        words.addWidget(self._sentence)
        row.addLayout(words, 1)
        self._sentence.setVisible(bool(sentence))
        row.addSpacing(12)
        for part in right:
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)

    def say(self, title: str, sentence: str = "") -> None:
        """Show other words."""
        self._title.say(title)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))

    def sentence(self) -> str:
        """The sentence shown."""
        return self._sentence.text()


class StatusStrip(QAbstractButton):
    """The foot of the window: the truth about saving and the office. Pressed, it opens what it speaks of.

    >>> strip.say("Saved here · 3 records waiting", "No network. Everything works.", Tone.WARN)
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(8)
        self._dot = Dot(Tone.OK)
        self._left = Text()
        self._right = Elided(role="quiet")
        self._right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._dot)
        row.addWidget(self._left)
        row.addSpacing(16)
        row.addWidget(self._right, 1)

    def say(self, left: str, right: str = "", tone: Tone = Tone.OK) -> None:
        """What is saved and waiting; at the right what that means."""
        self._dot.show_tone(tone)
        self._dot.setVisible(bool(left))
        self._left.setText(left)
        self._right.say(right)
        self.setToolTip(right)
        self.setAccessibleName(f"{left}. {right}")

    def sizeHint(self) -> QSize:
        """As high as a thumb needs."""
        hint = super().sizeHint()
        inner = self._row.sizeHint()
        return QSize(max(hint.width(), inner.width()), max(44, inner.height()))

    def minimumSizeHint(self) -> QSize:
        """The words on the left are not cut."""
        return QSize(self._row.minimumSize().width(), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, a line above it, and the focus ring."""
        painter, dress = QPainter(self), look()
        painter.fillRect(self.rect(), dress.colour("brand_soft" if self.isDown() else "surface"))
        painter.fillRect(0, 0, self.width(), 1, dress.colour("line"))
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()).adjusted(2, 3, -2, -2), 6, dress.colour("brand"))


class Progress(QProgressBar):
    """A thin bar. ``bar = Progress("Item 14 of 30"); bar.show_part(14, 30)``."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextVisible(False)
        self.setFixedHeight(8)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_part(self, done: int, total: int, words: str = "") -> None:
        """``done`` of ``total``; a total of 0 means that nobody knows yet."""
        self.setUpdatesEnabled(False)  # setValue would paint at once, in the middle of a step
        self.setRange(0, total)
        self.setValue(done)
        self.setUpdatesEnabled(True)
        self.setAccessibleDescription(words or (f"{done} of {total}" if total else "Working"))
