"""Change capture: what a session saved becomes a change record and an outbox entry in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import Session, UOWTransaction
from uuid_utils.compat import uuid7

from watmos_desktop.models.migrations import HEAD
from watmos_desktop.models.tables import SYNCED, Change, Outbox, Synced
from watmos_desktop.services import words
from watmos_desktop.services.stamps import StampClock, tag
from watmos_desktop.services.sync import registers
from watmos_desktop.services.sync.registers import INSERTED, NEWEST, Kind

_UNSAID = {"stamps"}  # kept with the row; never part of what a person changed


class UncapturedWrite(RuntimeError):  # noqa: N818 - says what happened
    """A commit would have changed a synced table without telling sync: a bug, refused before it loses work."""


@dataclass
class Transaction:
    """One write through the door: who, when, why, and which rows it touched."""

    why: str
    made_at: datetime
    staff_id: UUID | None
    device_id: UUID
    incarnation: UUID
    stamps: StampClock
    undoable: bool = True
    undoes: UUID | None = None
    id: UUID = field(default_factory=uuid7)
    touched: dict[str, set[UUID]] = field(default_factory=dict)
    inserts: list[dict[str, Any]] = field(default_factory=list)


class WritingSession(Session):
    """The session of the write door; its flushes are captured."""

    @property
    def transaction_record(self) -> Transaction:
        """The write this session belongs to."""
        found: Transaction = self.info["transaction"]
        return found


def never_undone(session: Session) -> None:
    """What this write does is not a step that undo takes back, nor anything before it: a walk begun or signed."""
    transaction: Transaction = session.info["transaction"]
    transaction.undoable = False


def to_json(value: object) -> Any:
    """A column's value as JSON keeps it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()  # one spelling, whatever offset it came with
    return value.isoformat() if isinstance(value, date) else value


def from_json(model: type[Synced], name: str, value: Any) -> Any:
    """The inverse of ``to_json`` for one column of a table."""
    if value is None:
        return None
    kind = inspect(model).columns[name].type.python_type
    if kind is UUID:
        return UUID(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    return kind(value) if issubclass(kind, Enum) else value


def changed_fields(row: Synced) -> dict[str, tuple[Any, Any]]:
    """The fields of a row that differ from what the database holds, as ``{name: (before, after)}``."""
    state = inspect(row)
    found: dict[str, tuple[Any, Any]] = {}
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if attribute.key in _UNSAID or not history.has_changes():
            continue
        before = history.deleted[0] if history.deleted else None
        after = history.added[0] if history.added else None
        if before != after:
            found[attribute.key] = (to_json(before), to_json(after))
    return found


@event.listens_for(WritingSession, "before_flush")
def _stamp(session: WritingSession, _context: UOWTransaction, _instances: object) -> None:
    """Give every changed field its stamp, and remember the stamps that the person was looking at."""
    transaction = session.transaction_record
    stamp = ""
    said: dict[int, tuple[dict[str, Any], dict[str, str]]] = session.info.setdefault("said", {})
    for row in [*session.new, *session.dirty]:
        if not isinstance(row, Synced):
            continue
        stamp = stamp or transaction.stamps.next(transaction.made_at)
        if row not in session.new:
            _order_sets(row)
        fields = changed_fields(row)
        for name, (_, after) in fields.items():
            if isinstance(after, str):
                words.refuse_unkeepable(after, name)
        if row in session.new:
            row.stamps = {INSERTED: stamp}
        elif fields:
            whole = _whole(row, fields)
            said[id(row)] = whole, _base(row, whole, tag(stamp))
            row.stamps = {**(row.stamps or {}), **dict.fromkeys(whole, stamp)}


def _order_sets(row: Synced) -> None:
    """Leave a changed set in the order in which the office will have it: what stays, then what is new."""
    for one in registers.declared(inspect(row).mapper.local_table.name).registers.values():
        history = inspect(row).attrs[one.name].history if one.kind is Kind.SET else None
        if history is not None and history.added and history.deleted:
            from watmos_desktop.services.sync.merge import difference, fold

            before = history.deleted[0] or []
            setattr(row, one.name, fold(before, difference(before, history.added[0] or [])))


def _whole(row: Synced, fields: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    """What is sent of a row's change: columns of a group together, of a set what was added and removed."""
    table = inspect(row).mapper.local_table.name
    sent: dict[str, Any] = {}
    for name, (before, after) in fields.items():
        register = registers.register_of(table, name)
        if register.kind is Kind.SET:
            from watmos_desktop.services.sync.merge import difference

            sent[name] = difference(before or [], after or [])
        else:
            sent |= {one: to_json(getattr(row, one)) for one in register.columns}
    return sent


def _base(row: Synced, sent: dict[str, Any], own: str) -> dict[str, str]:
    """The stamps that the person was looking at, and the version of the row that came from the office, if any."""
    old: dict[str, str] = row.stamps or {}
    base = {name: old.get(name, old.get(INSERTED, "")) for name in sent}
    if sent.get("deleted") is True:  # a deletion is about all fields
        base |= {name: stamp for name, stamp in old.items() if ":" not in name and name != registers.OTHERS}
    inserted = old.get(INSERTED, "")
    version = old.get(NEWEST) or ("" if tag(inserted) == own else inserted)
    return {**base, NEWEST: version} if version else base


@event.listens_for(WritingSession, "after_flush")
def _capture(session: WritingSession, _context: UOWTransaction) -> None:
    """Write a change record and an outbox entry for each row of this flush."""
    rows = [("insert", row) for row in session.new] + [("update", row) for row in session.dirty]
    rows += [("delete", row) for row in session.deleted]
    entries = [
        _entry(session, kind, row)
        for kind, row in rows
        if isinstance(row, Synced) and (kind != "update" or changed_fields(row))
    ]
    if entries:
        _save(session.connection(), session.transaction_record, entries)


def _entry(
    session: WritingSession, kind: str, row: Synced
) -> tuple[str, UUID, str, dict[str, Any], dict[str, Any]]:
    table = inspect(row).mapper.local_table.name
    session.transaction_record.touched.setdefault(table, set()).add(row.id)
    if kind == "delete":
        before = {a.key: to_json(getattr(row, a.key)) for a in inspect(row).mapper.column_attrs}
        return table, row.id, kind, {"before": before, "after": {}, "sent": {}}, dict(row.stamps or {})
    if kind == "insert":  # all that is kept, defaults too: whoever reads it may have others
        values = {a.key: to_json(getattr(row, a.key)) for a in inspect(row).mapper.column_attrs}
        after = {name: value for name, value in values.items() if name not in _UNSAID and value is not None}
        return table, row.id, kind, {"before": {}, "after": after, "sent": after}, {}
    fields = changed_fields(row)
    before = {name: pair[0] for name, pair in fields.items()}
    after = {name: pair[1] for name, pair in fields.items()}
    sent, base = session.info["said"].pop(id(row))
    return table, row.id, kind, {"before": before, "after": after, "sent": sent}, base


def _save(
    connection: Connection,
    transaction: Transaction,
    entries: list[tuple[str, UUID, str, dict[str, Any], dict[str, Any]]],
) -> None:
    shared = {"txn_id": transaction.id, "made_at": transaction.made_at, "staff_id": transaction.staff_id}
    connection.execute(
        Change.__table__.insert(),  # type: ignore[attr-defined]
        [
            {
                **shared,
                "device_id": transaction.device_id,
                "why": transaction.why,
                "undoable": transaction.undoable,
                "undoes": transaction.undoes,
                "table_name": table,
                "record_id": record_id,
                "kind": kind,
                "before": values["before"],
                "after": values["after"],
            }
            for table, record_id, kind, values, _ in entries
        ],
    )
    connection.execute(
        Outbox.__table__.insert(),  # type: ignore[attr-defined]
        [
            {
                **shared,
                "incarnation": transaction.incarnation,
                "table_name": table,
                "record_id": record_id,
                "kind": kind,
                "fields": values["sent"],
                "base": base,
                "stamp": transaction.stamps.last,
                "schema_version": HEAD,
            }
            for table, record_id, kind, values, base in entries
        ],
    )
    connection.exec_driver_sql(
        "DELETE FROM _touched WHERE tbl = ? AND rid = ?",
        [(table, record_id.bytes) for table, record_id, *_ in entries],
    )


def refuse_uncaptured(connection: Connection) -> None:
    """The tripwire: raises UncapturedWrite when a synced row was written past the capture."""
    left = connection.exec_driver_sql("SELECT tbl FROM _touched LIMIT 1").first()
    if left or connection.exec_driver_sql("SELECT 1 FROM _mode WHERE applying <> 0").first():
        connection.exec_driver_sql("ROLLBACK")  # the commit event comes too late for SQLAlchemy to do it
        raise UncapturedWrite(f"a write to {left[0] if left else 'a table'} was not captured")


__all__ = [
    "SYNCED",
    "Transaction",
    "UncapturedWrite",
    "WritingSession",
    "from_json",
    "never_undone",
    "refuse_uncaptured",
    "to_json",
]
