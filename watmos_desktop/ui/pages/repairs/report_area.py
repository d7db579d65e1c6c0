"""Where it is: found by letters, with what is wrong behind it; in a block one of its parts, or one's own words."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.services import guide, places, repair_places
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.picker import Option

_OFFERED = 6


def found_places(desk: Desk, text: str) -> list[Option]:
    """Homes, residents, blocks, estates and spaces by a few letters; the key is ``(kind, id, person, fault)``.

    Words behind the place may say what is wrong, ``lindley house a lift lamp``: then both are found at once, and the
    fault is ``(thing, fault)`` of the guide; else it is None.
    """
    if plain := [Option(key, title, sentence) for key, title, sentence in _places(desk, text)]:
        return plain
    words = text.split()
    for number in range(len(words) - 1, 0, -1):
        found = _places(desk, " ".join(words[:number]))
        if both := [one for place in found for one in _with_fault(place, " ".join(words[number:]))]:
            return both[:_OFFERED]
    return []


def _places(desk: Desk, text: str) -> list[tuple[tuple[object, ...], str, str]]:
    return [
        (
            ("home", one.home_id, one.id, None) if one.kind == "person" else (one.kind, one.id, None, None),
            one.title,
            one.sentence,
        )
        for one in desk.look(repair_places.find, text)
        if one.kind != "person" or one.home_id is not None
    ]


def _with_fault(place: tuple[tuple[object, ...], str, str], text: str) -> list[Option]:
    (kind, record_id, person, _), title, _ = place
    return [
        Option((kind, record_id, person, (thing.key, fault.key)), title, guide.title(thing, fault))
        for thing, fault in guide.load().find(text, shared=kind != "home", limit=_OFFERED)
    ]


class Exactly(QWidget):
    """``line`` takes words; above it the parts of the block, if it is one and nobody's home."""

    def __init__(self, desk: Desk, on_pick: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.areas = ChipRow("Which part?", on_pick=lambda _: on_pick(), optional=True)
        self.line = Line("For example: second floor, by the lift")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.areas)
        column.addWidget(self.line)
        self.offer(None)

    def offer(self, block_id: UUID | None) -> None:
        """Offer the parts of a block; None for what has none."""
        parts = self._desk.look(places.areas, block_id) if block_id else []
        self.areas.offer([Choice(one.key, one.name) for one in parts])
        self.areas.choose("")
        self.areas.setVisible(bool(parts))

    def area(self) -> str:
        """The key of the part chosen, or ""."""
        return self.areas.chosen()

    def words(self) -> str:
        """What was typed."""
        return self.line.text().strip()

    def put(self, words: str, area: str = "") -> None:
        """Show words and choose a part."""
        self.line.setText(words)
        self.areas.choose(area if area in self.areas.chips() else "")
