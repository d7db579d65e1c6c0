"""The walk's main screen: area chips, the item or an earlier defect, its side, and the row under the thumb."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QBoxLayout,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from watmos_desktop.models.kinds import Sighting
from watmos_desktop.services.walk_view import Walk
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.chip import Chip
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.look import look
from watmos_desktop.ui.pages.inspections.answers import MOST_PHRASES
from watmos_desktop.ui.pages.inspections.carried_card import CarriedCard
from watmos_desktop.ui.pages.inspections.item_card import Doing, ItemCard
from watmos_desktop.ui.pages.inspections.item_side import ItemSide
from watmos_desktop.ui.pages.inspections.pictures import Pictures

_BESIDE = 720
_SIDE = 288


class Walking(Doing, Protocol):
    """What the screen asks the walk to do."""

    def go(self, item_key: str) -> None:
        """Show an item."""

    def go_area(self, area_key: str) -> None:
        """Show the first open item of an area."""

    def onward(self) -> None:
        """Go to the next item, or finish."""

    def backward(self) -> None:
        """Go to the item before."""

    def rest_ok(self) -> None:
        """Answer the rest of the area at once."""

    def look_again(self, found: Sighting) -> None:
        """Say what became of the earlier defect on show."""

    def join(self, repair_id: UUID) -> None:
        """Add the defect on show to an open repair."""

    def take_photo(self) -> None:
        """Take a photo of the item on show."""

    def photo_later(self) -> None:
        """Take a photo whose item is said later."""

    def place_photo(self, photo_id: UUID) -> None:
        """Give a photo of the tray the item on show."""

    def invite(self) -> None:
        """Say who walks along."""

    def hand_over(self) -> None:
        """Let the other one grade."""

    def finish(self) -> None:
        """Go and sign."""


class AreaChips(QWidget):
    """The areas with how much of each is answered."""

    def __init__(self, on_area: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Areas")
        self._on_area = on_area
        self._flow = FlowLayout(self, gap=8)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.chips: dict[str, Chip] = {}

    def show_walk(self, walk: Walk, area_key: str) -> None:
        """Show the areas of a walk, the one on show chosen."""
        if list(self.chips) != [area.key for area in walk.template.areas]:
            self._fill(walk)
        for area in walk.template.areas:
            done, total = sum(item.key in walk.mine for item in area.items), len(area.items)
            chip = self.chips[area.key]
            here = area.key == area_key
            words = area.short
            if done == total:
                words += " ✓"
            elif done or here:
                words += f" {done}/{total}"
            if chip.text() != words:
                chip.say(words)
            chip.setAccessibleName(f"{area.name}, {done} of {total} answered")
            chip.setChecked(here)

    def _fill(self, walk: Walk) -> None:
        for chip in self.chips.values():
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = {}
        for area in walk.template.areas:
            chip = Chip(area.short, parent=self)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.clicked.connect(lambda _=False, key=area.key: self._on_area(key))
            chip.show()
            self._flow.addWidget(chip)
            self.chips[area.key] = chip


class WalkScreen(QWidget):
    """Everything that is pressed on a walk. The keys work while the focus is in here."""

    def __init__(self, walking: Walking, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips = AreaChips(walking.go_area)
        self.rest = QuietButton("Rest of this area OK", walking.rest_ok, key=shown_key("rest_ok"))
        self.card = ItemCard(walking)
        self.carried = CarriedCard(walking.look_again)
        self.side = ItemSide(
            pictures,
            on_change=walking.edit_repair,
            on_join=walking.join,
            on_go=walking.go,
            on_place=walking.place_photo,
        )
        self.back = QuietButton("Back", walking.backward, symbol="back", tip="Go to the item before")
        self.note = QuietButton("Note", walking.edit_note, key=shown_key("note"))
        self.photo = QuietButton("Photo", walking.take_photo, key=shown_key("photo"), symbol="camera")
        self.photo.setMinimumWidth(140)
        self.next = PrimaryButton("Next", walking.onward, key=shown_key("next"))
        self._walking = walking
        self._lay_out()
        self._bind_keys()
        for button in (self.rest, self.back, self.note, self.photo, self.next):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_carried(self, carried: bool) -> None:
        """Show an earlier defect, or the item."""
        card: QWidget = self.carried if carried else self.card
        if self.middle.currentWidget() is not card:
            self.middle.setCurrentWidget(card)
        for button in (self.note, self.photo):
            button.setEnabled(not carried)

    def take_focus(self) -> None:
        """Put the focus on the card, where every key works."""
        card = self.carried if self.middle.currentWidget() is self.carried else self.card
        card.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """Digits are typed into a count instead of choosing a tile."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and _digit(event) is not None
            and self.card.answers.is_count()
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A count's digits and steps, Enter on a button, the arrow back."""
        focused, digit = QApplication.focusWidget(), _digit(event)
        on_item = self.middle.currentWidget() is self.card
        if digit is not None and on_item and self.card.answers.digit(digit):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
        elif event.key() == Qt.Key.Key_Minus and on_item and self.card.answers.is_count():
            self.card.answers.step(-1)
        elif event.key() == Qt.Key.Key_Left:
            self._walking.backward()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The side goes below the item when there is no room beside it."""
        super().resizeEvent(event)
        scale = look().scale
        beside = self.width() >= _BESIDE * scale
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._row.setDirection(across if beside else down)
        width = min(round(_SIDE * scale), round(self.width() * 0.34))
        self.side.setFixedWidth(width) if beside else self.side.setMaximumWidth(16_777_215)
        if not beside:
            self.side.setMinimumWidth(0)
        self._top.setDirection(across if beside else down)

    def _lay_out(self) -> None:
        self.middle = QStackedWidget()
        self.middle.addWidget(self.card)
        self.middle.addWidget(self.carried)
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._top.setSpacing(12)
        self._top.addWidget(self.chips, 1)
        self._top.addWidget(self.rest, 0, Qt.AlignmentFlag.AlignTop)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(16)
        self._row.addWidget(self.middle, 3)
        self._row.addWidget(self.side, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.back)
        foot.addStretch(1)
        for button in (self.note, self.photo, self.next):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._top)
        column.addLayout(self._row, 1)
        column.addLayout(foot)

    def _bind_keys(self) -> None:
        walking = self._walking
        keys: dict[str, Callable[[], object]] = {
            "next": self._press_or_next,
            "previous": walking.backward,
            "photo": walking.take_photo,
            "photo_later": walking.photo_later,
            "note": self._note_or_no,
            "note_too": walking.edit_note,
            "repair": walking.edit_repair,
            "rest_ok": walking.rest_ok,
            "not_applicable": walking.not_applicable,
            "not_seen": walking.ask_why_not_seen,
            "photobook": walking.show_photobook,
            "fixed": lambda: walking.look_again(Sighting.FIXED),
            "not_fixed": lambda: walking.look_again(Sighting.NOT_FIXED),
            "worse": lambda: walking.look_again(Sighting.WORSE),
            "joint": walking.invite,
            "hand_over": walking.hand_over,
            "finish": walking.finish,
            "yes": self._yes,
            "join": self._more_or_join,
        }
        keys |= {f"grade_{letter}": partial(self._tile, n) for n, letter in enumerate("abcd")}
        keys |= {f"phrase{n + 1}": partial(self._phrase, n) for n in range(MOST_PHRASES)}
        for action_id, run in keys.items():
            bind(self, action_id, run)

    def _press_or_next(self) -> None:
        """Space presses the button that Tab led to, as everywhere; else it goes on."""
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton) and self.isAncestorOf(focused):
            focused.click()
        else:
            self._walking.onward()

    def _tile(self, place: int) -> None:
        if self.middle.currentWidget() is self.card:
            self.card.answers.press(place)

    def _phrase(self, place: int) -> None:
        if self.middle.currentWidget() is self.card and not self.card.phrases.isHidden():
            self.card.phrases.press(place)

    def _yes(self) -> None:
        if self.card.answers.has_no():
            self._tile(0)

    def _note_or_no(self) -> None:
        if self.card.answers.has_no():
            self._tile(1)
        else:
            self._walking.edit_note()

    def _more_or_join(self) -> None:
        if self.middle.currentWidget() is self.card and self.card.answers.is_count():
            self.card.answers.step(1)
        elif not self.side.open.isHidden():
            self.side.open.join_first()


def _digit(event: QKeyEvent) -> int | None:
    text = event.text()
    return int(text) if len(text) == 1 and text.isascii() and text.isdecimal() else None
