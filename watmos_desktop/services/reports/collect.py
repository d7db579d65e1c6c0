"""What the reports say of one inspection, read from the workspace as the person using it may see it.

An ambassador's report holds no name, no signature and nobody's free text; the policy decides, field by field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import (
    Grade,
    InspectionStatus,
    NotScored,
    Priority,
    RepairStatus,
    Role,
    Scale,
    Scorer,
    Sighting,
)
from watmos_desktop.models.tables import (
    Amendment,
    Attendance,
    Defect,
    DefectSighting,
    Meta,
    Outbox,
    Repair,
    Schedule,
    Signature,
)
from watmos_desktop.services import (
    attachments,
    inspections,
    policy,
    promises,
    repairs,
    scoring,
    staff,
    walk_view,
    wording,
)
from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.services.blobs import Blobs
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.reports import inspection_data as data
from watmos_desktop.services.reports.noticeboard import Noticeboard, noticeboard_of
from watmos_desktop.services.template_parts import Area, Item
from watmos_desktop.services.walk_view import Given, Walk

_STATES = {
    RepairStatus.REPORTED: "Reported",
    RepairStatus.ORDERED: "Ordered",
    RepairStatus.COMPLETED: "Done",
    RepairStatus.CANCELLED: "Cancelled",
}
_URGENT = (Priority.EMERGENCY, Priority.URGENT)
_NOT_SCORED = {NotScored.NOT_APPLICABLE: "Not here", NotScored.NOT_SEEN: "Could not be seen"}
_ANSWERS = {"yes": "Yes", "no": "No", "met": "Met", "not_met": "Not met"}
_STEPS = 5


def collect(session: Session, blobs: Blobs, inspection_id: UUID) -> data.InspectionReport:
    """The report of one inspection with its photos as they are kept; raises NotFound, NotAllowed.

    ``reports.work`` makes the photos fit for paper and prints it.
    """
    policy.require(session, policy.Action.REPORT, "inspection")
    return _Collector(session, blobs, inspection_id).report()


def noticeboard(session: Session, blobs: Blobs, inspection_id: UUID) -> Noticeboard:
    """What the noticeboard sheet of a signed inspection says: nobody's name; raises NotFound, NotAllowed, Told."""
    policy.require(session, policy.Action.REPORT, "inspection")
    found = _Collector(session, blobs, inspection_id, pictures=False)
    if found.row.status is not InspectionStatus.SIGNED:
        raise Told("This inspection is not signed yet.", "Sign it first; then it may hang in the lobby.")
    return noticeboard_of(found.report(), found.next_walk())


def find(session: Session, place: str) -> UUID:
    """The inspection of that reference, or the newest signed one of the place of that name; raises Told."""
    try:
        return inspections.find(session, place)
    except Told:
        pass  # a name, not a reference
    wanted = " ".join(place.split()).casefold()
    cards = inspections.page(session, inspections.Filter("signed"), 0, inspections.count(session))
    fitting = [card for card in cards if card.place.casefold() == wanted]
    if len({card.estate for card in fitting}) > 1:
        raise Told(
            "More than one estate has a place of that name.", "Give an inspection's reference instead."
        )
    if not fitting:
        raise NotFound("A signed inspection of that place")
    return fitting[0].id


@dataclass(frozen=True)
class _Found:
    """A defect of this walk with what belongs to it."""

    row: Defect
    item: Item
    area: Area
    given: Given | None
    repair: Repair | None
    card: repairs.RepairCard | None


class _Collector:
    """Reads one inspection once and puts the parts of its report together."""

    def __init__(self, session: Session, blobs: Blobs, inspection_id: UUID, *, pictures: bool = True) -> None:
        self.session, self.blobs, self.pictures = session, blobs, pictures
        self.actor = policy.actor(session)
        self.row = walk_view.row(session, inspection_id)
        self.walk = walk_view.load(session, inspection_id)
        self.answers = walk_view.answers(session, self.row, self.walk.template)
        self.before = walk_view.previous(session, self.row)
        self.numbers = {photo.id: number for number, photo in enumerate(_in_order(self.walk), start=1)}
        self.old_photos = self._old_photos()

    def report(self) -> data.InspectionReport:
        """All of it."""
        row, walk = self.row, self.walk
        found = self._defects()
        followed = self._followed()
        signed = row.status is InspectionStatus.SIGNED
        grade = Grade(row.grade) if row.grade else walk.score.grade
        return data.InspectionReport(
            reference=row.reference,
            template=walk.template.title,
            template_version=str(walk.template.version),
            place=walk.place.name,
            estate=walk.place.estate if walk.place.estate != walk.place.name else "",
            address=walk.place.address,
            started=row.started_at,
            finished=row.finished_at or walk.saved_at or row.started_at,
            counts=self._counts(found, followed),
            record=self._record(),
            walked_by=self._walked_by(),
            ambassadors=self._ambassadors(),
            grade=grade,
            score="" if grade else "Nothing could be graded",
            previous_grade=walk.last_grade,
            previous_date=walk.last_on,
            trend=inspections.trend(self.session, row),
            cover_photo=self._cover(),
            defects=tuple(self._defect(number, one) for number, one in enumerate(found, start=1)),
            since_last=followed,
            actions=self._actions(found),
            areas=tuple(self._area(area) for area in walk.template.areas),
            other_photos=self._other_photos(found),
            signatures=self._signatures(),
            amendments=self._amendments(),
            what_next=self._what_next(found),
            draft=not signed,
        )

    def next_walk(self) -> str:
        """When this place is walked next: ``Wednesday 23 December 2026``; empty when nothing asks for it."""
        schedule = self.session.get(Schedule, self.row.schedule_id) if self.row.schedule_id else None
        return wording.long_day(schedule.due_on) if schedule and not schedule.deleted else ""

    def _defects(self) -> list[_Found]:
        """This walk's defects: worst grade first, then the most pressing repair, then in the order of the walk."""
        rows = self.session.scalars(
            select(Defect).where(Defect.inspection_id == self.row.id, ~Defect.deleted)
        ).all()
        ids = [row.repair_id for row in rows if row.repair_id]
        cards = repairs.cards(self.session, ids)
        order = [item.key for item in self.walk.template.items]
        mine = self.answers[Scorer.OFFICER]
        found = []
        for row in rows:
            if row.item_key not in order:
                continue
            area = next(
                one for one in self.walk.template.areas if any(i.key == row.item_key for i in one.items)
            )
            card = cards.get(row.repair_id) if row.repair_id else None
            repair = self.session.get(Repair, card.id) if card else None
            item = self.walk.template.item(row.item_key)
            found.append(_Found(row, item, area, mine.get(row.item_key), repair, card))
        priorities = list(Priority)

        def key(one: _Found) -> tuple[int, int, int]:
            pressing = priorities.index(one.card.priority) if one.card else len(priorities)
            return -list(Grade).index(Grade(one.row.grade)), pressing, order.index(one.item.key)

        return sorted(found, key=key)

    def _defect(self, number: int, one: _Found) -> data.Defect:
        given, card = one.given, one.card
        photos = tuple(self._photo(photo) for photo in self.walk.photos.get(one.item.key, ()))
        old = self.old_photos.get(one.item.key)
        phrase = one.item.phrase(one.row.phrase_key).words if one.row.phrase_key else ""
        return data.Defect(
            number=number,
            grade=Grade(one.row.grade),
            title=one.row.title,
            place=_exact(one.area.name, one.repair.place if one.repair else ""),
            seen_at=one.row.seen_at,
            note=given.note if given else "",
            phrase=phrase,
            photos=photos,
            before_photo=self._photo(old, numbered=False) if old else None,
            repair=card.reference if card else "",
            priority=card.priority.value.capitalize() if card else "",
            due=card.promise if card else "",
            hazard=_hazard(card.hazard, one.row.seen_at) if card else "",
            urgent=bool(card and card.priority in _URGENT),
            checked_individually=not (given and given.bulk),
        )

    def _followed(self) -> tuple[data.Followed, ...]:
        """What became of the defects that were open when this walk began."""
        sightings = {
            one.defect_id: one
            for one in self.session.scalars(
                select(DefectSighting)
                .where(DefectSighting.inspection_id == self.row.id, ~DefectSighting.deleted)
                .order_by(DefectSighting.seen_at)
            )
        }
        found = []
        for carried in self.walk.carried:
            if carried.outcome is None or carried.id not in sightings:
                continue
            words = [f"First seen {wording.day(carried.seen_at.astimezone(LONDON))}."]
            if carried.repair:
                words.append(f"Repair {carried.repair.reference}: {carried.repair.due.text}.")
            if policy.may_see(self.actor, "defect_sighting", "note") and sightings[carried.id].note:
                words.append(sightings[carried.id].note)
            now = self.walk.photos.get(carried.item_key, ())
            before = [photo for photo in carried.photos if photo.taken_at < self.row.started_at]
            found.append(
                data.Followed(
                    outcome=carried.outcome,
                    title=carried.title,
                    place=self._area_name(carried.area_key),
                    words=" ".join(words),
                    before=self._photo(before[-1], numbered=False) if before else None,
                    after=self._photo(now[-1]) if now else None,
                )
            )
        order = [Sighting.WORSE, Sighting.NOT_FIXED, Sighting.FIXED]
        return tuple(sorted(found, key=lambda one: order.index(one.outcome)))

    def _actions(self, found: list[_Found]) -> tuple[data.Action, ...]:
        """Every repair that is to be done: of this walk's defects, then of those that were not fixed."""
        lines = [self._action(number, one.card) for number, one in enumerate(found, start=1) if one.card]
        known = {one.card.id for one in found if one.card}
        for carried in self.walk.carried:
            unfixed = carried.outcome in (Sighting.NOT_FIXED, Sighting.WORSE)
            if unfixed and carried.repair and carried.repair.id not in known:
                known.add(carried.repair.id)
                lines.append(self._action(0, carried.repair))
        return tuple(lines)

    def _action(self, number: int, card: repairs.RepairCard) -> data.Action:
        repair = self.session.get(Repair, card.id)
        who = repair.contractor if repair and repair.contractor else card.trade
        local = card.due_at.astimezone(LONDON)
        by = wording.weekday(local)
        if card.priority is Priority.EMERGENCY:
            by += f", {wording.clock_time(local)}"
        return data.Action(number, card.title, who, by, _STATES[card.status])

    def _area(self, area: Area) -> data.Area:
        mine = {key: given.plain for key, given in self.answers[Scorer.OFFICER].items()}
        score = scoring.score(self.walk.template, mine).area(area.key)
        theirs = self.answers[Scorer.AMBASSADOR] if self.row.joint else {}
        other = None
        if theirs:
            plain = {key: given.plain for key, given in theirs.items()}
            other = scoring.score(self.walk.template, plain).area(area.key).grade
        return data.Area(
            name=area.name,
            grade=score.grade,
            officer_grade=score.grade if other else None,
            ambassador_grade=other,
            explanation=self._explained(area, theirs) if other else "",
            items=tuple(self._item(item, theirs) for item in area.items),
        )

    def _explained(self, area: Area, theirs: Mapping[str, Given]) -> str:
        mine = {key: given.plain for key, given in self.answers[Scorer.OFFICER].items()}
        other = {key: given.plain for key, given in theirs.items()}
        said = []
        for one in scoring.differences(self.walk.template, mine, other):
            if one.item in area.items:
                why = theirs[one.item.key].note or theirs[one.item.key].reason
                said.append(
                    f"{one.item.name}: {one.officer} and {one.ambassador}" + (f", “{why}”" if why else "")
                )
        return "; ".join(said)

    def _item(self, item: Item, theirs: Mapping[str, Given]) -> data.Item:
        given = self.answers[Scorer.OFFICER].get(item.key)
        other = theirs.get(item.key)
        if given is None:
            return data.Item(item.name, safety=item.safety_critical, not_scored="Not answered")
        reason = ""
        if given.not_scored:
            reason = ": ".join(part for part in (_NOT_SCORED[given.not_scored], given.reason) if part)
        differs = other is not None and other.value != given.value
        return data.Item(
            name=item.name,
            answer="" if given.not_scored else _answer(item, given.value),
            grade=given.grade,
            bulk=given.bulk,
            safety=item.safety_critical,
            not_scored=reason,
            note=given.note,
            ambassador_answer=_answer(item, other.value) if differs and other else "",
            photos=tuple(self.numbers[photo.id] for photo in self.walk.photos.get(item.key, ())),
        )

    def _counts(self, found: list[_Found], followed: tuple[data.Followed, ...]) -> data.Counts:
        looked = {
            key: given for key, given in self.answers[Scorer.OFFICER].items() if given.not_scored is None
        }
        bulk = sum(given.bulk for given in looked.values())
        safety = sum(self.walk.template.item(key).safety_critical for key in looked)
        return data.Counts(
            looked_at=len(looked),
            one_by_one=len(looked) - bulk,
            safety=safety,
            bulk=bulk,
            defects=len(found),
            urgent=sum(bool(one.card and one.card.priority in _URGENT) for one in found),
            fixed=sum(one.outcome is Sighting.FIXED for one in followed),
        )

    def _what_next(self, found: list[_Found]) -> tuple[data.NextStep, ...]:
        """The promised days, the nearest first, and the next walk."""
        steps: list[tuple[datetime, str]] = [
            (one.card.due_at, one.card.title) for one in found if one.card and one.card.status in repairs.OPEN
        ]
        days: dict[str, list[str]] = {}
        for due_at, title in sorted(steps):
            days.setdefault(wording.weekday(due_at.astimezone(LONDON)), []).append(title)
        told = [data.NextStep(day, "; ".join(titles)) for day, titles in list(days.items())[:_STEPS]]
        schedule = self.session.get(Schedule, self.row.schedule_id) if self.row.schedule_id else None
        if schedule is not None and not schedule.deleted and self.row.status is InspectionStatus.SIGNED:
            told.append(
                data.NextStep(
                    wording.weekday(schedule.due_on), "Next inspection; everything above is looked at again"
                )
            )
        return tuple(told)

    def _walked_by(self) -> tuple[str, ...]:
        """Who walked by name and role; by role alone for those who may not know names."""
        rows = self.session.scalars(
            select(Attendance).where(Attendance.inspection_id == self.row.id, ~Attendance.deleted)
        ).all()
        named = policy.may_see(self.actor, "attendance", "name")
        told = [
            f"{one.name}, {_role(one.role)}" if named and one.name else f"the {_role(one.role)}"
            for one in sorted(rows, key=lambda one: (one.role is Role.AMBASSADOR, one.id.bytes))
        ]
        return tuple(dict.fromkeys(told))

    def _ambassadors(self) -> int:
        rows = self.session.scalars(
            select(Attendance.id).where(
                Attendance.inspection_id == self.row.id,
                Attendance.role == Role.AMBASSADOR,
                ~Attendance.deleted,
            )
        )
        return len(rows.all())

    def _signatures(self) -> tuple[data.Signature, ...]:
        if not policy.may_see(self.actor, "signature", "name"):
            return ()
        rows = self.session.scalars(
            select(Signature)
            .where(Signature.inspection_id == self.row.id, ~Signature.deleted)
            .order_by(Signature.scorer.desc(), Signature.id)
        )
        return tuple(
            data.Signature(
                name=one.name,
                role=_role(one.role).capitalize(),
                at=one.signed_at,
                strokes=tuple(tuple((float(x), float(y)) for x, y in stroke) for stroke in one.strokes),
                typed="" if one.strokes else one.name,
            )
            for one in rows
        )

    def _amendments(self) -> tuple[data.Amendment, ...]:
        if not policy.may_see(self.actor, "amendment", "text"):
            return ()
        rows = self.session.scalars(
            select(Amendment)
            .where(Amendment.inspection_id == self.row.id, ~Amendment.deleted)
            .order_by(Amendment.made_at, Amendment.id)
        )
        return tuple(
            data.Amendment(one.made_at, walk_view.name_of(self.session, one.staff_id), one.text)
            for one in rows
        )

    def _record(self) -> data.RecordBox:
        device = self.session.get(Meta, "device")
        waiting = self.session.scalar(select(Outbox.n).where(Outbox.record_id == self.row.id).limit(1))
        return data.RecordBox(
            device=str(device.value["id"]) if device else "",
            checksum=self.row.checksum or "Not signed yet",
            sync_state="Not yet at the office" if waiting is not None else "At the office",
        )

    def _cover(self) -> data.ReportPhoto | None:
        """A photo of the place as a whole if one was taken, else one of what is well kept."""
        photos = self.walk.photos
        if photos.get(""):
            return self._photo(photos[""][0])
        poor = (Grade.C, Grade.D)
        for item in self.walk.template.items:
            given = self.answers[Scorer.OFFICER].get(item.key)
            if photos.get(item.key) and given and given.grade not in poor:
                return self._photo(photos[item.key][0])
        return None

    def _other_photos(self, found: list[_Found]) -> tuple[data.ReportPhoto, ...]:
        of_defects = {one.item.key for one in found}
        return tuple(self._photo(photo) for photo in _in_order(self.walk) if photo.item_key not in of_defects)

    def _old_photos(self) -> dict[str, PhotoCard]:
        """The newest photo of each item at the walk before."""
        if self.before is None:
            return {}
        cards = attachments.of(self.session, [self.before.id]).get(self.before.id, [])
        return {card.item_key: card for card in cards if card.item_key}

    def _photo(self, card: PhotoCard, *, numbered: bool = True) -> data.ReportPhoto:
        try:
            jpeg = self.blobs.get(card.sha256) if self.pictures else b""
        except Told:
            jpeg = b""  # the paper says that it could not be read; the rest of the report still counts
        return data.ReportPhoto(
            jpeg=jpeg,
            caption=card.caption,
            taken=wording.moment(card.taken_at.astimezone(LONDON)),
            marks=tuple(_mark(mark) for mark in card.marks),
            number=self.numbers.get(card.id, 0) if numbered else 0,
        )

    def _area_name(self, area_key: str) -> str:
        return next((area.name for area in self.walk.template.areas if area.key == area_key), "")


def _in_order(walk: Walk) -> Iterable[PhotoCard]:
    """The photos as the report numbers them: those of the whole place, then item by item."""
    for key in ("", *(item.key for item in walk.template.items)):
        yield from walk.photos.get(key, ())


def _mark(mark: Mapping[str, Any]) -> data.Mark:
    kind: Literal["ellipse", "arrow", "line"] = mark["kind"]
    return data.Mark(kind, tuple((float(x), float(y)) for x, y in mark["points"]))


def _exact(area: str, place: str) -> str:
    return f"{area}, {place}" if place and place != area else area


def _answer(item: Item, value: str) -> str:
    return value if item.scale in (Scale.GRADE, Scale.COUNT) else _ANSWERS.get(value, value)


def _hazard(hazard: str, seen_at: datetime) -> str:
    names = {one.id: one.name for one in promises.hazards(seen_at.astimezone(LONDON).date())}
    return names.get(hazard, "")


def _role(role: Role) -> str:
    words = staff.ROLE_WORDS[role]
    return words if words.startswith("ASB") else words.lower()
