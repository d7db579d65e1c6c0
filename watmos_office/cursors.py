"""Sealed cursors: how far a device has read, told to nobody.

A plain number would say how busy the rest of the office is, and could be counted up or down; so it is encrypted
(AES-256-GCM), bound to one device and one use, and always of the same length (docs/sync.md 1, security.md A10, A11).
"""

from __future__ import annotations

import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from watmos_office.errors import Answer
from watmos_office.office import Office

_PULL = struct.Struct(">Q")
_RESUME = struct.Struct(">48s16s")  # a table's name, a record's id
_NONCE = 12
_LONGEST = 400


def seal_cursor(office: Office, device_id: UUID, seq: int) -> str:
    """The cursor of a device that has read everything up to ``seq``."""
    return _seal(office, _about("pull", device_id), _PULL.pack(seq))


def open_cursor(office: Office, device_id: UUID, cursor: str) -> int:
    """The number in a cursor, 0 for an empty one.

    Raises Answer 409 ``cursor`` when forged or another device's, 409 ``epoch`` when the office was restored since.
    """
    return int(_PULL.unpack(_open(office, _about("pull", device_id), cursor, _PULL.size))[0]) if cursor else 0


def seal_resume(office: Office, device_id: UUID, bucket: str, table: str, rid: UUID) -> str:
    """Where a bootstrap of that bucket goes on: after this record of this table."""
    return _seal(office, _about(f"bootstrap {bucket}", device_id), _RESUME.pack(table.encode(), rid.bytes))


def open_resume(office: Office, device_id: UUID, bucket: str, after: str) -> tuple[str, UUID | None]:
    """The table and record in ``after``; ``("", None)`` for an empty one. Raises as ``open_cursor``."""
    if not after:
        return "", None
    table, rid = _RESUME.unpack(_open(office, _about(f"bootstrap {bucket}", device_id), after, _RESUME.size))
    return table.rstrip(b"\0").decode(), UUID(bytes=rid)


def _about(use: str, device_id: UUID) -> bytes:
    return f"watmos 1 {use} ".encode() + device_id.bytes


def _seal(office: Office, about: bytes, plain: bytes) -> str:
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(office.cursor_key).encrypt(nonce, office.epoch.bytes + plain, about)
    return urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode()


def _open(office: Office, about: bytes, text: str, size: int) -> bytes:
    if len(text) > _LONGEST:
        raise Answer(409, "cursor")
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        plain = AESGCM(office.cursor_key).decrypt(raw[:_NONCE], raw[_NONCE:], about)
    except (NotBase64, InvalidTag, ValueError):
        raise Answer(409, "cursor") from None
    if len(plain) != len(office.epoch.bytes) + size:
        raise Answer(409, "cursor")
    if plain[:16] != office.epoch.bytes:
        raise Answer(409, "epoch")
    return plain[16:]
