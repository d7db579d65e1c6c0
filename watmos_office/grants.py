"""What a member may hold: which buckets reach their devices, and who they are to the policy.

A grant on an estate reaches its blocks as they stand now (``place``). Need-to-know cases reach named people only, and
an exclusion beats every role and every name (security.md S22).
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, select

from watmos_desktop.models.kinds import Role
from watmos_desktop.services import policy
from watmos_desktop.services.policy import Actor
from watmos_office.tables import CaseExclusion, CaseMember, Grant, Member, Place, Record

ORG = "org"


def actor(connection: Connection, member_id: UUID) -> Actor:
    """Who that member is to the policy; without a role, who may do nothing, when unknown or disabled."""
    found = connection.execute(
        select(Member.name, Member.role).where(Member.id == member_id, Member.active.is_(True))
    ).first()
    if found is None or found.role not in set(Role):
        return Actor(member_id, "", None)
    granted = connection.execute(
        select(Grant.estate_id, Grant.block_id).where(Grant.member_id == member_id, Grant.to_at.is_(None))
    ).all()
    person = Actor(
        member_id,
        found.name,
        Role(found.role),
        frozenset(grant.estate_id for grant in granted if grant.block_id is None),
        frozenset(grant.block_id for grant in granted if grant.block_id is not None),
        frozenset(_cases(connection, member_id)),
    )
    may = policy.may(person, policy.Action.SEE, "restricted_case")
    return person if may else _without_cases(person)


def held(connection: Connection, member_id: UUID) -> frozenset[str]:
    """Every bucket that member may read now; none at all when unknown or disabled."""
    return buckets(connection, actor(connection, member_id))


def buckets(connection: Connection, person: Actor) -> frozenset[str]:
    """Every bucket for someone already known by ``actor``."""
    if person.role is None or person.staff_id is None:
        return frozenset()
    own = {ORG, f"user:{person.staff_id}", *(f"case:{case}" for case in person.cases)}
    if person.everywhere:
        return frozenset(own | _everything(connection))
    reached: Iterable[UUID] = ()
    if person.estates:
        reached = connection.scalars(select(Place.block_id).where(Place.estate_id.in_(person.estates)))
    own |= {f"block:{block}" for block in reached} | {f"block:{block}" for block in person.blocks}
    return frozenset(own | {f"estate:{estate}" for estate in person.estates})


def _everything(connection: Connection) -> set[str]:
    estates = set(connection.scalars(select(Record.rid).where(Record.tbl == "estate")))
    places = connection.execute(select(Place.block_id, Place.estate_id)).all()
    estates |= {place.estate_id for place in places}
    return {f"estate:{estate}" for estate in estates} | {f"block:{place.block_id}" for place in places}


def _cases(connection: Connection, member_id: UUID) -> set[UUID]:
    named = connection.scalars(select(CaseMember.case_id).where(CaseMember.member_id == member_id))
    barred = connection.scalars(select(CaseExclusion.case_id).where(CaseExclusion.member_id == member_id))
    return set(named) - set(barred)


def _without_cases(person: Actor) -> Actor:
    return Actor(person.staff_id, person.name, person.role, person.estates, person.blocks)
