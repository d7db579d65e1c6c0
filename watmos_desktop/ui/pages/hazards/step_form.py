"""A short form in the place of the next step: fields, when it happened, one filled button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from watmos_desktop.services import wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chip import ChipRow
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import DateInput, Line
from watmos_desktop.ui.kit.text import Text

Values = dict[str, object]
Save = Callable[[Values, datetime], object]


class When:
    """A day and a time side by side, filled in with now. ``When(now).moment()`` is in London's time."""

    def __init__(self, now: datetime, words: str = "When was it?", name: str = "at") -> None:
        local = now.astimezone(LONDON)
        self._given = local
        self.day, self.time = DateInput(local.date()), Line("hh:mm")
        self.day.setAccessibleName("Day")
        self.time.setText(wording.clock_time(local))
        self.time.setMaximumWidth(110)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.day, 1)
        line.addWidget(self.time)
        line.addStretch(1)
        self.time.setAccessibleName("Time")
        self.field = Field(name, words, self.time, holder=row, check=self._wrong)

    def moment(self) -> datetime:
        """What is in the fields; untouched it is the moment it was given, to the second."""
        clock = _time(self.time.text())
        assert clock is not None
        typed = datetime.combine(self.day.value(), clock, LONDON)
        return self._given if typed == self._given.replace(second=0, microsecond=0) else typed

    def _wrong(self, _: object) -> str:
        return "" if _time(self.time.text()) else "Give the time as 14:30."


def _time(text: str) -> time | None:
    parts = text.strip().replace(".", ":").split(":")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in parts):
        return None
    hour, minute = map(int, parts)
    return time(hour, minute) if hour < 24 and minute < 60 else None


class StepForm(Card):
    """Fields under a heading. ``on_save(values, at)`` may raise Told: it is said at its field, else below.

    >>> StepForm("Tried to get in", [Field("text", "What happened?", Lines())], When(now), save, cancel)
    """

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        when: When,
        on_save: Save,
        on_cancel: Callable[[], object],
        words: str = "Save",
        *,
        sentence: str = "",
        above: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, sentence, parent=parent)
        self._first = above
        if above is not None:
            self.add(above)
        self._on_save, self._when = on_save, when
        self.form = Form([*fields, when.field])
        self._wrong = Text(role="error", wrap=True)
        self._wrong.hide()
        self.add(self.form)
        self.add(self._wrong)
        self.save_button = PrimaryButton(words, self.save, key=shown_key("save"))
        self._foot = FlowRow(self.save_button, QuietButton("Cancel", on_cancel, key="Esc"))
        self.add(self._foot)
        for part in (self, self._foot):
            bind(part, "save", self.save)

    def pin(self, below: QBoxLayout) -> None:
        """Put the buttons below what scrolls, always in sight; they come and go with the form."""
        below.addWidget(self._foot)
        self.destroyed.connect(self._foot.deleteLater)

    def showEvent(self, event: QShowEvent) -> None:
        """With its buttons."""
        super().showEvent(event)
        self._foot.show()

    def hideEvent(self, event: QHideEvent) -> None:
        """With its buttons."""
        super().hideEvent(event)
        self._foot.hide()

    def begin(self) -> None:
        """Put the cursor into the first field."""
        shown = (field.widget for field in self.form.fields.values() if not field.isHidden())
        first = self._first or next(shown, self.save_button)
        if isinstance(first, ChipRow):
            first = first.chips()[first.chosen()]
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Save; what is wrong is said at its field."""
        self._wrong.hide()
        if not self.form.check():
            return
        try:
            self._on_save(dict(self.form.values()), self._when.moment())
        except Told as told:
            if not self.form.tell(told):
                self.say(told)

    def say(self, told: Told) -> None:
        """Say below the fields what is wrong."""
        self._wrong.setText(f"{told.message} {told.hint}".strip())
        self._wrong.show()
