"""The row of an inspection, and who may still write on it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import InspectionStatus, Role
from watmos_desktop.models.tables import Inspection, Staff
from watmos_desktop.services import policy
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action


def get(session: Session, inspection_id: UUID) -> Inspection:
    """An inspection that this person may know of; raises NotFound."""
    return policy.find(session, Inspection, inspection_id, "That inspection")


def draft(session: Session, inspection_id: UUID) -> Inspection:
    """An inspection under way; raises NotAllowed, NotFound, or Told when it is signed or put away."""
    policy.require(session, Action.INSPECT, "inspection")
    inspection = get(session, inspection_id)
    if inspection.status is InspectionStatus.SIGNED:
        raise Told(
            "This inspection is signed and stays as it is.",
            "Add an amendment to say what should be corrected.",
        )
    if inspection.status is InspectionStatus.ABANDONED:
        raise Told("This inspection was put away unfinished.", "Begin a new one.")
    return inspection


def writable(session: Session, inspection_id: UUID) -> Inspection:
    """A draft that this person may write on; raises as ``draft`` does.

    Staff may go on with a colleague's walk. An ambassador's words are their own: nobody writes among them, and
    they write among nobody's (security.md S21).
    """
    inspection = draft(session, inspection_id)
    actor = policy.actor(session)
    if inspection.started_by != actor.staff_id:
        starter = session.get(Staff, inspection.started_by)
        if actor.role is Role.AMBASSADOR or (starter is not None and starter.role is Role.AMBASSADOR):
            raise Told("Someone else began this inspection.", "Begin one of your own; both count.")
    return inspection
