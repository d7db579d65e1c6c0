"""Starter tenancies (T1): reviewed at 6 weeks, 3, 6 and 9 months, decided within a year (``tenancy_decisions``).

What is recorded is added, never edited. The rules are dated data (``visit_rules``): the law changes in October 2027.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from watmos_desktop.models.kinds import ReviewOutcome, ReviewStage, TenancyKind, VisitKind
from watmos_desktop.models.tables import Staff, Tenancy, TenancyReview, Visit
from watmos_desktop.services import calendar, policy, visit_rules, wording, words
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.ids import same_id
from watmos_desktop.services.policy import Action
from watmos_desktop.services.visit_form import Answers
from watmos_desktop.services.wording import Deadline, Tone

OUTCOME_WORDS = {
    ReviewOutcome.FINE: "Going well",
    ReviewOutcome.CONCERN: "Concern",
    ReviewOutcome.CONVERT: "Becomes assured",
    ReviewOutcome.EXTEND: "Extended",
    ReviewOutcome.END: "To be ended",
}
_REVIEWED = (ReviewOutcome.FINE, ReviewOutcome.CONCERN)
FINAL = (ReviewOutcome.CONVERT, ReviewOutcome.END)
# What is asked at the door of a starter visit (resources/visit_forms).
_ASKED, _WHAT, _CONCERN = ("starter", ""), ("starter_what", ""), "concern"
_SEE = "See the visit."


@dataclass(frozen=True)
class Recorded:
    """A review or decision as it was recorded."""

    stage: ReviewStage
    outcome: ReviewOutcome
    when: date
    reason: str
    by: str

    @property
    def words(self) -> str:
        """``3-month review: concern, 4 Mar 2026, P. Shah``."""
        what, outcome = visit_rules.STAGE_WORDS[self.stage], OUTCOME_WORDS[self.outcome].lower()
        return f"{what}: {outcome}, {wording.day(self.when)}" + (f", {self.by}" if self.by else "")


@dataclass(frozen=True)
class Step:
    """A stage that is not recorded, and by when it is owed."""

    stage: ReviewStage
    due_on: date


@dataclass(frozen=True)
class Starter:
    """How a starter tenancy stands. ``choices`` can be decided today; ``warning`` tells of a change of the law."""

    tenancy_id: UUID
    started_on: date
    decide_by: date
    extended: bool
    decided: ReviewOutcome | None
    concern: bool
    recorded: tuple[Recorded, ...]
    owed: tuple[Step, ...]
    due: Deadline
    choices: tuple[ReviewOutcome, ...]
    warning: str

    @property
    def next(self) -> Step | None:
        """The step that is to be taken now: the last one whose day has come, else the first to come."""
        return self.owed[0] if self.owed else None


def of_home(session: Session, home_id: UUID) -> Starter | None:
    """The starter tenancy of a home, if its present tenancy is one; None for who may not know."""
    person = policy.actor(session)
    if not policy.may(person, Action.SEE, "tenancy_review"):
        return None
    statement = policy.scope(
        select(Tenancy)
        .where(Tenancy.home_id == home_id, Tenancy.ended_on.is_(None), ~Tenancy.deleted)
        .order_by(Tenancy.started_on.desc(), Tenancy.id.desc())
        .limit(1),
        session,
        Tenancy,
    )
    tenancy = session.scalar(statement)
    if tenancy is None:
        return None
    rows = _rows(session, tenancy.id)
    return _standing(session, tenancy, rows) if tenancy.kind is TenancyKind.STARTER or rows else None


def get(session: Session, tenancy_id: UUID) -> Starter:
    """How one starter tenancy stands; raises NotFound."""
    policy.require(session, Action.SEE, "tenancy_review")
    tenancy = policy.find(session, Tenancy, tenancy_id, "That tenancy")
    return _standing(session, tenancy, _rows(session, tenancy.id))


def record(
    session: Session, tenancy_id: UUID, stage: ReviewStage, outcome: ReviewOutcome, reason: str = ""
) -> UUID:
    """Record a review that was made today; gives its id.

    Raises NotAllowed, NotFound, or Told: at ``stage`` for one that is no review, came already, or of a tenancy that
    is decided; at ``outcome`` for a decision; at ``reason`` for a concern without words.
    """
    policy.require(session, Action.VISIT, "visit")
    tenancy, standing = undecided(session, tenancy_id)
    if stage not in visit_rules.REVIEWS:
        raise Told("That is no review.", "Choose one of the four reviews.", field="stage")
    if outcome not in _REVIEWED:
        raise Told(
            "A review finds that it goes well, or a concern.", "A manager decides later.", field="outcome"
        )
    if any(one.stage is stage for one in standing.recorded):
        raise Told(
            f"The {visit_rules.STAGE_WORDS[stage]} is recorded already.",
            "Choose the next one.",
            field="stage",
        )
    if outcome is ReviewOutcome.CONCERN and not reason.strip():
        raise Told("Say what the concern is.", "The decision will rest on it.", field="reason")
    return add(session, tenancy, stage, outcome, reason, None)


def of_visit(session: Session, visit: Visit, answers: Answers) -> UUID | None:
    """Record the review that a completed starter visit was, by what was answered; gives its id.

    None where there is nothing to record: no starter visit, its question left out, or the review is recorded already.
    It is one record for a visit, on whichever device that is completed.
    """
    given = answers.get(_ASKED)
    if visit.kind is not VisitKind.STARTER or visit.tenancy_id is None or given is None or not given.values:
        return None
    tenancy = policy.find(session, Tenancy, visit.tenancy_id, "That tenancy")
    standing = _standing(session, tenancy, _rows(session, tenancy.id))
    if standing.decided or standing.next is None or standing.next.stage not in visit_rules.REVIEWS:
        return None
    concern = given.values == (_CONCERN,)
    outcome = ReviewOutcome.CONCERN if concern else ReviewOutcome.FINE
    said = answers.get(_WHAT)
    reason = " ".join(said.values) if said is not None and concern else ""
    review = same_id("tenancy_review", str(visit.id))
    return add(
        session, tenancy, standing.next.stage, outcome, reason or (_SEE if concern else ""), None, review
    )


def add(
    session: Session,
    tenancy: Tenancy,
    stage: ReviewStage,
    outcome: ReviewOutcome,
    reason: str,
    extended_to: date | None,
    review_id: UUID | None = None,
) -> UUID:
    """Keep a review or decision as the person using the program made it now; gives its id."""
    staff_id = policy.actor(session).staff_id
    assert staff_id is not None
    row = TenancyReview(
        id=review_id or uuid7(),
        tenancy_id=tenancy.id,
        stage=stage,
        outcome=outcome,
        reason=words.fits(reason.strip(), words.NOTE, "reason", "The reason"),
        extended_to=extended_to,
        made_at=session.info["clock"].now(),
        staff_id=staff_id,
    )
    session.add(row)
    session.flush()
    return row.id


def undecided(session: Session, tenancy_id: UUID) -> tuple[Tenancy, Starter]:
    """A starter tenancy that can be reviewed or decided on; raises NotFound, or Told at ``outcome`` or ``stage``."""
    tenancy = policy.find(session, Tenancy, tenancy_id, "That tenancy")
    standing = _standing(session, tenancy, _rows(session, tenancy.id))
    if standing.decided:
        raise Told(
            "It is decided on already.", "Its reviews show what was decided, and why.", field="outcome"
        )
    if tenancy.kind is not TenancyKind.STARTER or tenancy.ended_on is not None:
        raise Told("That is no starter tenancy that runs.", "Only those are reviewed.", field="stage")
    return tenancy, standing


def _rows(session: Session, tenancy_id: UUID) -> list[tuple[TenancyReview, str]]:
    statement = (
        select(TenancyReview, Staff.name)
        .outerjoin(Staff, Staff.id == TenancyReview.staff_id)
        .where(TenancyReview.tenancy_id == tenancy_id, ~TenancyReview.deleted)
        .order_by(TenancyReview.made_at, TenancyReview.id)
    )
    return [(review, name or "") for review, name in session.execute(statement)]


def _today(session: Session) -> date:
    today: date = session.info["clock"].now().date()
    return today


def _standing(session: Session, tenancy: Tenancy, rows: list[tuple[TenancyReview, str]]) -> Starter:
    today, rules = _today(session), visit_rules.starter(tenancy.started_on)
    extended_to = max((row.extended_to for row, _ in rows if row.extended_to), default=None)
    decide_by = visit_rules.decision_due(tenancy.started_on, extended_to)
    decided = next((row.outcome for row, _ in reversed(rows) if row.outcome in FINAL), None)
    reviews = [row for row, _ in rows if row.stage is not ReviewStage.DECISION]
    choices: tuple[ReviewOutcome, ...] = ()
    if decided is None and tenancy.kind is TenancyKind.STARTER:
        convert = today >= prompt(rules, decide_by)
        extend = extended_to is None and today < decide_by
        choices = tuple(
            outcome
            for outcome, open_ in (
                (ReviewOutcome.CONVERT, convert),
                (ReviewOutcome.EXTEND, extend),
                (ReviewOutcome.END, True),
            )
            if open_
        )
    owed = _owed(tenancy, {row.stage for row in reviews}, decide_by, today) if choices else ()
    return Starter(
        tenancy_id=tenancy.id,
        started_on=tenancy.started_on,
        decide_by=decide_by,
        extended=extended_to is not None,
        decided=decided,
        concern=bool(reviews) and reviews[-1].outcome is ReviewOutcome.CONCERN,
        recorded=tuple(
            Recorded(row.stage, row.outcome, row.made_at.astimezone(LONDON).date(), row.reason, name)
            for row, name in rows
        ),
        owed=owed,
        due=_due(rules, decide_by, decided, today) if owed else Deadline("Decided", Tone.OK),
        choices=choices,
        warning=rules.warns(decide_by) if owed else "",
    )


def _owed(tenancy: Tenancy, done: set[ReviewStage], decide_by: date, today: date) -> tuple[Step, ...]:
    """The stages to come: not those recorded, nor those before one recorded or before a later one that is due too."""
    steps = [
        Step(review.stage, review.due(tenancy.started_on))
        for review in visit_rules.starter(tenancy.started_on).reviews
    ]
    first = max(
        [n + 1 for n, step in enumerate(steps) if step.stage in done]
        + [n for n, step in enumerate(steps) if step.due_on <= today and step.stage not in done]
        + [0]
    )
    # Once the time of a year is over, or was made longer, the reviews have had theirs.
    left = steps[first:] if visit_rules.decision_due(tenancy.started_on, None) == decide_by > today else []
    return (*left, Step(ReviewStage.DECISION, decide_by))


def _due(rules: visit_rules.StarterRules, by: date, decided: ReviewOutcome | None, today: date) -> Deadline:
    """How the decision stands: asked for 3 months before it falls due, an alarm 2 and 1 months before (T1)."""
    if decided:
        return Deadline(OUTCOME_WORDS[decided], Tone.OK)
    if today > by:
        return Deadline(f"Was to be decided by {wording.day(by)}", Tone.BAD)
    if left := _left(rules, by, today):
        return Deadline(f"{left}: decide by {wording.day(by)}", Tone.BAD)
    asked = today >= prompt(rules, by)
    return Deadline(f"Decide by {wording.day(by)}", Tone.WARN if asked else Tone.OK)


def decision_words(started_on: date, by: date, today: date) -> Deadline:
    """The same for a row of a list, in fewer words."""
    rules = visit_rules.starter(started_on)
    if today > by:
        return Deadline("Decision overdue", Tone.BAD)
    if left := _left(rules, by, today):
        return Deadline(f"Decide: {left[0].lower()}{left[1:]}", Tone.BAD)
    return _due(rules, by, None, today)


def _left(rules: visit_rules.StarterRules, by: date, today: date) -> str:
    """``Last 2 months``, ``Last month``: what each alarm says; "" before the first."""
    here = [months for months in rules.alarms if today >= calendar.months_after(by, -months)]
    if not here:
        return ""
    return f"Last {min(here)} months" if min(here) > 1 else "Last month"


def prompt(rules: visit_rules.StarterRules, by: date) -> date:
    """From when on a decision that falls due on that day is asked for."""
    return calendar.months_after(by, -rules.prompt)
