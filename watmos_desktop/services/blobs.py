"""Attachments on disk: each stored once under the hash of its bytes, sealed, and safe before ``put`` returns.

A file's name is a keyed hash, so whoever has the disk but not the key cannot tell that a known picture is
there. A file is ``mark | nonce | sealed hash | nonce | sealed bytes``, AES-256-GCM (docs/decisions/0005).
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from watmos_desktop.services import erasing, files, vault
from watmos_desktop.services.errors import NotFound, Told

ORPHAN_AGE = 24 * 3600.0  # seconds that bytes may wait on disk for the record that names them

_MARK = b"WAT1"
_NONCE, _TAG, _SHA = 12, 16, 64
_HEAD = len(_MARK) + _NONCE + _SHA + _TAG


class DamagedAttachment(Told):
    """The bytes on disk are not those that were stored."""

    def __init__(self) -> None:
        super().__init__(
            "This photo or file is damaged on this computer.",
            "Bring it back from a backup, or add it again from where it came.",
        )


class Closed(Told):
    """The workspace was closed or locked while something still wanted to look."""

    def __init__(self) -> None:
        super().__init__("The workspace is locked.", "Open it again to go on; what was saved is there.")


class _NoKey:
    """Stands where the cipher was."""

    def encrypt(self, *_: bytes) -> bytes:
        """Raises Closed."""
        raise Closed

    decrypt = encrypt


class Blobs:
    """The attachments in ``folder``, sealed with ``key`` (32 bytes); safe to use from several threads."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = vault.subkey(key, "attachment bytes")
        self._cipher: AESGCM | _NoKey = AESGCM(self._key)
        self._name_key = vault.subkey(key, "attachment names")

    def at(self, folder: Path) -> Blobs:
        """The same names and seals in another folder: a copy of the workspace, or a backup of it."""
        twin = copy.copy(self)
        twin.folder = folder
        return twin

    def forget(self) -> None:
        """Write over the key that seals: the workspace is closed.

        Not over that of the names: a sweep that met zeros there would take every photo for one that nobody names.
        """
        self._cipher = _NoKey()
        erasing.erase(self._key)

    def put(self, data: bytes) -> str:
        """Store ``data`` and return its SHA-256 (hex); when this returns it survives a power cut.

        What is there already is kept, and a damaged copy is made good. Raises files.NotWritten.
        """
        sha = hashlib.sha256(data).hexdigest()
        path = self._path(sha)
        if self._is_sound(sha, path):
            self._settle(path)
            return sha
        files.private_folder(path.parent)
        head, body = secrets.token_bytes(_NONCE), secrets.token_bytes(_NONCE)
        sealed_sha = self._cipher.encrypt(head, sha.encode("ascii"), _MARK + path.name.encode("ascii"))
        sealed = self._cipher.encrypt(body, data, sha.encode("ascii"))
        files.write_whole(path, b"".join((_MARK, head, sealed_sha, body, sealed)))
        self._settle(path)
        return sha

    def get(self, sha: str) -> bytes:
        """The bytes stored under ``sha``; raises NotFound, or DamagedAttachment when they have changed."""
        path = self._path(sha)
        try:
            raw = path.read_bytes()
        except FileNotFoundError as cause:
            raise NotFound("That photo or file") from cause
        except OSError as cause:
            raise DamagedAttachment from cause
        if self._sha(path, raw[:_HEAD]) != sha:
            raise DamagedAttachment
        nonce, sealed = raw[_HEAD : _HEAD + _NONCE], raw[_HEAD + _NONCE :]
        try:
            data = self._cipher.decrypt(nonce, sealed, sha.encode("ascii"))
        except (InvalidTag, ValueError) as cause:
            raise DamagedAttachment from cause
        if hashlib.sha256(data).hexdigest() != sha:
            raise DamagedAttachment
        return data

    def has(self, sha: str) -> bool:
        """Whether something is stored under ``sha``; only ``get`` proves it sound."""
        return self._path(sha).is_file()

    def remove(self, sha: str) -> None:
        """Delete what is stored under ``sha``; nothing there is as good as deleted."""
        self._delete(self._path(sha))

    def all(self) -> Iterator[str]:
        """The SHA-256 of everything stored, read from the heads of the files; raises DamagedAttachment."""
        for path in self._files():
            with path.open("rb") as file:
                sha = self._sha(path, file.read(_HEAD))
            if sha is None:
                raise DamagedAttachment
            yield sha

    def sweep(self, keep: set[str]) -> int:
        """Delete what no record names and has waited a day for one, and what a crash left half-written.

        Returns how many were deleted. The day protects bytes put on disk just before their record is saved.
        """
        kept = {self._path(sha) for sha in keep}
        gone = 0
        for folder in {self.folder, *self.folder.glob("??"), *self.folder.glob("??/??")}:
            gone += files.clear_leftovers(folder, older_than=ORPHAN_AGE)
        for path in self._files():
            if path not in kept and time.time() - path.stat().st_mtime >= ORPHAN_AGE:
                self._delete(path)
                gone += 1
        return gone

    def _path(self, sha: str) -> Path:
        name = hmac.digest(self._name_key, sha.encode(), "sha256").hex()
        return self.folder / name[:2] / name[2:4] / name

    def _files(self) -> Iterator[Path]:
        return (path for path in self.folder.glob("??/??/*") if not path.name.startswith("."))

    def _sha(self, path: Path, head: bytes) -> str | None:
        """The hash that the head of a file seals, or None where it is damaged or under another's name."""
        nonce, sealed = head[len(_MARK) : len(_MARK) + _NONCE], head[len(_MARK) + _NONCE :]
        if not head.startswith(_MARK):
            return None
        try:
            return self._cipher.decrypt(nonce, sealed, _MARK + path.name.encode("ascii")).decode("ascii")
        except (InvalidTag, ValueError):
            return None

    def _is_sound(self, sha: str, path: Path) -> bool:
        if not path.is_file():
            return False
        try:
            os.utime(path)  # before looking: a sweep under way sees that it is wanted
            self.get(sha)
        except (OSError, DamagedAttachment, NotFound):
            return False
        return True

    def _settle(self, path: Path) -> None:
        """Sync the names, also of a file found there: a killed program may have left them unsynced."""
        for folder in (path.parent, path.parent.parent, self.folder):
            files.sync_folder(folder)

    def _delete(self, path: Path) -> None:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
            files.sync_folder(path.parent)
