"""What two people changed at once, and what the office could not take: in words, to be decided by a person.

``items`` lists the open conflicts, true clashes first; ``resolve`` decides one through the ordinary door, so that undo
takes it back and sync tells everyone. ``held`` lists what waits in quarantine, with all that was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import ConflictKind, ConflictState
from watmos_desktop.models.tables import SYNCED, Conflict, Held, Synced
from watmos_desktop.services import policy, record_words, signing, wording
from watmos_desktop.services.capture import from_json, to_json
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.sync import registers

MOST = 200  # shown at once; the rest follows as these are decided
_WHY = {
    ConflictKind.CLASH: "Two people changed this at the same time.",
    ConflictKind.GUARDED: "Two people moved this on at the same time; both steps do not go together.",
    ConflictKind.DELETED: "One person removed this while another changed it.",
    ConflictKind.PARALLEL: "Two people worked on this at the same time. Both changes are kept.",
}


class Choice(StrEnum):
    """What a person decides: the left value, the right one, or both texts one below the other."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True)
class Side:
    """One of two values: who wrote it and when, in words. ``shown``: everybody sees this one now."""

    who: str
    when: str
    shown: bool
    keep: str


@dataclass(frozen=True)
class Part:
    """One field of the conflict with both values in words."""

    label: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class Item:
    """One open conflict. ``mine`` is this person's own value where one of the two is theirs, else the one shown.

    ``quiet``: for information, nothing was lost. ``may_change``: this person may decide, else only look.
    """

    id: UUID
    title: str
    sentence: str
    why: str
    parts: tuple[Part, ...]
    mine: Side
    theirs: Side
    both: bool
    quiet: bool
    may_change: bool
    page: str
    target: UUID


@dataclass(frozen=True)
class HeldItem:
    """One operation in quarantine: the record, why it waits, and every field that was written, in words."""

    id: UUID
    title: str
    sentence: str
    why: str
    when: str
    fields: tuple[tuple[str, str], ...]
    seen: bool

    @property
    def text(self) -> str:
        """All of it as plain text, to copy."""
        lines = [self.title, self.sentence, f"{self.when}. {self.why}"]
        return "\n".join([*lines, *(f"{label}: {words}" for label, words in self.fields)])


def items(session: Session) -> list[Item]:
    """The open conflicts that this person may know of, true clashes before parallel edits, newest first."""
    found = [_item(session, row) for row in _open(session)]
    return sorted((one for one in found if one is not None), key=lambda one: one.quiet)[:MOST]


def count(session: Session) -> int:
    """How many clashes and pieces of held work need this person."""
    rows = ((one, _row(session, one)) for one in _open(session))
    clashes = sum(row is not None and not _is_quiet(one, row) for one, row in rows)
    return clashes + sum(not one.seen for one in _held_rows(session))


def held(session: Session) -> list[HeldItem]:
    """What the office keeps in quarantine of this device's work, newest first."""
    return [_held_item(session, row) for row in _held_rows(session)]


def mark_seen(session: Session, held_id: UUID, *, seen: bool = True) -> None:
    """This person has read why it waits; it stays in quarantine all the same. Raises NotFound."""
    row = session.get(Held, held_id)
    if row is None:
        raise NotFound("That")
    row.seen = seen


def resolve(session: Session, conflict_id: UUID, choice: Choice | str) -> None:
    """Decide a conflict: write the chosen value where another is shown, and close it, in one action.

    Raises NotFound where this person may not know of it, NotAllowed where their role may not write the field, Told
    when it was decided meanwhile, is sealed by a signature, or the step is not lawful any more.
    """
    choice = Choice(choice)
    conflict = session.get(Conflict, conflict_id)
    row = _row(session, conflict) if conflict is not None and not conflict.deleted else None
    if conflict is None or row is None:
        raise NotFound("That decision")
    if conflict.state is not ConflictState.OPEN:
        raise Told("This was decided already.", "Look at the record; its history shows who and when.")
    if choice is Choice.BOTH:
        _write(session, conflict, row, _joined(conflict, row))
        conflict.state = ConflictState.MERGED
    elif _keeps_shown(session, conflict, choice):
        conflict.state = ConflictState.KEPT
    else:
        _write(session, conflict, row, conflict.value)
        conflict.state = ConflictState.RESTORED


def put_by(session: Session, conflict_ids: Iterable[UUID]) -> None:
    """These parallel edits were looked at; nothing changes but that. Raises NotFound as ``resolve`` does."""
    for conflict_id in conflict_ids:
        conflict = session.get(Conflict, conflict_id)
        if conflict is None or conflict.deleted or _row(session, conflict) is None:
            raise NotFound("That decision")
        if conflict.state is ConflictState.OPEN:
            conflict.state = ConflictState.KEPT


def _open(session: Session) -> list[Conflict]:
    rows = session.scalars(
        select(Conflict)
        .where(Conflict.state == ConflictState.OPEN, ~Conflict.deleted)
        .order_by(Conflict.made_at.desc(), Conflict.id)
        .limit(10 * MOST)
    )
    actor = policy.actor(session)
    return [row for row in rows if policy.may_see_conflict(actor, row.owner_table, row.field)]


def _row(session: Session, conflict: Conflict) -> Synced | None:
    """The record of a conflict where this person looks after; None alike when it is not here or not theirs."""
    model = SYNCED.get(conflict.owner_table)
    if model is None or not policy.may_see_conflict(
        policy.actor(session), conflict.owner_table, conflict.field
    ):
        return None
    statement = select(model).where(model.id == conflict.owner_id)
    try:
        return session.scalar(policy.scope(statement, session, model))
    except TypeError:  # it has no place of its own: whoever may see the table was sent it by the office
        return (
            session.scalar(statement)
            if policy.may(policy.actor(session), _SEE, conflict.owner_table)
            else None
        )


_SEE = policy.Action.SEE


def _item(session: Session, conflict: Conflict) -> Item | None:
    row = _row(session, conflict)
    if row is None:
        return None
    table = conflict.owner_table
    named = record_words.named(session, table, conflict.owner_id)
    actor = policy.actor(session)
    swapped = _mine_is_hidden(session, conflict)
    shown, hidden = _told_apart(
        _side(session, *_shown_by(conflict, row), shown=True),
        _side(session, conflict.made_by, conflict.made_at, shown=False),
    )
    columns = _columns(conflict)
    parts = []
    for column in columns:
        if not policy.may_see(
            actor, table, column, mine=actor.staff_id in (conflict.made_by, conflict.shown_by)
        ):
            continue
        words = [
            record_words.value(session, table, column, raw)
            for raw in (to_json(getattr(row, column)), conflict.value.get(column))
        ]
        parts.append(Part(record_words.label(table, column), *(reversed(words) if swapped else words)))
    if conflict.kind is ConflictKind.DELETED:
        gone = ["Removed" if row.deleted else "Kept", "Kept, with the change"]
        parts.insert(0, Part("The record", *(reversed(gone) if swapped else gone)))
    mine, theirs = (hidden, shown) if swapped else (shown, hidden)
    return Item(
        id=conflict.id,
        title=named.title,
        sentence=named.sentence,
        why=_WHY[conflict.kind],
        parts=tuple(parts),
        mine=mine,
        theirs=theirs,
        both=_joined(conflict, row) is not None,
        quiet=_is_quiet(conflict, row),
        may_change=_may_write(actor, conflict),
        page="" if row.deleted else named.page,
        target=named.id,
    )


def _is_quiet(conflict: Conflict, row: Synced) -> bool:
    """Whether nothing is left to decide: both changes are kept, or both say the same by now."""
    same = all(to_json(getattr(row, name)) == conflict.value[name] for name in _columns(conflict))
    return conflict.kind is ConflictKind.PARALLEL or (same and conflict.kind is not ConflictKind.DELETED)


def _columns(conflict: Conflict) -> tuple[str, ...]:
    known = SYNCED[conflict.owner_table].__table__.columns  # type: ignore[attr-defined]
    return tuple(name for name in conflict.value if name in known and name not in ("id", "deleted", "stamps"))


def _shown_by(conflict: Conflict, row: Synced) -> tuple[UUID | None, datetime | None]:
    """Who wrote what is shown; nobody is named when it was changed again since."""
    same = all(to_json(getattr(row, name)) == conflict.shown.get(name) for name in _columns(conflict))
    return (
        (conflict.shown_by, conflict.shown_at)
        if same or conflict.kind is ConflictKind.DELETED
        else (None, None)
    )


def _side(session: Session, who: UUID | None, when: datetime | None, *, shown: bool) -> Side:
    name = record_words.who(session, who) if who is not None else "Changed again since"
    return Side(name, wording.moment(when.astimezone(LONDON)) if when else "", shown, _keep(name))


def _keep(name: str) -> str:
    """What the button says: ``Keep mine``, ``Keep M. Kaur's``."""
    return {
        "You": "Keep mine",
        "Someone else": "Keep theirs",
        "Changed again since": "Keep what is shown",
    }.get(name, f"Keep {name}'s")


def _told_apart(shown: Side, hidden: Side) -> tuple[Side, Side]:
    """Where both buttons would say the same, as with one person at two devices, they say which is which."""
    if shown.keep != hidden.keep:
        return shown, hidden
    return replace(shown, keep="Keep what is shown"), replace(hidden, keep="Keep the other")


def _mine_is_hidden(session: Session, conflict: Conflict) -> bool:
    """Whether the left side, this person's own, is the value that is not shown."""
    me = policy.actor(session).staff_id
    return me is not None and conflict.made_by == me and conflict.shown_by != me


def _keeps_shown(session: Session, conflict: Conflict, choice: Choice) -> bool:
    return (choice is Choice.THEIRS) == _mine_is_hidden(session, conflict)


def _joined(conflict: Conflict, row: Synced) -> dict[str, Any] | None:
    """Both texts, the shown one first; None where they are no text that may be joined."""
    columns = _columns(conflict)
    if len(columns) != 1 or conflict.kind is ConflictKind.DELETED:
        return None
    (column,) = columns
    if not record_words.is_text(conflict.owner_table, column):
        return None
    shown, hidden = str(getattr(row, column) or ""), str(conflict.value[column] or "")
    if not shown.strip() or not hidden.strip() or shown == hidden:
        return None
    longer = next((one for one, other in ((shown, hidden), (hidden, shown)) if other in one), "")
    return {column: longer or f"{shown}\n{hidden}"}


def _may_write(actor: policy.Actor, conflict: Conflict) -> bool:
    return all(policy.may_change(actor, conflict.owner_table, name) for name in _columns(conflict))


def _write(session: Session, conflict: Conflict, row: Synced, values: Mapping[str, Any] | None) -> None:
    if values is None:
        raise Told("These two cannot stand together.", "Choose one of them.")
    if not _may_write(policy.actor(session), conflict):
        raise NotAllowed("change this")
    if signing.is_sealed(session, row):
        raise Told(
            "This inspection was signed, so it never changes.", "Write an amendment, or keep what is shown."
        )
    table, model = conflict.owner_table, SYNCED[conflict.owner_table]
    for name in _columns(conflict):
        before, after = to_json(getattr(row, name)), values[name]
        if before != after and not registers.lawful(table, name, before, after):
            words = record_words.value(session, table, name, before)
            raise Told(f"That step is not possible any more: it stands at “{words}”.", "Keep what is shown.")
        setattr(row, name, from_json(model, name, after))
    if conflict.kind is ConflictKind.DELETED:
        row.deleted = False


def _held_rows(session: Session) -> list[Held]:
    return list(session.scalars(select(Held).order_by(Held.at.desc(), Held.op_id).limit(MOST)))


def _held_item(session: Session, row: Held) -> HeldItem:
    table, actor = row.table_name, policy.actor(session)
    named = record_words.named(session, table, row.record_id)
    fields = tuple(
        (record_words.label(table, name), record_words.value(session, table, name, raw))
        for name, raw in row.fields.items()
        if policy.may_see(actor, table, name, mine=True)
    )
    when = wording.moment(row.at.astimezone(LONDON))
    return HeldItem(row.op_id, named.title, named.sentence, why_held(row.reason), when, fields, row.seen)


def why_held(reason: str) -> str:
    """Why an operation waits in quarantine, in words, from the office's code."""
    return _REASONS.get(reason, "The office could not take this as it is.")


_REASONS = {
    "scope": "It is about a place that you do not look after any more.",
    "role": "Your role may not write this.",
    "author": "It stands under another person's name.",
    "sealed": "The inspection was signed before this came, and what is signed never changes.",
    "append_only": "What was noted once is never changed; add a correction instead.",
    "bad_value": "A value was not one that the office can keep.",
    "bad_stamp": "It could not be told when this was written.",
    "not_pushable": "Only the office itself writes this.",
    "unknown_table": "The office does not know records of this kind yet.",
    "unknown_record": "The record is not at the office.",
    "collision": "The office has something else under the same number.",
    "txn": "It belongs together with something else that the office could not take.",
    "malformed": "It did not arrive in a form that the office can read.",
    "drain": "This device was let go before it was sent, so someone at the office looks at it first.",
}
