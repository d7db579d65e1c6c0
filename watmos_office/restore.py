"""An office brought back from a backup, to an empty database of either kind; its devices are told by a new epoch."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, delete, select, update

from watmos_desktop.services.errors import Told
from watmos_office import audit, backup, blobs, blobstore, saving, tokens
from watmos_office.backup import PHOTOS, Backup, Progress
from watmos_office.office import Office
from watmos_office.tables import Blob, Device, Fact, Member, OfficeBase, Record, Token


@dataclass(frozen=True)
class Restored:
    """What was brought back; of its photos ``missing`` have no bytes here and are asked of the devices again."""

    backup: Backup
    photos: int
    missing: int


def restore(office: Office, path: Path, progress: Progress = lambda _done, _all: None) -> Restored:
    """Put a backup into this office, which must be empty, prove it there, and begin a new epoch.

    Devices offer everything they kept again and read from the start. Their tokens are void; the first call with
    the device's own key gives new ones (tokens.py). Raises Told when this office is in use, DamagedBackup.
    """
    found = backup.check(path)
    with office.writing() as connection:
        for table in (Member, Record):
            if connection.execute(select(table.__table__).limit(1)).first() is not None:
                raise Told("There is an office in use here.", "Restore into an empty folder or database.")
        for one in reversed(OfficeBase.metadata.sorted_tables):
            connection.execute(delete(one))
        backup.copy_rows(path, connection)
        _begin_again(connection)
    office.renew()
    with office.writing() as connection:
        audit.note(connection, office, None, "office.restored", office.epoch)
    photos, missing = _photos(office, path.parent / PHOTOS, progress)
    return Restored(found, photos, missing)


def _begin_again(connection: Connection) -> None:
    """A new epoch; tokens that were changed since the backup are unknown here, so each device may renew once by key."""
    connection.execute(update(Fact).where(Fact.key == "epoch").values(value={"id": str(uuid4())}))
    connection.execute(delete(Token))
    devices = connection.execute(select(Device.id).where(Device.status.in_(("active", "drain")))).scalars()
    again = [{"key": f"{tokens.AGAIN}{one}", "value": {}} for one in devices]
    saving.upsert(connection, Fact, again)


def _photos(office: Office, copies: Path, progress: Progress) -> tuple[int, int]:
    """Bring photos back from beside the backup; those without bytes are no longer counted as here."""
    store, beside = blobstore.at(office.photos, office.home), blobstore.Folder(copies)
    with office.reading() as connection:
        wanted = connection.execute(select(Blob.sha256, Blob.size).where(Blob.state == "whole")).all()
    lost = []
    for done, (sha256, _size) in enumerate(wanted, 1):
        name = blobs.whole(sha256)
        if not _is_sound(store.get(name), sha256):
            data = beside.get(name)
            if data is not None and _is_sound(data, sha256):
                store.put(name, data, safe=True)
            else:
                lost.append(sha256)
        progress(done, len(wanted))
    with office.writing() as connection:
        for sha256 in lost:
            connection.execute(
                update(Blob).where(Blob.sha256 == sha256).values(state="partial", whole_at=None)
            )
    return len(wanted) - len(lost), len(lost)


def _is_sound(data: bytes | None, sha256: str) -> bool:
    return data is not None and hashlib.sha256(data).hexdigest() == sha256
