"""What the walk shows: answers given, last time's grades, defects carried over, photos and repairs, as frozen data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Text, and_, false, or_, select, type_coerce
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import DefectState, Grade, InspectionStatus, NotScored, Scorer, Sighting
from watmos_desktop.models.tables import (
    Answer,
    Attendance,
    Defect,
    DefectSighting,
    Inspection,
    Meta,
    Staff,
    TemplateVersion,
)
from watmos_desktop.services import attachments, places, policy, repairs, scoring, templates, walk_row
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.places import Place
from watmos_desktop.services.templates import Template


@dataclass(frozen=True)
class Given:
    """One answer as shown. ``grade`` is None when it is not scored."""

    value: str
    grade: Grade | None
    not_scored: NotScored | None
    bulk: bool
    phrase_key: str
    note: str
    reason: str
    at: datetime

    @property
    def plain(self) -> scoring.Answer:
        """The answer as scoring reads it."""
        return scoring.Answer(self.value, self.not_scored, self.bulk)


@dataclass(frozen=True)
class Carried:
    """An open defect of an earlier walk; ``outcome`` is what this walk found, None before it was looked at."""

    id: UUID
    reference: str
    area_key: str
    item_key: str
    title: str
    place: str
    grade: str
    seen_at: datetime
    repair: repairs.RepairCard | None
    photos: tuple[attachments.PhotoCard, ...]
    outcome: Sighting | None


@dataclass(frozen=True)
class Walk:
    """A walk as it stands. ``mine`` are the answers of ``scorer``; ``theirs`` only where both have answered."""

    id: UUID
    reference: str
    status: InspectionStatus
    template: Template
    place: Place
    scorer: Scorer
    started_at: datetime
    started_by: str
    joint: bool
    companion: str
    at_item: str
    opened: frozenset[str]
    mine: Mapping[str, Given]
    theirs: Mapping[str, Given]
    their_count: int
    last: Mapping[str, Given]
    last_on: date | None
    last_grade: Grade | None
    carried: tuple[Carried, ...]
    photos: Mapping[str, tuple[attachments.PhotoCard, ...]]
    raised: Mapping[str, repairs.RepairCard]
    saved_at: datetime | None

    @property
    def score(self) -> scoring.Score:
        """The score as it stands."""
        return scoring.score(self.template, {key: given.plain for key, given in self.mine.items()})

    def missing(self) -> tuple[str, ...]:
        """The keys of items that have no answer yet, in the order of the walk."""
        return tuple(item.key for item in self.template.items if item.key not in self.mine)

    def still_needed(self, item_key: str) -> tuple[str, ...]:
        """``"photo"`` and ``"note"`` where the answer given asks for one that is not there."""
        given = self.mine.get(item_key)
        if given is None:
            return ()
        words = bool(given.note or given.phrase_key)
        photos = len(self.photos.get(item_key, ()))
        return scoring.still_needed(self.template.item(item_key), given.plain, photos=photos, words=words)

    def unchecked(self, area_key: str) -> tuple[Carried, ...]:
        """Defects carried into an area that this walk has not looked at yet."""
        return tuple(one for one in self.carried if one.area_key == area_key and one.outcome is None)


def template_of(session: Session, inspection: Inspection) -> Template:
    """The template version that this inspection was begun with, even when it is no longer shipped."""
    body = session.scalar(
        select(type_coerce(TemplateVersion.body, Text)).where(
            TemplateVersion.key == inspection.template_key,
            TemplateVersion.version == inspection.template_version,
        )
    )
    if body is None:
        return templates.get(inspection.template_key, inspection.template_version)
    return _template(body)


@lru_cache(maxsize=16)
def _template(body: str) -> Template:
    return templates.from_dict(json.loads(body))


def load(
    session: Session, inspection_id: UUID, scorer: Scorer = Scorer.OFFICER, known: Walk | None = None
) -> Walk:
    """The walk as one scorer may see it: the other's grade stays hidden until both are given (N2).

    ``known`` is the same walk as loaded before: what a step cannot change (form, place, last time) is taken
    from it, so that an answer is shown within its frame.
    """
    inspection = walk_row.get(session, inspection_id)
    fixed = known if known is not None and known.id == inspection_id else _fixed(session, inspection)
    given = answers(session, inspection, fixed.template)
    mine = given[scorer]
    theirs = given[Scorer.AMBASSADOR if scorer is Scorer.OFFICER else Scorer.OFFICER]
    position = session.get(Meta, f"walk {inspection.id}")
    where = position.value if position else {}
    photos = attachments.of(session, [inspection.id]).get(inspection.id, [])
    by_item: dict[str, tuple[attachments.PhotoCard, ...]] = {}
    for photo in photos:
        by_item[photo.item_key] = (*by_item.get(photo.item_key, ()), photo)
    times = [one.at for one in (*mine.values(), *theirs.values())]
    return Walk(
        id=inspection.id,
        reference=inspection.reference,
        status=inspection.status,
        template=fixed.template,
        place=fixed.place,
        scorer=scorer,
        started_at=inspection.started_at,
        started_by=fixed.started_by,
        joint=inspection.joint,
        companion=_companion(session, inspection),
        at_item=str(where.get("item", "")),
        opened=frozenset(where.get("areas", [])),
        mine=mine,
        theirs={key: one for key, one in theirs.items() if key in mine},
        their_count=len(theirs),
        last=fixed.last,
        last_on=fixed.last_on,
        last_grade=fixed.last_grade,
        carried=carried(session, inspection),
        photos=by_item,
        raised=_raised(session, inspection),
        saved_at=max(times, default=None),
    )


@dataclass(frozen=True)
class _Fixed:
    """What no step of a walk changes."""

    template: Template
    place: Place
    started_by: str
    last: Mapping[str, Given]
    last_on: date | None
    last_grade: Grade | None


def _fixed(session: Session, inspection: Inspection) -> _Fixed:
    template = template_of(session, inspection)
    before = previous(session, inspection)
    return _Fixed(
        template=template,
        place=places.get(session, inspection.estate_id, inspection.block_id, inspection.space_id),
        started_by=name_of(session, inspection.started_by),
        last=answers(session, before, template)[Scorer.OFFICER] if before else {},
        last_on=(before.finished_at or before.started_at).astimezone(LONDON).date() if before else None,
        last_grade=Grade(before.grade) if before and before.grade else None,
    )


def answers(session: Session, inspection: Inspection, template: Template) -> dict[Scorer, dict[str, Given]]:
    """The answers of both scorers by item; those to items the template does not have are left out."""
    found: dict[Scorer, dict[str, Given]] = {scorer: {} for scorer in Scorer}
    items = {item.key: item for item in template.items}
    actor = policy.actor(session)
    hidden = not (policy.may_see(actor, "answer", "note", mine=inspection.started_by == actor.staff_id))
    rows = session.scalars(select(Answer).where(Answer.inspection_id == inspection.id, ~Answer.deleted))
    for one in rows:
        if one.item_key not in items:
            continue
        plain = scoring.Answer(one.value, one.not_scored, one.bulk)
        found[one.scorer][one.item_key] = Given(
            value=one.value,
            grade=_grade(items[one.item_key], plain),
            not_scored=one.not_scored,
            bulk=one.bulk,
            phrase_key=one.phrase_key,
            note="" if hidden else one.note,
            reason="" if hidden else one.reason,
            at=one.answered_at,
        )
    return found


def _grade(item: templates.Item, answer: scoring.Answer) -> Grade | None:
    try:
        return scoring.grade_of(item, answer)
    except ValueError:  # an answer of another version of the template, where the item had another scale
        return None


def previous(session: Session, inspection: Inspection) -> Inspection | None:
    """The signed inspection of the same place and template before this one."""
    return session.scalar(
        select(Inspection)
        .where(
            Inspection.place_key == inspection.place_key,
            Inspection.template_key == inspection.template_key,
            Inspection.status == InspectionStatus.SIGNED,
            Inspection.started_at < inspection.started_at,
            ~Inspection.deleted,
        )
        .order_by(Inspection.finished_at.desc())
        .limit(1)
    )


def carried(session: Session, inspection: Inspection) -> tuple[Carried, ...]:
    """Defects of finished walks that this one has to look at, with what it found; once signed, those it did look at.

    A walk still under way may take its defects back, so nobody else is asked about them.
    """
    outcomes: dict[UUID, Sighting] = {
        one.defect_id: one.outcome
        for one in session.scalars(
            select(DefectSighting)
            .where(DefectSighting.inspection_id == inspection.id, ~DefectSighting.deleted)
            .order_by(DefectSighting.seen_at, DefectSighting.id)
        )
    }
    under_way = inspection.status is InspectionStatus.DRAFT
    open_ = and_(Defect.state == DefectState.OPEN, Inspection.status != InspectionStatus.DRAFT)
    rows = list(
        session.scalars(
            select(Defect)
            .join(Inspection, Inspection.id == Defect.inspection_id)
            .where(
                Defect.place_key == inspection.place_key,
                Defect.template_key == inspection.template_key,
                Defect.inspection_id != inspection.id,
                or_(open_ if under_way else false(), Defect.id.in_(list(outcomes))),
                ~Defect.deleted,
            )
            .order_by(Defect.grade.desc(), Defect.seen_at)
        )
    )
    photos = attachments.of(session, [one.id for one in rows])
    cards = repairs.cards(session, [one.repair_id for one in rows if one.repair_id])
    words = policy.may_see(policy.actor(session), "defect", "place")
    return tuple(
        Carried(
            id=one.id,
            reference=one.reference,
            area_key=one.area_key,
            item_key=one.item_key,
            title=one.title,
            place=one.place if words else "",
            grade=one.grade,
            seen_at=one.seen_at,
            repair=cards.get(one.repair_id) if one.repair_id else None,
            photos=tuple(photos.get(one.id, ())),
            outcome=outcomes.get(one.id),
        )
        for one in rows
    )


def _raised(session: Session, inspection: Inspection) -> dict[str, repairs.RepairCard]:
    rows = session.execute(
        select(Defect.item_key, Defect.repair_id).where(
            Defect.inspection_id == inspection.id, Defect.repair_id.is_not(None), ~Defect.deleted
        )
    ).all()
    cards = repairs.cards(session, [repair_id for _, repair_id in rows if repair_id])
    return {item_key: cards[repair_id] for item_key, repair_id in rows if repair_id in cards}


def _companion(session: Session, inspection: Inspection) -> str:
    row_ = session.scalar(
        select(Attendance).where(
            Attendance.inspection_id == inspection.id,
            or_(Attendance.staff_id != inspection.started_by, Attendance.staff_id.is_(None)),
            ~Attendance.deleted,
        )
    )
    if row_ is None:
        return ""
    if not policy.may_see(policy.actor(session), "attendance", "name"):
        return "An ambassador"
    return row_.name


def name_of(session: Session, staff_id: UUID | None) -> str:
    """A member of staff by name, or by role where this person may not know names."""
    staff = session.get(Staff, staff_id) if staff_id else None
    if staff is None:
        return ""
    actor = policy.actor(session)
    if staff.id == actor.staff_id or policy.may_see(actor, "staff", "name"):
        return staff.name
    return staff.role.value.replace("_", " ")
