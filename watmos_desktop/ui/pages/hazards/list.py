"""Damp and hazards: open cases in the order in which their clocks end."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.services import hazard_list, policy, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.hazard_list import HazardCard
from watmos_desktop.services.policy import Action
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import EmptyState, TaskCard
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.pages.hazards.new import NewCase

_AT_ONCE = 40
_CHIPS = {
    "open": "Open",
    "overdue": "Late",
    "soon": "Ends within 3 days",
    "emergency": "Emergency",
    "look": "To look into",
    "unsafe": "Not safe yet",
    "prevent": "To stop coming back",
    "closed": "Closed",
}
_EMPTY = {
    "open": ("No case is open", "Damp, mould and other hazards stand here, what ends next first."),
    "overdue": ("Nothing is late", "A case stands here once one of its clocks has run out."),
    "soon": ("Nothing ends within three days", "Look again tomorrow."),
    "emergency": ("No emergency is open", "What has to be made safe within 24 hours stands here."),
    "look": ("Everything was looked into", "A new case stands here until its investigation is recorded."),
    "unsafe": ("Every home is safe", "What was found to be a hazard stands here until it is made safe."),
    "prevent": (
        "Nothing waits to be begun",
        "Work that stops a hazard coming back stands here until it begins.",
    ),
    "closed": ("No case is closed yet", "A case stands here once all is done, or there is a reason."),
}


class HazardsPage(Page):
    """Cards with what ends next; Ctrl+N opens a case. ``open`` takes None, ``("new", repair_id or None)`` or
    ``("home", home_id)`` for a new case there.

    Emits ``open_requested("hazard", id)``, with ``("opened", id)`` for one just opened.
    """

    tables: ClassVar = {"hazard_case", "hazard_step", "clock"}

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self._leave(), key="Esc", symbol="back")
        parts: list[QWidget] = [back]
        self._opens = policy.may(desk.actor, Action.OPEN_HAZARD, "hazard_case")
        if self._opens:
            self._new = PrimaryButton("Open a case", self.begin_new, key=shown_key("new"))
            parts.append(self._new)
        super().__init__("Damp and hazards", "", *parts, parent=parent)
        self._desk = desk
        self._state = "open"
        self._more = 0
        self.cards: list[TaskCard] = []
        self.buttons: list[QuietButton] = []
        self.form: NewCase | None = None
        self.chips = ChipRow("Which cases", on_pick=self._pick)
        self.body.addWidget(self.chips)
        self._scroll = Scroll()
        self._column = QVBoxLayout()
        self._column.setSpacing(12)
        self._scroll.column.addLayout(self._column)
        self._scroll.column.addStretch(1)
        self.body.addWidget(self._scroll, 1)
        bind(self, "new", self.begin_new)
        Fresh(self, desk.changed, self.refresh, self.tables)
        self.refresh()

    def open(self, argument: object) -> None:
        """Show the list, or the form of a new case."""
        self._close_form()
        match argument:
            case ("new", UUID() as repair_id):
                self.begin_new(repair_id)
            case ("new", _):
                self.begin_new()
            case ("home", UUID() as home_id):
                self.begin_new(home_id=home_id)

    def refresh(self) -> None:
        """Read the cases again; the focus stays on its card. A form stays as it is."""
        counts = self._desk.look(hazard_list.counts)
        self.chips.offer([Choice(state, words, counts.get(state)) for state, words in _CHIPS.items()])
        late = f" · {counts['overdue']} late" if counts["overdue"] else ""
        self.head.say("Damp and hazards", f"{wording.count(counts['open'], 'case')} open{late}")
        if self.form is not None:
            return
        had = next((n for n, one in enumerate(self.buttons) if one.hasFocus()), -1)
        found = self._desk.look(hazard_list.page, self._state, 0, _AT_ONCE + self._more + 1)
        self._clear()
        for card in found[: _AT_ONCE + self._more]:
            self._put(card)
        if not found:
            self._column.addWidget(self._nothing())
        elif len(found) > _AT_ONCE + self._more:
            self._column.addWidget(QuietButton("Show more", self._show_more))
        if had >= 0 and self.buttons:
            self.buttons[min(had, len(self.buttons) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def begin_new(self, repair_id: UUID | None = None, home_id: UUID | None = None) -> None:
        """Show the form of a new case in the place of the list."""
        if not self._opens or self.form is not None:
            return
        self._clear()
        try:
            now = self._desk.store.clock.now()
            self.form = NewCase(self._desk, now, self._opened, self._close_form, repair_id, home_id)
        except Told as told:
            self.notices.tell(told)
            self.refresh()
            return
        self.chips.setVisible(False)
        self._new.setVisible(False)
        self._column.addWidget(self.form)
        self.form.form.pin(self.body)
        self.form.show()  # at once: the next key is for it
        self.form.begin()

    def back(self) -> bool:
        """From the form to the list."""
        if self.form is None:
            return False
        self._close_form()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go from card to card."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if not step or not self.buttons:
            super().keyPressEvent(event)
            return
        here = next((n for n, one in enumerate(self.buttons) if one.hasFocus()), -1 if step > 0 else 1)
        to = self.buttons[max(0, min(here + step, len(self.buttons) - 1))]
        to.setFocus(Qt.FocusReason.TabFocusReason)

    def _put(self, card: HazardCard) -> None:
        button = QuietButton("Open", lambda: self.open_requested.emit("hazard", card.id))
        button.setAccessibleName(f"Open {card.hazard}, {card.where}")
        law = "Awaab's Law" if card.statutory else "our own aim"
        parts = (card.what_next or card.stands, card.level, law, card.reference)
        shown = TaskCard(
            f"{card.hazard} · {card.where}",
            " · ".join(part for part in parts if part),
            Pill(card.due.text, Tone(card.due.tone)),
            button,
        )
        self.cards.append(shown)
        self.buttons.append(button)
        self._column.addWidget(shown)

    def _nothing(self) -> EmptyState:
        title, sentence = _EMPTY[self._state]
        step = self._opens and self._state == "open"
        return EmptyState(title, sentence, QuietButton("Open a case", self.begin_new) if step else None)

    def _opened(self, case_id: UUID) -> None:
        self._close_form()
        self.open_requested.emit("hazard", ("opened", case_id))

    def _close_form(self) -> None:
        if self.form is None:
            return
        self.form = None
        self.chips.setVisible(True)
        if self._opens:
            self._new.setVisible(True)
        self.refresh()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave(self) -> None:
        if not self.back():
            self.closed.emit()

    def _pick(self, state: str) -> None:
        self._state, self._more = state, 0
        self.refresh()
        self._scroll.verticalScrollBar().setValue(0)

    def _show_more(self) -> None:
        self._more += _AT_ONCE
        self.refresh()

    def _clear(self) -> None:
        self.cards, self.buttons = [], []
        empty(self._column, lambda part: part.deleteLater())


def empty(column: QVBoxLayout, away: Callable[[QWidget], object]) -> None:
    """Take every part out of a column."""
    while column.count():
        taken = column.takeAt(0)
        part = taken.widget() if taken is not None else None
        if part is not None:
            part.hide()
            away(part)
