"""An honest page for a tab whose work is not built yet: what will be here, and which promises it is for."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.services import promises
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.coming.tabs import ComingTab

_READABLE = 920


class ComingPage(Page):
    """What will be here, and the promises of the tab with their clocks. No data, least of all invented."""

    def __init__(self, tab: ComingTab, parent: QWidget | None = None) -> None:
        super().__init__(tab.words, "Not built yet. Nothing is recorded here.", scroll=True, parent=parent)
        card = Card("What will be here")
        card.add(Text(tab.sentence, wrap=True))
        card.add(Text(tab.until, role="quiet", wrap=True))
        card.setMaximumWidth(_READABLE)
        self.body.addWidget(card)
        rows = [one for one in promises.promises() if tab.where in one.where]
        listed = Card("The promises it is for")
        for promise in rows:
            words = QVBoxLayout()
            words.setSpacing(2)
            words.addWidget(Text(promise.title, role="strong", wrap=True))
            words.addWidget(Text(promise.text, role="quiet", wrap=True))
            if promise.clocks:
                words.addWidget(_clocks(promise))
            listed.body.addLayout(words)
            listed.body.addSpacing(4)
        listed.setMaximumWidth(_READABLE)
        self.body.addWidget(listed)
        self.body.addStretch(1)


def _clocks(promise: promises.Promise) -> QWidget:
    """How long each of its clocks runs, as pills on as many lines as they need."""
    lengths = dict.fromkeys(promises.clock(key, promise.holds_from).length for key in promise.clocks)
    return FlowRow(*(Pill(length, Tone.INFO) for length in lengths))
