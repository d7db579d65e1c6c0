"""What a member may hold: which buckets reach their devices, and who they are to the policy.

A grant on an estate reaches its blocks as they stand now (``place``). Need-to-know cases reach named people only, and
an exclusion beats every role and every name (security.md S22).
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import CompoundSelect, Connection, bindparam, case, literal_column, select, union_all

from watmos_desktop.models.base import Id
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import policy
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.sync import lying
from watmos_desktop.services.sync.lying import CARE
from watmos_office.tables import CaseExclusion, CaseMember, Grant, Member, Place, Record

ORG = "org"
_ROLES = frozenset(Role)

# Built once and asked in two round trips: this is done for every request.
_WHO, _DEVICE = bindparam("member", type_=Id()), bindparam("device", type_=Id())
_OPEN = (Grant.member_id == _WHO, Grant.to_at.is_(None))
_MEMBER = select(Member.name, Member.role).where(Member.id == _WHO, Member.active.is_(True))
_GIVEN: CompoundSelect[str, UUID] = union_all(
    select(literal_column("'estate'"), Grant.estate_id).where(*_OPEN, Grant.block_id.is_(None)),
    select(literal_column("'block'"), Grant.block_id).where(*_OPEN, Grant.block_id.is_not(None)),
    select(case((CaseMember.device_id == _DEVICE, "opened"), else_="named"), CaseMember.case_id).where(
        CaseMember.member_id == _WHO
    ),
    select(literal_column("'barred'"), CaseExclusion.case_id).where(CaseExclusion.member_id == _WHO),
)
_REACHED = select(Place.block_id).where(Place.estate_id.in_(bindparam("estates", expanding=True)))
_ESTATES = select(Record.rid).where(Record.tbl == "estate")
_PLACES = select(Place.block_id, Place.estate_id)


def actor(connection: Connection, member_id: UUID, device: UUID | None = None) -> Actor:
    """Who that member is to the policy; without a role, who may do nothing, when unknown or disabled.

    On a ``device`` that nobody has confirmed for cases they are named to those alone that were opened on it.
    """
    about = {"member": member_id, "device": device}
    found = connection.execute(_MEMBER, about).first()
    if found is None or found.role not in _ROLES:
        return Actor(member_id, "", None)
    given: dict[str, set[UUID]] = {what: set() for what in ("estate", "block", "named", "opened", "barred")}
    for what, place in connection.execute(_GIVEN, about):
        given[what].add(place)
    person = Actor(
        member_id,
        found.name,
        Role(found.role),
        frozenset(given["estate"]),
        frozenset(given["block"]),
        frozenset((given["opened"] if device else given["named"] | given["opened"]) - given["barred"]),
    )
    may = policy.may(person, policy.Action.SEE, "restricted_case")
    return person if may else _without_cases(person)


def held(connection: Connection, member_id: UUID) -> frozenset[str]:
    """Every bucket that member may read now on a confirmed device; none at all when unknown or disabled."""
    return buckets(connection, actor(connection, member_id))


def buckets(connection: Connection, person: Actor, *, confirmed: bool = True) -> frozenset[str]:
    """Every bucket for someone already known by ``actor``; words of concern only where cases are ``confirmed``."""
    if person.role is None or person.staff_id is None:
        return frozenset()
    own = {ORG, f"user:{person.staff_id}", *(f"case:{case}" for case in person.cases)}
    if confirmed and policy.may(person, policy.Action.VISIT, "visit"):
        own.add(lying.own_words(person.staff_id))
    if person.everywhere:
        places = _everything(connection)
        return frozenset(own | (_with_care(person, places) if confirmed else places))
    reached: Iterable[UUID] = ()
    if person.estates:
        reached = connection.scalars(_REACHED, {"estates": list(person.estates)})
    places = {f"block:{block}" for block in reached} | {f"block:{block}" for block in person.blocks}
    places |= {f"estate:{estate}" for estate in person.estates}
    return frozenset(own | (_with_care(person, places) if confirmed else places))


def _with_care(person: Actor, places: set[str]) -> set[str]:
    """Guardians read the words of concern of their places too."""
    return places | {f"{CARE}{place}" for place in places} if person.role in policy.GUARDIANS else places


def _everything(connection: Connection) -> set[str]:
    estates = set(connection.scalars(_ESTATES))
    places = connection.execute(_PLACES).all()
    estates |= {place.estate_id for place in places}
    return {f"estate:{estate}" for estate in estates} | {f"block:{place.block_id}" for place in places}


def _without_cases(person: Actor) -> Actor:
    return Actor(person.staff_id, person.name, person.role, person.estates, person.blocks)
