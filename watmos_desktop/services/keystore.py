"""The keystore of this computer: a small secret that a copied folder does not carry along.

Windows' Credential Manager, macOS' Keychain or the Secret Service where there is one. Where there is none (a bare
Debian, a script on a server) every caller works without, and says so.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from watmos_desktop.services import log

T = TypeVar("T")

SERVICE = "WATMOS Desktop"
_PATIENCE = 3.0  # seconds that a keystore may take; one that asks somebody who is not there never answers
# Named one by one: `keyring` also comes with backends that keep secrets in the clear, or nowhere.
_REAL = (
    "keyring.backends.Windows",
    "keyring.backends.macOS",
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
)


class Silent(Exception):  # noqa: N818 - says what happened
    """The keystore did not answer in time, or is locked: what it keeps may be there all the same."""


class Keystore:
    """The keystore of this computer, by any backend of ``keyring``; every call ends within three seconds."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def ask(self, name: str) -> str | None:
        """What is kept under ``name``, or None when nothing is. Raises Silent when there was no answer."""
        answers = _soon(lambda: self._backend.get_password(SERVICE, name))
        if not answers:
            raise Silent
        return answers[0] if isinstance(answers[0], str) else None

    def get(self, name: str) -> str | None:
        """What is kept under ``name``, or None, also when the keystore does not answer."""
        try:
            return self.ask(name)
        except Silent:
            return None

    def set(self, name: str, value: str) -> bool:
        """Keep it; True when it is there to be read again."""
        _soon(lambda: self._backend.set_password(SERVICE, name, value))
        return self.get(name) == value

    def delete(self, name: str) -> None:
        """Forget it; nothing there is as good."""
        _soon(lambda: self._backend.delete_password(SERVICE, name))


def here() -> Keystore | None:
    """The keystore of this computer, or None where there is none worth the name; quick and silent."""
    if sys.platform.startswith("linux") and not _has_bus():
        return None  # asking keyring would import and try every backend first
    import keyring

    backend = next(iter(_soon(keyring.get_keyring)), None)
    return Keystore(backend) if type(backend).__module__ in _REAL else None


def _has_bus() -> bool:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS")) or (
        bool(runtime) and (Path(runtime) / "bus").exists()
    )


def _soon(ask: Callable[[], T]) -> list[T]:
    """What a keystore answers within a few seconds, as a list of one; empty when it does not, or fails."""
    answers: list[T] = []

    def work() -> None:
        try:
            answers.append(ask())
        except Exception as error:  # any backend's own kind; the caller goes on without a keystore
            log.fault(error)

    thread = threading.Thread(target=work, name="keystore", daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return answers
