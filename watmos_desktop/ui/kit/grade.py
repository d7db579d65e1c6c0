"""Grades to press: a big letter and what it looks like."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from watmos_desktop.ui.kit.chip import ARROWS
from watmos_desktop.ui.kit.flow import tab_inside
from watmos_desktop.ui.kit.look import GRADE_TONES, Tone, look, paint_focus

_WRAP = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


class GradeTile(QAbstractButton):
    """One answer. ``GradeTile("C", "Marks or dirt seen at once", Tone.WARN)``.

    ``set_last_time(True)`` draws last time's dashed frame; ``setChecked`` the chosen state.
    """

    def __init__(self, letter: str, words: str, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(letter)
        self._words = words
        self._tone = tone
        self._last = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{letter}: {words}")

    def set_last_time(self, last: bool) -> None:
        """Say whether this was the answer last time."""
        self._last = last
        self.setAccessibleDescription("Last time's answer" if last else "")
        self.update()

    def sizeHint(self) -> QSize:
        """Big enough for a thumb, and for two lines of words."""
        small = QFontMetrics(look().font("small")).height()
        return QSize(150, round(34 * look().scale) + 3 * small + 34)

    def minimumSizeHint(self) -> QSize:
        """It may get narrow; the words then take a third line."""
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
        letter = dress.font("title", bold=True)
        letter.setPixelSize(round(34 * dress.scale))
        painter.setFont(letter)
        painter.setPen(ink)
        height = QFontMetrics(letter).height()
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
        """Show these answers (letter, words, tone) instead; none is chosen."""
        for tile in self._tiles.values():
            self._row.removeWidget(tile)
            tile.deleteLater()
        self._tiles = {}
        for letter, words, tone in answers:
            tile = GradeTile(letter, words, tone, self)
            tile.clicked.connect(lambda _=False, key=letter: self._pick(key))
            self._row.addWidget(tile)
            self._tiles[letter] = tile
        tab_inside(self, *self._tiles.values())

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
