"""A device joins: a one-time code (devices.py makes it) for the key that the device made (S14).

One UPDATE decides who redeems a code, however many try at once. When the reply was lost, the device with the same
key may ask again until the code ends: it is answered with new tokens, as long as it has not been heard of since.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Connection, insert, select, update

from watmos_office import audit, tokens
from watmos_office.devices import code_hash
from watmos_office.errors import not_found
from watmos_office.office import Office
from watmos_office.tables import Code, Device, Member


def redeem(office: Office, code: str, name: str, key: bytes, proof: bytes) -> dict[str, Any]:
    """Make the device of a code: the answer of ``POST /sync/v1/enrol`` (docs/sync.md 3).

    ``proof`` is the signature of the code as it was sent, by ``key`` (32 bytes). Raises Answer 404 ``not_found``
    alike for a code that is unknown, used or over, a member who left, and a proof that does not hold.
    """
    if not _signed(key, proof, code.encode()):
        raise not_found()
    now = office.clock.now()
    with office.writing() as connection:
        digest = code_hash(code)
        first = connection.execute(
            update(Code)
            .where(Code.sha256 == digest, Code.used_at.is_(None), Code.expires_at > now)
            .values(used_at=now)
            .returning(Code.member_id, Code.made_by)
        ).first()
        device_id = _repeated(connection, digest, key, now) if first is None else uuid4()
        member = _member(connection, digest)
        if device_id is None or member is None:
            raise not_found()  # rolls back: a member who was let go does not use the code up
        if first is not None:
            device = {"id": device_id, "member_id": first.member_id, "name": name, "key": key}
            joined = {"enrolled_at": now, "code_by": first.made_by, "status": "active"}
            connection.execute(insert(Device).values(**device, **joined))
            audit.note(connection, office, first.member_id, "device.enrol", device_id)
        else:
            tokens.end_all(connection, device_id)
        given = tokens.issue(connection, device_id, now)
    return {
        "device": str(device_id),
        "member": member,
        "office_key": b64encode(office_key(office)).decode(),
        "epoch": str(office.epoch),
        **given,
    }


def office_key(office: Office) -> bytes:
    """The office's Ed25519 public key, 32 bytes."""
    return office.signing_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _signed(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _repeated(connection: Connection, digest: str, key: bytes, now: datetime) -> UUID | None:
    device: UUID | None = connection.scalar(
        select(Device.id)
        .join(Code, (Code.member_id == Device.member_id) & (Code.used_at == Device.enrolled_at))
        .where(Code.sha256 == digest, Code.expires_at > now, Device.key == key)
        .where(Device.seen_at.is_(None), Device.status == "active")
    )
    return device


def _member(connection: Connection, digest: str) -> dict[str, str] | None:
    its = select(Member.id, Member.name, Member.role).join(Code, Code.member_id == Member.id)
    row = connection.execute(its.where(Code.sha256 == digest, Member.active.is_(True))).first()
    return {"id": str(row.id), "name": row.name, "role": row.role} if row else None
