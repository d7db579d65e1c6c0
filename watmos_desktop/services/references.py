"""The short reference that is given on a doorstep: derived from the record's id, so it never changes.

Seven letters and a check letter, ``R-7K3M-9D4T``. The alphabet has 31 signs (no 0, 1, I, O, U); 31 is prime,
so the weighted sum catches every single wrong letter and every swap of two neighbours.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from watmos_desktop.models.tables import (
    Adaptation,
    Defect,
    HazardCase,
    Inspection,
    Job,
    Programme,
    Repair,
    Visit,
)
from watmos_desktop.services.errors import Told

Referenced = Inspection | Defect | Repair | Job | HazardCase | Adaptation | Programme | Visit

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
_LENGTH = 7
_MISREAD = str.maketrans({"0": "Q", "O": "Q", "1": "L", "I": "L", "U": "V"})


def add(session: Session, prefix: str, row: Referenced) -> None:
    """Add a new row with an id whose reference is free here: two records never share one on a device."""
    taken = True
    while taken:
        row.id = uuid7()
        row.reference = reference(prefix, row.id)
        same = select(type(row).id).where(type(row).reference == row.reference)
        with session.no_autoflush:
            taken = session.scalar(same) is not None
    session.add(row)


def _check(letters: str) -> str:
    return ALPHABET[sum((i + 2) * ALPHABET.index(letter) for i, letter in enumerate(letters)) % 31]


def reference(prefix: str, record_id: UUID) -> str:
    """The reference of a record: ``reference("I", id) == "I-4KQ7-2MWX"``."""
    number = int.from_bytes(hashlib.sha256(record_id.bytes).digest()[:8], "big")
    letters = ""
    for _ in range(_LENGTH):
        number, digit = divmod(number, 31)
        letters += ALPHABET[digit]
    return f"{prefix}-{letters[:4]}-{letters[4:]}{_check(letters)}"


def read_reference(text: str) -> str:
    """A typed reference in its one true form; raises Told when a letter is wrong.

    Spaces, dashes and case do not matter, and signs that look alike are read as the one that exists.
    """
    plain = "".join(sign for sign in text.upper() if sign.isalnum())
    prefix, letters = plain[:-8], plain[-8:].translate(_MISREAD)
    wrong = Told(
        "That reference has a letter wrong.",
        "References look like I-4KQ7-2MWX; check it once more.",
        field="reference",
    )
    if len(letters) != _LENGTH + 1 or not prefix.isalpha() or any(sign not in ALPHABET for sign in letters):
        raise wrong
    if _check(letters[:-1]) != letters[-1]:
        raise wrong
    return f"{prefix}-{letters[:4]}-{letters[4:]}"
