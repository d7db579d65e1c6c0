"""Say it in place: what happened, the next step, and undo for six seconds instead of "are you sure?"."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.button import Button, IconButton, LinkButton
from watmos_desktop.ui.kit.flow import tab_inside
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Dot
from watmos_desktop.ui.kit.text import Text

UNDO_MS = 6_000


class Notice(QFrame):
    """One message: words, the next step, at most one button, and a cross.

    >>> Notice("The disk is full.", "Free some space; nothing is lost.", Tone.BAD, "Try again", save)
    """

    def __init__(
        self,
        words: str,
        step: str = "",
        tone: Tone = Tone.INFO,
        button: str = "",
        on_press: Callable[[], object] | None = None,
        *,
        key: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self.setProperty("tone", str(tone))
        self.setAccessibleName(f"{words} {step}".strip())
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 4, 4)
        row.setSpacing(10)
        row.addWidget(Dot(tone))
        text = QVBoxLayout()
        text.setSpacing(0)
        text.addStretch(1)
        text.addWidget(Text(words, role="strong", wrap=True))
        if step:
            text.addWidget(Text(step, wrap=True))
        text.addStretch(1)
        row.addLayout(text, 1)
        if button and on_press is not None:
            row.addWidget(LinkButton(button, on_press, key=key))
        self.cross = IconButton("close", "Close this message")
        row.addWidget(self.cross)


class NoticeBar(QWidget):
    """The place for messages on a page: one at a time, the newest. Takes no room when empty.

    >>> page.notices.say("Saved.", tone=Tone.OK)
    >>> page.notices.offer_undo("Photo removed.", put_back)     # six seconds, then it stands
    >>> page.notices.tell(error)                                # anything with .message and .hint
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._notice: Notice | None = None
        self._put_back: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self.setVisible(False)

    def say(
        self,
        words: str,
        step: str = "",
        tone: Tone = Tone.INFO,
        button: str = "",
        on_press: Callable[[], object] | None = None,
    ) -> None:
        """Show a message until it is closed or another comes."""
        self._show(Notice(words, step, tone, button, on_press))

    def tell(self, error: BaseException) -> None:
        """Show an error: its own ``message`` and ``hint`` if it has them, plain words if it is a bug."""
        words = getattr(error, "message", "Something went wrong here, and it is not your doing.")
        step = getattr(error, "hint", "What you typed is still here. Try again, or tell the office.")
        self.say(words, step, Tone.BAD)

    def offer_undo(self, words: str, put_back: Callable[[], object]) -> None:
        """Say what was done and offer to take it back for six seconds (also by Ctrl+Z)."""
        self._show(Notice(words, "", Tone.INFO, "Undo", self.undo, key="Ctrl+Z"))
        self._put_back = put_back
        self._timer.start(UNDO_MS)

    def undo(self) -> bool:
        """Take back what was offered; False if nothing is."""
        put_back = self._put_back
        if put_back is None:
            return False
        self.clear()
        put_back()
        return True

    def clear(self) -> None:
        """Take the message away; an offered undo ends with it."""
        self._timer.stop()
        self._put_back = None
        if self._notice is not None:
            self._column.removeWidget(self._notice)
            self._notice.hide()
            self._notice.deleteLater()
            self._notice = None
        self.setVisible(False)

    def showing(self) -> str:
        """The words on show, or ""."""
        return self._notice.accessibleName() if self._notice is not None else ""

    def _show(self, notice: Notice) -> None:
        self.clear()
        self._notice = notice
        notice.cross.clicked.connect(lambda: self.clear())
        self._column.addWidget(notice, 0, Qt.AlignmentFlag.AlignTop)
        tab_inside(self, *notice.findChildren(Button))
        self.setVisible(True)
        QAccessible.updateAccessibility(QAccessibleEvent(notice, QAccessible.Event.Alert))
