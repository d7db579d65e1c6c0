"""The device's own key, kept where a copied workspace does not carry it along: the keystore of the computer.

Windows' Credential Manager, macOS' Keychain or the Secret Service where there is one; else sealed in the encrypted
workspace. The keystore also holds an anchor, by which a workspace that was copied or put back is noticed offline.
Tokens lie sealed beside the database, not in it: a restored backup must not bring back one that was used already.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from watmos_desktop.services import erasing, files, vault
from watmos_desktop.services.keystore import Keystore as Keystore
from watmos_desktop.services.keystore import here
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import problems

TOKENS = "office.sealed"
_FACT = "device_key"
_NONCE = 12


@dataclass(frozen=True)
class Tokens:
    """The device's tokens; ``expires_at`` is when ``access`` ends."""

    access: str
    refresh: str
    expires_at: datetime


@dataclass(frozen=True)
class Anchor:
    """What the keystore remembers of this workspace: which life of it pushed how far."""

    incarnation: UUID
    n: int


def keystore() -> Keystore | None:
    """The keystore of this computer, or None where there is none worth the name."""
    return here()


def make(store: Store, stronghold: Keystore | None) -> Ed25519PrivateKey:
    """A new key for this device, kept at once."""
    key = Ed25519PrivateKey.generate()
    seed = b64encode(key.private_bytes_raw()).decode("ascii")
    if stronghold is not None and stronghold.set(_name(store, "key"), seed):
        store.remember(_FACT, {"where": "keystore"})
    else:
        store.remember(_FACT, {"where": "workspace", "seed": seed})
    return key


def load(store: Store, stronghold: Keystore | None) -> Ed25519PrivateKey:
    """The key of this device. Raises KeyGone."""
    kept = store.recall(_FACT)
    seed = kept.get("seed")
    if kept.get("where") == "keystore":
        seed = stronghold.get(_name(store, "key")) if stronghold else None
    if not seed:
        raise problems.KeyGone
    return Ed25519PrivateKey.from_private_bytes(b64decode(seed))


def destroy(store: Store, stronghold: Keystore | None) -> None:
    """Forget the device's key, its tokens and its anchor, for good."""
    forget(vault.workspace_id(store.home), stronghold)
    (store.home / TOKENS).unlink(missing_ok=True)
    store.remember(_FACT, {})


def forget(workspace: str, stronghold: Keystore | None) -> None:
    """Take the key and the anchor of a workspace, by its id, out of the keystore."""
    if stronghold is not None:
        for what in ("key", "anchor"):
            stronghold.delete(f"{workspace} {what}")


def keep_tokens(store: Store, tokens: Tokens) -> None:
    """Keep the tokens before they are used: when this returns they survive a power cut. Raises NotWritten."""
    plain = orjson.dumps(
        {"access": tokens.access, "refresh": tokens.refresh, "expires_at": tokens.expires_at}
    )
    nonce = secrets.token_bytes(_NONCE)
    files.write_whole(_tokens(store), nonce + _cipher(store).encrypt(nonce, plain, TOKENS.encode()))


def load_tokens(store: Store) -> Tokens | None:
    """The newest tokens, or None: there are none, or they are another workspace's."""
    try:
        raw = _tokens(store).read_bytes()
        said = orjson.loads(_cipher(store).decrypt(raw[:_NONCE], raw[_NONCE:], TOKENS.encode()))
    except (OSError, InvalidTag, ValueError):
        return None
    return Tokens(said["access"], said["refresh"], datetime.fromisoformat(said["expires_at"]))


def anchor(store: Store, stronghold: Keystore | None) -> Anchor | None:
    """What the keystore remembers of this workspace, if anything."""
    raw = stronghold.get(_name(store, "anchor")) if stronghold else None
    with suppress(ValueError, TypeError):
        incarnation, n = (raw or "").split()
        return Anchor(UUID(incarnation), int(n))
    return None


def raise_anchor(store: Store, n: int, stronghold: Keystore | None) -> None:
    """Remember that this life of the workspace has pushed up to ``n``."""
    if stronghold is not None:
        stronghold.set(_name(store, "anchor"), f"{store.incarnation} {n}")


def was_put_back(store: Store, sent: int, stronghold: Keystore | None) -> bool:
    """Whether this workspace is older than what the computer remembers of it: ``sent`` is what it believes it pushed.

    A workspace that was restored by the program has a new incarnation and is no surprise.
    """
    known = anchor(store, stronghold)
    return known is not None and known.incarnation == store.incarnation and known.n > sent


def _tokens(store: Store) -> Path:
    return store.home / TOKENS


def _cipher(store: Store) -> AESGCM:
    with erasing.lent(store.database_key) as key, erasing.lent(vault.subkey(key, "office tokens")) as own:
        return AESGCM(own)


def _name(store: Store, what: str) -> str:
    return f"{vault.workspace_id(store.home)} {what}"
