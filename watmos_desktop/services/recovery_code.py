"""The recovery code of a workspace: 256 random bits as eleven groups of five, to be kept on paper.

Letters that are taken for digits are left out (Crockford's base 32), and 19 bits of a checksum tell a slip of the pen
from a code of another workspace before anything else is tried.
"""

from __future__ import annotations

import hashlib

from watmos_desktop.services.errors import Told

SECRET_BYTES = 32
GROUPS, GROUP = 11, 5
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_CHECK_BITS = 5 * GROUPS * GROUP - 8 * SECRET_BYTES


class Mistyped(Told):
    """What was typed is no recovery code, whichever workspace it were for."""

    def __init__(self, message: str) -> None:
        super().__init__(
            message,
            f"It has {GROUPS} groups of {GROUP} letters and digits. Compare them one by one.",
            field="code",
        )


def words(secret: bytes) -> str:
    """The code of 32 bytes, groups with spaces between: ``"7Q0ZK 4M2XA …"``."""
    number = (int.from_bytes(secret) << _CHECK_BITS) | _check(secret)
    letters = "".join(_LETTERS[number >> shift & 31] for shift in range(5 * (GROUPS * GROUP - 1), -1, -5))
    return " ".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def read(typed: str) -> bytes:
    """The 32 bytes of a code, however it was typed: small letters, O for 0, dashes or none. Raises Mistyped."""
    letters = "".join(one for one in typed.upper() if one.isalnum()).translate(_LOOKALIKES)
    if len(letters) != GROUPS * GROUP:
        raise Mistyped(
            f"This recovery code has {len(letters)} letters and digits instead of {GROUPS * GROUP}."
        )
    number = 0
    for one in letters:
        if one not in _LETTERS:
            raise Mistyped(f"“{one}” is in no recovery code.")
        number = number << 5 | _LETTERS.index(one)
    secret = (number >> _CHECK_BITS).to_bytes(SECRET_BYTES)
    if number & ((1 << _CHECK_BITS) - 1) != _check(secret):
        raise Mistyped("There is a slip in this recovery code.")
    return secret


def last_group(code: str) -> str:
    """The group that somebody types to show that the whole was written down."""
    return code.split()[-1]


def _check(secret: bytes) -> int:
    digest = hashlib.sha256(b"watmos recovery code " + secret).digest()
    return int.from_bytes(digest[:4]) >> (32 - _CHECK_BITS)
