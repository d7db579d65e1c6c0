"""Who works with the program, and as whom it is opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import Block, Estate, RestrictedCase, Staff, StaffScope
from watmos_desktop.services import policy, words
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action, Actor
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import memory

ROLE_WORDS = {
    Role.CARETAKER: "Caretaker",
    Role.AMBASSADOR: "Ambassador",
    Role.TENANCY_OFFICER: "Tenancy officer",
    Role.ASB_OFFICER: "ASB officer",
    Role.RESIDENT_VOICE: "Resident voice officer",
    Role.SAFEGUARDING_LEAD: "Safeguarding lead",
    Role.MANAGER: "Manager",
    Role.ADMINISTRATOR: "Administrator",
}
_LAST = "person"  # the workspace remembers under this key who used it last


@dataclass(frozen=True)
class StaffCard:
    """Someone who can open the program. ``words``: ``Caretaker``; ``looks_after``: ``Lindley Estate``."""

    id: UUID
    name: str
    role: Role
    words: str
    looks_after: str


def people_here(session: Session) -> list[StaffCard]:
    """Everyone who can open the program, by name."""
    places: dict[UUID, list[str]] = {}
    named = (
        select(StaffScope.staff_id, Estate.name, Block.name)
        .join(Estate, StaffScope.estate_id == Estate.id)
        .outerjoin(Block, StaffScope.block_id == Block.id)
        .where(StaffScope.deleted.is_(False))
        .order_by(Estate.name, Block.name)
    )
    for staff_id, estate, block in session.execute(named):
        places.setdefault(staff_id, []).append(block or estate)
    rows = session.scalars(select(Staff).where(Staff.active, Staff.deleted.is_(False)).order_by(Staff.name))
    return [
        StaffCard(
            row.id, row.name, row.role, ROLE_WORDS[row.role], _looks_after(row.role, places.get(row.id))
        )
        for row in rows
    ]


def _looks_after(role: Role, places: list[str] | None) -> str:
    if not places:
        return "All estates" if Actor(None, "", role).everywhere else "No estate yet"
    return ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")


def act_as(store: Store, who: UUID | str, *, remember: bool = False) -> Actor:
    """Use the store as that person, by id or name (or a part of it that only one has).

    ``remember``: the window opens as them the next time; a script leaves that as it is.
    Raises Told, which names nobody, when there is no such person or the name fits several, and for anyone but
    its member where the workspace joined an office.
    """
    with store.read() as session:
        found = _one(session, who)
        office = memory.read(session)
        if office is not None and office.member_id != found.id:
            raise Told(
                "This workspace is one person's own since it joined the office.",
                "Use your own, or ask the office for a code to join with.",
                field="person",
            )
        scopes = session.execute(
            select(StaffScope.estate_id, StaffScope.block_id).where(
                StaffScope.staff_id == found.id, StaffScope.deleted.is_(False)
            )
        ).all()
        actor = Actor(
            found.id,
            found.name,
            found.role,
            frozenset(estate for estate, block in scopes if block is None),
            frozenset(block for _, block in scopes if block is not None),
            _cases(session) if office is not None else frozenset(),
        )
    store.actor = actor
    if remember and store.recall(_LAST) != {"id": str(actor.staff_id)}:
        store.remember(_LAST, {"id": str(actor.staff_id)})
    return actor


def _cases(session: Session) -> frozenset[UUID]:
    """The cases that came to this device: the office sends each to who is named to it, and to nobody else (S22)."""
    return frozenset(session.scalars(select(RestrictedCase.id).where(~RestrictedCase.deleted)))


def _one(session: Session, who: UUID | str) -> StaffCard:
    people = people_here(session)
    if isinstance(who, UUID):
        fitting = [one for one in people if one.id == who]
    else:
        wanted = " ".join(who.split()).casefold()
        fitting = [one for one in people if one.name.casefold() == wanted]
        fitting = fitting or [one for one in people if wanted and wanted in one.name.casefold()]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Told("More than one person here has that name.", "Write the whole name.", field="person")
    raise Told("Nobody of that name works here.", "Check the spelling, or ask a manager.", field="person")


def last_used(store: Store) -> UUID | None:
    """Who used this workspace last, or its only manager; None when someone has to be chosen."""
    remembered = store.recall(_LAST).get("id")
    with store.read() as session:
        people = people_here(session)
    if remembered and any(str(one.id) == remembered for one in people):
        return UUID(remembered)
    managers = [one for one in people if one.role is Role.MANAGER]
    return managers[0].id if len(managers) == 1 else None


def first_person(store: Store, name: str, role: Role = Role.MANAGER) -> Actor:
    """Write the first person of a new workspace and use it as them; Told when there is someone already."""
    with store.write("first person", undoable=False) as session:
        if session.scalar(select(Staff.id).limit(1)) is not None:
            raise Told("Someone works here already.", "Ask a manager to add you.")
        staff = Staff(name=_name(name), role=role)
        session.add(staff)
        session.flush()
        staff_id = staff.id
    return act_as(store, staff_id, remember=True)


def add_staff(
    session: Session,
    name: str,
    role: Role,
    *,
    estates: Iterable[UUID] = (),
    blocks: Iterable[UUID] = (),
) -> UUID:
    """Add someone and what they look after; gives their id. Raises NotAllowed, NotFound, Told."""
    policy.require(session, Action.MANAGE_STAFF, "staff")
    staff = Staff(name=_name(name), role=role)
    session.add(staff)
    session.flush()
    for estate_id in estates:
        estate = policy.find(session, Estate, estate_id, "That estate")
        session.add(StaffScope(staff_id=staff.id, estate_id=estate.id))
    for block_id in blocks:
        block = policy.find(session, Block, block_id, "That block")
        session.add(StaffScope(staff_id=staff.id, estate_id=block.estate_id, block_id=block.id))
    session.flush()
    return staff.id


def leave(session: Session, staff_id: UUID) -> None:
    """Someone works here no longer: their records stay. Nobody ends their own access."""
    actor = policy.require(session, Action.MANAGE_STAFF, "staff")
    staff = session.get(Staff, staff_id)
    if staff is None or staff.deleted:
        raise NotFound("That person")
    if staff_id == actor.staff_id:
        raise Told("You cannot end your own access.", "Ask another manager.")
    staff.active = False


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Told("Say who this is.", f"A name has 1 to {words.NAME} letters.", field="name")
    return words.fits(name, words.NAME, "name", "A name")
