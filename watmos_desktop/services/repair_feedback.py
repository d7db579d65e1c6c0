"""Contact after a repair is done: asked, then answered, from 1 to 5; what is not fixed opens again (R4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, RepairStatus
from watmos_desktop.models.tables import Repair, RepairFeedback
from watmos_desktop.services import calendar, policy, repair_care, repair_closing, repairs, wording, words
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_listing import seen
from watmos_desktop.services.repairs import RepairCard
from watmos_desktop.services.wording import Deadline, Tone

LAST_ASKED = timedelta(days=30)  # after that nobody remembers the repair

SCORES = {
    1: "Very unhappy",
    2: "Unhappy",
    3: "Neither",
    4: "Happy",
    5: "Very happy",
}


@dataclass(frozen=True)
class Answer:
    """What the resident said. ``score`` 1 to 5, None where they gave none, which only ``fixed`` False allows."""

    fixed: bool
    score: int | None = None
    comment: str = ""


@dataclass(frozen=True)
class Contacted:
    """What came of a contact: the feedback's id, whether the repair is open again, and what to say to the resident."""

    feedback_id: UUID
    reopened: bool
    words: str


@dataclass(frozen=True)
class Feedback:
    """One contact in words, as this person may see it: ``Very happy, 5 of 5``; ``score`` None until answered."""

    id: UUID
    asked_at: datetime
    answered_at: datetime | None
    score: int | None
    fixed: bool | None
    words: str
    comment: str


def contact(
    session: Session,
    repair_id: UUID,
    how: Channel,
    answer: Answer | None,
    *,
    at: datetime | None = None,
) -> Contacted:
    """Record that the resident was asked after completion, and what they answered; None: not reached, or no answer.

    A call that nobody answered before is answered by this one. *Not fixed* opens the repair again: its first clock
    runs on. Raises NotAllowed, NotFound, or Told: at ``at``, ``score`` or ``comment``.
    """
    actor = policy.require(session, Action.KEEP_INFORMED, "repair")
    row = repairs.get_row(session, repair_id)
    if row.status is not RepairStatus.COMPLETED or row.completed_at is None:
        raise Told("That repair is not done.", "Ask once it is completed.")
    now = session.info["clock"].now()
    at = at or now
    if not row.completed_at <= at <= now:
        raise Told("They are asked between completion and now.", "Check the day and time.", field="at")
    if answer is not None:
        _check(answer)
    assert actor.staff_id is not None
    asked = _unanswered(session, row)
    if asked is None or answer is None:
        asked = RepairFeedback(repair_id=row.id, asked_at=at, how=how, staff_id=actor.staff_id)
        session.add(asked)
        session.flush()
    if answer is None:
        return Contacted(asked.id, False, "Asked; no answer yet.")
    asked.score, asked.fixed, asked.comment = answer.score, answer.fixed, answer.comment.strip()
    asked.answered_at = at
    session.flush()
    if answer.fixed:
        return Contacted(asked.id, False, "Thank you: the repair stays done.")
    stands = repair_closing.open_again(session, row, "the resident says it is not fixed")
    return Contacted(asked.id, True, f"{row.reference} is open again. {stands}")


def of(session: Session, repair_id: UUID) -> tuple[Feedback, ...]:
    """Every contact after a completion, newest first; nothing for who may not know."""
    actor = policy.actor(session)
    if not policy.may(actor, Action.SEE, "repair_feedback"):
        return ()
    row = repairs.get_row(session, repair_id)
    commented = policy.may_see(actor, "repair_feedback", "comment")
    rows = session.scalars(
        select(RepairFeedback)
        .where(RepairFeedback.repair_id == row.id, ~RepairFeedback.deleted)
        .order_by(RepairFeedback.asked_at.desc(), RepairFeedback.id.desc())
    )
    return tuple(
        Feedback(
            one.id,
            one.asked_at,
            one.answered_at,
            one.score,
            one.fixed,
            _words(one),
            one.comment if commented else "",
        )
        for one in rows
    )


def owed(row: Repair, contacts: tuple[Feedback, ...], now: datetime) -> Deadline | None:
    """``Ask by Mon 30 Nov`` while a completed repair in a home has no answer, and was not asked in vain; else None."""
    if row.status is not RepairStatus.COMPLETED or row.completed_at is None or row.home_id is None:
        return None
    since = [one for one in contacts if one.asked_at >= row.completed_at]
    if any(one.answered_at is not None for one in since):
        return None
    if since:
        return Deadline("Asked, no answer yet", Tone.INFO)
    day = row.completed_at.astimezone(LONDON).date()
    by = calendar.working_days_after(day, repair_care.on(day).ask)
    late = by < now.astimezone(LONDON).date()
    said = f"Not asked: it was due {wording.weekday(by)}" if late else f"Ask by {wording.weekday(by)}"
    return Deadline(said, Tone.WARN if late else Tone.INFO)


@dataclass(frozen=True)
class Call:
    """A repair that is done and of which the resident should be asked by now."""

    card: RepairCard
    due: Deadline


def calls_owed(session: Session) -> list[Call]:
    """Calls due by today of repairs that this person has in hand, or nobody, the oldest first; none after LAST_ASKED.

    Asked once without an answer counts as asked (R4).
    """
    actor = policy.actor(session)
    if not policy.may(actor, Action.KEEP_INFORMED, "repair"):
        return []
    now: datetime = session.info["clock"].now()
    asked = exists().where(
        RepairFeedback.repair_id == Repair.id,
        RepairFeedback.asked_at >= Repair.completed_at,
        ~RepairFeedback.deleted,
    )
    done = (
        select(Repair)
        .where(~Repair.deleted, Repair.status == RepairStatus.COMPLETED, Repair.home_id.is_not(None), ~asked)
        .where(Repair.completed_at >= now - LAST_ASKED, seen(actor))
        .where(or_(Repair.assigned_to.is_(None), Repair.assigned_to == actor.staff_id))
        .order_by(Repair.completed_at, Repair.id)
    )
    due = {row.id: stands for row in session.scalars(done) if (stands := _due_by_today(row, now)) is not None}
    shown = repairs.cards(session, list(due))
    return [Call(shown[one], stands) for one, stands in due.items() if one in shown]


def _due_by_today(row: Repair, now: datetime) -> Deadline | None:
    stands = owed(row, (), now)
    if stands is None or row.completed_at is None:
        return None
    day = row.completed_at.astimezone(LONDON).date()
    by = calendar.working_days_after(day, repair_care.on(day).ask)
    return stands if by <= now.astimezone(LONDON).date() else None


def _check(answer: Answer) -> None:
    words.fits(answer.comment, words.NOTE, "comment", "The comment")
    if answer.score is None:
        if answer.fixed:
            raise Told("Ask how happy they are, from 1 to 5.", "Choose what they say.", field="score")
    elif answer.score not in SCORES:
        raise Told("The answer goes from 1 to 5.", "Choose one of the five.", field="score")


def _unanswered(session: Session, row: Repair) -> RepairFeedback | None:
    """The last time they were asked since completion, if nothing came back."""
    return session.scalar(
        select(RepairFeedback)
        .where(
            RepairFeedback.repair_id == row.id,
            RepairFeedback.asked_at >= row.completed_at,
            RepairFeedback.answered_at.is_(None),
            ~RepairFeedback.deleted,
        )
        .order_by(RepairFeedback.asked_at.desc(), RepairFeedback.id.desc())
        .limit(1)
    )


def _words(one: RepairFeedback) -> str:
    if one.answered_at is None:
        return "Asked, no answer"
    fixed = "fixed" if one.fixed else "not fixed"
    return f"Says {fixed}" + (f" · {SCORES[one.score].lower()}, {one.score} of 5" if one.score else "")
