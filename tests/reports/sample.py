"""A whole inspection as the report gets it, like the picture in LOOK.md; parts can be replaced by a test."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.reports import scenes
from watmos_desktop.models.kinds import Grade, Sighting
from watmos_desktop.services.reports.inspection_data import (
    Action,
    Amendment,
    Area,
    Counts,
    Defect,
    Followed,
    InspectionReport,
    Item,
    Mark,
    NextStep,
    RecordBox,
    ReportPhoto,
    Signature,
)

LONDON = ZoneInfo("Europe/London")
RING = Mark("ellipse", ((0.16, 0.38), (0.6, 0.66)))
ARROW = Mark("arrow", ((0.12, 0.8), (0.36, 0.62)))


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=LONDON)


def photo(jpeg: bytes, number: int, caption: str = "", *marks: Mark, taken: str = "") -> ReportPhoto:
    return ReportPhoto(jpeg, caption, taken or f"23 Nov 2026, 10:{10 + number % 45:02}", marks, number)


def before(jpeg: bytes) -> ReportPhoto:
    return ReportPhoto(jpeg, "", "26 Oct 2026")


def defects() -> tuple[Defect, ...]:
    wall, door, stairs = scenes.lobby_wall(), scenes.stair_door(), scenes.stairwell()
    return (
        Defect(
            1,
            Grade.D,
            "Offensive graffiti",
            "Ground-floor lobby, left wall",
            at(10, 31),
            "Words sprayed over about 2 m. Graded D whatever else the area looks like. Not there on 26 October.",
            photos=(
                photo(wall, 1, "Left wall beside the notice board", RING),
                photo(scenes.lobby_wall(True, 3), 2, "From the door"),
            ),
            before_photo=before(scenes.lobby_wall(False)),
            repair="R-8HMC-5",
            priority="Emergency",
            due="Made safe by Tue 24 Nov, 10:31",
            urgent=True,
        ),
        Defect(
            2,
            Grade.C,
            "Fire door 2B does not close",
            "Floor 2, stair door",
            at(10, 44),
            "Leaf stops 3 cm short; closer leaks oil. Was “closes” on 26 October.",
            photos=(photo(door, 3, "Gap at the lock side", ARROW),),
            before_photo=before(scenes.stair_door(False)),
            repair="R-2WQX-9",
            priority="Urgent",
            due="Due Mon 30 Nov",
            hazard="Fire safety: told to the fire safety team at once",
        ),
        Defect(
            3,
            Grade.C,
            "Marks on walls",
            "Stairs, floors 1–3",
            at(10, 49),
            "Scuffs along the rail side on three flights.",
            phrase="Walls marked or scuffed over more than 1 m",
            photos=(photo(stairs, 4, "Second flight"),),
            repair="R-6LTD-1",
            priority="Routine",
            due="Due Wed 30 Dec",
            checked_individually=False,
        ),
        Defect(
            4,
            Grade.C,
            "Landing lamp out",
            "Floor 3, landing",
            at(10, 52),
            "One of two lamps. The other lights the landing.",
            photos=(photo(scenes.landing_light(), 5, "Lamp beside flat doors"),),
            repair="R-4KPT-2",
            priority="Urgent",
            due="Due Mon 30 Nov",
        ),
    )


def areas() -> tuple[Area, ...]:
    ok = Grade.A
    return (
        Area(
            "Entrance and lobby",
            Grade.D,
            Grade.D,
            Grade.D,
            "",
            (
                Item("Entrance door and entry phone", grade=Grade.B, note="Door slow to close in wind."),
                Item(
                    "Graffiti",
                    grade=Grade.D,
                    photos=(1, 2),
                    note="Offensive: decides the grade of the area.",
                    ambassador_answer="D",
                ),
                Item("Notice board", grade=ok, bulk=True),
                Item("Floor and mat", grade=Grade.B, bulk=True),
                Item("Emergency lighting", "Met", safety=True),
            ),
        ),
        Area(
            "Stairs and landings",
            Grade.C,
            Grade.B,
            Grade.C,
            "The ambassador sees the marks every day and counted all three flights; the officer counted the worst one.",
            (
                Item("Walls", grade=Grade.C, photos=(4,), ambassador_answer="C"),
                Item("Steps and nosings", grade=ok, bulk=True),
                Item("Handrail", grade=ok, bulk=True),
                Item("Escape route clear", "Met", safety=True),
                Item("Landing lamps", grade=Grade.C, photos=(5,)),
                Item("Windows", grade=ok, bulk=True, photos=(6,)),
            ),
        ),
        Area(
            "Fire doors",
            Grade.C,
            Grade.C,
            Grade.C,
            "",
            (
                Item("Door 1A closes by itself", "Yes", safety=True),
                Item("Door 2B closes by itself", "No", grade=Grade.C, safety=True, photos=(3,)),
                Item("Door 3A closes by itself", "Yes", safety=True),
                Item("Door to roof", not_scored="Not seen: key with the contractor", safety=True),
            ),
        ),
        Area(
            "Bin store",
            Grade.B,
            Grade.B,
            Grade.A,
            "A good week: the ambassador's group had swept the day before.",
            (
                Item("Clean and swept", grade=Grade.B),
                Item("Bins enough", "6"),
                Item("Bulky waste", grade=ok, bulk=True),
                Item("Recycling signs", grade=ok, bulk=True),
            ),
        ),
        Area(
            "Outside",
            Grade.A,
            Grade.A,
            Grade.A,
            "",
            (
                Item("Paths", grade=ok),
                Item("Lawn and beds", grade=ok, bulk=True, photos=(7,)),
                Item("Lighting", grade=ok, bulk=True),
                Item("Drying area", not_scored="Not at this block"),
            ),
        ),
    )


def since_last() -> tuple[Followed, ...]:
    return (
        Followed(
            Sighting.FIXED,
            "Entry phone dead",
            "Entrance",
            "Replaced on 2 November, R-7QMD-4.",
            before(scenes.stair_door(True, 5)),
            photo(scenes.stair_door(False, 5), 0),
        ),
        Followed(
            Sighting.WORSE,
            "Marks on walls",
            "Stairs, floors 1–3",
            "Was one flight, now three.",
            before(scenes.stairwell(False)),
            photo(scenes.stairwell(), 4),
        ),
        Followed(Sighting.NOT_FIXED, "Door slow to close", "Entrance", "Adjusted once; still slow in wind."),
    )


def strokes() -> tuple[tuple[tuple[float, float], ...], ...]:
    wave = (
        (0.08, 0.62),
        (0.14, 0.3),
        (0.18, 0.7),
        (0.24, 0.42),
        (0.3, 0.66),
        (0.37, 0.4),
        (0.42, 0.64),
        (0.55, 0.5),
        (0.7, 0.56),
    )
    return (wave, ((0.1, 0.8), (0.74, 0.72)))


def report(**changes: Any) -> InspectionReport:
    grades = (Grade.B, Grade.C, Grade.C, Grade.B, Grade.C, Grade.B)
    whole: dict[str, Any] = {
        "reference": "I-4KQ7-2",
        "template": "Block inspection",
        "template_version": "3",
        "place": "Lindley House A",
        "estate": "Chuckery Estate",
        "address": "Lindley Street, Walsall WS1 2DX",
        "started": at(10, 5),
        "finished": at(10, 58),
        "walked_by": ("Dele Okafor, caretaker", "two estate ambassadors"),
        "ambassadors": 2,
        "grade": Grade.B,
        "previous_grade": Grade.C,
        "previous_date": date(2026, 10, 26),
        "trend": tuple((date(2026, 6 + index, 23), grade) for index, grade in enumerate(grades)),
        "cover_photo": photo(scenes.block_outside(), 0),
        "counts": Counts(23, 14, 7, 9, 4, 1, 3),
        "defects": defects(),
        "since_last": since_last(),
        "actions": (
            Action(1, "Remove graffiti, photo after", "Kestrel Cleaning", "24 Nov, 10:31", "Ordered"),
            Action(2, "Replace door closer 2B", "Apex Fire Doors", "30 Nov", "Ordered"),
            Action(3, "Clean and paint, floors 1–3", "Handyperson", "30 Dec", "Planned"),
            Action(4, "Replace lamp", "Apex Electrical", "30 Nov", "Ordered"),
            Action(0, "Ask the roof contractor for the key", "Dele Okafor", "27 Nov", "Planned"),
        ),
        "areas": areas(),
        "other_photos": (
            photo(scenes.stairwell(False, 4), 6, "Windows on the second landing"),
            photo(scenes.block_outside(1), 7, "Front lawn, cut this week"),
        ),
        "signatures": (
            Signature("Dele Okafor", "Caretaker", at(10, 59), strokes=strokes()),
            Signature("Rahima Khatun", "Estate ambassador", at(11, 1), typed="Rahima Khatun"),
        ),
        "what_next": (
            NextStep("Tue 24 Nov", "graffiti gone, photo from the contractor"),
            NextStep("Mon 30 Nov", "fire door 2B and the landing lamp"),
            NextStep("Wed 30 Dec", "walls cleaned and painted"),
            NextStep("Mon 21 Dec", "next inspection; everything above is looked at again"),
        ),
        "amendments": (
            Amendment(
                datetime(2026, 11, 25, 9, 12, tzinfo=LONDON),
                "Dele Okafor",
                "Door 2B is on floor 2, not floor 3 as said in the note.",
            ),
        ),
        "record": RecordBox("Tablet Chuckery 2", hashlib.sha256(b"sample").hexdigest()),
    }
    return InspectionReport(**{**whole, **changes})


def weighing(jpeg: bytes, number: int, size: int = 150_000) -> bytes:
    """The same picture as a file of its own, as heavy as a photo of a phone scaled for paper."""
    rest = max(size - len(jpeg), 8)
    filling = b""
    while rest > 8:
        part = min(rest, 60_000)
        filling += (
            b"\xff\xfe" + (part - 2).to_bytes(2, "big") + (number.to_bytes(4, "big") * part)[: part - 4]
        )
        rest -= part
    return jpeg[:2] + filling + jpeg[2:]


def big_report(photos: int = 40, items: int = 60, walk: int = 0) -> InspectionReport:
    """The size of the promise: 60 items and 40 photos; each ``walk`` has other photos and words."""
    kinds = (scenes.lobby_wall, scenes.stair_door, scenes.stairwell)
    taken = [
        photo(
            weighing(kinds[n % 3](n % 2 == 0), n + walk * photos),
            n + 1,
            f"Photo of item {n + 1}, walk {walk}",
        )
        for n in range(photos)
    ]
    found = tuple(
        Defect(
            n + 1,
            Grade.C,
            f"Defect {n + 1}",
            f"Floor {n}",
            at(10, 10 + n),
            "Seen and noted.",
            photos=(taken[n * 2], taken[n * 2 + 1]),
            repair="R-8HMC-5",
            priority="Urgent",
            due="Due Mon 30 Nov",
        )
        for n in range(photos // 4)
    )
    looked = tuple(
        Area(
            f"Area {a + 1}",
            Grade.B,
            items=tuple(
                Item(
                    f"Item {a * 10 + i + 1} of the walk",
                    grade=Grade.B,
                    bulk=i > 4,
                    note=f"As on walk {walk}.",
                )
                for i in range(10)
            ),
        )
        for a in range(items // 10)
    )
    return report(defects=found, areas=looked, other_photos=tuple(taken[photos // 2 :]), since_last=())
