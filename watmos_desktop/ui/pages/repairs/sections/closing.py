"""How a repair ends: what could not be finished, the call after it, and whether it is the same fault again (R3, R4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from watmos_desktop.models.kinds import RepairStatus
from watmos_desktop.services import order_view, policy, repair_feedback, repair_further, repair_timeline
from watmos_desktop.services.errors import Told
from watmos_desktop.services.order_view import JobCard
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repairs import OPEN, RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.pages.repairs.decide_forms import no_recall_form
from watmos_desktop.ui.pages.repairs.further_forms import MoreWorkForm, PartsForm, VariationForm
from watmos_desktop.ui.pages.repairs.sections.parts import Section

Go = Callable[[str, object], None]


def build(desk: Desk, detail: RepairDetail, go: Go, parent: QWidget) -> QWidget | None:
    """What is left to do about its end; None where nothing is."""
    story = desk.look(repair_timeline.of, detail.card.id)
    parts: list[QWidget] = []
    section = Section(parent)
    _recalled(desk, detail, story, go, section)
    if detail.card.status is RepairStatus.COMPLETED:
        _asked(desk, detail, section)
    if detail.card.status in OPEN and policy.may(desk.actor, Action.ORDER_WORK, "job"):
        parts = _further(desk, detail, go)
    if parts:
        section.add(FlowRow(*parts))
    if section.column.count():
        return section
    section.deleteLater()
    return None


def _recalled(
    desk: Desk, detail: RepairDetail, story: repair_timeline.Story, go: Go, section: Section
) -> None:
    for one in story.recalls:
        section.step(Tone.WARN, one.words)
        row = FlowRow(QuietButton(f"See {one.reference}", partial(go, "repairs", one.id)))
        earlier = one.words.startswith("The same fault")
        if earlier and policy.may(desk.actor, Action.CHANGE_REPAIR, "repair"):
            again = partial(no_recall_form, desk, detail.card.id, go)
            row.add(QuietButton("Another fault", lambda make=again: go("form", make())))  # type: ignore[misc]
        section.add(row)


def _asked(desk: Desk, detail: RepairDetail, section: Section) -> None:
    contacts = desk.look(repair_feedback.of, detail.card.id)
    answered = next((one for one in contacts if one.answered_at is not None), None)
    if answered is not None and answered.fixed:
        section.step(Tone.OK, answered.words)
        if answered.comment:
            section.say(answered.comment)


def _further(desk: Desk, detail: RepairDetail, go: Go) -> list[QWidget]:
    """Buttons for the newest order under way, and for the newest that is done."""
    jobs = desk.look(order_view.of_repair, detail.card.id)
    if not jobs:
        return []
    live = next((job for job in jobs if job.live), None)
    found: list[QWidget] = [
        _form("More work", go, partial(MoreWorkForm, desk, detail.card.id, live or jobs[0], go))
    ]
    if live is not None:
        if live.parts:
            found.append(QuietButton("The part is there", partial(_part_came, desk, live, go)))
        else:
            found.append(_form("Waiting for a part", go, partial(PartsForm, desk, live, go)))
        found.append(_form("Not foreseen", go, partial(VariationForm, desk, live, go)))
    return found


def _form(words: str, go: Go, make: Callable[[], object]) -> QuietButton:
    return QuietButton(words, lambda: go("form", make()))


def _part_came(desk: Desk, job: JobCard, go: Go) -> None:
    try:
        desk.do("the part is there", repair_further.parts_came, job.id)
    except Told as told:
        go("told", told)
        return
    go("done", "The part is there: agree the day.")
