"""The end of a visit at the door: a signature for each tenant, then what is left to do, for who visits alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from watmos_desktop.services.errors import Told
from watmos_desktop.services.visit_walk_view import DoorWalk
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.signature import SignaturePad, Stroke
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.visits.panel import toned

_WIDE = 1000  # pixels
_WORRY = (
    "Somebody may not be safe. Ring the safeguarding lead before you do anything else: it is kept apart here,"
)
_WORRY_2 = "but this program rings nobody."


class Ends(Protocol):
    """What the end asks of its page."""

    def go_back(self) -> None: ...  # noqa: D102
    def complete(self) -> None: ...  # noqa: D102
    def what_comes(self) -> None: ...  # noqa: D102


class EndCard(Card):
    """A signature for each tenant; then it is sealed."""

    def __init__(self, door: Ends, walk: DoorWalk) -> None:
        super().__init__(margin=20)
        self.setMaximumWidth(round(_WIDE * look().scale))
        # Nothing of what was found stands here: whoever signs reads this screen.
        self.add(Heading("Everything was asked"))
        signers: tuple[tuple[UUID | None, str], ...] = walk.signers or ((None, "the tenant"),)
        self._pads = [(who, name, SignaturePad(f"Signature of {name}")) for who, name in signers]
        for _, _, pad in self._pads:
            self.add(pad)
        self._unsigned = Field("signature", "Why nobody signs, if so", Line("For example: would rather not"))
        self.add(self._unsigned)
        foot = QWidget()
        row = FlowLayout(foot, gap=8)
        row.addWidget(PrimaryButton("Complete the visit", door.complete, key=shown_key("door_on")))
        row.addWidget(QuietButton("What comes of this visit", door.what_comes))
        row.addWidget(QuietButton("Back", door.go_back, key=shown_key("door_back"), symbol="back"))
        self.add(foot)

    def signed(self) -> list[tuple[str, tuple[Stroke, ...], UUID | None]]:
        """Who signed: the name typed, else the tenant's, with what was drawn, and whose place it was."""
        pads = (one for one in self._pads if one[2].is_signed())
        return [(pad.typed() or name, pad.strokes(), who) for who, name, pad in pads]

    def unsigned(self) -> str:
        """Why nobody signs."""
        return str(self._unsigned.value())

    def tell(self, told: Told) -> bool:
        """Say at the field that nobody has signed; False for anything else."""
        if told.field != "signature":
            return False
        self._unsigned.show_error(str(told))
        self._unsigned.widget.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def press(self, number: int) -> None:
        """Numbers mean nothing here."""

    def take_focus(self) -> None:
        """To the first name: it can be typed at once."""
        self._pads[0][2].line.setFocus(Qt.FocusReason.OtherFocusReason)


class DoneCard(Card):
    """A visit that is done and sealed; what is left to do is shown on request, out of the sight of others."""

    def __init__(self, walk: DoorWalk, leave: Callable[[], object], came: Callable[[], object]) -> None:
        super().__init__(margin=20)
        self.setMaximumWidth(round(_WIDE * look().scale))
        self.add(Heading("Done: the home was seen, and the record is sealed"))
        self._leave = PrimaryButton("To the visits", leave, key="Esc")
        self._show = QuietButton("What is left to do, for you alone", self.show_to_do, key="1")
        foot = QWidget()
        row = FlowLayout(foot, gap=8)
        row.addWidget(self._leave)
        row.addWidget(self._show)
        row.addWidget(QuietButton("Copies, and what came of it", came, key="2"))
        self.add(foot)
        self._walk, self._came = walk, came

    def show_to_do(self) -> None:
        """Show it, once."""
        if self._show.isVisibleTo(self):
            self._leave.setFocus(Qt.FocusReason.OtherFocusReason)
            self._show.hide()
            _to_do(self, self._walk)

    def press(self, number: int) -> None:
        """1 shows what is left to do, 2 leads to the copies."""
        if number == 0:
            self.show_to_do()
        elif number == 1:
            self._came()

    def take_focus(self) -> None:
        """To the way out."""
        self._leave.setFocus(Qt.FocusReason.OtherFocusReason)


def _to_do(card: Card, walk: DoorWalk) -> None:
    if walk.worry:
        card.add(toned(Tone.BAD, f"{_WORRY} {_WORRY_2}"))
    card.add(Text("To do after this visit" if walk.to_do else "Nothing was left to do.", role="strong"))
    for words in walk.to_do:
        card.add(toned(Tone.WARN, words))
