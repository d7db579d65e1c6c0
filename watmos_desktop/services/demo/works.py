"""The demo landlord's repairs: raised by a defect, mended mostly in time, with the clocks that ran on them."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta
from functools import cache

from watmos_desktop.models.kinds import Priority, RepairStatus
from watmos_desktop.services import clocks, promises
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.demo.hours import by_day
from watmos_desktop.services.demo.rows import Row, Rows
from watmos_desktop.services.templates import Phrase

_LATE = 0.14


def raise_repair(
    rows: Rows, defect: Row, phrase: Phrase, walk: Row, note: str, contractor: str, now: datetime
) -> datetime | None:
    """Raise the repair of a new defect, complete it if that was before ``now``; gives when it was."""
    assert phrase.priority is not None
    seen: datetime = defect.seen_at
    due = promises.due(clocks.REPAIR_CLOCK[phrase.priority], seen)
    allowed = due.due_at - seen
    # The last weeks were short of hands, so that some promises stand broken today.
    short = now - timedelta(days=21) < due.due_at < now
    late = rows.random.random() < (0.5 if short else _LATE)
    # What was found lately is mostly still to do.
    least = 0.6 if now - seen < timedelta(days=35) else 0.15
    share = rows.random.uniform(1.1, 3.5) if late else rows.random.uniform(least, 0.97)
    done = by_day(seen + timedelta(seconds=round(allowed.total_seconds() * share)), seen)
    completed = done if done < now else None
    ordered = completed or now - seen > timedelta(days=1)
    repair = rows.add(
        "repair",
        seen,
        prefix="R",
        estate_id=walk.estate_id,
        block_id=walk.block_id,
        space_id=walk.space_id,
        home_id=None,
        area_key=defect.area_key,
        place=defect.place,
        title=phrase.title,
        description=note,
        trade=phrase.trade,
        priority=phrase.priority,
        priority_reason="",
        status=RepairStatus.COMPLETED
        if completed
        else RepairStatus.ORDERED
        if ordered
        else RepairStatus.REPORTED,
        reported_at=seen,
        reported_by=walk.started_by,
        due_at=due.due_at,
        completed_at=completed,
        contractor=contractor if ordered else "",
        hazard=phrase.hazard,
        inspection_id=walk.id,
    )
    defect["repair_id"] = repair.id
    _start(rows, repair, due, completed)
    emergency, day = phrase.priority is Priority.EMERGENCY, seen.astimezone(LONDON).date()
    # The list of hazards changed: a form of today may name one that an earlier list did not have.
    listed = any(hazard.id == phrase.hazard for hazard in promises.hazards(day))
    if listed and promises.awaab_applies(phrase.hazard, emergency, day):
        key = "AW.emergency" if emergency else "AW.investigate"
        _start(rows, repair, promises.due(key, seen), completed)
    return completed


def _start(rows: Rows, repair: Row, due: promises.Due, stopped: datetime | None) -> None:
    rows.add(
        "clock",
        repair.reported_at,
        owner_table="repair",
        owner_id=repair.id,
        key=due.key,
        started_at=repair.reported_at,
        due_at=due.due_at,
        held_from=due.held_from,
        told_at=repair.reported_at,
        stopped_at=stopped,
    )


@cache
def signature(name: str) -> list[list[list[float]]]:
    """A signature as drawn: the same name signs the same way."""
    chance = random.Random(name)  # noqa: S311 - a drawing
    strokes = []
    for n in range(chance.randint(2, 3)):
        left, wide, turns = 0.08 + n * 0.3, chance.uniform(0.24, 0.38), chance.uniform(2, 4.5)
        strokes.append(
            [
                [
                    round(left + wide * t / 15 + 0.03 * math.sin(t * turns / 2), 3),
                    round(0.5 + 0.26 * math.sin(t * turns) * (1 - t / 22) + chance.uniform(-0.03, 0.03), 3),
                ]
                for t in range(16)
            ]
        )
    return strokes
