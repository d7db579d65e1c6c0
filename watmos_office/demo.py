"""The demo landlord in an empty office: the same one that `watmos demo` makes, written as the office writes records."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from watmos_desktop.models.tables import SYNCED, Attachment, Base, Staff, StaffScope
from watmos_desktop.services import capture, demo
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_office import audit, blobs, blobstore, records, saving
from watmos_office.office import Office
from watmos_office.records import Change
from watmos_office.tables import Blob, Grant, Member, Photo, Record

_SOME = 5_000
_APART = frozenset({"id", "deleted", "stamps"})
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Filled:
    """What was made: ``made`` of the landlord, and how many members and records the office has of it."""

    made: demo.Made
    members: int
    records: int


def fill(
    office: Office, homes: int, years: float, seed: int, progress: Progress = lambda _done, _all: None
) -> Filled:
    """Make the landlord in a workspace that is thrown away, then write its records here, parents first.

    Its staff become members with their grants. Raises Told when the office holds estates, or for numbers out of range.
    """
    demo.check(homes, years)
    with office.reading() as connection:
        if connection.execute(select(Record.rid).where(Record.tbl == "estate").limit(1)).first() is not None:
            raise Told("There are estates in this office already.", "Choose an empty office for the demo.")
    with tempfile.TemporaryDirectory(prefix="watmos-demo-") as folder:
        store = Store.create(Path(folder) / "workspace", secrets.token_urlsafe(32), clock=office.clock)
        try:
            made = demo.make(store, homes, years, seed, progress)
            members = _members(office, store)
            written = sum(_write(office, some) for some in _chunks(_changes(store)))
            _photos(office, store)
        finally:
            store.close()
    with office.writing() as connection:
        audit.note(connection, office, None, "demo", seed)
    return Filled(made, members, written)


def _changes(store: Store) -> Iterator[Change]:
    """Every record of the workspace as the wire says it."""
    with store.read() as session:
        for name in SYNCED:
            table = Base.metadata.tables[name]
            columns = [one.key for one in table.columns if one.key not in _APART]
            for row in session.execute(select(table)).yield_per(_SOME).mappings():
                values = {column: capture.to_json(row[column]) for column in columns}
                yield Change(
                    name, row["id"], {key: value for key, value in values.items() if value is not None}
                )


def _chunks(changes: Iterator[Change]) -> Iterator[list[Change]]:
    some: list[Change] = []
    for one in changes:
        some.append(one)
        if len(some) == _SOME:
            yield some
            some = []
    yield some


def _write(office: Office, changes: list[Change]) -> int:
    """One transaction each, so that devices may sync in between."""
    with office.writing() as connection:
        return records.write_all(connection, office, changes)


def _members(office: Office, store: Store) -> int:
    now = office.clock.now()
    with store.read() as session:
        staff = session.execute(select(Staff.id, Staff.name, Staff.role)).all()
        scopes = session.execute(
            select(StaffScope.id, StaffScope.staff_id, StaffScope.estate_id, StaffScope.block_id)
        ).all()
    people = [
        {"id": one.id, "name": one.name, "role": one.role.value, "active": True, "grant_v": 1, "made_at": now}
        for one in staff
    ]
    places = [
        {
            "id": one.id,
            "member_id": one.staff_id,
            "estate_id": one.estate_id,
            "block_id": one.block_id,
            "from_at": now,
            "to_at": None,
        }
        for one in scopes
    ]
    with office.writing() as connection:
        _add(connection, Member, people)
        _add(connection, Grant, places)
    return len(people)


def _add(connection: Connection, table: type[Member | Grant], rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _photos(office: Office, store: Store) -> None:
    """The few pictures that all photos of the demo show, and that each of its attachments has its bytes."""
    kept, now = blobstore.at(office.photos, office.home), office.clock.now()
    with store.read() as session:
        rows = session.execute(select(Attachment.id, Attachment.sha256, Attachment.size)).all()
    sizes = {row.sha256: row.size for row in rows}
    for sha256 in sizes:
        kept.put(blobs.whole(sha256), store.blobs.get(sha256), safe=True)
    whole = [{"sha256": sha, "size": size, "state": "whole", "whole_at": now} for sha, size in sizes.items()]
    nobody = UUID(int=0)
    here = [{"attachment_id": row.id, "sha256": row.sha256, "device_id": nobody, "at": now} for row in rows]
    with office.writing() as connection:
        saving.upsert(connection, Blob, whole)
        saving.upsert(connection, Photo, here)
