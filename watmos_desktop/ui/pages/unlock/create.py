"""Making a workspace: who you are and a passphrase, twice."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Check, Line
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Pill

LEAST_CHARACTERS = 12
LEAST_WORDS = 4


def strength(passphrase: str) -> tuple[str, Tone, bool]:
    """Words, tone and whether it is enough: 12 characters that are not all alike, or 4 different words."""
    words = {word for word in re.split(r"[\s\-_.]+", passphrase.casefold()) if len(word) >= 2}
    if len(words) >= LEAST_WORDS:
        return "Strong: easy to remember, hard to guess", Tone.OK, True
    if len(set(passphrase)) < 5:
        return "Too simple", Tone.BAD, False
    if len(passphrase) >= LEAST_CHARACTERS:
        return "Good", Tone.OK, True
    missing = LEAST_CHARACTERS - len(passphrase)
    return f"{missing} more character{'s' * (missing > 1)}, or four words", Tone.WARN, False


class CreateForm(QWidget):
    """Your name and a passphrase; ``on_create(name, passphrase)`` runs when both are good.

    ``on_demo`` offers a landlord that is not real instead.
    """

    def __init__(
        self,
        on_create: Callable[[str, str], object],
        on_demo: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_create = on_create
        self._name, self._first, self._second = (
            Line("First and last name"),
            Line(secret=True),
            Line(secret=True),
        )
        self._see = Check("Show what I type")
        self._join = Check("I have a code from the office")
        self.form = Form(
            [
                Field("name", "Your name", self._name, check=self._check_name),
                Field(
                    "passphrase",
                    "Passphrase",
                    self._first,
                    help="Four words you can picture are best. It cannot be recovered: keep it safe.",
                    check=self._check_first,
                ),
                Field("again", "The same passphrase again", self._second, check=self._check_second),
            ]
        )
        self._pill = Pill("Four words or 12 characters", Tone.INFO)
        self._button = PrimaryButton("Make the workspace", self._create, key="Enter")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.form)
        column.addWidget(
            FlowRow(self._see, self._join)
        )  # side by side: on 1024 by 600 the button is in sight
        column.addWidget(self._pill)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._button)
        self._demo = QuietButton("Try the demo landlord", on_demo)
        self._demo.setVisible(on_demo is not None)
        row.addWidget(self._demo)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        self.setFocusProxy(self._name)
        self._first.textChanged.connect(self._rate)
        self._see.toggled.connect(self._show)
        for line in (self._name, self._first, self._second):
            line.returnPressed.connect(self._create)

    def wants_to_join(self) -> bool:
        """Whether the office's page for joining is to come next."""
        return self._join.isChecked()

    def show_busy(self, busy: bool) -> None:
        """Wait for the answer."""
        self._button.say("Making it…" if busy else "Make the workspace")
        self._button.setEnabled(not busy)
        self._demo.setEnabled(not busy)

    def tell(self, error: BaseException) -> None:
        """Show an error at the field it names, else at the passphrase."""
        if not self.form.tell(error):
            self.form.fields["passphrase"].show_error(str(error))

    def _create(self) -> None:
        if self._button.isEnabled() and self.form.check():
            name, passphrase = self._name.text().strip(), self._first.text()
            self._first.clear()
            self._second.clear()
            self._on_create(name, passphrase)

    def _rate(self, typed: str) -> None:
        words, tone, _ = strength(typed) if typed else ("Four words or 12 characters", Tone.INFO, False)
        self._pill.say(words, tone)

    def _show(self, seen: bool) -> None:
        for line in (self._first, self._second):
            line.setEchoMode(Line.EchoMode.Normal if seen else Line.EchoMode.Password)

    def _check_name(self, value: object) -> str:
        return "" if value else "Write your name: it stands beside what you record."

    def _check_first(self, value: object) -> str:
        words, _, enough = strength(self._first.text())
        return "" if enough else f"Not safe enough: {words[0].lower()}{words[1:]}."

    def _check_second(self, value: object) -> str:
        return "" if self._second.text() == self._first.text() else "The two are not the same."
