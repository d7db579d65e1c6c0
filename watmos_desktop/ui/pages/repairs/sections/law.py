"""The running steps of Awaab's Law, if the hazard falls under it; else that it does not."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import hazard_list, promises, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.clocks import RunningClock
from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.pages.repairs.sections.parts import Section


def build(
    desk: Desk, detail: RepairDetail, go: Callable[[str, object], None], parent: QWidget
) -> QWidget | None:
    """What the law asks for; None for what is no hazard, or has a case that says it (hazard.py)."""
    if not detail.card.hazard or desk.look(hazard_list.of_repair, detail.card.id) is not None:
        return None
    seen = detail.card.reported_at.astimezone(LONDON)
    names = {one.id: one.name for one in promises.hazards(seen.date())}
    section = Section(parent, "Awaab's Law")
    section.say(names.get(detail.card.hazard, "Possible hazard"), "quiet")
    section.step(Tone.OK, f"Seen {wording.moment(seen)}")
    legal = [clock for clock in detail.clocks if clock.key.startswith("AW.")]
    for clock in legal:
        section.step(*_told(clock))
    if not legal:
        section.say("This hazard is not under the law yet; the promise above holds.", "small")
    return section


def _told(clock: RunningClock) -> tuple[Tone, str]:
    by = wording.weekday(clock.due_at.astimezone(LONDON))
    what = clock.what or "Next step"
    if clock.running:
        return Tone(clock.due.tone), f"{what} by {by} · {clock.due.text.lower()}"
    return Tone.OK, f"{what}: done (by {by})"
