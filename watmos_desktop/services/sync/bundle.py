"""A way out without a network: what waits here in one file that only the office can open (docs/sync.md 9).

A bundle is a row of parts. Each is signed by the device that wrote it and sealed for the office (HPKE, X25519), and
holds what one request would have held, under the same numbers, ids and hashes: a later sync finds all of it known,
and whoever carries the file, or loses it, learns nothing. Any joined device can hand it over, or the office itself.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Attachment
from watmos_desktop.services import files
from watmos_desktop.services.blobs import DamagedAttachment
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import keys, lives, memory, outgoing, photos, wire
from watmos_desktop.services.sync.client import Client
from watmos_desktop.services.sync.memory import Memory
from watmos_desktop.services.sync.outgoing import Ready

Progress = Callable[[int, int], object]

MARK = b"WATMOS bundle 1\n"
LARGEST = 2 << 20  # bytes of one part
_LENGTH, _SIGNATURE = 4, 64
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_PRIME = 2**255 - 19


class NoBundle(Told):
    """The file is none, or was cut short or changed on its way."""

    def __init__(self) -> None:
        super().__init__(
            "This is not a whole bundle file.",
            "Make it again on the device that wrote it, or copy it once more.",
        )


class Foreign(ValueError):  # noqa: N818 - says what it is
    """A part that was not sealed for this office, or not signed by a device of it."""


@dataclass(frozen=True)
class Bundle:
    """What was written: ``operations`` of people and ``photos``; nothing waits when both are 0 and no file is there."""

    path: Path
    operations: int
    photos: int


@dataclass(frozen=True)
class Opened:
    """One part: the body of a push, or (``push`` None) one chunk of a photo."""

    device: UUID
    push: dict[str, Any] | None
    attachment: UUID | None
    index: int
    data: bytes


def export(
    store: Store, path: Path, *, progress: Progress | None = None, stronghold: keys.Keystore | None = None
) -> Bundle:
    """Write all that waits into the file ``path``; it still waits here until the office has confirmed it.

    ``progress(done, total)`` counts parts of the work: the operations as one, then the photos.
    Raises NotJoined, KeyGone, NotWritten, and Told when nothing waits.
    """
    kept = lives.begin(store, memory.load(store))
    key = keys.load(store, stronghold or keys.keystore())
    pictures = _pictures(store)
    with store.read() as session:
        pushes = list(_pushes(store, session, kept))
    if not pushes and not pictures:
        raise Told("Nothing waits here, so there is nothing to take along.", "The office has it all.")
    seal = _sealer(kept, key)
    done = 0

    def parts() -> Iterator[bytes]:
        nonlocal done
        for body in pushes:
            yield seal({"push": body}, b"")
        for number, (attachment, sha256) in enumerate(pictures.items(), 1):
            try:
                data = store.blobs.get(sha256)
            except (NotFound, DamagedAttachment):
                continue
            for index in range(0, len(data), photos.CHUNK):
                said = {"attachment": str(attachment), "index": index // photos.CHUNK}
                yield seal(said, data[index : index + photos.CHUNK])
            done += 1
            if progress:
                progress(number, len(pictures))

    _write(path, parts())
    return Bundle(path, sum(len(body["ops"]) for body in pushes), done)


def carry(path: Path, client: Client, progress: Progress | None = None) -> int:
    """Hand a bundle over to the office, whoever's it is; gives the number of parts.

    ``progress(done, total)`` counts bytes. Raises NoBundle, and what ``Client`` raises; doing it twice does no harm.
    """
    size = path.stat().st_size if path.is_file() else 0
    count = done = 0
    for part in read(path):
        client.put_bundle(part)
        count, done = count + 1, done + len(part) + _LENGTH
        if progress:
            progress(min(done + len(MARK), size), size)
    return count


def read(path: Path) -> Iterator[bytes]:
    """The sealed parts of a bundle; raises NoBundle."""
    try:
        with path.open("rb") as file:
            if file.read(len(MARK)) != MARK:
                raise NoBundle
            while head := file.read(_LENGTH):
                size = int.from_bytes(head, "big")
                part = file.read(size) if len(head) == _LENGTH and size <= LARGEST else b""
                if not part or len(part) != size:
                    raise NoBundle
                if size == 1:
                    return  # the end, which a file cut short does not have
                yield part
    except OSError:
        raise NoBundle from None
    raise NoBundle


def open_part(part: bytes, office: Ed25519PrivateKey, key_of: Callable[[UUID], bytes | None]) -> Opened:
    """What a part holds, by the office's signing key; ``key_of`` gives a device's public key, None if unknown.

    Raises Foreign for a part that is not for this office or not by its device, wire.Malformed for one that is
    neither a push nor a chunk.
    """
    try:
        plain = _SUITE.decrypt(part, _opening_key(office), info=MARK)
    except (InvalidTag, ValueError):
        raise Foreign from None
    signature, signed = plain[:_SIGNATURE], plain[_SIGNATURE:]
    size = int.from_bytes(signed[:_LENGTH], "big")
    said, data = wire.loads(signed[_LENGTH : _LENGTH + size]), signed[_LENGTH + size :]
    if not isinstance(said, dict):
        raise wire.Malformed("a part of a bundle")
    device = wire.parse_id(said.get("device"))
    key = key_of(device)
    try:
        if key is None or b64decode(said["office"]) != office.public_key().public_bytes_raw():
            raise Foreign
        Ed25519PublicKey.from_public_bytes(key).verify(signature, MARK + signed)
    except (KeyError, TypeError, ValueError, InvalidSignature):
        raise Foreign from None
    return _opened(device, said, data)


def _opened(device: UUID, said: dict[str, Any], data: bytes) -> Opened:
    push, index = said.get("push"), said.get("index", 0)
    if isinstance(push, dict) and not data:
        return Opened(device, push, None, 0, b"")
    if push is not None or type(index) is not int or not data:
        raise wire.Malformed("a part of a bundle")
    return Opened(device, None, wire.parse_id(said.get("attachment")), index, data)


def sealing_key(office_key: bytes) -> X25519PublicKey:
    """The key to seal for an office with, from its Ed25519 public key: the same point on the curve's other form."""
    y = int.from_bytes(office_key, "little") & (2**255 - 1)
    u = (1 + y) * pow(1 - y, -1, _PRIME) % _PRIME
    return X25519PublicKey.from_public_bytes(u.to_bytes(32, "little"))


def _opening_key(office: Ed25519PrivateKey) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(hashlib.sha512(office.private_bytes_raw()).digest()[:32])


def _sealer(kept: Memory, key: Ed25519PrivateKey) -> Callable[[dict[str, Any], bytes], bytes]:
    public = sealing_key(b64decode(kept.office_key))

    def seal(said: dict[str, Any], data: bytes) -> bytes:
        head = wire.dumps({"device": kept.device, "office": kept.office_key, **said})
        signed = len(head).to_bytes(_LENGTH, "big") + head + data
        return _SUITE.encrypt(key.sign(MARK + signed) + signed, public, info=MARK)

    return seal


def _pushes(store: Store, session: Session, kept: Memory) -> Iterator[dict[str, Any]]:
    """All that waits as the bodies of pushes, a person's action in one of them if it fits."""
    rows = outgoing.waiting(session)
    batch: list[Ready] = []
    digest, size = kept.hash, 0
    for _, group in groupby(outgoing.chained(rows, kept.acked, kept.hash), key=lambda one: one.row.txn_id):
        for some in _fitting(list(group)):
            weight = sum(len(one.written) for one in some)
            other = batch and batch[0].row.schema_version != some[0].row.schema_version
            full = len(batch) + len(some) > outgoing.MOST_OPS or size + weight > outgoing.MOST_BYTES
            if batch and (other or full):
                yield outgoing.body(store, batch, digest)
                digest, batch, size = batch[-1].hash, [], 0
            batch, size = batch + some, size + weight
    if batch:
        yield outgoing.body(store, batch, digest)


def _fitting(group: list[Ready]) -> Iterator[list[Ready]]:
    for start in range(0, len(group), outgoing.MOST_OPS):
        yield group[start : start + outgoing.MOST_OPS]


def _pictures(store: Store) -> dict[UUID, str]:
    lacking = photos.unconfirmed(store)
    with store.read() as session:
        rows = session.execute(
            select(Attachment.id, Attachment.sha256).where(~Attachment.deleted).order_by(Attachment.id)
        ).all()
    first: dict[str, UUID] = {}
    for row in rows:
        if row.sha256 in lacking:
            first.setdefault(row.sha256, row.id)
    return {attachment: sha256 for sha256, attachment in first.items()}


def _write(path: Path, parts: Iterator[bytes]) -> None:
    beside = path.parent / f".{secrets.token_hex(8)}.part"
    try:
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(file, "wb") as out:
            out.write(MARK)
            for part in parts:
                out.write(len(part).to_bytes(_LENGTH, "big") + part)
            out.write((1).to_bytes(_LENGTH, "big") + b".")
            out.flush()
            os.fsync(out.fileno())
        files.put_in_place(beside, path)
    except OSError as cause:
        raise files.NotWritten(cause) from cause
    finally:
        beside.unlink(missing_ok=True)
