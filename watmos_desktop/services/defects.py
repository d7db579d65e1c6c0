"""Defects: raised by an answer, followed from walk to walk, closed only when someone has looked again (N3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import (
    DefectState,
    Grade,
    InspectionStatus,
    RepairStatus,
    Scorer,
    Sighting,
)
from watmos_desktop.models.tables import Answer, Defect, DefectSighting, Inspection, Repair
from watmos_desktop.services import (
    attachments,
    clocks,
    orders,
    policy,
    references,
    repair_closing,
    repair_raising,
    repairs,
    scoring,
    walk_row,
    walk_view,
    words,
)
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.templates import Item, Phrase, Template

_POOR = (Grade.C, Grade.D)


@dataclass(frozen=True)
class Before:
    """What was answered before the answer was changed."""

    phrase_key: str
    at: datetime


def settle(
    session: Session, inspection: Inspection, template: Template, answer: Answer, before: Before | None = None
) -> None:
    """Make the defect and repair of an item agree with its answer: raised, changed or taken back."""
    item = template.item(answer.item_key)
    grade = scoring.grade_of(item, scoring.Answer(answer.value, answer.not_scored, answer.bulk))
    phrase = item.phrase(answer.phrase_key) if answer.phrase_key else None
    mine = of_item(session, inspection, item.key)
    if before and before.phrase_key and before.phrase_key != answer.phrase_key:
        _unsay(session, inspection, item, before)
    known = _known(session, inspection, item.key, phrase.key) if phrase is not None else None
    if known is not None and _sighting(session, inspection, known.id) is None:
        look_again(session, inspection.id, known.id, Sighting.NOT_FIXED)
    if known is not None or (phrase is None and grade not in _POOR):
        if mine is not None:
            _take_back(session, mine)
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


def _known(session: Session, inspection: Inspection, item_key: str, phrase_key: str) -> Defect | None:
    """The same thing wrong at an earlier walk, still open: it is the same defect, seen again, not a new one.

    A walk still under way may take its defects back, so they are not built upon.
    """
    return session.scalar(
        select(Defect)
        .join(Inspection, Inspection.id == Defect.inspection_id)
        .where(
            Defect.place_key == inspection.place_key,
            Defect.template_key == inspection.template_key,
            Defect.item_key == item_key,
            Defect.phrase_key == phrase_key,
            Defect.state == DefectState.OPEN,
            Defect.inspection_id != inspection.id,
            Inspection.status != InspectionStatus.DRAFT,
            ~Defect.deleted,
        )
    )


def _unsay(session: Session, inspection: Inspection, item: Item, before: Before) -> None:
    """Another phrase than before: the earlier defect it spoke of has not been looked at after all."""
    known = _known(session, inspection, item.key, before.phrase_key)
    said = _sighting(session, inspection, known.id) if known else None
    if said is not None and (said.outcome, said.seen_at) == (Sighting.NOT_FIXED, before.at):
        said.deleted = True


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
        references.add(session, "D", mine)
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
    share_photos(session, inspection, item.key)


def _raise_for(
    session: Session, inspection: Inspection, defect: Defect, phrase: Phrase, area: str, answer: Answer
) -> None:
    _drop_repair(session, inspection, defect)
    if not phrase.raises_repair:
        return
    assert phrase.trade is not None
    assert phrase.priority is not None
    draft = repair_raising.RepairDraft(
        title=phrase.title,
        trade=phrase.trade,
        priority=phrase.priority,
        seen_at=defect.seen_at,
        estate_id=inspection.estate_id,
        block_id=inspection.block_id,
        space_id=inspection.space_id,
        area_key=defect.area_key,
        place=area,
        description=answer.note,
        hazard=phrase.hazard,
        inspection_id=inspection.id,
    )
    defect.repair_id = repair_raising.raise_repair(session, draft).id


def carry_note(session: Session, inspection: Inspection, item_key: str, before: str, after: str) -> None:
    """Tell the repair raised for an item what its note says now, unless the repair was written in other words."""
    repair = _own_repair(session, inspection, of_item(session, inspection, item_key))
    if repair is not None and repair.description == before:
        repair.description = after


def _own_repair(session: Session, inspection: Inspection, defect: Defect | None) -> Repair | None:
    """The defect's repair where this walk raised it; None for one that was open before and joined."""
    row = session.get(Repair, defect.repair_id) if defect is not None and defect.repair_id else None
    return row if row is not None and row.inspection_id == inspection.id else None


def _drop_repair(session: Session, inspection: Inspection, defect: Defect) -> None:
    """Let the defect's repair go: withdrawn if this walk raised it for nothing else; one it joined loses the photos."""
    repair_id, own = defect.repair_id, _own_repair(session, inspection, defect)
    if repair_id is None:
        return
    defect.repair_id = None
    session.flush()
    others = select(Defect.id).where(Defect.repair_id == repair_id, ~Defect.deleted).limit(1)
    if own is not None and session.scalar(others) is None:
        repair_raising.withdraw(session, repair_id)
        return
    clocks.drop_hazard(session, session.get_one(Repair, repair_id), defect.seen_at)
    for photo in attachments.of(session, [inspection.id]).get(inspection.id, ()):
        if photo.item_key == defect.item_key:
            attachments.unshare(session, photo.id, repair_id)


def _take_back(session: Session, defect: Defect) -> None:
    inspection = session.get(Inspection, defect.inspection_id)
    assert inspection is not None
    _drop_repair(session, inspection, defect)
    defect.deleted = True
    if sighting := _sighting(session, inspection, defect.id):
        sighting.deleted = True


def raise_by_hand(
    session: Session, inspection_id: UUID, item_key: str, draft: repair_raising.RepairDraft
) -> UUID:
    """Raise a repair in the officer's own words for an answered item, or change the one already raised.

    Where it is, when it was seen and which hazard it may be are the defect's, whatever the draft says.
    """
    inspection = walk_row.writable(session, inspection_id)
    defect = _defect(session, inspection, item_key)
    own = _own_repair(session, inspection, defect)
    if own is not None:
        repair_raising.change(
            session,
            own.id,
            title=draft.title,
            trade=draft.trade,
            priority=draft.priority,
            place=draft.place,
            description=draft.description,
        )
        return own.id
    item = walk_view.template_of(session, inspection).item(item_key)
    facts = replace(
        draft,
        seen_at=defect.seen_at,
        estate_id=inspection.estate_id,
        block_id=inspection.block_id,
        space_id=inspection.space_id,
        area_key=defect.area_key,
        hazard=item.phrase(defect.phrase_key).hazard if defect.phrase_key else "",
        inspection_id=inspection.id,
    )
    _drop_repair(session, inspection, defect)
    defect.repair_id = repair_raising.raise_repair(session, facts).id
    share_photos(session, inspection, item_key)
    return defect.repair_id


def join(session: Session, inspection_id: UUID, item_key: str, repair_id: UUID) -> None:
    """Add this walk's defect and photos to a repair open at the same place instead of raising a second one.

    A hazard keeps its clock by law: it goes on with the repair that is joined.
    """
    inspection = walk_row.writable(session, inspection_id)
    defect = _defect(session, inspection, item_key)
    target = repairs.get_row(session, repair_id)
    here = (inspection.estate_id, inspection.block_id, inspection.space_id)
    if target.status not in repairs.OPEN or (target.estate_id, target.block_id, target.space_id) != here:
        raise NotFound("That repair")
    if defect.repair_id == target.id:
        return
    own = _own_repair(session, inspection, defect)
    _drop_repair(session, inspection, defect)
    defect.repair_id = target.id
    if own is not None:
        clocks.start_hazard(session, target, own.hazard, own.priority, defect.seen_at)
    session.flush()
    share_photos(session, inspection, item_key)


def _defect(session: Session, inspection: Inspection, item_key: str) -> Defect:
    defect = of_item(session, inspection, item_key)
    if defect is not None:
        return defect
    given = select(Answer.phrase_key).where(
        Answer.inspection_id == inspection.id,
        Answer.item_key == item_key,
        Answer.scorer == Scorer.OFFICER,
        ~Answer.deleted,
    )
    phrase_key = session.scalar(given)
    if phrase_key and (known := _known(session, inspection, item_key, phrase_key)):
        raise Told(f"This is {known.reference}, reported before and still open.", "Nothing more is needed.")
    raise Told(
        "Grade this item C or D, or choose what is wrong, first.", "Then the repair has a place to go."
    )


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
    """Say what became of a defect of an earlier walk: the answer closes its repair or opens it again.

    An ambassador's "fixed" closes the defect; the repair waits for someone who may complete it (said_fixed.py).
    """
    inspection = walk_row.writable(session, inspection_id)
    defect = session.get(Defect, defect_id)
    known = defect is not None and not defect.deleted and defect.inspection_id != inspection.id
    if defect is None or not known or defect.place_key != inspection.place_key or outcome is Sighting.NEW:
        raise NotFound("That defect")
    words.fits(note, words.NOTE, "note")
    now = session.info["clock"].now()
    sighting = _sighting(session, inspection, defect.id)
    if sighting is None:
        sighting = DefectSighting(defect_id=defect.id, inspection_id=inspection.id)
        session.add(sighting)
    sighting.outcome, sighting.note, sighting.seen_at = outcome, note, now
    session.flush()
    fixed = outcome is Sighting.FIXED
    defect.state = DefectState.FIXED if fixed else DefectState.OPEN
    defect.fixed_at = now if fixed else None
    defect.grade = _grade(session, defect)
    row = _goes_on(session, defect)
    if row is not None and fixed and row.status in repairs.OPEN:
        if policy.may(policy.actor(session), Action.COMPLETE_REPAIR, "repair"):
            for job in orders.under_way(session, row.id):
                orders.done(session, job.id, max(now, job.ordered_at))
            row.waiting = None
            repairs.complete(session, row, now)
    elif row is not None and not fixed and row.status is RepairStatus.COMPLETED:
        _open_again(session, row, inspection, outcome)


def _open_again(session: Session, row: Repair, inspection: Inspection, outcome: Sighting) -> None:
    """The repair is open again; where its end was said before this walk its story tells which walk found that.

    An ambassador adds no notes: what their walk saw is in the story all the same (repair_timeline.py).
    """
    ended = row.completed_at is not None and row.completed_at < inspection.started_at
    if not ended or not policy.may(policy.actor(session), Action.KEEP_INFORMED, "repair"):
        repairs.reopen(session, row)
        return
    found = "worse" if outcome is Sighting.WORSE else "not fixed"
    repair_closing.open_again(session, row, f"inspection {inspection.reference} found it {found}")


def _goes_on(session: Session, defect: Defect) -> Repair | None:
    """The repair that a defect is mended by: of one closed as a double, the one that lives on."""
    row = session.get(Repair, defect.repair_id) if defect.repair_id else None
    kept = session.get(Repair, row.duplicate_of) if row is not None and row.duplicate_of else None
    return kept or row


def _grade(session: Session, defect: Defect) -> str:
    """D once a walk found it worse, else as it was first given; a word taken back counts no more."""
    worse = select(DefectSighting.id).where(
        DefectSighting.defect_id == defect.id,
        DefectSighting.outcome == Sighting.WORSE,
        ~DefectSighting.deleted,
    )
    if session.scalar(worse.limit(1)) is not None:
        return Grade.D.value
    raised_in = session.get_one(Inspection, defect.inspection_id)
    template = walk_view.template_of(session, raised_in)
    given = walk_view.answers(session, raised_in, template)[Scorer.OFFICER].get(defect.item_key)
    return given.grade.value if given is not None and given.grade is not None else defect.grade


def _sighting(session: Session, inspection: Inspection, defect_id: UUID) -> DefectSighting | None:
    return session.scalar(
        select(DefectSighting).where(
            DefectSighting.defect_id == defect_id,
            DefectSighting.inspection_id == inspection.id,
            ~DefectSighting.deleted,
        )
    )
