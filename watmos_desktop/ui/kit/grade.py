"""Grades to press: a big letter and what it looks like."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from watmos_desktop.ui.kit.chip import ARROWS
from watmos_desktop.ui.kit.flow import tab_inside
from watmos_desktop.ui.kit.look import GRADE_TONES, Tone, look, paint_focus

_WRAP = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


def _letter_font() -> QFont:
    font = look().font("title", bold=True)
    font.setPixelSize(round(34 * look().scale))
    return font


class GradeTile(QAbstractButton):
    """One answer. ``GradeTile("C", "Marks or dirt seen at once", Tone.WARN)``.

    ``set_last_time(True)`` draws last time's dashed frame; ``setChecked`` the chosen state.
    """

    def __init__(self, letter: str, words: str, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last = False
        self.show_answer(letter, words, tone)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_answer(self, letter: str, words: str, tone: Tone) -> None:
        """Be another answer."""
        self._words, self._tone = words, tone
        self._heights: dict[tuple[int, float], int] = {}  # layouts ask some dozen times for each change
        self.setText(letter)
        self.setAccessibleName(f"{letter}: {words}")
        self.updateGeometry()
        self.update()

    def set_last_time(self, last: bool) -> None:
        """Say whether this was the answer last time."""
        self._last = last
        self.setAccessibleDescription("Last time's answer" if last else "")
        self.update()

    def sizeHint(self) -> QSize:
        """Big enough for a thumb, and for two lines of words."""
        small = QFontMetrics(look().font("small")).height()
        return QSize(150, round(34 * look().scale) + 3 * small + 34)

    def hasHeightForWidth(self) -> bool:
        """A narrow tile grows for its words."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Room for every line of the words."""
        key = (width, look().scale)
        if key not in self._heights:
            self._heights[key] = self._height_for(width)
        return self._heights[key]

    def _height_for(self, width: int) -> int:
        small = QFontMetrics(look().font("small"))
        words = small.boundingRect(0, 0, max(width - 23, 1), 1000, _WRAP, self._words).height()
        return max(self.sizeHint().height(), 12 + QFontMetrics(_letter_font()).height() + words + 12)

    def minimumSizeHint(self) -> QSize:
        """It may get narrow; the words then take more lines."""
        return QSize(round(96 * look().scale), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave arrows to the row."""
        event.ignore() if event.key() in ARROWS else super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame, letter, words, the mark of last time."""
        dress = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = dress.colour(self._tone)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        chosen = self.isChecked()
        painter.setPen(
            QPen(ink if chosen else dress.colour("edge" if self.underMouse() else "line"), 3 if chosen else 1)
        )
        painter.setBrush(dress.soft(self._tone) if chosen or self.isDown() else dress.colour("surface"))
        painter.drawRoundedRect(box, 9, 9)
        if self._last:
            pen = QPen(dress.colour("ink2"), 1.2, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(5, 5, -5, -5), 6, 6)
            painter.setFont(dress.font("small"))
            corner = box.adjusted(10, 7, -12, 0)
            painter.drawText(corner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, "last time")
        letter = _letter_font()
        height = QFontMetrics(letter).height()
        wide = QFontMetrics(letter).horizontalAdvance(self.text())
        letter.setPixelSize(round(letter.pixelSize() * min(1.0, (box.width() - 14) / max(wide, 1))))
        painter.setFont(letter)
        painter.setPen(ink)
        top = box.y() + 12
        painter.drawText(QRectF(box.x(), top, box.width(), height), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.setFont(dress.font("small"))
        painter.setPen(dress.colour("ink"))
        below = QRectF(box.x() + 10, top + height, box.width() - 20, box.bottom() - top - height - 6)
        painter.drawText(below, _WRAP, self._words)
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()).adjusted(5, 5, -5, -5), 6, dress.colour("brand"))


class GradeRow(QWidget):
    """Big answers side by side; one is chosen; arrows move the focus; ``picked(str)`` on press.

    >>> row = GradeRow("Grade", [("A", "Clean, no marks", Tone.OK), ("B", "A few scuffs", Tone.INFO)], answer)
    >>> row.choose("A"); row.set_last_time("B"); row.chosen()
    """

    picked = Signal(str)

    def __init__(
        self,
        name: str,
        answers: Sequence[tuple[str, str, Tone]] = (),
        on_pick: Callable[[str], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._tiles: dict[str, GradeTile] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        if on_pick is not None:
            self.picked.connect(on_pick)
        self.offer(answers)

    def offer(self, answers: Sequence[tuple[str, str, Tone]]) -> None:
        """Show these answers (letter, words, tone) instead; none is chosen. As many tiles as before are kept."""
        old = list(self._tiles.values())
        for tile in old[len(answers) :]:
            self._row.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        kept = old[: len(answers)]
        for place in range(len(kept), len(answers)):
            tile = GradeTile(*answers[place], self)
            tile.clicked.connect(lambda _=False, place=place: self._pick(list(self._tiles)[place]))
            self._row.addWidget(tile)
            kept.append(tile)
        for tile, answer in zip(kept, answers, strict=True):
            tile.show_answer(*answer)
            tile.setChecked(False)
            tile.set_last_time(False)
        self._tiles = {answer[0]: tile for answer, tile in zip(answers, kept, strict=True)}
        if len(old) < len(kept):
            tab_inside(self, *kept)

    def choose(self, letter: str) -> None:
        """Mark an answer without telling anyone; "" for none."""
        for key, tile in self._tiles.items():
            tile.setChecked(key == letter)

    def chosen(self) -> str:
        """The marked letter, or ""."""
        return next((key for key, tile in self._tiles.items() if tile.isChecked()), "")

    def set_last_time(self, letter: str) -> None:
        """Draw last time's frame round one answer; "" for none."""
        for key, tile in self._tiles.items():
            tile.set_last_time(key == letter)

    def tiles(self) -> dict[str, GradeTile]:
        """The tiles by letter."""
        return dict(self._tiles)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right move between the tiles."""
        tiles = list(self._tiles.values())
        here = next((n for n, tile in enumerate(tiles) if tile.hasFocus()), -1)
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0)
        if here < 0 or not step or not 0 <= here + step < len(tiles):
            super().keyPressEvent(event)
            return
        tiles[here + step].setFocus(Qt.FocusReason.TabFocusReason)

    def _pick(self, letter: str) -> None:
        self.choose(letter)
        self.picked.emit(letter)


def grade_answers(words: Sequence[str]) -> list[tuple[str, str, Tone]]:
    """The four grades with what each looks like, for ``GradeRow``: ``grade_answers(("Clean", …))``."""
    return [(letter, text, tone) for (letter, tone), text in zip(GRADE_TONES.items(), words, strict=True)]
