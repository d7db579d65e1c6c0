"""A visit at the door, question by question: every answer saved as it is given, resumed where it stopped, sealed.

Only ``complete`` counts as a home that was seen (H2). What concerns somebody's safety is kept apart from the answers,
for the officers of the visit and the guardians alone (security.md S22).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import FollowUpKind, VisitStatus
from watmos_desktop.models.tables import (
    Meta,
    Synced,
    Visit,
    VisitAnswer,
    VisitConsent,
    VisitFollowUp,
    VisitSignature,
)
from watmos_desktop.services import (
    policy,
    tenancy_reviews,
    visit_after,
    visit_concerns,
    visit_form,
    visit_photos,
    visit_walk_view,
    visits,
    words,
)
from watmos_desktop.services.capture import never_undone, to_json
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.ids import same_id
from watmos_desktop.services.policy import Action
from watmos_desktop.services.visit_form import Kind, Question, Step
from watmos_desktop.services.visits import VisitDraft
from watmos_desktop.services.visits_due import DueVisit

ASKED = "asked"  # all that the answers say of what is kept apart
UNSIGNED = "signature"
_LAST_SAYS = "There is no answer of last time to confirm."
_SEALED = ("home_id", "tenancy_id", "kind", "form_version", "started_at", "completed_at", "officer_id")
_SEALED_ROWS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (VisitAnswer, ("key", "room", "value", "note", "skipped", "same", "answered_at")),
    (VisitConsent, ("key", "given", "asked_at")),
    (VisitSignature, ("person_id", "name", "strokes", "signed_at")),
)


def begin(session: Session, due: DueVisit) -> UUID:
    """Begin what is due, arranged or not, or go on with it; gives the visit's id. Raises as ``start`` does."""
    policy.require(session, Action.VISIT, "visit")
    if due.decision:
        raise Told("A decision is no visit.", "Choose the visit of that home.", field="visit")
    visit_id = due.visit_id or visits.arrange(session, VisitDraft(due.home_id, due.kind, due.due_on))
    start(session, visit_id)
    return visit_id


def start(session: Session, visit_id: UUID) -> None:
    """Somebody opened: begin the visit, or go on with it. Who makes it is the person at the door from now on.

    Raises NotAllowed, NotFound, or Told when it is done, cancelled, or was begun with another form.
    """
    person = policy.require(session, Action.VISIT, "visit")
    row = policy.find(session, Visit, visit_id, "That visit")
    if row.status is VisitStatus.UNDER_WAY:
        visit_form.of_version(row.form_version)
        return
    if row.status is not VisitStatus.PLANNED:
        state = visits.STATUS_WORDS[row.status].lower()
        raise Told(f"That visit is {state}.", "Arrange another one.", field="visit")
    if row.form_version:
        visit_form.of_version(row.form_version)
    never_undone(session)
    now: datetime = session.info["clock"].now()
    row.status, row.started_at = VisitStatus.UNDER_WAY, row.started_at or now
    row.form_version = row.form_version or visit_form.load().version
    if person.staff_id not in (row.officer_id, row.second_id):
        row.officer_id = person.staff_id
    row.planned_on = row.planned_on or now.date()


def move(session: Session, visit_id: UUID, key: str, room: str = "") -> None:
    """Remember on this device which question is on the screen: a visit cut off resumes there."""
    row = _under_way(session, visit_id)
    session.merge(Meta(key=visit_walk_view.place_key(row.id), value={"key": key, "room": room}))


def answer(session: Session, visit_id: UUID, key: str, values: Collection[str], room: str = "") -> None:
    """Give or change one answer; raises Told at ``value`` for what is no answer to that question."""
    row = _under_way(session, visit_id)
    step = _step(session, row, key, room)
    given = tuple(values)
    step.question.check(given)
    for value in given:
        words.fits(value, words.NOTE, "value", "An answer")
    if step.question.kind is Kind.DAY and given[0] > session.info["clock"].now().date().isoformat():
        raise Told("That day is still to come.", "Give the day on which it was.", field="value")
    if step.question.apart:
        _keep_apart(session, row, step.question, given)
        given = (ASKED,)
    _write(session, row, step, given)


def skip(session: Session, visit_id: UUID, key: str, reason: str, room: str = "") -> None:
    """Leave a question out, with the reason; what it had as an answer is gone. Raises Told at ``reason``."""
    row = _under_way(session, visit_id)
    step = _step(session, row, key, room)
    if not reason.strip():
        raise Told("Say why it is left out.", "A few words are enough.", field="reason")
    if step.question.apart:
        _keep_apart(session, row, step.question, ())
    _write(session, row, step, (), skipped=words.fits(reason.strip(), words.LINE, "reason", "A reason"))


def same_as_last(session: Session, visit_id: UUID, key: str, room: str = "") -> None:
    """Confirm that the answer of last time still holds; until then it counts for nothing. Raises Told at ``value``."""
    row = _under_way(session, visit_id)
    step = _step(session, row, key, room)
    before = visit_walk_view.last_time(session, row).get(step.key)
    if before is None or not step.question.same:
        raise Told(_LAST_SAYS, "Ask, and give the answer of today.", field="value")
    step.question.check(before.values)
    _write(session, row, step, before.values, same=True)


def consent(session: Session, visit_id: UUID, key: str, given: bool) -> None:
    """One consent, asked on its own; asked again, the newer answer holds. Raises NotFound."""
    row = _under_way(session, visit_id)
    if key not in {one.key for one in visit_form.of_version(row.form_version).consents}:
        raise NotFound("That consent")
    session.add(VisitConsent(visit_id=row.id, key=key, given=given, asked_at=session.info["clock"].now()))


def sign(
    session: Session,
    visit_id: UUID,
    name: str,
    strokes: tuple[tuple[tuple[float, float], ...], ...] = (),
    person_id: UUID | None = None,
) -> None:
    """One tenant signs, drawn or with the name typed; raises Told at ``signature``."""
    row = _under_way(session, visit_id)
    if not name.strip():
        raise Told("Say who signs.", "Type the name; a drawing is added to it.", field="signature")
    session.add(
        VisitSignature(
            visit_id=row.id,
            person_id=person_id,
            name=words.fits(name.strip(), words.NAME, "signature", "A name"),
            strokes=[[list(point) for point in stroke] for stroke in strokes],
            signed_at=session.info["clock"].now(),
        )
    )


def put_off(session: Session, visit_id: UUID) -> None:
    """The rest another day: what was answered stays, the visit is to be done again, and nothing is reset (H2)."""
    row = _under_way(session, visit_id)
    row.status = VisitStatus.PLANNED


def complete(session: Session, visit_id: UUID, unsigned: str = "") -> None:
    """Everything asked, every consent on its own, signed or with the reason why not: the home was seen (H2).

    What the answers ask for is made in the same commit (``visit_after``), and a starter visit is its review; photos
    stay only where that was agreed. It is sealed with its checksum and never changes again. Raises Told at the
    question, ``consents`` or ``signature``.
    """
    row = _under_way(session, visit_id)
    form = visit_form.of_version(row.form_version)
    walk = visit_walk_view.load(session, visit_id)
    if walk.missing:
        more = f" and {len(walk.missing) - 1} more" if len(walk.missing) > 1 else ""
        raise Told(
            f"Not answered: {walk.missing[0].words}{more}.",
            "Answer it, or skip it with a reason.",
            field=walk.missing[0].question.key,
        )
    if unasked := [one for one in form.consents if one.key not in walk.consents]:
        raise Told(f"Not asked: {unasked[0].words}", "Each consent is asked on its own.", field="consents")
    if not walk.signed:
        if not unsigned.strip():
            raise Told("Nobody has signed.", "Let them sign, or say why not.", field="signature")
        _write_row(
            session, row, UNSIGNED, "", (), skipped=words.fits(unsigned.strip(), words.LINE, "signature")
        )
    never_undone(session)
    visit_photos.settle(session, row, agreed=bool(walk.consents.get(visit_photos.CONSENT)))
    now: datetime = session.info["clock"].now()
    assert row.started_at is not None
    row.status, row.completed_at = VisitStatus.COMPLETED, max(now, row.started_at)
    made_on = row.completed_at.astimezone(LONDON).date()
    if row.planned_on != made_on:  # the week shows it on the day it was made
        row.planned_on, row.window_from, row.window_to, row.place_in_day = made_on, "", "", 0
    session.flush()
    visit_after.seal(session, row)
    visit_photos.pass_on(session, row)
    tenancy_reviews.of_visit(session, row, walk.answers)
    row.checksum = checksum(session, row)


def intact(session: Session, visit_id: UUID) -> bool:
    """Whether a completed visit still is what was sealed; raises NotFound."""
    row = policy.find(session, Visit, visit_id, "That visit")
    return row.status is VisitStatus.COMPLETED and row.checksum == checksum(session, row)


def _under_way(session: Session, visit_id: UUID) -> Visit:
    policy.require(session, Action.VISIT, "visit")
    row = policy.find(session, Visit, visit_id, "That visit")
    if row.status is VisitStatus.COMPLETED:
        raise Told("That visit is done and stays as it is.", "Arrange a follow-up.", field="visit")
    if row.status is not VisitStatus.UNDER_WAY:
        raise Told("That visit is not under way.", "Begin it at the door.", field="visit")
    return row


def _step(session: Session, row: Visit, key: str, room: str) -> Step:
    """The question as it is asked now; raises NotFound for one that is not."""
    form = visit_form.of_version(row.form_version)
    asked = visit_form.steps(form, visit_walk_view.answers(session, row))
    found = next((step for step in asked if step.key == (key, room)), None)
    if found is None:
        raise NotFound("That question")
    return found


def _write(
    session: Session,
    row: Visit,
    step: Step,
    values: tuple[str, ...],
    *,
    skipped: str = "",
    same: bool = False,
) -> None:
    _write_row(session, row, *step.key, values, skipped=skipped, same=same)


def _write_row(
    session: Session,
    row: Visit,
    key: str,
    room: str,
    values: tuple[str, ...],
    *,
    skipped: str = "",
    same: bool = False,
) -> None:
    """One record for a question, alike on every device that asks it."""
    known = same_id("visit_answer", str(row.id), key, room)
    found = session.get(VisitAnswer, known)
    now = session.info["clock"].now()
    if found is None:
        found = VisitAnswer(id=known, visit_id=row.id, key=key, room=room, answered_at=now)
        session.add(found)
    found.deleted = False
    found.value, found.skipped, found.same, found.answered_at = list(values), skipped, same, now
    session.flush()


def _keep_apart(session: Session, row: Visit, question: Question, values: tuple[str, ...]) -> None:
    """A word of concern for who may know; the first option is that there is none, and leaves nothing.

    Its id is random: one that anybody could work out would tell at the office that it is taken (security.md 2).
    """
    if policy.actor(session).staff_id not in (row.officer_id, row.second_id):
        raise Told("That question is for who makes this visit.", "Leave it to them.", field="value")
    chosen, said = values[:1], "".join(values[1:]).strip()
    none = not said and (not chosen or chosen == (question.options[0].key,))
    _put_apart(session, row, question.key, "" if none else question.said(chosen))
    if question.own_words:
        _put_apart(session, row, visit_walk_view.own_words_key(question), said)


def _put_apart(session: Session, row: Visit, key: str, text: str) -> None:
    """Keep a word of concern, or take it away with ""."""
    found = visit_concerns.kept(session, row.id, key)
    if not text:
        if found is not None:
            found.deleted = True
        return
    if found is None:
        found = VisitFollowUp(id=uuid4(), visit_id=row.id, kind=FollowUpKind.SAFEGUARDING, key=key, text="")
        session.add(found)
    found.deleted, found.text = False, text
    session.flush()


def checksum(session: Session, row: Visit) -> str:
    """SHA-256 over the visit and what was answered, consented and signed, the same on every device."""
    body: dict[str, Any] = {"visit": {name: to_json(getattr(row, name)) for name in _SEALED}}
    for model, names in _SEALED_ROWS:
        body[model.__tablename__] = _rows(session, model, names, row.id)
    if photos := visit_photos.sealed(session, row.id):
        body["photos"] = photos
    plain = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _rows(session: Session, model: Any, names: tuple[str, ...], visit_id: UUID) -> list[dict[str, Any]]:
    found: list[Synced] = list(
        session.scalars(select(model).where(model.visit_id == visit_id, ~model.deleted).order_by(model.id))
    )
    return [{"id": str(one.id), **{name: to_json(getattr(one, name)) for name in names}} for one in found]
