"""Beside an item: the repair it raises with its promise, what is open there already, and the rest of the area."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import Grade, Priority, Scorer
from watmos_desktop.services import promises, wording
from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.photobook import Example
from watmos_desktop.services.repairs import RepairCard
from watmos_desktop.services.templates import HAZARDS, Area, Item
from watmos_desktop.services.walk_view import Walk
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.look import GRADE_TONES, Tone, look, paint_focus
from watmos_desktop.ui.kit.photos import PhotoStrip
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.inspections.answers import letters
from watmos_desktop.ui.pages.inspections.photobook import Photobook
from watmos_desktop.ui.pages.inspections.pictures import Pictures, Strip

PRIORITY_TONES = {Priority.EMERGENCY: Tone.BAD, Priority.URGENT: Tone.WARN, Priority.ROUTINE: Tone.INFO}


@dataclass(frozen=True)
class OpenHere:
    """A repair already open in the area, with its photos."""

    card: RepairCard
    photos: tuple[PhotoCard, ...]


def hazard_words(card: RepairCard) -> str:
    """What a hazard means, told on the spot: the legal clock where it runs, else that it will be looked at."""
    if not card.hazard:
        return ""
    what = HAZARDS.get(card.hazard, card.hazard).lower()
    seen = card.reported_at.astimezone(LONDON)
    if promises.awaab_applies(card.hazard, card.priority is Priority.EMERGENCY, seen.date()):
        return f"Possible hazard: {what}. The landlord's clock started {wording.clock_time(seen)}."
    return f"Possible hazard: {what}. It is marked on the repair."


class RepairPart(QWidget):
    """ "This raises a repair": priority, promise, hazard, Change."""

    def __init__(self, on_change: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = Heading()
        self.pill = Pill("", Tone.INFO)
        self.promise = Text(role="strong", wrap=True)
        self.words = Text(role="quiet", wrap=True)
        self.hazard = Text(role="strong", wrap=True, tone=Tone.BAD)
        self.change = QuietButton("Change", on_change, key=shown_key("repair"))
        _column(self, self.head, self.pill, self.promise, self.words, self.hazard, self.change)

    def show_repair(self, walk: Walk, item: Item) -> None:
        """The repair of an item, or none."""
        card = walk.raised.get(item.key) if walk.scorer is Scorer.OFFICER else None
        self.setVisible(card is not None)
        if card is None:
            return
        joined = card.reported_at < walk.started_at
        self.head.setText("Added to an open repair" if joined else "This raises a repair")
        emergency = card.priority is Priority.EMERGENCY  # an hour is promised: too long for a pill
        words = card.priority.capitalize() if emergency else f"{card.priority.capitalize()} · {card.promise}"
        self.pill.say(words, PRIORITY_TONES[card.priority])
        self.promise.setText(card.promise[:1].upper() + card.promise[1:])
        self.promise.setVisible(emergency)
        told = f"{card.reference}, told earlier." if joined else "Told to you now, sent when there is signal."
        self.words.setText(f"{card.title}. {card.trade}. {told}")
        self.hazard.setText(hazard_words(card))
        self.hazard.setVisible(bool(card.hazard))
        self.change.setVisible(not joined)


class OpenPart(QWidget):
    """ "Already open here": repairs of the area that this could be added to."""

    def __init__(
        self, pictures: Pictures, on_join: Callable[[UUID], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._pictures, self._on_join = pictures, on_join
        self._shown: tuple[OpenHere, ...] = ()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 8, 0, 0)
        self.column.setSpacing(6)
        self.setVisible(False)

    def join_first(self) -> None:
        """Choose the first, as its key does."""
        if self._shown:
            self._on_join(self._shown[0].card.id)

    def show_open(self, found: tuple[OpenHere, ...]) -> None:
        """Show these repairs; rebuilt only when they are others."""
        self.setVisible(bool(found))
        if found != self._shown:
            self._show(found)

    def show_pictures(self) -> None:
        """Show the photos of these repairs again: one that was being decoded is there."""
        if any(one.photos for one in self._shown):
            self._show(self._shown)

    def _show(self, found: tuple[OpenHere, ...]) -> None:
        self._shown = found
        while self.column.count():
            taken = self.column.takeAt(0)
            part = taken.widget() if taken is not None else None
            if part is not None:
                part.hide()
                part.deleteLater()
        self.column.addWidget(Heading("Already open here"))
        for place, one in enumerate(found):
            card = one.card
            raised = wording.day(card.reported_at.astimezone(LONDON))
            self.column.addWidget(Text(f"{card.reference} · {card.title}", wrap=True))
            self.column.addWidget(Text(f"Raised {raised}, {card.promise}", role="quiet", wrap=True))
            if one.photos:
                strip = PhotoStrip(f"Photos of {card.reference}", on_open=lambda _: None)
                strip.show_photos(self._pictures.photos(one.photos[:1]))
                self.column.addWidget(strip)
            join = QuietButton(
                "Add my photo to that one",
                partial(self._on_join, card.id),
                key="" if place else shown_key("join"),
            )
            join.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.column.addWidget(join)


class ItemRow(QAbstractButton):
    """One item of the area: its answer as a letter, its name; press to go there."""

    def __init__(self, on_press: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letter, self._tone, self._here = "", Tone.INFO, False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: on_press())

    def show_item(self, walk: Walk, item: Item, *, here: bool) -> None:
        """Show an item and how it is answered."""
        given = walk.mine.get(item.key)
        self._here = here
        self._letter, self._tone = "", Tone.INFO
        said = "not answered"
        if given is not None and given.grade is not None:
            place = next(n for n, choice in enumerate(item.choices) if choice.grade is given.grade)
            said = letters(item)[place]
            self._letter, self._tone = given.grade.value, Tone(GRADE_TONES[given.grade.value])
        elif given is not None:
            said, self._letter = "not scored", "–"
        self.setText(item.name)
        self.setToolTip(item.name)
        self.setAccessibleName(f"{item.name}, {said}" + (", on show" if here else ""))
        self.update()

    def sizeHint(self) -> QSize:
        """A row that a thumb can press."""
        return QSize(160, max(44, QFontMetrics(look().font("body")).height() + 16))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground where we are, letter, name."""
        dress, painter = look(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self._here or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(dress.colour("brand_soft"))
            painter.drawRoundedRect(box, 8, 8)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(dress.font("body", bold=True))
        painter.setPen(dress.colour(self._tone if self._letter not in ("", "–") else "ink2"))
        painter.drawText(box.adjusted(10, 0, 0, 0), middle, self._letter or "·")
        font = dress.font("body", bold=self._here)
        painter.setFont(font)
        painter.setPen(dress.colour("ink2" if self._letter and not self._here else "ink"))
        left = 14 + round(18 * dress.scale)
        words = QFontMetrics(font).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width() - left - 6
        )
        painter.drawText(box.adjusted(left, 0, 0, 0), middle, words)
        if self.hasFocus():
            paint_focus(painter, box, 8, dress.colour("brand"))


class AreaPart(QWidget):
    """ "In this area": every item with its answer; a press goes there. The rows are kept and refilled."""

    def __init__(self, on_go: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._on_go = on_go
        self._keys: tuple[str, ...] = ()
        self.rows: list[ItemRow] = []
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addWidget(Heading("In this area"))

    def _go(self, place: int) -> None:
        self._on_go(self._keys[place])

    def show_area(self, walk: Walk, area: Area, item_key: str) -> None:
        """Show the items of an area."""
        self._keys = tuple(item.key for item in area.items)
        while len(self.rows) < len(self._keys):
            row = ItemRow(partial(self._go, len(self.rows)))
            self.rows.append(row)
            self.column.addWidget(row)
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(area.items))
            if place < len(area.items):
                item = area.items[place]
                row.show_item(walk, item, here=item.key == item_key)


class TrayPart(QWidget):
    """ "Photos without an item": press one to give it the item on show."""

    def __init__(
        self, pictures: Pictures, on_place: Callable[[UUID], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.strip = Strip("Photos without an item", on_open=lambda key: on_place(UUID(str(key))))
        _column(
            self,
            Heading("Photos without an item"),
            Text("Press one to place it here.", role="quiet"),
            self.strip,
        )

    def show_tray(self, photos: tuple[PhotoCard, ...]) -> None:
        """Show the photos that wait for their item."""
        self.setVisible(bool(photos))
        self.strip.show_photos(self._pictures.photos(photos))


class ItemSide(Card):
    """The column beside the item."""

    def __init__(
        self,
        pictures: Pictures,
        *,
        on_change: Callable[[], object],
        on_join: Callable[[UUID], object],
        on_go: Callable[[str], object],
        on_place: Callable[[UUID], object],
        examples: Callable[[Item], Mapping[Grade, Example]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(margin=14, parent=parent)
        self.setAccessibleName("Repair and area")
        self.photobook = Photobook(pictures, examples)
        self.photobook.setVisible(False)
        self.repair = RepairPart(on_change)
        self.open = OpenPart(pictures, on_join)
        self.tray = TrayPart(pictures, on_place)
        self.area = AreaPart(on_go)
        for part in (self.photobook, self.repair, self.open, self.tray, self.area):
            self.add(part)
        self.body.addStretch(1)

    def show_item(self, walk: Walk, item: Item, found: tuple[OpenHere, ...]) -> None:
        """Show what belongs beside an item; an ambassador sees the area alone."""
        self.repair.show_repair(walk, item)
        self.open.show_open(found)
        self.area.show_area(walk, next(one for one in walk.template.areas if item in one.items), item.key)
        if not self.photobook.isHidden():
            self.photobook.show_item(item)


def _column(holder: QWidget, *parts: QWidget) -> None:
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    for part in parts:
        column.addWidget(part)
