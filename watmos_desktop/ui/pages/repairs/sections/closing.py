"""How a repair ended: what they said when they were asked, and whether it is the same fault again (R3, R4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from watmos_desktop.models.kinds import RepairStatus
from watmos_desktop.services import policy, repair_feedback, repair_timeline, said_fixed
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.pages.repairs.decide_forms import no_recall_form
from watmos_desktop.ui.pages.repairs.sections.parts import Section

Go = Callable[[str, object], None]


def build(desk: Desk, detail: RepairDetail, go: Go, parent: QWidget) -> QWidget | None:
    """What is known of its end; None where nothing is."""
    story = desk.look(repair_timeline.standing, detail.card.id)
    section = Section(parent)
    _said_fixed(desk, detail, go, section)
    _recalled(desk, detail, story, go, section)
    if detail.card.status is RepairStatus.COMPLETED:
        _asked(desk, detail, section)
    if section.column.count():
        return section
    section.deleteLater()
    return None


def _said_fixed(desk: Desk, detail: RepairDetail, go: Go, section: Section) -> None:
    """A walk proposes to close it: somebody who may does, or says that it is not fixed."""
    if not policy.may(desk.actor, Action.COMPLETE_REPAIR, "repair"):
        return
    said, repair_id = desk.look(said_fixed.of, detail.card.id), detail.card.id
    if not said:
        return

    def not_fixed() -> None:
        try:
            desk.do("said that it is not fixed", said_fixed.not_fixed, repair_id)
        except Told as told:
            go("told", told)
            return
        go("done", "Not fixed: the next walk looks again.")

    section.step(Tone.WARN, f"{said}. Close it, or say that it is not.")
    section.add(
        FlowRow(
            QuietButton("It is fixed", partial(go, "repair_done", repair_id)),
            QuietButton("It is not fixed", not_fixed),
        )
    )


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
