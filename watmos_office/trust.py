"""Which authorities devices are to trust from now on, so that the office's certificate can change (security.md S17).

The office signs the list by the key that every device pinned when it joined. A new authority is announced while the old
one still serves, long before it is used: a device that was asleep then finds either of them.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import BasicConstraints, Certificate, ExtensionNotFound
from sqlalchemy import Connection, select

from watmos_desktop.services.errors import Told
from watmos_desktop.services.sync import wire
from watmos_office import audit, saving
from watmos_office.errors import not_found
from watmos_office.office import Office
from watmos_office.tables import Fact

OVERLAP = timedelta(days=90)  # so long both are announced before the certificate changes
MOST = 4  # authorities in a list
_FACT = "authorities"
_FRESH = 60.0  # seconds: every hello names the list, and a worker need not ask for it each time
_known: WeakKeyDictionary[Office, tuple[float, dict[str, str]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Authority:
    """One that devices trust: its name and until when it lasts, and whether it would last the overlap."""

    name: str
    until: datetime
    lasts: bool


def announce(connection: Connection, office: Office, pem: bytes) -> list[Authority]:
    """Have devices trust these authorities and no others, from their next call on. Raises Told at ``file``."""
    found = _read(pem, office.clock.now())
    kept = b"".join(one.public_bytes(Encoding.PEM) for one in found).decode("ascii")
    at = office.clock.now().astimezone(UTC).isoformat()
    saving.upsert(connection, Fact, [{"key": _FACT, "value": {"pem": kept, "at": at}}])
    audit.note(connection, office, None, "office.authorities", _digest(kept)[:16])
    _known.pop(office, None)
    return _cards(found, office.clock.now())


def announced(connection: Connection, office: Office) -> list[Authority]:
    """What devices are told to trust; empty when nothing was announced, and each trusts what it joined with."""
    said = connection.scalar(select(Fact.value).where(Fact.key == _FACT))
    if not said:
        return []
    return _cards(x509.load_pem_x509_certificates(said["pem"].encode()), office.clock.now())


def named(office: Office) -> str:
    """What hello says of the list: its SHA-256 in hexadecimal, or nothing where there is none."""
    said = _said(office)
    return _digest(said["pem"]) if said else ""


def signed(office: Office) -> dict[str, Any]:
    """The answer of ``GET /sync/v1/trust``; raises Answer 404 ``not_found`` where nothing was announced."""
    said = _said(office)
    if not said:
        raise not_found()
    signature = office.signing_key.sign(wire.trust_text(said["pem"], said["at"]))
    return {**said, "signature": b64encode(signature).decode()}


def _said(office: Office) -> dict[str, str]:
    at, said = _known.get(office, (0.0, {}))
    if not at or monotonic() - at > _FRESH:
        with office.reading() as connection:
            said = connection.scalar(select(Fact.value).where(Fact.key == _FACT)) or {}
        _known[office] = monotonic(), said
    return said


def _read(pem: bytes, now: datetime) -> list[Certificate]:
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError:
        found = []
    if not 1 <= len(found) <= MOST:
        raise Told(
            f"There are 1 to {MOST} authorities to trust, as PEM.", "Give their own files.", field="file"
        )
    for one in found:
        if not _is_authority(one):
            raise Told(
                f"{_name(one)} is a certificate, not an authority.",
                "Give the one that signed it.",
                field="file",
            )
        if not one.not_valid_before_utc <= now <= one.not_valid_after_utc:
            raise Told(f"{_name(one)} is not in date.", "Give one that is.", field="file")
    if len({one.subject for one in found}) < len(found):
        raise Told(
            "Two of them have the same name, so that devices could not tell them apart.",
            "Make the new authority with a name of its own.",
            field="file",
        )
    return found


def _is_authority(certificate: Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(BasicConstraints).value.ca
    except ExtensionNotFound:
        return False


def _cards(found: list[Certificate], now: datetime) -> list[Authority]:
    return [
        Authority(_name(one), one.not_valid_after_utc, one.not_valid_after_utc - now > OVERLAP)
        for one in found
    ]


def _name(certificate: Certificate) -> str:
    return certificate.subject.rfc4514_string() or "One of them"


def _digest(pem: str) -> str:
    return hashlib.sha256(pem.encode()).hexdigest()
