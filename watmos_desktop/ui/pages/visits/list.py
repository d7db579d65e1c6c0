"""The Visits tab: who is due, the most pressing first and why; whether all are seen in time; one home beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import policy, visits, visits_due, visits_forecast
from watmos_desktop.services.errors import Told
from watmos_desktop.services.visits_due import DueKey, Filter
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton
from watmos_desktop.ui.kit.card import Card, EmptyState
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import SearchField
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.menu import Entry, MenuButton
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import ListDetail
from watmos_desktop.ui.kit.pill import Dot
from watmos_desktop.ui.kit.table import Row, Table
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.visits import sections
from watmos_desktop.ui.pages.visits.columns import COLUMNS, row_of
from watmos_desktop.ui.pages.visits.curve import DueCurve
from watmos_desktop.ui.pages.visits.detail import DetailPanel
from watmos_desktop.ui.pages.visits.panel import Way

WEEK = "visit_week"
_ROOMY = 620
_WORDS = {
    "now": "To do",
    "late": "Late",
    "month": "This month",
    "starter": "Starter reviews",
    "asked": "Asked for",
    "mine": "Mine",
    "all": "Every home",
}
_EMPTY = {
    "now": (
        "Nobody is due",
        "Homes stand here a month before their visit is due, and until somebody has been.",
    ),
    "late": ("Nobody is late", "Every home was seen within three years."),
    "month": ("Nobody is due this month", "What falls due in the next 31 days stands here."),
    "starter": (
        "No starter review is due",
        "Reviews at 6 weeks, 3, 6 and 9 months stand here, then the decision.",
    ),
    "asked": (
        "Nothing was asked for",
        "Visits that residents ask for, and what a visit left to do, stand here.",
    ),
    "mine": ("Nothing is planned for you", "Choose Plan to have a fortnight proposed."),
    "all": ("No home is let yet", "Homes with a tenancy stand here with the day of their next visit."),
}
_TABLES = {
    "visit",
    "visit_attempt",
    "visit_need",
    "tenancy_review",
    "tenancy",
    "home",
    "hazard_case",
    "leave",
}


class VisitsPage(Page):
    """List and detail. ``open`` takes a ``DueKey``, the name of a filter, or ``("no_answer", visit id)``.

    Emits ``open_requested("visit_week", date or "plan")`` for the calendar.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self._search = SearchField("Search homes", self._find, key=shown_key("search"), width=260)
        self.plan_button = PrimaryButton("Plan", self.plan, key=shown_key("new"))
        self.more_button = MenuButton("More", self._more)
        super().__init__("Visits", "", self._search, self.more_button, self.plan_button, parent=parent)
        self.more_button.setVisible(bool(self._ways(desk)))
        self.plan_button.setVisible(policy.may(desk.actor, policy.Action.PLAN_VISITS, "visit"))
        self.plan_button.setAccessibleName("Plan a fortnight")
        self._desk = desk
        self._wanted, self._sort = Filter(), "points"
        self.chips = ChipRow("Which visits", on_pick=self._pick)
        self.chips.offer([Choice(key, words) for key, words in _WORDS.items()])
        self.table = Table(
            "Homes due a visit", COLUMNS, self._count, self._page, on_open=self.show_due, on_sort=self._order
        )
        self.table.show_order("points")
        self.table.moved.connect(self._beside)
        self.detail = DetailPanel(desk)
        self.detail.done.connect(self._changed)
        self.detail.told.connect(self.notices.tell)
        self.detail.go_requested.connect(self.open_requested)
        self._empty: EmptyState | None = None
        self._listed = QWidget()
        column = self._column = QVBoxLayout(self._listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._forecast_card())
        column.addWidget(self.table, 1)
        self._listed.setFocusProxy(self.table)
        self.panes = ListDetail(self._listed, self.detail)
        self.panes.list_shown.connect(self.chips.setVisible)
        self.body.addWidget(self.chips)
        self.body.addWidget(self.panes, 1)
        bind(self, "new", self.plan)
        bind(self, "no_answer", self.no_answer, inside_only=False)
        bind(self, "begin_visit", self.detail.begin, inside_only=False)
        Fresh(self, desk.changed, self.refresh, _TABLES)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the list has it all; the head says how things stand."""
        super().resizeEvent(event)
        self._outlook_card.setVisible(self.height() >= _ROOMY)

    def _forecast_card(self) -> Card:
        self._dot, self._outlook, self.curve = Dot(Tone.INFO), Text(wrap=True, role="strong"), DueCurve()
        self._curve_words = Text(wrap=True, role="small")
        self._outlook_card = Card(margin=12)
        row = QHBoxLayout()
        row.setSpacing(16)
        words = QVBoxLayout()
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self._dot)
        line.addWidget(self._outlook, 1)
        words.addLayout(line)
        words.addWidget(self._curve_words)
        words.addStretch(1)
        row.addLayout(words, 3)
        row.addWidget(self.curve, 2)
        self._outlook_card.body.addLayout(row)
        return self._outlook_card

    def refresh(self) -> None:
        """Count and read again; the place in the list and the detail stay."""
        counts = self._desk.look(visits_due.counts)
        self.chips.offer([Choice(key, words, counts[key]) for key, words in _WORDS.items()])
        parts = [f"{counts['late']:,} late", f"{counts['month']:,} more due in the next 31 days"]
        parts += [f"{counts['mine']:,} planned for you"] if counts["mine"] else []
        self.head.say("Visits", " · ".join(parts))
        found = self._desk.look(visits_forecast.forecast)
        self._dot.show_tone(Tone(found.words.tone))
        self._outlook.setText(found.words.text)
        self.curve.show_forecast(found)
        self._curve_words.setText(self.curve.words())
        self.table.refresh()
        self._show_empty()
        self.detail.refresh()

    def open(self, argument: object) -> None:
        """Show one home's visit, or the visits of a filter."""
        if isinstance(argument, DueKey):
            self.show_due(argument)
        elif isinstance(argument, tuple):
            self._open_no_answer(argument[1])
        elif argument in _WORDS:
            self.chips.choose(str(argument))
            self._pick(str(argument))

    def no_answer(self) -> None:
        """Nobody opened at the visit on show, or at the chosen one of the list."""
        key = self.table.key()
        if self.detail.shown_key() is None and isinstance(key, DueKey):
            self.show_due(key)
        self.panes.show_detail()
        self.detail.no_answer()

    def _open_no_answer(self, visit_id: UUID) -> None:
        home_id = self._desk.look(visits.get, visit_id).card.home_id
        due = self._desk.look(visits_due.of_home, home_id)
        key = next((one.key for one in due if one.visit_id == visit_id), None)
        if key is not None:
            self.show_due(key)
            self.detail.no_answer()

    @staticmethod
    def _ways(desk: Desk) -> list[Way]:
        return [way for way in sections.LIST_MORE if way.offered(desk)]

    def _more(self) -> list[list[Entry]]:
        return [
            [
                Entry(
                    way.words,
                    partial(self.open_requested.emit, way.page, None),
                    shown_key(way.key) if way.key else "",
                )
                for way in self._ways(self._desk)
            ]
        ]

    def plan(self) -> None:
        """Go to the calendar and have a fortnight proposed."""
        if policy.may(self._desk.actor, policy.Action.PLAN_VISITS, "visit"):
            self.open_requested.emit(WEEK, "plan")

    def place(self) -> object:
        """The visit on show."""
        return self.detail.shown_key()

    def back(self) -> bool:
        """From the detail to the list, where only one fits."""
        return self.panes.back()

    def search(self) -> bool:
        """Put the cursor into the search."""
        self.panes.back()
        self._search.setFocus()
        self._search.selectAll()
        return True

    def show_due(self, key: DueKey) -> None:
        """Show one due visit in full."""
        try:
            self.detail.show_due(key)
        except Told as told:
            self.notices.tell(told)
            return
        self.panes.show_detail()

    def _changed(self, words: str) -> None:
        self.refresh()
        self.notices.offer_undo(f"{words} {self._conflict()}".strip(), self._take_back)

    def _conflict(self) -> str:
        """What stands against the plan of the visit on show, in words."""
        from watmos_desktop.services import visits_planning

        key = self.detail.shown_key()
        if key is None:
            return ""
        cards = [one for one in self._desk.look(visits.of_home, key.home_id) if one.planned_on]
        found = self._desk.look(visits_planning.conflicts, cards)
        return " ".join(f"{words}." for said in found.values() for words in said)

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
        return self._desk.look(visits_due.count, self._wanted)

    def _page(self, offset: int, limit: int) -> Sequence[Row]:
        found = self._desk.look(visits_due.page, self._wanted, offset, limit, sort=self._sort)
        return [row_of(one) for one in found]

    def _beside(self, key: DueKey) -> None:
        if self.panes.beside():
            self.show_due(key)

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
                words = ("No home of that name", "Try a part of the address, or the postcode.")
            self._empty = EmptyState(*words)
            self._column.addWidget(self._empty, 1)
