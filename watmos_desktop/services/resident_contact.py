"""How a resident is reached: a new phone or e-mail out of what was written down. What is safe: ``safe_contact``."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Person
from watmos_desktop.services import policy, words
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action

_EMAIL = re.compile(r"[^\s,;<>()]+@[^\s,;<>()]+\.[^\s,;<>().]+")
_PHONE = re.compile(r"(?:\+|00)?\d(?:[ ()\-]{0,2}\d){9,14}")


def read(text: str) -> tuple[str, str]:
    """Phone and e-mail out of what was written, each "" where there is none, or where there are two of a kind."""
    mails, rest = _EMAIL.findall(text), _EMAIL.sub(" ", text)
    phones = _PHONE.findall(rest)
    return phones[0] if len(phones) == 1 else "", mails[0] if len(mails) == 1 else ""


def change(session: Session, person_id: UUID, *, phone: str = "", email: str = "") -> None:
    """Keep a new phone or e-mail; "" leaves what is there. The old one stays in the history.

    Raises NotAllowed, NotFound, or Told at ``phone`` or ``email``.
    """
    policy.require(session, Action.EDIT_PEOPLE, "person")
    row = policy.find(session, Person, person_id, "That person")
    if phone and not _PHONE.fullmatch(phone):
        raise Told("That is no phone number.", "Type it with its area code.", field="phone")
    if email and not _EMAIL.fullmatch(email):
        raise Told("That is no e-mail address.", "It looks like name@example.org.", field="email")
    row.phone = words.fits(phone, words.NAME, "phone") or row.phone
    row.email = words.fits(email, words.LINE, "email") or row.email
