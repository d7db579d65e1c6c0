"""The register of contractors: who does what, where and when, and a form for who keeps it (R2, R10)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.models.kinds import Trade
from watmos_desktop.services import contractors, policy, specialists
from watmos_desktop.services.contractors import ContractorCard
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_words import TRADE_WORDS
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import SearchField
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import ListDetail
from watmos_desktop.ui.kit.table import Column, Row, Table
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.contractors.form import ContractorPanel

_COLUMNS = (
    Column("name", "Contractor", 3, sortable=False),
    Column("does", "Does", 4, sortable=False),
    Column("special", "Registered for", 3, sortable=False),
    Column("where", "Works on", 3, sortable=False),
    Column("phone", "Phone", 3, sortable=False),
)
_SEVERAL = 3


class ContractorsPage(Page):
    """List and form. ``open`` takes a contractor's id, or "new"."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self._edits = policy.may(desk.actor, Action.EDIT_CONTRACTORS, "contractor")
        self._search = SearchField("Search contractors", self._find, key=shown_key("search"), width=240)
        self.new_button = PrimaryButton("Add a contractor", self.begin, key=shown_key("new"))
        self._away = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("Contractors", "", self._search, self._away, self.new_button, parent=parent)
        self.new_button.setVisible(self._edits)
        self._desk = desk
        self._text = ""
        self._cards: list[ContractorCard] = []
        self.table = Table(
            "Contractors", _COLUMNS, lambda: len(self._cards), self._rows, on_open=self.show_one
        )
        self.table.moved.connect(self._beside)
        self.panel = ContractorPanel(desk, self._saved, edits=self._edits)
        listed = QWidget()
        self._column = QVBoxLayout(listed)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.table, 1)
        listed.setFocusProxy(self.table)
        self._empty: EmptyState | None = None
        self.panes = ListDetail(listed, self.panel)
        self._gaps = Text(role="quiet", wrap=True)
        self.body.addWidget(self._gaps)
        self.body.addWidget(self.panes, 1)
        self.panes.list_shown.connect(self._of_list)
        if self._edits:
            bind(self, "new", self.begin)
        Fresh(self, desk.changed, self.refresh, {"contractor"})
        self.refresh()

    def refresh(self) -> None:
        """Read the register again; what is on show and typed stays."""
        everyone = self._desk.look(contractors.listed, all_of_them=self._edits)
        self._cards = self._desk.look(contractors.listed, self._text, all_of_them=self._edits)
        active = [card for card in everyone if card.active]
        special = sum(bool(card.specialisms) for card in active)
        self.head.say("Contractors", f"{len(active)} in use · {special} for special work")
        self._gaps.setText(_nobody_for(active))
        self._of_list(self.table.isVisibleTo(self.panes))
        self.table.refresh()
        self._show_empty(not everyone)

    def open(self, argument: object) -> None:
        """Show one, or begin a new one."""
        if isinstance(argument, UUID):
            self.show_one(argument)
        elif argument == "new":
            self.begin()

    def place(self) -> object:
        """The contractor on show."""
        return self.panel.shown_id()

    def back(self) -> bool:
        """From the form to the list, where only one fits."""
        return self.panes.back()

    def search(self) -> bool:
        """Put the cursor into the search."""
        self.panes.back()
        self._search.setFocus()
        self._search.selectAll()
        return True

    def begin(self) -> None:
        """A form for a new one."""
        if self._edits:
            self.panes.show_detail()
            self.panel.begin_new()

    def show_one(self, contractor_id: UUID) -> None:
        """One in full."""
        try:
            card = self._desk.look(contractors.get, contractor_id)
        except Told as told:
            self.notices.tell(told)
            return
        self.panel.show_card(card)
        self.panes.show_detail()

    def _of_list(self, shown: bool) -> None:
        """What belongs to the list stands there only with it."""
        self._gaps.setVisible(shown and bool(self._gaps.text()))
        self._away.setVisible(shown)
        self._search.setVisible(shown)
        self.new_button.setVisible(shown and self._edits)

    def _saved(self, contractor_id: UUID, words: str) -> None:
        self.notices.offer_undo(words, self._take_back)
        self.refresh()
        self.show_one(contractor_id)

    def _take_back(self) -> None:
        try:
            self._desk.undo()
        except Told as told:
            self.notices.tell(told)
        self.refresh()
        self.panel.nothing()

    def _find(self, text: str) -> None:
        self._text = text
        self.refresh()

    def _beside(self, contractor_id: UUID) -> None:
        if self.panes.beside():
            self.show_one(contractor_id)

    def _rows(self, offset: int, limit: int) -> Sequence[Row]:
        return [_row(card) for card in self._cards[offset : offset + limit]]

    def _show_empty(self, nobody: bool) -> None:
        if self._empty is not None:
            self._column.removeWidget(self._empty)
            self._empty.hide()
            self._empty.deleteLater()
            self._empty = None
        self.table.setVisible(bool(self._cards))
        if not self._cards:
            words = (
                (
                    "No contractor yet",
                    "Add the firms and teams that mend things; repairs then suggest the right one.",
                )
                if nobody
                else ("Nobody of that name", "Try a part of a name, a trade or an estate.")
            )
            self._empty = EmptyState(*words)
            self._column.addWidget(self._empty, 1)


def _row(card: ContractorCard) -> Row:
    trades = ", ".join(TRADE_WORDS[one].lower() for one in card.trades)
    special = ", ".join(specialists.WORDS[one].lower() for one in card.specialisms)
    name = card.name if card.active else f"{card.name} (not in use)"
    return Row(card.id, (name, _upper(trades), _upper(special), card.where, card.phone))


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _nobody_for(active: list[ContractorCard]) -> str:
    """Trades that nobody does: what a repair of them would find."""
    gaps = [TRADE_WORDS[one].lower() for one in Trade if not any(one in card.trades for card in active)]
    if not gaps or not active:
        return ""
    more = f" and {len(gaps) - _SEVERAL} more" if len(gaps) > _SEVERAL else ""
    return f"Nobody yet for {', '.join(gaps[:_SEVERAL])}{more}."
