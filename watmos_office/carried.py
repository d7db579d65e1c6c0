"""Bundles: what a device without a network wrote, brought here by another device or a person (docs/sync.md 9).

A part speaks for the device that signed it, under that device's own rights as they are now; the carrier's rights do
not matter, and the carrier learns no more than that it was taken.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy import select

from watmos_desktop.services.sync import bundle, wire
from watmos_office import access, blobs, push
from watmos_office.errors import Answer, not_found
from watmos_office.office import Office
from watmos_office.tables import Device


def take(office: Office, part: bytes) -> dict[str, bool]:
    """Take one part of a bundle in: ``{"taken": True}``, any number of times.

    Raises Answer: 404 ``not_found`` when it is not for this office, or by no device that may speak; 400
    ``bad_request``; and what a push or a chunk is refused with.
    """
    try:
        opened = bundle.open_part(part, office.signing_key, lambda device_id: _key(office, device_id))
    except bundle.Foreign:
        raise not_found() from None
    except wire.Malformed:
        raise Answer(400, "bad_request") from None
    author = access.author(office, opened.device)
    if opened.push is not None:
        push.push(office, author, opened.push)
    elif opened.attachment is not None:
        digest = hashlib.sha256(opened.data).hexdigest()
        blobs.put(office, author, opened.attachment, opened.index, digest, opened.data)
    return {"taken": True}


def _key(office: Office, device_id: UUID) -> bytes | None:
    with office.reading() as connection:
        key: bytes | None = connection.scalar(select(Device.key).where(Device.id == device_id))
    return key
