"""A word of concern after a visit: passed on to the safeguarding leads, taken by one of them as a restricted case (A6).

Need to know (security.md S22): until a lead takes it, the words are for the guardians of the place; then for the team
of the case alone. Who raised it reads no more than that it was passed on. On paper, in lists, search and the history
of others there is nothing of it at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import CaseKind, CaseStatus, FollowUpKind, VisitStatus
from watmos_desktop.models.tables import CaseNote, Home, RestrictedCase, Staff, Visit, VisitFollowUp
from watmos_desktop.services import policy, words
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.ids import same_id
from watmos_desktop.services.policy import GUARDIANS, Action, Actor

PASSED_ON = "passed_on"  # the key of the mark that it was; it holds no word of it
CASE_WORDS = {
    CaseKind.DOMESTIC_ABUSE: "Domestic abuse",
    CaseKind.SAFEGUARDING: "Safeguarding",
    CaseKind.HATE_INCIDENT: "Hate incident",
    CaseKind.ASB: "Anti-social behaviour",
}
_TABLE = RestrictedCase.__tablename__


@dataclass(frozen=True)
class Concern:
    """A concern that nobody has taken yet, for those who may."""

    id: UUID
    visit_id: UUID
    visit: str
    address: str
    home_id: UUID
    words: str
    by: str
    raised_at: datetime


@dataclass(frozen=True)
class CaseCard:
    """A restricted case that this person is on."""

    id: UUID
    kind: CaseKind
    what: str
    address: str
    status: CaseStatus
    opened_at: datetime
    opened_by: str


@dataclass(frozen=True)
class CaseDetail:
    """One case with its log, the oldest entry first: when, who, what."""

    card: CaseCard
    summary: str
    notes: tuple[tuple[datetime, str, str], ...]


def pass_on(session: Session, row: Visit) -> None:
    """Pass on what was said of somebody's safety, when the visit is sealed; once only.

    A mark stays for who raised it. A guardian who visits takes it there and then.
    """
    said = _unclaimed(session, row.id)
    if not said:
        return
    known = same_id("visit_follow_up", str(row.id), PASSED_ON)
    if session.get(VisitFollowUp, known) is None:
        session.add(
            VisitFollowUp(id=known, visit_id=row.id, kind=FollowUpKind.SAFEGUARDING, key=PASSED_ON, text="")
        )
        session.flush()
    if may_take(policy.actor(session)):
        for one in said:
            take(session, one.id)


def passed_on(session: Session, visit_id: UUID) -> str:
    """``Passed on to the safeguarding lead.`` for who raised it and the guardians; "" for everybody else."""
    there = _marks(session, VisitFollowUp.visit_id == visit_id)
    return "Passed on to the safeguarding lead." if there else ""


def may_take(person: Actor) -> bool:
    """Whether this person takes concerns: they keep cases, and guard what visits find."""
    return person.role in GUARDIANS and policy.may(person, Action.SEE, _TABLE)


def waiting(session: Session) -> tuple[Concern, ...]:
    """The concerns of this person's places that nobody has taken, the oldest first; nothing for anyone else."""
    if not may_take(policy.actor(session)):
        return ()
    asked = (
        select(VisitFollowUp, Visit, Home, Staff.name)
        .join(Visit, Visit.id == VisitFollowUp.visit_id)
        .join(Home, Home.id == Visit.home_id)
        .outerjoin(Staff, Staff.id == Visit.officer_id)
        .where(
            VisitFollowUp.kind == FollowUpKind.SAFEGUARDING,
            VisitFollowUp.key != PASSED_ON,
            VisitFollowUp.record_id.is_(None),
            Visit.status == VisitStatus.COMPLETED,
            ~VisitFollowUp.deleted,
            ~Visit.deleted,
        )
        .order_by(Visit.completed_at, VisitFollowUp.id)
    )
    rows = session.execute(policy.scope(asked, session, VisitFollowUp))
    return tuple(
        Concern(
            one.id, visit.id, visit.reference, home.address, home.id, one.text, by or "", visit.completed_at
        )
        for one, visit, home, by in rows
        if visit.completed_at is not None
    )


def take(session: Session, concern_id: UUID, kind: CaseKind = CaseKind.SAFEGUARDING) -> UUID:
    """Open a restricted case of a concern, in one step: from then on it is for the case's team alone. Gives its id.

    Raises NotAllowed, NotFound, or Told when somebody took it already.
    """
    actor = policy.actor(session)
    if not may_take(actor):
        raise NotAllowed("take a concern")
    one = policy.find(session, VisitFollowUp, concern_id, "That concern")
    if one.kind is not FollowUpKind.SAFEGUARDING or one.key == PASSED_ON:
        raise NotFound("That concern")
    if one.record_id is not None:
        raise Told("That concern has its case already.", "Go on with it.")
    visit = policy.find(session, Visit, one.visit_id, "That visit")
    assert actor.staff_id is not None
    case = RestrictedCase(
        id=uuid4(),
        kind=kind,
        title=f"{CASE_WORDS[kind]}: {one.text}",
        summary=f"Said at visit {visit.reference}: {one.text}",
        home_id=visit.home_id,
        opened_by=actor.staff_id,
        opened_at=session.info["clock"].now(),
    )
    session.add(case)
    session.flush()
    one.record_table, one.record_id = _TABLE, case.id
    return case.id


def cases(session: Session) -> list[CaseCard]:
    """The cases that this person is on, the newest first."""
    policy.require(session, Action.SEE, _TABLE)
    asked = select(RestrictedCase).where(~RestrictedCase.deleted)
    rows = session.scalars(
        policy.scope(asked, session, RestrictedCase).order_by(RestrictedCase.opened_at.desc())
    )
    return [_card(session, row) for row in rows]


def case(session: Session, case_id: UUID) -> CaseDetail:
    """One case; raises NotFound alike for one that is not there and one that is not theirs."""
    row = policy.find(session, RestrictedCase, case_id, "That case")
    notes = session.scalars(
        select(CaseNote).where(CaseNote.case_id == row.id, ~CaseNote.deleted).order_by(CaseNote.made_at)
    )
    log = tuple((one.made_at, _name(session, one.staff_id), one.text) for one in notes)
    return CaseDetail(_card(session, row), row.summary, log)


def note(session: Session, case_id: UUID, text: str) -> None:
    """Add to a case's log; raises NotFound, or Told at ``text``."""
    actor = policy.actor(session)
    row = policy.find(session, RestrictedCase, case_id, "That case")
    if not text.strip():
        raise Told("Write what was done or said.", "A few words are enough.", field="text")
    assert actor.staff_id is not None
    session.add(
        CaseNote(
            case_id=row.id,
            text=words.fits(text.strip(), words.NOTE, "text"),
            staff_id=actor.staff_id,
            made_at=session.info["clock"].now(),
        )
    )


def _unclaimed(session: Session, visit_id: UUID) -> list[VisitFollowUp]:
    return list(
        session.scalars(
            select(VisitFollowUp).where(
                VisitFollowUp.visit_id == visit_id,
                VisitFollowUp.kind == FollowUpKind.SAFEGUARDING,
                VisitFollowUp.key != PASSED_ON,
                VisitFollowUp.record_id.is_(None),
                ~VisitFollowUp.deleted,
            )
        )
    )


def _marks(session: Session, *where: object) -> list[VisitFollowUp]:
    marked = select(VisitFollowUp).where(VisitFollowUp.key == PASSED_ON, ~VisitFollowUp.deleted, *where)  # type: ignore[arg-type]
    if not policy.may(policy.actor(session), Action.SEE, "visit_follow_up"):
        return []
    return list(session.scalars(policy.scope(marked, session, VisitFollowUp)))


def _card(session: Session, row: RestrictedCase) -> CaseCard:
    home = session.get(Home, row.home_id) if row.home_id else None
    return CaseCard(
        row.id,
        row.kind,
        row.title,
        home.address if home is not None else "",
        row.status,
        row.opened_at,
        _name(session, row.opened_by),
    )


def _name(session: Session, staff_id: UUID) -> str:
    found = session.get(Staff, staff_id)
    return found.name if found is not None else ""
