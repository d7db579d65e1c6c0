"""What the two papers of a visit say: plain data, so that the process that draws them needs no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watmos_desktop.services.reports.inspection_data import Point, ReportPhoto


@dataclass(frozen=True)
class Agreed:
    """One thing that we do. ``by`` is ``Monday 7 December 2026`` or ""; ``reference`` is "" where there is none."""

    words: str
    reference: str
    by: str


@dataclass(frozen=True)
class ResidentCopy:
    """The resident's own copy.

    It has no field for an answer, a note, a concern or a left-out reason: whoever else lives there may read it. What it
    says of a follow-up are the office's own words, and the title of a repair.
    """

    reference: str
    address: str
    names: tuple[str, ...]
    officer: str
    second: str
    day: str
    agreed: tuple[Agreed, ...]
    allowed: tuple[tuple[str, bool], ...]
    made: datetime
    large: bool = False


@dataclass(frozen=True)
class Line:
    """One question as it was answered. ``quiet`` is said smaller below: confirmed as last time, left out."""

    words: str
    answer: str
    quiet: str = ""


@dataclass(frozen=True)
class Signed:
    """A signature, drawn or typed."""

    name: str
    at: datetime
    strokes: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True)
class StaffCopy:
    """The whole record, as the person who prints it may see it. ``apart`` is what only named people may read."""

    reference: str
    kind: str
    address: str
    where: str
    officer: str
    started: datetime
    completed: datetime
    household: tuple[str, ...]
    sections: tuple[tuple[str, tuple[Line, ...]], ...]
    apart: tuple[str, ...]
    came_of_it: tuple[Line, ...]
    consents: tuple[tuple[str, bool], ...]
    signed: tuple[Signed, ...]
    unsigned: str
    attempts: tuple[str, ...]
    approval: str
    approval_notes: tuple[str, ...]
    photos: tuple[tuple[ReportPhoto, str], ...]  # each with its SHA-256
    version: int
    checksum: str
    intact: bool
    made: datetime
    made_for: str
