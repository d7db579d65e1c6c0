"""What the papers of a visit say, read from the record as the person asking may see it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Visit
from watmos_desktop.services import policy, visit_attempts, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.policy import Action
from watmos_desktop.services.reports.access_card import AccessCard
from watmos_desktop.services.visits import Slot


def access_card(session: Session, visit_id: UUID) -> AccessCard:
    """The card to leave at the door: the last call, and the day that is booked after it; raises NotFound."""
    policy.require(session, Action.VISIT, "visit")
    row = policy.find(session, Visit, visit_id, "That visit")
    knocked = visit_attempts.last_knock(session, row.id)
    called = knocked.astimezone(LONDON) if knocked else None
    said = f"{wording.long_day(called)} at {wording.clock_time(called)}" if called else ""
    booked, day, officer = "", row.planned_on, row.officer_id
    if day is not None and officer is not None and (called is None or day > called.date()):
        booked = visit_attempts.slot_words(Slot(officer, day, row.window_from, row.window_to))
    return AccessCard(row.reference, session.info["clock"].now(), said, booked, about="visit_card")
