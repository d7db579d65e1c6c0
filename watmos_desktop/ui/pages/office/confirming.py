"""Devices that wait until a second person lets cases come to them: for that second person."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from watmos_desktop.services import wording
from watmos_desktop.services.sync import confirming
from watmos_desktop.services.sync.confirming import Waiting
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.card import Card, EmptyState
from watmos_desktop.ui.kit.confirm import Confirm
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.office.calls import WIDEST, OfficePage
from watmos_desktop.ui.syncing import Syncing

_HOW = (
    "Ring {name} on a number you know, or look at their screen: the number there must be this one. "
    "If it is another, or they have no new device, do not confirm it and tell your safeguarding lead."
)
_WHAT = "From its next call on, the cases of {name} come to this device. It is noted that you confirmed it."


class ConfirmingPage(OfficePage):
    """A card for each device that this person may confirm, with the number to compare."""

    def __init__(self, desk: Desk, office: Syncing, parent: QWidget | None = None) -> None:
        super().__init__(desk, office, "Confirm a device", "Asking the office…")
        self.body.addStretch(1)
        self.confirms: dict[str, Confirm] = {}

    def showEvent(self, event: QShowEvent) -> None:
        """Always as it is now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask the office which devices wait for this person."""
        self.ask(confirming.listing, self.show_waiting)

    def show_waiting(self, found: list[Waiting]) -> None:
        """Show these, the oldest first."""
        self.head.say(
            "Confirm a device", f"{wording.count(len(found), 'device')} waiting until cases may come to it"
        )
        self.confirms = {}
        parts: list[QWidget] = [self._card(one) for one in found]
        if not found:
            parts.append(
                EmptyState(
                    "No device waits for you",
                    "When a colleague of one of your cases joins with a new device, it appears here. "
                    "A code that you made yourself is confirmed by somebody else.",
                )
            )
        self.fill(parts)

    def back(self) -> bool:
        """Esc: leave a question that is open, first."""
        return any(one.leave() for one in self.confirms.values())

    def _card(self, one: Waiting) -> Card:
        card = Card()
        card.setMaximumWidth(WIDEST)
        card.setAccessibleName(f"{one.name}, {one.member}")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Heading(f"{one.member}: {one.name}"), 1)
        head.addWidget(Pill("Waits for cases", Tone.WARN))
        card.body.addLayout(head)
        card.add(Text(f"Joined {wording.moment(one.enrolled_at)}", role="quiet"))
        card.add(Text(f"Number {one.number}", role="strong"))
        card.add(Text(_HOW.format(name=one.member), wrap=True))
        confirm = Confirm(f"{one.name} of {one.member}")
        confirm.offer("Confirm this device", _WHAT.format(name=one.member), partial(self._confirm, one))
        self.confirms[str(one.id)] = confirm
        card.add(confirm)
        return card

    def _confirm(self, one: Waiting) -> None:
        def done(_: None) -> None:
            self.refresh()
            self.notices.say(f"Cases come to {one.name} of {one.member} from its next call on.", tone=Tone.OK)

        self.ask(lambda client: confirming.confirm(client, one.id), done)
