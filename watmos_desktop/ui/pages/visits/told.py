"""What the household knows of a visit: told of which day, how, and whether that still holds."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from watmos_desktop.models.kinds import VisitStatus
from watmos_desktop.services import policy, safe_contact, visit_notice
from watmos_desktop.services.policy import Action
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.pages.visits.panel import Part, Shown


def offered(shown: Shown) -> bool:
    """Whether there is a day to tell, and this person tells it."""
    visit = shown.visit
    to_do = (
        visit is not None and visit.card.status is VisitStatus.PLANNED and visit.card.planned_on is not None
    )
    return to_do and policy.may(shown.desk.actor, Action.PLAN_VISITS, "visit")


def told(shown: Shown) -> QWidget | None:
    """What they were told, and by which ways it is safe to tell them where not every way is."""
    if shown.visit is None or not policy.may(shown.desk.actor, Action.PLAN_VISITS, "visit"):
        return None
    part = Part()
    known = shown.desk.look(visit_notice.notice, shown.visit.card.id)
    if known.told or offered(shown):
        part.line(Tone.OK if known.knows else Tone.WARN, known.words)
    safe = shown.desk.look(safe_contact.of_home, shown.visit.card.home_id)
    if safe.ways != safe_contact.SafeContact().ways or safe.by_day:
        part.line(Tone.BAD, safe.words)
    return part if part.column.count() else None


def say(shown: Shown) -> None:
    """To the letter, the text and the e-mail."""
    assert shown.visit is not None
    shown.go("visit_letter", shown.visit.card.id)
