"""A code to join with as people type it: seven groups of four, and the invitation that holds address and code."""

from __future__ import annotations

from dataclasses import dataclass

LENGTH, GROUP = 28, 4
_MISREAD = str.maketrans("OIL", "011")
_LETTERS = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@dataclass(frozen=True)
class Invitation:
    """Where the office is, and the code that opens it once."""

    url: str
    code: str


def bare(text: str) -> str:
    """The letters and digits of a code alone, large, with those that are misread put right."""
    return "".join(sign for sign in text.upper().translate(_MISREAD) if sign in _LETTERS)


def grouped(text: str) -> str:
    """The code in groups: ``ABCD-EFGH``; what is too much is left for the person to see."""
    letters = bare(text)
    return "-".join(letters[n : n + GROUP] for n in range(0, len(letters), GROUP))


def place(letters: int) -> int:
    """Where the cursor stands in a grouped code behind that many letters."""
    return letters + max(0, (letters - 1) // GROUP)


def invitation(url: str, code: str) -> str:
    """Address and code in one text, for a QR picture or a message."""
    return f"{url} {code}"


def read_invitation(text: str) -> Invitation | None:
    """Address and code of a pasted invitation; None when it is something else."""
    url, _, code = text.strip().partition(" ")
    if url.startswith(("https://", "http://")) and len(bare(code)) == LENGTH:
        return Invitation(url, grouped(code))
    return None
