"""Photos go up and come down in chunks that may be sent again at will (docs/sync.md 7).

What goes up was proved against its hash when it was read; what comes down is proved before it is kept. One photo
that fails does not hold up the rest. A receipt, signed by the office, is what an original may be let go against.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any, Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import ColumnElement, Select, delete, exists, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import Attachment, Change, Outbox, Receipt
from watmos_desktop.services.blobs import DamagedAttachment
from watmos_desktop.services.errors import NotFound
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import memory, wire
from watmos_desktop.services.sync.problems import Refused

Progress = Callable[[int, int], object]

CHUNK = 256 * 1024  # bytes
LARGEST = 15 << 20  # bytes of a photo; the office takes no larger one either
_BUDGET, _EPOCH, _REFUSED = "photo_budget", "photo_epoch", "photos_refused"  # facts of the workspace
ROOM = 4 << 30  # bytes of photos that a device keeps unless told otherwise
_SETTLED = 600.0  # seconds
_settled: WeakKeyDictionary[Store, float] = WeakKeyDictionary()
_ITS_OWN = frozenset({"not_found", "bad_request", "too_large"})  # refusals that are about one photo


class Photos(Protocol):
    """The part of the client that is used here."""

    def missing(self, attachment: UUID) -> dict[str, Any]:
        """Which chunks the office lacks."""
        ...

    def put_chunk(self, attachment: UUID, index: int, chunk: bytes) -> dict[str, Any]:
        """Send one."""
        ...

    def get_chunk(self, attachment: UUID, index: int) -> bytes:
        """Fetch one."""
        ...


@dataclass(frozen=True)
class _Photo:
    attachment: UUID
    sha256: str
    size: int


class NotProved(Exception):  # noqa: N818 - says what it is
    """What came does not have the hash, or the signature, that it should have."""


def exchange(store: Store, client: Photos, progress: Progress | None = None) -> tuple[int, int]:
    """Send what the office lacks, then fetch what lacks here, newest first, as far as there is room.

    Gives how many photos were sent, and how many of either way are still to come (not those without room).
    ``progress(done, total)`` counts photos. Raises NoNetwork and whatever refuses the device as a whole; what was
    exchanged until then stays so.
    """
    kept = memory.load(store)
    device, office_key = UUID(kept.device), b64decode(kept.office_key)
    _doubt_receipts(store, kept.epoch)
    up, down = _to_send(store), _to_fetch(store)
    refused = _refused(store, kept)
    down = [copies for copies in down if not refused.issuperset(_ids(copies))]
    sent = left = 0
    for done, copies in enumerate(up, 1):
        worked = _any(lambda one: _send(store, client, one, device, office_key), copies)
        sent, left = sent + worked, left + (not worked)
        if progress:
            progress(done, len(up) + len(down))
    for done, copies in enumerate(down, len(up) + 1):
        came = _any(lambda one: _fetch(store, client, one), copies)
        if not came and kept.role == Role.AMBASSADOR:
            refused |= _ids(copies)
        else:
            left += not came
        if progress:
            progress(done, len(up) + len(down))
    if refused:
        store.remember(_REFUSED, {"day": _today(store), "grant_v": kept.grant_v, "ids": sorted(refused)})
    _settled.pop(store, None)
    if not (up or down or refused):
        _settled[store] = monotonic()
    return sent, left


def settled(store: Store) -> bool:
    """Whether a little while ago there was nothing to exchange: where no record has come or gone since, nor is now."""
    return monotonic() - _settled.get(store, -_SETTLED) < _SETTLED


def _refused(store: Store, kept: memory.Memory) -> set[str]:
    """What the office did not give an ambassador today: of a neighbour's photo it gives the record, not the bytes."""
    said = store.recall(_REFUSED)
    now = said.get("day") == _today(store) and said.get("grant_v") == kept.grant_v
    return set(said["ids"]) if now else set()


def _today(store: Store) -> str:
    return store.clock.now().date().isoformat()


def _ids(copies: Iterable[_Photo]) -> set[str]:
    return {str(one.attachment) for one in copies}


def waiting(session: Session) -> int:
    """How many photos taken on this device the office has not confirmed."""
    return session.scalar(_lacking()) or 0


def unconfirmed(store: Store) -> frozenset[str]:
    """The hashes of the photos whose bytes lie here and that the office has not confirmed."""
    with store.read() as session:
        hashes = set(session.scalars(select(Attachment.sha256).where(_unconfirmed())))
    return frozenset(sha256 for sha256 in hashes if store.blobs.has(sha256))


def keep_at_most(store: Store, room: int) -> None:
    """Fetch photos only while those kept here take less than ``room`` bytes; nothing is deleted."""
    store.remember(_BUDGET, {"bytes": room})
    _settled.pop(store, None)


def check_receipt(
    said: Mapping[str, Any], *, sha256: str, size: int, device: UUID, office_key: bytes
) -> dict[str, Any]:
    """The receipt in an answer, if the office signed it for this photo of this device; raises NotProved."""
    receipt = said.get("receipt")
    try:
        signature = b64decode(said["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(office_key).verify(signature, wire.canonical(receipt))
    except (KeyError, TypeError, NotBase64, InvalidSignature, wire.Malformed):
        raise NotProved from None
    if not isinstance(receipt, dict) or (receipt.get("sha256"), receipt.get("size")) != (sha256, size):
        raise NotProved
    if receipt.get("device") != str(device):
        raise NotProved
    return {"receipt": receipt, "signature": said["signature"]}


def keep_receipt(store: Store, sha256: str, body: Mapping[str, Any]) -> None:
    """Remember that the office holds these bytes."""
    row = {"sha256": sha256, "at": store.clock.now(), "body": dict(body)}
    with store.apply() as connection:
        connection.execute(insert(Receipt).values(row).on_conflict_do_nothing())


def _doubt_receipts(store: Store, epoch: str) -> None:
    """An office that was put back may lack what it confirmed before: every photo here is offered to it again."""
    if store.recall(_EPOCH).get("id", epoch) != epoch:
        with store.apply() as connection:
            connection.execute(delete(Receipt))
    if store.recall(_EPOCH) != {"id": epoch}:
        store.remember(_EPOCH, {"id": epoch})


@cache
def _lacking() -> Select[int]:
    """Built once: asked twice a visit, and building it takes longer than the answer."""
    here = exists().where(
        Change.table_name == "attachment", Change.record_id == Attachment.id, Change.kind == "insert"
    )
    return select(func.count(Attachment.sha256.distinct())).where(_unconfirmed(), here)


def _unconfirmed() -> ColumnElement[bool]:
    return ~exists().where(Receipt.sha256 == Attachment.sha256) & ~Attachment.deleted


def _newest(*which: ColumnElement[bool]) -> Any:
    return (
        select(Attachment.id, Attachment.sha256, Attachment.size)
        .where(~Attachment.deleted, *which)
        .order_by(Attachment.taken_at.desc(), Attachment.id)
    )


def _to_send(store: Store) -> list[list[_Photo]]:
    """Photos whose bytes are here and not confirmed, each with every record that shows it and is at the office."""
    with store.read() as session:
        rows = session.execute(_newest(_unconfirmed())).all()
        new = select(Outbox.record_id).where(Outbox.table_name == "attachment", Outbox.kind == "insert")
        unsent = set(session.scalars(new))
    found = _by_hash(row for row in rows if row.id not in unsent)
    return [copies for copies in found if store.blobs.has(copies[0].sha256)]


def _to_fetch(store: Store) -> list[list[_Photo]]:
    """Photos that are not here and for which there is room, each with every record that shows it."""
    with store.read() as session:
        rows = session.execute(_newest()).all()
    room = store.recall(_BUDGET).get("bytes", ROOM)
    lacking = []
    for copies in _by_hash(rows):
        if store.blobs.has(copies[0].sha256):
            room -= copies[0].size
        else:
            lacking.append(copies)
    wanted = []
    for copies in lacking:
        room -= copies[0].size
        if room >= 0:
            wanted.append(copies)
    return wanted


def _by_hash(rows: Iterable[Any]) -> list[list[_Photo]]:
    found: dict[str, list[_Photo]] = {}
    for row in rows:
        if 0 < row.size <= LARGEST:  # the office's word: nothing is fetched without bound
            found.setdefault(row.sha256, []).append(_Photo(row.id, row.sha256, row.size))
    return list(found.values())


def _any(exchange_one: Callable[[_Photo], None], copies: Iterable[_Photo]) -> bool:
    """Whether it worked for one of the records that show a photo: the right to it may come from any."""
    for photo in copies:
        try:
            exchange_one(photo)
        except (NotProved, NotFound, DamagedAttachment):
            continue
        except Refused as refusal:
            if refusal.code not in _ITS_OWN:
                raise
            continue
        return True
    return False


def _send(store: Store, client: Photos, photo: _Photo, device: UUID, office_key: bytes) -> None:
    data = store.blobs.get(photo.sha256)
    if len(data) != photo.size:
        raise NotProved
    said = client.missing(photo.attachment)
    indexes = _indexes(said, len(data))
    if not indexes and "receipt" not in said:
        indexes = [0]  # all are there: any of them again brings the receipt
    for index in indexes:
        said = client.put_chunk(photo.attachment, index, data[index * CHUNK : (index + 1) * CHUNK])
    body = check_receipt(said, sha256=photo.sha256, size=photo.size, device=device, office_key=office_key)
    keep_receipt(store, photo.sha256, body)


def _indexes(said: Mapping[str, Any], size: int) -> list[int]:
    missing = said.get("missing")
    if said.get("size") != size or said.get("chunk") != CHUNK or not isinstance(missing, list):
        raise NotProved
    return [index for index in range(_chunks(size)) if index in missing]


def _fetch(store: Store, client: Photos, photo: _Photo) -> None:
    data = b"".join(client.get_chunk(photo.attachment, index) for index in range(_chunks(photo.size)))
    if len(data) != photo.size or hashlib.sha256(data).hexdigest() != photo.sha256:
        raise NotProved
    store.blobs.put(data)
    keep_receipt(store, photo.sha256, {"fetched": True})


def _chunks(size: int) -> int:
    return -(-size // CHUNK)
