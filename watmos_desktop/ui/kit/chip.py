"""Filters and phrases to choose one of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watmos_desktop.ui.kit.button import Button
from watmos_desktop.ui.kit.flow import FlowLayout, tab_inside
from watmos_desktop.ui.kit.look import look

ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


@dataclass(frozen=True)
class Choice:
    """One thing to choose: what the code calls it, its words, and how many there are (None: not counted)."""

    id: str
    words: str
    count: int | None = None


class Chip(Button):
    """A rounded choice, 36 px high. ``Chip("Overdue", count=3)``; made by ``ChipRow``."""

    def __init__(self, words: str, *, count: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__("", role="chip", parent=parent)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._plain = words
        self.show_count(count)

    def show_count(self, count: int | None) -> None:
        """Put another number behind the words."""
        self.say(self._plain if count is None else f"{self._plain} {count:,}")

    def sizeHint(self) -> QSize:
        """Wide enough for bold, so that nothing moves when it is chosen."""
        bold = QFontMetrics(look().font("body", bold=True))
        return QSize(bold.horizontalAdvance(self.text()) + 32, max(36, bold.height() + 12))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave arrows to the row."""
        event.ignore() if event.key() in ARROWS else super().keyPressEvent(event)

    def _radius(self) -> float:
        return self.height() / 2 - 1

    def _inks(self) -> tuple[str, str]:
        return ("brand", "brand") if self.isChecked() else super()._inks()


class ChipRow(QWidget):
    """Chips with one chosen; wraps to lines; arrows move the choice; one Tab stop.

    >>> row = ChipRow("Filter", [Choice("mine", "My estates"), Choice("late", "Overdue", 3)], show_only)
    >>> row.choose("late")            # the program chooses: no signal
    >>> row.chosen()                  # "late"

    ``optional`` lets a second press take the choice back (``chosen()`` is then ""). Signal ``picked(str)``.
    """

    picked = Signal(str)

    def __init__(
        self,
        name: str,
        choices: Sequence[Choice] = (),
        on_pick: Callable[[str], object] | None = None,
        *,
        optional: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._optional = optional
        self._chips: dict[str, Chip] = {}
        self._chosen = ""
        self._flow = FlowLayout(self, gap=8)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        if on_pick is not None:
            self.picked.connect(on_pick)
        self.offer(choices)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Show these choices; only counts change when the ids are the same, so that focus stays."""
        if [choice.id for choice in choices] == list(self._chips):
            for choice in choices:
                self._chips[choice.id].show_count(choice.count)
            return
        for old in self._chips.values():
            self._flow.removeWidget(old)
            old.deleteLater()
        self._chips = {}
        for choice in choices:
            chip = Chip(choice.words, count=choice.count, parent=self)
            chip.clicked.connect(lambda _=False, key=choice.id: self._pick(key))
            self._flow.addWidget(chip)
            self._chips[choice.id] = chip
        tab_inside(self, *self._chips.values())
        kept = self._chosen if self._chosen in self._chips else ""
        self.choose(kept or ("" if self._optional or not self._chips else next(iter(self._chips))))

    def choose(self, key: str) -> None:
        """Mark a choice without telling anyone; "" for none."""
        self._chosen = key
        stop = key or next(iter(self._chips), "")
        for each, chip in self._chips.items():
            chip.setChecked(each == key)
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if each == stop else Qt.FocusPolicy.ClickFocus)
        if stop:
            self.setFocusProxy(self._chips[stop])  # a form puts its cursor into the row

    def chosen(self) -> str:
        """The id of the choice, or ""."""
        return self._chosen

    def chips(self) -> dict[str, Chip]:
        """The chips by id."""
        return dict(self._chips)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move the choice."""
        keys = list(self._chips)
        here = next((n for n, key in enumerate(keys) if self._chips[key].hasFocus()), -1)
        steps = {
            Qt.Key.Key_Right: here + 1,
            Qt.Key.Key_Down: here + 1,
            Qt.Key.Key_Left: here - 1,
            Qt.Key.Key_Up: here - 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(keys) - 1,
        }
        target = steps.get(Qt.Key(event.key()))
        if target is None or here < 0 or not 0 <= target < len(keys):
            super().keyPressEvent(event)
            return
        self._chips[keys[target]].setFocus(Qt.FocusReason.TabFocusReason)
        if not self._optional:
            self._pick(keys[target])

    def _pick(self, key: str) -> None:
        self.choose("" if self._optional and key == self._chosen else key)
        self.picked.emit(self._chosen)


class ChipSet(QWidget):
    """Chips of which any number is chosen; wraps to lines; arrows go from one to the next; one Tab stop.

    >>> chips = ChipSet("Only", [Choice("mine", "Mine", 3), Choice("late", "Late", 1)], narrow)
    >>> chips.choose({"mine"})        # the program chooses: no signal
    >>> chips.chosen()                # frozenset({"mine"})

    A choice whose count is None cannot be made now and is not shown. Signal ``picked(object)``: a frozenset.
    """

    picked = Signal(object)

    def __init__(
        self,
        name: str,
        choices: Sequence[Choice],
        on_pick: Callable[[frozenset[str]], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        flow = FlowLayout(self, gap=8)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._chips: dict[str, Chip] = {}
        for choice in choices:
            chip = Chip(choice.words, count=choice.count, parent=self)
            chip.clicked.connect(self._pick)
            flow.addWidget(chip)
            self._chips[choice.id] = chip
        tab_inside(self, *self._chips.values())
        self._stop()
        if on_pick is not None:
            self.picked.connect(on_pick)

    def count(self, counts: Mapping[str, int | None]) -> None:
        """Put numbers behind the words; what has none is not offered, but for what is chosen."""
        for key, chip in self._chips.items():
            chip.show_count(counts.get(key))
            chip.setVisible(counts.get(key) is not None or chip.isChecked())
        self._stop()

    def choose(self, keys: Collection[str]) -> None:
        """Mark some without telling anyone."""
        for key, chip in self._chips.items():
            chip.setChecked(key in keys)

    def chosen(self) -> frozenset[str]:
        """The ids of those chosen."""
        return frozenset(key for key, chip in self._chips.items() if chip.isChecked())

    def chips(self) -> dict[str, Chip]:
        """The chips by id."""
        return dict(self._chips)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End go to another chip; Space chooses it."""
        shown = [chip for chip in self._chips.values() if not chip.isHidden()]
        here = next((n for n, chip in enumerate(shown) if chip.hasFocus()), -1)
        steps = {
            Qt.Key.Key_Right: here + 1,
            Qt.Key.Key_Down: here + 1,
            Qt.Key.Key_Left: here - 1,
            Qt.Key.Key_Up: here - 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(shown) - 1,
        }
        target = steps.get(Qt.Key(event.key()))
        if target is None or here < 0 or not 0 <= target < len(shown):
            super().keyPressEvent(event)
            return
        shown[target].setFocus(Qt.FocusReason.TabFocusReason)
        self._stop(shown[target])

    def _stop(self, stop: Chip | None = None) -> None:
        """One of them is where Tab comes to."""
        stop = stop or next((chip for chip in self._chips.values() if not chip.isHidden()), None)
        for chip in self._chips.values():
            strong = chip is stop
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if strong else Qt.FocusPolicy.ClickFocus)
        if stop is not None:
            self.setFocusProxy(stop)

    def _pick(self) -> None:
        self.picked.emit(self.chosen())
