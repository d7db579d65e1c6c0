"""What the reports say of one inspection, read from the workspace as the person using it may see it.

An ambassador's report holds no name, no signature and nobody's free text; the policy decides, field by field.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import (
    Grade,
    InspectionStatus,
    NotScored,
    Scale,
    Scorer,
)
from watmos_desktop.services import (
    inspections,
    policy,
    scoring,
    wording,
)
from watmos_desktop.services.blobs import Blobs
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.reports import collect_findings, collect_people
from watmos_desktop.services.reports import inspection_data as data
from watmos_desktop.services.reports.noticeboard import Noticeboard, noticeboard_of
from watmos_desktop.services.reports.source import Source, in_order
from watmos_desktop.services.template_parts import Area, Item
from watmos_desktop.services.walk_view import Given

_NOT_SCORED = {NotScored.NOT_APPLICABLE: "Not here", NotScored.NOT_SEEN: "Could not be seen"}
_ANSWERS = {"yes": "Yes", "no": "No", "met": "Met", "not_met": "Not met"}


def collect(session: Session, blobs: Blobs, inspection_id: UUID) -> data.InspectionReport:
    """The report of one inspection with its photos as they are kept; raises NotFound, NotAllowed.

    ``reports.work`` makes the photos fit for paper and prints it.
    """
    policy.require(session, policy.Action.REPORT, "inspection")
    return _report(Source(session, blobs, inspection_id))


def noticeboard(session: Session, blobs: Blobs, inspection_id: UUID) -> Noticeboard:
    """What the noticeboard sheet of a signed inspection says: nobody's name; raises NotFound, NotAllowed, Told."""
    policy.require(session, policy.Action.REPORT, "inspection")
    source = Source(session, blobs, inspection_id, pictures=False)
    if source.row.status is not InspectionStatus.SIGNED:
        raise Told("This inspection is not signed yet.", "Sign it first; then it may hang in the lobby.")
    schedule = source.schedule()
    next_walk = wording.long_day(schedule.due_on) if schedule else ""
    return noticeboard_of(_report(source), next_walk)


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


def _report(source: Source) -> data.InspectionReport:
    row, walk = source.row, source.walk
    found = collect_findings.find_defects(source)
    followed = collect_findings.followed(source)
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
        counts=collect_findings.counts(source, found, followed),
        record=collect_people.record(source),
        walked_by=collect_people.walked_by(source),
        ambassadors=collect_people.ambassadors(source),
        grade=grade,
        score="" if grade else "Nothing could be graded",
        previous_grade=walk.last_grade,
        previous_date=walk.last_on,
        trend=inspections.trend(source.session, row),
        cover_photo=_cover(source),
        defects=tuple(
            collect_findings.printed(source, number, one) for number, one in enumerate(found, start=1)
        ),
        since_last=followed,
        actions=collect_findings.actions(source, found),
        areas=tuple(_area(source, area) for area in walk.template.areas),
        other_photos=_other_photos(source, found),
        signatures=collect_people.signatures(source),
        amendments=collect_people.amendments(source),
        what_next=collect_findings.what_next(source, found),
        draft=not signed,
    )


def _area(source: Source, area: Area) -> data.Area:
    mine = {key: given.plain for key, given in source.answers[Scorer.OFFICER].items()}
    score = scoring.score(source.walk.template, mine).area(area.key)
    theirs = source.theirs()
    other = None
    if theirs:
        plain = {key: given.plain for key, given in theirs.items()}
        other = scoring.score(source.walk.template, plain).area(area.key).grade
    return data.Area(
        name=area.name,
        grade=score.grade,
        officer_grade=score.grade if other else None,
        ambassador_grade=other,
        explanation=_explained(source, area, theirs) if other else "",
        items=tuple(_item(source, item, theirs) for item in area.items),
    )


def _explained(source: Source, area: Area, theirs: Mapping[str, Given]) -> str:
    mine = {key: given.plain for key, given in source.answers[Scorer.OFFICER].items()}
    other = {key: given.plain for key, given in theirs.items()}
    said = []
    for one in scoring.differences(source.walk.template, mine, other):
        if one.item in area.items:
            why = theirs[one.item.key].note or theirs[one.item.key].reason
            said.append(
                f"{one.item.name}: {one.officer} and {one.ambassador}" + (f", “{why}”" if why else "")
            )
    return "; ".join(said)


def _item(source: Source, item: Item, theirs: Mapping[str, Given]) -> data.Item:
    given = source.answers[Scorer.OFFICER].get(item.key)
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
        photos=tuple(source.numbers[photo.id] for photo in source.walk.photos.get(item.key, ())),
    )


def _cover(source: Source) -> data.ReportPhoto | None:
    """A photo of the place as a whole if one was taken, else one of what is well kept."""
    photos = source.walk.photos
    if photos.get(""):
        return source.photo(photos[""][0])
    poor = (Grade.C, Grade.D)
    for item in source.walk.template.items:
        given = source.answers[Scorer.OFFICER].get(item.key)
        if photos.get(item.key) and given and given.grade not in poor:
            return source.photo(photos[item.key][0])
    return None


def _other_photos(source: Source, found: list[collect_findings.Found]) -> tuple[data.ReportPhoto, ...]:
    of_defects = {one.item.key for one in found}
    return tuple(source.photo(photo) for photo in in_order(source.walk) if photo.item_key not in of_defects)


def _answer(item: Item, value: str) -> str:
    return value if item.scale in (Scale.GRADE, Scale.COUNT) else _ANSWERS.get(value, value)
