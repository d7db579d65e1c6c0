"""The key of a workspace: random, and wrapped by the passphrase (docs/decisions/0004, security.md S2-S5).

``workspace.json`` holds nothing secret that the passphrase does not seal. Its checksum tells a damaged file
from a wrong passphrase; the seal covers every setting in it too, so none can be weakened unnoticed.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
import os
import re
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

from watmos_desktop.services.errors import Told
from watmos_desktop.services.files import NotWritten, private_folder, sync_folder, write_whole

FILE = "workspace.json"
FORMAT = 1
KEY_BYTES = 32

# Argon2id: what is written today (RFC 9106, second choice), the least and the most that is ever accepted.
# The floor is in the program, not in the file, so that a changed file cannot make guessing cheap; the ceiling
# keeps a changed file from eating the memory of a tablet.
KDF_NOW = {"memory_kib": 64 * 1024, "passes": 3, "lanes": 4}
KDF_LEAST = {"memory_kib": 64 * 1024, "passes": 3, "lanes": 1}
KDF_MOST = {"memory_kib": 256 * 1024, "passes": 10, "lanes": 16}

MIN_CHARACTERS, MIN_WORDS, MAX_CHARACTERS = 12, 4, 128
MIN_DIFFERENT = 5

# What people reach for first. A passphrase must still be worth something once these are taken out of it.
_COMMON = re.compile(
    """
    correcthorsebatterystaple | password | passphrase | passwort | letmein | welcome | iloveyou
    | sunshine | princess | football | superman | trustno1 | monkey | dragon | master | shadow | secret
    | changeme | default | administrator | admin | login | computer | internet | whatever | liverpool
    | chelsea | arsenal | summer | winter | spring | autumn | watmos | walsall | lambeth | housing
    | caretaker | estate | office
    | qwertyuiop | qwerty | asdfghjkl | asdfgh | zxcvbnm | zxcvbn | 1q2w3e4r5t | 1q2w3e4r | 1qaz2wsx
    | abcdefghijklmnopqrstuvwxyz | abcdefghijkl | abcdef | abc
    | 0?12345678901234567890 | 0?1234567890 | 0?123456789? | 0?12345?6?7? | 0?123
    | 0?987654321 | 87654321 | 654321
    """,
    re.VERBOSE,
)


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

    Raises Told for a weak passphrase, WorkspaceExists, NotWritten.
    """
    check_passphrase(passphrase)
    if exists(home):
        raise WorkspaceExists
    data_key = secrets.token_bytes(KEY_BYTES)
    _write(private_folder(home), str(uuid.uuid7()), passphrase, data_key)
    return data_key


def unlock(home: Path, passphrase: str) -> bytearray:
    """The data key, to be given to ``wipe`` when the workspace is locked.

    Raises NoWorkspace, DamagedWorkspace, WrongPassphrase. Takes about 0.3 s, by design.
    """
    return _open(_read(home), passphrase)


def change_passphrase(home: Path, old: str, new: str) -> None:
    """Wrap the same data key by another passphrase; the data stay as they are, old backups keep the old one.

    Raises what ``unlock`` and ``check_passphrase`` raise; then the old passphrase still opens the workspace.
    """
    check_passphrase(new)
    header = _read(home)
    data_key = _open(header, old)
    try:
        _write(home, header["workspace"], new, data_key)
    finally:
        wipe(data_key)


def destroy_keys(home: Path) -> None:
    """Overwrite the wrapped key, here and in every backup in the folder, then remove it: nobody can read them again.

    Every copy is overwritten before the first name goes. Raises NotWritten.
    """
    copies = [path for path in (home / FILE, *sorted(home.glob(f"*/*/{FILE}"))) if path.is_file()]
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
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"watmos {FORMAT} {purpose}".encode()).derive(data_key)


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


def check_passphrase(text: str) -> None:
    """Raise Told, in words, when ``text`` would not protect a workspace; any language will do."""
    plain = unicodedata.normalize("NFKC", text)
    words = [word for word in re.split(r"[\s\-_.,]+", plain) if len(word) > 1]
    if not plain.strip():
        raise _weak("Please choose a passphrase.")
    if len(plain) > MAX_CHARACTERS:
        raise _weak(f"A passphrase has at most {MAX_CHARACTERS} characters.", "Choose a shorter one.")
    if len(plain) < MIN_CHARACTERS and len(words) < MIN_WORDS:
        raise _weak(
            f"This passphrase is too short: it needs {MIN_CHARACTERS} characters or {MIN_WORDS} words."
        )
    rest = _COMMON.sub("", re.sub(r"[\s\-_.,!?]+", "", plain.casefold()))
    if len(set(rest)) < MIN_DIFFERENT:
        raise _weak("This passphrase is one of the first that someone would guess.")


def _weak(message: str, hint: str = "Four words that do not belong together are easy to remember.") -> Told:
    return Told(message, hint, field="passphrase")


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


def _write(home: Path, workspace: str, passphrase: str, data_key: bytes | bytearray) -> None:
    settings: dict[str, Any] = {
        "format": FORMAT,
        "workspace": workspace,
        "kdf": {"name": "argon2id", **KDF_NOW, "salt": _pack(secrets.token_bytes(16))},
        "cipher": "aes-256-gcm",
    }
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(_wrapping_key(passphrase, settings["kdf"])).encrypt(
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
    if header.get("format") != FORMAT:
        raise Told(
            "This workspace was made by a newer WATMOS Desktop.",
            "Install the newest version, then open it again.",
        )
    return dict(header)


def _open(header: dict[str, Any], passphrase: str) -> bytearray:
    settings = {name: value for name, value in header.items() if name not in {"nonce", "key"}}
    try:
        kdf = settings["kdf"]
        if kdf["name"] != "argon2id" or settings["cipher"] != "aes-256-gcm":
            raise DamagedWorkspace
        for name, least in KDF_LEAST.items():
            if type(kdf[name]) is not int or not least <= kdf[name] <= KDF_MOST[name]:
                raise DamagedWorkspace("The protection of this workspace's key file has been changed.")
        key = _wrapping_key(passphrase, kdf)
        data_key = bytearray(KEY_BYTES)
        AESGCM(key).decrypt_into(
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
