"""The decision on a starter tenancy (T1): what is open against it, in words, and how it is decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import CaseStatus, ReviewOutcome, ReviewStage, TenancyKind, VisitStatus
from watmos_desktop.models.tables import RestrictedCase, Tenancy, Visit, VisitAnswer
from watmos_desktop.services import (
    calendar,
    policy,
    promises,
    tenancy_reviews,
    visit_concerns,
    visit_follow_ups,
    visit_outcomes,
    visit_rules,
    visits_sql,
    wording,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.tenancy_reviews import FINAL, Starter
from watmos_desktop.services.visit_follow_ups import FollowUp


@dataclass(frozen=True)
class Decision:
    """What a manager has before them: how the tenancy stands, what is open, and why a choice is not offered."""

    standing: Starter
    concerns: tuple[str, ...]
    closed: tuple[str, ...]


def asked(session: Session, tenancy_id: UUID) -> Decision:
    """All that a decision rests on; raises NotAllowed or NotFound."""
    policy.require(session, Action.DECIDE_TENANCY, "tenancy")
    standing = tenancy_reviews.get(session, tenancy_id)
    today = _today(session)
    refusals = (
        _refused(standing, outcome, today) for outcome in (ReviewOutcome.CONVERT, ReviewOutcome.EXTEND)
    )
    closed = tuple(str(one) for one in refusals if one is not None)
    return Decision(standing, concerns(session, tenancy_id), closed)


def concerns(session: Session, tenancy_id: UUID) -> tuple[str, ...]:
    """What is open about a tenancy, as far as this person may know of it; raises NotFound.

    The last review's concern, what a visit found and nobody has settled (``visit_after.toml``: ``concern``), a worry
    about what happens outside said at the last visit, and the cases for named people that this person is on.
    """
    tenancy = policy.find(session, Tenancy, tenancy_id, "That tenancy")
    standing = tenancy_reviews.get(session, tenancy.id)
    found = [
        *_of_the_last_review(standing),
        *_of_visits(session, tenancy),
        *_of_cases(session, tenancy.home_id),
    ]
    return tuple(dict.fromkeys(found))


def decide(session: Session, tenancy_id: UUID, outcome: ReviewOutcome, reason: str = "") -> UUID:
    """Decide on a starter tenancy: it becomes assured, is extended to 18 months, or is to be ended. Gives the id.

    Extending is for once, and before month 12 is over (T1.extended); extending and ending need a reason, and so does
    making it assured over an open concern. Raises NotAllowed, NotFound, or Told at ``outcome`` or ``reason``.
    """
    policy.require(session, Action.DECIDE_TENANCY, "tenancy")
    tenancy, standing = tenancy_reviews.undecided(session, tenancy_id)
    if outcome not in (ReviewOutcome.EXTEND, *FINAL):
        raise Told("That decides nothing.", "Make it assured, extend it or end it.", field="outcome")
    refused = _refused(standing, outcome, _today(session))
    if refused is not None:
        raise refused
    if not reason.strip() and (outcome is not ReviewOutcome.CONVERT or concerns(session, tenancy.id)):
        raise Told("Give the reason.", "The tenant is told it, and may appeal (T2).", field="reason")
    extended_to = None
    if outcome is ReviewOutcome.EXTEND:
        extended_to = promises.due("T1.extended", tenancy.started_on).due_date
    if outcome is ReviewOutcome.CONVERT:
        tenancy.kind = TenancyKind.ASSURED
    return tenancy_reviews.add(session, tenancy, ReviewStage.DECISION, outcome, reason, extended_to)


def _refused(standing: Starter, outcome: ReviewOutcome, today: date) -> Told | None:
    """Why the calendar does not allow that decision today; None where it does."""
    by = standing.decide_by
    if outcome is ReviewOutcome.EXTEND and standing.extended:
        return Told("It was extended once already.", "Make it assured, or end it.", field="outcome")
    if outcome is ReviewOutcome.EXTEND and today >= by:
        return Told(
            f"Its 12 months ended on {wording.day(by)}: too late to extend it.",
            "Make it assured; ask for legal advice if a concern is open.",
            field="outcome",
        )
    opens = tenancy_reviews.prompt(visit_rules.starter(standing.started_on), by)
    if outcome is ReviewOutcome.CONVERT and today < opens:
        return Told(
            "It is too early to make it assured.",
            f"That can be decided from {wording.day(opens)}.",
            field="outcome",
        )
    return None


def _of_the_last_review(standing: Starter) -> Iterator[str]:
    if standing.concern:
        last = next(one for one in reversed(standing.recorded) if one.stage is not ReviewStage.DECISION)
        yield f"{last.words}. {last.reason}".strip()


def _of_visits(session: Session, tenancy: Tenancy) -> Iterator[str]:
    """What the visits of this tenancy found, the newest first."""
    here = (Visit.tenancy_id == tenancy.id, Visit.status == VisitStatus.COMPLETED, ~Visit.deleted)
    done = select(Visit).where(*here).order_by(Visit.completed_at.desc(), Visit.id)
    rows = session.scalars(policy.scope(done, session, Visit)).all()
    keys = frozenset(key for one in visit_outcomes.load().outcomes if one.concern for key in one.keys)
    for row in rows:
        for one in visit_follow_ups.of_visit(session, row.id):
            if one.key in keys and _open(one):
                yield f"{one.words}: {_said_at(row)}{_waits(one)}"
    worried = next(((row, said) for row in rows for said in _about_outside(session, row.id)), None)
    if worried is not None and worried[1] and _late_enough(session, worried[0].completed_at):
        yield f"Worried about neighbours or what happens outside: {_said_at(worried[0])}"


def _open(one: FollowUp) -> bool:
    return not one.left_out and (one.to_tick or one.waits)


def _waits(one: FollowUp) -> str:
    return (
        f"; {one.reference}, {one.state[0].lower()}{one.state[1:]}" if one.waits else "; nothing was done yet"
    )


def _said_at(row: Visit) -> str:
    assert row.completed_at is not None  # only those are asked for
    return f"visit of {wording.day(row.completed_at.astimezone(LONDON).date())}"


def _about_outside(session: Session, visit_id: UUID) -> Iterator[bool]:
    """Whether they were worried, if that was asked and answered at this visit."""
    there = (VisitAnswer.visit_id == visit_id, VisitAnswer.key == visits_sql.ASB, ~VisitAnswer.deleted)
    for value in session.scalars(select(VisitAnswer.value).where(*there)):
        if value:
            yield visits_sql.YES in value


def _late_enough(session: Session, at: datetime | None) -> bool:
    assert at is not None
    since = calendar.months_after(_today(session), -visit_rules.visits().asb_months)
    return at.astimezone(LONDON).date() >= since


def _of_cases(session: Session, home_id: UUID) -> Iterator[str]:
    """Cases for named people, for those who are on them; for the lead, also what nobody has taken yet."""
    if policy.may(policy.actor(session), Action.SEE, RestrictedCase.__tablename__):
        here = (
            RestrictedCase.home_id == home_id,
            RestrictedCase.status != CaseStatus.CLOSED,
            ~RestrictedCase.deleted,
        )
        asked = select(RestrictedCase).where(*here).order_by(RestrictedCase.opened_at)
        for row in session.scalars(policy.scope(asked, session, RestrictedCase)):
            opened = wording.day(row.opened_at.astimezone(LONDON).date())
            yield f"{visit_concerns.CASE_WORDS[row.kind]}: a case for named people, open since {opened}"
    if any(one.home_id == home_id for one in visit_concerns.waiting(session)):
        yield "A word of concern from a visit waits for you"


def _today(session: Session) -> date:
    today: date = session.info["clock"].now().date()
    return today
