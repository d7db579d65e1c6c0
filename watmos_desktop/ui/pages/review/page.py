"""The review page: clashes to decide, work that the office holds back, and quietly what went well side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import history, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.sync import review
from watmos_desktop.services.sync.review import Choice, HeldItem, Item
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState
from watmos_desktop.ui.kit.clipboard import CLEARED, copy
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.review.cards import WIDEST, ConflictCard, HeldCard

_AT_ONCE = 20
_KEPT = {Choice.MINE: "Kept yours", Choice.THEIRS: "Kept the other", Choice.BOTH: "Kept both"}


class ReviewPage(Page):
    """Cards with both values; M, T and B decide the card that has the focus, else the first.

    Emits ``open_requested`` with the record's page and id, and ``count_changed`` with what needs this person.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("To review", "", back, parent=parent)
        self._desk = desk
        self._floor = desk.look(history.last)  # what was done elsewhere before is not taken back from here
        self.cards: list[ConflictCard] = []
        self._scroll = Scroll()
        self._column = QVBoxLayout()
        self._column.setSpacing(12)
        self._scroll.column.addLayout(self._column)
        self._scroll.column.addStretch(1)
        self.body.addWidget(self._scroll, 1)
        for choice, action in (
            (Choice.MINE, "keep_mine"),
            (Choice.THEIRS, "keep_theirs"),
            (Choice.BOTH, "keep_both"),
        ):
            bind(self, action, _press(self, choice))
        Fresh(self, desk.changed, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read it again; the focus stays at its card, or goes to the one that took its place."""
        found, held = self._desk.look(review.items), self._desk.look(review.held)
        clashes = [one for one in found if not one.quiet]
        quiet = [one for one in found if one.quiet]
        place = next((n for n, card in enumerate(self.cards) if _focused(card)), -1)
        self._empty()
        for item in clashes[:_AT_ONCE]:
            card = ConflictCard(item, self.decide, self._open)
            self.cards.append(card)
            self._put(card)
        if len(clashes) > _AT_ONCE:
            more = wording.count(len(clashes) - _AT_ONCE, "more clash", "more clashes")
            self._put(Text(f"{more} follow as you decide these.", role="quiet", wrap=True))
        self._section("Held back by the office", [HeldCard(one, self._copy, self._read) for one in held])
        if quiet:
            self._put(_quiet_card(quiet, self._put_by))
        if not (found or held):
            self._put(_nothing())
        unread = sum(not one.seen for one in held)
        self.head.say("To review", _sentence(len(clashes), unread, len(quiet)))
        self.count_changed.emit(len(clashes) + unread or -1)
        if place >= 0 and self.cards:
            _focus(self.cards[min(place, len(self.cards) - 1)])

    def decide(self, item: Item, choice: Choice) -> None:
        """Keep that value, say so, and offer to take it back."""
        try:
            self._desk.do(f"decided {item.title}", review.resolve, item.id, choice)
        except Told as told:
            self.notices.tell(told)
            self.refresh()
            return
        self.refresh()
        self.notices.offer_undo(f"{_KEPT[choice]}: {item.title}.", self._take_back)

    def press(self, choice: Choice) -> None:
        """A key: decide the card in focus, else the first, where it offers that."""
        card = next((one for one in self.cards if _focused(one)), self.cards[0] if self.cards else None)
        if card is not None and choice in card.buttons:
            self.decide(card.item, choice)

    def undo(self) -> bool:
        """Take back the last decision of this sitting."""
        if self.notices.undo():
            return True
        if self._desk.look(history.last) == self._floor:
            return False
        self._take_back()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go from card to card."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if not step or not self.cards:
            super().keyPressEvent(event)
            return
        here = next((n for n, card in enumerate(self.cards) if _focused(card)), -1 if step > 0 else 1)
        _focus(self.cards[max(0, min(here + step, len(self.cards) - 1))])

    def _take_back(self) -> None:
        try:
            why = self._desk.undo()
        except Told as told:
            self.notices.tell(told)
            return
        self.refresh()
        if why:
            self.notices.say(f"Taken back: {why}.", tone=Tone.OK)

    def _open(self, item: Item) -> None:
        self.open_requested.emit(item.page, item.target)

    def _copy(self, item: HeldItem) -> None:
        copy(item.text)
        self.notices.say("Copied: paste it where it belongs.", CLEARED, Tone.OK)

    def _read(self, item: HeldItem) -> None:
        self._desk.do(f"read {item.title}", review.mark_seen, item.id)
        self.refresh()
        self.notices.offer_undo(
            "It stays at the office until someone there decides.", lambda: self._unread(item)
        )

    def _unread(self, item: HeldItem) -> None:
        self._desk.do(f"not read {item.title}", review.mark_seen, item.id, seen=False)
        self.refresh()

    def _put_by(self, items: Sequence[Item]) -> None:
        self._desk.do("looked at parallel edits", review.put_by, [one.id for one in items])
        self.refresh()
        self.notices.offer_undo(f"{wording.count(len(items), 'parallel edit')} put by.", self._take_back)

    def _section(self, title: str, cards: Sequence[Card]) -> None:
        if cards:
            self._put(Heading(title))
        for card in cards:
            self._put(card)

    def _put(self, part: QWidget) -> None:
        """Shown at once: while a layout waits with that, what scrolls keeps the height of what was there before."""
        self._column.addWidget(part)
        part.show()

    def _empty(self) -> None:
        self.cards = []
        while (taken := self._column.takeAt(0)) is not None:
            part: Any = taken.widget()
            if part is not None:
                part.hide()
                part.deleteLater()


def _press(page: ReviewPage, choice: Choice) -> Callable[[], None]:
    return lambda: page.press(choice)


def _focused(card: ConflictCard) -> bool:
    return any(button.hasFocus() for button in card.buttons.values())


def _focus(card: ConflictCard) -> None:
    first = next(iter(card.buttons.values()), None)
    if first is not None:
        first.setFocus(Qt.FocusReason.TabFocusReason)


def _sentence(clashes: int, held: int, quiet: int) -> str:
    parts = [
        wording.count(clashes, "clash to decide", "clashes to decide") if clashes else "",
        f"{held} held back by the office" if held else "",
        f"{quiet} for your information" if quiet else "",
    ]
    return " · ".join(part for part in parts if part) or "Nothing waits for you."


def _quiet_card(items: Sequence[Item], put_by: Callable[[Sequence[Item]], object]) -> Card:
    card = Card("For your information", "Two people worked on these at the same time. Nothing was lost.")
    card.setMaximumWidth(WIDEST)
    for item in items[:_AT_ONCE]:
        labels = ", ".join(part.label for part in item.parts)
        card.add(Text(f"• {item.title} · {item.sentence} · {labels}", wrap=True))
    if len(items) > _AT_ONCE:
        card.add(Text(f"and {len(items) - _AT_ONCE} more", role="quiet"))
    row = QHBoxLayout()
    row.addWidget(QuietButton("I have seen these", lambda: put_by(items)))
    row.addStretch(1)
    card.body.addLayout(row)
    return card


def _nothing() -> EmptyState:
    return EmptyState(
        "Nothing to review",
        "When two people change the same field at the same time, both values are shown here side by side "
        "and you choose. Work that the office could not take is shown here too.",
    )
