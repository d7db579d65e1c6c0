"""When this device may show nothing: too long without the office. Nothing is deleted, and one visit opens it again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from watmos_desktop.services.errors import Told
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.kit.button import PrimaryButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.text import Text

_WIDEST = 640


class EndedPage(Page):
    """``told`` says why; "Sync now" is the way back. ``busy`` is the signal of a visit under way."""

    def __init__(
        self, sync_now: Callable[[], object], busy: SignalInstance, told: Told, parent: QWidget | None = None
    ) -> None:
        super().__init__(told.message, "", scroll=True, parent=parent)
        card = Card("What you can do")
        card.setMaximumWidth(_WIDEST)
        card.add(Text(told.hint, wrap=True))
        card.add(
            Text(
                "What you wrote is kept here, encrypted, and is sent at the next sync.",
                role="quiet",
                wrap=True,
            )
        )
        self.button = PrimaryButton("Sync now", sync_now, key=shown_key("open"))
        card.add(self.button)
        self.body.addWidget(card)
        self.body.addStretch(1)
        self.setFocusProxy(self.button)
        bind(self, "open", sync_now)
        busy.connect(self._show_busy)

    def _show_busy(self, busy: bool) -> None:
        self.button.say("Asking the office…" if busy else "Sync now")
