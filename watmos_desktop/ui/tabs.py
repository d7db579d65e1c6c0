"""Which tabs and pages a person has, by what their role may see; each page is imported when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import policy, settings
from watmos_desktop.services.sync.joining import Joined
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.coming.tabs import COMING, ComingTab
from watmos_desktop.ui.pages.visits.tabs import PAGES as VISIT_PAGES
from watmos_desktop.ui.syncing import Syncing
from watmos_desktop.ui.window import OFFICE, PageSpec

_FIELD = ("asb", "visits", "voice")


def page_specs(
    desk: Desk,
    office: Syncing,
    *,
    wear: Callable[..., object],
    lock_after: Callable[[int], object],
    become: Callable[[UUID], object],
    joined: Callable[[Joined], object],
) -> list[PageSpec]:
    """The tabs in the order of the rail, then the pages without a tab.

    ``wear`` puts on a theme and text size, ``lock_after`` sets the minutes, ``become`` changes who is using it,
    ``joined`` hears that this workspace now belongs to someone of an office.
    """
    coming = [
        PageSpec(tab.id, tab.words, tab.icon, partial(_coming, tab))
        for tab in COMING
        if desk.actor.role in tab.roles
    ]
    tabs = [PageSpec("today", "Today", "today", partial(_today, desk))]
    if _sees(desk, "repair"):
        tabs.append(PageSpec("repairs", "Repairs", "repairs", partial(_repairs, desk)))
    if _sees(desk, "inspection"):
        tabs.append(PageSpec("inspections", "Inspections", "inspections", partial(_inspections, desk)))
    tabs += _field_tabs(desk, coming)
    if _sees(desk, "home"):
        tabs.append(PageSpec("homes", "Homes", "homes", partial(_homes, desk)))
    tabs += [spec for spec in coming if spec.id not in _FIELD]
    connected = office.status().joined
    tabs.append(PageSpec(OFFICE, "Office", "sync", partial(_office, desk, office), hidden=not connected))
    tabs.append(PageSpec("settings", "Settings", "settings", partial(_settings, desk, wear, lock_after)))
    hidden = [
        PageSpec("people", "Who works here", "people", partial(_people, desk, become, office), hidden=True),
        PageSpec("walk", "Walk", "inspections", partial(_walk, desk), hidden=True, tab="inspections"),
        PageSpec("signoff", "Sign", "inspections", partial(_sign_off, desk), hidden=True, tab="inspections"),
        PageSpec("report", "Report", "report", partial(_report, desk), hidden=True, tab="inspections"),
    ]
    hidden += _of_office(desk, office) if connected else [_joining(desk, joined)]
    if _sees(desk, "repair"):
        hidden += [
            PageSpec("board", "Board", "repairs", partial(_board, desk), hidden=True, tab="repairs"),
            PageSpec("plan", "Plan", "repairs", partial(_plan, desk), hidden=True, tab="repairs"),
            PageSpec("list_paper", "Paper", "report", partial(_list_paper, desk), hidden=True, tab="repairs"),
        ]
    hidden += _of_visits(desk)
    if policy.may(desk.actor, policy.Action.CHANGE_REPAIR, "repair"):
        hidden.append(
            PageSpec("figures", "Figures", "repairs", partial(_figures, desk), hidden=True, tab="repairs")
        )
    if policy.may(desk.actor, policy.Action.RAISE_REPAIR, "repair"):
        hidden.append(
            PageSpec(
                "new_repair",
                "Report a repair",
                "repairs",
                partial(_new_repair, desk),
                hidden=True,
                tab="repairs",
            )
        )
    if policy.may(desk.actor, policy.Action.COMPLETE_REPAIR, "repair"):
        hidden.append(
            PageSpec(
                "repair_done", "Done", "repairs", partial(_repair_done, desk), hidden=True, tab="repairs"
            )
        )
    hidden += _of_work(desk)
    if _sees(desk, "hazard_case"):
        hidden += [
            PageSpec(
                "hazards", "Damp and hazards", "repairs", partial(_hazards, desk), hidden=True, tab="repairs"
            ),
            PageSpec("hazard", "Hazard case", "repairs", partial(_hazard, desk), hidden=True, tab="repairs"),
            PageSpec(
                "hazard_paper",
                "Hazard papers",
                "report",
                partial(_hazard_paper, desk),
                hidden=True,
                tab="repairs",
            ),
        ]
    hidden += _of_plans(desk)
    if _sees(desk, "home"):
        hidden.append(PageSpec("import", "Import homes", "homes", partial(_import, desk), hidden=True))
    return tabs + hidden


def _field_tabs(desk: Desk, coming: list[PageSpec]) -> list[PageSpec]:
    """What is done out on the estates, in the order of the rail."""
    found = {spec.id: spec for spec in coming}
    if _sees(desk, "visit"):
        found["visits"] = PageSpec("visits", "Visits", "visits", partial(_visits, desk))
    return [found[name] for name in _FIELD if name in found]


def _of_visits(desk: Desk) -> list[PageSpec]:
    """The pages of the tab Visits beside its list."""
    if not _sees(desk, "visit"):
        return []
    pages = [PageSpec("visit_week", "Week", "visits", partial(_visit_week, desk), hidden=True, tab="visits")]
    if policy.may(desk.actor, policy.Action.VISIT, "visit"):
        card = partial(_work_paper, desk)
        pages.append(PageSpec("visit_paper", "Card", "report", card, hidden=True, tab="visits"))
    return pages + [
        PageSpec(one.id, one.words, one.icon, partial(one.make, desk), hidden=True, tab="visits")
        for one in VISIT_PAGES
        if policy.may(desk.actor, *one.asks)
    ]


def _of_office(desk: Desk, office: Syncing) -> list[PageSpec]:
    """What belongs to the tab Office; who manages nobody has no pages to manage."""
    pages = [PageSpec("review", "To review", "sync", partial(_review, desk), hidden=True, tab=OFFICE)]
    if _sees(desk, "restricted_case"):
        confirm = partial(_confirming, desk, office)
        pages.append(PageSpec("confirm", "Confirm a device", "sync", confirm, hidden=True, tab=OFFICE))
    if policy.may(desk.actor, policy.Action.MANAGE_STAFF, "staff"):
        pages += [
            PageSpec("members", "People", "people", partial(_members, desk, office), hidden=True, tab=OFFICE),
            PageSpec("devices", "Devices", "sync", partial(_devices, desk, office), hidden=True, tab=OFFICE),
            PageSpec("decisions", "Held", "sync", partial(_decisions, desk, office), hidden=True, tab=OFFICE),
        ]
    return pages


def _of_work(desk: Desk) -> list[PageSpec]:
    """The register, and the papers of orders for who orders work."""
    pages = []
    if _sees(desk, "job"):
        pages.append(
            PageSpec(
                "contractors",
                "Contractors",
                "repairs",
                partial(_contractors, desk),
                hidden=True,
                tab="repairs",
            )
        )
    if policy.may(desk.actor, policy.Action.ORDER_WORK, "job"):
        pages.append(
            PageSpec("work_paper", "Paper", "report", partial(_work_paper, desk), hidden=True, tab="repairs")
        )
    return pages


def _of_plans(desk: Desk) -> list[PageSpec]:
    """Aids and adaptations for who may know of needs, planned works for everyone."""
    pages = []
    if _sees(desk, "adaptation"):
        asked = partial(_adaptations, desk)
        pages.append(PageSpec("adaptations", "Adaptations", "repairs", asked, hidden=True, tab="repairs"))
    if _sees(desk, "programme"):
        for key, words, make in (
            ("programmes", "Planned works", _programmes),
            ("programme", "Works", _programme),
        ):
            pages.append(PageSpec(key, words, "repairs", partial(make, desk), hidden=True, tab="repairs"))
    return pages


def _adaptations(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.adaptations.list import AdaptationsPage

    return AdaptationsPage(desk)


def _programmes(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.programmes.list import ProgrammesPage

    return ProgrammesPage(desk)


def _programme(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.programmes.page import ProgrammePage

    return ProgrammePage(desk)


def _contractors(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.contractors.page import ContractorsPage

    return ContractorsPage(desk)


def _work_paper(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.paper import WorkPaperPage

    return WorkPaperPage(desk)


def _joining(desk: Desk, joined: Callable[[Joined], object]) -> PageSpec:
    return PageSpec("join", "Join the office", "sync", partial(_join, desk, joined), hidden=True)


def _office(desk: Desk, office: Syncing) -> QWidget:
    from watmos_desktop.ui.pages.office.page import OfficeStatusPage

    return OfficeStatusPage(desk, office)


def _review(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.review.page import ReviewPage

    return ReviewPage(desk)


def _members(desk: Desk, office: Syncing) -> QWidget:
    from watmos_desktop.ui.pages.office.members import MembersPage

    return MembersPage(desk, office)


def _devices(desk: Desk, office: Syncing) -> QWidget:
    from watmos_desktop.ui.pages.office.devices import DevicesPage

    return DevicesPage(desk, office)


def _confirming(desk: Desk, office: Syncing) -> QWidget:
    from watmos_desktop.ui.pages.office.confirming import ConfirmingPage

    return ConfirmingPage(desk, office)


def _decisions(desk: Desk, office: Syncing) -> QWidget:
    from watmos_desktop.ui.pages.office.decisions import DecisionsPage

    return DecisionsPage(desk, office)


def _join(desk: Desk, joined: Callable[[Joined], object]) -> QWidget:
    from watmos_desktop.ui.pages.office.join import JoinPage

    return JoinPage(desk, joined)


def _sees(desk: Desk, noun: str) -> bool:
    return policy.may(desk.actor, policy.Action.SEE, noun)


def _today(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.today.page import TodayPage

    return TodayPage(desk)


def _inspections(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.inspections.list import InspectionsPage

    return InspectionsPage(desk)


def _repairs(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.list import RepairsPage

    return RepairsPage(desk)


def _board(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.board import BoardPage

    return BoardPage(desk)


def _list_paper(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.list_paper import ListPaperPage

    return ListPaperPage(desk)


def _figures(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.figures import FiguresPage

    return FiguresPage(desk)


def _plan(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.plan import PlanPage

    return PlanPage(desk)


def _new_repair(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.report import ReportRepairPage

    return ReportRepairPage(desk)


def _hazards(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.hazards.list import HazardsPage

    return HazardsPage(desk)


def _hazard(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.hazards.case import HazardPage

    return HazardPage(desk)


def _hazard_paper(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.hazards.papers import HazardPaperPage

    return HazardPaperPage(desk)


def _visits(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.list import VisitsPage

    return VisitsPage(desk)


def _visit_week(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.visits.week import WeekPage

    return WeekPage(desk)


def _homes(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.homes.list import HomesPage

    return HomesPage(desk)


def _repair_done(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.repairs.done import RepairDonePage

    return RepairDonePage(desk)


def _import(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.homes.import_page import ImportPage

    return ImportPage(desk)


def _coming(tab: ComingTab) -> QWidget:
    from watmos_desktop.ui.pages.coming.page import ComingPage

    return ComingPage(tab)


def _settings(desk: Desk, wear: Callable[..., object], lock_after: Callable[[int], object]) -> QWidget:
    from watmos_desktop.ui.pages.settings.page import SettingsPage

    return SettingsPage(desk, wear=wear, lock_after=lock_after)


def _people(desk: Desk, become: Callable[[UUID], object], office: Syncing) -> QWidget:
    from watmos_desktop.ui.pages.people.page import PeoplePage

    alone = not office.joined()
    return PeoplePage(desk, become if alone and settings.is_demo(desk.store) else None, manages=alone)


def _walk(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.inspections.walk import WalkPage

    return WalkPage(desk)


def _sign_off(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.inspections.signoff import SignOffPage

    return SignOffPage(desk)


def _report(desk: Desk) -> QWidget:
    from watmos_desktop.ui.pages.inspections.preview import ReportPage

    return ReportPage(desk)
