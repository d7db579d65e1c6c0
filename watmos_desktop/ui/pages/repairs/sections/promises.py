"""Every clock that ran or runs on a repair, where there is more than the one promise."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.pages.repairs.sections.parts import Section

_SEVERAL = 2


def build(
    desk: Desk, detail: RepairDetail, go: Callable[[str, object], None], parent: QWidget
) -> QWidget | None:
    """The promises in the order they were made; None for one alone, which the head tells."""
    told = [clock for clock in detail.clocks if clock.what and not clock.key.startswith("AW.")]
    if len(told) < _SEVERAL:
        return None
    section = Section(parent, "What was promised")
    for clock in sorted(told, key=lambda one: (one.started_at, one.due_at)):
        due = clock.due_at.astimezone(LONDON)
        by = wording.weekday(due)
        by += f", {wording.clock_time(due)}" if clock.key == "R5" else ""
        if clock.stopped_at is None:
            section.step(Tone(clock.due.tone), f"{clock.what}: by {by}")
        else:
            section.step(Tone.INFO, f"{clock.what}: by {by} · ended {wording.moment(clock.stopped_at)}")
    return section
