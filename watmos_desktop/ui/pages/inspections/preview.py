"""The report of an inspection and the noticeboard sheet as paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.reports import collect, work
from watmos_desktop.services.reports.inspection_data import InspectionReport
from watmos_desktop.services.reports.noticeboard import Noticeboard
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.paper import About, Paper, PaperPage

REPORT, SHEET = "report", "noticeboard"


class ReportPage(PaperPage):
    """``open`` takes an inspection's id for its report, or ``("noticeboard", id)`` for the sheet."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        def report(session: Any, inspection_id: UUID) -> InspectionReport:
            return collect.collect(session, desk.store.blobs, inspection_id)

        def sheet(session: Any, inspection_id: UUID) -> Noticeboard:
            return collect.noticeboard(session, desk.store.blobs, inspection_id)

        papers = {
            REPORT: Paper("Inspection report", report, work.pages, _about_report, work.fit),
            SHEET: Paper("Noticeboard sheet", sheet, work.noticeboard, _about_sheet),
        }
        super().__init__(desk, papers, choose=True, parent=parent)

    def open(self, argument: object) -> None:
        """Make the paper of this inspection."""
        super().open(argument if isinstance(argument, tuple) else (REPORT, argument))


def _about_report(data: InspectionReport) -> About:
    day = wording.day(data.finished.astimezone(LONDON))
    sentence = f"{data.template} · {data.place} · {day}"
    return About(sentence, f"{data.place}, inspection report, {day}, {data.reference}")


def _about_sheet(data: Noticeboard) -> About:
    day = wording.day(data.seen_on)
    return About(f"{data.place} · {day}", f"{data.place}, noticeboard sheet, {day}")
