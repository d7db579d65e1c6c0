"""Planned works as they are read: the list, how far each is, its homes, what people said (R9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import ProgrammeStatus, ResponseKind
from watmos_desktop.models.tables import Block, Contractor, Estate, Programme, ProgrammeHome
from watmos_desktop.services import policy, programme_answers, programme_consulting, programme_homes, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.programme_homes import HomeRow
from watmos_desktop.services.programme_rows import OPEN
from watmos_desktop.services.references import read_reference
from watmos_desktop.services.wording import Deadline, Tone

STATUS_WORDS: Mapping[ProgrammeStatus, str] = {
    ProgrammeStatus.PLANNED: "Planned",
    ProgrammeStatus.CONSULTING: "In consultation",
    ProgrammeStatus.STARTED: "Under way",
    ProgrammeStatus.FINISHED: "Finished",
    ProgrammeStatus.CANCELLED: "Called off",
}


@dataclass(frozen=True)
class Filter:
    """``state``: open, planned, consulting, started, over or all; ``text``: words of name, place and reference."""

    state: str = "open"
    text: str = ""


@dataclass(frozen=True)
class Progress:
    """Homes of works: done, of all that did not refuse, written to, with a day; zeros for who may not know of homes."""

    done: int = 0
    total: int = 0
    refused: int = 0
    written: int = 0
    planned: int = 0

    @property
    def words(self) -> str:
        """``14 of 40 homes done``."""
        said = f"{self.done:,} of {wording.count(self.total, 'home')} done"
        return f"{said} · {self.refused} refused" if self.refused else said


@dataclass(frozen=True)
class ProgrammeCard:
    """Works in one line. ``stands`` is how they stand now, in words."""

    id: UUID
    reference: str
    name: str
    where: str
    when: str
    status: ProgrammeStatus
    words: str
    stands: Deadline
    progress: Progress


@dataclass(frozen=True)
class ProgrammeDetail:
    """All that this person may see of works. ``blockers``: what has to be done before they may start."""

    card: ProgrammeCard
    estate_id: UUID
    block_id: UUID | None
    contractor_id: UUID | None
    what: str
    how_long: str
    disturbance: str
    contractor: str
    starts_on: date | None
    ends_on: date | None
    consults_from: date | None
    consults_until: date | None
    consultation: str
    outcome: str
    started: str
    start_reason: str
    lease: str
    blockers: tuple[str, ...]
    answers: tuple[tuple[ResponseKind, int], ...]
    unanswered: int
    sees_homes: bool
    may_plan: bool
    may_consult: bool


_STATES: Mapping[str, tuple[ProgrammeStatus, ...]] = {
    "open": OPEN,
    "planned": (ProgrammeStatus.PLANNED,),
    "consulting": (ProgrammeStatus.CONSULTING,),
    "started": (ProgrammeStatus.STARTED,),
    "over": (ProgrammeStatus.FINISHED, ProgrammeStatus.CANCELLED),
    "all": tuple(ProgrammeStatus),
}
_CARD: Select[*tuple[Any, ...]] = (
    select(Programme, Block.name.label("block"), Estate.name.label("estate"))
    .join(Estate, Estate.id == Programme.estate_id)
    .outerjoin(Block, Block.id == Programme.block_id)
)
_BEGINS_SOON = 14  # days
_OPEN = Filter()


def count(session: Session, wanted: Filter = _OPEN) -> int:
    """How many works the list holds for this person."""
    asked = _CARD.with_only_columns(func.count(Programme.id), maintain_column_froms=True)
    return session.scalar(asked.where(*_conditions(session, wanted))) or 0


def page(session: Session, wanted: Filter, offset: int, limit: int) -> list[ProgrammeCard]:
    """Some works: what starts next first, what has no day yet last."""
    order = (Programme.starts_on.is_(None), Programme.starts_on, Programme.id)
    rows = session.execute(
        _CARD.where(*_conditions(session, wanted)).order_by(*order).offset(offset).limit(limit)
    ).all()
    return _cards(session, rows)


def get(session: Session, programme_id: UUID) -> ProgrammeDetail:
    """Works in full; NotFound alike when there are none, they lie elsewhere, or they are not theirs to know."""
    row = policy.find(session, Programme, programme_id, "Those works")
    actor = policy.actor(session)
    (card,) = _cards(session, session.execute(_CARD.where(Programme.id == row.id)).all())
    contractor = session.get(Contractor, row.contractor_id) if row.contractor_id else None
    sees, consults = programme_homes.sees_homes(session), policy.may(actor, Action.CONSULT, "programme")
    days = (row.consults_from, row.consults_until)
    return ProgrammeDetail(
        card=card,
        estate_id=row.estate_id,
        block_id=row.block_id,
        contractor_id=row.contractor_id,
        what=row.what,
        how_long=row.how_long,
        disturbance=row.disturbance,
        contractor=contractor.name if contractor and policy.may_see(actor, "contractor", "name") else "",
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        consults_from=row.consults_from,
        consults_until=row.consults_until,
        consultation=span(*days) if all(days) else "",
        outcome=row.outcome,
        started=wording.day(row.started_at.astimezone(LONDON).date()) if row.started_at else "",
        start_reason=row.start_reason if policy.may_see(actor, "programme", "start_reason") else "",
        lease=programme_consulting.lease_words(session, row.id) if consults else "",
        blockers=tuple(programme_consulting.blockers(session, row))
        if sees and row.status in OPEN[:2]
        else (),
        answers=programme_answers.tally(session, row.id),
        unanswered=programme_consulting.unanswered(session, row.id),
        sees_homes=sees,
        may_plan=policy.may(actor, Action.PLAN_WORKS, "programme"),
        may_consult=consults,
    )


def find(session: Session, typed: str) -> UUID:
    """The id of the works with that reference; raises Told or NotFound."""
    asked = select(Programme.id).where(Programme.reference == read_reference(typed), _known(session))
    found = session.scalar(asked)
    if found is None:
        raise NotFound("Those works")
    return found


def of_home(session: Session, home_id: UUID) -> list[tuple[ProgrammeCard, HomeRow]]:
    """The works that a home is part of, and its own row of each; none for who may not know of homes."""
    if not programme_homes.sees_homes(session):
        return []
    asked = select(ProgrammeHome.programme_id).where(ProgrammeHome.home_id == home_id, ~ProgrammeHome.deleted)
    where = (Programme.id.in_(asked), Programme.status != ProgrammeStatus.CANCELLED, _known(session))
    rows = session.execute(_CARD.where(*where).order_by(Programme.starts_on))
    found = []
    for card in _cards(session, rows.all()):
        own = programme_homes.rows_where(session, card.id, [ProgrammeHome.home_id == home_id], 0, 1)
        found += [(card, one) for one in own]
    return found


def span(first: date | None, last: date | None) -> str:
    """``4 Jan to 26 Feb 2027``; one day alone, and nothing for none."""
    if first is None or last is None or first == last:
        one = first or last
        return wording.day(one) if one else ""
    start = wording.day(first)
    if first.year == last.year:
        start = start.rsplit(" ", 1)[0]
    return f"{start} to {wording.day(last)}"


def _known(session: Session) -> ColumnElement[bool]:
    if not policy.may(policy.actor(session), Action.SEE, "programme"):
        return false()
    return and_(~Programme.deleted, policy.within(session, Programme))


def _conditions(session: Session, wanted: Filter) -> list[ColumnElement[bool]]:
    if wanted.state not in _STATES:
        raise Told("There is no such list.", f"Choose one of {', '.join(_STATES)}.", field="state")
    found = [_known(session), Programme.status.in_(_STATES[wanted.state])]
    for word in wanted.text.split():
        columns = (Programme.name, Programme.reference, Estate.name, Block.name)
        found.append(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return found


def _cards(session: Session, rows: Any) -> list[ProgrammeCard]:
    far = _progress(session, [row[0].id for row in rows])
    today = session.info["clock"].now().date()
    cards = []
    for row, block, estate in rows:
        progress = far.get(row.id, Progress())
        waiting = programme_consulting.unanswered(session, row.id)
        cards.append(
            ProgrammeCard(
                id=row.id,
                reference=row.reference,
                name=row.name,
                where=" · ".join(part for part in (block, estate) if part),
                when=span(row.starts_on, row.ends_on),
                status=row.status,
                words=STATUS_WORDS[row.status],
                stands=_stands(row, progress, waiting, today),
                progress=progress,
            )
        )
    return cards


def _progress(session: Session, ids: list[UUID]) -> dict[UUID, Progress]:
    if not ids or not programme_homes.sees_homes(session):
        return {}

    def number(condition: ColumnElement[bool]) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    asked = (
        select(
            ProgrammeHome.programme_id,
            number(ProgrammeHome.done_at.is_not(None)),
            number(~ProgrammeHome.refused),
            number(ProgrammeHome.refused.is_(True)),
            number(ProgrammeHome.written_at.is_not(None)),
            number(ProgrammeHome.planned_on.is_not(None)),
        )
        .where(ProgrammeHome.programme_id.in_(ids), ~ProgrammeHome.deleted)
        .group_by(ProgrammeHome.programme_id)
    )
    return {key: Progress(*numbers) for key, *numbers in session.execute(asked)}


def _stands(row: Programme, progress: Progress, waiting: int, today: date) -> Deadline:
    if row.status is ProgrammeStatus.PLANNED:
        soon = row.starts_on is not None and (row.starts_on - today).days <= _BEGINS_SOON
        return Deadline("Nobody consulted yet", Tone.BAD if soon else Tone.WARN)
    if row.status is ProgrammeStatus.CONSULTING and row.consults_until is not None:
        if waiting:
            return Deadline(f"{wording.count(waiting, 'answer')} to give", Tone.WARN)
        if today <= row.consults_until:
            return Deadline(f"Answers until {wording.weekday(row.consults_until)}", Tone.INFO)
        return Deadline("Consultation over", Tone.OK if row.outcome else Tone.WARN)
    if row.status is ProgrammeStatus.STARTED:
        late = row.ends_on is not None and row.ends_on < today and progress.done < progress.total
        tone = Tone.BAD if late else Tone.OK
        if not progress.total:
            return Deadline("Under way", tone)
        return Deadline(f"{progress.done:,} of {wording.count(progress.total, 'home')} done", tone)
    return Deadline(
        STATUS_WORDS[row.status], Tone.OK if row.status is ProgrammeStatus.FINISHED else Tone.INFO
    )
