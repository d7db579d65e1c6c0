"""Planned and complex works: what comes, what is asked, what is under way (R9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import policy, programme_cases
from watmos_desktop.services.programme_cases import Filter
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import SearchField
from watmos_desktop.ui.kit.listed import Listed
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.table import Row, Table
from watmos_desktop.ui.pages.programmes.columns import COLUMNS, row_of

_WORDS = {
    "open": "Open",
    "planned": "Planned",
    "consulting": "In consultation",
    "started": "Under way",
    "over": "Over",
}
_EMPTY = {
    "open": ("No works are planned", "Kitchens, roofs, windows, lifts: what is planned stands here."),
    "planned": ("Nothing waits for its consultation", "Works stand here until people are asked."),
    "consulting": ("No consultation is open", "Works stand here while people can answer."),
    "started": ("No works are under way", "Works stand here from their start to their end."),
    "over": ("Nothing is finished yet", "Works that are finished or called off stand here."),
}


class ProgrammesPage(Page):
    """The list. Emits ``open_requested("programme", id)``, or ``"new"`` for new works."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        self._search = SearchField("Search works", self._find, key=shown_key("search"), width=230)
        self.new_button = PrimaryButton("Plan works", self.new, key=shown_key("new"))
        super().__init__("Planned works", "", back, self._search, self.new_button, parent=parent)
        self._may = policy.may(desk.actor, policy.Action.PLAN_WORKS, "programme")
        self.new_button.setVisible(self._may)
        self._desk = desk
        self._wanted = Filter()
        self.chips = ChipRow("Which works", on_pick=self._pick)
        self.chips.offer([Choice(key, words) for key, words in _WORDS.items()])
        self.table = Table("Planned works", COLUMNS, self._count, self._page, on_open=self._open_one)
        self._listed = Listed(self.table, self._nothing)
        self.body.addWidget(self.chips)
        self.body.addWidget(self._listed, 1)
        bind(self, "new", self.new)
        Fresh(self, desk.changed, self.refresh, {"programme", "programme_home", "programme_response"})
        self.refresh()

    def refresh(self) -> None:
        """Count and read again; the place in the list stays."""
        counts = {state: self._desk.look(programme_cases.count, Filter(state)) for state in _WORDS}
        self.chips.offer([Choice(key, words, counts[key]) for key, words in _WORDS.items()])
        parts = [f"{counts['open']:,} open"]
        parts += [f"{counts['consulting']:,} in consultation"] if counts["consulting"] else []
        self.head.say("Planned works", " · ".join(parts))
        self._listed.refresh()

    def open(self, argument: object) -> None:
        """Show the works of a filter."""
        if argument in _WORDS:
            self.chips.choose(str(argument))
            self._pick(str(argument))

    def search(self) -> bool:
        """Put the cursor into the search."""
        self._search.setFocus()
        self._search.selectAll()
        return True

    def new(self) -> None:
        """Plan works."""
        if self._may:
            self.open_requested.emit("programme", "new")

    def _open_one(self, programme_id: object) -> None:
        self.open_requested.emit("programme", programme_id)

    def _pick(self, state: str) -> None:
        self._wanted = replace(self._wanted, state=state)
        self._listed.begin()

    def _find(self, text: str) -> None:
        self._wanted = replace(self._wanted, text=text)
        self._listed.begin()

    def _count(self) -> int:
        return self._desk.look(programme_cases.count, self._wanted)

    def _page(self, offset: int, limit: int) -> Sequence[Row]:
        return [row_of(one) for one in self._desk.look(programme_cases.page, self._wanted, offset, limit)]

    def _nothing(self) -> EmptyState:
        words = _EMPTY[self._wanted.state]
        if self._wanted.text:
            words = ("Nothing of that name", "Try a part of the name or place, or the whole reference.")
        step = QuietButton("Plan works", self.new) if self._may and not self._wanted.text else None
        return EmptyState(*words, step)
