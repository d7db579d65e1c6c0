"""Who has the demo landlord's open repairs in hand, where they are on the plan, and what was told twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from watmos_desktop.models.kinds import RepairStatus, Role
from watmos_desktop.models.tables import Repair, Staff, StaffScope
from watmos_desktop.services import clocks, promises
from watmos_desktop.services.demo.rows import Rows
from watmos_desktop.services.repair_listing import OPEN

_GIVEN, _PINNED = 0.7, 0.6
_TWICE = 2  # reports told a second time: one in a shared part, one in a home
_SAME = (
    "estate_id",
    "block_id",
    "home_id",
    "area_key",
    "title",
    "trade",
    "priority",
    "priority_reason",
    "fixture",
    "symptom",
    "cause",
    "responsibility",
    "responsibility_reason",
)


def make(rows: Rows, connection: Connection, now: datetime) -> None:
    """Give, pin and double some of the open repairs."""
    chance = rows.random
    table = Repair.__table__
    found = connection.execute(
        select(table).where(table.c.status.in_(OPEN)).order_by(table.c.due_at, table.c.id)
    ).all()
    everywhere, there = _colleagues(connection)
    for row in found:
        values: dict[str, object] = {}
        if chance.random() < _GIVEN:
            values["assigned_to"] = chance.choice(there.get(row.estate_id, []) + everywhere)
        if row.home_id is None and row.block_id is not None and chance.random() < _PINNED:
            values["pin"] = [round(chance.uniform(0.12, 0.92), 2), round(chance.uniform(0.12, 0.92), 2)]
        if values:
            connection.execute(update(Repair).where(Repair.id == row.id).values(**values))
    for shared in (True, False):
        again = [row for row in found if (row.home_id is None) is shared and row.block_id and not row.hazard]
        for row in again[: _TWICE // 2]:
            _twice(rows, row, now)


def _twice(rows: Rows, row: Any, now: datetime) -> None:
    """The same fault reported once more by somebody who did not know."""
    first: datetime = row.reported_at
    at = min(first + timedelta(days=1, hours=3), now - timedelta(hours=1))
    key = clocks.REPAIR_CLOCK[row.priority]
    due = promises.due(key, at)
    made = rows.add(
        "repair",
        at,
        prefix="R",
        status=RepairStatus.REPORTED,
        reported_at=at,
        reported_by=row.reported_by,
        due_at=due.due_at,
        last_told_at=at,
        **{name: getattr(row, name) for name in _SAME},
    )
    rows.add(
        "clock",
        at,
        owner_table="repair",
        owner_id=made["id"],
        key=key,
        started_at=at,
        due_at=due.due_at,
        held_from=due.held_from,
        told_at=at,
        stopped_at=None,
    )


def _colleagues(connection: Connection) -> tuple[list[UUID], dict[UUID, list[UUID]]]:
    """Managers, who look after everything, and the caretakers and officers of each estate."""
    managers = select(Staff.id).where(Staff.role == Role.MANAGER).order_by(Staff.id)
    scoped = (
        select(StaffScope.estate_id, Staff.id)
        .join(Staff, Staff.id == StaffScope.staff_id)
        .where(Staff.role.in_((Role.CARETAKER, Role.TENANCY_OFFICER)), StaffScope.block_id.is_(None))
        .order_by(Staff.id)
    )
    there: dict[UUID, list[UUID]] = {}
    for estate, staff in connection.execute(scoped):
        there.setdefault(estate, []).append(staff)
    return list(connection.scalars(managers)), there
