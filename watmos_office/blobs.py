"""Photos in chunks: sent in any order, any number of times, whole only when their hash says so (docs/sync.md 7).

The right to a photo is the right to its attachment record, never the knowledge of its hash: who names a hash in a
record of their own has to send the bytes all the same, and reads nothing until they have.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, or_, select

from watmos_desktop.services import log
from watmos_desktop.services.sync import wire
from watmos_office import blobstore, projection, saving
from watmos_office.blobstore import BlobStore
from watmos_office.caller import Caller
from watmos_office.errors import Answer, not_found
from watmos_office.office import Office
from watmos_office.tables import Blob, Device, Photo, Quarantine, Record, RowBucket

CHUNK = 256 * 1024
LIMIT = 15 * 1024 * 1024
ABANDONED = timedelta(days=14)  # chunks of a photo whose others did not come for so long are let go
_PARTS = "parts"
_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class _Wanted:
    """What an attachment says of its bytes, and since when they are here whole, if they are."""

    attachment: UUID
    sha256: str
    size: int
    at: datetime | None

    @property
    def chunks(self) -> int:
        return -(-self.size // CHUNK)

    @property
    def parts(self) -> str:
        return f"{_PARTS}/{self.attachment}/{self.sha256}"

    def length(self, index: int) -> int:
        """How long that chunk has to be."""
        return min(CHUNK, self.size - index * CHUNK)


def missing(office: Office, caller: Caller, attachment: UUID) -> dict[str, Any]:
    """``{"size", "chunk", "missing"}``, and the receipt when nothing is. Raises Answer 404 ``not_found``."""
    wanted = _sendable(office, caller, attachment)
    if wanted.at is not None:
        return {"size": wanted.size, "chunk": CHUNK, "missing": [], **_receipt(office, caller, wanted)}
    left = sorted(set(range(wanted.chunks)) - _there(_store(office), wanted))
    return {"size": wanted.size, "chunk": CHUNK, "missing": left}


def put(
    office: Office, caller: Caller, attachment: UUID, index: int, sha256: str, data: bytes
) -> dict[str, Any]:
    """Take one chunk in; ``sha256`` is of the chunk. Gives ``{"left"}``, or the receipt once all are there.

    Raises Answer: 404 ``not_found``; 400 ``bad_request`` for a chunk that is none of this photo or was damaged on
    its way, and when all together are not the photo that the record names: then they are let go.
    """
    wanted, store = _sendable(office, caller, attachment), _store(office)
    if wanted.at is not None:
        return _receipt(office, caller, wanted)
    fits = index < wanted.chunks and len(data) == wanted.length(index)
    if not fits or hashlib.sha256(data).hexdigest() != sha256:
        raise Answer(400, "bad_request")
    store.put(f"{wanted.parts}/{index}", data, safe=False)
    left = wanted.chunks - len(_there(store, wanted))
    return {"left": left} if left else _finish(office, caller, store, wanted)


def chunk(office: Office, caller: Caller, attachment: UUID, index: int) -> bytes:
    """One chunk of a photo. Raises Answer 404 ``not_found`` alike for no such photo, not yours, and not here yet."""
    with office.reading() as connection:
        row = _record(connection, attachment)
        yours = row is not None and _readable(connection, caller, attachment, row)
        wanted = _wanted(connection, attachment, row.data, row.author) if yours else None
    if wanted is None or wanted.at is None or not 0 <= index < wanted.chunks:
        raise not_found()
    found = _store(office).get(whole(wanted.sha256), index * CHUNK, wanted.length(index))
    if found is None:
        raise not_found()
    return found


def sweep(office: Office) -> int:
    """Let go of photos that were half sent and no more came: the device sends all chunks if it ever calls again."""
    swept = _store(office).sweep(_PARTS, datetime.now(UTC) - ABANDONED)  # by the clock that stamped the files
    if swept:
        log.event("photos.swept", photos=swept)
    return swept


def whole(sha256: str) -> str:
    """The name of a whole photo in the store."""
    return f"whole/{sha256[:2]}/{sha256}"


def _finish(office: Office, caller: Caller, store: BlobStore, wanted: _Wanted) -> dict[str, Any]:
    """Prove that the chunks make the photo, keep it, and only then say so."""
    parts = [store.get(f"{wanted.parts}/{index}") for index in range(wanted.chunks)]
    if any(part is None for part in parts):  # another request has just finished the same photo
        again = _sendable(office, caller, wanted.attachment)
        return _receipt(office, caller, again) if again.at else {"left": wanted.chunks}
    data = b"".join(part for part in parts if part is not None)
    if len(data) != wanted.size or hashlib.sha256(data).hexdigest() != wanted.sha256:
        store.remove(wanted.parts)
        raise Answer(400, "bad_request")
    store.put(whole(wanted.sha256), data, safe=True)
    now = office.clock.now()
    photo = {
        "attachment_id": wanted.attachment,
        "sha256": wanted.sha256,
        "device_id": caller.device_id,
        "at": now,
    }
    with office.writing() as connection:
        blob = {"sha256": wanted.sha256, "size": wanted.size, "state": "whole", "whole_at": now}
        saving.upsert(connection, Blob, [blob])
        saving.upsert(connection, Photo, [photo])
    store.remove(wanted.parts)
    return _receipt(office, caller, _sendable(office, caller, wanted.attachment))


def _receipt(office: Office, caller: Caller, wanted: _Wanted) -> dict[str, Any]:
    assert wanted.at is not None
    said = {
        "sha256": wanted.sha256,
        "size": wanted.size,
        "device": str(caller.device_id),
        "at": wanted.at.astimezone(UTC).isoformat(),
    }
    return {"receipt": said, "signature": b64encode(office.signing_key.sign(wire.canonical(said))).decode()}


def _sendable(office: Office, caller: Caller, attachment: UUID) -> _Wanted:
    """What is wanted of a photo that this caller may send: one they may read, one they added, one in quarantine."""
    with office.reading() as connection:
        row = _record(connection, attachment)
        if row is None:
            data, author = _quarantined(connection, caller, attachment), caller.member_id
        else:
            mine = row.author == caller.member_id or _readable(connection, caller, attachment, row)
            data, author = (row.data if mine else None), row.author
        wanted = _wanted(connection, attachment, data, author) if data else None
    if wanted is None:
        raise not_found()
    if wanted.size > LIMIT:
        raise Answer(413, "too_large")
    return wanted


def _record(connection: Connection, attachment: UUID) -> Any:
    there = select(Record.data, Record.author).where(
        Record.tbl == "attachment", Record.rid == attachment, Record.deleted.is_(False)
    )
    return connection.execute(there).first()


def _readable(connection: Connection, caller: Caller, attachment: UUID, row: Any) -> bool:
    """Whether the caller holds one of the record's buckets, and its bytes are for them."""
    lies = select(RowBucket.bucket).where(
        RowBucket.tbl == "attachment", RowBucket.rid == attachment, RowBucket.present.is_(True)
    )
    held = not caller.buckets.isdisjoint(connection.execute(lies).scalars())
    return held and projection.may_read_bytes(caller, row.data, row.author)


def _quarantined(connection: Connection, caller: Caller, attachment: UUID) -> Mapping[str, Any] | None:
    """What this device said of the photo in an operation that waits for a decision: its bytes are kept as well."""
    waiting = select(Quarantine.body).where(
        Quarantine.tbl == "attachment", Quarantine.rid == attachment, Quarantine.device_id == caller.device_id
    )
    for body in connection.execute(waiting).scalars():
        if isinstance(said := body.get("set"), dict) and "sha256" in said:
            return said
    return None


def _wanted(
    connection: Connection, attachment: UUID, data: Mapping[str, Any], author: UUID | None
) -> _Wanted | None:
    """The bytes are here for this record when they came in for it, or from whoever added it for another."""
    sha256, size = data.get("sha256"), data.get("size")
    if not isinstance(sha256, str) or not _SHA.fullmatch(sha256) or type(size) is not int or size < 1:
        return None
    its = (
        select(Photo.at)
        .outerjoin(Device, Device.id == Photo.device_id)
        .join(Blob, Blob.sha256 == Photo.sha256)
        .where(Photo.sha256 == sha256, Blob.size == size, Blob.state == "whole")
        .where(or_(Photo.attachment_id == attachment, Device.member_id == author))
        .order_by(Photo.at)
        .limit(1)
    )
    return _Wanted(attachment, sha256, size, connection.execute(its).scalar())


def _there(store: BlobStore, wanted: _Wanted) -> set[int]:
    """The chunks that came in; one that a power cut left short is not there."""
    return {
        int(name)
        for name, size in store.sizes(wanted.parts).items()
        if name.isdecimal() and int(name) < wanted.chunks and size == wanted.length(int(name))
    }


def _store(office: Office) -> BlobStore:
    return blobstore.at(office.photos, office.home)
