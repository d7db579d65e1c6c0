"""What is open already where something is reported: offered first, so that one fault is not raised twice (N3, R1)."""

from __future__ import annotations

from sqlalchemy import and_, case, or_, select, true
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Repair
from watmos_desktop.services import policy, recalls, repairs
from watmos_desktop.services.repair_listing import seen
from watmos_desktop.services.repairs import RepairCard

_OFFERED = 4


def there(session: Session, report: Repair) -> list[RepairCard]:
    """Open repairs of the same home, or of the same thing, trade or area of a shared place; ``report`` is unsaved.

    The likeliest first: the same thing, then the same trade, then the next due.
    """
    same, trade = Repair.fixture == report.fixture, Repair.trade == report.trade
    area = and_(Repair.area_key == report.area_key, Repair.area_key != "")
    likeness = true() if report.home_id is not None else or_(same, trade, area)
    open_there = (Repair.status.in_(repairs.OPEN), ~Repair.deleted, recalls.in_place(report), likeness)
    with session.no_autoflush:
        found = session.scalars(
            select(Repair.id)
            .where(*open_there, seen(policy.actor(session)))
            .order_by(case((same, 0), (trade, 1), else_=2), Repair.due_at, Repair.id)
            .limit(_OFFERED)
        ).all()
    cards = repairs.cards(session, list(found))
    return [cards[one] for one in found if one in cards]
