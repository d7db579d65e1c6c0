"""When something happened, for a form: now, or a day and a time gone by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from watmos_desktop.services import slots
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import DateInput, Line

_NOW, _TODAY, _YESTERDAY, _OTHER = "now", "today", "yesterday", "other"
_CHOICES = [
    Choice(_NOW, "Just now"),
    Choice(_TODAY, "Earlier today"),
    Choice(_YESTERDAY, "Yesterday"),
    Choice(_OTHER, "Another day"),
]


class WhenFields:
    """Three fields for a form: chips, and a day and a time that show once they are needed.

    >>> when = WhenFields(desk, "When was it done?")
    >>> Form([*when.fields, ...]); when.moment("done_at")      # None for now; Told at "time" for what is no time
    """

    def __init__(self, desk: Desk, ask: str, on_change: Callable[[], object] | None = None) -> None:
        self._desk = desk
        self.chips = ChipRow(ask, _CHOICES, lambda _: self._show())
        self.day = DateInput(self._now().date())
        self.time = Line("For example 16:30")
        self.fields = (
            Field("when", ask, self.chips),
            Field("day", "Which day?", self.day),
            Field("time", "What time?", self.time),
        )
        self._show()
        if on_change is not None:
            for changed in (self.chips.picked, self.day.dateChanged, self.time.textChanged):
                changed.connect(lambda *_: on_change())

    def put(self, chosen: str, day: date, typed: str) -> None:
        """Show a moment as it was chosen; the cursor stays where it is."""
        self.chips.choose(chosen)
        self.day.show_day(day)
        self.time.setText(typed)
        self._show(focus=False)

    def moment(self, name: str) -> datetime | None:
        """The moment chosen; None for now. Raises Told at ``time``; an error at ``name`` belongs to this, too."""
        chosen = self.chips.chosen()
        if chosen == _NOW:
            return None
        typed = self.time.text().strip()
        if not typed:
            raise Told("Say what time it was.", "About is enough: 16:30.", field="time")
        today = self._now().date()
        day = {_TODAY: today, _YESTERDAY: today - timedelta(days=1)}.get(chosen, self.day.value())
        return datetime.combine(day, time.fromisoformat(slots.read_time(typed, "time")), LONDON)

    def chosen(self) -> bool:
        """Whether another moment than now is chosen."""
        return self.chips.chosen() != _NOW

    def clear(self) -> None:
        """Back to now."""
        self.chips.choose(_NOW)
        self.time.clear()
        self._show()

    def _show(self, *, focus: bool = True) -> None:
        chosen = self.chips.chosen()
        self.fields[1].setVisible(chosen == _OTHER)
        self.fields[2].setVisible(chosen != _NOW)
        if chosen != _NOW and focus:
            self.time.setFocus()

    def _now(self) -> datetime:
        return self._desk.store.clock.now().astimezone(LONDON)
