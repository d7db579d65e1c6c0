"""Conflicts and held work as the office would send them, laid into a store without an office."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

from tests.conftest import Let
from watmos_desktop.models.kinds import ConflictKind, ConflictState
from watmos_desktop.models.tables import SYNCED, Conflict, Held
from watmos_desktop.services.capture import to_json

T = TypeVar("T")


def the(found: T | None) -> T:
    """What must be there."""
    assert found is not None
    return found


def a_conflict(
    let: Let,
    *,
    field: str,
    value: dict[str, Any],
    shown: dict[str, Any] | None = None,
    table: str = "repair",
    rid: UUID | None = None,
    kind: ConflictKind = ConflictKind.CLASH,
    made_by: str = "me",
    shown_by: str = "officer",
    ago: timedelta = timedelta(minutes=10),
) -> UUID:
    """One open conflict on the landlord's repair: ``value`` lost against what the record shows."""
    rid = rid or let.landlord.repair_id
    if shown is None:
        with let.store.read() as session:
            row = the(session.get(SYNCED[table], rid))
            shown = {name: to_json(getattr(row, name)) for name in value}
    people = {"me": let.store.actor.staff_id} | {
        who: getattr(let.landlord, who).staff_id for who in ("officer", "caretaker", "manager")
    }
    now = let.store.clock.now()
    made = {
        "id": uuid7(),
        "deleted": False,
        "stamps": {},
        "owner_table": table,
        "owner_id": rid,
        "field": field,
        "kind": kind,
        "state": ConflictState.OPEN,
        "value": value,
        "shown": shown,
        "stamp": "",
        "made_by": people[made_by],
        "made_at": now - ago,
        "shown_by": people[shown_by],
        "shown_at": now - ago / 2,
    }
    with let.store.apply() as connection:
        connection.execute(Conflict.__table__.insert(), made)  # type: ignore[attr-defined]
    let.store.announce({"conflict": {made["id"]}})
    return UUID(str(made["id"]))


def a_held(let: Let, fields: dict[str, Any], reason: str, table: str = "repair") -> UUID:
    """One operation that the office put into quarantine."""
    op_id = uuid4()
    row = {
        "op_id": op_id,
        "table_name": table,
        "record_id": let.landlord.repair_id,
        "fields": fields,
        "reason": reason,
        "at": let.store.clock.now(),
        "seen": False,
    }
    with let.store.apply() as connection:
        connection.execute(Held.__table__.insert(), row)  # type: ignore[attr-defined]
    return op_id
