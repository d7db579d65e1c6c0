"""An ambassador's walk found a defect gone: its repair stays open until someone who may complete it decides (N3).

The defect is fixed while its repair is open: that is the whole mark, so every device that has both asks the same.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.orm import Session, aliased

from watmos_desktop.models.kinds import DefectState
from watmos_desktop.models.tables import Defect, Repair
from watmos_desktop.services import policy, repair_updates, repairs, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_listing import OPEN, bare, seen
from watmos_desktop.services.repairs import RepairCard


def waiting(session: Session) -> list[RepairCard]:
    """Open repairs of shared parts that were said to be fixed, the first due first; none for who decides nothing."""
    actor = policy.actor(session)
    if not policy.may(actor, Action.COMPLETE_REPAIR, "repair"):
        return []
    # From the few defects to their repairs: the other way round every open repair would be asked.
    mended = select(Defect.repair_id).where(
        Defect.repair_id.is_not(None), Defect.state == DefectState.FIXED, ~Defect.deleted
    )
    double = aliased(Repair)
    joined = select(double.duplicate_of).where(
        double.id.in_(mended), double.duplicate_of.is_not(None), ~double.deleted
    )
    gone = union(mended, joined).cte("gone")
    found = (
        select(Repair.id)
        .join(gone, gone.c.repair_id == Repair.id)
        .where(~Repair.deleted, Repair.status.in_(OPEN), bare(Repair.home_id).is_(None), seen(actor))
    )
    ids = list(session.scalars(found.order_by(Repair.due_at, Repair.id)))
    shown = repairs.cards(session, ids)
    return [shown[one] for one in ids if one in shown]


def of(session: Session, repair_id: UUID) -> str:
    """``A walk found it fixed, 23 Nov 2026`` of an open repair that somebody has to decide on; else ""."""
    row = repairs.get_row(session, repair_id)
    if row.status not in OPEN:
        return ""
    days = [one.fixed_at for one in _gone(session, row) if one.fixed_at is not None]
    return f"A walk found it fixed, {wording.day(max(days).astimezone(LONDON))}" if days else ""


def not_fixed(session: Session, repair_id: UUID) -> None:
    """It is not fixed after all: the next walk looks again. Raises NotAllowed, NotFound or Told."""
    policy.require(session, Action.COMPLETE_REPAIR, "repair")
    row = repairs.get_row(session, repair_id)
    if not of(session, repair_id):
        raise Told("Nobody says that it is fixed.", "Go on with the repair.")
    open_defects(session, row)
    repair_updates.keep_note(session, row, "A walk found it fixed; looked at again, it is not.")


def open_defects(session: Session, row: Repair) -> None:
    """The defects that a repair was said to have mended are open again, so that the next walk asks about them."""
    for defect in _gone(session, row):
        defect.state, defect.fixed_at = DefectState.OPEN, None


def _gone(session: Session, row: Repair) -> list[Defect]:
    ids = [row.id, *(one.id for one in repairs.doubles(session, row.id))]
    fixed = select(Defect).where(
        Defect.repair_id.in_(ids), Defect.state == DefectState.FIXED, ~Defect.deleted
    )
    return list(session.scalars(fixed))
