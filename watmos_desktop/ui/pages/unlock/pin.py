"""The PIN in front of a workspace that was locked in this session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.ui.kit.button import LinkButton, PrimaryButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.text import Text


class PinForm(QWidget):
    """``on_pin(digits)`` runs when they are typed; ``instead`` goes to the passphrase. ``until`` is said in words."""

    def __init__(
        self,
        on_pin: Callable[[str], object],
        instead: Callable[[], object],
        until: datetime,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_pin = on_pin
        self.line = Line(secret=True)
        self.line.setMaxLength(12)
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly | Qt.InputMethodHint.ImhSensitiveData)
        self.line.returnPressed.connect(self.open)
        self.field = Field("pin", "PIN", self.line)
        self.setFocusProxy(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.field)
        column.addWidget(
            Text(
                f"It opens until {until:%H:%M}. After five wrong tries only the passphrase does.",
                role="quiet",
                wrap=True,
            )
        )
        self._button = PrimaryButton("Open", self.open, key="Enter")
        column.addWidget(FlowRow(self._button, LinkButton("Use the passphrase", instead)))
        column.addStretch(1)

    def open(self) -> None:
        """Hand the digits over, and keep none."""
        digits = self.line.text()
        if not digits:
            self.field.show_error("Type your PIN.")
        elif self._button.isEnabled():
            self.line.clear()
            self.field.show_error("")
            self._on_pin(digits)

    def show_busy(self, busy: bool) -> None:
        """Wait for the answer."""
        self._button.say("Opening…" if busy else "Open")
        self._button.setEnabled(not busy)
        self.line.setEnabled(not busy)

    def show_error(self, words: str) -> None:
        """Say why not; the PIN must be typed again."""
        self.field.show_error(words)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
