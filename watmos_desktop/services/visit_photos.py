"""Photos taken at a visit, by room: each on disk before the record names it, kept only if the household agrees."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import VisitStatus
from watmos_desktop.models.tables import Attachment, HazardCase, Repair, Visit, VisitFollowUp
from watmos_desktop.services import attachments, policy, visit_faults, visit_form
from watmos_desktop.services.attachments import PhotoCard, StoredPhoto
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.visit_form import Question, Section, VisitForm

CONSENT = "photos"  # of the form: may they be kept
NONE_HERE = "No photo here."
WHY_NONE = "Photos are of the home, never of people or papers; say it in words."
_OF_THE_HOME = ("home", "tenancy")  # sections of the form
_TABLE = "visit"
_KEPT = ("sha256", "size", "width", "height", "caption", "taken_at", "added_by")


def allowed(section: Section, question: Question) -> bool:
    """Whether a photo may be taken at a question: of the home, never of people, papers or what is kept apart."""
    return section.key in _OF_THE_HOME and not question.apart


def add(session: Session, visit_id: UUID, photo: StoredPhoto, asked: str = "", room: str = "") -> UUID:
    """Put a stored photo with a visit, under its room's key ("": the home). ``asked`` is the question on the screen.

    Raises NotAllowed, NotFound, or Told at ``photo`` where the question is not about the home or the visit is done.
    """
    row = _under_way(session, visit_id)
    form = visit_form.of_version(row.form_version)
    places = ((section, one) for section in form.sections for one in section.questions if one.key == asked)
    if asked and not any(allowed(*place) for place in places):
        raise Told(NONE_HERE, WHY_NONE, field="photo")
    return attachments.attach(session, _TABLE, row.id, photo, item_key=_room(form, room))


def of(session: Session, visit_id: UUID) -> tuple[PhotoCard, ...]:
    """The photos of a visit, oldest first; ``item_key`` is the room. Raises NotAllowed or NotFound."""
    policy.require(session, Action.SEE, _TABLE)
    row = policy.find(session, Visit, visit_id, "That visit")
    return tuple(attachments.of(session, [row.id]).get(row.id, ()))


def words(form: VisitForm, photos: Sequence[PhotoCard]) -> str:
    """``3 photos: 2 of Kitchen, 1 of the home``; nothing without one."""
    if not photos:
        return ""
    named = {one.key: one.words for one in visit_faults.rooms(form)}
    counts: dict[str, int] = {}
    for one in photos:
        name = named.get(one.item_key, "the home")
        counts[name] = counts.get(name, 0) + 1
    total = "1 photo" if len(photos) == 1 else f"{len(photos)} photos"
    return f"{total}: {', '.join(f'{n} of {name}' for name, n in counts.items())}"


def move(session: Session, visit_id: UUID, photo_id: UUID, room: str) -> None:
    """Say that a photo is of another room; raises as ``remove``."""
    row = _under_way(session, visit_id)
    _photo(session, row, photo_id).item_key = _room(visit_form.of_version(row.form_version), room)


def remove(session: Session, visit_id: UUID, photo_id: UUID) -> None:
    """Take a photo off a visit that is under way; undo brings it back. Raises NotAllowed, NotFound or Told."""
    row = _under_way(session, visit_id)
    _photo(session, row, photo_id).deleted = True


def settle(session: Session, row: Visit, *, agreed: bool) -> None:
    """Before a visit is sealed: without their consent no photo stays with it."""
    if not agreed:
        for photo in _rows(session, row.id):
            photo.deleted = True
        session.flush()


def pass_on(session: Session, row: Visit) -> None:
    """Show the photos of a room with the repairs there that the visit became; the bytes are kept once."""
    named = {one.key: one.words for one in visit_faults.rooms(visit_form.of_version(row.form_version))}
    became = select(VisitFollowUp.record_id).where(
        VisitFollowUp.visit_id == row.id, VisitFollowUp.record_table == "repair", ~VisitFollowUp.deleted
    )
    cases = select(HazardCase.repair_id).where(
        HazardCase.id.in_(
            select(VisitFollowUp.record_id).where(
                VisitFollowUp.visit_id == row.id, VisitFollowUp.record_table == "hazard_case"
            )
        )
    )
    photos = [(named[one.item_key], one) for one in _rows(session, row.id) if one.item_key in named]
    for repair in session.scalars(select(Repair).where(Repair.id.in_(became) | Repair.id.in_(cases))):
        for room, one in photos:
            if room in repair.place.split(", "):
                kept = {name: getattr(one, name) for name in _KEPT}
                session.add(Attachment(owner_table="repair", owner_id=repair.id, **kept))


def sealed(session: Session, visit_id: UUID) -> list[dict[str, str]]:
    """What the seal of a visit holds of its photos."""
    return [
        {"id": str(one.id), "sha256": one.sha256, "room": one.item_key} for one in _rows(session, visit_id)
    ]


def _rows(session: Session, visit_id: UUID) -> list[Attachment]:
    mine = (Attachment.owner_table == _TABLE, Attachment.owner_id == visit_id, ~Attachment.deleted)
    return list(session.scalars(select(Attachment).where(*mine).order_by(Attachment.id)))


def _room(form: VisitForm, room: str) -> str:
    if room and room not in {one.key for one in visit_faults.rooms(form)}:
        raise Told("That is no room of the form.", "Choose one of the rooms.", field="photo")
    return room


def _photo(session: Session, row: Visit, photo_id: UUID) -> Attachment:
    photo = session.get(Attachment, photo_id)
    if photo is None or photo.deleted or (photo.owner_table, photo.owner_id) != (_TABLE, row.id):
        raise NotFound("That photo")
    return photo


def _under_way(session: Session, visit_id: UUID) -> Visit:
    policy.require(session, Action.VISIT, _TABLE)
    row = policy.find(session, Visit, visit_id, "That visit")
    if row.status is not VisitStatus.UNDER_WAY:
        raise Told("That visit is not under way.", "Begin it at the door.", field="photo")
    return row
