"""What is broken, told at the door: found in the repair guide as one types, its promise read out, kept at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import visit_faults
from watmos_desktop.services.visit_faults import Fault
from watmos_desktop.services.visit_form import Option as Room
from watmos_desktop.services.visit_saying import Say
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.picker import Option, Picker
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.visits.panel import toned


class FaultsBox(QWidget):
    """What was told so far, and the field for the next. ``keep(faults)`` puts them on disk; ``say`` has the promise."""

    def __init__(
        self,
        faults: Sequence[Fault],
        rooms: Sequence[Room],
        keep: Callable[[tuple[Fault, ...]], object],
        say: Callable[[Fault], Say],
    ) -> None:
        super().__init__()
        self.faults = tuple(faults)
        self._keep, self._say = keep, say
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._told = QVBoxLayout()
        self._told.setSpacing(8)
        column.addLayout(self._told)
        self.picker = Picker(
            "What is broken?", "For example: tap drips. Enter takes it", self._find, self._take, lambda: None
        )
        column.addWidget(self.picker)
        self.room = ChipRow("In which room?", [Choice(one.words, one.words) for one in rooms], optional=True)
        column.addWidget(Text("In which room, if it matters", role="quiet"))
        column.addWidget(self.room)
        self._show()

    def take(self) -> bool:
        """Take the marked one of what the typed letters found; False when nothing is typed."""
        row = next((one for one in self.picker.rows() if one.marked), None)
        if row is None:
            return False
        self._take(row.option)
        return True

    def _find(self, text: str) -> list[Option]:
        if not text:
            return []
        found = [Option((one[0], one[1]), one[2]) for one in visit_faults.find(text)]
        return [*found, Option(text, f"“{text}”", "In these words")]

    def _take(self, option: Option) -> None:
        room = self.room.chosen()
        if isinstance(option.key, tuple):
            fault = visit_faults.of_guide(option.key[0], option.key[1], room)
        else:
            fault = visit_faults.in_own_words(option.key, room)
        self._change((*self.faults, fault))
        self.picker.clear()
        self.picker.line.setFocus()

    def _drop(self, number: int) -> None:
        self._change(tuple(one for place, one in enumerate(self.faults) if place != number))

    def _change(self, faults: tuple[Fault, ...]) -> None:
        self._keep(faults)
        self.faults = faults
        self._show()

    def _show(self) -> None:
        while (item := self._told.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, fault in enumerate(self.faults):
            self._told.addWidget(self._line(number, self._say(fault)))

    def _line(self, number: int, say: Say) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(toned(Tone(say.tone), say.words))
        words.addWidget(Text(f"Say: {say.promise}", wrap=True).selectable())
        row.addLayout(words, 1)
        if len(self.faults) > 1:  # without any the answer is No, at the question before
            drop = QuietButton("Not that", partial(self._drop, number))
            drop.setAccessibleName(f"Not that: {say.words}")
            row.addWidget(drop)
        return holder
