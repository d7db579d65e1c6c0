"""Today: what this person should do now, in the order to do it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import ReviewStage, VisitKind
from watmos_desktop.services import history, policy, today, walk
from watmos_desktop.services.errors import Told
from watmos_desktop.services.today import Card as Todo
from watmos_desktop.services.today import Figure, Kind, WhileHere
from watmos_desktop.services.visits_due import DueKey
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.badge import GradeBadge
from watmos_desktop.ui.kit.button import Button, PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState, StatTile, TaskCard
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import SearchField
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.today.found import Found, find

_SIDE_BY_SIDE = 680
_ASIDE, _ASIDE_SMALL = 276, 228
_WIDE = 900
_LISTS = {Kind.CONCERN: "visit_concerns", Kind.APPROVAL: "visit_approvals"}


class TodoCard(TaskCard):
    """One thing to do with its button; ``touched`` when it gets the focus or is pressed."""

    touched = Signal()

    def __init__(self, todo: Todo, run: Callable[[], object], *, first: bool) -> None:
        kind = PrimaryButton if first else QuietButton
        self.button: Button = kind(todo.verb, run, key="Enter" if first else "")
        super().__init__(todo.title, todo.sentence, Pill(todo.due.text, Tone(todo.due.tone)), self.button)
        self.todo = todo
        self.button.setAccessibleName(f"{todo.verb}: {todo.title}")
        self.button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The button got the focus."""
        if event.type() == QEvent.Type.FocusIn:
            self.touched.emit()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press anywhere on the card."""
        self.touched.emit()
        super().mousePressEvent(event)


class TodayPage(Page):
    """Cards to do, what else the chosen card's place needs, four figures, and the search.

    Emits ``open_requested`` with ``walk``, ``repairs``, ``hazard``, ``inspections`` or ``homes`` and a record's id.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self._search = SearchField(
            "Search a home, person or reference", self._find, key=shown_key("search"), width=360
        )
        super().__init__("Today", "", self._search, parent=parent)
        self._desk = desk
        self.cards: list[TodoCard] = []
        self._found: list[Found] = []
        self._place: UUID | None = None
        self._floor = desk.look(history.last)  # what was done before this sitting is not taken back by a key
        self._scroll = Scroll()
        self._beside = QHBoxLayout()
        self._beside.setSpacing(16)
        self._column = QVBoxLayout()
        self._column.setSpacing(12)
        self._aside = QWidget()
        self._aside_scroll = Scroll()
        self._aside_scroll.setFixedWidth(_ASIDE)
        self._aside_scroll.column.addWidget(self._aside)
        aside = QVBoxLayout(self._aside)
        aside.setContentsMargins(0, 0, 0, 0)
        aside.setSpacing(12)
        self.here = Card()
        self._tiles = QGridLayout()
        self._tiles.setSpacing(12)
        aside.addWidget(self.here)
        aside.addLayout(self._tiles)
        aside.addStretch(1)
        self._scroll.column.addLayout(self._column)
        self._scroll.column.addStretch(1)
        self._beside.addWidget(self._scroll, 1)
        self._beside.addWidget(self._aside_scroll)
        self.body.addLayout(self._beside, 1)
        bind(self, "open", self._enter)
        Fresh(self, desk.changed, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the day again; the search stays as it is."""
        shown = self._desk.look(today.get)
        self.head.say(shown.title, shown.sentence)
        self._show_figures(shown.figures)
        had = next((one.todo.target for one in self.cards if one.button.hasFocus()), None)
        self._clear()
        for number, todo in enumerate(shown.cards):
            card = TodoCard(todo, lambda todo=todo: self.start(todo), first=number == 0)  # type: ignore[misc]
            card.touched.connect(lambda todo=todo: self._show_here(todo))
            self.cards.append(card)
            self._column.addWidget(card)
            if todo.target == had:
                card.button.setFocus(Qt.FocusReason.OtherFocusReason)
        if not shown.cards:
            empty = self._first_step() if shown.nowhere else _nothing_due(self._start_other)
            self._column.addWidget(empty)
        elif shown.more:
            more = f"{shown.more} more are on the tabs Inspections and Repairs."
            self._column.addWidget(Text(more, role="quiet", wrap=True))
        self._column.addStretch(1)
        self._place = None
        self._show_here(shown.cards[0] if shown.cards else None)
        if self._search.text().strip():
            self._find(self._search.text().strip())

    def start(self, todo: Todo) -> None:
        """Do what the card says: begin or go on with the walk, or open the repair or hazard case."""
        if todo.kind is Kind.REPAIR:
            self.open_requested.emit("repairs", todo.target)
            return
        if todo.kind is Kind.HAZARD:
            self.open_requested.emit("hazard", todo.target)
            return
        if todo.kind in _LISTS:
            self.open_requested.emit(_LISTS[todo.kind], None)
            return
        if todo.kind is Kind.TENANCY:
            decision = DueKey(VisitKind.STARTER, ReviewStage.DECISION, todo.target)
            self.open_requested.emit("visits", decision)
            return
        try:
            target = todo.target
            if todo.kind is Kind.INSPECTION:
                target = self._desk.do(f"began {todo.title}", walk.start, todo.target)
        except Told as told:
            self.notices.tell(told)
            return
        self.open_requested.emit("walk", target)

    def search(self) -> bool:
        """Put the cursor into the search."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()
        return True

    def back(self) -> bool:
        """Leave the search."""
        if not self._search.text():
            return False
        self._search.clear()
        self.refresh()
        return True

    def undo(self) -> bool:
        """Take back this person's last step."""
        if self.notices.undo():
            return True
        if self._desk.look(history.last) == self._floor:
            return False
        try:
            why = self._desk.undo()
        except Told as told:
            self.notices.tell(told)
            return True
        if why:
            self.notices.say(f"Taken back: {why}.", tone=Tone.OK)
        return bool(why)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The aside goes below the cards when there is no room beside them."""
        super().resizeEvent(event)
        scale = look().scale
        beside = self.width() - 48 >= _SIDE_BY_SIDE * scale
        self._aside_scroll.setVisible(beside)
        if beside:
            aside = _ASIDE if self.width() >= _WIDE * scale else _ASIDE_SMALL
            self._aside_scroll.setFixedWidth(round(aside * min(scale, 1.5)))
            self._aside_scroll.column.insertWidget(0, self._aside)
        else:
            self._scroll.column.insertWidget(1, self._aside)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go from card to card."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        buttons = [card.button for card in self.cards]
        if not step or not buttons:
            super().keyPressEvent(event)
            return
        here = next((number for number, one in enumerate(buttons) if one.hasFocus()), -1 if step > 0 else 1)
        buttons[max(0, min(here + step, len(buttons) - 1))].setFocus(Qt.FocusReason.TabFocusReason)

    def _enter(self) -> None:
        if text := self._search.text().strip():
            self._find(text)  # what was typed a moment ago may still be waiting
            if self._found:
                self.open_requested.emit(self._found[0].page, self._found[0].id)
            return
        chosen = next((card for card in self.cards if card.button.hasFocus()), None)
        if chosen or self.cards:
            self.start((chosen or self.cards[0]).todo)

    def _first_step(self) -> EmptyState:
        """A new workspace: without a place nothing can be due."""
        may = policy.may(self._desk.actor, policy.Action.EDIT_HOMES, "home")
        words = "Import the list of homes, or add the first by hand; what is to do then stands here."
        step = QuietButton("Go to Homes", lambda: self.open_requested.emit("homes", None)) if may else None
        return EmptyState("No homes yet", words if may else "They come with a code from the office.", step)

    def _start_other(self) -> None:
        self.open_requested.emit("inspections", "new")

    def _find(self, text: str) -> None:
        if not text:
            self._found = []
            self.refresh()
            return
        self._found = self._desk.look(find, text)
        self._clear()
        for number, one in enumerate(self._found):
            kind = PrimaryButton if number == 0 else QuietButton
            run = lambda one=one: self.open_requested.emit(one.page, one.id)  # noqa: E731
            button = kind("Open", run, key="Enter" if number == 0 else "")
            button.setAccessibleName(f"Open {one.title}")
            self._column.addWidget(TaskCard(one.title, one.sentence, button))
        if not self._found:
            self._column.addWidget(
                EmptyState("Nothing of that name here", "Try a part of the address, or the whole reference.")
            )
        self._column.addStretch(1)

    def _clear(self) -> None:
        self.cards = []
        _empty(self._column)

    def _show_here(self, todo: Todo | None) -> None:
        if todo is not None and todo.place_key is None and self._place is not None:
            return
        place = todo.place_key if todo else None
        if place is not None and place == self._place:
            return
        self._place = place
        seen = self._desk.look(today.while_here, place, todo.template_key) if todo and place else None
        _empty(self.here.body)
        self.here.setVisible(seen is not None)
        if seen is not None:
            _fill_here(self.here, seen)

    def _show_figures(self, figures: tuple[Figure, ...]) -> None:
        _empty(self._tiles)
        for number, one in enumerate(figures):
            self._tiles.addWidget(StatTile(one.value, one.words, Tone(one.tone)), *divmod(number, 2))


def _fill_here(card: Card, seen: WhileHere) -> None:
    card.setAccessibleName("While you are here")
    card.add(Heading("While you are here"))
    card.add(Text(seen.place, role="quiet", wrap=True))
    for line in seen.lines or ("Nothing else is due here.",):
        card.add(Text(f"• {line}", wrap=True))
    if seen.grades:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(Text("• Last grade" if len(seen.grades) == 1 else f"• Last {len(seen.grades)} grades"))
        for grade in reversed(seen.grades):
            row.addWidget(GradeBadge(str(grade), side=24))
        row.addStretch(1)
        card.body.addLayout(row)


def _nothing_due(start: Callable[[], object]) -> EmptyState:
    return EmptyState(
        "Nothing is due",
        "Inspections appear here as they fall due, and repairs that need you.",
        QuietButton("Start an inspection", start),
    )


def _empty(layout: QBoxLayout | QGridLayout) -> None:
    while layout.count():
        taken = layout.takeAt(0)
        if taken is None:
            return
        if (inner := taken.layout()) is not None and isinstance(inner, QBoxLayout):
            _empty(inner)
        elif (part := taken.widget()) is not None:
            part.hide()
            part.deleteLater()
