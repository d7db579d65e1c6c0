"""Aids and adaptations, step by step: asked for, assessed, decided with a reason, fitted, reviewed (R8).

What someone needs at home is sensitive (C3): only roles that see ``Part.ADAPTATIONS`` know of a request at all.
Every step can be recorded later than it happened, and counts from when it happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import AdaptationKind, AdaptationStatus, Priority, Responsibility, Trade
from watmos_desktop.models.tables import Adaptation, Home, Repair, Staff
from watmos_desktop.services import (
    calendar,
    clocks,
    people,
    policy,
    promises,
    references,
    repair_words,
    repairs,
    wording,
    words,
    works_rules,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action

OPEN = (
    AdaptationStatus.REQUESTED,
    AdaptationStatus.ASSESSED,
    AdaptationStatus.APPROVED,
    AdaptationStatus.FITTED,
)
KIND_WORDS = {
    AdaptationKind.MINOR: "Minor: no occupational therapist needed",
    AdaptationKind.MAJOR: "Major",
    AdaptationKind.OT: "By an occupational therapist",
}

# Each step, and where a request must stand for it.
_FROM: Mapping[str, tuple[AdaptationStatus, ...]] = {
    "assign": OPEN,
    "assess": (AdaptationStatus.REQUESTED, AdaptationStatus.ASSESSED),
    "decide": (AdaptationStatus.ASSESSED,),
    "appeal": (AdaptationStatus.DECLINED,),
    "order": (AdaptationStatus.APPROVED,),
    "fit": (AdaptationStatus.APPROVED,),
    "review": (AdaptationStatus.FITTED,),
    "withdraw": (AdaptationStatus.REQUESTED, AdaptationStatus.ASSESSED, AdaptationStatus.APPROVED),
}
_STANDS: Mapping[AdaptationStatus, tuple[str, str]] = {
    AdaptationStatus.REQUESTED: ("It has not been assessed yet.", "Write down the assessment first."),
    AdaptationStatus.ASSESSED: ("It is assessed and not yet decided.", "Decide first, with the reason."),
    AdaptationStatus.APPROVED: (
        "It is approved and not yet fitted.",
        "Order the works, or record the fitting.",
    ),
    AdaptationStatus.DECLINED: ("It was declined.", "If the decision is questioned, look at it again."),
    AdaptationStatus.FITTED: ("It is fitted already.", "What is left is the review."),
    AdaptationStatus.REVIEWED: ("It was fitted and reviewed.", "Ask anew if something else is needed."),
    AdaptationStatus.WITHDRAWN: ("The request was withdrawn.", "Ask anew if it is needed after all."),
}


@dataclass(frozen=True)
class Request:
    """What is asked for: ``what`` in the person's own words, at home, for whom if they said."""

    home_id: UUID
    what: str
    person_id: UUID | None = None
    asked_on: date | None = None


@dataclass(frozen=True)
class Works:
    """What a contractor is asked to fit: ``title`` says what, never why; it leaves the circle of the request."""

    title: str
    trade: Trade
    note: str = ""


def ask(session: Session, request: Request) -> UUID:
    """Record a request; gives its id. It waits for the assessment from the day it was asked.

    Raises NotAllowed, NotFound, or Told at ``what``, ``person`` or ``asked_on``.
    """
    actor = policy.require(session, Action.ASK_ADAPTATION, "adaptation")
    home = policy.find(session, Home, request.home_id, "That home")
    _said(request.what, "what", "Say what would help.", "For example: a grab rail beside the bath.")
    if request.person_id is not None and request.person_id not in household(session, home.id):
        raise Told(
            "That person does not live there.", "Choose someone of the household, or no one.", field="person"
        )
    row = Adaptation(
        estate_id=home.estate_id,
        block_id=home.block_id,
        home_id=home.id,
        person_id=request.person_id,
        what=request.what.strip(),
        requested_at=works_rules.happened(session, request.asked_on, "asked_on"),
        asked_by=actor.staff_id,
        officer_id=actor.staff_id if actor.role in _officer_roles() else None,
    )
    references.add(session, "A", row)
    session.flush()
    return row.id


def household(session: Session, home_id: UUID) -> dict[UUID, str]:
    """Who lives in a home now, by id, as far as this person may know."""
    held = people.of_home(session, home_id)
    return {one.id: one.name for one in held.household if one.name} if held else {}


def officers(session: Session) -> list[tuple[UUID, str]]:
    """Those who can look after a request, by name."""
    policy.require(session, Action.ASK_ADAPTATION, "adaptation")
    rows = session.execute(
        select(Staff.id, Staff.name)
        .where(Staff.active, ~Staff.deleted, Staff.role.in_(_officer_roles()))
        .order_by(Staff.name)
    )
    return [(row.id, row.name) for row in rows]


def assign(session: Session, adaptation_id: UUID, staff_id: UUID) -> None:
    """Give a request to an officer; raises Told at ``officer`` for someone who may not see it."""
    row = _step(session, adaptation_id, "assign")
    if staff_id not in dict(officers(session)):
        raise Told("That person cannot look after this.", "Choose a tenancy officer.", field="officer")
    row.officer_id = staff_id


def assess(
    session: Session,
    adaptation_id: UUID,
    kind: AdaptationKind,
    assessed_by: str,
    found: str,
    on: date | None = None,
) -> None:
    """Write down the assessment: how large it is, who assessed and what they found. A second one takes its place."""
    row = _step(session, adaptation_id, "assess")
    words.fits(assessed_by, words.NAME, "assessed_by", "A name")
    if not assessed_by.strip():
        raise Told("Say who assessed it.", "A name and what they are is enough.", field="assessed_by")
    _said(found, "assessment", "Say what the assessment found.", "What is needed, and where in the home.")
    at = works_rules.happened(session, on, "assessed_on", row.requested_at)
    row.kind, row.assessment = kind, found.strip()
    row.assessed_by, row.assessed_at = assessed_by.strip(), at
    row.status = AdaptationStatus.ASSESSED


def decide(session: Session, adaptation_id: UUID, approve: bool, reason: str, on: date | None = None) -> str:
    """Decide, with the reason that the person is told; gives the words to tell them (a no names the way to appeal).

    What was declined and is asked for again is decided by someone else than the first time.
    Raises NotAllowed, NotFound, or Told at ``reason`` or ``decided_on``.
    """
    actor = policy.require(session, Action.DECIDE_ADAPTATION, "adaptation")
    row = _step(session, adaptation_id, "decide")
    if row.decided_by is not None and row.decided_by == actor.staff_id:
        raise Told("You took the first decision.", "Someone else decides when it is looked at again.")
    _said(reason, "reason", "Say why it is decided so.", "Write it as it will be told to the person.")
    at = works_rules.happened(session, on, "decided_on", row.assessed_at)
    row.decision_reason, row.decided_by, row.decided_at = reason.strip(), actor.staff_id, at
    row.status = AdaptationStatus.APPROVED if approve else AdaptationStatus.DECLINED
    return "" if approve else appeal_words(at)


def appeal_words(decided_at: datetime) -> str:
    """How a decision can be questioned, and until when, to read out or write."""
    rules = works_rules.load().adaptation
    until = calendar.working_days_after(decided_at.astimezone(LONDON).date(), rules.appeal_days)
    return rules.appeal.replace("{until}", wording.day(until))


def look_again(session: Session, adaptation_id: UUID, why: str) -> None:
    """The person questions a no: it waits for a decision again, what they said stands below the assessment."""
    actor = policy.actor(session)
    row = _step(session, adaptation_id, "appeal")
    _said(why, "why", "Say why the person asks again.", "In their own words.")
    day = wording.day(session.info["clock"].now().date())
    said = f"Asked to look again, {day}, {actor.name}: {why.strip()}\nThe first answer was: {row.decision_reason}"
    row.assessment = words.fits(f"{row.assessment}\n{said}", words.NOTE, "why", "The assessment")
    row.status = AdaptationStatus.ASSESSED


def order(session: Session, adaptation_id: UUID, works: Works) -> UUID:
    """Raise the works as a routine repair of the home, linked to the request; gives the repair's id.

    Raises NotAllowed, NotFound, or Told at ``title`` or ``description``, also when works are ordered already.
    """
    actor = policy.require(session, Action.RAISE_REPAIR, "home")
    row = _step(session, adaptation_id, "order")
    if row.repair_id is not None:
        raise Told("The works are ordered already.", "Open them from the request.")
    repair_words.check(works.title, works.note)
    now: datetime = session.info["clock"].now()
    repair = Repair(
        estate_id=row.estate_id,
        block_id=row.block_id,
        home_id=row.home_id,
        title=works.title.strip(),
        description=works.note,
        trade=works.trade,
        priority=Priority.ROUTINE,
        reported_at=now,
        reported_by=actor.staff_id,
        due_at=promises.due(clocks.REPAIR_CLOCK[Priority.ROUTINE], now).due_at,
        responsibility=Responsibility.LANDLORD,
        responsibility_reason="An approved adaptation.",
    )
    references.add(session, "R", repair)
    clocks.start(session, "repair", repair.id, clocks.REPAIR_CLOCK[Priority.ROUTINE], now)
    session.flush()
    row.repair_id = repair.id
    return repair.id


def link(session: Session, adaptation_id: UUID, typed: str) -> UUID:
    """Say which repair does the works, by its reference; it must be of the same home. Gives the repair's id."""
    row = _step(session, adaptation_id, "order")
    try:
        repair = repairs.get_row(session, repairs.find(session, typed))
    except NotFound as none:
        raise Told(none.message, none.hint, field="reference") from None
    if repair.home_id != row.home_id:
        raise Told("That repair is not of this home.", "Check the reference.", field="reference")
    row.repair_id = repair.id
    return repair.id


def fitted(
    session: Session, adaptation_id: UUID, on: date | None = None, review_on: date | None = None
) -> None:
    """Record that it is in place, and when to ask how it works: after six weeks, unless another day is given."""
    row = _step(session, adaptation_id, "fit")
    at = works_rules.happened(session, on, "fitted_on", row.decided_at)
    day = at.astimezone(LONDON).date()
    weeks = works_rules.load().adaptation.review_weeks
    review = review_on or calendar.working_day_from(day + timedelta(weeks=weeks))
    if calendar.known(review) < day:
        raise Told("The review comes after the fitting.", "Choose a later day.", field="review_on")
    row.fitted_at, row.review_on, row.status = at, review, AdaptationStatus.FITTED


def review(session: Session, adaptation_id: UUID, found: str) -> None:
    """Write down whether it does what it should, in use."""
    row = _step(session, adaptation_id, "review")
    _said(found, "review", "Say how it works in use.", "Ask the person who uses it.")
    row.review, row.status = found.strip(), AdaptationStatus.REVIEWED


def withdraw(session: Session, adaptation_id: UUID) -> None:
    """The person no longer wants it; a repair already ordered for it is cancelled on its own page."""
    _step(session, adaptation_id, "withdraw").status = AdaptationStatus.WITHDRAWN


def may_step(status: AdaptationStatus, step: str) -> bool:
    """Whether a request that stands so can take that step (assign, assess, decide, appeal, order, fit …)."""
    return status in _FROM[step]


def _step(session: Session, adaptation_id: UUID, step: str) -> Adaptation:
    policy.require(session, Action.ASK_ADAPTATION, "adaptation")
    row = policy.find(session, Adaptation, adaptation_id, "That request")
    if not may_step(row.status, step):
        raise Told(*_STANDS[row.status])
    return row


def _officer_roles() -> frozenset[object]:
    return frozenset(policy.ALLOWED[Action.ASK_ADAPTATION, "adaptation"])


def _said(text: str, field: str, missing: str, hint: str) -> None:
    words.fits(text, words.NOTE, field, "The text")
    if not text.strip():
        raise Told(missing, hint, field=field)
