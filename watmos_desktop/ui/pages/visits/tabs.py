"""The pages of the tab Visits that its list, week and door lead to; each is imported when it is first shown.

To add one: a function that makes it, and its line in ``PAGES``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from watmos_desktop.services.policy import Action
from watmos_desktop.ui.desk import Desk


@dataclass(frozen=True)
class VisitPage:
    """A page without a tab of its own: its id, its title in the window, its icon, who makes it, and who has it."""

    id: str
    words: str
    icon: str
    make: Callable[[Desk], QWidget]
    asks: tuple[Action, str] = (Action.VISIT, "visit")


def _door(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.door import DoorPage

    return DoorPage(desk)


def _after(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.after import AfterPage

    return AfterPage(desk)


def _copies(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.copies import CopiesPage

    return CopiesPage(desk)


def _approvals(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.approvals import ApprovalsPage

    return ApprovalsPage(desk)


def _concerns(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.concerns import ConcernsPage

    return ConcernsPage(desk)


def _lone(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.lone import LonePage

    return LonePage(desk)


def _letter(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.letter import LetterPage

    return LetterPage(desk)


def _sheet(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.papers import DaySheetPage

    return DaySheetPage(desk)


def _figures(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.figures import FiguresPage

    return FiguresPage(desk)


def _team(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.leave import TeamPage

    return TeamPage(desk)


PAGES: tuple[VisitPage, ...] = (
    VisitPage("visit_door", "At the door", "visits", _door),
    VisitPage("visit_after", "What comes of a visit", "visits", _after),
    VisitPage("visit_copies", "Copies", "report", _copies),
    VisitPage("visit_approvals", "To approve", "visits", _approvals),
    VisitPage("visit_concerns", "For named people", "visits", _concerns),
    VisitPage("visit_lone", "Working alone", "visits", _lone, (Action.SEE, "lone_day")),
    VisitPage("visit_letter", "Letter", "report", _letter, (Action.PLAN_VISITS, "visit")),
    VisitPage("visit_sheet", "Day sheet", "report", _sheet, (Action.PLAN_VISITS, "visit")),
    VisitPage("visit_figures", "Figures", "visits", _figures, (Action.SEE, "visit")),
    VisitPage("visit_team", "Leave and languages", "visits", _team, (Action.PLAN_VISITS, "visit")),
)
