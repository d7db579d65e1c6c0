"""An honest page for a tab whose work is not built yet: what will be here, and which promises it is for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from watmos_desktop.services import promises
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.coming.tabs import ComingTab

_READABLE = 920


class ComingPage(Page):
    """What will be here, and the promises of the tab with their clocks. No data, least of all invented."""

    def __init__(self, tab: ComingTab, parent: QWidget | None = None) -> None:
        super().__init__(
            tab.words, "Not built yet. Nothing is recorded here today.", scroll=True, parent=parent
        )
        card = Card("What will be here")
        card.add(Text(tab.sentence, wrap=True))
        card.add(Text("Until then, keep recording these where you do now.", role="quiet", wrap=True))
        card.setMaximumWidth(_READABLE)
        self.body.addWidget(card)
        rows = [one for one in promises.promises() if tab.where in one.where]
        listed = Card("The promises it is for")
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(0, 1)
        for number, promise in enumerate(rows):
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(Text(promise.title, role="strong", wrap=True))
            words.addWidget(Text(promise.text, role="quiet", wrap=True))
            grid.addLayout(words, number, 0)
            if clock := _clock(promise):
                pill = Pill(clock, Tone.INFO)
                grid.addWidget(pill, number, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        listed.body.addLayout(grid)
        listed.setMaximumWidth(_READABLE)
        self.body.addWidget(listed)
        self.body.addStretch(1)


def _clock(promise: promises.Promise) -> str:
    lengths = [promises.clock(key, promise.holds_from).length for key in promise.clocks]
    return " or ".join(dict.fromkeys(lengths))
