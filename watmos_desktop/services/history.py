"""The history of a record, and undo: the inverse of the last actions, written through the same door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from watmos_desktop.models.tables import SYNCED, Change, Staff
from watmos_desktop.services import policy, signing, wording
from watmos_desktop.services.capture import from_json, to_json
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store

_UNSHOWN = {"stamps", "id", "deleted"}


@dataclass(frozen=True)
class Step:
    """One change of a record: when, who, why, and each field before and after as this person may see them.

    ``why`` may hold words that someone typed, so it is shown to those who may know who said it.
    """

    when: str
    who: str
    why: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Undoable:
    """An action that can be taken back."""

    txn_id: UUID
    why: str


def of(session: Session, table: str, record_id: UUID) -> list[Step]:
    """Every change of one record on this device, newest first."""
    actor = policy.actor(session)
    policy.find(session, SYNCED[table], record_id)
    rows = session.execute(
        select(Change, Staff.name)
        .outerjoin(Staff, Staff.id == Change.staff_id)
        .where(Change.table_name == table, Change.record_id == record_id)
        .order_by(Change.n.desc())
    )
    named = policy.may_see(actor, "staff", "name")
    return [
        Step(
            wording.moment(change.made_at.astimezone(LONDON)),
            (name or "") if named or change.staff_id == actor.staff_id else "",
            change.why if named or change.staff_id == actor.staff_id else "changed",
            tuple(
                (field.replace("_", " "), _words(change.before.get(field)), _words(after))
                for field, after in change.after.items()
                if field not in _UNSHOWN
                and policy.may_see(actor, table, field)
                and _words(change.before.get(field)) != _words(after)
            ),
        )
        for change, name in rows
    ]


def _words(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def last(session: Session) -> Undoable | None:
    """The newest action of this person on this device that can still be taken back, if any."""
    actor = policy.actor(session)
    undo = aliased(Change)
    row = session.execute(
        select(Change.txn_id, Change.why)
        .where(
            Change.staff_id == actor.staff_id,
            Change.undoable,
            Change.undoes.is_(None),
            ~select(undo.n).where(undo.undoes == Change.txn_id).exists(),
        )
        .order_by(Change.n.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    newer_seal = select(func.max(Change.n)).where(Change.undoable.is_(False))
    mine = select(func.max(Change.n)).where(Change.txn_id == row.txn_id)
    if (session.scalar(newer_seal) or 0) > (session.scalar(mine) or 0):
        return None  # what was signed since rests on it
    return Undoable(row.txn_id, row.why)


def undo(store: Store, action: Undoable) -> None:
    """Take back the action that ``last`` gave, as a whole.

    Raises Told, with nothing changed, when it is not the last one any more, when someone changed the same since,
    or when it belongs to an inspection signed since.
    """
    with store.write(f"took back: {action.why}", undoes=action.txn_id) as session:
        if last(session) != action:
            raise _moved_on()
        changes = session.scalars(
            select(Change).where(Change.txn_id == action.txn_id).order_by(Change.n.desc())
        ).all()
        for change in changes:
            _inverse(session, change)


def _inverse(session: Session, change: Change) -> None:
    model = SYNCED[change.table_name]
    row = session.get(model, change.record_id)
    if row is None or signing.is_sealed(session, row):
        raise _moved_on()
    for name, after in change.after.items():
        if to_json(getattr(row, name)) != after:
            raise _moved_on()
    if change.kind == "insert":
        row.deleted = True
        return
    for name in change.after:
        setattr(row, name, from_json(model, name, change.before.get(name)))


def _moved_on() -> Told:
    return Told(
        "That was changed again since, so it cannot be taken back.",
        "Change it by hand; the history shows how.",
    )
