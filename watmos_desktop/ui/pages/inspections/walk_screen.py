"""The walk's main screen: area chips, the item or an earlier defect, its side, and the row under the thumb."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from watmos_desktop.models.kinds import Grade, Scorer, Sighting
from watmos_desktop.services.photobook import Example
from watmos_desktop.services.templates import Item
from watmos_desktop.services.walk_view import Walk
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.chip import Chip
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.look import look
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.pages.inspections.answers import MOST_PHRASES
from watmos_desktop.ui.pages.inspections.carried_card import CarriedCard
from watmos_desktop.ui.pages.inspections.course import Course
from watmos_desktop.ui.pages.inspections.item_card import Doing, ItemCard
from watmos_desktop.ui.pages.inspections.item_side import ItemSide
from watmos_desktop.ui.pages.inspections.photo_work import PhotoWork
from watmos_desktop.ui.pages.inspections.pictures import LARGE, Pictures
from watmos_desktop.ui.pages.inspections.reading import order_tabs

_BESIDE = 720  # from this width the side stands beside the item
_ROOMY = 960  # from this width "rest of this area OK" stands beside the areas, else under the thumb
_LOW = 620
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

    def undo(self) -> bool:
        """Take the last step back."""

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

    def __init__(
        self, walking: Walking, photos: PhotoWork, pictures: Pictures, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._photos = photos
        self.chips = AreaChips(walking.go_area)
        self.rest = QuietButton("Rest of this area OK", walking.rest_ok, key=shown_key("rest_ok"))
        self.card = ItemCard(walking, photos)
        self.carried = CarriedCard(walking.look_again)
        self.side = ItemSide(
            pictures,
            on_change=walking.edit_repair,
            on_join=walking.join,
            on_go=walking.go,
            on_place=photos.place_photo,
            examples=self._examples,
        )
        self.back = QuietButton("Back", walking.backward, symbol="back", tip="Go to the item before")
        self.undo = QuietButton("Undo", walking.undo, symbol="undo", tip="Take the last step back, as Ctrl+Z")
        self.note = QuietButton("Note", walking.edit_note, key=shown_key("note"))
        self.photo = QuietButton("Photo", photos.take_photo, key=shown_key("photo"), symbol="camera")
        self.photo.setMinimumWidth(round(132 * min(look().scale, 1.2)))
        self.next = PrimaryButton("Next", walking.onward, key=shown_key("next"))
        self._walking = walking
        self._arranged: tuple[bool, bool] | None = None
        self._course: Course | None = None
        self.left, self.right = Scroll(), Scroll()
        self._lay_out()
        self._bind_keys()
        for button in (self.rest, self.back, self.undo, self.note, self.photo, self.next):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_course(self, course: Course) -> None:
        """Show where a walk stands: its item, or an earlier defect in front of it."""
        self._course = course
        walk, item, carried = course.walk, course.item, course.carried
        officer = course.scorer is Scorer.OFFICER
        self.chips.show_walk(walk, course.area.key)
        self._show_carried(carried is not None)
        if carried is not None:
            photos = self._pictures.photos(carried.photos[-1:], LARGE)
            self.carried.show_defect(carried, photos[0] if photos else None)
        else:
            photos = self._pictures.photos(walk.photos.get(item.key, ()))
            self.card.show_item(walk, item, photos, course.note)
        self.side.show_item(
            walk,
            item,
            course.open_here() if carried is None else (),
        )
        self.note.setVisible(officer)
        self.photo.setVisible(officer)
        self._show_tray(course)
        self.next.say("Next" if carried is not None or walk.missing() else "Finish")
        order_tabs(self)

    def show_photos(self, course: Course) -> None:
        """Show the photos of the item and the tray: many come within a second, and nothing else changes."""
        before = self._tiles()
        if course.carried is None:
            photos = self._pictures.photos(course.walk.photos.get(course.item_key, ()))
            self.card.show_photos(course.walk, course.item, photos)
        self._show_tray(course)
        if self._tiles() != before:
            order_tabs(self)

    def show_pictures(self, course: Course) -> None:
        """Show a photo that has been decoded."""
        self.side.open.show_pictures()
        self.side.photobook.show_pictures()
        if course.carried is not None:
            self.show_course(course)
        else:
            self.show_photos(course)

    def _show_tray(self, course: Course) -> None:
        officer = course.scorer is Scorer.OFFICER
        self.side.tray.show_tray(course.walk.photos.get("", ()) if officer else ())

    def _tiles(self) -> list[QWidget]:
        return [*self.card.photos.tiles(), *self.side.tray.strip.tiles()]

    def _examples(self, item: Item) -> Mapping[Grade, Example]:
        return self._course.examples(item) if self._course else {}

    def _show_carried(self, carried: bool) -> None:
        self.card.setVisible(not carried)
        self.carried.setVisible(carried)
        for button in (self.note, self.photo, self.rest):
            button.setEnabled(not carried)

    def on_item(self) -> bool:
        """Whether an item is on show, not an earlier defect."""
        return not self.card.isHidden()

    def take_focus(self) -> None:
        """Put the focus on the card, where every key works."""
        card = self.card if self.on_item() else self.carried
        card.setFocus(Qt.FocusReason.OtherFocusReason)
        for scroll in (self.left, self.right):
            scroll.verticalScrollBar().setValue(0)

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
        """A count's digits and steps, Enter on a button."""
        focused, digit = QApplication.focusWidget(), _digit(event)
        on_item = self.on_item()
        if digit is not None and on_item and self.card.answers.digit(digit):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
        elif event.key() == Qt.Key.Key_Minus and on_item and self.card.answers.is_count():
            self.card.answers.step(-1)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side when there is room; else one column that scrolls, with the foot always in sight."""
        super().resizeEvent(event)
        scale = look().scale
        beside, roomy = self.width() >= _BESIDE * scale, self.width() >= _ROOMY * scale
        self.right.setFixedWidth(min(round(_SIDE * scale), round(self.width() * 0.32)))
        self.card.show_low(self.height() < _LOW * scale)
        if (beside, roomy) != self._arranged:
            self._arranged = beside, roomy
            self._arrange(beside, roomy)

    def _keep_in_sight(self) -> None:
        part = self.card.open_part()
        if part is not None:
            self.left.ensureWidgetVisible(part, 0, 16)

    def _arrange(self, beside: bool, roomy: bool) -> None:
        for layout in (self._top, self._foot, self.left.column):
            layout.removeWidget(self.rest)
        if beside:
            self._top.insertWidget(0, self.chips, 1)
            self.right.column.addWidget(self.side)
        else:
            self.left.column.insertWidget(0, self.chips)
            self.left.column.addWidget(self.side)
        self.right.setVisible(beside)
        if roomy:
            self._top.addWidget(self.rest, 0, Qt.AlignmentFlag.AlignTop)
        elif beside:
            self._foot.insertWidget(self._foot.indexOf(self.note), self.rest)
        else:
            self.left.column.insertWidget(1, self.rest, 0, Qt.AlignmentFlag.AlignLeft)

    def _lay_out(self) -> None:
        self.left.column.addWidget(self.card, 1)
        self.left.column.addWidget(self.carried, 1)
        self.carried.setVisible(False)
        self.left.verticalScrollBar().rangeChanged.connect(self._keep_in_sight)
        self._top = QHBoxLayout()
        self._top.setSpacing(12)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.left, 1)
        row.addWidget(self.right)
        self._foot = QHBoxLayout()
        self._foot.setSpacing(8)
        self._foot.addWidget(self.back)
        self._foot.addWidget(self.undo)
        self._foot.addStretch(1)
        for button in (self.note, self.photo, self.next):
            self._foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._top)
        column.addLayout(row, 1)
        column.addLayout(self._foot)

    def _bind_keys(self) -> None:
        walking, photos = self._walking, self._photos
        keys: dict[str, Callable[[], object]] = {
            "next": self._press_or_next,
            "previous": self._back_or_left,
            "photo": photos.take_photo,
            "photo_later": photos.photo_later,
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

    def _back_or_left(self) -> None:
        """Left moves along the tiles when one has the focus; else, as Backspace, it goes back."""
        tiles = list(self.card.answers.row.tiles().values())
        here = next((n for n, tile in enumerate(tiles) if tile.hasFocus()), 0)
        if here:
            tiles[here - 1].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self._walking.backward()

    def _tile(self, place: int) -> None:
        if self.on_item():
            self.card.answers.press(place)

    def _phrase(self, place: int) -> None:
        if self.on_item() and not self.card.phrases.isHidden():
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
        if self.on_item() and self.card.answers.is_count():
            self.card.answers.step(1)
        elif not self.side.open.isHidden():
            self.side.open.join_first()


def _digit(event: QKeyEvent) -> int | None:
    text = event.text()
    return int(text) if len(text) == 1 and text.isascii() and text.isdecimal() else None
