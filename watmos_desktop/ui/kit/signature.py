"""Signing with pen, finger or mouse, or by typing a name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QTabletEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.look import look
from watmos_desktop.ui.kit.text import Text

Stroke = tuple[tuple[float, float], ...]


def paint_strokes(painter: QPainter, box: QRectF, strokes: Sequence[Stroke], colour: QColor) -> None:
    """Draw a signature into a box; points are shares of its width and height."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    wide = max(1.6, box.height() / 70)
    painter.setPen(
        QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    for stroke in strokes:
        points = [QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in stroke]
        path = QPainterPath(points[0])
        for point in points[1:] or points:
            path.lineTo(point)
        painter.drawPath(path)
    painter.restore()


class _Sheet(QWidget):
    """The field to sign in."""

    changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"{name}: sign here with pen, finger or mouse")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.strokes: list[Stroke] = []
        self._now: list[tuple[float, float]] = []

    def sizeHint(self) -> QSize:
        """Wide and calm."""
        return QSize(420, 150)

    def minimumSizeHint(self) -> QSize:
        """Room for a name."""
        return QSize(220, 150)

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen."""
        self._draw(event.type(), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A mouse, or a finger that Qt turns into one."""
        self._draw(QEvent.Type.TabletPress, event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """On."""
        self._draw(QEvent.Type.TabletMove, event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Up."""
        self._draw(QEvent.Type.TabletRelease, event.position())

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ground, a line to sign on, the strokes."""
        dress, painter = look(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(dress.colour("edge"), 1))
        painter.setBrush(dress.colour("surface"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, 9, 9)
        painter.setPen(QPen(dress.colour("line"), 1, Qt.PenStyle.DashLine))
        base = self.height() * 0.72
        painter.drawLine(QPointF(24, base), QPointF(self.width() - 24, base))
        now = [tuple(self._now)] if self._now else []
        paint_strokes(painter, QRectF(self.rect()), [*self.strokes, *now], dress.colour("ink"))

    def _draw(self, kind: QEvent.Type, at: QPointF) -> None:
        share = (
            round(min(max(at.x() / self.width(), 0.0), 1.0), 4),
            round(min(max(at.y() / self.height(), 0.0), 1.0), 4),
        )
        if kind == QEvent.Type.TabletPress:
            self._now = [share]
        elif kind == QEvent.Type.TabletMove and self._now:
            self._now.append(share)
        elif kind == QEvent.Type.TabletRelease and self._now:
            self.strokes.append(tuple(self._now))
            self._now = []
            self.changed.emit()
        self.update()


class SignaturePad(QWidget):
    """Sign, or type a name instead.

    >>> pad = SignaturePad("Ambassador's signature", typed_label="Or type the name")
    >>> pad.strokes()      # (((0.1, 0.5), (0.2, 0.4)), …) as shares of width and height; () if none
    >>> pad.typed()        # "Mrs Okafor"
    >>> pad.is_signed()    # either of the two

    Signal ``changed``.
    """

    changed = Signal()

    def __init__(
        self, name: str, *, typed_label: str = "Or type your name", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.sheet = _Sheet(name)
        self.line = Line()
        self._undo = QuietButton("Undo stroke", self.undo, symbol="undo")
        self._clear = QuietButton("Clear", self.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Text(name, role="strong", wrap=True))
        column.addWidget(self.sheet)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._undo)
        row.addWidget(self._clear)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(Field("typed", typed_label, self.line))
        self.sheet.changed.connect(self._drawn)
        self.line.textChanged.connect(self.changed)
        self._drawn()

    def strokes(self) -> tuple[Stroke, ...]:
        """The strokes as shares of the field's width and height."""
        return tuple(self.sheet.strokes)

    def put_strokes(self, strokes: Sequence[Stroke]) -> None:
        """Show a signature."""
        self.sheet.strokes = list(strokes)
        self.sheet.update()
        self._drawn()

    def typed(self) -> str:
        """The name typed instead, trimmed."""
        return self.line.text().strip()

    def is_signed(self) -> bool:
        """Whether there is a stroke or a name."""
        return bool(self.sheet.strokes or self.typed())

    def undo(self) -> None:
        """Take the last stroke back."""
        self.put_strokes(self.sheet.strokes[:-1])

    def clear(self) -> None:
        """An empty field."""
        self.put_strokes(())

    def _drawn(self) -> None:
        for button in (self._undo, self._clear):
            button.setEnabled(bool(self.sheet.strokes))
        self.changed.emit()
