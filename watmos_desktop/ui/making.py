"""How each page is made: imported only when it is first shown, so that the window is there at once."""

# ruff: noqa: D103 - each function is named after its page

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtWidgets import QWidget

from watmos_desktop.services.settings import is_demo
from watmos_desktop.services.sync.joining import Joined
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.coming.tabs import ComingTab
from watmos_desktop.ui.syncing import Syncing


def adaptations(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.adaptations.list import AdaptationsPage

    return AdaptationsPage(desk)


def programmes(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.programmes.list import ProgrammesPage

    return ProgrammesPage(desk)


def programme(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.programmes.page import ProgrammePage

    return ProgrammePage(desk)


def contractors(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.contractors.page import ContractorsPage

    return ContractorsPage(desk)


def work_paper(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.paper import WorkPaperPage

    return WorkPaperPage(desk)


def office(desk: Desk, office: Syncing) -> QWidget:
    from watmos_desktop.ui.pages.office.page import OfficeStatusPage

    return OfficeStatusPage(desk, office)


def review(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.review.page import ReviewPage

    return ReviewPage(desk)


def members(desk: Desk, office: Syncing) -> QWidget:
    from watmos_desktop.ui.pages.office.members import MembersPage

    return MembersPage(desk, office)


def devices(desk: Desk, office: Syncing) -> QWidget:
    from watmos_desktop.ui.pages.office.devices import DevicesPage

    return DevicesPage(desk, office)


def confirming(desk: Desk, office: Syncing) -> QWidget:
    from watmos_desktop.ui.pages.office.confirming import ConfirmingPage

    return ConfirmingPage(desk, office)


def decisions(desk: Desk, office: Syncing) -> QWidget:
    from watmos_desktop.ui.pages.office.decisions import DecisionsPage

    return DecisionsPage(desk, office)


def join(desk: Desk, joined: Callable[[Joined], object]) -> QWidget:
    from watmos_desktop.ui.pages.office.join import JoinPage

    return JoinPage(desk, joined)


def today(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.today.page import TodayPage

    return TodayPage(desk)


def inspections(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.inspections.list import InspectionsPage

    return InspectionsPage(desk)


def inspection_plan(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.inspections.planning import InspectionPlanPage

    return InspectionPlanPage(desk)


def repairs(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.list import RepairsPage

    return RepairsPage(desk)


def board(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.board import BoardPage

    return BoardPage(desk)


def list_paper(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.list_paper import ListPaperPage

    return ListPaperPage(desk)


def figures(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.figures import FiguresPage

    return FiguresPage(desk)


def block_plan(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.plan import PlanPage

    return PlanPage(desk)


def new_repair(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.report import ReportRepairPage

    return ReportRepairPage(desk)


def hazards(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.hazards.list import HazardsPage

    return HazardsPage(desk)


def hazard(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.hazards.case import HazardPage

    return HazardPage(desk)


def hazard_paper(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.hazards.papers import HazardPaperPage

    return HazardPaperPage(desk)


def visits(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.list import VisitsPage

    return VisitsPage(desk)


def visit_week(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.week import WeekPage

    return WeekPage(desk)


def homes(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.homes.list import HomesPage

    return HomesPage(desk)


def repair_done(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.done import RepairDonePage

    return RepairDonePage(desk)


def home_import(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.homes.import_page import ImportPage

    return ImportPage(desk)


def home_form(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.homes.form import PlaceFormPage

    return PlaceFormPage(desk)


def coming(tab: ComingTab) -> QWidget:
    from watmos_desktop.ui.pages.coming.page import ComingPage

    return ComingPage(tab)


def settings(desk: Desk, wear: Callable[..., object], lock_after: Callable[[int], object]) -> QWidget:
    from watmos_desktop.ui.pages.settings.page import SettingsPage

    return SettingsPage(desk, wear=wear, lock_after=lock_after)


def people(desk: Desk, become: Callable[[UUID], object], office: Syncing) -> QWidget:
    from watmos_desktop.ui.pages.people.page import PeoplePage

    alone = not office.joined()
    return PeoplePage(desk, become if alone and is_demo(desk.store) else None, manages=alone)


def walk(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.inspections.walk import WalkPage

    return WalkPage(desk)


def sign_off(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.inspections.signoff import SignOffPage

    return SignOffPage(desk)


def report(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.inspections.preview import ReportPage

    return ReportPage(desk)
