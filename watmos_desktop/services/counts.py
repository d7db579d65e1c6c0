"""How many things on each tab need this person."""

from __future__ import annotations

from sqlalchemy.orm import Session

from watmos_desktop.services import inspections, policy, repairs, today, visits
from watmos_desktop.services.policy import Action
from watmos_desktop.services.schedules import DueState


def needing_me(session: Session) -> dict[str, int]:
    """By tab: what Today shows to do, open repairs, inspections due by tonight or not finished, my visits.

    Visits are those planned for this person by tonight, and those of days before that nobody has made.
    """
    actor = policy.actor(session)
    found = {"today": today.get(session).pressing}
    if policy.may(actor, Action.SEE, "repair"):
        found["repairs"] = repairs.count(session)
    if policy.may(actor, Action.SEE, "inspection"):
        due = inspections.due(session, within_days=0)
        pressing = sum(
            one.state in (DueState.OVERDUE, DueState.TODAY) and one.draft_id is None for one in due
        )
        found["inspections"] = pressing + inspections.count(session, inspections.Filter("draft"))
    if policy.may(actor, Action.SEE, "visit"):
        found["visits"] = visits.waiting(session)
    return found
