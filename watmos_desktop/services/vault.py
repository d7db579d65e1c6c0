"""The key of a workspace: random, and wrapped by the passphrase (docs/decisions/0004, security.md S2-S5).

``workspace.json`` holds nothing secret that the passphrase does not seal. Its checksum tells a damaged file
from a wrong passphrase; the seal covers every setting in it too, so none can be weakened unnoticed. In format 2 the
workspace is tied to its computer (``services.tie``): the keystore's secret is part of the wrapping key.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
import os
import secrets
import shutil
import sys
import unicodedata
from pathlib import Path
from typing import Any

import uuid_utils.compat as uuid
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from watmos_desktop.services import erasing, passphrases, tie
from watmos_desktop.services.errors import Told
from watmos_desktop.services.files import NotWritten, private_folder, sync_folder, write_whole

FILE = "workspace.json"
FORMAT, TIED = 1, 2
KEY_BYTES = 32

# Argon2id: what is written today (RFC 9106, second choice), the least and the most that is ever accepted.
# The floor is in the program, not in the file, so that a changed file cannot make guessing cheap; the ceiling
# keeps a changed file from eating the memory of a tablet.
KDF_NOW = {"memory_kib": 64 * 1024, "passes": 3, "lanes": 4}
KDF_LEAST = {"memory_kib": 64 * 1024, "passes": 3, "lanes": 1}
KDF_MOST = {"memory_kib": 256 * 1024, "passes": 10, "lanes": 16}


class NoWorkspace(Told):
    """There is no workspace in that folder."""

    def __init__(self) -> None:
        super().__init__(
            "There is no workspace in this folder.", "Choose another folder, or make a new workspace here."
        )


class WorkspaceExists(Told):
    """A workspace would be made over another, and its key lost."""

    def __init__(self) -> None:
        super().__init__(
            "There is a workspace in this folder already.", "Open it, or choose an empty folder."
        )


class WrongPassphrase(Told):
    """The key file is sound, but this passphrase does not open it."""

    def __init__(self) -> None:
        super().__init__(
            "That is not the passphrase of this workspace.",
            "Check Caps Lock and the keyboard's language, then type it again.",
            field="passphrase",
        )


class DamagedWorkspace(Told):
    """The key file is not as the program wrote it, so no passphrase could open it."""

    def __init__(self, message: str = "The key file of this workspace is damaged.") -> None:
        super().__init__(
            message,
            "Your passphrase is not at fault. Restore the workspace from its last backup, or ask the office.",
        )


def exists(home: Path) -> bool:
    """Whether ``home`` holds a workspace."""
    return (home / FILE).is_file()


def create(home: Path, passphrase: str) -> bytes:
    """Make the key file of a new workspace in ``home`` and return its random data key (32 bytes).

    It is not tied to the computer yet: that waits until somebody has the recovery code in hand.
    Raises Told for a weak passphrase, WorkspaceExists, NotWritten.
    """
    passphrases.check(passphrase)
    if exists(home):
        raise WorkspaceExists
    data_key = secrets.token_bytes(KEY_BYTES)
    _write(private_folder(home), str(uuid.uuid7()), passphrase, data_key)
    return data_key


def unlock(home: Path, passphrase: str, code: str = "") -> bytearray:
    """The data key, to be given to ``wipe`` when the workspace is locked.

    ``code`` is the recovery code of a tied workspace whose computer has lost its secret; it is put back there.
    Raises NoWorkspace, DamagedWorkspace, WrongPassphrase, and what ``tie.find`` raises. About 0.3 s, by design.
    """
    header = _read(home)
    secret = _secret(header, code)
    data_key = _open(header, passphrase, secret)
    if secret is not None and code.strip():
        tie.keep(header["workspace"], secret)
    return data_key


def change_passphrase(home: Path, old: str, new: str, code: str = "") -> None:
    """Wrap the same data key by another passphrase; the data stay as they are, old backups keep the old one.

    A tie and its recovery code stay. Raises what ``unlock`` and ``passphrases.check`` raise; then the old passphrase
    still opens the workspace.
    """
    passphrases.check(new)
    header = _read(home)
    secret = _secret(header, code)
    _rewrap(home, header, (old, new), header.get("device"), (secret, secret))


def is_tied(home: Path) -> bool:
    """Whether the passphrase opens it on its own computer only. Raises as ``unlock`` does."""
    return bool(_read(home)["format"] == TIED)


def new_tie(home: Path) -> tie.Tie:
    """A tie with a new recovery code, to be shown before ``bind`` puts it in force. Raises KeystoreSilent."""
    header = _read(home)
    if header["format"] == TIED:
        return tie.of(header["workspace"], _secret(header, "") or b"")
    return tie.make(header["workspace"])


def bind(home: Path, passphrase: str, made: tie.Tie) -> None:
    """Tie the workspace to this computer, or give a tied one its new code; the key files of its backups follow.

    First the keystore has the secret, then the file is replaced whole: stopped at any moment, what opened the
    workspace before opens it still. Raises WrongPassphrase, tie.NoKeystore, NotWritten.
    """
    header = _read(home)
    secret = _secret(header, "")
    if not tie.keep(header["workspace"], made.secret):
        raise tie.NoKeystore
    _rewrap(home, header, (passphrase, passphrase), made.part, (secret, made.secret))
    close_backups(home)


def release(home: Path, passphrase: str, code: str = "") -> None:
    """Let the passphrase alone open the workspace again, on any computer. Raises as ``unlock`` does."""
    header = _read(home)
    _rewrap(home, header, (passphrase, passphrase), None, (_secret(header, code), None))


def close_backups(home: Path) -> None:
    """Give each backup in a tied workspace's folder that still opens by a passphrase alone the workspace's key file.

    The data key is the same; else whoever copies the folder would try passphrases on an old backup. Nothing where
    the workspace is not tied.
    """
    if not is_tied(home):
        return
    own = (home / FILE).read_bytes()
    for path in home.glob(f"*/*/{FILE}"):
        with contextlib.suppress(Told):
            if not is_tied(path.parent) and workspace_id(path.parent) == workspace_id(home):
                write_whole(path, own)


def _rewrap(
    home: Path,
    header: dict[str, Any],
    passphrase: tuple[str, str],
    device: dict[str, str] | None,
    secret: tuple[bytes | None, bytes | None],
) -> None:
    """Replace the key file whole: pairs are what opens it now, and what will."""
    data_key = _open(header, passphrase[0], secret[0])
    try:
        _write(home, header["workspace"], passphrase[1], data_key, device, secret[1])
    finally:
        wipe(data_key)


def _secret(header: dict[str, Any], code: str) -> bytes | None:
    if header["format"] != TIED:
        return None
    try:
        return tie.find(header["workspace"], header["device"], code)
    except (KeyError, TypeError, ValueError) as cause:
        raise DamagedWorkspace from cause


def destroy_keys(home: Path) -> None:
    """Overwrite the wrapped key, here and in every backup in the folder, then remove it: nobody can read them again.

    The keystore's secret goes first.
    Every copy is overwritten before the first name goes. Raises NotWritten.
    """
    copies = [path for path in (home / FILE, *sorted(home.glob(f"*/*/{FILE}"))) if path.is_file()]
    with contextlib.suppress(Told):
        tie.forget(workspace_id(home))
    try:
        for path in copies:
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
        for path in copies:
            path.unlink()
            sync_folder(path.parent)
    except OSError as cause:
        raise NotWritten(cause) from cause


def destroy(home: Path) -> None:
    """Remove everything in the folder of a workspace that nobody has open: the keys first, then what they sealed."""
    destroy_keys(home)
    for path in home.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()


def workspace_id(home: Path) -> str:
    """The id (UUID) that a workspace keeps for life, read without passphrase. Raises as ``unlock`` does."""
    return str(_read(home)["workspace"])


def subkey(data_key: bytes | bytearray, purpose: str) -> bytes:
    """A 32-byte key for one purpose ("database", "blobs"), from which the data key cannot be found."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"watmos 1 {purpose}".encode()).derive(data_key)


def wipe(key: bytearray) -> None:
    """Overwrite a key in memory with zeros."""
    key[:] = bytes(len(key))


def no_core_dumps() -> None:
    """Keep this program's memory, and the keys in it, out of crash dumps (security.md S8).

    On Linux other programs of the same user may then not look into this one either: a debugger, and a desktop portal
    that wants to know who asks, which may refuse its file dialog; Qt shows its own then.
    """
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE


def _cipher(passphrase: str, kdf: dict[str, Any], secret: bytes | None) -> AESGCM:
    with erasing.lent(_wrapping_key(passphrase, kdf)) as stretched:
        if secret is None:
            return AESGCM(stretched)
        with erasing.lent(tie.mixed(stretched, secret)) as mixed:
            return AESGCM(mixed)


def _wrapping_key(passphrase: str, kdf: dict[str, Any]) -> bytes:
    return hash_secret_raw(
        # The same letters typed on a Mac and on Windows differ in bytes; NFKC makes them one.
        unicodedata.normalize("NFKC", passphrase).encode(errors="surrogatepass"),
        _unpack(kdf["salt"], 16),
        time_cost=kdf["passes"],
        memory_cost=kdf["memory_kib"],
        parallelism=kdf["lanes"],
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def _write(
    home: Path,
    workspace: str,
    passphrase: str,
    data_key: bytes | bytearray,
    device: dict[str, str] | None = None,
    secret: bytes | None = None,
) -> None:
    settings: dict[str, Any] = {
        "format": TIED if device else FORMAT,
        "workspace": workspace,
        "kdf": {"name": "argon2id", **KDF_NOW, "salt": _pack(secrets.token_bytes(16))},
        "cipher": "aes-256-gcm",
        **({"device": device} if device else {}),
    }
    nonce = secrets.token_bytes(12)
    sealed = _cipher(passphrase, settings["kdf"], secret).encrypt(
        nonce, bytes(data_key), _canonical(settings)
    )
    header = {**settings, "nonce": _pack(nonce), "key": _pack(sealed)}
    header["checksum"] = hashlib.sha256(_canonical(header)).hexdigest()
    write_whole(home / FILE, json.dumps(header, indent=2).encode("ascii") + b"\n")


def _read(home: Path) -> dict[str, Any]:
    try:
        raw = (home / FILE).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as cause:
        raise NoWorkspace from cause
    try:
        header = json.loads(raw)
        checksum = header.pop("checksum")
        sound = checksum == hashlib.sha256(_canonical(header)).hexdigest()
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as cause:
        raise DamagedWorkspace from cause
    if not sound:
        raise DamagedWorkspace
    if header.get("format") not in (FORMAT, TIED):
        raise Told(
            "This workspace was made by a newer WATMOS Desktop.",
            "Install the newest version, then open it again.",
        )
    return dict(header)


def _open(header: dict[str, Any], passphrase: str, secret: bytes | None) -> bytearray:
    settings = {name: value for name, value in header.items() if name not in {"nonce", "key"}}
    try:
        kdf = settings["kdf"]
        if kdf["name"] != "argon2id" or settings["cipher"] != "aes-256-gcm":
            raise DamagedWorkspace
        for name, least in KDF_LEAST.items():
            if type(kdf[name]) is not int or not least <= kdf[name] <= KDF_MOST[name]:
                raise DamagedWorkspace("The protection of this workspace's key file has been changed.")
        cipher = _cipher(passphrase, kdf, secret)
        data_key = bytearray(KEY_BYTES)
        cipher.decrypt_into(
            _unpack(header["nonce"], 12),
            _unpack(header["key"], KEY_BYTES + 16),
            _canonical(settings),
            data_key,
        )
    except InvalidTag as cause:
        raise WrongPassphrase from cause
    except (KeyError, TypeError, binascii.Error) as cause:
        raise DamagedWorkspace from cause
    return data_key


def _canonical(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode("ascii")


def _pack(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unpack(text: str, size: int) -> bytes:
    data = base64.b64decode(text, validate=True)
    if len(data) != size:
        raise DamagedWorkspace
    return data
