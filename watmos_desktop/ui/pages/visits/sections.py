"""What a visit's detail, the list and the week are made of, in the order of the eye. To add something: its line here.

A section is a function ``build(shown)`` that gives a widget or None; a button is a ``Deed``; a page that the
menu More of the list or of the week leads to is a ``Way``. See panel.py for what they are given and may ask for.
"""

from __future__ import annotations

from watmos_desktop.services import policy
from watmos_desktop.services.policy import Action
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.visits import about, deeds, told
from watmos_desktop.ui.pages.visits.panel import Build, Deed, Shown, Way


def _plans(shown: Shown) -> bool:
    return policy.may(shown.desk.actor, Action.PLAN_VISITS, "visit")


def _visits(shown: Shown) -> bool:
    return not shown.due.decision and policy.may(shown.desk.actor, Action.VISIT, "visit")


def _arranged(shown: Shown) -> bool:
    return _visits(shown) and shown.due.visit_id is not None


def _to_plan(shown: Shown) -> bool:
    return _plans(shown) and not shown.due.decision


def _reviewed(shown: Shown) -> bool:
    return _to_plan(shown) and shown.due.stage is not None


def _decided(shown: Shown) -> bool:
    return shown.due.decision and policy.may(shown.desk.actor, Action.DECIDE_TENANCY, "tenancy")


def _visitor(desk: Desk) -> bool:
    return policy.may(desk.actor, Action.VISIT, "visit")


def _planned(shown: Shown) -> bool:
    return shown.due.planned_on is not None


def _unplanned(shown: Shown) -> bool:
    return shown.due.planned_on is None and shown.due.stage is None


def _plans_at(desk: Desk) -> bool:
    return policy.may(desk.actor, Action.PLAN_VISITS, "visit")


FIRST: tuple[Deed, ...] = (
    Deed("At the door", deeds.begin, _visits, "begin_visit"),
    Deed("No answer", deeds.no_answer, _visits, "no_answer"),
    Deed("Card to print", deeds.card, _arranged),
)
"""The buttons below the address: what is done standing at the door."""

SECTIONS: tuple[Build, ...] = (
    about.plan,
    told.told,
    about.ladder,
    about.why,
    about.concerns,
    about.household,
    about.starter,
    about.others,
    about.past,
)

ACTIONS: tuple[Deed, ...] = (
    Deed("Say when we come", told.say, told.offered),
    Deed("A visit is asked for", deeds.ask, _plans),
    Deed("What they need", deeds.needs, _plans),
)
"""The buttons below the sections."""

FOOT: tuple[Deed, ...] = (
    Deed("Decide", deeds.decide, _decided),
    Deed(lambda shown: "Move" if shown.due.planned else "Plan it", deeds.plan, _to_plan),
    Deed("Record the review", deeds.review, _reviewed),
    Deed("The week", lambda shown: shown.go("visit_week", shown.due.planned_on), _planned),
    Deed("The home", lambda shown: shown.go("homes", shown.due.home_id), _unplanned),
)
"""The row that is always in sight. One button is filled: At the door on its day, else the first of these."""

LIST_MORE: tuple[Way, ...] = (
    Way("Working alone", "visit_lone", _plans_at),
    Way("To approve", "visit_approvals", _visitor),
    Way("For named people", "visit_concerns", _visitor),
    Way("Figures", "visit_figures", _visitor),
    Way("Leave and languages", "visit_team", _plans_at),
)
"""The menu More of the list. The page is opened with None."""

WEEK_MORE: tuple[Way, ...] = (
    Way("Letters to who was not told", "visit_letter", _plans_at),
    Way("Day sheet", "visit_sheet", _plans_at),
    Way("Working alone", "visit_lone", _plans_at),
    Way("Leave and languages", "visit_team", _plans_at),
)
"""The menu More of the week. The page is opened with ``WeekOf``: its Monday, and whose it is (None: everybody's)."""
