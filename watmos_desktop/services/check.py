"""Proof that a workspace is sound: its pages, its records and what must agree between them.

Each check reads one consistent moment and changes nothing. Findings name tables, counts, references and ids,
never what a record says, so that they can be read out on the telephone.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import ColumnElement, Row, exists, func, select, text, true
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import InspectionStatus, Role
from watmos_desktop.models.tables import (
    SYNCED,
    Attachment,
    Change,
    Inspection,
    Meta,
    Outbox,
    Receipt,
    Schedule,
    Sent,
    Synced,
)
from watmos_desktop.services import due_days, erasing, references, schedules, signing, tallies, wording
from watmos_desktop.services.blobs import ORPHAN_AGE, Blobs, DamagedAttachment
from watmos_desktop.services.capture import to_json
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.store import Store, connect
from watmos_desktop.services.sync import memory, merge, registers
from watmos_desktop.services.sync.registers import Kind

T = TypeVar("T")
Progress = Callable[[int, int], object]

RESTORE = "Restore the last backup."
OFFICE = "Tell the office; nothing was changed."
_NAMED = 10  # how many references or ids a finding names
_BATCH = 400


@dataclass(frozen=True)
class Finding:
    """Something not sound: ``code`` for scripts, ``words`` and the next step (``hint``) for people."""

    code: str
    words: str
    hint: str = OFFICE
    ids: tuple[str, ...] = ()


def run(store: Store, progress: Progress | None = None) -> list[Finding]:
    """Check everything; an empty list means sound. ``progress(done, total)`` counts checks and photos."""
    found: list[Finding] = []
    found += _readable(found, "pages", partial(_pages, store))
    with store.read() as session:
        photos = _readable(found, "photos", partial(_photos, session))
        total = len(_CHECKS) + len(photos)
        tell = progress or _unwatched
        for done, (code, look) in enumerate(_CHECKS.items(), 1):
            found += _readable(found, code, partial(look, session))
            tell(done, total)
    found += _bytes(store.blobs, photos, lambda number: tell(len(_CHECKS) + number, total))
    return found


def _unwatched(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def _readable(found: list[Finding], code: str, look: Callable[[], Iterable[T]]) -> list[T]:
    """What a look gives, as a list; a finding instead when the database does not let itself be read."""
    try:
        return list(look())
    except (
        DatabaseError,
        sqlcipher.DatabaseError,
        ValueError,
        TypeError,
    ):  # cannot be read, or cannot be understood
        found.append(Finding(f"{code}.unreadable", "A part of the database cannot be read.", RESTORE))
        return []


def _pages(store: Store) -> Iterator[Finding]:
    """Every page of the file carries the seal that only the key can make (security.md M1).

    The WAL is played in first: after a crash it holds the true copies of pages that are half-written in the file.
    """
    with erasing.lent(store.database_key) as key, closing(connect(store.database, key)) as connection:
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        bad = [] if busy else connection.execute("PRAGMA cipher_integrity_check").fetchall()
    if bad:
        yield Finding("pages", f"{_are(len(bad), 'page')} damaged in the database's file.", RESTORE)


def _structure(session: Session) -> Iterator[Finding]:
    rows = session.execute(text("PRAGMA integrity_check")).scalars().all()
    if rows != ["ok"]:
        yield Finding("structure", "The database's own structure is damaged.", RESTORE)
    # Someone's scope may hold a record without what it belongs to; that is compared with the office (sync/drift.py).
    joined = memory.read(session) is not None
    astray = [] if joined else session.execute(text("PRAGMA foreign_key_check")).all()
    for table, some in itertools.groupby(sorted(row[0] for row in astray)):
        number = len(list(some))
        yield Finding(
            "astray", f"{_are(number, 'record')} astray in “{table}”: what they belong to is not here."
        )


def _tripwire(session: Session) -> Iterator[Finding]:
    there = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    wanted = {f"_touch_{table}_{kind}" for table in SYNCED for kind in ("insert", "update", "delete")}
    if missing := sorted(wanted - there):
        words = f"{_are(len(missing), 'guard')} missing against changes without a record."
        yield Finding("tripwire", words, ids=_some(missing))
    if session.scalar(text("SELECT count(*) FROM _touched")):
        yield Finding("untold", "Records were changed without a word in their history.")
    if session.scalars(text("SELECT applying FROM _mode")).all() != [0]:
        yield Finding("unguarded", "The guard against unrecorded changes is switched off.")


def _facts(session: Session) -> Iterator[Finding]:
    facts = {row.key: row.value for row in session.scalars(select(Meta))}
    for key, name in (("device", "id"), ("incarnation", "id"), ("stamp", "last")):
        if key not in facts or name not in facts[key]:
            yield Finding("facts", "The workspace does not know itself any more.", RESTORE, (key,))
            return
    UUID(facts["device"]["id"]), UUID(facts["incarnation"]["id"])
    if facts["stamp"]["last"] < (session.scalar(select(func.max(Outbox.stamp))) or ""):
        yield Finding("stamp", "A change carries a later stamp than the last one given.")


def _outbox(session: Session) -> Iterator[Finding]:
    least, most, number = session.execute(select(func.min(Outbox.n), func.max(Outbox.n), func.count())).one()
    if number and most - least + 1 != number:
        lost = _are(most - least + 1 - number, "change")
        yield Finding("outbox.gap", f"{lost} missing among those that wait for the office.")


def _history(session: Session) -> Iterator[Finding]:
    """Every change has its outbox entry, but for those so old that the office has confirmed them."""
    same, confirmed = (
        (queue.txn_id == Change.txn_id)
        & (queue.table_name == Change.table_name)
        & (queue.record_id == Change.record_id)
        & (queue.kind == Change.kind)
        for queue in (Outbox, Sent)
    )
    # By number, not by time: a clock may have been put back.
    oldest = select(Outbox.txn_id).order_by(Outbox.n).limit(1).scalar_subquery()
    since = select(func.min(Change.n)).where(Change.txn_id == oldest).scalar_subquery()
    unsent = select(func.count()).where(Change.n >= since, ~exists().where(same), ~exists().where(confirmed))
    if number := session.scalar(unsent):
        yield Finding("history.unsent", f"{_are(number, 'change')} not among those that wait for the office.")
    unsaid = select(func.count()).select_from(Outbox).where(~exists().where(same))
    if number := session.scalar(unsaid):
        yield Finding("history.unsaid", f"{_are(number, 'change')} missing in the history.")


def _records(session: Session) -> Iterator[Finding]:
    """Each record says what its newest change says, unless the office has changed it since."""
    for table, model in SYNCED.items():
        entries = session.execute(
            select(Outbox.record_id, Outbox.kind, Outbox.fields, Outbox.stamp)
            .where(Outbox.table_name == table)
            .order_by(Outbox.record_id, Outbox.n),
            execution_options={"yield_per": _BATCH},
        )
        groups = itertools.groupby(entries, key=lambda entry: entry.record_id)
        wrong: list[str] = []
        while some := {key: _newest(table, rows) for key, rows in itertools.islice(groups, _BATCH)}:
            rows = {row.id: row for row in session.scalars(select(model).where(model.id.in_(some)))}
            wrong += [str(key) for key, said in some.items() if not _agrees(rows.get(key), said)]
            session.expunge_all()
        if wrong:
            words = f"{_are(len(wrong), 'record')} not as the history says, in “{table}”."
            yield Finding("record", words, ids=_some(wrong))


def _newest(
    table: str, entries: Iterator[Row[UUID, str, dict[str, Any], str]]
) -> dict[str, tuple[Any, str]] | None:
    """The newest value and stamp of each field; None when the record was deleted."""
    said: dict[str, tuple[Any, str]] | None = None
    for entry in entries:
        if entry.kind == "delete":
            said = None
            continue
        said = said or {}
        for name, value in entry.fields.items():
            if registers.kind_of(table, name) is Kind.SET and isinstance(value, dict):
                if name not in said:
                    continue  # what was there before the first that waits is not known here
                value = merge.fold(said[name][0], value)
            said[name] = (value, entry.stamp)
    return said


def _agrees(row: Synced | None, said: dict[str, tuple[Any, str]] | None) -> bool:
    if row is None or said is None:
        return row is None and said is None
    stamps: dict[str, str] = row.stamps
    return all(
        stamps.get(name, stamps.get("*")) != stamp or to_json(getattr(row, name)) == value
        for name, (value, stamp) in said.items()
    )


def _references(session: Session) -> Iterator[Finding]:
    for table, model in SYNCED.items():
        if not hasattr(model, "reference"):
            continue
        given = session.scalars(select(model.reference).order_by(model.reference)).all()
        wrong = [one for one in given if not _is_reference(one)]
        wrong += [one for one, next_ in itertools.pairwise(given) if one == next_]
        if wrong:
            words = f"{_are(len(wrong), 'reference')} not valid or given twice, in “{table}”."
            yield Finding("reference", words, ids=_some(wrong))


def _is_reference(given: str) -> bool:
    try:
        return references.read_reference(given) == given
    except Told:
        return False


def _seals(session: Session) -> Iterator[Finding]:
    kept = memory.read(session)
    if kept is not None and not signing.sees_whole(Actor(kept.member_id, kept.name, Role(kept.role))):
        return  # what was signed did not come here whole: the office keeps it so
    if broken := signing.broken_seals(session):
        words = f"{_are(len(broken), 'signed inspection')} not as signed."
        yield Finding("seal", words, ids=_some(broken))


def _schedules(session: Session) -> Iterator[Finding]:
    """A schedule has one cadence, and its last inspection is the newest signed one."""
    newest = (
        select(Inspection.schedule_id, func.max(Inspection.finished_at))
        .where(Inspection.status == InspectionStatus.SIGNED, ~Inspection.deleted)
        .group_by(Inspection.schedule_id)
    )
    signed = dict(iter(session.execute(newest)))
    wrong = []
    for row in session.scalars(select(Schedule).where(~Schedule.deleted)):
        last = signed.get(row.id)
        try:
            schedules.Cadence(row.every_weeks, row.every_months)
        except ValueError:
            wrong.append(str(row.id))
            continue
        done = row.last_done_on
        late = last is not None and (done is None or done < last.astimezone(LONDON).date())
        if late or (done is not None and row.due_on <= done):
            wrong.append(str(row.id))
    if wrong:
        words = f"{_are(len(wrong), 'schedule')} not moved on by the last inspection."
        yield Finding("schedule", words, ids=_some(wrong))


def _tallies(session: Session) -> Iterator[Finding]:
    """The counts that triggers keep are those of the records."""
    if number := tallies.wrong(session.connection()):
        yield Finding("tallies", f"{_are(number, 'count')} wrong in the lists of repairs.")
    if number := due_days.wrong(session.connection()):
        yield Finding("tallies", f"{_are(number, 'due day')} wrong in the list of visits.")


_CHECKS: dict[str, Callable[[Session], Iterator[Finding]]] = {
    "structure": _structure,
    "tripwire": _tripwire,
    "facts": _facts,
    "outbox": _outbox,
    "history": _history,
    "records": _records,
    "references": _references,
    "seals": _seals,
    "schedules": _schedules,
    "tallies": _tallies,
}


def _photos(session: Session) -> Iterable[Row[str, int, bool]]:
    """The hash and the size of every photo that a record names, and whether its bytes have to be here.

    With an office those are the ones taken here and not confirmed by it: others may be still to come, for want of room
    or because this person may not see them.
    """
    must: ColumnElement[bool] = true()
    if memory.read(session) is not None:
        taken = (Change.table_name == Attachment.__tablename__) & (Change.kind == "insert")
        confirmed = exists().where(Receipt.sha256 == Attachment.sha256)
        must = exists().where(taken, Change.record_id == Attachment.id) & ~confirmed
    named = select(Attachment.sha256, Attachment.size, func.max(must)).group_by(
        Attachment.sha256, Attachment.size
    )
    return session.execute(named).all()


def _bytes(
    blobs: Blobs, photos: list[Row[str, int, bool]], tell: Callable[[int], object]
) -> Iterator[Finding]:
    """The bytes of every photo are here and are those that were stored; nothing half-written lies about."""
    wrong: dict[str, list[str]] = {"lost": [], "damaged": []}
    for number, (sha, size, must) in enumerate(photos, 1):
        try:
            if len(blobs.get(sha)) != size:
                wrong["damaged"].append(sha)
        except NotFound:
            if must:
                wrong["lost"].append(sha)
        except DamagedAttachment:
            wrong["damaged"].append(sha)
        tell(number)
    hint = "Bring them back from a copy made by “watmos backup --to”, or take them again."
    for how, shas in wrong.items():
        if shas:
            yield Finding(
                f"photo.{how}", f"{_are(len(shas), 'photo')} {how} on this computer.", hint, _some(shas)
            )
    old = time.time() - ORPHAN_AGE  # a younger one may be written now, or is swept away soon
    if number := sum(part.stat().st_mtime < old for part in blobs.folder.rglob(".*.part")):
        yield Finding("photo.leftover", f"{_are(number, 'half-written file')} left over.")


def _are(number: int, noun: str) -> str:
    """``1 photo is``, ``3 photos are``."""
    return f"{wording.count(number, noun)} {'is' if number == 1 else 'are'}"


def _some(ids: list[str]) -> tuple[str, ...]:
    return tuple(ids[:_NAMED])
