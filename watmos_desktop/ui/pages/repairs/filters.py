"""What the list of repairs shows: one state, any number of marks, and a place, each with how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import homes, places, policy, repairs
from watmos_desktop.services.repair_listing import CLOSED_STATES, OPEN_MARKS
from watmos_desktop.services.repairs import Filter
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import IconButton
from watmos_desktop.ui.kit.chip import ChipRow, ChipSet, Choice
from watmos_desktop.ui.kit.inputs import Select

STATES = {
    "open": "Open",
    "overdue": "Overdue",
    "today": "Due today",
    "double": "Told twice?",
    "done": "Done",
    "signposted": "Not ours",
    "cancelled": "Cancelled",
}
MARKS = {
    "mine": "Mine",
    "nobody": "Nobody’s yet",
    "emergency": "Emergency",
    "hazard": "Damp and hazards",
    "waiting": "No access",
    "silent": "Told nothing",
    "communal": "Shared parts",
}
EMPTY = {
    "open": (
        "Nothing is broken",
        "Repairs that you report or raise on a walk stand here until they are done.",
    ),
    "overdue": ("Nothing is late", "Every open repair is within its promised time."),
    "today": ("Nothing is due today", "What must be done by tonight stands here."),
    "double": (
        "Nothing looks told twice",
        "Two open reports of what may be one fault stand here to be looked at.",
    ),
    "done": ("Nothing done yet", "Repairs stand here once they are completed."),
    "signposted": (
        "Nothing was signposted",
        "What turned out not to be ours, and what was said, stands here.",
    ),
    "cancelled": (
        "Nothing was cancelled",
        "What was cancelled stands here with its reason; it can be opened again.",
    ),
}
_STAFF_ONLY = {"mine", "nobody", "silent"}
_ALL = "all"


def empty_words(wanted: Filter) -> tuple[str, str]:
    """What to say where the list is empty, and what to do."""
    if wanted.text:
        return "Nothing of that name", "Try a part of the title or place, or the whole reference."
    if wanted.also or wanted.estate_id or wanted.block_id:
        marks = " and ".join(MARKS[name].lower() for name in MARKS if name in wanted.also)
        step = f"Take {marks} off to see more." if marks else "Choose another place to see more."
        return "Nothing like that here", step
    return EMPTY[wanted.state]


class FilterBar(QWidget):
    """Signal ``changed(Filter)`` when a person chose otherwise; ``show_filter`` puts one there and tells nobody."""

    changed = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._wanted = Filter()
        self._asked_place = False
        decides = policy.may(desk.actor, policy.Action.CHANGE_REPAIR, "repair")
        states = [Choice(key, words) for key, words in STATES.items() if decides or key != "double"]
        self.states = ChipRow("Which repairs", states, self._pick_state)
        marks = [Choice(key, words) for key, words in MARKS.items() if decides or key not in _STAFF_ONLY]
        self.marks = ChipSet("Only those that are", marks, self._pick_marks)
        self.estates, self.blocks, self.areas = Select(), Select(), Select()
        self._place = QWidget()
        row = QHBoxLayout(self._place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for select, name in ((self.estates, "Estate"), (self.blocks, "Block"), (self.areas, "Area")):
            select.setAccessibleName(name)
            select.setMinimumWidth(140)
            row.addWidget(select)
            select.activated.connect(lambda _, one=select: self._pick_place(one))
        row.addWidget(IconButton("close", "Everywhere again", self.everywhere))
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.states, self.marks, self._place):
            column.addWidget(part)
        self._show_place()

    def wanted(self) -> Filter:
        """What is chosen, with the text that ``show_filter`` brought."""
        return self._wanted

    def show_filter(self, wanted: Filter) -> None:
        """Choose what this filter says."""
        self._wanted = wanted
        self.states.choose(wanted.state)
        self.marks.choose(wanted.also)
        self._show_place()

    def count(self, counts: Mapping[str, int]) -> None:
        """Put the numbers of ``repairs.chips`` on the chips."""
        shown = self.states.chips()
        self.states.offer([Choice(key, STATES[key], counts[f"state_{key}"]) for key in shown])
        closed = self._wanted.state in CLOSED_STATES
        offered = (key for key in self.marks.chips() if not (closed and key in OPEN_MARKS))
        numbers = {key: counts.get(f"mark_{key}") for key in offered}
        self.marks.count({key: number for key, number in numbers.items() if number or key == "mine"})

    def ask_place(self) -> None:
        """Bring up the choice of a place."""
        self._asked_place = True
        self._show_place()
        self.estates.setFocus()

    def everywhere(self) -> None:
        """No place in particular."""
        self._asked_place = False
        self._say(replace(self._wanted, estate_id=None, block_id=None, area_key=""))

    def _pick_state(self, state: str) -> None:
        also = self._wanted.also - OPEN_MARKS if state in CLOSED_STATES else self._wanted.also
        self.marks.choose(also)
        self._say(replace(self._wanted, state=state, also=also))

    def _pick_marks(self, also: frozenset[str]) -> None:
        self._say(replace(self._wanted, also=also))

    def _pick_place(self, select: Select) -> None:
        chosen = [
            None if one.value() in ("", _ALL) else one.value()
            for one in (self.estates, self.blocks, self.areas)
        ]
        depth = (self.estates, self.blocks, self.areas).index(select)
        estate, block, area = (key if place <= depth else None for place, key in enumerate(chosen))
        self._say(
            replace(
                self._wanted,
                estate_id=UUID(estate) if estate else None,
                block_id=UUID(block) if block else None,
                area_key=area or "",
            )
        )

    def _say(self, wanted: Filter) -> None:
        self._wanted = wanted
        self._show_place()
        self.changed.emit(wanted)

    def _show_place(self) -> None:
        wanted = self._wanted
        shown = self._asked_place or bool(wanted.estate_id or wanted.block_id)
        self._place.setVisible(shown)
        if not shown:
            return
        estate = wanted.estate_id
        blocks = self._desk.look(homes.blocks, estate) if estate or wanted.block_id else []
        if wanted.block_id and not estate:
            blocks = [one for one in blocks if one.id == wanted.block_id]
        areas = self._desk.look(places.areas, wanted.block_id) if wanted.block_id else []
        estates = self._desk.look(homes.estates)
        self._offer(
            self.estates, "All estates", [(str(one.id), one.name) for one in estates], str(estate or "")
        )
        self._offer(
            self.blocks, "All blocks", [(str(one.id), one.name) for one in blocks], str(wanted.block_id or "")
        )
        self._offer(self.areas, "All areas", [(one.key, one.name) for one in areas], wanted.area_key)

    @staticmethod
    def _offer(select: Select, whole: str, rows: list[tuple[str, str]], chosen: str) -> None:
        select.offer([Choice(_ALL, whole), *(Choice(key, words) for key, words in rows)])
        select.choose(chosen or _ALL)
        select.setVisible(bool(rows))


def count(desk: Desk, wanted: Filter) -> Mapping[str, int]:
    """The numbers of the chips."""
    return desk.look(repairs.chips, wanted)
