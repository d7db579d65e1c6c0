"""The hazard case of a repair: how it stands and the way to it; without one, the way to open it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import hazard_list, policy, repairs
from watmos_desktop.services.hazard_list import HazardCard
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.pages.repairs.sections.parts import Section


def build(
    desk: Desk, detail: RepairDetail, go: Callable[[str, object], None], parent: QWidget
) -> QWidget | None:
    """The case, or the button that opens one for an open repair; None for who may know of neither."""
    repair = detail.card
    case = desk.look(hazard_list.of_repair, repair.id)
    if case is not None:
        return _shown(case, go, parent)
    may = policy.may(desk.actor, Action.OPEN_HAZARD, "hazard_case")
    if not may or repair.status not in repairs.OPEN:
        return None
    section = Section(parent)
    words = "Open a hazard case" if repair.hazard else "It may be a hazard"
    section.add(FlowRow(QuietButton(words, lambda: go("hazards", ("new", repair.id)))))
    return section


def _shown(case: HazardCard, go: Callable[[str, object], None], parent: QWidget) -> QWidget:
    section = Section(parent, "Hazard case")
    law = "Awaab's Law" if case.statutory else "our own aim"
    section.say(f"{case.hazard} · {case.level} · {law}", "quiet")
    what = f"{case.what_next} · {case.due.text.lower()}" if case.what_next else case.due.text
    section.step(Tone(case.due.tone), what)
    section.say("Its clocks run there, whatever becomes of this repair.", "small")
    button = QuietButton(f"Case {case.reference}", lambda: go("hazard", case.id))
    return section.add(FlowRow(button))
