"""What may be the same fault told twice, as a condition on two reports: of one place, trade and fortnight."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from watmos_desktop.models.repair import IS_OPEN
from watmos_desktop.models.tables import Repair

TWIN_DAYS = 14


def twins() -> ColumnElement[bool]:
    """The condition that another open repair may be the same fault: of one place, trade and fortnight.

    Not what one walk raised: whoever walked saw both. Not what someone has looked at and found another fault.
    """
    one, twin = aliased(Repair, name="one"), aliased(Repair, name="twin")
    both = [
        condition
        for name, model in (("one", one), ("twin", twin))
        for condition in (~model.deleted, literal_column(f"{name}.{IS_OPEN}"))
    ]
    pairs = select(one.id).select_from(one).join(twin, same_fault(one, twin)).where(*both)
    return Repair.id.in_(pairs.correlate(None))


def same_fault(one: Any, other: Any) -> ColumnElement[bool]:
    """The condition that two reports may be of the same fault."""
    home = one.home_id.is_not(None)
    return and_(
        other.estate_id == one.estate_id,
        other.trade == one.trade,
        other.home_id.is_not_distinct_from(one.home_id),
        other.block_id.is_not_distinct_from(one.block_id),
        other.space_id.is_not_distinct_from(one.space_id),
        other.id != one.id,
        or_(
            and_(
                one.fixture == other.fixture,
                one.fixture != "",
                or_(home, one.area_key == other.area_key, one.area_key == "", other.area_key == ""),
            ),
            and_(or_(one.fixture == "", other.fixture == ""), or_(home, one.area_key == other.area_key)),
        ),
        func.abs(func.julianday(one.reported_at) - func.julianday(other.reported_at)) <= TWIN_DAYS,
        or_(
            one.inspection_id.is_(None),
            other.inspection_id.is_(None),
            one.inspection_id != other.inspection_id,
        ),
        func.instr(one.distinct_from, func.lower(func.hex(other.id))) == 0,
        func.instr(other.distinct_from, func.lower(func.hex(one.id))) == 0,
    )
