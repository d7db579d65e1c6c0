"""The picture of a block or estate, or a drawing of it where there is none, with repairs as numbered pins."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from uuid import UUID

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from watmos_desktop.services.block_plans import Pin, Plan
from watmos_desktop.ui.kit.look import Look, Tone, look, paint_focus

_STEP, _LARGE = 0.01, 0.05
_RADIUS = 14


class PlanView(QWidget):
    """A plan to look at and to point into.

    ``placed(repair id, (x, y))`` when the repair in hand is given a place by a press, or by the arrows and Enter;
    ``taken(repair id)`` when a pin is pressed. Keys: arrows move the pin in hand (with Shift further), Enter sets it.
    """

    placed = Signal(object, object)
    taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Plan")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._plan: Plan | None = None
        self._image = QImage()
        self._hand: UUID | None = None
        self._at: tuple[float, float] | None = None
        self._places = False

    def show_plan(self, plan: Plan, image: QImage, *, places: bool) -> None:
        """Show a block; ``places``: this person may say where things are."""
        self._plan, self._image, self._places = plan, image, places
        known = {pin.card.id for pin in plan.pins}
        self._hand = self._hand if self._hand in known else None
        self.setAccessibleDescription(
            f"{sum(pin.at is not None for pin in plan.pins)} of {len(plan.pins)} repairs have a place on it."
        )
        self.update()

    def hold(self, repair_id: UUID | None) -> None:
        """Take a repair in hand: its pin is marked, and a press says where it is."""
        self._hand = repair_id
        pin = self._pin(repair_id)
        self._at = pin.at if pin is not None else None
        self.setCursor(
            Qt.CursorShape.CrossCursor if repair_id and self._places else Qt.CursorShape.ArrowCursor
        )
        self.update()

    def picture_box(self) -> QRectF:
        """Where the picture or drawing lies in the widget."""
        if self._image.isNull():
            return QRectF(self.rect()).adjusted(1, 1, -1, -1)
        size = QSize(self._image.size()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        return QRectF(left, top, size.width(), size.height())

    def sizeHint(self) -> QSize:
        """A good size to point into."""
        return QSize(560, 400)

    def minimumSizeHint(self) -> QSize:
        """Still something to see."""
        return QSize(240, 180)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A pin is taken in hand; elsewhere the one in hand is placed."""
        here = event.position()
        others = [pin for pin in self._pins() if pin.at is not None and pin.card.id != self._hand]
        for pin in others:
            if pin.at is not None and (self._point(pin.at) - here).manhattanLength() <= 2 * _RADIUS:
                self.taken.emit(pin.card.id)
                return
        box = self.picture_box()
        if self._hand is not None and self._places and box.contains(here):
            x = (here.x() - box.x()) / box.width()
            y = (here.y() - box.y()) / box.height()
            self.placed.emit(self._hand, (min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the pin in hand, Enter sets it."""
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        step = steps.get(Qt.Key(event.key()))
        if self._hand is None or not self._places:
            super().keyPressEvent(event)
        elif step is not None:
            far = _LARGE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
            x, y = self._at or (0.5, 0.5)
            self._at = (min(max(x + far * step[0], 0.0), 1.0), min(max(y + far * step[1], 0.0), 1.0))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.placed.emit(self._hand, self._at or (0.5, 0.5))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture or the drawing, and the pins."""
        painter, dress = QPainter(self), look()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = self.picture_box()
        if not self._image.isNull():
            painter.drawImage(box, self._image)
        elif self._plan is not None:
            (_draw_estate if self._plan.grounds else _draw_block)(painter, box, self._plan, dress)
        for pin in self._pins():
            at = self._at if pin.card.id == self._hand and self._at else pin.at
            if at is not None:
                _draw_pin(painter, self._point(at), pin, dress, held=pin.card.id == self._hand)
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), 6, dress.colour("brand"))

    def _pins(self) -> Sequence[Pin]:
        return self._plan.pins if self._plan is not None else ()

    def _pin(self, repair_id: UUID | None) -> Pin | None:
        return next((pin for pin in self._pins() if pin.card.id == repair_id), None)

    def _point(self, at: tuple[float, float]) -> QPointF:
        box = self.picture_box()
        return QPointF(box.x() + at[0] * box.width(), box.y() + at[1] * box.height())


def _draw_pin(painter: QPainter, at: QPointF, pin: Pin, dress: Look, *, held: bool) -> None:
    """A number in a disc; late ones are squares, so that colour is not all that tells."""
    late = Tone(pin.card.due.tone) is Tone.BAD
    radius = _RADIUS * min(dress.scale, 1.5)
    box = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
    painter.setPen(QPen(dress.colour("surface"), 2))
    painter.setBrush(dress.colour("bad" if late else "brand"))
    painter.drawRoundedRect(box, 3, 3) if late else painter.drawEllipse(box)
    if held:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(dress.colour("ink"), 3))
        painter.drawEllipse(box.adjusted(-5, -5, 5, 5))
    painter.setFont(dress.font("small", bold=True))
    painter.setPen(dress.colour("on_brand" if not late else "surface"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(pin.number))


def _draw_block(painter: QPainter, box: QRectF, plan: Plan, dress: Look) -> None:
    """A block as a child draws it: its floors, stairs, and lift; enough to point at a floor."""
    floors = max(plan.storeys, 1)
    house = box.adjusted(box.width() * 0.08, 28, -box.width() * 0.04, -28)
    painter.setPen(QPen(dress.colour("edge"), 1.5))
    painter.setBrush(dress.colour("surface"))
    painter.drawRoundedRect(house, 4, 4)
    height = house.height() / floors
    core = QRectF(house.center().x() - house.width() * 0.09, house.y(), house.width() * 0.18, house.height())
    painter.setBrush(dress.colour("brand_soft"))
    painter.drawRect(core)
    painter.setFont(dress.font("small"))
    centre = Qt.AlignmentFlag.AlignCenter
    for floor in range(floors):
        top = house.bottom() - (floor + 1) * height
        painter.setPen(QPen(dress.colour("line"), 1))
        painter.drawLine(QPointF(house.x(), top), QPointF(house.right(), top))
        painter.setPen(dress.colour("ink2"))
        label = QRectF(box.x(), top, house.x() - box.x() - 4, height)
        painter.drawText(
            label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(floor) if floor else "G"
        )
    painter.setPen(dress.colour("ink2"))
    words = "Stairs and lift" if plan.lift else "Stairs"
    painter.drawText(QRectF(core.x() - 60, house.y() - 24, core.width() + 120, 20), centre, words)
    painter.drawText(QRectF(house.x(), house.bottom() + 4, house.width(), 20), centre, "Entrance and grounds")


def _draw_estate(painter: QPainter, box: QRectF, plan: Plan, dress: Look) -> None:
    """An estate as a sketch: its blocks by name on the ground they stand on, with room to point between them."""
    across = max(1, ceil(sqrt(len(plan.blocks))))
    down = max(1, ceil(len(plan.blocks) / across))
    painter.setPen(QPen(dress.colour("edge"), 1.5))
    painter.setBrush(dress.colour("brand_soft"))
    painter.drawRoundedRect(box.adjusted(8, 8, -8, -8), 8, 8)
    painter.setFont(dress.font("small"))
    metrics = QFontMetrics(dress.font("small"))
    width, height = box.width() / across, box.height() / down
    for number, name in enumerate(plan.blocks):
        row, column = divmod(number, across)
        left, top = box.x() + column * width, box.y() + row * height
        house = QRectF(left + width * 0.25, top + height * 0.3, width * 0.5, height * 0.4)
        painter.setPen(QPen(dress.colour("edge"), 1.5))
        painter.setBrush(dress.colour("surface"))
        painter.drawRoundedRect(house, 4, 4)
        painter.setPen(dress.colour("ink2"))
        label = QRectF(left + 4, house.bottom() + 2, width - 8, metrics.height() + 4)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, round(label.width()))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, shown)
