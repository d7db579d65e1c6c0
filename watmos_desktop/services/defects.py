"""Defects: raised by an answer, followed from walk to walk, closed only when someone has looked again (N3)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from watmos_desktop.models.kinds import DefectState, Grade, RepairStatus, Sighting
from watmos_desktop.models.tables import Answer, Attachment, Defect, DefectSighting, Inspection, Repair
from watmos_desktop.services import attachments, policy, repairs, scoring, walk_view
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.references import reference
from watmos_desktop.services.templates import Item, Phrase, Template

_POOR = (Grade.C, Grade.D)


def settle(session: Session, inspection: Inspection, template: Template, answer: Answer) -> None:
    """Make the defect and repair of an item agree with its answer: raised, changed or taken back."""
    item = template.item(answer.item_key)
    grade = scoring.grade_of(item, scoring.Answer(answer.value, answer.not_scored, answer.bulk))
    phrase = item.phrase(answer.phrase_key) if answer.phrase_key else None
    mine = of_item(session, inspection, item.key)
    if phrase is None and grade not in _POOR:
        if mine is not None:
            _take_back(session, mine)
        return
    if mine is None and phrase is not None and _same_as_before(session, inspection, item, phrase):
        return
    assert grade is not None
    _put(session, inspection, template, answer, mine, phrase, grade)


def of_item(session: Session, inspection: Inspection, item_key: str) -> Defect | None:
    """The defect that this walk raised on an item, if any."""
    return session.scalar(
        select(Defect).where(
            Defect.inspection_id == inspection.id, Defect.item_key == item_key, ~Defect.deleted
        )
    )


def _same_as_before(session: Session, inspection: Inspection, item: Item, phrase: Phrase) -> bool:
    """The same thing was wrong last time: it is the same defect, seen again, not a new one."""
    known = session.scalar(
        select(Defect).where(
            Defect.place_key == inspection.place_key,
            Defect.template_key == inspection.template_key,
            Defect.item_key == item.key,
            Defect.phrase_key == phrase.key,
            Defect.state == DefectState.OPEN,
            Defect.inspection_id != inspection.id,
            ~Defect.deleted,
        )
    )
    if known is None:
        return False
    if _sighting(session, inspection, known.id) is None:
        look_again(session, inspection.id, known.id, Sighting.NOT_FIXED)
    return True


def _put(
    session: Session,
    inspection: Inspection,
    template: Template,
    answer: Answer,
    mine: Defect | None,
    phrase: Phrase | None,
    grade: Grade,
) -> None:
    item = template.item(answer.item_key)
    area = next(one for one in template.areas if item in one.items)
    if mine is None:
        mine = Defect(
            place_key=inspection.place_key,
            template_key=inspection.template_key,
            area_key=area.key,
            item_key=item.key,
            inspection_id=inspection.id,
            seen_at=answer.answered_at,
            phrase_key="",
            title="",
            grade=grade.value,
        )
        _give_reference(session, mine)
        session.add(
            DefectSighting(
                defect_id=mine.id,
                inspection_id=inspection.id,
                outcome=Sighting.NEW,
                seen_at=answer.answered_at,
            )
        )
    was = mine.phrase_key
    mine.grade = grade.value
    mine.phrase_key = phrase.key if phrase else ""
    mine.title = (phrase.title or phrase.words) if phrase else f"{item.name}: graded {grade.value}"
    mine.place = area.name
    session.flush()
    if phrase is not None and phrase.key != was:
        _raise_for(session, inspection, mine, phrase, area.name, answer)
    elif phrase is None and was:
        _drop_repair(session, inspection, mine)
    elif (
        mine.repair_id and (row := session.get(Repair, mine.repair_id)) and row.inspection_id == inspection.id
    ):
        row.description = answer.note
    share_photos(session, inspection, item.key)


def _raise_for(
    session: Session, inspection: Inspection, defect: Defect, phrase: Phrase, area: str, answer: Answer
) -> None:
    _drop_repair(session, inspection, defect)
    if not phrase.raises_repair:
        return
    assert phrase.trade is not None
    assert phrase.priority is not None
    draft = repairs.RepairDraft(
        title=phrase.title,
        trade=phrase.trade,
        priority=phrase.priority,
        seen_at=answer.answered_at,
        estate_id=inspection.estate_id,
        block_id=inspection.block_id,
        space_id=inspection.space_id,
        area_key=defect.area_key,
        place=area,
        description=answer.note,
        hazard=phrase.hazard,
        inspection_id=inspection.id,
    )
    defect.repair_id = repairs.raise_repair(session, draft).id


def _drop_repair(session: Session, inspection: Inspection, defect: Defect) -> None:
    """Let the defect's repair go; one that this walk raised is withdrawn, one it joined stays."""
    if defect.repair_id is None:
        return
    row = session.get(Repair, defect.repair_id)
    defect.repair_id = None
    if row is not None and row.inspection_id == inspection.id:
        repairs.withdraw(session, row.id)


def _take_back(session: Session, defect: Defect) -> None:
    inspection = session.get(Inspection, defect.inspection_id)
    assert inspection is not None
    _drop_repair(session, inspection, defect)
    defect.deleted = True
    if sighting := _sighting(session, inspection, defect.id):
        sighting.deleted = True


def raise_by_hand(session: Session, inspection_id: UUID, item_key: str, draft: repairs.RepairDraft) -> UUID:
    """Raise a repair in the officer's own words for an answered item, or change the one already raised."""
    inspection = walk_view.ready(session, inspection_id)
    defect = of_item(session, inspection, item_key)
    if defect is None:
        raise Told(
            "Grade this item C or D, or choose what is wrong, first.", "Then the repair has a place to go."
        )
    row = session.get(Repair, defect.repair_id) if defect.repair_id else None
    if row is not None and row.inspection_id == inspection.id:
        repairs.change(
            session,
            row.id,
            title=draft.title,
            trade=draft.trade,
            priority=draft.priority,
            place=draft.place,
            description=draft.description,
        )
        return row.id
    new = repairs.raise_repair(session, draft)
    defect.repair_id = new.id
    share_photos(session, inspection, item_key)
    return new.id


def join(session: Session, inspection_id: UUID, item_key: str, repair_id: UUID) -> None:
    """Add this walk's defect and photos to an open repair instead of raising a second one."""
    inspection = walk_view.ready(session, inspection_id)
    defect = of_item(session, inspection, item_key)
    target = repairs.get_row(session, repair_id)
    if defect is None:
        raise Told("Choose what is wrong first.", "Then add it to the open repair.")
    if defect.repair_id == target.id:
        return
    _drop_repair(session, inspection, defect)
    defect.repair_id = target.id
    session.flush()
    share_photos(session, inspection, item_key)


def share_photos(session: Session, inspection: Inspection, item_key: str) -> None:
    """Show an item's photos on its defect and repair too, so that the next walk and the contractor see them."""
    defect = of_item(session, inspection, item_key) if item_key else None
    if defect is None:
        return
    for photo in attachments.of(session, [inspection.id]).get(inspection.id, ()):
        if photo.item_key == item_key:
            attachments.share(session, photo.id, "defect", defect.id)
            if defect.repair_id:
                attachments.share(session, photo.id, "repair", defect.repair_id)


def look_again(
    session: Session, inspection_id: UUID, defect_id: UUID, outcome: Sighting, note: str = ""
) -> None:
    """Say what became of a defect of an earlier walk: the answer closes its repair or opens it again."""
    policy.require(session, Action.INSPECT, "inspection")
    inspection = walk_view.ready(session, inspection_id)
    defect = session.get(Defect, defect_id)
    if defect is None or defect.place_key != inspection.place_key or outcome is Sighting.NEW:
        raise NotFound("That defect")
    now = session.info["clock"].now()
    sighting = _sighting(session, inspection, defect.id)
    if sighting is None:
        sighting = DefectSighting(defect_id=defect.id, inspection_id=inspection.id)
        session.add(sighting)
    sighting.outcome, sighting.note, sighting.seen_at = outcome, note, now
    fixed = outcome is Sighting.FIXED
    defect.state = DefectState.FIXED if fixed else DefectState.OPEN
    defect.fixed_at = now if fixed else None
    if outcome is Sighting.WORSE:
        defect.grade = Grade.D.value
    row = session.get(Repair, defect.repair_id) if defect.repair_id else None
    if row is None:
        return
    if fixed and row.status in repairs.OPEN:
        row.status, row.completed_at = RepairStatus.COMPLETED, now
    elif not fixed and row.status is RepairStatus.COMPLETED:
        row.status, row.completed_at = RepairStatus.REPORTED, None  # the first due date stays in view


def _sighting(session: Session, inspection: Inspection, defect_id: UUID) -> DefectSighting | None:
    return session.scalar(
        select(DefectSighting).where(
            DefectSighting.defect_id == defect_id,
            DefectSighting.inspection_id == inspection.id,
            ~DefectSighting.deleted,
        )
    )


def _give_reference(session: Session, defect: Defect) -> None:
    while True:
        defect.id = uuid7()
        defect.reference = reference("D", defect.id)
        if session.scalar(select(Defect.id).where(Defect.reference == defect.reference)) is None:
            session.add(defect)
            return


def photos_before(session: Session, defect_id: UUID) -> list[str]:
    """The photos of a defect as hashes, oldest first."""
    rows = select(Attachment.sha256).where(Attachment.owner_id == defect_id, ~Attachment.deleted)
    return list(session.scalars(rows.order_by(Attachment.taken_at)))
