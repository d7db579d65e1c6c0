"""Where the focus rests on a walk: the name of what is on show. Every key of the walk works from here."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from watmos_desktop.ui.kit.look import look, paint_focus
from watmos_desktop.ui.kit.text import Heading

_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class Start(Heading):
    """A heading that takes the focus, so that a reader says it; ringed when Tab led to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._ringed = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def say(self, words: str, spoken: str) -> None:
        """Show words; a reader says more."""
        self.setText(words)
        self.setAccessibleName(spoken)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remember how the focus came."""
        self._ringed = event.reason() in _BY_KEY
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words, and the ring."""
        super().paintEvent(event)
        if self.hasFocus() and self._ringed:
            paint_focus(QPainter(self), QRectF(self.rect()), 4, look().colour("brand"))
