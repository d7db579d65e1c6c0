"""Putting a backup in the place of the workspace: proved first, all or nothing, and known afterwards.

A restored device is a traveller in time: what it sent to the office since the backup, it no longer knows. So it
gets a new incarnation, and sync waits until the two have compared notes (``backup.restored``, security.md R12).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from uuid_utils.compat import uuid7

from watmos_desktop.models.migrations import HEAD
from watmos_desktop.services import backup, files, instance, proof, schema, thinning, tie, vault
from watmos_desktop.services.backup import Backup, Progress, Restored
from watmos_desktop.services.blobs import Blobs, DamagedAttachment
from watmos_desktop.services.clock import Clock, SystemClock
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.store import DATABASE, connect

_NEW = ".restoring.part"
_BESIDE = ("-wal", "-shm")
_BLOCK = 1 << 20


class OtherWorkspace(Told):
    """The backup is sound, but of another workspace."""

    def __init__(self) -> None:
        super().__init__(
            "This backup belongs to another workspace.",
            "Restore it into an empty folder, or choose a backup of this one. Nothing was changed.",
        )


def restore(
    home: Path,
    path: Path,
    passphrase: str,
    *,
    code: str = "",
    clock: Clock | None = None,
    progress: Progress | None = None,
) -> Restored:
    """Put the backup in the folder ``path`` in the place of the workspace ``home``, which may be damaged or empty.

    A tied backup needs its computer's keystore, or ``code``, the recovery code of its day.
    Raises Told, with nothing changed: DamagedBackup, OtherWorkspace, AlreadyOpen, WrongPassphrase,
    tie.SecretGone, BackupFailed.
    What is there now is backed up first; a database too damaged for that is kept as ``watmos-damaged-….db``.
    """
    found = backup.read(path)
    now = (clock or SystemClock()).now()
    with instance.hold(home), _disk_in_words():
        data_key, own = _unlock(home, found, passphrase, code)
        try:
            key = vault.subkey(data_key, "database")
            _prove(found, key)
            blobs = Blobs(home / backup.ATTACHMENTS, vault.subkey(data_key, "blobs"))
            done = Restored(now, found.made_at, found.why)
            _bring_photos(blobs, path / backup.ATTACHMENTS, progress)
            _prepare(home / _NEW, found, key, done)
            if not own:
                files.write_whole(home / vault.FILE, (path / vault.FILE).read_bytes())
            _make_room(home, key, now)
            files.put_in_place(home / _NEW, home / DATABASE)
        finally:
            vault.wipe(data_key)
            for leftover in home.glob(f"{_NEW}*"):
                leftover.unlink()
    return done


def _unlock(home: Path, found: Backup, passphrase: str, code: str) -> tuple[bytearray, bool]:
    """The data key, and whether it is the workspace's own key file that gave it rather than the backup's."""
    if vault.exists(home):
        with suppress(vault.DamagedWorkspace, tie.WrongCode):  # the code may be that of the backup's day
            if vault.workspace_id(home) != found.workspace:
                raise OtherWorkspace
            return vault.unlock(home, passphrase, code), True
    return vault.unlock(found.path, passphrase, code), False


def _prove(found: Backup, key: bytes) -> None:
    proof.prove(found.database, key)
    try:
        with closing(proof.look(found.database, key)) as connection:
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlcipher.DatabaseError:
        raise proof.DamagedBackup from None  # an empty database is sound, but it is none of ours
    if revision > HEAD:
        raise schema.TooNew


def _bring_photos(blobs: Blobs, folder: Path, progress: Progress | None) -> None:
    """Take over the photos that a copy brought along and this device has no sound bytes of."""
    source = blobs.at(folder)
    files.private_folder(blobs.folder)
    try:
        shas = list(source.all())
        for number, sha in enumerate(shas, 1):
            if not _is_sound(blobs, sha):
                blobs.put(source.get(sha))
            if progress:
                progress(number, len(shas))
    except DamagedAttachment:
        raise proof.DamagedBackup("A photo in this backup is damaged.") from None


def _is_sound(blobs: Blobs, sha: str) -> bool:
    try:
        blobs.get(sha)
    except (NotFound, DamagedAttachment):
        return False
    return True


def _prepare(new: Path, found: Backup, key: bytes, done: Restored) -> None:
    """Copy the database and write into the copy that it is a restored one, before it takes the place."""
    for leftover in new.parent.glob(f"{new.name}*"):
        leftover.unlink()
    target = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with found.database.open("rb") as source:
            while block := memoryview(source.read(_BLOCK)):
                while block:
                    block = block[os.write(target, block) :]
    finally:
        os.close(target)
    facts = {
        "incarnation": {"id": str(uuid7())},
        "restored": {"at": done.at.isoformat(), "made_at": done.made_at.isoformat(), "why": done.why},
    }
    with closing(connect(new, key)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for name, value in facts.items():
            connection.execute(
                "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (name, json.dumps(value))
            )
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _make_room(home: Path, key: bytes, now: datetime) -> None:
    """Back up what is there and leave no WAL: SQLite would play it into the database that comes now."""
    database = home / DATABASE
    if database.exists():
        try:
            backup.make_of(home, key, now, thinning.RESTORE.words)
            _settle(database, key)
        except backup.SourceDamaged:
            _set_aside(database, now)
    for suffix in _BESIDE:
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    files.sync_folder(home)


def _settle(database: Path, key: bytes) -> None:
    """Move everything from the WAL into the database: its last connection then removes the WAL."""
    with closing(connect(database, key)) as connection:
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise instance.AlreadyOpen


def _set_aside(database: Path, now: datetime) -> None:
    """Keep a damaged database, with its WAL, for whoever may still get something out of it."""
    aside = f"watmos-damaged-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"
    for suffix in (*_BESIDE, ""):
        part = database.with_name(database.name + suffix)
        if part.exists():
            files.put_in_place(part, database.with_name(aside + suffix))


@contextmanager
def _disk_in_words() -> Iterator[None]:
    try:
        yield
    except (OSError, sqlcipher.DatabaseError) as fault:
        raise Told(
            "The backup could not be put back.",
            "Check that the disk is connected and has room, then restore it again.",
        ) from fault
