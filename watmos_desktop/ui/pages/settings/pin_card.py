"""The PIN that opens the program again within a session: chosen, changed, taken away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.services import pin, vault
from watmos_desktop.services.store import Store
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.notice import NoticeBar
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Text

_WHAT = (
    "A PIN opens the program again after it locked itself, for eight hours after you typed the passphrase. It opens "
    "nothing once the program was closed, and after five wrong tries only the passphrase does."
)


class PinCard(Card):
    """Says whether there is one; choosing one asks for the passphrase, as it opens the same records."""

    def __init__(self, desk: Desk, notices: NoticeBar, parent: QWidget | None = None) -> None:
        super().__init__("PIN", parent=parent)
        self._desk, self._notices = desk, notices
        self.pill = Pill("", Tone.INFO)
        self.body.addWidget(self.pill, 0, Qt.AlignmentFlag.AlignLeft)
        self.add(Text(_WHAT, wrap=True))
        self.choose_button = QuietButton("", self.begin)
        self.away_button = QuietButton("Take the PIN away", self.take_away)
        self._row = FlowRow(self.choose_button, self.away_button)
        self.add(self._row)
        self.part = self._form_part()
        self.add(self.part)
        self.forget()
        self.refresh()

    def refresh(self) -> None:
        """Say whether there is one."""
        chosen = pin.is_set(self._desk.store)
        self.pill.say("A PIN is set" if chosen else "No PIN", Tone.OK if chosen else Tone.INFO)
        self.choose_button.say("Change the PIN" if chosen else "Choose a PIN")
        self.away_button.setVisible(chosen)

    def begin(self) -> None:
        """Show the fields."""
        self._row.setVisible(False)
        self.part.setVisible(True)
        self._first.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Nothing typed stays on the page."""
        for field in self.form.fields.values():
            field.put("")
        self.part.setVisible(False)
        self._row.setVisible(True)

    def choose(self) -> None:
        """Keep it, once the passphrase is right."""
        if not self._keep.isEnabled() or not self.form.check():
            return
        store, digits, passphrase = self._desk.store, self._first.text(), self._passphrase.text()
        self._keep.setEnabled(False)
        self._desk.tasks.write(
            lambda: _choose(store, digits, passphrase), self._chosen, owner=self, on_error=self._tell
        )

    def take_away(self) -> None:
        """From now on only the passphrase opens it."""
        pin.take_away(self._desk.store)
        self.refresh()
        self._notices.say("The PIN is gone: only the passphrase opens the program.", tone=Tone.OK)

    def _form_part(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._first, self._again, self._passphrase = Line(secret=True), Line(secret=True), Line(secret=True)
        for line in (self._first, self._again):
            line.setMaxLength(pin.MOST_DIGITS)
            line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly | Qt.InputMethodHint.ImhSensitiveData)
        self.form = Form(
            [
                Field(
                    "pin",
                    "New PIN",
                    self._first,
                    help=f"{pin.LEAST_DIGITS} to {pin.MOST_DIGITS} digits; no date and no run.",
                    check=lambda v: "" if v else "Choose some digits.",
                ),
                Field("again", "The new PIN again", self._again, check=self._check_again),
                Field(
                    "passphrase",
                    "Your passphrase",
                    self._passphrase,
                    check=lambda v: "" if v else "Type it once more.",
                ),
            ]
        )
        column.addWidget(self.form)
        self._keep = QuietButton("Keep this PIN", self.choose)
        column.addWidget(FlowRow(self._keep, QuietButton("Leave it", self.forget)))
        self._passphrase.returnPressed.connect(self.choose)
        return part

    def _check_again(self, _: object) -> str:
        return "" if self._again.text() == self._first.text() else "The two are not the same."

    def _chosen(self, _: None) -> None:
        self._keep.setEnabled(True)
        self.forget()
        self.refresh()
        self._notices.say("The PIN opens the program again from the next lock on.", tone=Tone.OK)

    def _tell(self, error: BaseException) -> None:
        self._keep.setEnabled(True)
        if not self.form.tell(error):
            self._notices.tell(error)


def _choose(store: Store, digits: str, passphrase: str) -> None:
    pin.check(digits)
    vault.wipe(vault.unlock(store.home, passphrase))  # raises where it is wrong
    pin.choose(store, digits)
