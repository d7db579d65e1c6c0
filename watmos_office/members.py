"""Who works with the program and what they look after: the office's own rows, and the records that devices read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update
from uuid_utils.compat import uuid7

from watmos_desktop.models.kinds import Role
from watmos_desktop.services import words
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.policy import Actor
from watmos_office import audit, records
from watmos_office.office import Office
from watmos_office.records import Change
from watmos_office.tables import Device, Grant, Member, Record


@dataclass(frozen=True)
class GrantCard:
    """One place that someone looks after: an estate, or one block of it. ``words`` is its name."""

    id: UUID
    estate_id: UUID
    block_id: UUID | None
    words: str


@dataclass(frozen=True)
class MemberCard:
    """Someone who works with the program; ``devices`` counts those that can still call."""

    id: UUID
    name: str
    role: Role
    active: bool
    grants: tuple[GrantCard, ...]
    devices: int


def cards(connection: Connection) -> list[MemberCard]:
    """Everyone, by name."""
    names = _names(connection)
    grants: dict[UUID, list[GrantCard]] = {}
    for row in connection.execute(select(Grant.__table__).where(Grant.to_at.is_(None))):
        place = names.get(row.block_id or row.estate_id, str(row.block_id or row.estate_id))
        grants.setdefault(row.member_id, []).append(GrantCard(row.id, row.estate_id, row.block_id, place))
    living = select(Device.member_id, func.count()).where(Device.status != "wiped").group_by(Device.member_id)
    devices = {member: int(count) for member, count in connection.execute(living)}
    return [
        MemberCard(
            row.id,
            row.name,
            Role(row.role),
            row.active,
            tuple(sorted(grants.get(row.id, []), key=lambda one: (one.words, str(one.id)))),
            devices.get(row.id, 0),
        )
        for row in connection.execute(select(Member.__table__).order_by(Member.name, Member.id))
    ]


def find(connection: Connection, who: str) -> UUID:
    """The member of that id or name, or of a part of a name that only one has. Raises Told, which names nobody."""
    people = cards(connection)
    wanted = " ".join(who.split()).casefold()
    fitting = [one for one in people if str(one.id) == wanted]
    fitting = fitting or [one for one in people if one.name.casefold() == wanted]
    fitting = fitting or [one for one in people if wanted and wanted in one.name.casefold()]
    if len(fitting) == 1:
        return fitting[0].id
    if fitting:
        raise Told("More than one person here has that name.", "Give the id from `watmos-office user list`.")
    raise Told("Nobody of that name works here.", "`watmos-office user list` shows who does.")


def place(connection: Connection, table: str, text: str) -> UUID:
    """The estate or block (``table``) of that id, code or name. Raises Told when there is none, or several."""
    wanted = " ".join(text.split()).casefold()
    there = select(Record.rid, Record.data).where(Record.tbl == table, Record.deleted.is_(False))
    rows = connection.execute(there).all()
    for field in ("id", "code", "name"):
        fitting = [one for one in rows if wanted == str(one.data.get(field, one.rid)).casefold()]
        if len(fitting) > 1:
            raise Told(f"More than one {table} is called that.", "Give its code or id.", field=table)
        if fitting:
            rid: UUID = fitting[0].rid
            return rid
    raise NotFound(f"That {table}")


def estate_of(connection: Connection, block_id: UUID) -> UUID:
    """The estate that a block belongs to. Raises NotFound."""
    block = _data(connection, "block", block_id)
    if block is None:
        raise NotFound("That block")
    return UUID(block["estate_id"])


def add(
    connection: Connection,
    office: Office,
    by: Actor | None,
    name: str,
    role: Role,
    *,
    estates: Iterable[UUID] = (),
    blocks: Iterable[UUID] = (),
) -> UUID:
    """Add someone and what they look after; gives their id. ``by`` is None at the console.

    Raises Told for a name that is none, NotAllowed and NotFound for a place that ``by`` does not look after.
    """
    clean = _name(name)
    places = [(estate, None) for estate in estates] + [(estate_of(connection, one), one) for one in blocks]
    if by is not None and not by.everywhere and not places:
        raise NotAllowed("add someone who looks after every estate")
    member_id = uuid7()
    connection.execute(
        insert(Member).values(
            id=member_id, name=clean, role=role.value, active=True, grant_v=1, made_at=office.clock.now()
        )
    )
    audit.note(connection, office, _id(by), "member.add", member_id)
    changes = [Change("staff", member_id, {"name": clean, "role": role.value, "active": True})]
    for estate_id, block_id in places:
        changes += _granted(connection, office, by, member_id, estate_id, block_id)
    records.write_all(connection, office, changes)
    return member_id


def disable(connection: Connection, office: Office, by: Actor | None, member_id: UUID) -> None:
    """End someone's access: their devices may send what they have, into quarantine, and get nothing more.

    Raises NotFound, NotAllowed, and Told when it is the last who may manage staff, or the caller.
    """
    row = managed(connection, by, member_id)
    if not row.active:
        return
    managing = (Role.MANAGER.value, Role.ADMINISTRATOR.value)
    left = select(Member.id).where(Member.active, Member.role.in_(managing), Member.id != member_id).limit(1)
    if row.role in managing and connection.execute(left).first() is None:
        raise Told(
            "Nobody would be left who may manage staff.", "Add another manager or administrator first."
        )
    _bump(connection, member_id, active=False)
    connection.execute(
        update(Device)
        .where(Device.member_id == member_id, Device.status.in_(("active", "suspended")))
        .values(status="drain")
    )
    audit.note(connection, office, _id(by), "member.disable", member_id)
    records.write_all(connection, office, [Change("staff", member_id, {"active": False})])


def grant(
    connection: Connection,
    office: Office,
    by: Actor | None,
    member_id: UUID,
    estate_id: UUID,
    block_id: UUID | None = None,
) -> None:
    """Someone looks after an estate, or one block of it. Raises NotFound, NotAllowed; what they have stays as it is."""
    managed(connection, by, member_id)
    if changes := _granted(connection, office, by, member_id, estate_id, block_id):
        _bump(connection, member_id)
        records.write_all(connection, office, changes)


def revoke(
    connection: Connection,
    office: Office,
    by: Actor | None,
    member_id: UUID,
    estate_id: UUID,
    block_id: UUID | None = None,
) -> None:
    """Someone looks after a place no longer. Raises NotFound, NotAllowed; Told when they would see every estate."""
    row = managed(connection, by, member_id)
    _in_reach(connection, by, estate_id, block_id)
    held = connection.execute(_open(member_id)).all()
    ended = [one.id for one in held if (one.estate_id, one.block_id) == (estate_id, block_id)]
    if not ended:
        return
    if len(held) == len(ended) and Actor(member_id, "", Role(row.role)).everywhere:
        raise Told(
            "In this role, someone without any estate looks after all of them.",
            "Give them another estate first, or end their access.",
        )
    connection.execute(update(Grant).where(Grant.id.in_(ended)).values(to_at=office.clock.now()))
    _bump(connection, member_id)
    audit.note(connection, office, _id(by), "member.revoke", f"{member_id} {block_id or estate_id}")
    records.write_all(connection, office, [Change("staff_scope", one, deleted=True) for one in ended])


def _granted(
    connection: Connection,
    office: Office,
    by: Actor | None,
    member_id: UUID,
    estate_id: UUID,
    block_id: UUID | None,
) -> list[Change]:
    """Write one grant and give its record; nothing when it is there."""
    _in_reach(connection, by, estate_id, block_id)
    held = connection.execute(_open(member_id)).all()
    if any((one.estate_id, one.block_id) == (estate_id, block_id) for one in held):
        return []
    place = {"estate_id": estate_id, "block_id": block_id}
    made, now = uuid7(), office.clock.now()
    connection.execute(insert(Grant).values(id=made, member_id=member_id, from_at=now, to_at=None, **place))
    audit.note(connection, office, _id(by), "member.grant", f"{member_id} {block_id or estate_id}")
    said = {"staff_id": str(member_id), "estate_id": str(estate_id), "block_id": block_id and str(block_id)}
    return [Change("staff_scope", made, said)]


def managed(connection: Connection, by: Actor | None, member_id: UUID, *, own: bool = False) -> Any:
    """The member, if ``by`` may change their access: not that of someone with a wider view, and only with ``own``
    their own. Raises NotFound, NotAllowed, Told."""
    found = select(Member.__table__).where(Member.id == member_id).with_for_update()
    row = connection.execute(found).first()
    if row is None:
        raise NotFound("That person")
    if by is None:
        return row
    if by.staff_id == member_id:
        if own:
            return row
        raise Told("You cannot change your own access.", "Ask another manager.")
    if not by.everywhere:
        held = connection.execute(_open(member_id)).all()
        if not held or not all(one.estate_id in by.estates or one.block_id in by.blocks for one in held):
            raise NotAllowed("change the access of someone who looks after more than you")
    return row


def _in_reach(connection: Connection, by: Actor | None, estate_id: UUID, block_id: UUID | None) -> None:
    """Raise NotFound alike for a place that is not there and one that ``by`` does not look after."""
    what = "That estate" if block_id is None else "That block"
    if block_id is None:
        there = _data(connection, "estate", estate_id) is not None
    else:
        block = _data(connection, "block", block_id)
        there = block is not None and block.get("estate_id") == str(estate_id)
    yours = (
        by is None
        or by.everywhere
        or estate_id in by.estates
        or (block_id is not None and block_id in by.blocks)
    )
    if not (there and yours):
        raise NotFound(what)


def _data(connection: Connection, table: str, rid: UUID) -> dict[str, Any] | None:
    found = select(Record.data).where(Record.tbl == table, Record.rid == rid, Record.deleted.is_(False))
    return connection.execute(found).scalar()


def _names(connection: Connection) -> dict[UUID, str]:
    places = select(Record.rid, Record.data).where(Record.tbl.in_(("estate", "block")))
    return {row.rid: str(row.data.get("name", "")) for row in connection.execute(places)}


def _open(member_id: UUID) -> Any:
    return select(Grant.__table__).where(Grant.member_id == member_id, Grant.to_at.is_(None))


def _bump(connection: Connection, member_id: UUID, **values: object) -> None:
    raised = update(Member).where(Member.id == member_id).values(grant_v=Member.grant_v + 1, **values)
    connection.execute(raised)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Told("Say who this is.", f"A name has 1 to {words.NAME} letters.", field="name")
    return words.fits(name, words.NAME, "name", "A name")


def _id(by: Actor | None) -> UUID | None:
    return by.staff_id if by else None
