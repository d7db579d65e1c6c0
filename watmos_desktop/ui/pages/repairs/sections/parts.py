"""What sections are made of: a heading with its parts below, and one step with its shape."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Dot
from watmos_desktop.ui.kit.text import Heading, Text


class Section(QWidget):
    """Parts one below the other, under a heading if one is given. ``Section(parent, "Photos").add(strip)``."""

    def __init__(self, parent: QWidget, title: str = "") -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        if title:
            self.setAccessibleName(title)
            self.column.addWidget(Heading(title))

    def add(self, part: QWidget) -> Section:
        """Put a part below the others."""
        self.column.addWidget(part)
        return self

    def say(self, words: str, role: str = "body") -> Section:
        """Put a line of words below the others."""
        text = Text(words, role=role, wrap=True)
        return self.add(text.selectable() if role == "body" else text)

    def step(self, tone: Tone, words: str) -> Section:
        """Put a line with a shape below the others."""
        return self.add(step(tone, words))


def step(tone: Tone, words: str, role: str = "body") -> QWidget:
    """A line of words behind the shape of its tone."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    row.addWidget(Dot(tone))
    row.addWidget(Text(words, role=role, wrap=True), 1)
    return holder
