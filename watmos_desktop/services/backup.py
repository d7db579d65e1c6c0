"""Rolling backups, each proved before it counts (docs/decisions/0008, security.md S9).

A backup is a folder with ``watmos.db`` (encrypted with the same key), ``workspace.json`` (the wrapped key as it was)
and ``manifest.json``. It gets its name last, so one with a name is whole. Attachments are never overwritten and stay
where they are; a *copy* of the workspace for elsewhere (``copy``) takes them along.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from watmos_desktop.services import erasing, files, proof, thinning, vault
from watmos_desktop.services.blobs import Blobs, DamagedAttachment
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.proof import DamagedBackup
from watmos_desktop.services.store import DATABASE, Store, connect

FOLDER, MANIFEST, ATTACHMENTS = "backups", "manifest.json", "attachments"
EVERY = timedelta(minutes=10)
FORMAT = 1
_PART = ".part"
_ONE_AT_A_TIME = threading.Lock()

Progress = Callable[[int, int], object]


class BackupFailed(Told):
    """No backup was made; the workspace and the backups before are as they were."""

    def __init__(self, hint: str) -> None:
        super().__init__("The backup could not be made.", hint)


class SourceDamaged(BackupFailed):
    """The workspace's own database cannot be read whole."""

    def __init__(self) -> None:
        super().__init__("The database of this workspace is damaged: restore the last backup.")


@dataclass(frozen=True)
class Backup:
    """One backup: ``changes`` is how many change records it holds, ``sha256`` that of its encrypted database."""

    path: Path
    made_at: datetime
    why: str
    changes: int
    sha256: str
    size: int
    workspace: str

    @property
    def database(self) -> Path:
        """The encrypted database file in it."""
        return self.path / DATABASE


@dataclass(frozen=True)
class Copied:
    """A whole copy for elsewhere; ``lost`` counts photos that this device has no sound bytes of."""

    backup: Backup
    photos: int
    lost: int


@dataclass(frozen=True)
class Restored:
    """That a workspace was put back: when, from a backup of when, which was made why."""

    at: datetime
    made_at: datetime
    why: str


def make(store: Store, why: str = thinning.ASKED.words) -> Backup:
    """Make and prove a backup in the workspace's own folder; raises BackupFailed, with nothing left behind.

    Only ``home``, ``database``, ``database_key`` and ``clock`` of the store are used: it may still be opening.
    """
    with erasing.lent(store.database_key) as key:
        return make_of(store.home, key, store.clock.now(), why)


def make_of(home: Path, key: bytes, now: datetime, why: str) -> Backup:
    """``make`` for a workspace that is not open; the caller holds it."""
    with _faults_in_words():
        return _write(home, files.private_folder(home / FOLDER), key, now, why)


def copy(store: Store, to: Path, progress: Progress | None = None) -> Copied:
    """A whole copy of the workspace in a new folder in ``to``: database, key file and every photo, proved."""
    if to.resolve().is_relative_to(store.home.resolve()):
        raise Told("That folder is inside the workspace.", "Choose one on another disk.", field="to")
    counts = [0, 0]

    def photos(part: Path) -> None:
        with closing(proof.look(part / DATABASE, key)) as connection:
            shas = [row[0] for row in connection.execute("SELECT DISTINCT sha256 FROM attachment")]
        target = store.blobs.at(part / ATTACHMENTS)
        for number, sha in enumerate(shas, 1):
            counts[_copy_photo(store.blobs, target, sha)] += 1
            if progress:
                progress(number, len(shas))

    with _faults_in_words(), erasing.lent(store.database_key) as key:
        to.mkdir(parents=True, exist_ok=True)
        found = _write(store.home, to, key, store.clock.now(), thinning.ASKED.words, photos)
    return Copied(found, photos=counts[False], lost=counts[True])


def _copy_photo(source: Blobs, target: Blobs, sha: str) -> bool:
    """Copy one photo, opened and sealed again, so that it is proved; True when there is none to copy."""
    try:
        data = source.get(sha)
    except (NotFound, DamagedAttachment):
        return True
    files.private_folder(target.folder)
    target.put(data)
    return False


def _write(
    home: Path,
    folder: Path,
    key: bytes,
    now: datetime,
    why: str,
    more: Callable[[Path], None] | None = None,
) -> Backup:
    part = folder / f".{secrets.token_hex(8)}{_PART}"
    with _ONE_AT_A_TIME:
        try:
            part.mkdir(mode=0o700)
            changes = proof.copy_database(home / DATABASE, part / DATABASE, key)
            files.write_whole(part / vault.FILE, (home / vault.FILE).read_bytes())
            if more:
                more(part)
            path = _free_name(folder, now)
            found = Backup(
                path,
                now,
                why,
                changes,
                _sha256(part / DATABASE),
                (part / DATABASE).stat().st_size,
                vault.workspace_id(home),
            )
            files.write_whole(part / MANIFEST, _manifest(found))
            files.put_in_place(part, path)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return found


def all_in(folder: Path) -> list[Backup]:
    """The backups in a folder, newest first; what is no backup, or not finished, is left out."""
    found = []
    for path in folder.glob(f"*/{MANIFEST}"):
        if not path.parent.name.startswith("."):
            try:
                found.append(read(path.parent))
            except DamagedBackup:
                continue
    return sorted(found, key=lambda one: one.made_at, reverse=True)


def latest(home: Path) -> Backup | None:
    """The newest backup of a workspace."""
    return next(iter(all_in(home / FOLDER)), None)


def read(path: Path) -> Backup:
    """What a backup's folder says of itself; raises DamagedBackup. Only ``proof.prove`` says that it is true."""
    try:
        said = json.loads((path / MANIFEST).read_bytes())
        if said["format"] != FORMAT:
            raise DamagedBackup("This backup was made by a newer WATMOS Desktop.")
        return Backup(
            path,
            datetime.fromisoformat(said["made_at"]).astimezone(LONDON),
            str(said["why"]),
            int(said["changes"]),
            str(said["sha256"]),
            int(said["size"]),
            str(said["workspace"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as cause:
        raise DamagedBackup("There is no backup in this folder, or it is damaged.") from cause


def due(store: Store) -> bool:
    """Whether something was changed since the last backup, and ten minutes have passed since then."""
    last = latest(store.home)
    if last is None:
        return True
    # A clock that was set back would otherwise put the next one off for as long.
    waited = not timedelta(0) <= store.clock.now() - last.made_at < EVERY
    return waited and changed(store, last)


def changed(store: Store, since: Backup) -> bool:
    """Whether the workspace has other changes than a backup; what the office sent is not counted: it has it."""
    with (
        erasing.lent(store.database_key) as key,
        closing(connect(store.database, key, read_only=True)) as connection,
    ):
        return bool(connection.execute("SELECT count(*) FROM change").fetchone()[0] != since.changes)


def roll(store: Store, *, closing: bool = False) -> Backup | None:
    """Make a backup if one is due (on closing: if anything changed) and thin out the old ones; else None.

    To be called every minute or so and before the workspace is closed; raises BackupFailed.
    """
    last = latest(store.home)
    if not (last is None or changed(store, last) if closing else due(store)):
        return None
    made = make(store, (thinning.CLOSING if closing else thinning.WORK).words)
    thin(store.home / FOLDER, store.clock.now())
    return made


def thin(folder: Path, now: datetime) -> int:
    """Delete the backups that ``thinning.keep`` lets go, and what a crash left; returns how many backups."""
    here = all_in(folder)
    kept = {one.path for one in thinning.keep(here, now)}
    gone = [one for one in here if one.path not in kept]
    with _ONE_AT_A_TIME:
        for one in gone:
            # Without its name first: a crash half-way leaves no half backup that looks whole.
            files.put_in_place(one.path, folder / f".{secrets.token_hex(8)}{_PART}")
        for part in folder.glob(f".*{_PART}"):
            shutil.rmtree(part, ignore_errors=True)
    return len(gone)


def restored(store: Store) -> Restored | None:
    """That this workspace was restored and has not met the office since, or None. Sync waits while it says so."""
    said = store.recall("restored")
    if not said:
        return None
    at, made_at = (datetime.fromisoformat(said[name]).astimezone(LONDON) for name in ("at", "made_at"))
    return Restored(at, made_at, said["why"])


def _free_name(folder: Path, now: datetime) -> Path:
    name = f"watmos-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    number = 1
    while (path := folder / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return path


def _manifest(made: Backup) -> bytes:
    said = {
        "format": FORMAT,
        "made_at": made.made_at.isoformat(),
        "why": made.why,
        "changes": made.changes,
        "sha256": made.sha256,
        "size": made.size,
        "workspace": made.workspace,
    }
    return json.dumps(said, indent=2).encode("ascii") + b"\n"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _faults_in_words() -> Iterator[None]:
    try:
        yield
    except sqlcipher.DatabaseError as fault:
        if proof.is_damage(fault):
            raise SourceDamaged from None
        raise BackupFailed("Check that the disk is connected and has room, then try again.") from None
    except (files.NotWritten, OSError) as fault:
        hint = fault.hint if isinstance(fault, files.NotWritten) else "Check that the disk is connected."
        raise BackupFailed(hint) from None
    except proof.TooBusy as fault:
        raise BackupFailed(str(fault)) from None
    except DamagedBackup:
        raise BackupFailed("The disk did not keep what was written to it. Use another disk.") from None
