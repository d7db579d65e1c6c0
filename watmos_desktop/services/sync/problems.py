"""What can stand between a device and its office: each its own sentence with the next step (docs/sync.md 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from watmos_desktop.services.errors import Told

KEPT = "What you wrote is kept here."
PAUSED_FOR = "It goes on from there in an hour, or when you press Sync now."


class NoNetwork(Told):
    """The office was not reached; nothing is lost by it."""

    def __init__(
        self,
        message: str = "The office cannot be reached just now.",
        hint: str = f"{KEPT} It is sent when there is a connection.",
    ) -> None:
        super().__init__(message, hint)


class Garbled(NoNetwork):
    """An answer did not arrive whole, so that it counts for nothing."""

    def __init__(self) -> None:
        super().__init__("The office's answer was cut short.", f"{KEPT} It is tried again by itself.")


class CaptivePortal(NoNetwork):
    """Something answered in the office's place: a hotel's log-in page, a proxy, another program."""

    def __init__(self) -> None:
        super().__init__(
            "This network shows a page of its own instead of the office.",
            f"Log in to the network in a browser, or use another one. {KEPT}",
        )


class Untrusted(NoNetwork):
    """Who answered could not prove by its certificate (TLS 1.3, right name, in date) that it is the office."""

    def __init__(self) -> None:
        super().__init__(
            "What answered could not prove that it is the office, so nothing was sent.",
            f"Use another network. If it stays, tell the office that its certificate is refused. {KEPT}",
        )


class WrongOffice(Told):
    """The office's key is not the one that was pinned at joining."""

    def __init__(self) -> None:
        super().__init__(
            "This is not the office that this device joined: its key is another.",
            f"Nothing was sent. Tell the office before you do anything else. {KEPT}",
        )


class NotSafe(Told):
    """An address that would carry records in the clear, or is none."""

    def __init__(self) -> None:
        super().__init__(
            "That address is not a safe one.",
            "It begins with https:// and holds a name, with nothing after it: https://office.example.org",
            field="url",
        )


class NotJoined(Told):
    """This workspace belongs to no office."""

    def __init__(self) -> None:
        super().__init__(
            "This device has not joined an office.", "Ask the office for a code, then choose Join an office."
        )


class Paused(Told):
    """The person stopped a visit that took long. What had come is kept, and the next goes on from there."""

    def __init__(self) -> None:
        super().__init__(
            "You stopped this for now.",
            f"What has come so far stays here, and you can work with it. {PAUSED_FOR}",
        )


class KeyGone(Told):
    """The device's key is not in the keystore of this computer: the workspace was copied here, or it is locked."""

    def __init__(self) -> None:
        super().__init__(
            "This computer does not hold the key of this workspace's device.",
            f"Unlock the computer's key store, or ask the office for a new code and join again. {KEPT}",
        )


class Refused(Told):
    """The office refused a whole request. ``code`` and ``status`` are the wire's; ``details`` the rest of the body.

    ``retry_after`` is in seconds, None where the office named no time.
    """

    def __init__(
        self,
        code: str,
        status: int,
        details: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(*_WORDS.get(code, _OTHERWISE))
        self.code = code
        self.status = status
        self.details = dict(details or {})
        self.retry_after = retry_after


class Suspended(Refused):
    """The device waits for the office's decision."""


class Revoked(Refused):
    """The office does not know this device any more, or wants its key destroyed (code ``wipe``)."""


class TooOld(Refused):
    """Pulling needs a newer program; pushing still works."""


class Busy(Refused):
    """Later: the office is busy, or away for a moment."""


def refused(
    code: str, status: int, details: Mapping[str, Any] | None = None, retry_after: float | None = None
) -> Refused:
    """The right kind of ``Refused`` for a code of docs/sync.md 2."""
    return _KINDS.get(code, Refused)(code, status, details, retry_after)


def clock_words(offset: timedelta) -> tuple[str, str] | None:
    """What to say about a device's clock that is ``offset`` behind the office's, and the next step; None if near."""
    minutes = round(abs(offset).total_seconds() / 60)
    if minutes < CLOCK_MINUTES:
        return None
    hours, rest = divmod(minutes, 60)
    far = " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)
    way = "behind" if offset > timedelta(0) else "ahead"
    return (
        f"This device's clock is {far} {way}.",
        "Put it right in the computer's settings. Sync goes on; times are corrected.",
    )


CLOCK_MINUTES = 5

_KINDS: dict[str, type[Refused]] = {
    "suspended": Suspended,
    "unsigned": Revoked,
    "wipe": Revoked,
    "too_old": TooOld,
    "busy": Busy,
}
_OTHERWISE = ("The office did not accept this.", f"{KEPT} Tell the office if it stays.")
_WORDS = {
    "suspended": (
        "The office has paused this device.",
        f"{KEPT} Ask the office; nothing more is needed on this side.",
    ),
    "unsigned": (
        "The office does not know this device any more.",
        f"{KEPT} Ask the office for a new code and join again.",
    ),
    "wipe": (
        "The office has ended this device's access.",
        "Its key is destroyed, so nobody can read what is on it. Ask the office.",
    ),
    "too_old": (
        "This program is too old for the office.",
        f"Install the newest WATMOS Desktop. {KEPT} It is still sent.",
    ),
    "busy": ("The office is busy just now.", f"{KEPT} It is tried again by itself."),
    "not_found": ("The office has nothing here for you.", f"{KEPT} Check the address or the code."),
    "clock": ("The clocks of this device and of the office do not agree.", "Put this device's clock right."),
}
