"""Whole copies of the office's database, proved before they count, and the way back from one (sync.md 1.12).

A backup is a folder: ``office.db`` (SQLite, from either database and to either) with the rows of one moment, and
``manifest.json`` with what it must hold. Photos are copied beside it when it lies outside the office's folder. Only
after a copy was read back whole do devices hear that their work is safe in it.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import sqlite3
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from sqlalchemy import Connection, Table, create_engine, insert, select, update
from sqlalchemy.engine import Engine

from watmos_desktop.services import files
from watmos_desktop.services.errors import Told
from watmos_office import audit, blobs, blobstore
from watmos_office.blobstore import BlobStore
from watmos_office.migrations import HEAD
from watmos_office.office import Office, head, make_engine
from watmos_office.saving import upsert
from watmos_office.standing import BACKED_UP
from watmos_office.tables import Blob, Fact, OfficeBase, Stream

FOLDER, PHOTOS = "backups", "photos"
_DATABASE, _MANIFEST = "office.db", "manifest.json"
_SOME = 2_000  # rows at a time
_TABLES: tuple[Table, ...] = tuple(OfficeBase.metadata.sorted_tables)  # parents before children

Progress = Callable[[int, int], object]


class DamagedBackup(Told):
    """A backup is not as it was made, or is none."""

    def __init__(self, message: str = "This backup is damaged.") -> None:
        super().__init__(message, "Choose another backup. Nothing was changed.")


@dataclass(frozen=True)
class Backup:
    """A verified copy: ``rows`` of all tables, ``photos`` that belong to it; ``lost`` had no sound bytes."""

    path: Path
    at: datetime
    rows: int
    photos: int
    copied: int
    lost: int


def make(office: Office, to: Path | None = None, progress: Progress = lambda _done, _all: None) -> Backup:
    """Copy the office as it is at this moment, prove the copy, and tell devices what is safe in it.

    ``to``: a folder elsewhere, which gets the photos too (each once, whatever the number of backups there); else
    the folder ``backups`` of the office. Raises NotWritten, DamagedBackup when the copy could not be proved.
    """
    top = files.private_folder(to or office.home / FOLDER)
    now = office.clock.now().astimezone(UTC)
    part = files.private_folder(top / f".{secrets.token_hex(8)}.part")
    try:
        with office.reading() as connection:
            counts, digests = _copy(connection, part / _DATABASE)
            streams = connection.execute(select(Stream.device_id, Stream.incarnation, Stream.last_n)).all()
            noted, newest = audit.head(connection), head(connection)
            whole = connection.execute(select(Blob.sha256, Blob.size).where(Blob.state == "whole")).all()
        _prove(part / _DATABASE, counts, digests)
        store = blobstore.at(office.photos, office.home)
        copied, lost = _copy_photos(store, whole, top / PHOTOS, progress) if to else (0, 0)
        manifest = {
            "version": 1,
            "at": now.isoformat(),
            "revision": HEAD,
            "epoch": str(office.epoch),
            "head": newest,
            "audit": [noted.n, noted.hash],
            "counts": counts,
            "digests": digests,
            "sha256": _sha256(part / _DATABASE),
            "photos": [len(whole), copied, lost],
        }
        files.write_whole(part / _MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        path = top / f"{now:%Y-%m-%d %H%M%S} {secrets.token_hex(2)}"
        files.put_in_place(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _declare_safe(office, streams, now)
    blobs.sweep(office)
    return Backup(path, now, sum(counts.values()), len(whole), copied, lost)


def all_in(folder: Path) -> list[Backup]:
    """The backups in a folder, newest first; what is none is left out."""
    found = []
    for path in folder.glob(f"*/{_MANIFEST}"):
        try:
            found.append(_card(path.parent, _manifest(path.parent)))
        except DamagedBackup:
            continue
    return sorted(found, key=lambda one: one.at, reverse=True)


def thin(folder: Path, keep: int) -> int:
    """Keep the newest ``keep`` backups of a folder, at least one; gives how many went. Photos stay."""
    old = all_in(folder)[max(1, keep) :]
    for one in old:
        shutil.rmtree(one.path)
    return len(old)


def check(path: Path) -> Backup:
    """Read a backup whole: that it is as it was made. Raises DamagedBackup."""
    manifest = _manifest(path)
    if _sha256(path / _DATABASE) != manifest["sha256"]:
        raise DamagedBackup
    _prove(path / _DATABASE, manifest["counts"], manifest["digests"])
    return _card(path, manifest)


def copy_rows(path: Path, connection: Connection) -> None:
    """Write the rows of a checked backup into an empty database, and prove them there. Raises DamagedBackup."""
    manifest = _manifest(path)
    engine = _look(path / _DATABASE)
    try:
        with engine.connect() as source:
            for table in _TABLES:
                for some in _rows(source, table):
                    connection.execute(insert(table), [row._asdict() for row in some])
    finally:
        engine.dispose()
    found = {table.name: _facts(connection, table) for table in _TABLES}
    wanted = {name: (count, manifest["digests"][name]) for name, count in manifest["counts"].items()}
    if found != wanted:
        raise DamagedBackup


def _copy(connection: Connection, target: Path) -> tuple[dict[str, int], dict[str, str]]:
    """Every row of every table into a new SQLite file; gives counts and digests of what was read."""
    engine = make_engine(f"sqlite:///{target}")
    counts, digests = {}, {}
    try:
        with engine.begin() as copy:
            OfficeBase.metadata.create_all(copy)
            for table in _TABLES:
                total, count = 0, 0
                for some in _rows(connection, table):
                    copy.execute(insert(table), [row._asdict() for row in some])
                    total, count = _add(total, some), count + len(some)
                counts[str(table.name)], digests[str(table.name)] = count, f"{total:064x}"
    finally:
        engine.dispose()
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")  # one file from now on
    target.chmod(0o600)
    files.put_in_place(target, target)
    return counts, digests


def _prove(database: Path, counts: dict[str, int], digests: dict[str, str]) -> None:
    """Read the copy back by itself: its structure, its references, and each of its rows."""
    try:
        with closing(
            sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            if not sound or connection.execute("PRAGMA foreign_key_check").fetchall():
                raise DamagedBackup
    except sqlite3.DatabaseError as cause:
        raise DamagedBackup from cause
    engine = _look(database)
    try:
        with engine.connect() as copy:
            found = {table.name: _facts(copy, table) for table in _TABLES}
    finally:
        engine.dispose()
    if found != {name: (count, digests[name]) for name, count in counts.items()}:
        raise DamagedBackup


def _rows(connection: Connection, table: Table) -> Iterator[list[Any]]:
    streamed = {"stream_results": True, "yield_per": _SOME}
    found = connection.execute(select(table), execution_options=streamed)
    for some in found.partitions(_SOME):
        yield list(some)


def _facts(connection: Connection, table: Table) -> tuple[int, str]:
    total, count = 0, 0
    for some in _rows(connection, table):
        total, count = _add(total, some), count + len(some)
    return count, f"{total:064x}"


def _add(total: int, rows: Iterable[Any]) -> int:
    """The sum of the rows' hashes: the same in any order, and another when one is missing, doubled or changed."""
    for row in rows:
        packed = orjson.dumps(list(row), default=_packed, option=orjson.OPT_SORT_KEYS)
        total += int.from_bytes(hashlib.sha256(packed).digest())
    return total % (1 << 256)


def _packed(value: object) -> str:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError


def _copy_photos(store: BlobStore, whole: Iterable[Any], folder: Path, progress: Progress) -> tuple[int, int]:
    """Copy what is not there yet, each proved by its hash; gives how many were copied and how many have no bytes."""
    wanted, target, copied, lost = list(whole), blobstore.Folder(folder), 0, 0
    there = target.sizes("whole")
    for done, (sha256, size) in enumerate(wanted, 1):
        name = blobs.whole(sha256)
        if there.get(name.removeprefix("whole/")) != size:
            data = store.get(name)
            if data is None or hashlib.sha256(data).hexdigest() != sha256:
                lost += 1
            else:
                target.put(name, data, safe=True)
                copied += 1
        progress(done, len(wanted))
    return copied, lost


def _declare_safe(office: Office, streams: Iterable[Any], now: datetime) -> None:
    """From now on devices may forget what this backup holds."""
    with office.writing() as connection:
        for device_id, incarnation, last_n in streams:
            connection.execute(
                update(Stream)
                .where(
                    Stream.device_id == device_id,
                    Stream.incarnation == incarnation,
                    Stream.durable_n < last_n,
                )
                .values(durable_n=last_n)
            )
        upsert(connection, Fact, [{"key": BACKED_UP, "value": {"at": now.isoformat()}}])


def _manifest(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = orjson.loads((path / _MANIFEST).read_bytes())
        if found["version"] != 1 or set(found["counts"]) != set(found["digests"]):
            raise DamagedBackup("This backup was made by another version of the program.")
        _card(path, found)
    except (OSError, ValueError, KeyError, TypeError) as cause:
        raise DamagedBackup("There is no whole backup in that folder.") from cause
    return found


def _card(path: Path, manifest: dict[str, Any]) -> Backup:
    photos, copied, lost = manifest["photos"]
    at = datetime.fromisoformat(manifest["at"])
    return Backup(path, at, sum(manifest["counts"].values()), photos, copied, lost)


def _look(database: Path) -> Engine:
    """An engine on a file that nothing writes to; leaves no file beside it."""
    address = f"file:{quote(str(database.resolve()))}?mode=ro&immutable=1&uri=true"
    return create_engine(f"sqlite:///{address}", hide_parameters=True, json_deserializer=orjson.loads)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return str(hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as cause:
        raise DamagedBackup from cause
