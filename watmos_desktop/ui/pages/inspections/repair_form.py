"""The repair of an item in the officer's own words; the promise is told before it is saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import Priority, Trade
from watmos_desktop.services import clocks, repair_raising, repair_words
from watmos_desktop.services.repair_raising import RepairDraft
from watmos_desktop.services.repairs import RepairCard
from watmos_desktop.services.templates import Item
from watmos_desktop.services.walk_view import Walk
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Line, Lines, Select
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.text import Heading, Text

_MEANS = {
    Priority.EMERGENCY: "danger to people or the building",
    Priority.URGENT: "it will get worse, or safety or security suffers",
    Priority.ROUTINE: "it can wait its turn",
}


def promise_of(priority: Priority, seen_at: datetime) -> str:
    """The promise in words: ``Routine: due Wed 30 Dec. It can wait its turn.``"""
    due = repair_raising.due_for(priority, seen_at)
    means = _MEANS[priority]
    words = clocks.promise_words(due.due_at, priority)
    return f"{priority.capitalize()}: {words}. For when {means}."


class RepairScreen(QWidget):
    """The form over the walk. ``on_save(draft)`` gets what is written; ``on_close`` goes back without."""

    def __init__(
        self,
        on_save: Callable[[RepairDraft], object],
        on_close: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_save = on_save
        self._walk: Walk | None = None
        self._item: Item | None = None
        self._seen_at: datetime | None = None
        self.priority = ChipRow(
            "Priority",
            [Choice(one.value, one.capitalize()) for one in Priority],
            lambda _: self._tell_promise(),
        )
        self.more = Lines(rows=3)
        self.more.setMaximumHeight(170)
        self.form = Form(
            [
                Field("title", "What is wrong?", Line("For example: landing light not working")),
                Field("priority", "How soon?", self.priority),
                Field("trade", "Who mends it?", Select(_trades())),
                Field("place", "Where exactly?", Line("For example: second floor, by the lift")),
                Field("description", "Anything else the contractor should know", self.more),
            ]
        )
        self.promise = Text(role="strong", wrap=True)
        self.head = Heading()
        card = Card()
        card.add(self.head)
        card.add(self.form)
        card.add(self.promise)
        scroll = Scroll()
        scroll.column.addWidget(card)
        scroll.column.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(QuietButton("Back", on_close, key="Esc", symbol="back"))
        row.addStretch(1)
        row.addWidget(PrimaryButton("Save the repair", self._save, key="Ctrl+Enter"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(scroll, 1)
        column.addLayout(row)
        bind(self, "save", self._save)

    def show_repair(self, walk: Walk, item: Item, area: str, now: datetime, kept: dict[str, Any]) -> None:
        """Fill in what is known: the repair already raised, else the item; ``kept`` is an unfinished form."""
        raised = walk.raised.get(item.key)
        given = walk.mine.get(item.key)
        self._walk, self._item = walk, item
        self._seen_at = raised.reported_at if raised else given.at if given else now
        self.head.setText(f"Repair · {item.name}")
        self.form.fill(kept or _known(item, raised, area, given.note if given else ""))
        self._tell_promise()
        self.form.fields["title"].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def values(self) -> dict[str, Any]:
        """What is written, to be kept over a lock."""
        return dict(self.form.values())

    def tell(self, error: BaseException) -> bool:
        """Show an error at its field; False if it belongs to none."""
        return self.form.tell(error)

    def _tell_promise(self) -> None:
        if self._seen_at is not None:
            self.promise.setText(promise_of(Priority(self.priority.chosen()), self._seen_at))

    def _save(self) -> None:
        assert self._walk is not None
        assert self._item is not None
        assert self._seen_at is not None
        values = {name: str(value) for name, value in self.form.values().items()}
        estate_id, block_id, space_id = self._walk.place.ids
        area = next(one for one in self._walk.template.areas if self._item in one.items)
        self._on_save(
            RepairDraft(
                title=values["title"],
                trade=Trade(values["trade"]),
                priority=Priority(values["priority"]),
                seen_at=self._seen_at,
                estate_id=estate_id,
                block_id=block_id,
                space_id=space_id,
                area_key=area.key,
                place=values["place"],
                description=values["description"],
                inspection_id=self._walk.id,
            )
        )


def _trades() -> list[Choice]:
    words = sorted(repair_words.TRADE_WORDS.items(), key=lambda pair: pair[1])
    return [Choice(trade.value, name) for trade, name in words]


def _known(item: Item, raised: RepairCard | None, area: str, note: str) -> dict[str, Any]:
    phrase = next((one for one in item.phrases if one.raises_repair), None)
    trade = phrase.trade if phrase and phrase.trade else Trade.HANDYPERSON
    if raised is None:
        return {
            "title": "",
            "priority": Priority.ROUTINE.value,
            "trade": trade.value,
            "place": area,
            "description": note,
        }
    known = next(trade for trade, words in repair_words.TRADE_WORDS.items() if words == raised.trade)
    place = raised.where.split(" · ", 1)[1] if " · " in raised.where else area
    return {
        "title": raised.title,
        "priority": raised.priority.value,
        "trade": known.value,
        "place": place,
        "description": note,
    }
