"""What of the work in quarantine an administrator may know: no more than of the records it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, or_, select

from watmos_desktop.models.tables import SYNCED
from watmos_office import buckets, quarantine
from watmos_office.caller import Caller
from watmos_office.errors import not_found
from watmos_office.quarantine import Held
from watmos_office.tables import Member, Quarantine, Record

_CASES = frozenset({"restricted_case", "case_note"})


@dataclass(frozen=True)
class HeldCard:
    """One operation that waits. ``fields`` is what its reader may see of it."""

    op_id: UUID
    txn_id: UUID
    device_id: UUID
    member_id: UUID
    member: str
    table: str
    rid: UUID
    reason: str
    at: datetime
    state: str
    fields: dict[str, Any]


def listing(connection: Connection, caller: Caller, state: str = "open") -> list[HeldCard]:
    """What waits, the oldest first, as far as this person may know of it."""
    names = {row.id: row.name for row in connection.execute(select(Member.id, Member.name))}
    return [
        _card(connection, caller, one, names.get(one.member_id, ""))
        for one in quarantine.listing(connection, state=state)
        if _known(connection, caller, one)
    ]


def find(connection: Connection, caller: Caller, op_id: UUID) -> Held:
    """One that waits. Raises Answer 404 alike when it does not, and when this person may not know of it."""
    for one in quarantine.listing(connection):
        if one.op_id == op_id and _known(connection, caller, one):
            return one
    raise not_found()


def _card(connection: Connection, caller: Caller, one: Held, member: str) -> HeldCard:
    fields = quarantine.fields(connection, caller.actor, one.op_id)
    return HeldCard(
        one.op_id,
        one.txn_id,
        one.device_id,
        one.member_id,
        member,
        one.table,
        one.rid,
        one.reason,
        one.at,
        one.state,
        fields,
    )


def _known(connection: Connection, caller: Caller, one: Held) -> bool:
    """Whether this person may know that it waits: what has no place yet is for who looks after everything."""
    about_a_case = _about_a_case(connection, one)
    if one.member_id == caller.member_id and (caller.confirmed or not about_a_case):
        return True
    places = _places(connection, one)
    if about_a_case:
        return bool(places) and all(place in caller.buckets for place in places)
    return caller.actor.everywhere if not places else not places.isdisjoint(caller.buckets)


def _places(connection: Connection, one: Held) -> frozenset[str]:
    """Where the record lies, and where the operation would put it."""
    if one.table not in SYNCED:
        return frozenset()
    there = select(Record.data).where(Record.tbl == one.table, Record.rid == one.rid)
    data, said = connection.execute(there).scalar(), _said(connection, one)
    places: set[str] = set()
    for stands in ({**(data or {}), **said}, data):
        try:
            places |= (
                buckets.of(connection, one.table, one.rid, stands) if stands is not None else frozenset()
            )
        except (ValueError, TypeError):  # what was said makes no sense, which may be why it waits
            continue
    return frozenset(places)


def _about_a_case(connection: Connection, one: Held) -> bool:
    """Whether it, another part of its action, or other work on the same record that waits, is about a case."""
    together = select(Quarantine.tbl, Quarantine.body).where(
        or_(
            and_(Quarantine.txn_id == one.txn_id, Quarantine.device_id == one.device_id),
            and_(Quarantine.tbl == one.table, Quarantine.rid == one.rid),
        )
    )
    there = select(Record.data).where(Record.tbl == one.table, Record.rid == one.rid)
    data = connection.execute(there).scalar() or {}
    owners = {data.get("owner_table"), data.get("record_table")}
    return not owners.isdisjoint(_CASES) or any(
        _names_a_case(tbl, body) for tbl, body in connection.execute(together)
    )


def _names_a_case(table: str, body: Mapping[str, Any]) -> bool:
    said = body.get("set")
    said = said if isinstance(said, dict) else {}
    names = (table, body.get("tbl"), said.get("owner_table"), said.get("record_table"))
    return "case_id" in said or any(str(name) in _CASES for name in names)


def _said(connection: Connection, one: Held) -> Mapping[str, Any]:
    body = connection.execute(select(Quarantine.body).where(Quarantine.op_id == one.op_id)).scalar()
    said = body.get("set") if isinstance(body, dict) else None
    return said if isinstance(said, dict) else {}
