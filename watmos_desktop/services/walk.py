"""Walking an inspection: every step is saved as it is made (N1, N2, N3). Each function is one write of the door."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import InspectionStatus, NotScored, Role, Scorer, Sighting, Subject
from watmos_desktop.models.tables import (
    Answer,
    Attendance,
    Block,
    CommunitySpace,
    Estate,
    Inspection,
    Meta,
    Schedule,
    Staff,
    Synced,
    TemplateVersion,
)
from watmos_desktop.services import (
    attachments,
    defects,
    places,
    policy,
    references,
    scoring,
    templates,
    walk_row,
    walk_view,
    words,
)
from watmos_desktop.services.capture import never_undone
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.ids import same_id
from watmos_desktop.services.places import Place
from watmos_desktop.services.policy import Action
from watmos_desktop.services.templates import Item, Phrase, Template

NOTE_LIMIT = words.NOTE


def start(session: Session, schedule_id: UUID) -> UUID:
    """Begin the walk that a schedule asks for, or give back the draft already begun; gives its id."""
    policy.require(session, Action.INSPECT, "inspection")
    schedule = policy.find(session, Schedule, schedule_id, "That inspection")
    place = places.get(session, schedule.estate_id, schedule.block_id, schedule.space_id)
    return begin(session, schedule.template_key, place, schedule_id=schedule.id)


def begin(session: Session, template_key: str, place: Place, *, schedule_id: UUID | None = None) -> UUID:
    """Begin a walk of a template at a place, or give back this person's draft of the same; gives its id."""
    actor = policy.require(session, Action.INSPECT, "inspection")
    template = templates.get(template_key)
    _fits(template, place)
    _stands(session, place)
    draft = session.scalar(
        select(Inspection.id).where(
            Inspection.place_key == place.key,
            Inspection.template_key == template_key,
            Inspection.status == InspectionStatus.DRAFT,
            Inspection.started_by == actor.staff_id,
            ~Inspection.deleted,
        )
    )
    if draft is not None:
        return draft
    never_undone(session)
    _keep_template(session, template)
    inspection = Inspection(
        template_key=template.key,
        template_version=template.version,
        estate_id=place.estate_id,
        block_id=place.block_id,
        space_id=place.space_id,
        place_key=place.key,
        schedule_id=schedule_id,
        started_at=session.info["clock"].now(),
        started_by=actor.staff_id,
    )
    references.add(session, "I", inspection)
    session.add(
        Attendance(inspection_id=inspection.id, staff_id=actor.staff_id, name=actor.name, role=actor.role)
    )
    session.flush()
    first = template.areas[0]
    move(session, inspection.id, first.items[0].key)
    return inspection.id


def _stands(session: Session, place: Place) -> None:
    """Raise NotFound for a place that this person does not look after, or that was taken off the list."""
    if not policy.in_scope(session, place.estate_id, place.block_id):
        raise NotFound("That place")
    models: tuple[type[Synced], ...] = (Estate, Block, CommunitySpace)
    for model, row_id in zip(models, place.ids, strict=True):
        row = session.get(model, row_id) if row_id else None
        if row_id and (row is None or row.deleted):
            raise NotFound("That place")


def _fits(template: Template, place: Place) -> None:
    needed = {Subject.BLOCK: place.block_id, Subject.SPACE: place.space_id, Subject.ESTATE: place.estate_id}
    if needed[template.subject] is None:
        raise Told(
            f"“{template.title}” is for a {template.subject.value}.", "Choose another inspection or place."
        )


def _keep_template(session: Session, template: Template) -> None:
    there = select(TemplateVersion.id).where(
        TemplateVersion.key == template.key, TemplateVersion.version == template.version
    )
    if session.scalar(there) is None:
        body = templates.to_dict(template)
        same = same_id("template_version", template.key, str(template.version))
        session.add(TemplateVersion(id=same, key=template.key, version=template.version, body=body))


def move(session: Session, inspection_id: UUID, item_key: str) -> None:
    """Remember on this device which item is on the screen: a walk cut off resumes there. Opens the item's area."""
    inspection = walk_row.writable(session, inspection_id)
    template = walk_view.template_of(session, inspection)
    area = area_of(template, item_key)
    key = f"walk {inspection_id}"
    known = session.get(Meta, key)
    opened = set(known.value.get("areas", [])) if known else set()
    session.merge(Meta(key=key, value={"item": item_key, "areas": sorted(opened | {area})}))


def area_of(template: Template, item_key: str) -> str:
    """The key of the area that an item lies in; raises NotFound."""
    for area in template.areas:
        if any(item.key == item_key for item in area.items):
            return area.key
    raise NotFound("That item")


def answer(
    session: Session,
    inspection_id: UUID,
    item_key: str,
    *,
    value: str = "",
    phrase: str = "",
    not_scored: NotScored | None = None,
    reason: str = "",
    scorer: Scorer = Scorer.OFFICER,
) -> None:
    """Give or change one answer. A ``phrase`` carries its own grade, and raises the repair that it asks for.

    An ambassador's own score (``scorer``) never raises anything: what they see is raised together.
    """
    inspection = walk_row.writable(session, inspection_id)
    template = walk_view.template_of(session, inspection)
    item = _item(template, item_key)
    if phrase:
        value = item.value_of(_phrase(item, phrase))
    _check(item, value, not_scored, reason)
    if not_scored is not None:
        value = phrase = ""  # exactly one of the two is an answer
    row = _answer_row(session, inspection, item_key, scorer)
    before = defects.Before(row.phrase_key, row.answered_at) if row.phrase_key else None
    row.value, row.phrase_key = value, phrase
    row.not_scored, row.reason = not_scored, reason
    row.bulk = False
    row.answered_at = session.info["clock"].now()
    session.flush()
    if scorer is Scorer.OFFICER:
        defects.settle(session, inspection, template, row, before)


def _check(item: Item, value: str, not_scored: NotScored | None, reason: str) -> None:
    words.fits(reason, NOTE_LIMIT, "reason", "A reason")
    if not_scored is not None:
        if not_scored is NotScored.NOT_SEEN and not reason.strip():
            raise Told(
                "Say why it could not be seen.", "For example: the lift was out of use.", field="reason"
            )
        return
    try:
        if len(value) > words.LINE:
            raise ValueError("no count has so many digits")
        item.grade_of(value)
    except ValueError:
        raise Told(
            "That is not one of the answers.", f"Choose one for “{item.name}”.", field="value"
        ) from None


def _answer_row(session: Session, inspection: Inspection, item_key: str, scorer: Scorer) -> Answer:
    row = session.scalar(
        select(Answer).where(
            Answer.inspection_id == inspection.id, Answer.item_key == item_key, Answer.scorer == scorer
        )
    )
    if row is None:
        same = same_id("answer", str(inspection.id), item_key, scorer)
        row = Answer(id=same, inspection_id=inspection.id, item_key=item_key, scorer=scorer)
        session.add(row)
    elif row.deleted:  # an answer taken back: nothing of it comes again
        row.value, row.phrase_key, row.note, row.reason, row.not_scored, row.bulk = (
            "",
            "",
            "",
            "",
            None,
            False,
        )
        row.deleted = False
    return row


def note(session: Session, inspection_id: UUID, item_key: str, text: str) -> None:
    """Write a note to an answered item; the repair raised for it says so too, unless it was written by hand."""
    inspection = walk_row.writable(session, inspection_id)
    words.fits(text, NOTE_LIMIT, "note")
    row = _given(session, inspection, item_key)
    before, row.note = row.note, text
    session.flush()
    defects.carry_note(session, inspection, item_key, before, text)


def _given(session: Session, inspection: Inspection, item_key: str) -> Answer:
    row = session.scalar(
        select(Answer).where(
            Answer.inspection_id == inspection.id,
            Answer.item_key == item_key,
            Answer.scorer == Scorer.OFFICER,
            ~Answer.deleted,
        )
    )
    if row is None:
        raise Told("Grade this item first.", "Then add what you want to say about it.", field="note")
    return row


def rest_ok(
    session: Session, inspection_id: UUID, area_key: str, scorer: Scorer = Scorer.OFFICER
) -> tuple[str, ...]:
    """Mark what is left of an opened area as OK in bulk; gives the keys.

    Safety items stay to be looked at, and so do items with an earlier defect that is not said to be fixed.
    Raises Told when the area was not opened: nobody can pass what they did not look at.
    """
    inspection = walk_row.writable(session, inspection_id)
    template = walk_view.template_of(session, inspection)
    position = session.get(Meta, f"walk {inspection_id}")
    if area_key not in (position.value.get("areas", []) if position else []):
        raise Told("Open this area first.", "Look round it, then mark the rest as OK.")
    answered = set(
        session.scalars(
            select(Answer.item_key).where(
                Answer.inspection_id == inspection.id, Answer.scorer == scorer, ~Answer.deleted
            )
        )
    )
    wrong = {
        one.item_key for one in walk_view.carried(session, inspection) if one.outcome is not Sighting.FIXED
    }
    keys = [key for key in scoring.rest_ok(template, area_key, answered) if key not in wrong]
    now = session.info["clock"].now()
    for key in keys:
        row = _answer_row(session, inspection, key, scorer)
        row.value = scoring.ok_answer(template.item(key), bulk=True).value
        row.phrase_key, row.note, row.reason, row.not_scored = "", "", "", None
        row.bulk, row.answered_at = True, now
    return tuple(keys)


def add_photo(
    session: Session, inspection_id: UUID, photo: attachments.StoredPhoto, item_key: str = ""
) -> UUID:
    """Add a stored photo to an item, or to none yet: photo first, item after. Gives the photo's id."""
    inspection = walk_row.writable(session, inspection_id)
    template = walk_view.template_of(session, inspection)
    if item_key:
        _item(template, item_key)
    photo_id = attachments.attach(session, "inspection", inspection.id, photo, item_key=item_key)
    defects.share_photos(session, inspection, item_key)
    return photo_id


def place_photo(session: Session, inspection_id: UUID, photo_id: UUID, item_key: str) -> None:
    """Give a photo that was taken first its item."""
    inspection = walk_row.writable(session, inspection_id)
    _item(walk_view.template_of(session, inspection), item_key)
    attachments.describe(session, photo_id, item_key=item_key)
    session.flush()
    defects.share_photos(session, inspection, item_key)


def invite(session: Session, inspection_id: UUID, ambassador_id: UUID | None, name: str = "") -> None:
    """Make this a joint inspection: an ambassador grades on the same device, blind to the officer's grade (N2)."""
    inspection = walk_row.writable(session, inspection_id)
    words.fits(name, words.NAME, "name", "A name")
    if ambassador_id is not None:
        staff = session.get(Staff, ambassador_id)
        gone = staff is None or staff.deleted or not staff.active
        if (
            staff is None
            or gone
            or staff.role is not Role.AMBASSADOR
            or ambassador_id == inspection.started_by
        ):
            raise NotFound("That ambassador")
        name = staff.name
    if not name.strip():
        raise Told("Say who walks with you.", "Choose an ambassador or type a name.", field="name")
    inspection.joint = True
    companions = or_(Attendance.staff_id.is_(None), Attendance.staff_id != inspection.started_by)
    present = select(Attendance).where(
        Attendance.inspection_id == inspection.id,
        Attendance.name == name.strip(),
        companions,
        ~Attendance.deleted,
    )
    if session.scalar(present) is None:
        session.add(
            Attendance(
                inspection_id=inspection.id, staff_id=ambassador_id, name=name.strip(), role=Role.AMBASSADOR
            )
        )


def abandon(session: Session, inspection_id: UUID) -> None:
    """Put a draft away with what was found: its defects and repairs stay, the walk is not counted."""
    resident = policy.actor(session).role is Role.AMBASSADOR
    found = walk_row.writable(session, inspection_id) if resident else walk_row.draft(session, inspection_id)
    found.status = InspectionStatus.ABANDONED


def _item(template: Template, item_key: str) -> Item:
    try:
        return template.item(item_key)
    except KeyError:
        raise NotFound("That item") from None


def _phrase(item: Item, key: str) -> Phrase:
    try:
        return item.phrase(key)
    except KeyError:
        raise NotFound("That defect") from None
