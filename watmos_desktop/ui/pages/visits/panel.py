"""What the parts of a visit's detail are made of: what is on show, what a part may ask for, a short form, a button."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services.visits import VisitDetail
from watmos_desktop.services.visits_due import DueVisit
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Lines
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Dot
from watmos_desktop.ui.kit.text import Heading, Text

Go = Callable[[str, object], None]
"""What a part may ask for: ``go(page, argument)`` opens a page of the window, and of the detail itself

- ``go("form", Asked(...))`` puts a short form in the place of the detail until it is saved or left;
- ``go("done", "Noted.")`` says what was done and offers to take it back;
- ``go("told", error)`` says an error;
- ``go("visit_week", date)`` shows the week of that day.
"""


@dataclass(frozen=True)
class Shown:
    """What is on show: one due visit, everything due at its home, and the visit itself once it is arranged.

    ``desk`` reads and writes, ``go`` asks for what a part cannot do alone.
    """

    desk: Desk
    go: Go
    due: DueVisit
    all_due: tuple[DueVisit, ...]
    visit: VisitDetail | None


Build = Callable[[Shown], QWidget | None]
"""Makes one section of the detail; None where there is nothing to say."""


@dataclass(frozen=True)
class Asked:
    """A short form: ``save(values)`` gives what is said of it, and may raise Told at a field.

    ``filled`` are values to begin with; ``sentence`` stands below the title, ``warnings`` below that.
    """

    title: str
    fields: tuple[Field, ...]
    verb: str
    save: Callable[[Mapping[str, Any]], str]
    filled: Mapping[str, object] | None = None
    sentence: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deed:
    """One button of the detail. ``key`` is an action of ui/actions.py, whose key stands beside the words."""

    words: str | Callable[[Shown], str]
    run: Callable[[Shown], object]
    offered: Callable[[Shown], bool]
    key: str = ""

    def said(self, shown: Shown) -> str:
        """The words on the button."""
        return self.words if isinstance(self.words, str) else self.words(shown)


@dataclass(frozen=True)
class Way:
    """One line of the menu More of the list or the week: to another page of this tab."""

    words: str
    page: str
    offered: Callable[[Desk], bool]
    key: str = ""

    @property
    def stroke(self) -> str:
        """The key as it is shown, or nothing."""
        return shown_key(self.key) if self.key else ""


@dataclass(frozen=True)
class WeekOf:
    """The week that a page is opened for: its Monday, and the officer whose it is (None: everybody's)."""

    monday: date
    officer_id: UUID | None


class Part(QWidget):
    """A section: a heading, or none, and lines below each other."""

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        if title:
            self.column.addWidget(Heading(title))

    def text(self, words: str, role: str = "") -> None:
        """Words that can be chosen and copied."""
        made = Text(words, role=role, wrap=True) if role else Text(words, wrap=True)
        self.column.addWidget(made.selectable())

    def line(self, tone: Tone, words: str) -> None:
        """Words with their state as a colour and a shape."""
        self.column.addWidget(toned(tone, words))


def toned(tone: Tone, words: str) -> QWidget:
    """One line with its state as a colour and a shape."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    row.addWidget(Dot(tone))
    row.addWidget(Text(words, wrap=True), 1)
    return holder


def few_lines(hint: str, rows: int) -> Lines:
    """A field of so many lines that does not grow with the room it has."""
    made = Lines(hint, rows=rows)
    made.setMaximumHeight(made.minimumHeight())
    return made
