"""What each grade looks like here: the newest photo of the same item so graded on a signed walk (N1).

Pictures from this landlord's own blocks agree with what its people see and need nobody's permission; where nothing
was photographed yet, the form's own words stand alone (competitors.md 7.4: the photobook inside the button).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Grade, InspectionStatus, Scorer
from watmos_desktop.models.tables import Answer, Attachment, Inspection
from watmos_desktop.services import attachments, places, policy, scoring
from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.templates import Item

_NEWEST = 400  # walks looked through: half a year of a large landlord, and a bound on the time it takes


@dataclass(frozen=True)
class Example:
    """One photo of an item with where and when it was so graded."""

    photo: PhotoCard
    place: str
    on: date


def of_item(session: Session, inspection_id: UUID, template_key: str, item: Item) -> Mapping[Grade, Example]:
    """The newest example of each grade on this person's estates, none of the walk itself. Raises NotAllowed."""
    policy.require(session, policy.Action.SEE, "inspection")
    newest = (
        select(Inspection.id)
        .where(Inspection.template_key == template_key, Inspection.status == InspectionStatus.SIGNED)
        .where(~Inspection.deleted, Inspection.id != inspection_id, policy.within(session, Inspection))
        .order_by(Inspection.started_at.desc())
        .limit(_NEWEST)
    )
    photographed = exists().where(
        Attachment.owner_table == Inspection.__tablename__,
        Attachment.owner_id == Inspection.id,
        Attachment.item_key == item.key,
        ~Attachment.deleted,
    )
    rows = session.execute(
        select(Inspection, Answer.value)
        .join(Answer, Answer.inspection_id == Inspection.id)
        .where(Inspection.id.in_(newest), Answer.item_key == item.key, Answer.scorer == Scorer.OFFICER)
        .where(~Answer.deleted, Answer.not_scored.is_(None), photographed)
        .order_by(Inspection.started_at.desc())
    )
    chosen: dict[Grade, Inspection] = {}
    for inspection, value in rows:
        grade = _grade(item, value)
        if grade is not None:
            chosen.setdefault(grade, inspection)
        if len(chosen) == len(Grade):
            break
    photos = attachments.of(session, [one.id for one in chosen.values()])
    return {
        grade: Example(
            next(photo for photo in reversed(photos[one.id]) if photo.item_key == item.key),
            places.get(session, one.estate_id, one.block_id, one.space_id).name,
            (one.finished_at or one.started_at).astimezone(LONDON).date(),
        )
        for grade, one in chosen.items()
    }


def _grade(item: Item, value: str) -> Grade | None:
    try:
        return scoring.grade_of(item, scoring.Answer(value))
    except ValueError:  # an answer to an older version of the form, with another scale
        return None
