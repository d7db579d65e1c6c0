"""One conflict with both values side by side, and one piece of held work."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services.sync.review import Choice, HeldItem, Item, Side
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.kit.button import Button, LinkButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.facts import Facts
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text

WIDEST = 1000


class ConflictCard(Card):
    """A conflict to decide: the record, what happened, both values with who and when, and the choices.

    ``decide(item, choice)`` and ``open_record(item)`` are called by its buttons.
    """

    def __init__(
        self,
        item: Item,
        decide: Callable[[Item, Choice], object],
        open_record: Callable[[Item], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self.item = item
        self.setAccessibleName(f"{item.title}. {item.why}")
        self.setMaximumWidth(WIDEST)
        self.add(Heading(item.title))
        if item.sentence:
            self.add(Text(item.sentence, role="quiet", wrap=True))
        self.add(Text(item.why, wrap=True))
        sides = QHBoxLayout()
        sides.setSpacing(12)
        for place, side in enumerate((item.mine, item.theirs)):
            values = [(part.label, (part.mine, part.theirs)[place]) for part in item.parts]
            sides.addWidget(_side(side, values), 1)
        self.body.addLayout(sides)
        self.buttons: dict[Choice, Button] = {}
        row = FlowRow()
        for choice, words, action in (
            (Choice.MINE, item.mine.keep, "keep_mine"),
            (Choice.THEIRS, item.theirs.keep, "keep_theirs"),
            (Choice.BOTH, "Keep both", "keep_both"),
        ):
            if item.may_change and (choice is not Choice.BOTH or item.both):
                button = QuietButton(words, _call(decide, item, choice), key=shown_key(action))
                button.setAccessibleName(f"{words}: {item.title}")
                self.buttons[choice] = button
                row.add(button)
        if item.page:
            link = LinkButton("Open the record", _call(open_record, item))
            link.setAccessibleName(f"Open {item.title}")
            row.add(link)
        if not item.may_change:
            self.add(Text("Someone else decides this; your role may only look.", role="quiet", wrap=True))
        self.add(row)


class HeldCard(Card):
    """Work that the office holds back: what was written, why it waits; ``copy`` and ``read`` are its buttons."""

    def __init__(
        self,
        item: HeldItem,
        copy: Callable[[HeldItem], object],
        read: Callable[[HeldItem], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self.item = item
        self.setAccessibleName(f"{item.title}. {item.why}")
        self.setMaximumWidth(WIDEST)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Heading(item.title), 1)
        head.addWidget(Pill("Read", Tone.OK) if item.seen else Pill("Waits at the office", Tone.WARN))
        self.body.addLayout(head)
        self.add(Text(f"{item.sentence} · {item.when}", role="quiet", wrap=True))
        self.add(Text(item.why, role="strong", wrap=True))
        self.add(Facts(item.fields))
        row = FlowRow()
        for words, run in (("Copy what I wrote", copy), ("I have read it", read)):
            if not (item.seen and run is read):
                button = QuietButton(words, _call(run, item))
                button.setAccessibleName(f"{words}: {item.title}")
                row.add(button)
        self.add(row)


def _side(side: Side, values: list[tuple[str, str]]) -> QWidget:
    frame = QFrame()
    frame.setProperty("role", "side")
    frame.setProperty("shown", "true" if side.shown else "false")
    column = QVBoxLayout(frame)
    column.setContentsMargins(12, 10, 12, 12)
    column.setSpacing(4)
    head = QHBoxLayout()
    head.setSpacing(8)
    head.addWidget(Text(side.who, role="strong", wrap=True), 1)
    head.addWidget(Pill("Shown now", Tone.INFO) if side.shown else Pill("Not shown", Tone.WARN))
    column.addLayout(head)
    if side.when:
        column.addWidget(Text(side.when, role="small", wrap=True))
    for label, words in values:
        column.addSpacing(4)
        column.addWidget(Text(label, role="small", wrap=True))
        column.addWidget(Text(words, wrap=True).selectable())
    column.addStretch(1)
    said = ", ".join(f"{label}: {words}" for label, words in values)
    frame.setAccessibleName(f"{side.who}, {side.when}. {said}")
    return frame


def _call(run: Callable[..., object], *arguments: object) -> Callable[[], object]:
    return lambda: run(*arguments)
