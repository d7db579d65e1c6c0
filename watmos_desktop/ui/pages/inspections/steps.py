"""Where a walk goes next: pure rules over what is answered."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from watmos_desktop.models.kinds import Grade, Scorer
from watmos_desktop.services import scoring
from watmos_desktop.services.templates import Area, Item
from watmos_desktop.services.walk_view import Carried, Walk

GOOD = (Grade.A, Grade.B)


def area_of(walk: Walk, item_key: str) -> Area:
    """The area that an item lies in; KeyError if the template has no such item."""
    for area in walk.template.areas:
        if any(item.key == item_key for item in area.items):
            return area
    raise KeyError(item_key)


def number(walk: Walk, item_key: str) -> int:
    """The place of an item in the walk, from 1."""
    return next(n for n, item in enumerate(walk.template.items, 1) if item.key == item_key)


def following(walk: Walk, item_key: str, by: int = 1) -> str:
    """The item so many places on (or back), or "" past either end."""
    place = number(walk, item_key) - 1 + by
    items = walk.template.items
    return items[place].key if 0 <= place < len(items) else ""


def next_open(walk: Walk, item_key: str, answered: Collection[str] = ()) -> str:
    """The next item without an answer, from the start again past the end; "" when all are answered.

    ``answered`` are keys that are being answered just now.
    """
    items, place = walk.template.items, number(walk, item_key)
    for item in (*items[place:], *items[:place]):
        if item.key not in walk.mine and item.key not in answered:
            return item.key
    return ""


def after_rest_ok(walk: Walk, area_key: str, answered: Collection[str]) -> str:
    """Where "rest of area OK" leads: to what is left in the area (safety items), else to the next area."""
    area = walk.template.area(area_key)
    done = {*walk.mine, *answered}
    left = next((item.key for item in area.items if item.key not in done), "")
    return left or next_open(walk, area.items[-1].key, answered)


def stays(walk: Walk, item: Item, value: str, *, words: bool) -> bool:
    """Whether an answer keeps its item on the screen: it is poor, or asks for a photo or words first."""
    if walk.scorer is Scorer.AMBASSADOR:
        return False
    photos = len(walk.photos.get(item.key, ()))
    needed = scoring.still_needed(item, scoring.Answer(value), photos=photos, words=words)
    return item.grade_of(value) not in GOOD or bool(needed)


def to_look_at(walk: Walk, item_key: str, passed: Collection[UUID] = ()) -> tuple[Carried, ...]:
    """Earlier defects of the item's area to look at before its items; ``passed`` were put off."""
    if walk.scorer is Scorer.AMBASSADOR:
        return ()
    area = area_of(walk, item_key)
    return tuple(one for one in walk.unchecked(area.key) if one.id not in passed)


def moved(before: Walk, after: Walk) -> str:
    """The first item at which two states of a walk differ, so that undo can show what it took back."""
    outcomes = {one.id: one.outcome for one in before.carried}
    for one in after.carried:
        if outcomes.get(one.id) != one.outcome:
            return one.item_key
    for item in after.template.items:
        for part in ("mine", "photos", "raised"):
            if getattr(before, part).get(item.key) != getattr(after, part).get(item.key):
                return item.key
    return ""
