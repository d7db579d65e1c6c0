"""What can be done when an order cannot finish: more work, a part awaited, work that was not foreseen (R3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import order_view, policy, repair_further
from watmos_desktop.services.errors import Told
from watmos_desktop.services.order_view import JobCard
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repairs import OPEN, RepairDetail
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.pages.repairs.further_forms import MoreWorkForm, PartsForm, VariationForm
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm
from watmos_desktop.ui.pages.repairs.sections.parts import Section

Go = Callable[[str, object], None]


def build(desk: Desk, detail: RepairDetail, go: Go, parent: QWidget) -> QWidget | None:
    """Buttons for the newest order under way, or the newest that is done; None without an order."""
    if detail.card.status not in OPEN or not policy.may(desk.actor, Action.ORDER_WORK, "job"):
        return None
    jobs = desk.look(order_view.of_repair, detail.card.id)
    if not jobs:
        return None
    live = next((job for job in jobs if job.live), None)
    section, row = Section(parent), FlowRow()
    more = partial(_open, go, partial(MoreWorkForm, desk, detail.card.id, live or jobs[0], go))
    row.add(QuietButton("More work", more, key=shown_key("repair_more")))
    bind(section, "repair_more", more, inside_only=False)
    if live is not None:
        if live.parts:
            row.add(QuietButton("The part is there", partial(_part_came, desk, live, go)))
        else:
            row.add(QuietButton("Waiting for a part", partial(_open, go, partial(PartsForm, desk, live, go))))
        row.add(QuietButton("Not foreseen", partial(_open, go, partial(VariationForm, desk, live, go))))
    section.say("If it cannot be finished", "quiet")
    return section.add(row)


def _open(go: Go, make: Callable[[], PanelForm]) -> None:
    try:
        form = make()
    except Told as told:
        go("told", told)
        return
    go("form", form)


def _part_came(desk: Desk, job: JobCard, go: Go) -> None:
    try:
        desk.do("the part is there", repair_further.parts_came, job.id)
    except Told as told:
        go("told", told)
        return
    go("done", "The part is there: agree the day.")
