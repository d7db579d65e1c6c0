"""Who are you? Asked once where several people use one computer, as on the demo landlord."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from watmos_desktop.services.staff import StaffCard
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.kit.button import Button, PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import EmptyState, TaskCard
from watmos_desktop.ui.kit.page import Page


class WhoPage(Page):
    """A card for each person; ``on_choose(id)`` opens the program as them.

    >>> WhoPage(staff.people_here(session), program.become)
    """

    def __init__(
        self,
        people: Sequence[StaffCard],
        on_choose: Callable[[UUID], object],
        *,
        title: str = "Who are you today?",
        parent: QWidget | None = None,
    ) -> None:
        sentence = "What you see and may do follows from your role. You can change this in Settings."
        super().__init__(title, sentence, scroll=True, parent=parent)
        self.buttons: list[Button] = []
        for number, one in enumerate(people):
            kind = QuietButton if number else PrimaryButton
            button = kind("Go on", partial(on_choose, one.id), key="" if number else "Enter")
            button.setAccessibleName(f"Go on as {one.name}, {one.words}")
            self.buttons.append(button)
            card = TaskCard(one.name, f"{one.words} · {one.looks_after}", button)
            card.setMaximumWidth(760)
            self.body.addWidget(card)
        if not people:
            self.body.addWidget(
                EmptyState("Nobody works here yet", "Ask the office for a workspace that has you.")
            )
        self.body.addStretch(1)
        bind(self, "open", self._enter)
        if self.buttons:
            self.setFocusProxy(self.buttons[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go from person to person."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if not step or not self.buttons:
            super().keyPressEvent(event)
            return
        here = next((number for number, one in enumerate(self.buttons) if one.hasFocus()), 0)
        self.buttons[max(0, min(here + step, len(self.buttons) - 1))].setFocus(Qt.FocusReason.TabFocusReason)

    def _enter(self) -> None:
        if self.buttons:
            next((one for one in self.buttons if one.hasFocus()), self.buttons[0]).click()
