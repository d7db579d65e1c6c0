"""The written summary and the log of a case as paper."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from watmos_desktop.services.reports import hazard_paper, hazard_work
from watmos_desktop.services.reports.hazard_paper import HazardPaper
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.paper import About, Paper, PaperPage

SUMMARY, LOG = "summary", "log"


class HazardPaperPage(PaperPage):
    """``open`` takes ``("summary", id)`` or ``("log", id)``."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        papers = {
            SUMMARY: Paper("Written summary", hazard_paper.summary, hazard_work.summary, _about_summary),
            LOG: Paper("Log of endeavours", hazard_paper.collect, hazard_work.log, _about_log),
        }
        super().__init__(desk, papers, choose=True, parent=parent)


def _about_summary(paper: HazardPaper) -> About:
    return _about("Written summary", paper)


def _about_log(paper: HazardPaper) -> About:
    return _about("Log of endeavours", paper)


def _about(words: str, paper: HazardPaper) -> About:
    card = paper.case.card
    return About(f"{card.reference} · {card.hazard} · {card.where}", f"{words}, {card.reference}")
