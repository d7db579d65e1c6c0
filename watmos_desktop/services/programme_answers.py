"""What households said about planned works, for those who may read it (R9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, ResponseKind
from watmos_desktop.models.tables import Home, Programme, ProgrammeResponse, Staff
from watmos_desktop.services import policy, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.policy import Action
from watmos_desktop.services.programme_consulting import KIND_WORDS

HOW_WORDS = {
    Channel.PHONE: "by phone",
    Channel.TEXT: "by text",
    Channel.EMAIL: "by e-mail",
    Channel.LETTER: "in writing",
    Channel.IN_PERSON: "in person",
    Channel.DOOR: "at the door",
    Channel.CARD: "by card",
}


@dataclass(frozen=True)
class Answer:
    """What a household said and what it was answered; ``text`` and ``answer`` are empty for who may not read them."""

    id: UUID
    home_id: UUID
    address: str
    kind: ResponseKind
    words: str
    how: str
    received: str
    by: str
    text: str
    answer: str
    answered: str
    waits: bool


def listed(session: Session, programme_id: UUID) -> list[Answer]:
    """All that households said, those that wait for an answer first, then the newest; raises NotFound."""
    row = policy.find(session, Programme, programme_id, "Those works")
    if not _sees(session):
        return []
    actor = policy.actor(session)
    reads = policy.may_see(actor, "programme_response", "text")
    rows = session.execute(
        select(ProgrammeResponse, Home.address, Staff.name)
        .join(Home, Home.id == ProgrammeResponse.home_id)
        .outerjoin(Staff, Staff.id == ProgrammeResponse.staff_id)
        .where(ProgrammeResponse.programme_id == row.id, ~ProgrammeResponse.deleted)
        .order_by(ProgrammeResponse.received_at.desc(), ProgrammeResponse.id)
    )
    found = [
        Answer(
            id=one.id,
            home_id=one.home_id,
            address=address,
            kind=one.kind,
            words=KIND_WORDS[one.kind],
            how=HOW_WORDS[one.how],
            received=wording.day(one.received_at.astimezone(LONDON).date()),
            by=by or "",
            text=one.text if reads else "",
            answer=one.answer if reads else "",
            answered=wording.day(one.answered_at.astimezone(LONDON).date()) if one.answered_at else "",
            waits=one.kind is not ResponseKind.AGREES and one.answered_at is None,
        )
        for one, address, by in rows
    ]
    return sorted(found, key=lambda one: not one.waits)


def tally(session: Session, programme_id: UUID) -> tuple[tuple[ResponseKind, int], ...]:
    """How many households said what last, each kind once, none left out."""
    if not _sees(session):
        return ()
    counts = Counter(_last(session, programme_id, None).values())
    return tuple((kind, counts[kind]) for kind in ResponseKind)


def last_of(session: Session, programme_id: UUID, home_ids: Collection[UUID]) -> dict[UUID, str]:
    """For some homes what they said last: ``Has a concern``."""
    if not _sees(session):
        return {}
    return {home: KIND_WORDS[kind] for home, kind in _last(session, programme_id, home_ids).items()}


def _sees(session: Session) -> bool:
    actor = policy.actor(session)
    return policy.may(actor, Action.SEE, "programme_response") and policy.may_see(actor, "home", "address")


def _last(session: Session, programme_id: UUID, homes: Collection[UUID] | None) -> dict[UUID, ResponseKind]:
    newest = func.max(ProgrammeResponse.received_at)
    asked = (
        select(ProgrammeResponse.home_id, ProgrammeResponse.kind, newest)
        .where(
            ProgrammeResponse.programme_id == programme_id,
            ~ProgrammeResponse.deleted,
            policy.within(session, ProgrammeResponse),
        )
        .group_by(ProgrammeResponse.home_id)  # with max() SQLite gives the columns of the newest row
    )
    if homes is not None:
        asked = asked.where(ProgrammeResponse.home_id.in_(homes))
    return {home: kind for home, kind, _ in session.execute(asked)}
