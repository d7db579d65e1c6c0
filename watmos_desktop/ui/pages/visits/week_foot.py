"""Below the week: the chosen visit, why it is there, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import wording
from watmos_desktop.ui.actions import action, shown_key
from watmos_desktop.ui.kit.button import Button, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.visits.board import Entry

Deeds = list[tuple[str, str, Callable[[], object]]]
"""Words, the key of ui/actions.py (or none), and what it does."""

_NOTHING = "Choose a visit to see why it is there."


class WeekFoot(Card):
    """``show_entry`` puts a visit in; ``deeds`` change it, ``leads`` only lead to it."""

    def __init__(self, deeds: Deeds, leads: Deeds, *, may: bool) -> None:
        super().__init__(margin=12)
        self._about = Text(_NOTHING, role="strong", wrap=True)
        self.why = Text(wrap=True)
        self.why.hide()
        self.add(self._about)
        self.add(self.why)
        self._row = QWidget()
        row = FlowLayout(self._row, gap=8)
        self._deeds = {words: _button(words, key, run) for words, key, run in deeds}
        self._leads = [_button(words, key, run) for words, key, run in leads]
        for button in (*self._deeds.values(), *self._leads):
            row.addWidget(button)
            button.setEnabled(False)
        for button in self._deeds.values():
            button.setVisible(may)
        self.add(self._row)

    def show_entry(self, entry: Entry | None, *, changes: bool, proposal: bool) -> None:
        """The chosen visit, or that none is chosen; ``changes``: whether it may still be changed.

        While a ``proposal`` waits to be accepted nothing is changed: the room is the week's.
        """
        self._row.setVisible(not proposal)
        for button in self._deeds.values():
            button.setEnabled(changes)
        for button in self._leads:
            button.setEnabled(entry is not None)
        if entry is None:
            self._about.setText(_NOTHING)
            self.why.setText("")
            self.why.hide()
            return
        self._deeds["Pin"].setText("Let go" if entry.pinned else "Pin")
        when = f"{wording.weekday(entry.day)}, {entry.time or 'any time'}"
        parts = (entry.address, entry.what, when, entry.officer)
        self._about.setText(" · ".join(part for part in parts if part))
        self.why.setText(". ".join([part for part in (entry.why,) if part] + list(entry.conflicts)))
        self.why.setVisible(bool(self.why.text()))


def _button(words: str, key: str, run: Callable[[], object]) -> Button:
    """Two strokes do not fit on a small button: they stand in its tip."""
    strokes = shown_key(key) if key else ""
    made = QuietButton(words, run, key=strokes if "+" not in strokes else "")
    if key:
        made.setToolTip(f"{action(key).tip} ({strokes})")
    return made
