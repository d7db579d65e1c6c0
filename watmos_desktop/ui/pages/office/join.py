"""Joining the office: its address and a code that works once, for a quarter of an hour."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from watmos_desktop.services import log
from watmos_desktop.services.errors import Told
from watmos_desktop.services.sync import codes, joining
from watmos_desktop.services.sync.joining import Joined
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page, Progress
from watmos_desktop.ui.kit.text import Text

_WIDEST = 760
_STEPS = (
    "1  Someone at the office opens People there and makes a code for you.",
    "2  They tell you the office's address and the code, or show you both.",
    "3  You type them here within 15 minutes. The code works once.",
)


class CodeLine(Line):
    """Takes a code in groups of four, however it is typed or pasted; small letters become large ones.

    A pasted invitation (address and code in one text) fills ``address`` too.
    """

    def __init__(self, address: Line, parent: QWidget | None = None) -> None:
        super().__init__("XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX", parent=parent)
        self._address = address
        self.textEdited.connect(self._grouped)

    def _grouped(self, typed: str) -> None:
        invited = codes.read_invitation(typed)
        if invited is not None:
            self._address.setText(invited.url)
            typed = invited.code
        at_end = self.cursorPosition() >= len(self.text())
        before = len(codes.bare(typed[: self.cursorPosition()]))
        grouped = codes.grouped(typed)
        if grouped != self.text():
            self.setText(grouped)
            self.setCursorPosition(len(grouped) if at_end or invited else codes.place(before))


class JoinPage(Page):
    """``joined(Joined)`` is called when this workspace belongs to an office and a person there.

    ``enrol`` is how it joins, as ``joining.enrol``.
    """

    def __init__(
        self,
        desk: Desk,
        joined: Callable[[Joined], object],
        *,
        enrol: Callable[..., Joined] = joining.enrol,
        parent: QWidget | None = None,
    ) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__(
            "Join the office",
            "What you record is then sent there, and what others record on your estates comes here.",
            back,
            scroll=True,
            parent=parent,
        )
        self._desk, self._joined, self._enrol = desk, joined, enrol
        self._ca = ""
        self._url = Line("https://office.example.org")
        self._code = CodeLine(self._url)
        self._name = Line()
        self._name.setText(platform.node()[:80] or "My computer")
        self.form = Form(
            [
                Field("url", "Address of the office", self._url, check=_given("Type the office's address.")),
                Field(
                    "code",
                    "Code",
                    self._code,
                    help="28 letters and digits. O and 0, I and 1 are taken alike.",
                    check=_whole,
                ),
                Field(
                    "name",
                    "Name of this device",
                    self._name,
                    help="By this name the office can suspend it when it is lost.",
                    check=_given("Give this device a name."),
                ),
            ]
        )
        self._button = PrimaryButton("Join", self.join, key=shown_key("save"))
        self._own = QuietButton("The office has a certificate of its own…", self._choose_ca)
        self._bar = Progress("Joining the office")
        self._bar.setVisible(False)
        steps = Card("How it goes")
        for step in _STEPS:
            steps.add(Text(step, wrap=True))
        card = Card("This device")
        card.add(self.form)
        card.add(self._bar)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._button)
        row.addWidget(self._own)
        row.addStretch(1)
        card.body.addLayout(row)
        for each in (steps, card):
            each.setMaximumWidth(_WIDEST)
            self.body.addWidget(each)
        self.body.addStretch(1)
        self.setFocusProxy(self._url)
        bind(self, "save", self.join)

    def leave(self) -> None:
        """A code is not kept over a lock."""
        self._code.clear()

    def join(self) -> None:
        """Prove who answers, hand over the code, and become its person."""
        if not self._button.isEnabled() or not self.form.check():
            return
        values = {name: str(value) for name, value in self.form.values().items()}
        store, ca, enrol = self._desk.store, self._ca, self._enrol
        self._busy(True)
        self.notices.clear()
        self._desk.tasks.call(
            lambda: enrol(store, values["url"], values["code"], values["name"], ca=ca),
            self._done,
            owner=self,
            on_error=self._refused,
        )

    def _done(self, joined: Joined) -> None:
        self._busy(False)
        self._code.clear()
        self._joined(joined)

    def _refused(self, error: BaseException) -> None:
        self._busy(False)
        if not isinstance(error, Told):
            log.fault(error)
        if not self.form.tell(error):
            self.notices.tell(error)

    def _busy(self, busy: bool) -> None:
        self._button.setEnabled(not busy)
        self._button.say("Joining…" if busy else "Join")
        self._bar.setVisible(busy)
        self._bar.show_part(0, 0)

    def _choose_ca(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "The office's certificate", "", "PEM (*.pem *.crt)")
        if path:
            self.use_certificate(path)

    def use_certificate(self, path: str) -> None:
        """Trust the private authority in that PEM file for this office alone."""
        try:
            self._ca = joining.read_ca(Path(path))
        except Told as told:
            self.notices.tell(told)
            return
        self.notices.say("The office's own certificate is used for joining.", tone=Tone.OK)


def _given(words: str) -> Callable[[object], str]:
    return lambda value: "" if value else words


def _whole(value: object) -> str:
    missing = codes.LENGTH - len(codes.bare(str(value)))
    if missing > 0:
        return (
            f"{missing} more letter{'s' * (missing > 1)} or digits."
            if missing < codes.LENGTH
            else "Type the code."
        )
    return "This is longer than a code." if missing else ""
