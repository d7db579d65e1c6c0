"""Asking people before works begin, writing to them, what they said and what they were answered (R9)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, ProgrammeStatus, ResponseKind, TenancyKind
from watmos_desktop.models.tables import Programme, ProgrammeHome, ProgrammeResponse, Tenancy
from watmos_desktop.services import calendar, policy, programme_rows, wording, words, works_rules
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action

KIND_WORDS = {
    ResponseKind.AGREES: "Agrees",
    ResponseKind.CONCERN: "Has a concern",
    ResponseKind.OBJECTS: "Objects",
    ResponseKind.ASKS: "Asks a question",
}
_LEASES = (TenancyKind.LEASEHOLD, TenancyKind.SHARED_OWNERSHIP)


@dataclass(frozen=True)
class ResponseDraft:
    """What a household said: how it reached us, and when."""

    home_id: UUID
    kind: ResponseKind
    how: Channel
    text: str = ""
    received_on: date | None = None


def consult(
    session: Session, programme_id: UUID, from_day: date | None = None, until: date | None = None
) -> date:
    """Open the consultation, or give it other days; gives its last day (30 days on, unless chosen).

    Raises NotAllowed, NotFound, or Told at ``what``, ``how_long``, ``starts_on``, ``homes`` or ``until``.
    """
    row = programme_rows.of(session, programme_id, ProgrammeStatus.PLANNED, ProgrammeStatus.CONSULTING)
    if not programme_rows.count_homes(session, row.id):
        raise Told("There is no home to ask.", "Add homes first.", field="homes")
    if not row.how_long:
        raise Told("Say how long it takes in a home.", "For example: 8 working days.", field="how_long")
    if row.starts_on is None:
        raise Told("Say when the works start.", "A first day is enough.", field="starts_on")
    rules = works_rules.load().consultation
    first = from_day or session.info["clock"].now().date()
    last = until or first + timedelta(days=rules.days)
    calendar.known(first), calendar.known(last)
    if (last - first).days < rules.fewest:
        raise Told(
            f"People need at least {rules.fewest} days to answer.", "Choose a later day.", field="until"
        )
    if row.starts_on <= last:
        raise Told(
            "The works would start before people have answered.",
            f"They start {wording.day(row.starts_on)}: choose an earlier last day, or start later.",
            field="until",
        )
    row.consults_from, row.consults_until = first, last
    row.status = ProgrammeStatus.CONSULTING
    return last


def lease_words(session: Session, programme_id: UUID) -> str:
    """What the law asks for where leaseholders are among the homes and the window is shorter; else empty."""
    row = policy.find(session, Programme, programme_id, "Those works")
    actor = policy.actor(session)
    if not (policy.may_see(actor, "tenancy", "kind") and policy.may(actor, Action.SEE, "programme_home")):
        return ""
    asked = (
        select(func.count(func.distinct(ProgrammeHome.id)))
        .join(Tenancy, Tenancy.home_id == ProgrammeHome.home_id)
        .where(
            ProgrammeHome.programme_id == row.id,
            ~ProgrammeHome.deleted,
            ~Tenancy.deleted,
            Tenancy.ended_on.is_(None),
            Tenancy.kind.in_(_LEASES),
        )
    )
    number, days = session.scalar(asked) or 0, works_rules.load().consultation.leasehold
    if not number:
        return ""
    short = row.consults_from and row.consults_until and (row.consults_until - row.consults_from).days < days
    said = f"{wording.count(number, 'home is', 'homes are')} leasehold or shared ownership: where a leaseholder pays"
    said += f" more than £250, the law asks for {days} days and notices of their own (section 20)."
    return said + (" This consultation is shorter." if short else "")


def written(session: Session, programme_id: UUID, home_ids: Collection[UUID] | None = None) -> int:
    """Stamp that letters went to these homes, or to all, now; gives how many. Raises NotAllowed, NotFound."""
    policy.require(session, Action.CONSULT, "programme")
    row = policy.find(session, Programme, programme_id, "Those works")
    now, number = session.info["clock"].now(), 0
    for one in session.scalars(
        select(ProgrammeHome).where(ProgrammeHome.programme_id == row.id, ~ProgrammeHome.deleted)
    ):
        if home_ids is None or one.home_id in home_ids:
            one.written_at = now
            number += 1
    return number


def respond(session: Session, programme_id: UUID, draft: ResponseDraft) -> UUID:
    """Record what a household said; gives the record's id. Later ones never replace earlier ones.

    Raises NotAllowed, NotFound, or Told at ``home``, ``text`` or ``received_on``.
    """
    actor = policy.require(session, Action.CONSULT, "programme")
    row = policy.find(session, Programme, programme_id, "Those works")
    if row.status not in (ProgrammeStatus.CONSULTING, ProgrammeStatus.STARTED):
        begun = row.status is not ProgrammeStatus.PLANNED
        raise Told(
            "These works are over." if begun else "Nobody has been asked yet.",
            "Record it on the home instead." if begun else "Open the consultation first.",
        )
    there = select(ProgrammeHome.id).where(
        ProgrammeHome.programme_id == row.id,
        ProgrammeHome.home_id == draft.home_id,
        ~ProgrammeHome.deleted,
    )
    if session.scalar(there) is None:
        raise Told("That home is not part of these works.", "Choose one of the list.", field="home")
    words.fits(draft.text, words.NOTE, "text", "The text")
    if draft.kind is not ResponseKind.AGREES and not draft.text.strip():
        raise Told("Say what they said.", "In their own words.", field="text")
    response = ProgrammeResponse(
        programme_id=row.id,
        home_id=draft.home_id,
        kind=draft.kind,
        how=draft.how,
        text=draft.text.strip(),
        received_at=works_rules.happened(session, draft.received_on, "received_on"),
        staff_id=actor.staff_id,
    )
    session.add(response)
    session.flush()
    return response.id


def answer(session: Session, response_id: UUID, said: str) -> None:
    """Write down what the household was answered, once: what was told stays told. Raises Told at ``answer``."""
    policy.require(session, Action.CONSULT, "programme")
    row = policy.find(session, ProgrammeResponse, response_id, "That answer")
    if not policy.may_see(policy.actor(session), "programme_response", "text"):
        raise NotFound("That answer")
    words.fits(said, words.NOTE, "answer", "The answer")
    if not said.strip():
        raise Told("Say what they were answered.", "Answer each point they made.", field="answer")
    if row.answered_at is not None:
        raise Told("They were answered already.", "Record what they say next as another answer.")
    row.answer, row.answered_at = said.strip(), session.info["clock"].now()


def outcome(session: Session, programme_id: UUID, said: str) -> None:
    """Write down what came of the consultation, for everyone to read. Raises Told at ``outcome``."""
    row = programme_rows.of(session, programme_id, ProgrammeStatus.CONSULTING)
    words.fits(said, words.NOTE, "outcome", "The text")
    if not said.strip():
        raise Told("Say what came of it.", "What people said, and what we change for it.", field="outcome")
    row.outcome = said.strip()


def blockers(session: Session, row: Programme) -> list[str]:
    """What of the consultation is still open, in sentences; empty when the works may start."""
    if row.status is ProgrammeStatus.PLANNED or row.consults_until is None:
        return ["Nobody has been consulted."]
    found = []
    if session.info["clock"].now().date() <= row.consults_until:
        found.append(f"People can answer until {wording.day(row.consults_until)}.")
    if unwritten := programme_rows.count_homes(session, row.id, ProgrammeHome.written_at.is_(None)):
        found.append(f"{wording.count(unwritten, 'home has', 'homes have')} not been written to.")
    if waiting := unanswered(session, row.id):
        found.append(f"{wording.count(waiting, 'household waits', 'households wait')} for an answer.")
    if not row.outcome:
        found.append("What came of the consultation is not written down.")
    return found


def unanswered(session: Session, programme_id: UUID) -> int:
    """How many of what households said wait for an answer; an agreement needs none."""
    asked = select(func.count()).where(
        ProgrammeResponse.programme_id == programme_id,
        ~ProgrammeResponse.deleted,
        ProgrammeResponse.kind != ResponseKind.AGREES,
        ProgrammeResponse.answered_at.is_(None),
    )
    if not policy.may(policy.actor(session), Action.SEE, "programme_response"):
        return 0
    return session.scalar(policy.scope(asked, session, ProgrammeResponse)) or 0
