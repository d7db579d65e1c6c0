"""Rings, arrows and lines drawn on a photo, kept as shares of its width and height."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

KINDS = ("ellipse", "arrow", "line")
Point = tuple[float, float]


class Mark(NamedTuple):
    """One shape: ``ellipse`` (two corners), ``arrow`` (from, to) or ``line`` (any number of points).

    Points are shares from 0 to 1 of the picture's width and height, so that they fit any size of it.
    """

    kind: str
    points: tuple[Point, ...]


def paint_marks(painter: QPainter, box: QRectF, marks: Sequence[Mark], colour: QColor) -> None:
    """Draw marks over a picture that fills ``box``, with a dark edge so that they show on any wall."""
    wide = max(2.5, min(box.width(), box.height()) / 90)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, width in ((QColor(0, 0, 0, 140), wide * 1.7), (colour, wide)):
        pen = QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for mark in marks:
            painter.drawPath(_path(mark, box, wide))
    painter.restore()


def _path(mark: Mark, box: QRectF, wide: float) -> QPainterPath:
    points = [QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in mark.points]
    path = QPainterPath()
    if not points:
        return path
    first, last = points[0], points[-1]
    if mark.kind == "ellipse":
        path.addEllipse(QRectF(first, last).normalized())
        return path
    path.moveTo(first)
    for point in points[1:]:
        path.lineTo(point)
    if mark.kind == "arrow":
        angle = math.atan2(last.y() - first.y(), last.x() - first.x())
        for side in (math.pi * 0.84, -math.pi * 0.84):
            path.moveTo(last)
            path.lineTo(last + QPointF(math.cos(angle + side), math.sin(angle + side)) * wide * 6)
    return path


def moved(mark: Mark, dx: float, dy: float) -> Mark:
    """The mark shifted by shares of the picture, kept inside it."""
    xs, ys = [x for x, _ in mark.points], [y for _, y in mark.points]
    dx = min(max(dx, -min(xs)), 1 - max(xs))
    dy = min(max(dy, -min(ys)), 1 - max(ys))
    return Mark(mark.kind, tuple((x + dx, y + dy) for x, y in mark.points))


def scaled(mark: Mark, factor: float) -> Mark:
    """The mark made larger or smaller about its middle, kept inside the picture."""
    xs, ys = [x for x, _ in mark.points], [y for _, y in mark.points]
    cx, cy = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2

    def clamp(value: float) -> float:
        return min(1.0, max(0.0, value))

    return Mark(
        mark.kind,
        tuple((clamp(cx + (x - cx) * factor), clamp(cy + (y - cy) * factor)) for x, y in mark.points),
    )


def placed(kind: str, at: Point) -> Mark:
    """A mark put at a point by a tap instead of a drag."""
    x, y = at
    if kind == "ellipse":
        half = 0.12
        x, y = min(max(x, half), 1 - half), min(max(y, half), 1 - half)
        return Mark(kind, ((x - half, y - half), (x + half, y + half)))
    start = (max(x - 0.18, 0.0), min(y + 0.18, 1.0))
    return Mark(kind, (start, at) if kind == "arrow" else ((x, y), (min(x + 0.18, 1.0), y)))
