"""Follows the office to a new authority: a list signed by the office's own key, pinned before it is needed (S17).

Only a device that joined by a private authority follows; one that trusts the public ones stays with them. A list counts
when it is newer than the last, and when the office proves itself under it at once: a slip there locks nobody out.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from watmos_desktop.services import log
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import wire
from watmos_desktop.services.sync.client import Client
from watmos_desktop.services.sync.joining import ADDRESS

_LONGEST = 64 * 1024


def follow(store: Store, client: Client, answer: Mapping[str, Any]) -> bool:
    """Pin what the office announces, if hello's ``answer`` names a list not taken yet; whether it was pinned.

    Raises what ``Client`` raises when the office cannot be asked; a list that does not hold is left alone.
    """
    named = answer.get("trust")
    if not named:
        return False
    address = store.recall(ADDRESS)
    if not address.get("ca") or named in (address.get("trust"), address.get("refused")):
        return False
    said = client.ask("GET", "/trust")
    pem, at = said.get("pem"), said.get("at")
    sound = (
        isinstance(pem, str)
        and isinstance(at, str)
        and len(pem) <= _LONGEST
        and hashlib.sha256(pem.encode()).hexdigest() == named
        and _by_the_office(client.identity.office_key, said)
        and _newer(at, address.get("trusted_at", ""))
        and _holds(client, pem)
    )
    if sound:
        store.remember(ADDRESS, {**address, "ca": pem, "trust": named, "trusted_at": at})
    else:  # not asked for at every visit; a corrected list has another name
        store.remember(ADDRESS, {**address, "refused": named})
    log.event("trust.pinned" if sound else "trust.refused")
    return sound


def _by_the_office(key: bytes, said: Mapping[str, Any]) -> bool:
    try:
        signature = b64decode(said["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, wire.trust_text(said["pem"], said["at"]))
    except (KeyError, TypeError, ValueError, NotBase64, InvalidSignature):
        return False
    return True


def _newer(at: str, before: str) -> bool:
    try:
        return not before or datetime.fromisoformat(at) > datetime.fromisoformat(before)
    except (TypeError, ValueError):
        return False


def _holds(client: Client, pem: str) -> bool:
    """Whether the office proves itself under that list, which must therefore name what serves at this moment."""
    try:
        client.prove_under(pem)
    except (Told, ValueError, OSError):  # ssl.SSLError is an OSError
        return False
    return True
