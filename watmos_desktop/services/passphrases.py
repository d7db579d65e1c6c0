"""What a passphrase must be worth: long enough, and not what everybody tries first (security.md S5)."""

from __future__ import annotations

import re
import unicodedata

from watmos_desktop.services.errors import Told

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


def check(text: str) -> None:
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
