"""The figures of visits on one page: seen within three years, the due curve of three years, starters, follow-ups."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import repair_figures, visit_figures, visits_forecast, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repair_figures import Figure
from watmos_desktop.services.visit_figures import EstateSeen, VisitFigures
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card, StatTile
from watmos_desktop.ui.kit.chart import Bar, Bars
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import DateInput
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.pill import Dot
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.visits.curve import DueCurve

_PERIOD = ("tries", "T1", "T1.reviews", "follow_ups")
_GOOD, _FAIR = 95.0, 85.0  # per cent
_TABLES = {
    *("visit", "visit_attempt", "visit_follow_up", "tenancy", "tenancy_review", "home"),
    *("repair", "hazard_case", "adaptation", "referral"),
}


class FiguresPage(Page):
    """How it stands today, and the reporting year so far or any days asked for."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("The due list", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("Figures of visits", "", back, scroll=True, parent=parent)
        self._desk = desk
        self.body.addWidget(self._today())
        self.body.addLayout(self._period())
        self.tiles = {key: StatTile("", "") for key in _PERIOD}
        grid = QGridLayout()
        grid.setSpacing(12)
        for number, tile in enumerate(self.tiles.values()):
            grid.addWidget(tile, 0, number)
            grid.setColumnStretch(number, 1)
        self.body.addLayout(grid)
        card = Card("Seen in time, by estate", "The lowest first.")
        self.estates = Bars("Homes whose visit is not late, by estate")
        card.add(self.estates)
        self.body.addWidget(card)
        self._foot = Text(role="quiet", wrap=True)
        self.body.addWidget(self._foot)
        self.body.addStretch(1)
        Fresh(self, desk.changed, self.refresh, _TABLES)
        self.refresh()

    def _today(self) -> QWidget:
        card = Card()
        row = QHBoxLayout()
        row.setSpacing(24)
        words = QVBoxLayout()
        words.setSpacing(4)
        self._share, self._homes = Text(role="title"), Text(wrap=True)
        words.addWidget(Heading("Seen within three years"))
        words.addWidget(self._share)
        words.addWidget(self._homes)
        line = QHBoxLayout()
        line.setSpacing(10)
        self._dot, self._outlook = Dot(Tone.INFO), Text(role="strong", wrap=True)
        line.addWidget(self._dot)
        line.addWidget(self._outlook, 1)
        words.addSpacing(8)
        words.addLayout(line)
        words.addStretch(1)
        self.curve, self._curve_words = DueCurve(tall=True), Text(role="small", wrap=True)
        picture = QVBoxLayout()
        picture.setSpacing(4)
        picture.addWidget(Heading("Homes due, month by month"))
        picture.addWidget(self.curve)
        picture.addWidget(self._curve_words)
        row.addLayout(words, 2)
        row.addLayout(picture, 5)
        card.body.addLayout(row)
        return card

    def _period(self) -> QHBoxLayout:
        today: date = self._desk.store.clock.now().date()
        self.since, self.until = DateInput(repair_figures.year_of(today)), DateInput(today)
        self.fields = {"since": Field("since", "From", self.since), "until": Field("until", "To", self.until)}
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Heading("What fell due"), 1, Qt.AlignmentFlag.AlignBottom)
        for asked, field in zip((self.since, self.until), self.fields.values(), strict=True):
            row.addWidget(field)
            asked.dateChanged.connect(lambda *_: self.refresh())
        return row

    def refresh(self) -> None:
        """Count beside the window; the newest answer stands."""
        since, until = self.since.value(), self.until.value()
        self.fields["since"].show_error("")
        if since > until:
            self.fields["since"].show_error("The first day comes after the last. Turn them round.")
            return
        if not self._share.text():
            self.head.say("Figures of visits", "Counting…")
        self._desk.tasks.read(
            lambda: self._desk.look(visit_figures.get, since, until),
            self._show,
            key="visit_figures",
            owner=self,
            on_error=self._failed,
        )

    def _show(self, told: VisitFigures) -> None:
        days = f"{wording.day(told.since)} to {wording.day(told.until)}"
        self.head.say("Figures of visits", f"On the estates you look after · {days}")
        homes, outlook = told.figure("H2"), told.forecast.words
        self._share.setText(f"{visit_figures.said(homes)} in time")
        self._homes.setText(_of_homes(told))
        self._dot.show_tone(Tone(outlook.tone))
        self._outlook.setText(outlook.text)
        self.curve.show_forecast(told.forecast)
        pace = wording.count(round(visits_forecast.a_month(told.forecast)), "home")
        self._curve_words.setText(f"{self.curve.words()} The dashed line is today's pace: {pace} a month.")
        for key, tile in self.tiles.items():
            if key == "tries":
                tile.say(*_doors(told))
            else:
                one = told.figure(key)
                tile.say(visit_figures.said(one), _counted(one), _tone(one))
        lowest = sorted(told.estates, key=lambda one: (one.figure.share or 0, one.name))
        self.estates.show_bars([_bar(one) for one in lowest], most=100)
        self._foot.setText(_small_print(told))

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, Told):
            raise error
        self.notices.tell(error)


def _of_homes(told: VisitFigures) -> str:
    homes, seen = told.figure("H2"), told.figure("seen")
    late = homes.denominator - homes.numerator
    new = homes.numerator - seen.numerator
    return (
        f"{seen.numerator:,} of {wording.count(homes.denominator, 'home')} seen, "
        f"{new:,} let since and not due yet, {late:,} late."
    )


def _doors(told: VisitFigures) -> tuple[str, str]:
    if told.mean is None:
        return "n/a", "No visit was completed in that time."
    first = told.figure("first_time")
    return (
        f"{told.mean:.2f} ×",
        f"at the door for a completed visit; {first.numerator:,} of {first.denominator:,} at the first knock",
    )


def _counted(one: Figure) -> str:
    if not one.denominator:
        return f"{one.words}: none fell due"
    return f"{one.words}: {one.numerator:,} of {one.denominator:,}"


def _tone(one: Figure) -> Tone | None:
    if one.share is None:
        return None
    return Tone.OK if one.share >= _GOOD else Tone.WARN if one.share >= _FAIR else Tone.BAD


def _bar(one: EstateSeen) -> Bar:
    share = one.figure.share or 0.0
    late = f"{one.late} late" if one.late else "none late"
    return Bar(one.name, share, f"{visit_figures.said(one.figure)}, {late}", _tone(one.figure) or Tone.INFO)


def _small_print(told: VisitFigures) -> str:
    parts = ["What fell due by yesterday is counted, whether it was done or not."]
    if told.untold:
        parts.append(f"{wording.count(told.untold, 'note')} of what to do has no record to tell by.")
    parts.append("What concerns somebody's safety, or is a case for named people, is in none of these.")
    return " ".join(parts)
