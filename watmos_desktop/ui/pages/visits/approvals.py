"""Visits that wait for a manager, and those that were sent back to who made them."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import visit_approval
from watmos_desktop.services.visit_approval import Standing
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import EmptyState, TaskCard
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.pill import Pill

_WIDE = 1000  # pixels


class ApprovalsPage(Page):
    """A card for each, the oldest first; it leads to what came of the visit."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("To approve", "", back, scroll=True, parent=parent)
        self._desk = desk
        Fresh(self, desk.changed, self.refresh, {"visit", "visit_follow_up"})
        self.refresh()

    def refresh(self) -> None:
        """Read the queue again."""
        self.leave()
        found = self._desk.look(visit_approval.queue)
        self.head.say(
            "To approve", "A manager looks at some visits after they are sealed; the record stays as it is."
        )
        for number, one in enumerate(found):
            back = one.approval.standing is Standing.SENT_BACK
            make = QuietButton if number else PrimaryButton
            button = make(
                "Answer" if back else "Look at it",
                partial(self.open_requested.emit, "visit_after", one.card.id),
            )
            button.setAccessibleName(f"{button.text()}: {one.card.address}")
            pill = Pill("Sent back to you", Tone.WARN) if back else Pill("Waits", Tone.INFO)
            words = f"{one.card.what} · {one.card.when} · {one.card.who}. {' '.join(one.approval.reasons)}"
            card = TaskCard(one.card.address, words, pill, button)
            card.setMaximumWidth(_WIDE)
            self.body.addWidget(card)
        if not found:
            self.body.addWidget(
                EmptyState("Nothing waits", "Visits that policy asks a manager to look at stand here.")
            )
        self.body.addStretch(1)

    def leave(self) -> None:
        """Nothing of anybody stays on the page."""
        while (item := self.body.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
