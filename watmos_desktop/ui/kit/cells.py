"""How a cell of a table is painted: words on up to two lines, or a pill."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.pill import paint_pill, pill_size

# Plain integers: comparing Qt's enums for each cell took a frame from 1.4 to 3.9 times a C++ model's.
DISPLAY = int(Qt.ItemDataRole.DisplayRole)
TONE = int(Qt.ItemDataRole.UserRole)

Index = QModelIndex | QPersistentModelIndex


@lru_cache(maxsize=4096)
def _two_lines(words: str, width: int, font: str) -> str:
    """Words broken at a space to at most two lines, the second cut with … to a width in pixels."""
    made = QFont()
    made.fromString(font)
    metrics = QFontMetrics(made)
    if metrics.horizontalAdvance(words) <= width:
        return words
    first, rest = "", words
    for word in words.split(" "):
        longer = f"{first} {word}".strip()
        if metrics.horizontalAdvance(longer) > width:
            break
        first, rest = longer, words[len(longer) :].lstrip()
    cut = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)
    return f"{first}\n{cut}" if first else cut


class Cells(QStyledItemDelegate):
    """Paints text on up to two lines, and pills."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell: ground, hairline below, words or pill."""
        dress = look()
        box: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, dress.colour("brand_soft"))
            if index.column() == 0:
                painter.fillRect(box.x(), box.y(), 4, box.height(), dress.colour("brand"))
        painter.setPen(QPen(dress.colour("line"), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        words = index.data(DISPLAY)
        if not words:
            return
        inner = box.adjusted(12, 0, -8, -1)
        tone = index.data(TONE)
        if tone:
            paint_pill(painter, QRectF(inner), words, Tone(tone), dress)
            return
        painter.setPen(dress.colour("ink"))
        painter.setFont(option.font)
        shown = _two_lines(words, inner.width(), option.font.toString())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Wide enough for the words when a column is fitted."""
        return QSize(pill_size(index.data(DISPLAY) or "", look()).width(), row_height())


def row_height() -> int:
    """Pixels of a row: 52, more with larger text."""
    return max(52, round(52 * look().scale))
