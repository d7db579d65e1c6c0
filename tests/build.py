"""Makes records for tests: each fills in what the test does not care about, and saves."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from tests.fakes import NOW
from watmos_desktop.models.kinds import Priority, Role, TenancyKind, Trade
from watmos_desktop.models.tables import (
    Block,
    CommunitySpace,
    Contractor,
    Defect,
    Estate,
    Home,
    HouseholdMember,
    Inspection,
    Person,
    Repair,
    Schedule,
    Staff,
    StaffScope,
    Synced,
    Tenancy,
)
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.references import reference
from watmos_desktop.services.store import Store

_numbers = itertools.count(1)
_Row = TypeVar("_Row", bound=Synced)


def _saved(session: Session, row: _Row) -> _Row:
    session.add(row)
    session.flush()
    return row


def an_estate(session: Session, **fields: Any) -> Estate:
    given = {"code": f"E{next(_numbers)}", "name": "Lindley Estate", "town": "Walsall"}
    return _saved(session, Estate(**given | fields))


def a_block(session: Session, estate: Estate | None = None, **fields: Any) -> Block:
    estate = estate or an_estate(session)
    given = {"estate_id": estate.id, "code": f"B{next(_numbers)}", "name": "Lindley House"}
    return _saved(session, Block(**given | fields))


def a_space(session: Session, estate: Estate | None = None, **fields: Any) -> CommunitySpace:
    estate = estate or an_estate(session)
    given = {"estate_id": estate.id, "code": f"S{next(_numbers)}", "name": "Lindley Hall"}
    return _saved(session, CommunitySpace(**given | fields))


def a_home(session: Session, block: Block | None = None, **fields: Any) -> Home:
    block = block or a_block(session)
    number = next(_numbers)
    given = {
        "estate_id": block.estate_id,
        "block_id": block.id,
        "code": f"H{number}",
        "number": str(number),
        "address": f"Flat {number}, {block.name}",
        "postcode": "WS1 2AB",
    }
    return _saved(session, Home(**given | fields))


def a_person(session: Session, name: str = "Zoë Łukasiewicz", **fields: Any) -> Person:
    return _saved(session, Person(name=name, **fields))


def a_tenancy(session: Session, home: Home, *people: Person, **fields: Any) -> Tenancy:
    """A tenancy of that home, held by those people."""
    given = {
        "home_id": home.id,
        "code": f"T{next(_numbers)}",
        "kind": TenancyKind.ASSURED,
        "started_on": date(2024, 4, 1),
    }
    tenancy = _saved(session, Tenancy(**given | fields))
    for person in people:
        _saved(session, HouseholdMember(tenancy_id=tenancy.id, person_id=person.id, tenant=True))
    return tenancy


def a_staff(
    session: Session,
    role: Role = Role.CARETAKER,
    name: str = "M. Kaur",
    *,
    estates: Iterable[Estate] = (),
    blocks: Iterable[Block] = (),
    **fields: Any,
) -> Staff:
    """Someone who works here, and the estates and blocks they look after."""
    staff = _saved(session, Staff(name=name, role=role, **fields))
    for estate in estates:
        _saved(session, StaffScope(staff_id=staff.id, estate_id=estate.id))
    for block in blocks:
        _saved(session, StaffScope(staff_id=staff.id, estate_id=block.estate_id, block_id=block.id))
    return staff


def an_actor(
    role: Role | None,
    staff: Staff | None = None,
    *,
    estates: Iterable[Estate] = (),
    blocks: Iterable[Block] = (),
) -> Actor:
    """Someone using the program, without a record of their own unless ``staff`` is given."""
    return Actor(
        staff.id if staff else None,
        staff.name if staff else "",
        role,
        frozenset(estate.id for estate in estates),
        frozenset(block.id for block in blocks),
    )


def acting(
    store: Store,
    role: Role,
    *,
    estates: Iterable[Estate] = (),
    blocks: Iterable[Block] = (),
    name: str = "A. Person",
) -> Actor:
    """Save a new member of staff and use the store as that person from now on."""
    estates, blocks = list(estates), list(blocks)
    with store.write("someone new", undoable=False) as session:
        staff = a_staff(session, role, name, estates=estates, blocks=blocks)
    store.actor = an_actor(role, staff, estates=estates, blocks=blocks)
    return store.actor


def a_schedule(
    session: Session, block: Block, template_key: str = "block-internal", **fields: Any
) -> Schedule:
    given = {
        "estate_id": block.estate_id,
        "block_id": block.id,
        "template_key": template_key,
        "every_months": 1,
        "starts_on": date(2026, 1, 12),
        "due_on": NOW.date(),
    }
    return _saved(session, Schedule(**given | fields))


def an_inspection(session: Session, block: Block, staff: Staff, **fields: Any) -> Inspection:
    number = uuid7()
    given = {
        "id": number,
        "reference": reference("I", number),
        "template_key": "block-internal",
        "template_version": 1,
        "estate_id": block.estate_id,
        "block_id": block.id,
        "place_key": block.id,
        "started_at": NOW,
        "started_by": staff.id,
    }
    return _saved(session, Inspection(**given | fields))


def a_repair(session: Session, block: Block, staff: Staff, **fields: Any) -> Repair:
    number = uuid7()
    given = {
        "id": number,
        "reference": reference("R", number),
        "estate_id": block.estate_id,
        "block_id": block.id,
        "title": "Mend the handrail",
        "trade": Trade.CARPENTRY,
        "priority": Priority.ROUTINE,
        "reported_at": NOW,
        "reported_by": staff.id,
        "due_at": datetime(2027, 1, 4, 23, 59, 59, tzinfo=NOW.tzinfo),
    }
    return _saved(session, Repair(**given | fields))


def a_defect(session: Session, inspection: Inspection, **fields: Any) -> Defect:
    number = uuid7()
    given = {
        "id": number,
        "reference": reference("D", number),
        "place_key": inspection.place_key,
        "template_key": inspection.template_key,
        "area_key": "stairs",
        "item_key": "handrail",
        "title": "Handrail loose",
        "inspection_id": inspection.id,
        "seen_at": inspection.started_at,
    }
    return _saved(session, Defect(**given | fields))


def a_contractor(session: Session, name: str = "Apex Carpentry", **fields: Any) -> Contractor:
    """A firm for carpentry everywhere, with a phone; at work Monday to Friday."""
    given = {
        "code": f"C{next(_numbers)}",
        "name": name,
        "trades": [Trade.CARPENTRY.value],
        "phone": "0121 496 0123",
    }
    return _saved(session, Contractor(**given | fields))
