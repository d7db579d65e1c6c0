"""What a walk found, for its report: defects, what became of the earlier ones, actions, counts, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from watmos_desktop.models.kinds import Grade, InspectionStatus, Priority, RepairStatus, Scorer, Sighting
from watmos_desktop.models.tables import Defect, DefectSighting, Repair
from watmos_desktop.services import policy, promises, repair_words, repairs, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.reports import inspection_data as data
from watmos_desktop.services.reports.source import Source
from watmos_desktop.services.template_parts import Area, Item
from watmos_desktop.services.walk_view import Given

_STATES = {
    RepairStatus.REPORTED: "Reported",
    RepairStatus.ORDERED: "Ordered",
    RepairStatus.COMPLETED: "Done",
    RepairStatus.CANCELLED: "Cancelled",
    RepairStatus.SIGNPOSTED: "Not ours to mend",
}
_URGENT = (Priority.EMERGENCY, Priority.URGENT)
_STEPS = 5


@dataclass(frozen=True)
class Found:
    """A defect of this walk with what belongs to it."""

    row: Defect
    item: Item
    area: Area
    given: Given | None
    repair: Repair | None
    card: repairs.RepairCard | None

    @property
    def grade(self) -> Grade:
        """The grade this walk gave; a later walk that found it worse changes no signed report."""
        return self.given.grade if self.given and self.given.grade else Grade(self.row.grade)


def find_defects(source: Source) -> list[Found]:
    """This walk's defects: worst grade first, then the most pressing repair, then in the order of the walk."""
    rows = source.session.scalars(
        select(Defect).where(Defect.inspection_id == source.row.id, ~Defect.deleted)
    ).all()
    ids = [row.repair_id for row in rows if row.repair_id]
    cards = repairs.cards(source.session, ids)
    order = [item.key for item in source.walk.template.items]
    mine = source.answers[Scorer.OFFICER]
    found = []
    for row in rows:
        if row.item_key not in order:
            continue
        area = next(
            one for one in source.walk.template.areas if any(i.key == row.item_key for i in one.items)
        )
        card = cards.get(row.repair_id) if row.repair_id else None
        repair = source.session.get(Repair, card.id) if card else None
        item = source.walk.template.item(row.item_key)
        found.append(Found(row, item, area, mine.get(row.item_key), repair, card))
    priorities = list(Priority)

    def key(one: Found) -> tuple[int, int, int]:
        pressing = priorities.index(one.card.priority) if one.card else len(priorities)
        return -list(Grade).index(one.grade), pressing, order.index(one.item.key)

    return sorted(found, key=key)


def printed(source: Source, number: int, one: Found) -> data.Defect:
    """A defect as it is printed, under its number."""
    given, card = one.given, one.card
    photos = tuple(source.photo(photo) for photo in source.walk.photos.get(one.item.key, ()))
    old = source.old_photos.get(one.item.key)
    phrase = one.item.phrase(one.row.phrase_key).words if one.row.phrase_key else ""
    return data.Defect(
        number=number,
        grade=one.grade,
        title=one.row.title,
        place=_exact(one.area.name, repair_words.shown(source.actor, one.repair)[1] if one.repair else ""),
        seen_at=one.row.seen_at,
        note=given.note if given else "",
        phrase=phrase,
        photos=photos,
        before_photo=source.photo(old, numbered=False) if old else None,
        repair=card.reference if card else "",
        priority=card.priority.value.capitalize() if card else "",
        due=card.promise if card else "",
        hazard=_hazard(card.hazard, one.row.seen_at) if card else "",
        urgent=bool(card and card.priority in _URGENT),
        checked_individually=not (given and given.bulk),
    )


def followed(source: Source) -> tuple[data.Followed, ...]:
    """What became of the defects that were open when this walk began."""
    sightings = {
        one.defect_id: one
        for one in source.session.scalars(
            select(DefectSighting)
            .where(DefectSighting.inspection_id == source.row.id, ~DefectSighting.deleted)
            .order_by(DefectSighting.seen_at)
        )
    }
    found = []
    for carried in source.walk.carried:
        if carried.outcome is None or carried.id not in sightings:
            continue
        words = [f"First seen {wording.day(carried.seen_at.astimezone(LONDON))}."]
        if carried.repair:
            words.append(f"Repair {carried.repair.reference}: {carried.repair.due.text}.")
        if policy.may_see(source.actor, "defect_sighting", "note") and sightings[carried.id].note:
            words.append(sightings[carried.id].note)
        now = source.walk.photos.get(carried.item_key, ())
        before = [photo for photo in carried.photos if photo.taken_at < source.row.started_at]
        found.append(
            data.Followed(
                outcome=carried.outcome,
                title=carried.title,
                place=source.area_name(carried.area_key),
                words=" ".join(words),
                before=source.photo(before[-1], numbered=False) if before else None,
                after=source.photo(now[-1]) if now else None,
            )
        )
    order = [Sighting.WORSE, Sighting.NOT_FIXED, Sighting.FIXED]
    return tuple(sorted(found, key=lambda one: order.index(one.outcome)))


def actions(source: Source, found: list[Found]) -> tuple[data.Action, ...]:
    """Every repair that is to be done: of this walk's defects, then of those that were not fixed."""
    lines = [_action(source, number, one.card) for number, one in enumerate(found, start=1) if one.card]
    known = {one.card.id for one in found if one.card}
    for carried in source.walk.carried:
        unfixed = carried.outcome in (Sighting.NOT_FIXED, Sighting.WORSE)
        if unfixed and carried.repair and carried.repair.id not in known:
            known.add(carried.repair.id)
            lines.append(_action(source, 0, carried.repair))
    return tuple(lines)


def _action(source: Source, number: int, card: repairs.RepairCard) -> data.Action:
    repair = source.session.get(Repair, card.id)
    who = repair.contractor if repair and repair.contractor else card.trade
    local = card.due_at.astimezone(LONDON)
    by = wording.weekday(local)
    if card.priority is Priority.EMERGENCY:
        by += f", {wording.clock_time(local)}"
    return data.Action(number, card.title, who, by, _STATES[card.status])


def counts(source: Source, found: list[Found], followed: tuple[data.Followed, ...]) -> data.Counts:
    """The numbers of the cover."""
    looked = {key: given for key, given in source.answers[Scorer.OFFICER].items() if given.not_scored is None}
    bulk = sum(given.bulk for given in looked.values())
    safety = sum(source.walk.template.item(key).safety_critical for key in looked)
    return data.Counts(
        looked_at=len(looked),
        one_by_one=len(looked) - bulk,
        safety=safety,
        bulk=bulk,
        defects=len(found),
        urgent=sum(bool(one.card and one.card.priority in _URGENT) for one in found),
        fixed=sum(one.outcome is Sighting.FIXED for one in followed),
    )


def what_next(source: Source, found: list[Found]) -> tuple[data.NextStep, ...]:
    """The promised days, the nearest first, and the next walk."""
    steps: list[tuple[datetime, str]] = [
        (one.card.due_at, one.card.title) for one in found if one.card and one.card.status in repairs.OPEN
    ]
    days: dict[str, list[str]] = {}
    for due_at, title in sorted(steps):
        days.setdefault(wording.weekday(due_at.astimezone(LONDON)), []).append(title)
    told = [data.NextStep(day, "; ".join(titles)) for day, titles in list(days.items())[:_STEPS]]
    schedule = source.schedule()
    if schedule is not None and source.row.status is InspectionStatus.SIGNED:
        told.append(
            data.NextStep(
                wording.weekday(schedule.due_on), "Next inspection; everything above is looked at again"
            )
        )
    return tuple(told)


def _exact(area: str, place: str) -> str:
    return f"{area}, {place}" if place and place != area else area


def _hazard(hazard: str, seen_at: datetime) -> str:
    names = {one.id: one.name for one in promises.hazards(seen_at.astimezone(LONDON).date())}
    return names.get(hazard, "")
