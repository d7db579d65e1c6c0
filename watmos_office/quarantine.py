"""Operations that were not applied: kept with their content until someone decides, never deleted (docs/sync.md 1)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services import policy
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.sync import wire
from watmos_office import grants, saving
from watmos_office.applying import Applying
from watmos_office.caller import Caller
from watmos_office.errors import not_found
from watmos_office.office import Office
from watmos_office.tables import Fact, Op, Quarantine
from watmos_office.understanding import Item, understand_all

_TRIES = 5
_SCHEMA = "schema"  # a fact of the office: the newest that its program knew at the last start


@dataclass(frozen=True)
class Held:
    """One operation that waits, by its ids and the reason; ``fields`` gives its content to those who may see it."""

    op_id: UUID
    txn_id: UUID
    device_id: UUID
    member_id: UUID
    table: str
    rid: UUID
    reason: str
    at: datetime
    state: str


def keep(connection: Connection, caller: Caller, items: Sequence[Item], now: datetime) -> None:
    """Keep operations with their content. One whose id belongs to another is kept under an id of its own."""
    rows = []
    for item in items:
        table, rid = item.key
        rows.append(
            {
                "op_id": item.id if item.reason != "collision" else item.twin(caller.device_id),
                "txn_id": item.txn,
                "device_id": caller.device_id,
                "member_id": caller.member_id,
                "tbl": table,
                "rid": rid,
                "reason": item.reason,
                "body": item.written,
                "at": now,
                "state": "open",
                "decided_by": None,
                "decided_at": None,
            }
        )
    saving.add(connection, Quarantine, rows)


def stopped(connection: Connection, device_id: UUID, txns: Collection[UUID]) -> frozenset[UUID]:
    """Those actions of which an earlier part waits here: what follows of them waits too."""
    asked = select(Quarantine.txn_id).where(
        Quarantine.txn_id.in_(txns), Quarantine.device_id == device_id, Quarantine.state != "released"
    )
    return frozenset(connection.scalars(asked)) if txns else frozenset()


def reasons(connection: Connection, ops: Collection[UUID]) -> dict[UUID, str]:
    """Why each of these waits; those that were released since are not there."""
    asked = select(Quarantine.op_id, Quarantine.reason).where(
        Quarantine.op_id.in_(ops), Quarantine.state != "released"
    )
    return {row.op_id: row.reason for row in connection.execute(asked)} if ops else {}


def listing(
    connection: Connection, *, state: str = "open", member_id: UUID | None = None, limit: int = 500
) -> list[Held]:
    """What waits (or was ``released`` or ``dismissed``), the oldest first; of one member alone when said."""
    asked = _held().where(Quarantine.state == state).order_by(Quarantine.at, Quarantine.op_id).limit(limit)
    if member_id is not None:
        asked = asked.where(Quarantine.member_id == member_id)
    return [Held(*row) for row in connection.execute(asked)]


def fields(connection: Connection, actor: Actor, op_id: UUID) -> dict[str, Any]:
    """Of what was said, the fields that this person may see. Raises Answer 404 when there is no such operation."""
    row = connection.execute(
        select(Quarantine.tbl, Quarantine.rid, Quarantine.member_id, Quarantine.body).where(
            Quarantine.op_id == op_id
        )
    ).first()
    if row is None:
        raise not_found()
    said = row.body.get("set")
    mine = row.member_id == actor.staff_id
    case = said.get("case_id", str(row.rid)) if isinstance(said, dict) else ""
    if not isinstance(said, dict) or (
        row.tbl in ("restricted_case", "case_note")
        and not mine
        and case not in {str(one) for one in actor.cases}
    ):
        return {}
    return {name: value for name, value in said.items() if mine or policy.may_see(actor, row.tbl, name)}


def release(office: Office, op_id: UUID, by: UUID | None) -> list[tuple[UUID, str, str]]:
    """Try an operation again with the rest of its action, as the member who made it and as things are now.

    When that is still refused, it is tried with the rights of ``by``, who answers for it; the words stay its
    author's. Gives (operation, status, reason) for each; what is refused again goes on waiting. Raises Answer 404.
    """
    for attempt in range(_TRIES):
        try:
            with office.writing() as connection:
                return _release(connection, office, op_id, by)
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise
    raise AssertionError


def replay(office: Office) -> int:
    """Try again what a newer program had said before this office knew its tables; gives how many were taken."""
    with office.reading() as connection:
        asked = select(Quarantine.op_id, Quarantine.txn_id).where(
            Quarantine.reason == "unknown_table", Quarantine.state == "open", Quarantine.tbl.in_(list(SYNCED))
        )
        actions = {row.txn_id: row.op_id for row in connection.execute(asked.order_by(Quarantine.at))}
    results = [result for op_id in actions.values() for result in release(office, op_id, None)]
    return sum(status != "quarantined" for _, status, _ in results)


def after_update(office: Office) -> int:
    """At a start: ``replay`` once when this program knows newer records than the last; gives how many were taken."""
    newest = {"newest": wire.SCHEMA}
    with office.reading() as connection:
        if connection.scalar(select(Fact.value).where(Fact.key == _SCHEMA)) == newest:
            return 0
    taken = replay(office)
    with office.writing() as connection:
        saving.upsert(connection, Fact, [{"key": _SCHEMA, "value": newest}])
    return taken


def dismiss(connection: Connection, office: Office, op_id: UUID, by: UUID | None) -> None:
    """Decide that an operation is not applied; it is kept with its content. Raises Answer 404."""
    decided = _decided(office, "dismissed", by)
    done = update(Quarantine).where(Quarantine.op_id == op_id, Quarantine.state == "open").values(**decided)
    if connection.execute(done).rowcount != 1:
        raise not_found()


def _release(
    connection: Connection, office: Office, op_id: UUID, by: UUID | None
) -> list[tuple[UUID, str, str]]:
    asked = select(Quarantine.txn_id, Quarantine.device_id, Quarantine.member_id, Quarantine.reason).where(
        Quarantine.op_id == op_id, Quarantine.state == "open"
    )
    found = connection.execute(asked.with_for_update()).first()
    if found is None or found.reason == "collision":
        raise not_found()
    action = (
        select(Quarantine.body)
        .join(Op, Op.id == Quarantine.op_id)
        .where(
            Quarantine.txn_id == found.txn_id,
            Quarantine.device_id == found.device_id,
            Quarantine.state == "open",
            Quarantine.reason != "collision",
        )
        .order_by(Op.received_at, Op.n)
    )
    bodies = list(connection.scalars(action))
    author = grants.actor(connection, found.member_id)
    results: list[Item] = []
    for person in _judged_as(connection, author, by):
        caller = Caller(found.device_id, "active", person, grants.buckets(connection, person), 0)
        results = _try(connection, office, caller, bodies)
        if all(item.status != "quarantined" for item in results):
            _note(connection, office, results, by)
            break
    return [(item.id, item.status, item.reason) for item in results]


def _judged_as(connection: Connection, author: Actor, by: UUID | None) -> list[Actor]:
    if by is None or by == author.staff_id:
        return [author]
    return [author, replace(grants.actor(connection, by), staff_id=author.staff_id)]


def _try(connection: Connection, office: Office, caller: Caller, bodies: Sequence[Any]) -> list[Item]:
    items = understand_all(caller.actor, str(caller.member_id), bodies)
    now = office.clock.now().astimezone(UTC)
    work = Applying(connection, caller, None, now)
    work.take(items)
    if all(item.status != "quarantined" for item in items):
        work.write()
    return items


def _note(connection: Connection, office: Office, items: Sequence[Item], by: UUID | None) -> None:
    for item in items:
        connection.execute(update(Op).where(Op.id == item.id).values(status=item.status))
        released = update(Quarantine).where(Quarantine.op_id == item.id)
        connection.execute(released.values(**_decided(office, "released", by)))


def _decided(office: Office, state: str, by: UUID | None) -> dict[str, Any]:
    return {"state": state, "decided_by": by, "decided_at": office.clock.now().astimezone(UTC)}


def _held() -> Any:
    return select(
        Quarantine.op_id,
        Quarantine.txn_id,
        Quarantine.device_id,
        Quarantine.member_id,
        Quarantine.tbl,
        Quarantine.rid,
        Quarantine.reason,
        Quarantine.at,
        Quarantine.state,
    )
