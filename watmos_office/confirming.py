"""A second person for cases: no device receives them before someone else has confirmed it (security.md 2, S22).

Whoever makes a code for a colleague could join as that colleague. So a new device waits. Its member on another device
of theirs that is confirmed, someone of a case that both are named to, or a safeguarding lead lets cases come to it:
never who made its code, and never from a device that waits itself. The console may, for the first of all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from watmos_desktop.models.kinds import Role
from watmos_desktop.services.errors import NotFound
from watmos_office import audit, cases
from watmos_office.caller import Caller
from watmos_office.errors import not_found
from watmos_office.office import Office
from watmos_office.tables import CaseExclusion, CaseMember, Device, Member


@dataclass(frozen=True)
class Waiting:
    """A device that waits. ``number`` is shown on it too, so that the right one is confirmed."""

    id: UUID
    member: str
    name: str
    number: str
    enrolled_at: datetime


def number(key: bytes) -> str:
    """Eight digits that name a device's key, in two groups."""
    digits = f"{int.from_bytes(hashlib.sha256(key).digest()[:8], 'big') % 10**8:08d}"
    return f"{digits[:4]} {digits[4:]}"


def state(role: Role | None, confirmed: bool) -> str:
    """``confirmed``, ``waiting``, or nothing for a role that no case is shown to. It tells of no case."""
    if role is None or not cases.may_be_named(UUID(int=0), role):
        return ""
    return "confirmed" if confirmed else "waiting"


def listing(connection: Connection, caller: Caller) -> list[Waiting]:
    """The devices that this caller may confirm, the oldest first."""
    if not _may_at_all(caller):
        return []
    team = _team(connection, caller)
    return [
        Waiting(row.id, row.member, row.name, number(row.key), row.enrolled_at)
        for row in connection.execute(_waiting().order_by(Device.enrolled_at, Device.id))
        if _may(caller, team, row)
    ]


def confirm(connection: Connection, office: Office, caller: Caller, device_id: UUID) -> None:
    """Let cases come to a device. Raises Answer 404 alike for one that is not there and one that is not theirs."""
    row = connection.execute(_waiting().where(Device.id == device_id).with_for_update(of=Device)).first()
    if row is None or not _may_at_all(caller) or not _may(caller, _team(connection, caller), row):
        raise not_found()
    _set(connection, office, caller.member_id, device_id)


def at_console(connection: Connection, office: Office, by: UUID | None, device_id: UUID) -> None:
    """The same, by whoever runs the office's computer. Raises NotFound when no such device waits."""
    if connection.execute(_waiting().where(Device.id == device_id)).first() is None:
        raise NotFound("A device of that id that waits for confirmation")
    _set(connection, office, by, device_id)


def leads(connection: Connection, but: UUID | None) -> list[str]:
    """The names of the safeguarding leads who have a confirmed device, without who made the code."""
    asked = (
        select(Member.name)
        .distinct()
        .join(Device, Device.member_id == Member.id)
        .where(Member.role == Role.SAFEGUARDING_LEAD.value, Member.active.is_(True))
        .where(Device.status == "active", Device.cases_at.is_not(None))
        .order_by(Member.name)
    )
    return list(connection.scalars(asked.where(Member.id != but) if but else asked))


def _set(connection: Connection, office: Office, by: UUID | None, device_id: UUID) -> None:
    now = office.clock.now().astimezone(UTC)
    connection.execute(update(Device).where(Device.id == device_id).values(cases_at=now, cases_by=by))
    audit.note(connection, office, by, "device.confirm", device_id)


def _waiting() -> Any:
    """Devices at work of members at work whose role is shown cases, not confirmed yet."""
    roles = [role.value for role in Role if cases.may_be_named(UUID(int=0), role)]
    return (
        select(Device.id, Device.member_id, Device.name, Device.key, Device.enrolled_at, Device.code_by)
        .add_columns(Member.name.label("member"))
        .join(Member, Member.id == Device.member_id)
        .where(Device.cases_at.is_(None), Device.status == "active")
        .where(Member.active.is_(True), Member.role.in_(roles))
    )


def _may_at_all(caller: Caller) -> bool:
    return caller.status == "active" and caller.confirmed and state(caller.actor.role, True) != ""


def _may(caller: Caller, team: frozenset[UUID], row: Any) -> bool:
    if row.id == caller.device_id:
        return False
    if row.member_id == caller.member_id:
        return True
    if row.code_by == caller.member_id:
        return False
    return caller.actor.role is Role.SAFEGUARDING_LEAD or row.member_id in team


def _team(connection: Connection, caller: Caller) -> frozenset[UUID]:
    """Who is named, and not excluded, to a case that the caller is named to."""
    asked = (
        select(CaseMember.member_id)
        .outerjoin(
            CaseExclusion,
            (CaseExclusion.case_id == CaseMember.case_id) & (CaseExclusion.member_id == CaseMember.member_id),
        )
        .where(CaseMember.case_id.in_(list(caller.actor.cases)), CaseExclusion.case_id.is_(None))
    )
    return frozenset(connection.scalars(asked))
