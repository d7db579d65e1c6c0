"""The Repairs tab: what is due next, and one repair in full beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.services import policy, repairs
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repair_report import Reported
from watmos_desktop.services.repairs import Filter
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import SearchField
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import ListDetail
from watmos_desktop.ui.kit.photo_view import PhotoView
from watmos_desktop.ui.kit.table import Row, Table
from watmos_desktop.ui.pages.repairs.columns import COLUMNS, row_of
from watmos_desktop.ui.pages.repairs.detail import DetailPanel
from watmos_desktop.ui.pages.repairs.thumbnails import marks_of

_WORDS = {
    "open": "Open",
    "overdue": "Overdue",
    "today": "Due today",
    "emergency": "Emergency",
    "hazard": "Hazards",
    "done": "Done",
    "signposted": "Not ours",
}
_EMPTY = {
    "open": (
        "Nothing is broken",
        "Repairs that you report or raise on a walk stand here until they are done.",
    ),
    "overdue": ("Nothing is late", "Every open repair is within its promised time."),
    "today": ("Nothing is due today", "What must be done by tonight stands here."),
    "emergency": ("No emergency is open", "Emergencies are made safe within 24 hours."),
    "hazard": ("No hazard is open", "Possible hazards stand here with the steps the law asks for."),
    "done": ("Nothing done yet", "Repairs stand here once they are completed."),
    "signposted": (
        "Nothing was signposted",
        "What turned out not to be ours, and what was said, stands here.",
    ),
}


class RepairsPage(Page):
    """List and detail. ``open`` takes a repair's id, or the name of a filter.

    Emits ``open_requested("inspections", id)`` for the walk that raised a repair.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self._search = SearchField("Search repairs", self._find, key=shown_key("search"), width=320)
        self.report_button = PrimaryButton("Report a repair", self.report, key=shown_key("new"))
        super().__init__("Repairs", "", self._search, self.report_button, parent=parent)
        self.report_button.setVisible(policy.may(desk.actor, policy.Action.RAISE_REPAIR, "repair"))
        self._desk = desk
        self._wanted = Filter()
        self._sort = "due"
        self.chips = ChipRow("Which repairs", on_pick=self._pick)
        self.chips.offer([Choice(key, words) for key, words in _WORDS.items()])
        self.table = Table(
            "Repairs", COLUMNS, self._count, self._page, on_open=self.show_repair, on_sort=self._order
        )
        self.table.show_order("due")
        self.table.moved.connect(self._beside)
        self.detail = DetailPanel(desk)
        self.detail.go_requested.connect(self.open_requested)
        self.detail.photo_opened.connect(self._show_photo)
        self.detail.done.connect(lambda words: self.notices.offer_undo(words, self._take_back))
        self.detail.told.connect(self.notices.tell)
        self._listed = QWidget()
        listed = QVBoxLayout(self._listed)
        listed.setContentsMargins(0, 0, 0, 0)
        listed.addWidget(self.table, 1)
        self._column = listed
        self._empty: EmptyState | None = None
        self._listed.setFocusProxy(self.table)
        self.panes = ListDetail(self._listed, self.detail)
        self.panes.list_shown.connect(self.chips.setVisible)
        self.body.addWidget(self.chips)
        self.body.addWidget(self.panes, 1)
        self.photo = PhotoView("Photo of the repair")
        self._close_photo = QuietButton("Back", self.back, key="Esc", symbol="back")
        self.body.addWidget(self._close_photo)
        self.body.addWidget(self.photo, 1)
        self._look_at_photo(False)
        bind(self, "new", self.report)
        Fresh(self, desk.changed, self.refresh, {"repair", "clock", "attachment"})
        self.refresh()

    def refresh(self) -> None:
        """Count and read again; the place in the list and the detail stay."""
        counts = {state: self._desk.look(repairs.count, Filter(state)) for state in _WORDS}
        self.chips.offer([Choice(key, words, counts[key]) for key, words in _WORDS.items()])
        parts = [f"{counts['open']:,} open on your estates"]
        parts += [f"{counts['emergency']:,} emergency"] if counts["emergency"] else []
        parts += [f"{counts['overdue']:,} overdue"] if counts["overdue"] else []
        self.head.say("Repairs", " · ".join(parts))
        self.table.refresh()
        self._show_empty()
        self.detail.refresh()

    def open(self, argument: object) -> None:
        """Show one repair, or the repairs of a filter."""
        if isinstance(argument, Reported):
            self._show_reported(argument)
        elif isinstance(argument, UUID):
            self.show_repair(argument)
        elif argument in _WORDS:
            self.chips.choose(str(argument))
            self._pick(str(argument))

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
        return self.detail.back() or self.panes.back()

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
        self.chips.setVisible(not large and self.table.isVisibleTo(self.panes))
        for shown in (self._close_photo, self.photo):
            shown.setVisible(large)

    def _pick(self, state: str) -> None:
        self._wanted = replace(self._wanted, state=state)
        self._again()

    def _find(self, text: str) -> None:
        self._wanted = replace(self._wanted, text=text)
        self._again()

    def _order(self, column: str, descending: bool) -> None:
        self._sort = f"-{column}" if descending else column

    def _again(self) -> None:
        self.table.clearSelection()
        self.table.refresh()
        self.table.scrollToTop()
        self._show_empty()

    def _count(self) -> int:
        return self._desk.look(repairs.count, self._wanted)

    def _page(self, offset: int, limit: int) -> Sequence[Row]:
        found = self._desk.look(repairs.page, self._wanted, offset, limit, sort=self._sort)
        return [row_of(one) for one in found]

    def _beside(self, repair_id: UUID) -> None:
        if self.panes.beside():
            self.show_repair(repair_id)

    def _show_empty(self) -> None:
        if self._empty is not None:
            self._column.removeWidget(self._empty)
            self._empty.hide()
            self._empty.deleteLater()
            self._empty = None
        empty = not self.table.paged.rowCount()
        self.table.setVisible(not empty)
        if empty:
            words = _EMPTY[self._wanted.state]
            if self._wanted.text:
                words = ("Nothing of that name", "Try a part of the title or place, or the whole reference.")
            self._empty = EmptyState(*words)
            self._column.addWidget(self._empty, 1)
