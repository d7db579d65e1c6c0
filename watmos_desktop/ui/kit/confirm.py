"""What cannot be taken back is confirmed where it stands, after saying what it does: no message box."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.text import Text


class Confirm(QWidget):
    """Buttons that each ask once more below themselves: the consequence, the same verb, and "Leave it".

    >>> confirm = Confirm("Old laptop")
    >>> confirm.offer("Suspend", "It stops at its next call. What is on it stays.", suspend)
    >>> confirm.offer("New code", "", new_code)       # no consequence: done at once
    """

    def __init__(self, about: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._about = about
        self.buttons: dict[str, QuietButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._row = FlowRow()
        column.addWidget(self._row)
        self._asked = QWidget()
        self._asked.setVisible(False)
        inner = QVBoxLayout(self._asked)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        self._words = Text(role="strong", wrap=True)
        inner.addWidget(self._words)
        self._sure = QuietButton("")
        self._leave = QuietButton("Leave it", self.leave)
        inner.addWidget(FlowRow(self._sure, self._leave))
        column.addWidget(self._asked)
        self._run: Callable[[], object] | None = None
        self._from: QuietButton | None = None
        self._sure.clicked.connect(self._do)

    def offer(self, verb: str, consequence: str, run: Callable[[], object]) -> QuietButton:
        """One more button; gives it back."""
        button = QuietButton(verb)
        button.setAccessibleName(f"{verb}: {self._about}")
        button.clicked.connect(lambda: self._ask(button, verb, consequence, run) if consequence else run())
        self._row.add(button)
        self.buttons[verb] = button
        return button

    def leave(self) -> bool:
        """Do nothing after all; False when nothing was asked."""
        if self._run is None:
            return False
        self._run = None
        self._asked.setVisible(False)
        if self._from is not None:
            self._from.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _ask(self, button: QuietButton, verb: str, consequence: str, run: Callable[[], object]) -> None:
        self._run, self._from = run, button
        self._words.setText(consequence)
        self._sure.say(f"{verb} now")
        self._sure.setAccessibleName(f"{verb} now: {self._about}")
        self._sure.setAccessibleDescription(consequence)
        self._asked.setVisible(True)
        self._leave.setFocus(Qt.FocusReason.OtherFocusReason)

    def _do(self) -> None:
        run, self._run = self._run, None
        self._asked.setVisible(False)
        if run is not None:
            run()
