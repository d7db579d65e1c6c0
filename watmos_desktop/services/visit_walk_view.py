"""What the door shows of a visit: the questions, the answers so far, last time's, consents and who has signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import FollowUpKind, VisitStatus
from watmos_desktop.models.tables import (
    Home,
    HouseholdMember,
    Meta,
    Person,
    Visit,
    VisitAnswer,
    VisitConsent,
    VisitFollowUp,
    VisitSignature,
)
from watmos_desktop.services import homes, policy, visit_form, visit_rules
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.visit_form import Answers, Given, Key, Question, Step, VisitForm


@dataclass(frozen=True)
class DoorWalk:
    """A visit as it stands. ``before`` are last time's answers that may be confirmed; ``at`` is where it stopped.

    ``signers`` are the tenants, each with their name.
    """

    id: UUID
    reference: str
    what: str
    address: str
    status: VisitStatus
    started_at: datetime | None
    form: VisitForm
    answers: Answers
    before: Answers
    consents: Mapping[str, bool]
    signed: tuple[str, ...]
    signers: tuple[tuple[UUID, str], ...]
    at: Key | None
    worry: bool

    @property
    def tenants(self) -> tuple[str, ...]:
        """The names of those who may sign."""
        return tuple(name for _, name in self.signers)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every question that is asked with these answers."""
        return visit_form.steps(self.form, self.answers)

    @property
    def missing(self) -> tuple[Step, ...]:
        """Those without an answer or a reason."""
        return visit_form.missing(self.form, self.answers)

    @property
    def resumes(self) -> Step | None:
        """Where to go on: the question that was on the screen, else the first without an answer."""
        here = next((step for step in self.steps if step.key == self.at), None)
        if here is not None and here.key not in self.answers:
            return here
        return next(iter(self.missing), None)

    @property
    def to_do(self) -> tuple[str, ...]:
        """What the answers ask us to do after the visit."""
        return visit_form.to_do(self.form, self.answers)


def own_words_key(question: Question) -> str:
    """What is said in own words beside the answer to a question that is kept apart is kept under."""
    return f"{question.key}_words"


def place_key(visit_id: UUID) -> str:
    """Under which this device remembers where a visit stopped."""
    return f"visit {visit_id}"


def load(session: Session, visit_id: UUID) -> DoorWalk:
    """A visit that was begun; raises NotAllowed, NotFound, or Told for one begun with another form."""
    policy.require(session, Action.VISIT, "visit")
    row = policy.find(session, Visit, visit_id, "That visit")
    home = policy.find(session, Home, row.home_id, "That home")
    form = visit_form.of_version(row.form_version)
    apart = _apart(session, row)
    given = answers(session, row)
    # Once it is sealed, who raised a concern reads no more than that it was passed on (visit_concerns).
    sealed = row.status is VisitStatus.COMPLETED
    theirs = not sealed and policy.actor(session).staff_id in (row.officer_id, row.second_id)
    for question in (one for section in form.sections for one in section.questions if one.apart):
        said = given.get((question.key, ""))
        if theirs and said is not None and not said.skipped:
            words = apart.get(question.key)
            chosen = [one.key for one in question.options if one.words == words] or [question.options[0].key]
            said_too = [apart[own] for own in (own_words_key(question),) if own in apart]
            given[question.key, ""] = Given((*chosen, *said_too))
    place = session.get(Meta, place_key(row.id))
    tenancy = homes.get(session, home.id).tenancy
    return DoorWalk(
        id=row.id,
        reference=row.reference,
        what=visit_rules.KIND_WORDS[row.kind],
        address=home.address,
        status=row.status,
        started_at=row.started_at,
        form=form,
        answers=given,
        before={key: one for key, one in last_time(session, row).items() if _confirmable(form, key[0])},
        consents=consents(session, row.id),
        signed=_signed(session, row.id),
        signers=tuple((one.id, one.name) for one in tenancy.household if one.tenant) if tenancy else (),
        at=(place.value["key"], place.value["room"]) if place is not None else None,
        worry=bool(apart),
    )


def answers(session: Session, row: Visit) -> dict[Key, Given]:
    """The answers of a visit by question and room, and with them what kind of visit it is and who the tenants are."""
    rows = session.scalars(select(VisitAnswer).where(VisitAnswer.visit_id == row.id, ~VisitAnswer.deleted))
    given = {(one.key, one.room): Given(tuple(one.value), one.skipped, one.same) for one in rows}
    held = (HouseholdMember.tenancy_id == row.tenancy_id, HouseholdMember.tenant, ~HouseholdMember.deleted)
    named = select(Person.name).join(HouseholdMember, HouseholdMember.person_id == Person.id).where(*held)
    tenants = tuple(session.scalars(named.order_by(HouseholdMember.id)))
    return {visit_form.KIND: Given((row.kind.value,)), visit_form.TENANTS: Given(tenants), **given}


def last_time(session: Session, row: Visit) -> dict[Key, Given]:
    """What the same household answered at the last visit that was done; nothing of who lived there before.

    Of an older form what is asked in the same way still: a question keeps its key through the versions.
    """
    before = session.scalar(
        select(Visit)
        .where(
            Visit.home_id == row.home_id,
            Visit.tenancy_id == row.tenancy_id,
            Visit.id != row.id,
            Visit.status == VisitStatus.COMPLETED,
            Visit.form_version.in_(visit_form.known()),
            ~Visit.deleted,
        )
        .order_by(Visit.completed_at.desc(), Visit.id)
        .limit(1)
    )
    if before is None:
        return {}
    form, old = visit_form.of_version(row.form_version), visit_form.of_version(before.form_version)
    given = answers(session, before).items()
    return {key: one for key, one in given if one.values and _asked_alike(form, old, key[0], one.values)}


def _asked_alike(form: VisitForm, old: VisitForm, key: str, values: tuple[str, ...]) -> bool:
    try:
        now, then = form.question(key), old.question(key)
        now.check(values)
    except Told:
        return False
    return now == then or now.said(values) == then.said(values)


def _confirmable(form: VisitForm, key: str) -> bool:
    return any(one.key == key and one.same for section in form.sections for one in section.questions)


def _apart(session: Session, row: Visit) -> dict[str, str]:
    """What is kept apart, as far as this person may know of it."""
    mine = select(VisitFollowUp).where(
        VisitFollowUp.visit_id == row.id,
        VisitFollowUp.kind == FollowUpKind.SAFEGUARDING,
        ~VisitFollowUp.deleted,
    )
    return {one.key: one.text for one in session.scalars(policy.scope(mine, session, VisitFollowUp))}


def consents(session: Session, visit_id: UUID) -> dict[str, bool]:
    """The consents that were asked, by key: of one asked again the newer answer."""
    rows = session.scalars(
        select(VisitConsent)
        .where(VisitConsent.visit_id == visit_id, ~VisitConsent.deleted)
        .order_by(VisitConsent.asked_at, VisitConsent.id)
    )
    return {one.key: one.given for one in rows}


def _signed(session: Session, visit_id: UUID) -> tuple[str, ...]:
    rows = select(VisitSignature.name).where(VisitSignature.visit_id == visit_id, ~VisitSignature.deleted)
    return tuple(session.scalars(rows.order_by(VisitSignature.signed_at, VisitSignature.id)))
