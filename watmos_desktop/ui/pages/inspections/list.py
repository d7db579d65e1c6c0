"""The Inspections tab: what is due, what was begun, what was signed, and one of them in full beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import inspections, policy, schedules, walk
from watmos_desktop.services.errors import Told
from watmos_desktop.services.inspections import DueCard, Filter
from watmos_desktop.services.places import Place
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.listed import Listed
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import ListDetail
from watmos_desktop.ui.kit.table import Row, Table
from watmos_desktop.ui.pages.inspections.columns import COLUMNS, card_row, due_row
from watmos_desktop.ui.pages.inspections.detail import DetailPanel

_AHEAD_DAYS = 31
_WORDS = {"due": "Due", "draft": "Not finished", "signed": "Signed", "all": "All"}
_EMPTY = {
    "due": ("Nothing is due", f"What falls due in the next {_AHEAD_DAYS} days stands here."),
    "draft": ("No walk is waiting", "A walk that you begin and do not finish stands here until you go on."),
    "signed": ("Nothing signed yet", "Signed inspections stand here with their grade and report."),
    "all": ("No inspections yet", "Walks that you begin stand here."),
}


class InspectionsPage(Page):
    """List and detail. ``open`` takes an inspection's id, or ``"new"`` to choose what to walk.

    Emits ``open_requested`` with ``walk`` or ``report`` and an id.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        start = PrimaryButton("Start an inspection", lambda: self._choose_new(), key=shown_key("new"))
        self._plans = policy.may(desk.actor, policy.Action.PLAN_INSPECTIONS, "schedule")
        when_due = QuietButton("When due", self._plan)
        super().__init__("Inspections", "", when_due, start, parent=parent)
        self._desk = desk
        when_due.setVisible(self._plans)
        start.setVisible(policy.may(desk.actor, policy.Action.INSPECT, "inspection"))
        self._due: list[DueCard] = []
        self.chips = ChipRow("Which inspections", on_pick=lambda _: self._filter())
        self.chips.offer([Choice(key, words) for key, words in _WORDS.items()])
        self.table = Table("Inspections", COLUMNS, self._count, self._page, on_open=self._show)
        self.table.moved.connect(self._beside)
        self.detail = DetailPanel(desk)
        self.detail.start_requested.connect(self._start)
        self.detail.put_away_requested.connect(self._put_away)
        self.detail.begin_requested.connect(self._begin)
        self.detail.go_requested.connect(self.open_requested)
        self.detail.told.connect(self.notices.tell)
        self._listed = Listed(self.table, self._nothing)
        self.panes = ListDetail(self._listed, self.detail)
        self.panes.list_shown.connect(self.chips.setVisible)
        self.body.addWidget(self.chips)
        self.body.addWidget(self.panes, 1)
        bind(self, "new", self._choose_new)
        Fresh(self, desk.changed, self.refresh, {"inspection", "schedule", "answer", "amendment", "defect"})
        self.refresh()
        if not self._due:
            self.chips.choose("all")
            self._filter()

    def refresh(self) -> None:
        """Count and read again; the place in the list and the detail stay."""
        self._due = self._desk.look(inspections.due, within_days=_AHEAD_DAYS)
        counts = {"due": len(self._due)}
        counts |= {
            state: self._desk.look(inspections.count, Filter(state)) for state in ("draft", "signed", "all")
        }
        self.chips.offer([Choice(key, words, counts[key]) for key, words in _WORDS.items()])
        late = sum(one.state is schedules.DueState.OVERDUE for one in self._due)
        parts = [f"{counts['due']} due in the next {_AHEAD_DAYS} days"]
        parts += [f"{late} overdue"] if late else []
        parts += [f"{counts['draft']} not finished"] if counts["draft"] else []
        self.head.say("Inspections", " · ".join(parts))
        self._listed.refresh()
        self.detail.refresh()

    def open(self, argument: object) -> None:
        """Show one inspection, or choose a new one."""
        if argument == "new":
            self._choose_new()
        elif isinstance(argument, UUID):
            self.chips.choose("all")
            self._filter()
            self._show(("walk", argument))

    def place(self) -> object:
        """The inspection on show."""
        return self.detail.shown_id()

    def leave(self) -> None:
        """Keep an amendment that is being written."""
        self.detail.keep_draft()

    def back(self) -> bool:
        """From the detail to the list, where only one fits."""
        return self.panes.back()

    def _filter(self) -> None:
        self._listed.begin()

    def _nothing(self) -> EmptyState:
        chosen = self.chips.chosen()
        plan = QuietButton("Say when inspections are due", self._plan) if self._plans else None
        return EmptyState(*_EMPTY[chosen], plan if chosen in ("due", "all") else None)

    def _count(self) -> int:
        chosen = self.chips.chosen()
        return len(self._due) if chosen == "due" else self._desk.look(inspections.count, Filter(chosen))

    def _page(self, offset: int, limit: int) -> Sequence[Row]:
        chosen = self.chips.chosen()
        if chosen == "due":
            return [due_row(one) for one in self._due[offset : offset + limit]]
        return [card_row(one) for one in self._desk.look(inspections.page, Filter(chosen), offset, limit)]

    def _beside(self, key: tuple[str, UUID]) -> None:
        if self.panes.beside():
            self._show(key)

    def _show(self, key: tuple[str, UUID]) -> None:
        kind, record_id = key
        try:
            if kind == "due":
                self.detail.show_due(next(one for one in self._due if one.schedule_id == record_id))
            else:
                self.detail.show_walk(record_id)
        except Told as told:
            self.notices.tell(told)
            return
        self.panes.show_detail()

    def _choose_new(self) -> None:
        self.detail.show_new()
        self.panes.show_detail()

    def _plan(self) -> None:
        self.open_requested.emit("inspection_plan", None)

    def _start(self, schedule_id: UUID) -> None:
        self._walk(lambda: self._desk.do("began an inspection", walk.start, schedule_id))

    def _begin(self, template_key: str, place: Place) -> None:
        self._walk(lambda: self._desk.do("began an inspection", walk.begin, template_key, place))

    def _put_away(self, inspection_id: UUID) -> None:
        """A walk begun by mistake is not counted; what it raised stays."""
        try:
            self._desk.do("put an inspection away", walk.abandon, inspection_id)
        except Told as told:
            self.notices.tell(told)
            return
        self.panes.back()
        self.notices.offer_undo("Put away. Repairs that it raised stay.", self._desk.undo)

    def _walk(self, begin: Callable[[], UUID]) -> None:
        try:
            inspection_id = begin()
        except Told as told:
            self.notices.tell(told)
            return
        self.open_requested.emit("walk", inspection_id)
