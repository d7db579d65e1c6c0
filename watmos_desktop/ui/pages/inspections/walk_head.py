"""The sentence above a walk: where it is, what is saved, what just happened."""

from __future__ import annotations

from watmos_desktop.models.kinds import Scorer
from watmos_desktop.services import wording
from watmos_desktop.ui.pages.inspections import steps
from watmos_desktop.ui.pages.inspections.course import Course


def sentence(course: Course, *, resumed: bool, saving: int, said: str, roomy: bool) -> str:
    """``Item 12 of 60 · saving 3 photos · saved 14:32 · Amara is scoring too``; ``saving`` counts photos."""
    walk = course.walk
    number, total = steps.number(walk, course.item_key), len(walk.template.items)
    parts = [f"Resumed at item {number} of {total}" if resumed else f"Item {number} of {total}"]
    if saving:
        parts.append(f"saving {wording.count(saving, 'photo')}")
    if walk.saved_at is not None:
        parts.append(f"saved {wording.clock_time(walk.saved_at)}")
    if said:
        parts.append(said)
    elif walk.joint and course.scorer is Scorer.OFFICER:
        hidden = " (hidden until you both have)" if roomy else ""
        parts.append(f"{walk.companion} is scoring too{hidden}")
    return " · ".join(parts)
