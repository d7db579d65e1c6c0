"""Who is named to a restricted case, and who must never learn of it (security.md S22)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, update

from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services import policy
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Actor
from watmos_office import audit
from watmos_office.office import Office
from watmos_office.tables import CaseExclusion, CaseMember, Member, Record

_CASE = "restricted_case"


def name(connection: Connection, office: Office, by: UUID | None, case_id: UUID, member_id: UUID) -> None:
    """Name someone to a case. Raises NotFound, and Told for a role that no case is shown to, or for one excluded."""
    role = _both(connection, case_id, member_id)
    if not may_be_named(member_id, role):
        raise Told(
            "Nobody in this role is named to a case.", "Name an officer, a safeguarding lead or a manager."
        )
    if _is_in(connection, CaseExclusion, case_id, member_id):
        raise Told("This person is excluded from this case.", "End the exclusion first, if it was a mistake.")
    if not _is_in(connection, CaseMember, case_id, member_id):
        connection.execute(insert(CaseMember).values(case_id=case_id, member_id=member_id))
        _raise(connection, member_id)
        audit.note(connection, office, by, "case.name", f"{case_id} {member_id}")


def unname(connection: Connection, office: Office, by: UUID | None, case_id: UUID, member_id: UUID) -> None:
    """Someone works on a case no longer. Raises NotFound, Told when nobody would be left."""
    _both(connection, case_id, member_id)
    if not _is_in(connection, CaseMember, case_id, member_id):
        return
    if len(connection.execute(select(CaseMember.member_id).where(CaseMember.case_id == case_id)).all()) == 1:
        raise Told("Nobody would be left on this case.", "Name someone else first.")
    _remove(connection, CaseMember, case_id, member_id)
    _raise(connection, member_id)
    audit.note(connection, office, by, "case.unname", f"{case_id} {member_id}")


def exclude(connection: Connection, office: Office, by: UUID | None, case_id: UUID, member_id: UUID) -> None:
    """Keep a case from someone for good, whatever their role and whoever names them. Raises NotFound.

    Nothing that they are told changes, unless they were named: else the change itself would tell of the case.
    """
    _both(connection, case_id, member_id)
    if not _is_in(connection, CaseExclusion, case_id, member_id):
        connection.execute(insert(CaseExclusion).values(case_id=case_id, member_id=member_id))
        if _is_in(connection, CaseMember, case_id, member_id):
            _remove(connection, CaseMember, case_id, member_id)
            _raise(connection, member_id)
        audit.note(connection, office, by, "case.exclude", f"{case_id} {member_id}")


def include(connection: Connection, office: Office, by: UUID | None, case_id: UUID, member_id: UUID) -> None:
    """End an exclusion that was a mistake; it names nobody. Raises NotFound."""
    _both(connection, case_id, member_id)
    if _is_in(connection, CaseExclusion, case_id, member_id):
        _remove(connection, CaseExclusion, case_id, member_id)
        if _is_in(connection, CaseMember, case_id, member_id):
            _raise(connection, member_id)
        audit.note(connection, office, by, "case.include", f"{case_id} {member_id}")


def may_be_named(member_id: UUID, role: Role) -> bool:
    """Whether a role is shown cases at all, when it is named to them."""
    if _CASE not in SYNCED:
        return False
    return policy.may_see(Actor(member_id, "", role), _CASE, "title")


def _both(connection: Connection, case_id: UUID, member_id: UUID) -> Role:
    there = select(Record.rid).where(Record.tbl == _CASE, Record.rid == case_id, Record.deleted.is_(False))
    if connection.execute(there).first() is None:
        raise NotFound("That case")
    role = connection.execute(select(Member.role).where(Member.id == member_id)).scalar()
    if role is None:
        raise NotFound("That person")
    return Role(role)


def _is_in(
    connection: Connection, table: type[CaseMember | CaseExclusion], case_id: UUID, member_id: UUID
) -> bool:
    found = select(table.case_id).where(table.case_id == case_id, table.member_id == member_id)
    return connection.execute(found).first() is not None


def _remove(
    connection: Connection, table: type[CaseMember | CaseExclusion], case_id: UUID, member_id: UUID
) -> None:
    connection.execute(delete(table).where(table.case_id == case_id, table.member_id == member_id))


def _raise(connection: Connection, member_id: UUID) -> None:
    connection.execute(update(Member).where(Member.id == member_id).values(case_v=Member.case_v + 1))
