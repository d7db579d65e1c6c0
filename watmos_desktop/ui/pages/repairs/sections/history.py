"""What was changed on the record, by whom and why: the newest few."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import history
from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.repairs.sections.parts import Section

_STEPS = 6


def build(
    desk: Desk, detail: RepairDetail, go: Callable[[str, object], None], parent: QWidget
) -> QWidget | None:
    """The last steps; None where this device made none."""
    steps = desk.look(history.of, "repair", detail.card.id)
    if not steps:
        return None
    section = Section(parent, "History")
    for step in steps[:_STEPS]:
        section.say(" · ".join(part for part in (step.when, step.why, step.who) if part), "small")
    return section
