"""One key hides everything from who looks over a shoulder, on every page (security.md S13)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QToolTip, QVBoxLayout, QWidget
from shiboken6 import isValid

from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.text import Heading


class Curtain(QStackedWidget):
    """``Curtain(content, "F8")``: the content, or in its place a page that says nothing of it.

    What is behind is hidden, not painted over: no key reaches it, and no screen reader. It is not locked: whoever
    presses the key again goes on where they were. Signal ``drawn(bool)``.

    >>> curtain = Curtain.over(page)      # the one that a widget lies behind; None where there is none
    """

    drawn = Signal(bool)

    def __init__(self, content: QWidget, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before: QWidget | None = None
        cover = QWidget()
        cover.setObjectName("page")
        cover.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        cover.setAccessibleName("A short break")
        column = QVBoxLayout(cover)
        column.setSpacing(16)
        column.addStretch(2)
        column.addWidget(Heading("A short break", wrap=False), 0, Qt.AlignmentFlag.AlignHCenter)
        self.go_on = QuietButton("Go on", self.open, key=key)
        column.addWidget(self.go_on, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.addWidget(content)
        self.addWidget(cover)

    @classmethod
    def over(cls, widget: QWidget) -> Curtain | None:
        """The curtain that a widget lies behind."""
        above: QWidget | None = widget
        while above is not None and not isinstance(above, cls):
            above = above.parentWidget()
        return above

    def covered(self) -> bool:
        """Whether nothing is to be seen."""
        return self.currentIndex() == 1

    def turn(self) -> None:
        """Draw it, or open it again."""
        if self.covered():
            self.open()
        else:
            self.draw()

    def draw(self) -> None:
        """Hide what is on the screen, with every menu and tip."""
        if self.covered():
            return
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        QToolTip.hideText()
        self._before = QApplication.focusWidget()
        self.setCurrentIndex(1)
        self.go_on.setFocus(Qt.FocusReason.OtherFocusReason)
        self.drawn.emit(True)

    def open(self) -> None:
        """Show it again; the keyboard is where it was."""
        if not self.covered():
            return
        self.setCurrentIndex(0)
        before, self._before = self._before, None
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.drawn.emit(False)
