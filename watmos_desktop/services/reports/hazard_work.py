"""Printing the papers of a hazard case beside the window, in the worker process."""

from __future__ import annotations

from watmos_desktop.services.reports import endeavours, hazard_summary
from watmos_desktop.services.reports.hazard_paper import HazardPaper
from watmos_desktop.services.reports.work import Tell


def summary(paper: HazardPaper, tell: Tell) -> bytes:
    """The PDF of the written summary."""
    tell(0, 1)
    return hazard_summary.render(paper)


def log(paper: HazardPaper, tell: Tell) -> bytes:
    """The PDF of the log of endeavours."""
    tell(0, 1)
    return endeavours.render(paper)
