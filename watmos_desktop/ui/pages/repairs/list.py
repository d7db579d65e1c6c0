"""The Repairs tab: what is due next, narrowed as one needs it, and one repair in full beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from watmos_desktop.services import policy, repair_views, repairs
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repair_report import Reported
from watmos_desktop.services.repair_views import View
from watmos_desktop.services.repairs import Filter
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import SearchField
from watmos_desktop.ui.kit.listed import Listed
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.menu import MenuButton
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import ListDetail
from watmos_desktop.ui.kit.photo_view import PhotoView
from watmos_desktop.ui.kit.table import Row, Table
from watmos_desktop.ui.pages.repairs.columns import COLUMNS, row_of
from watmos_desktop.ui.pages.repairs.detail import DetailPanel
from watmos_desktop.ui.pages.repairs.filters import MARKS, STATES, FilterBar, empty_words
from watmos_desktop.ui.pages.repairs.many import ManyBar
from watmos_desktop.ui.pages.repairs.more import More
from watmos_desktop.ui.pages.repairs.thumbnails import marks_of


class RepairsPage(Page):
    """List and detail. ``open`` takes a repair's id, the name of a filter, or a ``Filter``.

    Emits ``open_requested("inspections", id)`` for the walk that raised a repair.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self._search = SearchField("Search repairs", self._find, key=shown_key("search"), width=220)
        self.report_button = PrimaryButton("Report a repair", self.report, key=shown_key("new"))
        self.more_button = MenuButton("More", lambda: self.more.groups())
        super().__init__("Repairs", "", self._search, self.more_button, self.report_button, parent=parent)
        self.report_button.setVisible(policy.may(desk.actor, policy.Action.RAISE_REPAIR, "repair"))
        self._desk = desk
        left = repair_views.left(desk.store)
        self._wanted, self._sort = replace(left.wanted, text=""), left.sort
        self.filters = FilterBar(desk)
        self.filters.show_filter(self._wanted)
        self.filters.changed.connect(self._narrow)
        self.chips = self.filters.states
        self.table = Table(
            "Repairs",
            COLUMNS,
            self._count,
            self._page,
            on_open=self.show_repair,
            on_sort=self._order,
            many=True,
        )
        self.table.show_order(self._sort.lstrip("-"), descending=self._sort.startswith("-"))
        self.table.moved.connect(self._beside)
        self.many = ManyBar(desk, self.table.keys, self.notices, self._take_back, self._let_go)
        self.table.chosen.connect(self.many.show_count)
        self.detail = DetailPanel(desk)
        self.detail.go_requested.connect(self.open_requested)
        self.detail.photo_opened.connect(self._show_photo)
        self.detail.done.connect(lambda words: self.notices.offer_undo(words, self._take_back))
        self.detail.told.connect(self.notices.tell)
        self.more = More(desk, self)
        self._listed = Listed(self.table, self._nothing, self.many)
        self.panes = ListDetail(self._listed, self.detail)
        self.panes.list_shown.connect(self.filters.setVisible)
        self.panes.list_shown.connect(self.head.setVisible)  # a repair alone has its own heading
        self.panes.list_shown.connect(self.more.show_beside)
        self.body.addWidget(self.filters)
        self.body.addWidget(self.more.strip)
        self.body.addWidget(self.panes, 1)
        self.photo = PhotoView("Photo of the repair")
        self._close_photo = QuietButton("Back", self.back, key="Esc", symbol="back")
        self.body.addWidget(self._close_photo)
        self.body.addWidget(self.photo, 1)
        self._look_at_photo(False)
        bind(self, "new", self.report)
        bind(self, "give", self.many.give)
        bind(self.table, "copy_rows", self.many.copy)
        bind(self.table, "sort_next", self.table.next_order)
        bind(self.table, "sort_turn", self.table.turn_order)
        Fresh(self, desk.changed, self.refresh, {"repair", "clock", "attachment"})
        self.refresh()

    def refresh(self) -> None:
        """Count and read again; the place in the list and the detail stay."""
        self._count_chips()
        self._listed.refresh()
        self.detail.refresh()

    def open(self, argument: object) -> None:
        """Show one repair, or the repairs of a filter."""
        if isinstance(argument, Reported):
            self._show_reported(argument)
        elif isinstance(argument, UUID):
            self.show_repair(argument)
        elif isinstance(argument, View):
            self.show_view(argument)
        elif isinstance(argument, Filter):
            self.show_view(View("", argument, self._sort))
        elif argument in STATES:
            self.show_view(View("", Filter(str(argument)), self._sort))
        elif argument in MARKS:
            self.show_view(View("", Filter(also=frozenset({str(argument)})), self._sort))

    def view(self) -> View:
        """What the list shows now and in which order."""
        return View("", self._wanted, self._sort)

    def show_view(self, view: View) -> None:
        """Show the list as a view has it."""
        self._wanted, self._sort = view.wanted, view.sort
        self._search.setText(view.wanted.text)
        self.filters.show_filter(view.wanted)
        self.table.show_order(view.sort.lstrip("-"), descending=view.sort.startswith("-"))
        self._again()

    def leave(self) -> None:
        """Remember how the list was left."""
        repair_views.leave(self._desk.store, self.view())
        self.detail.leave()

    def report(self) -> None:
        """Begin a report."""
        if policy.may(self._desk.actor, policy.Action.RAISE_REPAIR, "repair"):
            self.open_requested.emit("new_repair", "new")

    def _show_reported(self, done: Reported) -> None:
        self.refresh()
        self.show_repair(done.id)
        said = f"{done.reference} · {done.promise}." if done.promise else f"Added to {done.reference}."
        if done.signposted:
            said = f"{done.reference}: kept as told. No repair is raised."
        self.notices.offer_undo(said, self._take_back)
        self.report_button.setFocus(Qt.FocusReason.OtherFocusReason)  # in a field Ctrl+Z would undo letters

    def _take_back(self) -> None:
        try:
            why = self._desk.undo()
        except Told as told:
            self.notices.tell(told)
            return
        self.refresh()
        if why:
            self.notices.say(f"Taken back: {why}.", tone=Tone.OK)

    def place(self) -> object:
        """The repair on show."""
        return self.detail.shown_id()

    def back(self) -> bool:
        """From a photo to its repair, from the detail to the list where only one fits."""
        if not self.photo.isHidden():
            self.photo.show_photo(QImage())
            self._look_at_photo(False)
            return True
        if self.table.count_chosen() > 1:
            self._let_go()
            return True
        return self.more.back() or self.detail.back() or self.panes.back()

    def search(self) -> bool:
        """Put the cursor into the search."""
        self.panes.back()
        self._search.setFocus()
        self._search.selectAll()
        return True

    def show_repair(self, repair_id: UUID) -> None:
        """Show one repair in full."""
        try:
            self.detail.show_repair(repair_id)
        except Told as told:
            self.notices.tell(told)
            return
        self.panes.show_detail()

    def _show_photo(self, key: object) -> None:
        card = self.detail.photo(key)
        if card is None:
            return
        try:
            image = QImage.fromData(self._desk.store.blobs.get(card.sha256))
        except Told as told:
            self.notices.tell(told)
            return
        self.photo.show_photo(image, marks_of(card))
        self._look_at_photo(True)
        self.photo.setFocus()

    def _look_at_photo(self, large: bool) -> None:
        self.panes.setVisible(not large)
        self.filters.setVisible(not large and self._listed.isVisibleTo(self.panes))
        for shown in (self._close_photo, self.photo):
            shown.setVisible(large)

    def _narrow(self, wanted: Filter) -> None:
        self._wanted = replace(wanted, text=self._wanted.text)
        self._again()
        self.leave()

    def _find(self, text: str) -> None:
        self._wanted = replace(self._wanted, text=text)
        self._again()

    def _order(self, column: str, descending: bool) -> None:
        self._sort = f"-{column}" if descending else column
        self.leave()

    def _again(self) -> None:
        self.many.show_count(0)
        self._count_chips()
        self._listed.begin()

    def _let_go(self) -> None:
        """No row is chosen any more."""
        self.table.clearSelection()
        self.many.show_count(0)

    def _count_chips(self) -> None:
        counts = self._desk.look(repairs.chips, self._wanted)
        self.filters.count(counts)
        whole = counts
        if self._wanted != Filter(text=self._wanted.text):
            whole = self._desk.look(repairs.chips, Filter())
        parts = [f"{whole['state_open']:,} open on your estates"]
        parts += [f"{whole['mark_emergency']:,} emergency"] if whole["mark_emergency"] else []
        parts += [f"{whole['state_overdue']:,} overdue"] if whole["state_overdue"] else []
        self.head.say("Repairs", " · ".join(parts))

    def _count(self) -> int:
        return self._desk.look(repairs.count, self._wanted)

    def _page(self, offset: int, limit: int) -> Sequence[Row]:
        found = self._desk.look(repairs.page, self._wanted, offset, limit, sort=self._sort)
        return [row_of(one) for one in found]

    def _nothing(self) -> EmptyState:
        first = self._wanted == Filter() and self.report_button.isVisibleTo(self)
        step = QuietButton("Report a repair", self.report) if first else None
        return EmptyState(*empty_words(self._wanted), step)

    def _beside(self, repair_id: UUID) -> None:
        if self.panes.beside():
            self.show_repair(repair_id)
