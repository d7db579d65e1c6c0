"""A word of concern after a visit: passed on to the safeguarding leads, taken by one of them as a restricted case (A6).

Need to know (security.md S22): until a lead takes it, the words are for the leads of the place, whom the code calls its
guardians; then for the team of the case alone. A manager reads none of it, and who raised it no more than that it was
passed on. On paper, in lists, search and the history of others there is nothing of it at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import CaseKind, CaseStatus, FollowUpKind, Role, VisitStatus
from watmos_desktop.models.tables import (
    CaseNote,
    Home,
    RestrictedCase,
    Staff,
    StaffScope,
    Visit,
    VisitFollowUp,
)
from watmos_desktop.services import policy, words
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.policy import GUARDIANS, Action, Actor

_AGAIN = timedelta(hours=1)
PASSED_ON = "passed_on"  # the key of the mark that it was; it holds no word of it
CASE_WORDS = {
    CaseKind.DOMESTIC_ABUSE: "Domestic abuse",
    CaseKind.SAFEGUARDING: "Safeguarding",
    CaseKind.HATE_INCIDENT: "Hate incident",
    CaseKind.ASB: "Anti-social behaviour",
}
_NO_LEAD = (
    "Kept for the safeguarding lead, but nobody is the lead here. Ask your manager to name one today, and do not say"
    " what for. If somebody is in danger ring 999."
)
_TABLE = RestrictedCase.__tablename__
_KIND = FollowUpKind.SAFEGUARDING
_OPEN = (
    VisitFollowUp.kind == _KIND,
    VisitFollowUp.key != PASSED_ON,
    VisitFollowUp.record_id.is_(None),
    ~VisitFollowUp.deleted,
)


@dataclass(frozen=True)
class Concern:
    """What a visit raised and nobody has taken yet, for those who may: ``words`` as they were written."""

    visit_id: UUID
    visit: str
    address: str
    home_id: UUID
    words: tuple[str, ...]
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
    """One case with its log, the oldest entry first: when, who, what; ``looks``: who looked at it, the newest first."""

    card: CaseCard
    summary: str
    notes: tuple[tuple[datetime, str, str], ...]
    looks: tuple[tuple[datetime, str], ...] = ()


def pass_on(session: Session, row: Visit) -> None:
    """Pass on what was said of somebody's safety, when the visit is sealed; once only.

    A mark stays for who raised it. A guardian who visits takes it there and then.
    """
    if not _unclaimed(session, row.id):
        return
    if kept(session, row.id, PASSED_ON) is None:
        session.add(VisitFollowUp(id=uuid4(), visit_id=row.id, kind=_KIND, key=PASSED_ON, text=""))
        session.flush()
    if may_take(policy.actor(session)):
        take(session, row.id)


def kept(session: Session, visit_id: UUID, key: str) -> VisitFollowUp | None:
    """The word of concern of that key here, deleted or not; not scoped: for who writes it, not to show."""
    there = (
        VisitFollowUp.visit_id == visit_id,
        VisitFollowUp.kind == _KIND,
        VisitFollowUp.key == key,
    )
    return session.scalars(
        select(VisitFollowUp).where(*there).order_by(VisitFollowUp.deleted, VisitFollowUp.id)
    ).first()


def tell_lead(session: Session, visit_id: UUID, text: str) -> None:
    """Write to the lead what was said or seen; who made the visit writes it, and does not read it again.

    Raises NotAllowed, NotFound, or Told at ``text``.
    """
    person = policy.require(session, Action.VISIT, "visit")
    row = policy.find(session, Visit, visit_id, "That visit")
    if person.staff_id not in (row.officer_id, row.second_id):
        raise NotFound("That visit")
    if not text.strip():
        raise Told("Write what was said, or what you saw.", "Their own words are best.", field="text")
    said = words.fits(text.strip(), words.NOTE, "text")
    session.add(VisitFollowUp(id=uuid4(), visit_id=row.id, kind=_KIND, key="words", text=said))
    session.flush()
    if row.status is VisitStatus.COMPLETED:
        pass_on(session, row)


def passed_on(session: Session, visit_id: UUID) -> str:
    """``Passed on to the safeguarding lead.`` for who raised it and the guardians; "" for everybody else.

    Where nobody is the lead it says so: until somebody is, nobody reads it.
    """
    if not policy.may(policy.actor(session), Action.SEE, "visit_follow_up"):
        return ""
    marked = select(VisitFollowUp.id).where(
        VisitFollowUp.visit_id == visit_id, VisitFollowUp.key == PASSED_ON, ~VisitFollowUp.deleted
    )
    there = session.scalar(policy.scope(marked, session, VisitFollowUp))
    if not there:
        return ""
    return "Passed on to the safeguarding lead." if _has_lead(session, visit_id) else _NO_LEAD


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
        .where(*_OPEN, Visit.status == VisitStatus.COMPLETED, ~Visit.deleted)
        .order_by(Visit.completed_at, Visit.id, VisitFollowUp.key, VisitFollowUp.id)
    )
    found: dict[UUID, Concern] = {}
    for one, visit, home, by in session.execute(policy.scope(asked, session, VisitFollowUp)):
        before = found.get(visit.id)
        said = (*before.words, one.text) if before else (one.text,)
        assert visit.completed_at is not None  # it is sealed
        found[visit.id] = Concern(
            visit.id, visit.reference, home.address, home.id, said, by or "", visit.completed_at
        )
    return tuple(found.values())


def take(session: Session, visit_id: UUID, kind: CaseKind = CaseKind.SAFEGUARDING) -> UUID:
    """Take what a visit raised, in one step: into its case where this person is on it, else a new one. Gives its id.

    From then on it is for the case's team alone. Raises NotAllowed, NotFound, or Told when it was taken already.
    """
    actor = policy.actor(session)
    if not may_take(actor):
        raise NotAllowed("take a concern")
    visit = policy.find(session, Visit, visit_id, "That visit")
    said = _unclaimed(session, visit.id)
    if not said:
        raise Told("Nothing waits there any more.", "Somebody has taken it.")
    text = "\n".join(one.text for one in said)
    case_id = _case_of(session, visit.id)
    if case_id is not None:
        note(session, case_id, f"Said at visit {visit.reference}: {text}"[: words.NOTE])
    else:
        assert actor.staff_id is not None
        case = RestrictedCase(
            id=uuid4(),
            kind=kind,
            title=f"{CASE_WORDS[kind]}, raised at a visit",
            summary=f"Said at visit {visit.reference}: {text}",
            home_id=visit.home_id,
            opened_by=actor.staff_id,
            opened_at=session.info["clock"].now(),
        )
        session.add(case)
        session.flush()
        case_id = case.id
    for one in said:
        one.record_table, one.record_id = _TABLE, case_id
    return case_id


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
    log = [(one.made_at, _name(session, one.staff_id), one.text) for one in notes]
    said = tuple(one for one in log if one[2])
    looks = tuple((at, who) for at, who, text in reversed(log) if not text)
    return CaseDetail(_card(session, row), row.summary, said, looks)


def looked(session: Session, case_id: UUID) -> None:
    """Note in a case's log that this person looked at it, at most once an hour (security.md S32): its team reads that.

    An entry without words; made offline it reaches the others with the next sync. Raises NotFound.
    """
    actor = policy.actor(session)
    row = policy.find(session, RestrictedCase, case_id, "That case")
    now, me = session.info["clock"].now(), actor.staff_id
    mine = (CaseNote.case_id == row.id, CaseNote.staff_id == me, CaseNote.text == "", ~CaseNote.deleted)
    last = session.scalar(select(func.max(CaseNote.made_at)).where(*mine))
    if me is not None and not (last is not None and timedelta(0) <= now - last < _AGAIN):
        session.add(CaseNote(id=uuid4(), case_id=row.id, text="", staff_id=me, made_at=now))


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


def _has_lead(session: Session, visit_id: UUID) -> bool:
    """Whether a safeguarding lead looks after the place of a visit."""
    visit = session.get_one(Visit, visit_id)
    here = or_(StaffScope.block_id.is_(None), StaffScope.block_id == visit.block_id)
    lead = (Staff.role == Role.SAFEGUARDING_LEAD, Staff.active, ~Staff.deleted)
    theirs = select(Staff.id).join(StaffScope, StaffScope.staff_id == Staff.id)
    found = theirs.where(*lead, StaffScope.estate_id == visit.estate_id, here, ~StaffScope.deleted)
    return session.scalar(found.limit(1)) is not None


def _unclaimed(session: Session, visit_id: UUID) -> list[VisitFollowUp]:
    """Not scoped: who seals a visit passes on what a colleague of the same visit raised, too."""
    there = select(VisitFollowUp).where(VisitFollowUp.visit_id == visit_id, *_OPEN)
    return list(session.scalars(there.order_by(VisitFollowUp.key, VisitFollowUp.id)))


def _case_of(session: Session, visit_id: UUID) -> UUID | None:
    """The case of what the same visit raised before, if this person is on it."""
    linked = select(VisitFollowUp.record_id).where(
        VisitFollowUp.visit_id == visit_id,
        VisitFollowUp.kind == _KIND,
        VisitFollowUp.record_table == _TABLE,
        ~VisitFollowUp.deleted,
    )
    mine = select(RestrictedCase.id).where(RestrictedCase.id.in_(linked), ~RestrictedCase.deleted)
    return session.scalar(policy.scope(mine, session, RestrictedCase).limit(1))


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
