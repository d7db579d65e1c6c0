"""The figures of repairs on one page: RP02, and what it does not tell; each with what it is made of."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from watmos_desktop.services import repair_figures, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repair_figures import Figure, Figures
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import StatTile
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import DateInput
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.text import Heading, Text

_GROUPS = {
    "As the regulator asks (TSM), rented homes": ("RP02(1)", "RP02(2)"),
    "Told apart": ("communal", "communal_emergency", "other", "other_emergency"),
    "What these do not tell": ("overdue", "silent", "first_time", "recalls", "satisfied"),
}
_LESS_IS_BETTER = {"overdue", "silent", "recalls"}
_ACROSS = 4


class FiguresPage(Page):
    """The reporting year so far, or any days asked for."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("List", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("Figures of repairs", "", back, scroll=True, parent=parent)
        self._desk = desk
        today: date = desk.store.clock.now().astimezone(LONDON).date()
        self.since, self.until = DateInput(repair_figures.year_of(today)), DateInput(today)
        self.fields = {
            "since": Field("since", "Completed from", self.since),
            "until": Field("until", "to", self.until),
        }
        row = QHBoxLayout()
        row.setSpacing(12)
        for field in self.fields.values():
            row.addWidget(field)
        row.addStretch(1)
        self.body.addLayout(row)
        self.tiles: dict[str, StatTile] = {}
        for title, keys in _GROUPS.items():
            self.body.addWidget(Heading(title))
            grid = QGridLayout()
            grid.setSpacing(12)
            for number, key in enumerate(keys):
                self.tiles[key] = StatTile("", "")
                grid.addWidget(self.tiles[key], number // _ACROSS, number % _ACROSS)
            for column in range(_ACROSS):
                grid.setColumnStretch(column, 1)
            self.body.addLayout(grid)
        self._foot = Text(role="quiet", wrap=True)
        self.body.addWidget(self._foot)
        self.body.addStretch(1)
        for asked in (self.since, self.until):
            asked.dateChanged.connect(lambda *_: self.refresh())
        Fresh(self, desk.changed, self.refresh, {"repair", "clock", "repair_feedback", "job", "tenancy"})
        self.refresh()

    def refresh(self) -> None:
        """Count beside the window; the newest answer stands."""
        since, until = self.since.value(), self.until.value()
        if since > until:
            self.fields["since"].show_error("The first day comes after the last. Turn them round.")
            return
        self.fields["since"].show_error("")
        self._desk.tasks.read(
            lambda: self._desk.look(repair_figures.get, since, until),
            self._show,
            key="figures",
            owner=self,
            on_error=self._failed,
        )

    def _show(self, told: Figures) -> None:
        days = f"{wording.day(told.since)} to {wording.day(told.until)}"
        self.head.say("Figures of repairs", f"On the estates you look after, {days}")
        for one in told.figures:
            self.tiles[one.key].say(
                one.text, f"{one.words}: {one.numerator:,} of {one.denominator:,}", _tone(one)
            )
        parts = [f"The mean answer is {told.score:.1f} of 5."] if told.score is not None else []
        if told.unknown:
            parts.append(
                f"{wording.count(told.unknown, 'repair')} in homes of unknown tenure are in none of these."
            )
        parts.append("What is late and still open is in no RP02 until it is done; it stands on its own here.")
        self._foot.setText(" ".join(parts))

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, Told):
            raise error
        self.notices.tell(error)


def _tone(one: Figure) -> Tone | None:
    if one.share is None or one.key not in _LESS_IS_BETTER:
        return None
    return Tone.BAD if one.numerator else Tone.OK
