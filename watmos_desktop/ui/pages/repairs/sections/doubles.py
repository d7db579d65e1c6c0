"""The same fault told twice: what may be a double, to decide; what was closed as one, to see and take back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import duplicates, policy, wording
from watmos_desktop.services.duplicates import Doubles
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repairs import RepairCard, RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.pages.repairs.sections.parts import Section

Go = Callable[[str, object], None]


def build(desk: Desk, detail: RepairDetail, go: Go, parent: QWidget) -> QWidget | None:
    """What to decide about doubles; None where there is none, or this person decides nothing."""
    if not policy.may(desk.actor, Action.CHANGE_REPAIR, "repair"):
        return None
    found = desk.look(duplicates.of, detail.card.id)
    if found == Doubles():
        return None
    section = Section(parent, "The same fault told twice?" if found.possible else "Told twice")
    for card in found.possible:
        section.step(Tone.WARN, _words(card))
        section.add(
            FlowRow(
                QuietButton(
                    "Same fault", partial(_merge, desk, detail.card.id, card.id, go), tip=card.reference
                ),
                QuietButton(
                    "Another fault", partial(_apart, desk, detail.card.id, card.id, go), tip=card.reference
                ),
                QuietButton("Look at it", partial(go, "repairs", card.id), tip=card.reference),
            )
        )
    if found.possible:
        section.say("The first report is kept with its clock; the other is closed as its double.", "small")
    for card in found.closed:
        section.step(Tone.INFO, f"Also reported as {card.reference}, {wording.moment(card.reported_at)}")
        section.add(
            FlowRow(
                QuietButton("Another fault after all", partial(_apart, desk, detail.card.id, card.id, go))
            )
        )
    if found.kept is not None:
        section.step(Tone.INFO, f"Goes on with {found.kept.reference}, which was reported first")
        section.add(
            FlowRow(
                QuietButton(f"Open {found.kept.reference}", partial(go, "repairs", found.kept.id)),
                QuietButton(
                    "Another fault after all", partial(_apart, desk, detail.card.id, found.kept.id, go)
                ),
            )
        )
    return section


def _words(card: RepairCard) -> str:
    return f"{card.reference} · {card.title} · {card.where}, reported {wording.moment(card.reported_at)}"


def _merge(desk: Desk, repair_id: UUID, other_id: UUID, go: Go) -> None:
    try:
        done = desk.do("closed a double", duplicates.merge, repair_id, other_id)
    except Told as told:
        go("told", told)
        return
    go("repairs", done.kept_id)
    go("done", f"{done.closed} is closed as the double of {done.kept}.")


def _apart(desk: Desk, repair_id: UUID, other_id: UUID, go: Go) -> None:
    try:
        desk.do("told two faults apart", duplicates.tell_apart, repair_id, other_id)
    except Told as told:
        go("told", told)
        return
    go("done", "Kept apart: they are two faults.")
