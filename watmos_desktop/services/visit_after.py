"""What comes of a visit: shown before it is sealed, each with its promise; made in the commit that seals it.

Nothing is made before that, and nothing twice: each follow-up is one record alike on every device, and remembers the
record that it became. What concerns somebody's safety is not among them (``visit_concerns``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import FollowUpKind, VisitStatus
from watmos_desktop.models.tables import Visit, VisitAnswer, VisitFollowUp
from watmos_desktop.services import (
    policy,
    visit_approval,
    visit_concerns,
    visit_form,
    visit_making,
    visit_outcomes,
    visit_scene,
    visit_walk_view,
    words,
)
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.ids import same_id
from watmos_desktop.services.policy import Action
from watmos_desktop.services.visit_form import Key
from watmos_desktop.services.visit_outcomes import KIND, Found, Makes
from watmos_desktop.services.visit_scene import Ask

_WORDS = 300  # letters of what a follow-up is called


@dataclass(frozen=True)
class Proposal:
    """Something that will be made when the visit is sealed.

    ``becomes`` is the kind of record, ``promise`` what to read out now, ``by`` its day. ``left_out`` is why it will
    not be made, said by who visits; ``refused`` why it cannot be. ``already`` is the reference of what is open.
    ``aloud`` is False where only who visits is to read it: others may stand by.
    """

    key: str
    kind: FollowUpKind
    words: str
    becomes: str
    promise: str
    by: date | None
    left_out: str
    refused: str
    already: str
    aloud: bool

    @property
    def made(self) -> bool:
        """Whether it will be made as things stand."""
        return not self.left_out and not self.refused


def proposals(session: Session, visit_id: UUID) -> tuple[Proposal, ...]:
    """What will be made of the answers so far, in the order of the form.

    Raises NotAllowed, NotFound, or Told for a visit that is not under way or was begun with another form.
    """
    row = _under_way(session, visit_id)
    found, times = _found(session, row), _times(session, row)
    scene = visit_scene.scene(session, row, _consent(session, row))
    left = {one.key: one.left_out for one in _rows(session, row.id) if one.left_out}
    made = []
    for one in found:
        promise = visit_making.promise(Ask(session, scene, one, times[one.asked]))
        made.append(
            Proposal(
                one.key,
                KIND[one.outcome.kind],
                one.words,
                promise.becomes,
                promise.words,
                promise.by,
                left.get(one.key, ""),
                _refused(one, scene.consent),
                promise.already,
                bool(one.outcome.told),
            )
        )
    return tuple(made)


def leave_out(session: Session, visit_id: UUID, key: str, reason: str) -> None:
    """Make nothing of one of them, with the reason; raises NotFound, or Told at ``reason``."""
    row = _under_way(session, visit_id)
    found = next((one for one in _found(session, row) if one.key == key), None)
    if found is None:
        raise NotFound("That follow-up")
    if not reason.strip():
        raise Told("Say why it is left out.", "A few words are enough.", field="reason")
    kept = _row(session, row, found)
    kept.deleted, kept.left_out = False, words.fits(reason.strip(), words.LINE, "reason", "A reason")
    session.flush()


def take_in(session: Session, visit_id: UUID, key: str) -> None:
    """Make it after all; raises NotFound."""
    row = _under_way(session, visit_id)
    kept = session.get(VisitFollowUp, _id(row.id, key))
    if kept is None or kept.deleted or not kept.left_out:
        raise NotFound("That follow-up")
    kept.deleted, kept.left_out = True, ""


def seal(session: Session, row: Visit) -> None:
    """Make everything that the answers ask for; called once by ``visit_walk.complete``, in its transaction."""
    found, times = _found(session, row), _times(session, row)
    scene = visit_scene.scene(session, row, _consent(session, row))
    asked = {one.key for one in found}
    for kept in _rows(session, row.id):
        if kept.left_out and kept.key not in asked:  # the answer changed since
            kept.deleted, kept.left_out = True, ""
    for one in found:
        kept = _row(session, row, one)
        if kept.record_id is not None:
            continue
        kept.deleted, kept.left_out = False, kept.left_out or _refused(one, scene.consent)
        if kept.left_out:
            continue
        made = visit_making.make(Ask(session, scene, one, times[one.asked]))
        kept.record_table, kept.record_id, kept.promised_on = made.table, made.id, made.by
    session.flush()
    visit_concerns.pass_on(session, row)
    visit_approval.ask(session, row)


def _under_way(session: Session, visit_id: UUID) -> Visit:
    policy.require(session, Action.VISIT, "visit")
    row = policy.find(session, Visit, visit_id, "That visit")
    if row.status is not VisitStatus.UNDER_WAY:
        raise Told("That visit is not under way.", "What came of it stands with the visit.", field="visit")
    return row


def _found(session: Session, row: Visit) -> tuple[Found, ...]:
    form = visit_form.of_version(row.form_version)
    return visit_outcomes.found(form, visit_walk_view.answers(session, row))


def _times(session: Session, row: Visit) -> Mapping[Key, datetime]:
    """When each question was answered: from then what it found counts."""
    there = select(VisitAnswer).where(VisitAnswer.visit_id == row.id, ~VisitAnswer.deleted)
    return {(one.key, one.room): one.answered_at for one in session.scalars(there)}


def _consent(session: Session, row: Visit) -> bool | None:
    return visit_walk_view.consents(session, row.id).get(visit_outcomes.load().consent)


def _refused(found: Found, consent: bool | None) -> str:
    refused = found.outcome.kind is Makes.REFERRAL and consent is False
    return visit_outcomes.load().no_consent if refused else ""


def _id(visit_id: UUID, key: str) -> UUID:
    return same_id("visit_follow_up", str(visit_id), key)


def _row(session: Session, row: Visit, found: Found) -> VisitFollowUp:
    """The one record of a follow-up, alike on every device."""
    kept = session.get(VisitFollowUp, _id(row.id, found.key))
    if kept is None:
        kept = VisitFollowUp(
            id=_id(row.id, found.key), visit_id=row.id, kind=KIND[found.outcome.kind], key=found.key
        )
        session.add(kept)
    kept.text = found.words[:_WORDS]
    return kept


def _rows(session: Session, visit_id: UUID) -> list[VisitFollowUp]:
    there = (VisitFollowUp.visit_id == visit_id, ~VisitFollowUp.deleted)
    apart = VisitFollowUp.kind != FollowUpKind.SAFEGUARDING
    return list(session.scalars(select(VisitFollowUp).where(*there, apart).order_by(VisitFollowUp.id)))
