"""What ties a workspace to one computer: a secret in its keystore, without which the passphrase opens nothing.

The key that wraps the data key is then made of both (security.md S3). The secret also lies in the key file, sealed by
the recovery code, so that a broken computer does not take its backups with it: passphrase and code open them anywhere.
A change of passphrase touches neither the secret nor the code.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from watmos_desktop.services import keystore, recovery_code
from watmos_desktop.services.errors import Told

SECRET_BYTES = 32
_FIELD = "code"


class SecretGone(Told):
    """The keystore does not have this workspace's secret: another computer, another account, or it was reset."""

    def __init__(self) -> None:
        super().__init__(
            "The key that this computer keeps for this workspace is not in its keystore.",
            "Your passphrase is not at fault. Type the recovery code that you kept on paper; it also opens backups "
            "on another computer.",
            field=_FIELD,
        )


class KeystoreSilent(Told):
    """There should be a keystore, and it does not answer."""

    def __init__(self) -> None:
        super().__init__(
            "The keystore of this computer does not answer, and this workspace needs the key in it.",
            "Unlock the keystore, or log in to this computer again, then try once more; or type the recovery code.",
            field=_FIELD,
        )


class WrongCode(Told):
    """A whole recovery code, but not of this key file."""

    def __init__(self) -> None:
        super().__init__(
            "That is not the recovery code of this workspace.",
            "A code made later replaces the one before; backups keep the code of their day.",
            field=_FIELD,
        )


class NoKeystore(Told):
    """There is nothing to tie the workspace to."""

    def __init__(self) -> None:
        super().__init__(
            "This computer has no keystore that keeps a secret, so the workspace cannot be tied to it.",
            "It is protected by the passphrase alone, as before.",
        )


@dataclass(frozen=True)
class Tie:
    """A new tie, not in force before the key file says so: ``code`` is shown once, ``part`` goes into the file."""

    code: str = field(repr=False)
    secret: bytes = field(repr=False)
    part: dict[str, str]


def make(workspace: str) -> Tie:
    """A tie for a workspace: the secret of before where the keystore has it, so that older backups open; a new code."""
    kept = None
    if (stronghold := keystore.here()) is not None:
        try:
            kept = _decoded(stronghold.ask(_name(workspace)))
        except keystore.Silent:
            raise KeystoreSilent from None
    return of(workspace, kept or secrets.token_bytes(SECRET_BYTES))


def of(workspace: str, secret: bytes) -> Tie:
    """The tie of a secret that is known, with a new code."""
    code, nonce = secrets.token_bytes(recovery_code.SECRET_BYTES), secrets.token_bytes(12)
    sealed = _cipher(code).encrypt(nonce, secret, workspace.encode())
    part = {"id": _id(secret), "nonce": _pack(nonce), "secret": _pack(sealed)}
    return Tie(recovery_code.words(code), secret, part)


def find(workspace: str, part: Mapping[str, Any], code: str = "") -> bytes:
    """The secret of a tied workspace: out of the seal when a code is given, else from the keystore.

    Raises SecretGone, KeystoreSilent, WrongCode, recovery_code.Mistyped; KeyError, TypeError or ValueError when
    ``part`` makes no sense.
    """
    if code.strip():
        plain = _cipher(recovery_code.read(code))
        try:
            secret = plain.decrypt(b64decode(part["nonce"]), b64decode(part["secret"]), workspace.encode())
        except InvalidTag:
            raise WrongCode from None
    else:
        secret = _kept(workspace)
    if _id(secret) != part["id"]:
        raise SecretGone  # the keystore has that of another copy of this workspace
    return secret


def keep(workspace: str, secret: bytes) -> bool:
    """Put the secret into the keystore; True when it is there to be read again."""
    stronghold = keystore.here()
    return stronghold is not None and stronghold.set(_name(workspace), _pack(secret))


def forget(workspace: str) -> None:
    """Take the secret of a destroyed workspace out of the keystore."""
    if (stronghold := keystore.here()) is not None:
        stronghold.delete(_name(workspace))


def mixed(stretched: bytes, secret: bytes) -> bytes:
    """The wrapping key of a tied workspace: HKDF of the stretched passphrase and the secret, both 32 bytes."""
    return HKDF(SHA256(), 32, salt=None, info=b"watmos 2 wrapping key").derive(stretched + secret)


def _kept(workspace: str) -> bytes:
    stronghold = keystore.here()
    if stronghold is None:
        raise SecretGone
    try:
        found = _decoded(stronghold.ask(_name(workspace)))
    except keystore.Silent:
        raise KeystoreSilent from None
    if found is None:
        raise SecretGone
    return found


def _decoded(kept: str | None) -> bytes | None:
    """What the keystore gave back, None for what is none of ours."""
    try:
        secret = b64decode(kept or "", validate=True)
    except NotBase64:
        return None
    return secret if len(secret) == SECRET_BYTES else None


def _cipher(code: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"watmos 2 recovery code").derive(code))


def _id(secret: bytes) -> str:
    """A name for the secret that tells nothing of it: a wrong one is then not taken for a wrong passphrase."""
    return HKDF(SHA256(), 8, salt=None, info=b"watmos 2 secret's name").derive(secret).hex()


def _name(workspace: str) -> str:
    return f"{workspace} secret"


def _pack(data: bytes) -> str:
    return b64encode(data).decode("ascii")
