"""One-colour icons from ``resources/icons``, tinted as they are painted."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from watmos_desktop import resources


@cache
def _source(name: str) -> str:
    return resources.path("icons", f"{name}.svg").read_text("utf-8")


class Icon:
    """An icon in one colour. ``icon("camera", ink).paint(painter, x, y, 18, 18)`` or ``.pixmap(24)``."""

    def __init__(self, name: str, colour: QColor) -> None:
        drawn = _source(name).replace("currentColor", colour.name())
        self._renderer = QSvgRenderer(QByteArray(drawn.encode()))

    def paint(self, painter: QPainter, x: int, y: int, width: int, height: int) -> None:
        """Draw it into a box of whole pixels."""
        self._renderer.render(painter, QRectF(x, y, width, height))

    def pixmap(self, side: int, ratio: float = 1.0) -> QPixmap:
        """A transparent square of ``side`` logical pixels."""
        made = QPixmap(QSize(side, side) * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, 0, 0, side, side)
        painter.end()
        return made

    def qicon(self, side: int = 24) -> QIcon:
        """For actions and window titles."""
        return QIcon(self.pixmap(side))


@cache
def _icon(name: str, colour: int) -> Icon:
    return Icon(name, QColor.fromRgba(colour))


def icon(name: str, colour: QColor) -> Icon:
    """The named icon in a colour; FileNotFoundError for an unknown name."""
    return _icon(name, colour.rgba())
