"""Walking an inspection: every step is saved as it is made (N1, N2, N3). Each function is one write of the door."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from watmos_desktop.models.kinds import InspectionStatus, NotScored, Role, Scorer, Subject
from watmos_desktop.models.tables import (
    Answer,
    Attendance,
    Inspection,
    Meta,
    Schedule,
    Staff,
    TemplateVersion,
)
from watmos_desktop.services import attachments, defects, places, policy, scoring, templates, walk_view
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.places import Place
from watmos_desktop.services.policy import Action
from watmos_desktop.services.references import reference
from watmos_desktop.services.templates import Item, Template

NOTE_LIMIT = 4000


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
    _give_reference(session, inspection)
    session.add(
        Attendance(inspection_id=inspection.id, staff_id=actor.staff_id, name=actor.name, role=actor.role)
    )
    session.flush()
    first = template.areas[0]
    move(session, inspection.id, first.items[0].key)
    return inspection.id


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
        session.add(TemplateVersion(key=template.key, version=template.version, body=body))


def _give_reference(session: Session, inspection: Inspection) -> None:
    while True:
        inspection.id = uuid7()
        inspection.reference = reference("I", inspection.id)
        taken = select(Inspection.id).where(Inspection.reference == inspection.reference)
        if session.scalar(taken) is None:
            session.add(inspection)
            return


def move(session: Session, inspection_id: UUID, item_key: str) -> None:
    """Remember on this device which item is on the screen: a walk cut off resumes there. Opens the item's area."""
    inspection = walk_view.ready(session, inspection_id)
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
    inspection = _writable(session, inspection_id)
    template = walk_view.template_of(session, inspection)
    item = _item(template, item_key)
    if phrase:
        value = item.value_of(item.phrase(phrase))
    _check(item, value, not_scored, reason)
    row = _answer_row(session, inspection, item_key, scorer)
    row.value, row.phrase_key = value, phrase
    row.not_scored, row.reason = not_scored, reason
    row.bulk = False
    row.answered_at = session.info["clock"].now()
    session.flush()
    if scorer is Scorer.OFFICER:
        defects.settle(session, inspection, template, row)


def _check(item: Item, value: str, not_scored: NotScored | None, reason: str) -> None:
    if not_scored is not None:
        if not_scored is NotScored.NOT_SEEN and not reason.strip():
            raise Told(
                "Say why it could not be seen.", "For example: the lift was out of use.", field="reason"
            )
        return
    try:
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
        row = Answer(inspection_id=inspection.id, item_key=item_key, scorer=scorer)
        session.add(row)
    row.deleted = False
    return row


def note(session: Session, inspection_id: UUID, item_key: str, text: str) -> None:
    """Write a note to an answered item; it goes with its defect and repair too."""
    inspection = _writable(session, inspection_id)
    if len(text) > NOTE_LIMIT:
        raise Told(f"A note can have {NOTE_LIMIT:,} letters.", "Shorten it a little.", field="note")
    row = _given(session, inspection, item_key)
    row.note = text
    session.flush()
    defects.settle(session, inspection, walk_view.template_of(session, inspection), row)


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
    """Mark what is left of an opened area as OK in bulk; gives the keys. Safety items stay to be looked at.

    Raises Told when the area was not opened: nobody can pass what they did not look at.
    """
    inspection = _writable(session, inspection_id)
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
    keys = scoring.rest_ok(template, area_key, answered)
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
    inspection = _writable(session, inspection_id)
    template = walk_view.template_of(session, inspection)
    if item_key:
        _item(template, item_key)
    photo_id = attachments.attach(session, "inspection", inspection.id, photo, item_key=item_key)
    defects.share_photos(session, inspection, item_key)
    return photo_id


def place_photo(session: Session, inspection_id: UUID, photo_id: UUID, item_key: str) -> None:
    """Give a photo that was taken first its item."""
    inspection = _writable(session, inspection_id)
    _item(walk_view.template_of(session, inspection), item_key)
    attachments.describe(session, photo_id, item_key=item_key)
    session.flush()
    defects.share_photos(session, inspection, item_key)


def invite(session: Session, inspection_id: UUID, ambassador_id: UUID | None, name: str = "") -> None:
    """Make this a joint inspection: an ambassador grades on the same device, blind to the officer's grade (N2)."""
    inspection = _writable(session, inspection_id)
    if ambassador_id is not None:
        staff = session.get(Staff, ambassador_id)
        if staff is None or staff.role is not Role.AMBASSADOR or not staff.active:
            raise NotFound("That ambassador")
        name = staff.name
    if not name.strip():
        raise Told("Say who walks with you.", "Choose an ambassador or type a name.", field="name")
    inspection.joint = True
    present = select(Attendance).where(
        Attendance.inspection_id == inspection.id, Attendance.name == name.strip()
    )
    if session.scalar(present) is None:
        session.add(
            Attendance(
                inspection_id=inspection.id, staff_id=ambassador_id, name=name.strip(), role=Role.AMBASSADOR
            )
        )


def abandon(session: Session, inspection_id: UUID) -> None:
    """Put a draft away with what was found: its defects and repairs stay, the walk is not counted."""
    _writable(session, inspection_id).status = InspectionStatus.ABANDONED


def _writable(session: Session, inspection_id: UUID) -> Inspection:
    policy.require(session, Action.INSPECT, "inspection")
    return walk_view.ready(session, inspection_id)


def _item(template: Template, item_key: str) -> Item:
    try:
        return template.item(item_key)
    except KeyError:
        raise NotFound("That item") from None
