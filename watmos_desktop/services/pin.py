"""A PIN opens again what the passphrase opened in this run of the program, for up to eight hours (security.md S6).

It is never a root key: nothing on the disk opens by it. While the program is locked, the two keys of the workspace stay
in its memory, sealed by the PIN; the program ended, they are gone. docs/security.md says what that leaves to whom.
"""

from __future__ import annotations

import re
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from watmos_desktop.services import erasing, vault
from watmos_desktop.services.clock import LONDON, Clock, SystemClock
from watmos_desktop.services.errors import Told
from watmos_desktop.services.files import write_whole
from watmos_desktop.services.store import Keys, Store

LEAST_DIGITS, MOST_DIGITS, LEAST_DIFFERENT = 6, 12, 4
TRIES = 5
LASTS = timedelta(hours=8)
FILE = "pin.tries"
_FACT = "pin"
_SET_BACK = timedelta(minutes=2)  # a clock that is put right by the network moves by less
_RUNS = "01234567890 09876543210"


class WeakPin(Told):
    """Nobody should be able to guess it in five tries."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "Choose digits that are no date, run or pattern.", field="pin")


class WrongPin(Told):
    """Not the PIN; ``left`` tries remain, and with none only the passphrase opens."""

    def __init__(self, left: int) -> None:
        super().__init__(
            "That is not the PIN.",
            "One try is left; then only the passphrase opens it." if left == 1 else f"{left} tries are left.",
            field="pin",
        )
        self.left = left


class PinOver(Told):
    """The PIN opens nothing any more; the passphrase does."""

    def __init__(self, why: str) -> None:
        super().__init__(why, "Type your passphrase.", field="passphrase")


def ticks() -> float:
    """Seconds that only go forward, asleep or awake where the system can tell."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


@dataclass(frozen=True)
class Since:
    """When the passphrase opened the workspace, by two clocks: setting one back wins nothing."""

    ticks: float
    wall: datetime

    def is_over(self, ticks: float, wall: datetime) -> bool:
        """Whether eight hours have gone by either clock, or the wall clock was set back."""
        ticked, walled = timedelta(seconds=ticks - self.ticks), wall - self.wall
        return max(ticked, walled) >= LASTS or walled < ticked - _SET_BACK or ticked < timedelta(0)


class Session:
    """What one opening by the passphrase leaves to the PIN. ``held`` while locked; empty once it may not open more."""

    def __init__(self, home: Path, *, clock: Clock | None = None, ticks: Callable[[], float] = ticks) -> None:
        self.home = home
        self._clock, self._ticks = clock or SystemClock(), ticks
        self._since = Since(ticks(), self._now())
        self._tried = 0
        self._salt = self._nonce = b""
        self._sealed = bytearray()

    def hold(self, store: Store) -> bool:
        """Seal the keys of a store that is about to be closed; False when there is no PIN, or it may not open it."""
        self.drop()
        kept = store.recall(_FACT)
        if not kept or self._over() or self._spent() >= TRIES:
            return False
        self._salt, self._nonce = b64decode(kept["salt"]), secrets.token_bytes(12)
        keys = store.keys
        with erasing.lent(keys.database + keys.blobs) as both:
            self._sealed = bytearray(
                AESGCM(b64decode(kept["key"])).encrypt(self._nonce, both, self._context())
            )
        erasing.erase(keys.database, keys.blobs)
        return True

    def offers(self) -> bool:
        """Whether a PIN may be tried now."""
        if self._over() or self._spent() >= TRIES:
            self.drop()
        return bool(self._sealed)

    def until(self) -> datetime:
        """When the PIN opens nothing any more, in London's time."""
        return (self._since.wall + LASTS).astimezone(LONDON)

    def open(self, digits: str) -> Keys:
        """The keys, for ``Store.reopen``. The try is on the disk before it is judged. About 0.3 s, by design.

        Raises WrongPin, or PinOver when only the passphrase opens it from now on.
        """
        if self._over():
            self.drop()
            raise PinOver(
                "It was last opened with the passphrase more than eight hours ago, or a clock was changed."
            )
        tried = self._spent() + 1
        if not self._sealed or tried > TRIES:
            self.drop()
            raise PinOver("The PIN does not open it any more.")
        try:
            _count(self.home, tried)
        except Told as told:
            raise PinOver("This try could not be counted, as the disk takes nothing.") from told
        self._tried = tried
        try:
            plain = AESGCM(_stretched(digits, self._salt)).decrypt(
                self._nonce, bytes(self._sealed), self._context()
            )
        except InvalidTag:
            if tried >= TRIES:
                self.drop()
                raise PinOver(f"A wrong PIN was typed {TRIES} times.") from None
            raise WrongPin(TRIES - tried) from None
        self._tried = 0
        forgive(self.home)
        self.drop()
        with erasing.lent(plain):
            return Keys(plain[: vault.KEY_BYTES], plain[vault.KEY_BYTES :])

    def drop(self) -> None:
        """Overwrite what is held: from now on only the passphrase opens it."""
        vault.wipe(self._sealed)
        self._sealed = bytearray()

    def _over(self) -> bool:
        return self._since.is_over(self._ticks(), self._now())

    def _now(self) -> datetime:
        return self._clock.now().astimezone(
            UTC
        )  # two London times differ by an hour too few or many over a change

    def _spent(self) -> int:
        return max(self._tried, tried(self.home))

    def _context(self) -> bytes:
        return f"watmos pin {vault.workspace_id(self.home)}".encode()


def choose(store: Store, digits: str) -> None:
    """Let these digits open the workspace again within a session. Raises WeakPin."""
    check(digits)
    salt = secrets.token_bytes(16)
    kept = {"salt": salt, "key": _stretched(digits, salt)}  # inside the encrypted workspace, and in it alone
    store.remember(_FACT, {name: b64encode(value).decode("ascii") for name, value in kept.items()})


def take_away(store: Store) -> None:
    """From now on only the passphrase opens it."""
    store.remember(_FACT, {})


def is_set(store: Store) -> bool:
    """Whether a PIN was chosen."""
    return bool(store.recall(_FACT))


def check(digits: str) -> None:
    """Raise WeakPin, in words, when five tries might do."""
    if not re.fullmatch(r"[0-9]*", digits):
        raise WeakPin("A PIN has digits only.")
    if not LEAST_DIGITS <= len(digits) <= MOST_DIGITS:
        raise WeakPin(f"A PIN has {LEAST_DIGITS} to {MOST_DIGITS} digits.")
    if len(set(digits)) < LEAST_DIFFERENT or digits in _RUNS:
        raise WeakPin("This PIN is one of the first that someone would try.")


def tried(home: Path) -> int:
    """How many tries lie on the disk since it was last opened; a file that makes no sense counts as all of them."""
    try:
        return max(0, int((home / FILE).read_bytes()))
    except FileNotFoundError:
        return 0
    except (OSError, ValueError):
        return TRIES


def forgive(home: Path) -> None:
    """Begin to count anew, after the passphrase or the PIN opened it."""
    try:
        (home / FILE).unlink(missing_ok=True)
    except OSError:
        return  # it counts on: the passphrase opens it all the same


def _count(home: Path, number: int) -> None:
    write_whole(home / FILE, b"%d" % number)


def _stretched(digits: str, salt: bytes) -> bytes:
    now = vault.KDF_NOW
    return hash_secret_raw(
        digits.encode(),
        salt,
        time_cost=now["passes"],
        memory_cost=now["memory_kib"],
        parallelism=now["lanes"],
        hash_len=vault.KEY_BYTES,
        type=Type.ID,
    )
