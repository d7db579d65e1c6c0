"""Keystores of a computer, as ``keyring`` has them: the one part of the system that tests bring themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

import pytest

from watmos_desktop.services import erasing, keystore, pin, vault


class Keyring:
    """One that works."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        self.kept[service, name] = value

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


class Locked(Keyring):
    """One that asks somebody who is not there."""

    def get_password(self, service: str, name: str) -> str | None:
        raise OSError("locked")


class Computer:
    """The computer that the test sits at; ``ring`` is its keystore, None where it has none."""

    def __init__(self, ring: Keyring | None) -> None:
        self.ring = ring

    def here(self) -> keystore.Keystore | None:
        return keystore.Keystore(self.ring) if self.ring is not None else None


def sit_at(patch: pytest.MonkeyPatch, ring: Keyring | None) -> Computer:
    """From here on the program runs on a computer with that keystore."""
    computer = Computer(ring)
    here: Callable[[], keystore.Keystore | None] = computer.here
    patch.setattr(keystore, "here", here)
    return computer


def derive_once(patch: pytest.MonkeyPatch) -> None:
    """Argon2 takes 0.3 s by design: the same words and salt are derived once a test."""
    plain, by_pin = vault._wrapping_key, pin._stretched

    @cache
    def derived(passphrase: str, kdf: str) -> bytes:
        return plain(passphrase, json.loads(kdf))

    patch.setattr(vault, "_wrapping_key", lambda words, kdf: erasing.copied(derived(words, json.dumps(kdf))))
    patch.setattr(pin, "_stretched", cache(by_pin))
