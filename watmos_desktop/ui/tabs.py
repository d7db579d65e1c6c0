"""Which tabs and pages a person has, by what their role may see; ``making.py`` makes each when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import policy
from watmos_desktop.services.sync.joining import Joined
from watmos_desktop.ui import making
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.coming.tabs import COMING
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
        PageSpec(tab.id, tab.words, tab.icon, partial(making.coming, tab))
        for tab in COMING
        if desk.actor.role in tab.roles
    ]
    tabs = [PageSpec("today", "Today", "today", partial(making.today, desk))]
    if _sees(desk, "repair"):
        tabs.append(PageSpec("repairs", "Repairs", "repairs", partial(making.repairs, desk)))
    if _sees(desk, "inspection"):
        tabs.append(PageSpec("inspections", "Inspections", "inspections", partial(making.inspections, desk)))
    tabs += _field_tabs(desk, coming)
    if _sees(desk, "home"):
        tabs.append(PageSpec("homes", "Homes", "homes", partial(making.homes, desk)))
    tabs += [spec for spec in coming if spec.id not in _FIELD]
    connected = office.status().joined
    tabs.append(
        PageSpec(OFFICE, "Office", "sync", partial(making.office, desk, office), hidden=not connected)
    )
    tabs.append(
        PageSpec("settings", "Settings", "settings", partial(making.settings, desk, wear, lock_after))
    )
    hidden = [
        PageSpec(
            "people", "Who works here", "people", partial(making.people, desk, become, office), hidden=True
        ),
        *_of_inspections(desk),
        *(_of_office(desk, office) if connected else [_joining(desk, joined)]),
        *_of_repairs(desk),
        *_of_visits(desk),
        *_of_homes(desk),
    ]
    return tabs + hidden


def _of_inspections(desk: Desk) -> list[PageSpec]:
    """The pages of the tab Inspections beside its list."""
    page = partial(_hidden, desk, "inspections")
    pages = [
        page("walk", "Walk", making.walk),
        page("signoff", "Sign", making.sign_off),
        page("report", "Report", making.report, "report"),
    ]
    if policy.may(desk.actor, policy.Action.PLAN_INSPECTIONS, "schedule"):
        pages.append(page("inspection_plan", "When due", making.inspection_plan))
    return pages


def _of_repairs(desk: Desk) -> list[PageSpec]:
    """The pages of the tab Repairs beside its list: hazards, the register, planned works and adaptations too."""
    page = partial(_hidden, desk, "repairs")
    pages = []
    if _sees(desk, "repair"):
        pages += [
            page("board", "Board", making.board),
            page("plan", "Plan", making.block_plan),
            page("list_paper", "Paper", making.list_paper, "report"),
        ]
    if policy.may(desk.actor, policy.Action.CHANGE_REPAIR, "repair"):
        pages.append(page("figures", "Figures", making.figures))
    if policy.may(desk.actor, policy.Action.RAISE_REPAIR, "repair"):
        pages.append(page("new_repair", "Report a repair", making.new_repair))
    if policy.may(desk.actor, policy.Action.COMPLETE_REPAIR, "repair"):
        pages.append(page("repair_done", "Done", making.repair_done))
    if _sees(desk, "job"):
        pages.append(page("contractors", "Contractors", making.contractors))
    if policy.may(desk.actor, policy.Action.ORDER_WORK, "job"):
        pages.append(page("work_paper", "Paper", making.work_paper, "report"))
    if _sees(desk, "hazard_case"):
        pages += [
            page("hazards", "Damp and hazards", making.hazards),
            page("hazard", "Hazard case", making.hazard),
            page("hazard_paper", "Hazard papers", making.hazard_paper, "report"),
        ]
    if _sees(desk, "adaptation"):
        pages.append(page("adaptations", "Adaptations", making.adaptations))
    if _sees(desk, "programme"):
        pages += [
            page("programmes", "Planned works", making.programmes),
            page("programme", "Works", making.programme),
        ]
    return pages


def _field_tabs(desk: Desk, coming: list[PageSpec]) -> list[PageSpec]:
    """What is done out on the estates, in the order of the rail."""
    found = {spec.id: spec for spec in coming}
    if _sees(desk, "visit"):
        found["visits"] = PageSpec("visits", "Visits", "visits", partial(making.visits, desk))
    return [found[name] for name in _FIELD if name in found]


def _of_visits(desk: Desk) -> list[PageSpec]:
    """The pages of the tab Visits beside its list."""
    if not _sees(desk, "visit"):
        return []
    page = partial(_hidden, desk, "visits")
    pages = [page("visit_week", "Week", making.visit_week)]
    if policy.may(desk.actor, policy.Action.VISIT, "visit"):
        pages.append(page("visit_paper", "Card", making.work_paper, "report"))
    return pages + [
        page(one.id, one.words, one.make, one.icon)
        for one in VISIT_PAGES
        if policy.may(desk.actor, *one.asks)
    ]


def _of_homes(desk: Desk) -> list[PageSpec]:
    """The pages of the tab Homes beside its list."""
    page = partial(_hidden, desk, "homes")
    pages = [page("import", "Import homes", making.home_import)] if _sees(desk, "home") else []
    if policy.may(desk.actor, policy.Action.EDIT_HOMES, "home"):
        pages.append(page("home_form", "Add a home", making.home_form))
    return pages


def _of_office(desk: Desk, office: Syncing) -> list[PageSpec]:
    """What belongs to the tab Office; who manages nobody has no pages to manage."""
    page = partial(_hidden, desk, OFFICE)
    pages = [page("review", "To review", making.review)]
    if _sees(desk, "restricted_case"):
        pages.append(page("confirm", "Confirm a device", partial(making.confirming, office=office)))
    if policy.may(desk.actor, policy.Action.MANAGE_STAFF, "staff"):
        pages += [
            page("members", "People", partial(making.members, office=office), "people"),
            page("devices", "Devices", partial(making.devices, office=office)),
            page("decisions", "Held", partial(making.decisions, office=office)),
        ]
    return pages


def _joining(desk: Desk, joined: Callable[[Joined], object]) -> PageSpec:
    return PageSpec("join", "Join the office", "sync", partial(making.join, desk, joined), hidden=True)


def _hidden(
    desk: Desk, tab: str, key: str, words: str, make: Callable[[Desk], QWidget], icon: str = ""
) -> PageSpec:
    """A page without a tab of its own; its icon is its tab's unless it says another."""
    own = "sync" if tab == OFFICE else tab
    return PageSpec(key, words, icon or own, partial(make, desk), hidden=True, tab=tab)


def _sees(desk: Desk, noun: str) -> bool:
    return policy.may(desk.actor, policy.Action.SEE, noun)
