"""What an inspection report says, already decided: no table, no session, no clock. Picklable, so that a
worker process can print it. Words that a person reads (dates of promises, priorities, states) come ready;
only moments of the walk are datetimes, printed in Europe/London."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from watmos_desktop.models.kinds import Grade, Sighting

Point = tuple[float, float]


@dataclass(frozen=True)
class Mark:
    """A shape drawn on a photo; points are fractions of its width and height from the top left.

    An ellipse has two opposite corners, an arrow its tail and its tip, a line any number of points from two
    on.
    """

    kind: Literal["ellipse", "arrow", "line"]
    points: tuple[Point, ...]


@dataclass(frozen=True)
class ReportPhoto:
    """A photo as printed: ``jpeg`` is the re-encoded derivative (upright, no metadata).

    ``number`` is the one it has in the whole report, counted from 1; a photo of an earlier walk has none (0)
    and stays out of the photo pages.
    """

    jpeg: bytes
    caption: str = ""
    taken: str = ""
    marks: tuple[Mark, ...] = ()
    number: int = 0


@dataclass(frozen=True)
class Defect:
    """One defect, in the order of importance. ``number`` counts from 1 and is the same on every page."""

    number: int
    grade: Grade
    title: str
    place: str
    seen_at: datetime
    note: str = ""
    phrase: str = ""
    photos: tuple[ReportPhoto, ...] = ()
    before_photo: ReportPhoto | None = None
    repair: str = ""
    priority: str = ""
    due: str = ""
    hazard: str = ""
    urgent: bool = False
    checked_individually: bool = True


@dataclass(frozen=True)
class Followed:
    """What became of a defect of the walk before; ``words`` says it in a sentence."""

    outcome: Sighting
    title: str
    place: str
    words: str = ""
    before: ReportPhoto | None = None
    after: ReportPhoto | None = None


@dataclass(frozen=True)
class Action:
    """A line of the actions table; ``number`` is that of its defect, 0 when it belongs to none."""

    number: int
    action: str
    who: str
    by: str
    status: str


@dataclass(frozen=True)
class Item:
    """One thing looked at. ``bulk`` is "rest of area OK"; ``not_scored`` says why there is no grade."""

    name: str
    answer: str = ""
    grade: Grade | None = None
    bulk: bool = False
    safety: bool = False
    not_scored: str = ""
    note: str = ""
    ambassador_answer: str = ""
    photos: tuple[int, ...] = ()


@dataclass(frozen=True)
class Area:
    """A part of the place with its grade; the two scores only in a joint inspection."""

    name: str
    grade: Grade | None = None
    officer_grade: Grade | None = None
    ambassador_grade: Grade | None = None
    explanation: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Signature:
    """Drawn ``strokes`` (fractions of a box three times as wide as high, from the top left), or a ``typed``
    name."""

    name: str
    role: str
    at: datetime
    strokes: tuple[tuple[Point, ...], ...] = ()
    typed: str = ""


@dataclass(frozen=True)
class Amendment:
    """A correction after signing; the signed record itself never changes."""

    at: datetime
    who: str
    text: str


@dataclass(frozen=True)
class NextStep:
    """What happens next: the date in words, and what."""

    when: str
    text: str


@dataclass(frozen=True)
class Counts:
    """``looked_at`` items of which ``safety`` one by one because safety needs it, ``bulk`` by "rest of area
    OK"."""

    looked_at: int
    one_by_one: int
    safety: int
    bulk: int
    defects: int
    urgent: int
    fixed: int


@dataclass(frozen=True)
class RecordBox:
    """What a machine or an auditor needs; ``checksum`` is the SHA-256 (hex) of the canonical record."""

    device: str
    checksum: str
    sync_state: str = "Not yet at the office"


@dataclass(frozen=True)
class InspectionReport:
    """The whole report. ``draft`` prints the DRAFT mark: not signed, or not yet at the office."""

    reference: str
    template: str
    template_version: str
    place: str
    estate: str
    started: datetime
    finished: datetime
    counts: Counts
    record: RecordBox
    address: str = ""
    walked_by: tuple[str, ...] = ()
    ambassadors: int = 0
    grade: Grade | None = None
    score: str = ""
    previous_grade: Grade | None = None
    previous_date: date | None = None
    trend: tuple[tuple[date, Grade], ...] = ()
    cover_photo: ReportPhoto | None = None
    defects: tuple[Defect, ...] = ()
    since_last: tuple[Followed, ...] = ()
    actions: tuple[Action, ...] = ()
    areas: tuple[Area, ...] = ()
    other_photos: tuple[ReportPhoto, ...] = ()
    signatures: tuple[Signature, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    what_next: tuple[NextStep, ...] = ()
    draft: bool = False

    @property
    def joint(self) -> bool:
        """Whether an ambassador graded too."""
        return any(area.ambassador_grade for area in self.areas)
