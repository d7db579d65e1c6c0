"""Surfaces: cards, tiles with one big number, the page that is still empty."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.button import Button
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.text import Heading, Text, restyle


class Card(QFrame):
    """A white surface with a thin line; ``body`` is its vertical layout.

    >>> card = Card("While you are here", "Lindley House A")
    >>> card.add(Text("2 homes due a visit by 4 Dec"))
    """

    def __init__(
        self, title: str = "", sentence: str = "", *, margin: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(margin, margin, margin, margin)
        self.body.setSpacing(8)
        if title:
            self.setAccessibleName(title)
            self.add(Heading(title))
        if sentence:
            self.add(Text(sentence, role="quiet", wrap=True))

    def add(self, widget: QWidget, stretch: int = 0) -> QWidget:
        """Put a part below the others; returns it."""
        self.body.addWidget(widget, stretch)
        return widget


class TaskCard(Card):
    """One thing to do: title, sentence, and at the right a pill and its button.

    >>> TaskCard("Fire doors · Lindley House B", "14 doors", Pill("Tomorrow", Tone.WARN), QuietButton("Plan"))
    """

    def __init__(self, title: str, sentence: str, *right: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(margin=14, parent=parent)
        self.setAccessibleName(title)
        row = QHBoxLayout()
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(Heading(title))
        words.addWidget(Text(sentence, role="quiet", wrap=True))
        words.addStretch(1)
        row.addLayout(words, 1)
        for part in right:
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(row)


class StatTile(Card):
    """A big number with words. ``StatTile("96 %", "repairs in time, Nov", Tone.OK)``."""

    def __init__(
        self, number: str, words: str, tone: Tone | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(margin=12, parent=parent)
        self.body.setSpacing(2)
        self._number = Text(role="title")
        self._words = Text(role="quiet", wrap=True)
        self.add(self._number)
        self.add(self._words)
        self.body.addStretch(1)  # beside a taller one the number stays on its line
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.say(number, words, tone)

    def say(self, number: str, words: str, tone: Tone | None = None) -> None:
        """Show another number."""
        self._number.setText(number)
        self._words.setText(words)
        self.setAccessibleName(f"{number} {words}")
        restyle(self._number, "tone", str(tone) if tone else "")


class EmptyState(QWidget):
    """What will be here, and the first step towards it.

    >>> EmptyState("No inspections yet", "Walks you start are listed here.", PrimaryButton("Start a walk"))
    """

    def __init__(
        self, title: str, sentence: str, step: Button | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 48, 24, 48)
        column.setSpacing(8)
        column.addStretch(2)
        for words in (Heading(title), Text(sentence, role="quiet", wrap=True)):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(words)
        if step is not None:
            column.addSpacing(8)
            column.addWidget(step, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
