"""What else a report says: how it happened, where exactly, what to know, when it was reported, how they are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from PySide6.QtWidgets import QWidget

from watmos_desktop.models.kinds import Cause, Channel
from watmos_desktop.services import guide
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repair_updates import HOW_WORDS
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Lines
from watmos_desktop.ui.kit.look import look
from watmos_desktop.ui.pages.repairs.care_forms import CHANNELS
from watmos_desktop.ui.pages.repairs.moment import WhenFields
from watmos_desktop.ui.pages.repairs.report_area import Exactly

_NOT_TOLD = "nobody"


class Details(Card):
    """``fields`` by name; ``on_change()`` when something is said that the promise may hang on."""

    def __init__(
        self, desk: Desk, photos: QWidget, on_change: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self.body.setSpacing(16)
        self.cause = ChipRow(
            "How did it happen?",
            [Choice(key.value, words) for key, words in guide.load().causes.items()],
            lambda _: on_change(),
        )
        self.exactly = Exactly(desk, on_change)
        self.note = Lines("What the contractor should know", rows=2)
        self.note.setMaximumHeight(round(110 * look().scale))
        self.when = WhenFields(desk, "When was it reported?", on_change)
        told = [Choice(one.value, HOW_WORDS[one]) for one in CHANNELS]
        self.how = ChipRow("How are they told?", [*told, Choice(_NOT_TOLD, "Not told yet")])
        self.fields = {
            "cause": Field("cause", "How did it happen?", self.cause),
            "exactly": Field("exactly", "Where exactly?", self.exactly.line, holder=self.exactly),
            "description": Field("description", "Anything else", self.note),
            **{field.name: field for field in self.when.fields},
            "how": Field(
                "how",
                "How are they told?",
                self.how,
                help="What you read out is kept as what they were told.",
            ),
        }
        for name, field in self.fields.items():
            self.add(field)
            if name == "description":
                self.add(photos)

    def begin(self, block_id: object, *, shared: bool) -> None:
        """For another place: the parts of its block; in a home somebody is told."""
        self.exactly.offer(block_id if shared else None)  # type: ignore[arg-type]
        self.fields["how"].setVisible(not shared)

    def clear(self) -> None:
        """Nothing is said."""
        self.note.clear()
        self.exactly.put("")
        self.when.clear()
        self.how.choose(Channel.PHONE.value)
        for field in self.fields.values():
            field.show_error("")

    def told(self) -> Channel | None:
        """How the person is told, there and then."""
        chosen = self.how.chosen()
        return None if chosen == _NOT_TOLD else Channel(chosen)

    def reported_at(self) -> datetime | None:
        """When it was reported as far as it is said; None for now, or while no time is typed yet."""
        try:
            return self.when.moment("reported_at")
        except Told:
            return None

    def written(self) -> dict[str, Any]:
        """What is written and chosen, to keep over a lock."""
        return {
            "cause": self.cause.chosen(),
            "exactly": self.exactly.words(),
            "area": self.exactly.area(),
            "note": self.note.toPlainText(),
            "how": self.how.chosen(),
            "when": self.when.chips.chosen(),
            "day": self.when.day.value().isoformat(),
            "time": self.when.time.text(),
        }

    def put(self, kept: Mapping[str, Any]) -> None:
        """Show what ``written`` gave."""
        self.cause.choose(kept.get("cause") or Cause.WEAR.value)
        self.exactly.put(kept.get("exactly", ""), kept.get("area", ""))
        self.note.setPlainText(kept.get("note", ""))
        self.how.choose(kept.get("how") or Channel.PHONE.value)
        if kept.get("day"):
            self.when.put(kept["when"], date.fromisoformat(kept["day"]), kept["time"])
