"""Aids and adaptations: what waits for whom and how long, and one request in full beside it (R8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from watmos_desktop.services import adaptation_cases, policy
from watmos_desktop.services.adaptation_cases import Filter
from watmos_desktop.services.errors import Told
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import SearchField
from watmos_desktop.ui.kit.listed import Listed
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import ListDetail
from watmos_desktop.ui.kit.table import Row, Table
from watmos_desktop.ui.pages.adaptations.columns import COLUMNS, row_of
from watmos_desktop.ui.pages.adaptations.detail import DetailPanel
from watmos_desktop.ui.pages.adaptations.request_form import RequestForm

_WORDS = {
    "open": "Open",
    "mine": "Mine",
    "assess": "To assess",
    "decide": "To decide",
    "fit": "To fit",
    "review": "To review",
    "done": "Done",
}
_EMPTY = {
    "open": ("No request is open", "Requests for grab rails, ramps, showers and the like stand here."),
    "mine": ("Nothing waits for you", "Requests that you look after stand here."),
    "assess": ("Nothing to assess", "New requests stand here until someone has assessed them."),
    "decide": ("Nothing to decide", "What was assessed stands here until it is decided."),
    "fit": ("Nothing to fit", "What was approved stands here until it is fitted."),
    "review": ("Nothing to review", "What was fitted stands here until we asked how it works."),
    "done": ("Nothing done yet", "What was reviewed, declined or withdrawn stands here."),
}


class AdaptationsPage(Page):
    """List and detail. ``open`` takes a request's id, a filter, ``"new"`` or ``("new", home id)``."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self._back = QuietButton("Back", self._go_back, key="Esc", symbol="back")
        self._search = SearchField("Search requests", self._find, key=shown_key("search"), width=230)
        self.new_button = QuietButton("New request", self.new, key=shown_key("new"), symbol="plus")
        super().__init__("Adaptations", "", self._back, self._search, self.new_button, parent=parent)
        self._may = policy.may(desk.actor, policy.Action.ASK_ADAPTATION, "adaptation")
        self.new_button.setVisible(self._may)
        self._desk = desk
        self._wanted = Filter()
        self.chips = ChipRow("Which requests", on_pick=self._pick)
        self.chips.offer([Choice(key, words) for key, words in _WORDS.items()])
        self.table = Table("Requests", COLUMNS, self._count, self._page, on_open=self.show_request)
        self.table.moved.connect(self._beside)
        self.detail = DetailPanel(desk)
        self.detail.go_requested.connect(self.open_requested)
        self.detail.done.connect(self._done)
        self.detail.told.connect(self.notices.tell)
        self._listed = Listed(self.table, self._nothing)
        self.panes = ListDetail(self._listed, self.detail)
        self.panes.list_shown.connect(self.chips.setVisible)
        self.panes.list_shown.connect(self._back.setVisible)
        self.body.addWidget(self.chips)
        self.body.addWidget(self.panes, 1)
        bind(self, "new", self.new)
        bind(self, "save", self.detail.save)
        Fresh(self, desk.changed, self.refresh, {"adaptation", "repair"})
        self.refresh()

    def refresh(self) -> None:
        """Count and read again; the place in the list and the detail stay."""
        counts = {state: self._desk.look(adaptation_cases.count, Filter(state)) for state in _WORDS}
        self.chips.offer([Choice(key, words, counts[key]) for key, words in _WORDS.items()])
        late = self._desk.look(adaptation_cases.late)
        parts = [f"{counts['open']:,} open", f"{counts['mine']:,} mine"]
        parts += [f"{late:,} waiting too long"] if late else []
        self.head.say("Adaptations", " · ".join(parts))
        self._listed.refresh()
        self.detail.refresh()

    def open(self, argument: object) -> None:
        """Show one request, the requests of a filter, or begin a new one."""
        if isinstance(argument, UUID):
            self.show_request(argument)
        elif isinstance(argument, tuple) and argument[0] == "new" and isinstance(argument[1], UUID):
            self.new(argument[1])
        elif argument == "new":
            self.new()
        elif argument in _WORDS:
            self.chips.choose(str(argument))
            self._pick(str(argument))

    def new(self, home: UUID | None = None) -> None:
        """Begin a new request."""
        if self._may:
            self.panes.show_detail()
            self.detail.ask(RequestForm(self._desk, self._made, home))

    def place(self) -> object:
        """The request on show."""
        return self.detail.shown_id()

    def back(self) -> bool:
        """From a form to the request, from the detail to the list where only one fits."""
        if self.detail.close_form():
            if self.detail.shown_id() is None:
                self.panes.back()
            return True
        return self.panes.back()

    def search(self) -> bool:
        """Put the cursor into the search."""
        self.panes.back()
        self._search.setFocus()
        self._search.selectAll()
        return True

    def undo(self) -> bool:
        """Take back the last step."""
        if self.notices.undo():
            return True
        self._take_back()
        return True

    def show_request(self, adaptation_id: UUID) -> None:
        """Show one request in full."""
        try:
            self.detail.show_request(adaptation_id)
        except Told as told:
            self.notices.tell(told)
            return
        self.panes.show_detail()

    def _go_back(self) -> None:
        if not self.back():
            self.closed.emit()

    def _made(self, adaptation_id: UUID) -> None:
        self.refresh()
        self.detail.show_request(adaptation_id)
        self._done("The request is recorded.")

    def _done(self, words: str) -> None:
        self.refresh()
        self.notices.offer_undo(words, self._take_back)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_back(self) -> None:
        try:
            why = self._desk.undo()
        except Told as told:
            self.notices.tell(told)
            return
        self.refresh()
        if why:
            self.notices.say(f"Taken back: {why}.", tone=Tone.OK)

    def _pick(self, state: str) -> None:
        self._wanted = replace(self._wanted, state=state)
        self._listed.begin()

    def _find(self, text: str) -> None:
        self._wanted = replace(self._wanted, text=text)
        self._listed.begin()

    def _count(self) -> int:
        return self._desk.look(adaptation_cases.count, self._wanted)

    def _page(self, offset: int, limit: int) -> Sequence[Row]:
        return [row_of(one) for one in self._desk.look(adaptation_cases.page, self._wanted, offset, limit)]

    def _beside(self, adaptation_id: UUID) -> None:
        if self.panes.beside() and not self.detail.asks():
            self.show_request(adaptation_id)

    def _nothing(self) -> EmptyState:
        words = _EMPTY[self._wanted.state]
        if self._wanted.text:
            words = ("Nothing of that name", "Try a part of the name or address, or the whole reference.")
        step = QuietButton("New request", self.new) if self._may and not self._wanted.text else None
        return EmptyState(*words, step)
