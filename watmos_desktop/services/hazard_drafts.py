"""What is typed about a hazard, and what has to be said before it is believed (rule AW, regulation.md 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from watmos_desktop.models.kinds import HazardLevel
from watmos_desktop.services import words
from watmos_desktop.services.errors import Told
from watmos_desktop.services.hazard_words import LEVEL_WORDS


@dataclass(frozen=True)
class HazardDraft:
    """A hazard as it was observed or told of, in a repair, a home, a block or an estate (the first that is given).

    ``emergency``: it may have to be made safe within 24 hours. ``aware_at``: when it was observed or told, never when
    it is typed; None for a repair means when that says, otherwise now.
    """

    hazard: str
    what: str = ""
    emergency: bool = False
    aware_at: datetime | None = None
    repair_id: UUID | None = None
    home_id: UUID | None = None
    block_id: UUID | None = None
    estate_id: UUID | None = None
    household: str = ""


@dataclass(frozen=True)
class Judgement:
    """What the named competent person decided, why they are competent, and why they decided so."""

    level: HazardLevel
    by: str
    basis: str
    reason: str
    household: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Investigation:
    """An investigation that was concluded. ``remote``: by phone or pictures, so that a visit may be asked for.

    ``prevention_needed`` False says that nothing more is needed to stop it coming back.
    """

    judgement: Judgement
    findings: str
    remote: bool = False
    safety_works: str = ""
    safety_by: str = ""
    prevention_needed: bool = True
    prevention: str = ""
    prevention_by: str = ""
    no_action_reason: str = ""
    at: datetime | None = None


def check_judgement(said: Judgement) -> None:
    """Raise Told unless a judgement names who decided, why they are competent, and why they decided so."""
    required = (
        ("by", said.by, words.NAME, "Name the competent person who decided.", "Their name as staff know it."),
        (
            "basis",
            said.basis,
            words.LINE,
            "Say why they are competent.",
            "A qualification, training or role.",
        ),
        ("reason", said.reason, words.NOTE, "Say why it was judged so.", "A few words are enough."),
    )
    for field, text, most, message, hint in required:
        words.fits(text, most, field, "This")
        if not text.strip():
            raise Told(message, hint, field=field)


def check_investigation(found: Investigation) -> None:
    """Raise Told at what an investigation of that level must say and does not (regulation.md 1)."""
    for field in ("findings", "safety_works", "prevention", "no_action_reason"):
        words.fits(getattr(found, field), words.NOTE, field, "This")
    for field in ("safety_by", "prevention_by"):
        words.fits(getattr(found, field), words.LINE, field, "This")
    if not found.findings.strip():
        raise Told("Say what was found.", "The tenant will read it.", field="findings")
    if found.judgement.level is HazardLevel.NONE:
        _needs(found, "no_action_reason", "Say why nothing is done.", "The tenant will read it.")
        return
    _needs(found, "safety_works", "Say what makes it safe.", "For example: treat the mould, fit a heater.")
    _needs(found, "safety_by", "Say when that will be done.", "For example: Wed 25 Nov, in the morning.")
    if found.prevention_needed:
        hint = "Or say that nothing more is needed."
        _needs(found, "prevention", "Say what will stop it coming back.", hint)
        _needs(found, "prevention_by", "Say when that will be done.", "For example: begun by 11 Dec.")


def _needs(found: Investigation, field: str, message: str, hint: str) -> None:
    if not getattr(found, field).strip():
        raise Told(message, hint, field=field)


def level_line(said: Judgement) -> str:
    """``Significant hazard. Judged by P. Shah (damp surveyor).``"""
    return f"{LEVEL_WORDS[said.level]}. Judged by {said.by.strip()} ({said.basis.strip()})."
