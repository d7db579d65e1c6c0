"""An officer's day on paper, and visits as a file for a calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QFileDialog, QWidget

from watmos_desktop.services import day_sheet, files, visit_calendar, visits, wording
from watmos_desktop.services.day_sheet import SheetOf
from watmos_desktop.services.errors import Told
from watmos_desktop.services.reports import day_sheet as day_paper
from watmos_desktop.services.reports.day_sheet import DaySheet
from watmos_desktop.services.visit_calendar import CalendarFile
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.inputs import Select
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.pages.visits.panel import WeekOf
from watmos_desktop.ui.paper import About, Paper, PaperPage


class DaySheetPage(PaperPage):
    """``open`` takes a ``SheetOf``, or a ``WeekOf`` for a day of that week: today's, else its Monday's."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        papers = {"sheet": Paper("Day sheet", day_sheet.collect, day_paper.pages, _about)}
        super().__init__(desk, papers, parent=parent)
        self._officers = [Choice(str(one.id), one.name) for one in desk.look(visits.officers)]
        self.who = Select(self._officers)
        self.who.setAccessibleName("Whose day")
        self.who.currentIndexChanged.connect(lambda _: self._again())
        self.days = ChipRow("Which day", on_pick=lambda _: self._again())
        self._monday = desk.store.clock.now().date()
        self.bar.insertWidget(
            0, FlowRow(self.who, self.days, QuietButton("Week for a calendar", self.save_calendar)), 10
        )

    def open(self, argument: object) -> None:
        """Make the sheet of that day."""
        if isinstance(argument, tuple):  # after an unlock
            argument = argument[1]
        today = self._desk.store.clock.now().date()
        if isinstance(argument, WeekOf):
            near = argument.monday <= today <= argument.monday + timedelta(days=6)
            officer = argument.officer_id or self._desk.actor.staff_id
            known = {one.id for one in self._officers}
            if str(officer) not in known and self._officers:
                officer = UUID(self._officers[0].id)
            if officer is None:
                return
            argument = SheetOf(officer, today if near else argument.monday)
        assert isinstance(argument, SheetOf)
        self._monday = argument.day - timedelta(days=argument.day.weekday())
        week = [self._monday + timedelta(days=n) for n in range(7)]
        shown = [day for day in week if day.weekday() < 5 or day == argument.day]
        self.days.offer([Choice(day.isoformat(), wording.weekday(day)) for day in shown])
        self.days.choose(argument.day.isoformat())
        self.who.blockSignals(True)
        self.who.choose(str(argument.officer_id))
        self.who.blockSignals(False)
        super().open(("sheet", argument))

    def save_calendar(self) -> None:
        """The week of that officer as a file for a calendar."""
        officer = UUID(self.who.value())
        save_calendar(
            self,
            self.view.last_folder(),
            partial(self._desk.look, visit_calendar.of_week, officer, self._monday),
        )

    def _again(self) -> None:
        if self.who.value() and self.days.chosen():
            self.open(SheetOf(UUID(self.who.value()), date.fromisoformat(self.days.chosen())))


def save_calendar(page: Page, folder: Path, make: Callable[[], CalendarFile]) -> None:
    """Ask where, and write the file whole; what is in it may be read by whoever reads that calendar."""
    try:
        made = make()
    except Told as told:
        page.notices.tell(told)
        return
    chosen, _ = QFileDialog.getSaveFileName(
        page, "Save for a calendar", str(folder / made.name), "Calendar (*.ics)"
    )
    if chosen:
        write_calendar(page, Path(chosen), made)


def write_calendar(page: Page, path: Path, made: CalendarFile) -> None:
    """Write a calendar file, and say what is in it."""
    try:
        files.write_whole(path, made.data)
    except Told as told:
        page.notices.tell(told)
        return
    held = wording.count(made.visits, "visit")
    page.notices.say(f"Saved as {path.name}: {held}, with address and time, and nobody's name.", tone=Tone.OK)


def _about(sheet: DaySheet) -> About:
    number = wording.count(len(sheet.stops), "visit")
    sentence = f"{sheet.officer} · {wording.long_day(sheet.day)} · {number}"
    return About(sentence, f"Day sheet {sheet.day.isoformat()}")
