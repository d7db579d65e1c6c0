"""The answers of an item: big tiles, a count, and the defect phrases."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import Scale
from watmos_desktop.services.templates import Item, Phrase
from watmos_desktop.services.walk_view import Given
from watmos_desktop.ui.kit.button import Button, QuietButton
from watmos_desktop.ui.kit.chip import Chip
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.grade import GradeRow
from watmos_desktop.ui.kit.look import GRADE_TONES
from watmos_desktop.ui.kit.text import Text

_LETTERS = {Scale.YES_NO: ("Yes", "No"), Scale.MET: ("Met", "Not met")}
MOST_PHRASES = 8
_LONGEST_COUNT = 3


def letters(item: Item) -> tuple[str, ...]:
    """What stands large on the tiles of an item, best first: A to D, Yes and No, or the bands of a count."""
    if item.scale is not Scale.COUNT:
        return _LETTERS.get(item.scale) or tuple(choice.value for choice in item.choices)
    least = [int(choice.value) for choice in item.choices]
    bands = [f"{low}–{high - 1}" if high - 1 > low else str(low) for low, high in itertools.pairwise(least)]
    return (*bands, f"{least[-1]}+")


def place_of(item: Item, given: Given | None) -> int:
    """Which tile an answer lies on, from 0; -1 for none."""
    if given is None or given.grade is None:
        return -1
    return next((n for n, choice in enumerate(item.choices) if choice.grade is given.grade), -1)


class Answers(QWidget):
    """The tiles of one item, and for a count the number itself. ``on_answer(value)`` gets the answer's value.

    >>> answers.show_item(item, given, last)
    >>> answers.press(1)        # the second tile, as its key does
    >>> answers.digit(3)        # False when the item is no count
    """

    def __init__(self, on_answer: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._on_answer = on_answer
        self._item: Item | None = None
        self._letters: tuple[str, ...] = ()
        self._typed = ""
        self.row = GradeRow("Answer", on_pick=lambda letter: self.press(self._letters.index(letter)))
        self.count = QWidget()
        self._number = Text("0", role="title")
        self._number.setMinimumWidth(56)
        self._number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        counting = QHBoxLayout(self.count)
        counting.setContentsMargins(0, 0, 0, 0)
        counting.setSpacing(8)
        counting.addWidget(Text("How many? Type the number", role="quiet"))
        counting.addWidget(QuietButton("One less", lambda: self.step(-1), key="-", symbol="minus"))
        counting.addWidget(self._number)
        counting.addWidget(QuietButton("One more", lambda: self.step(1), key="+", symbol="plus"))
        counting.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.row)
        column.addWidget(self.count)

    def show_item(self, item: Item, given: Given | None, last: Given | None) -> None:
        """Show an item's answers: the one given, and last time's."""
        if self._item is not item:
            self._item, self._letters, self._typed = item, letters(item), ""
            self.row.offer(
                [
                    (letter, choice.looks, GRADE_TONES[choice.grade.value])
                    for letter, choice in zip(self._letters, item.choices, strict=True)
                ]
            )
            self.count.setVisible(item.scale is Scale.COUNT)
        self.row.choose(self._letter(item, given))
        self.row.set_last_time(self._letter(item, last))
        if item.scale is Scale.COUNT:
            words = given.value if given and given.value else "–"
            self._number.setText(words)
            self._number.setAccessibleName(f"Counted: {words}")

    def press(self, place: int) -> None:
        """Give the answer of a tile, from 0; nothing if there is no such tile."""
        if self._item is not None and place < len(self._item.choices):
            self._typed = ""
            self._on_answer(self._item.choices[place].value)

    def digit(self, digit: int) -> bool:
        """Type a digit of a count: 1 then 2 is 12. False when the item is not counted."""
        if self._item is None or self._item.scale is not Scale.COUNT:
            return False
        self._typed = str(int(f"{self._typed}{digit}"[-_LONGEST_COUNT:]))
        self._on_answer(self._typed)
        return True

    def step(self, by: int) -> None:
        """One more or less than the number on show."""
        shown = self._number.text()
        self._typed = str(max(0, (int(shown) if shown.isdecimal() else 0) + by))
        self._on_answer(self._typed)

    def is_count(self) -> bool:
        """Whether the item on show is counted."""
        return self._item is not None and self._item.scale is Scale.COUNT

    def has_no(self) -> bool:
        """Whether the second answer is No or Not met, which N then gives."""
        return self._item is not None and self._item.scale in _LETTERS

    def _letter(self, item: Item, given: Given | None) -> str:
        place = place_of(item, given)
        return self._letters[place] if place >= 0 else ""


class PhraseChip(Chip):
    """A defect in a few words, and the number of its key."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self._key = str(number)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_phrase(self, phrase: Phrase, chosen: bool) -> None:
        """Show another phrase."""
        words = f"{phrase.words} · hazard?" if phrase.hazard else phrase.words
        if words != self.text():
            self.say(words)
            does = "Raises a repair." if phrase.raises_repair else "Raises no repair."
            self.setAccessibleDescription(f"Grade {phrase.grade}. {does} Key Alt+{self._key}")
            self.setToolTip(f"Grade {phrase.grade}. {does}")
        self.setChecked(chosen)

    def sizeHint(self) -> QSize:
        """Words and key side by side."""
        hint = super().sizeHint()
        return QSize(hint.width() + self.fontMetrics().horizontalAdvance(self._key) + 8, hint.height())


class Phrases(QWidget):
    """What may be wrong with an item, one press each; the chips are kept and only their words change."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("What is wrong")
        self._flow = FlowLayout(self, gap=8)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._keys: tuple[str, ...] = ()
        self.chips = [PhraseChip(number) for number in range(1, MOST_PHRASES + 1)]
        for place, chip in enumerate(self.chips):
            chip.clicked.connect(lambda _=False, place=place: self.press(place))
            self._flow.addWidget(chip)

    def add(self, button: Button) -> None:
        """Put a button behind the phrases."""
        self._flow.addWidget(button)

    def show_phrases(self, phrases: tuple[Phrase, ...], chosen: str) -> None:
        """Show the phrases of an item."""
        self._keys = tuple(phrase.key for phrase in phrases)
        for place, chip in enumerate(self.chips):
            if place < len(phrases):
                chip.show_phrase(phrases[place], phrases[place].key == chosen)
            chip.setVisible(place < len(phrases))

    def press(self, place: int) -> None:
        """Choose the phrase at a place, from 0."""
        if place < len(self._keys):
            self.picked.emit(self._keys[place])
