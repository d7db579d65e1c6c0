"""The page in front of the encrypted workspace. It keeps no passphrase after handing it over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ParamSpec

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.button import IconButton, LinkButton, PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.notice import NoticeBar
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.unlock.create import CreateForm
from watmos_desktop.ui.pages.unlock.pin import PinForm

P = ParamSpec("P")

_WHAT = "Records of homes, repairs and visits, encrypted on this computer: only your passphrase opens them."
_FORGOTTEN = (
    "Nobody can read this workspace without the passphrase, not even the office. Your manager can send "
    "everything that reached the office to a new workspace; only what was never sent stays locked here."
)


class Secret(QWidget):
    """A passphrase field with a button that shows what was typed; Ctrl+H shows and hides it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = Line(secret=True)
        self.line.setAccessibleName(name)
        self._eye = IconButton("eye", "Show the passphrase", self._turn)
        self.setFocusProxy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self._eye)

    def _turn(self) -> None:
        hidden = self.line.echoMode() == QLineEdit.EchoMode.Password
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self._eye.change(
            "eye-off" if hidden else "eye", "Hide the passphrase" if hidden else "Show the passphrase"
        )


class UnlockPage(QWidget):
    """What this is, the passphrase, and honest words when it does not open.

    >>> page = UnlockPage(on_unlock=lambda passphrase: ..., on_create=lambda name, passphrase: ...,
    ...                   workspace="Lindley and Chuckery", new=not exists)
    >>> page.show_error(error)       # anything with .message and .hint; the passphrase is emptied
    >>> page.show_open_elsewhere()   # with a button that tries again

    ``on_unlock`` and ``on_create`` are called with the page busy; the caller answers with ``show_error`` or
    replaces the page. ``new`` opens the form that makes a workspace; ``on_demo`` offers a demo there. An error of the
    field "code" opens a field for the recovery code, an error of the field "pin" belongs to ``offer_pin``.
    """

    def __init__(
        self,
        on_unlock: Callable[[str], object],
        on_create: Callable[[str, str], object],
        *,
        workspace: str = "",
        new: bool = False,
        on_demo: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Unlock")
        self._on_unlock = on_unlock
        self._pin: PinForm | None = None
        self.notices = NoticeBar()
        self.create_form = CreateForm(self._busy_and(on_create), on_demo)
        card = self._card = Card(margin=24)
        card.setMaximumWidth(520)
        card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        card.body.setSpacing(16)
        card.add(Text("WATMOS", role="title"))
        self._about = Text("", role="quiet", wrap=True)
        card.add(self._about)
        card.add(self.notices)
        self._unlock_form = self._unlock_side(workspace)
        card.add(self._unlock_form)
        card.add(self.create_form)
        scroll = Scroll(margin=24)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card, 100)
        middle.addStretch(1)
        scroll.column.addStretch(2)
        scroll.column.addLayout(middle)
        scroll.column.addStretch(3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        self.show_create(new)

    def show_create(self, new: bool) -> None:
        """Turn to the form that makes a workspace, or back."""
        self._about.setText(
            "Make the workspace on this computer: a name for your work and a passphrase that only you know."
            if new
            else _WHAT
        )
        self._unlock_form.setVisible(not new)
        self.create_form.setVisible(new)
        self.setFocusProxy(self.create_form if new else self.secret.line)
        self.notices.clear()

    def offer_pin(self, on_pin: Callable[[str], object], until: datetime) -> None:
        """It was locked in this session: a PIN opens it again."""
        self._pin = PinForm(self._busy_and(on_pin), self.withdraw_pin, until)
        self._card.body.insertWidget(self._card.body.indexOf(self._unlock_form), self._pin)
        self._unlock_form.setVisible(False)
        self._about.setText("Locked. Your records are closed and encrypted; your PIN opens them again.")
        self.setFocusProxy(self._pin)
        self._pin.setFocus(Qt.FocusReason.OtherFocusReason)

    def withdraw_pin(self) -> None:
        """Only the passphrase opens it."""
        form, self._pin = self._pin, None
        if form is not None:
            form.hide()
            form.deleteLater()
            self._about.setText(_WHAT)
            self._unlock_form.setVisible(True)
            self.setFocusProxy(self.secret.line)
            self.secret.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def code(self) -> str:
        """The recovery code, where it was asked for."""
        return "" if self._code.isHidden() else self._code_line.text()

    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return not self._button.isEnabled()

    def show_busy(self, busy: bool) -> None:
        """Wait for the answer: the button says so and cannot be pressed again."""
        self._button.say("Opening…" if busy else "Unlock")
        self._button.setEnabled(not busy)
        self.secret.setEnabled(not busy)
        self._code_line.setEnabled(not busy)
        if self._pin is not None:
            self._pin.show_busy(busy)
        self.create_form.show_busy(busy)

    def show_error(self, error: BaseException) -> None:
        """Say in words why it did not open; the passphrase must be typed again."""
        self.show_busy(False)
        at = getattr(error, "field", "")
        if self._pin is not None and at == "pin":
            self._pin.show_error(str(error))
            return
        self.withdraw_pin()
        if self.create_form.isHidden() and at == "code":
            self._ask_code(str(error))
        elif self.create_form.isHidden():
            self.secret.line.clear()
            told = hasattr(error, "message")
            self.field.show_error(str(error) if told else "The workspace could not be opened. Try again.")
            self.notices.clear()
            self.secret.line.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.create_form.tell(error)

    def show_open_elsewhere(self, words: str = "This workspace is already open in another window.") -> None:
        """It is in use: say so and offer to try again with the same passphrase."""
        self.show_busy(False)
        self.notices.say(words, "Close it there first, then try again.", Tone.WARN, "Try again", self._again)
        if self._pin is not None:  # waiting took the keyboard away
            self._pin.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _unlock_side(self, workspace: str) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        if workspace:
            column.addWidget(Text(workspace, role="heading", wrap=True))
        self.secret = Secret("Passphrase")
        self.field = Field("passphrase", "Passphrase", self.secret.line, holder=self.secret)
        self.secret.line.returnPressed.connect(self._unlock)
        self.secret.line.installEventFilter(self)
        column.addWidget(self.field)
        self._code_line = Line("XXXXX XXXXX …")
        self._code_line.returnPressed.connect(self._unlock)
        self._code = Field("code", "Recovery code, from paper", self._code_line)
        self._code.setVisible(False)
        column.addWidget(self._code)
        self._caps = Text("Caps Lock is on.", role="strong", tone=Tone.WARN)
        self._caps.setVisible(False)
        column.addWidget(self._caps)
        row = QHBoxLayout()
        row.setSpacing(8)
        self._button = PrimaryButton("Unlock", self._unlock, key="Enter")
        row.addWidget(self._button)
        row.addWidget(LinkButton("Forgotten it?", self._forgotten))
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(QuietButton("Make a new workspace", lambda: self.show_create(True)))
        column.addStretch(1)
        return side

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A capital letter without Shift, or a small one with it, means Caps Lock."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            typed = event.text()
            if len(typed) == 1 and typed.isalpha() and typed.upper() != typed.lower():
                shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._caps.setVisible(typed.isupper() != shifted)
        return False

    def _ask_code(self, words: str) -> None:
        """The computer has lost its key: the passphrase stays in its field, as it is not at fault."""
        self._code.setVisible(True)
        self._code.show_error(words)
        self.notices.clear()
        self._code_line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _again(self) -> None:
        if self._pin is not None:
            self.notices.clear()
            self._pin.line.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._unlock()

    def _unlock(self) -> None:
        passphrase = self.secret.line.text()
        if not passphrase:
            self.field.show_error("Type your passphrase.")
            return
        if not self.busy():
            self.notices.clear()
            self.field.show_error("")
            self._code.show_error("")
            self.show_busy(True)
            self._on_unlock(passphrase)

    def _busy_and(self, run: Callable[P, object]) -> Callable[P, None]:
        def begin(*typed: P.args, **named: P.kwargs) -> None:
            self.show_busy(True)
            run(*typed, **named)

        return begin

    def _forgotten(self) -> None:
        self.notices.say("A forgotten passphrase cannot be recovered.", _FORGOTTEN, Tone.INFO)
