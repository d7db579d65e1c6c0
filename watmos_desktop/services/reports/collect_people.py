"""Who walked, signed and corrected, for the report: each only as the person using the session may know it."""

from __future__ import annotations

from sqlalchemy import select

from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import Amendment, Attendance, Meta, Outbox, Signature
from watmos_desktop.services import policy, staff, walk_view
from watmos_desktop.services.reports import inspection_data as data
from watmos_desktop.services.reports.source import Source


def walked_by(source: Source) -> tuple[str, ...]:
    """Who walked by name and role; by role alone for those who may not know names."""
    rows = source.session.scalars(
        select(Attendance).where(Attendance.inspection_id == source.row.id, ~Attendance.deleted)
    ).all()
    named = policy.may_see(source.actor, "attendance", "name")
    told = [
        f"{one.name}, {_role(one.role)}" if named and one.name else f"the {_role(one.role)}"
        for one in sorted(rows, key=lambda one: (one.role is Role.AMBASSADOR, one.id.bytes))
    ]
    return tuple(dict.fromkeys(told))


def ambassadors(source: Source) -> int:
    """How many ambassadors came."""
    rows = source.session.scalars(
        select(Attendance.id).where(
            Attendance.inspection_id == source.row.id,
            Attendance.role == Role.AMBASSADOR,
            ~Attendance.deleted,
        )
    )
    return len(rows.all())


def signatures(source: Source) -> tuple[data.Signature, ...]:
    """The signatures, the officer's first; none for those who may not know names."""
    if not policy.may_see(source.actor, "signature", "name"):
        return ()
    rows = source.session.scalars(
        select(Signature)
        .where(Signature.inspection_id == source.row.id, ~Signature.deleted)
        .order_by(Signature.scorer.desc(), Signature.id)
    )
    return tuple(
        data.Signature(
            name=one.name,
            role=_role(one.role).capitalize(),
            at=one.signed_at,
            strokes=tuple(tuple((float(x), float(y)) for x, y in stroke) for stroke in one.strokes),
            typed="" if one.strokes else one.name,
        )
        for one in rows
    )


def amendments(source: Source) -> tuple[data.Amendment, ...]:
    """What was corrected since, oldest first."""
    if not policy.may_see(source.actor, "amendment", "text"):
        return ()
    rows = source.session.scalars(
        select(Amendment)
        .where(Amendment.inspection_id == source.row.id, ~Amendment.deleted)
        .order_by(Amendment.made_at, Amendment.id)
    )
    return tuple(
        data.Amendment(one.made_at, walk_view.name_of(source.session, one.staff_id), one.text) for one in rows
    )


def record(source: Source) -> data.RecordBox:
    """Device, checksum, and whether the office has it."""
    device = source.session.get(Meta, "device")
    waiting = source.session.scalar(select(Outbox.n).where(Outbox.record_id == source.row.id).limit(1))
    return data.RecordBox(
        device=str(device.value["id"]) if device else "",
        checksum=source.row.checksum or "Not signed yet",
        sync_state="Not yet at the office" if waiting is not None else "At the office",
    )


def _role(role: Role) -> str:
    words = staff.ROLE_WORDS[role]
    return words if words.startswith("ASB") else words.lower()
