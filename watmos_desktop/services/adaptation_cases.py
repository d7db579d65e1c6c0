"""Requests for aids and adaptations as they are read: the list, how long each waits, one in full (R8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from watmos_desktop.models.kinds import AdaptationKind, AdaptationStatus
from watmos_desktop.models.tables import Adaptation, Block, Estate, Home, Person, Staff
from watmos_desktop.services import adaptations, calendar, policy, repairs, search_query, wording, works_rules
from watmos_desktop.services.adaptations import OPEN
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action, Actor
from watmos_desktop.services.references import read_reference
from watmos_desktop.services.repairs import RepairCard
from watmos_desktop.services.wording import Deadline, Tone

STATUS_WORDS: Mapping[AdaptationStatus, str] = {
    AdaptationStatus.REQUESTED: "To assess",
    AdaptationStatus.ASSESSED: "To decide",
    AdaptationStatus.APPROVED: "To fit",
    AdaptationStatus.DECLINED: "Declined",
    AdaptationStatus.FITTED: "To review",
    AdaptationStatus.REVIEWED: "Fitted and reviewed",
    AdaptationStatus.WITHDRAWN: "Withdrawn",
}
_OFFICER = aliased(Staff)


@dataclass(frozen=True)
class Filter:
    """``state``: open, mine, assess, decide, fit, review, done or all; ``text``: words of address, name, reference."""

    state: str = "open"
    text: str = ""
    home_id: UUID | None = None


@dataclass(frozen=True)
class AdaptationCard:
    """A request in one line. ``waits`` is how long it waits for its next step, in words."""

    id: UUID
    reference: str
    what: str
    home: str
    place: str
    person: str
    officer: str
    status: AdaptationStatus
    words: str
    waits: Deadline
    requested: str


@dataclass(frozen=True)
class AdaptationDetail:
    """All that this person may see of a request. ``appeal`` is how a no can be questioned; ``repair`` the works."""

    card: AdaptationCard
    home_id: UUID
    officer_id: UUID | None
    kind: AdaptationKind | None
    assessment: str
    assessed: str
    decision: str
    decided: str
    appeal: str
    again: bool
    repair: RepairCard | None
    fitted: str
    review_on: date | None
    review: str
    may_decide: bool


_CARD: Select[*tuple[Any, ...]] = (
    select(
        Adaptation.id,
        Adaptation.reference,
        Adaptation.what,
        Adaptation.status,
        Adaptation.requested_at,
        Adaptation.assessed_at,
        Adaptation.decided_at,
        Adaptation.fitted_at,
        Adaptation.review_on,
        Home.address.label("home"),
        func.coalesce(Block.name, Estate.name).label("place"),
        Person.name.label("person"),
        _OFFICER.name.label("officer"),
    )
    .join(Home, Home.id == Adaptation.home_id)
    .join(Estate, Estate.id == Adaptation.estate_id)
    .outerjoin(Block, Block.id == Adaptation.block_id)
    .outerjoin(Person, Person.id == Adaptation.person_id)
    .outerjoin(_OFFICER, _OFFICER.id == Adaptation.officer_id)
)

_ALL_OPEN = Filter()
_Where = Callable[[Actor], ColumnElement[bool]]
_STATES: Mapping[str, _Where] = {
    "open": lambda _: Adaptation.status.in_(OPEN),
    "mine": lambda person: and_(Adaptation.status.in_(OPEN), Adaptation.officer_id == person.staff_id),
    "assess": lambda _: Adaptation.status == AdaptationStatus.REQUESTED,
    "decide": lambda _: Adaptation.status == AdaptationStatus.ASSESSED,
    "fit": lambda _: Adaptation.status == AdaptationStatus.APPROVED,
    "review": lambda _: Adaptation.status == AdaptationStatus.FITTED,
    "done": lambda _: Adaptation.status.not_in(OPEN),
    "all": lambda _: Adaptation.id.is_not(None),
}


def count(session: Session, wanted: Filter = _ALL_OPEN) -> int:
    """How many requests the list holds for this person; none for those who may not know of them."""
    asked = select(func.count(Adaptation.id)).select_from(Adaptation)
    asked = asked.join(Home, Home.id == Adaptation.home_id)
    asked = asked.outerjoin(Person, Person.id == Adaptation.person_id)
    return session.scalar(asked.where(*_conditions(session, wanted))) or 0


def page(session: Session, wanted: Filter, offset: int, limit: int) -> list[AdaptationCard]:
    """Some requests: those that have waited longest first, and of what is done the newest."""
    by = Adaptation.requested_at.desc() if wanted.state == "done" else Adaptation.requested_at
    rows = session.execute(
        _CARD.where(*_conditions(session, wanted)).order_by(by, Adaptation.id).offset(offset).limit(limit)
    )
    now = session.info["clock"].now()
    return [_card(row, now) for row in rows]


def of_home(session: Session, home_id: UUID) -> list[AdaptationCard]:
    """The requests of a home, the newest last; none for those who may not know of them."""
    return page(session, Filter("all", home_id=home_id), 0, 100)


def late(session: Session) -> int:
    """How many open requests wait longer than they should, or whose review is due."""
    return sum(one.waits.tone is Tone.BAD for one in page(session, Filter("open"), 0, 10_000))


def get(session: Session, adaptation_id: UUID) -> AdaptationDetail:
    """One request in full; NotFound alike when there is none, it lies elsewhere, or it is not theirs to know."""
    row = policy.find(session, Adaptation, adaptation_id, "That request")
    now: datetime = session.info["clock"].now()
    card = _card(session.execute(_CARD.where(Adaptation.id == row.id)).one(), now)
    assessor = f"{row.assessed_by}, {_day(row.assessed_at)}" if row.assessed_at else ""
    decider = session.get(Staff, row.decided_by) if row.decided_by else None
    declined = row.status is AdaptationStatus.DECLINED
    actor = policy.actor(session)
    again = row.status is AdaptationStatus.ASSESSED and row.decided_by is not None
    return AdaptationDetail(
        card=card,
        home_id=row.home_id,
        officer_id=row.officer_id,
        kind=row.kind,
        assessment=row.assessment,
        assessed=assessor,
        decision="" if again else row.decision_reason,
        decided=f"{decider.name if decider else 'Someone'}, {_day(row.decided_at)}"
        if row.decided_at and not again
        else "",
        appeal=adaptations.appeal_words(row.decided_at) if declined and row.decided_at else "",
        again=again,
        repair=repairs.cards(session, [row.repair_id]).get(row.repair_id) if row.repair_id else None,
        fitted=_day(row.fitted_at),
        review_on=row.review_on,
        review=row.review,
        may_decide=policy.may(actor, Action.DECIDE_ADAPTATION, "adaptation")
        and not (again and row.decided_by == actor.staff_id),
    )


def find(session: Session, typed: str) -> UUID:
    """The id of the request with that reference; raises Told or NotFound."""
    known = _known(session)
    found = session.scalar(select(Adaptation.id).where(Adaptation.reference == read_reference(typed), known))
    if found is None:
        raise NotFound("That request")
    return found


def _known(session: Session) -> ColumnElement[bool]:
    """The condition that this person may know of a request at all."""
    if not policy.may_see(policy.actor(session), "adaptation", "what"):
        return false()
    return and_(~Adaptation.deleted, policy.within(session, Adaptation))


def _conditions(session: Session, wanted: Filter) -> list[ColumnElement[bool]]:
    if wanted.state not in _STATES:
        raise Told("There is no such list.", f"Choose one of {', '.join(_STATES)}.", field="state")
    found = [_known(session), _STATES[wanted.state](policy.actor(session))]
    if wanted.home_id is not None:
        found.append(Adaptation.home_id == wanted.home_id)
    for word in wanted.text.split():
        where = [search_query.among(session, noun, word) for noun in ("home", "person")]
        found.append(or_(*where, Adaptation.reference.icontains(word, autoescape=True)))
    return found


def _card(row: Any, now: datetime) -> AdaptationCard:
    return AdaptationCard(
        id=row.id,
        reference=row.reference,
        what=row.what,
        home=row.home,
        place=row.place,
        person=row.person or "",
        officer=row.officer or "",
        status=row.status,
        words=STATUS_WORDS[row.status],
        waits=_waits(row, now),
        requested=_day(row.requested_at),
    )


def _waits(row: Any, now: datetime) -> Deadline:
    """``Asked 12 working days ago``: what it waits for and how long; late by our own measure, never a promise."""
    rules = works_rules.load().adaptation
    if row.status is AdaptationStatus.FITTED and row.review_on is not None:
        due = wording.until(calendar.end_of_day(row.review_on), now, hours=False)
        return Deadline(f"Review: {due.text[:1].lower()}{due.text[1:]}", due.tone)
    waiting = {
        AdaptationStatus.REQUESTED: ("Asked", row.requested_at, rules.assess),
        AdaptationStatus.ASSESSED: ("Assessed", row.assessed_at, rules.decide),
        AdaptationStatus.APPROVED: ("Approved", row.decided_at, rules.fit),
    }.get(row.status)
    if waiting is None:
        tone = Tone.OK if row.status is AdaptationStatus.REVIEWED else Tone.INFO
        return Deadline(STATUS_WORDS[row.status], tone)
    what, since, usual = waiting
    start = (since or row.requested_at).astimezone(LONDON).date()
    days = calendar.working_days_between(start, now.date())
    if start == now.date():
        return Deadline(f"{what} today", Tone.OK)
    words = f"{what} {wording.count(days, 'working day')} ago" if days else f"{what} {wording.weekday(start)}"
    tone = Tone.BAD if days > usual else Tone.WARN if days > usual * 2 // 3 else Tone.OK
    return Deadline(words, tone)


def _day(when: datetime | None) -> str:
    return wording.day(when.astimezone(LONDON).date()) if when else ""
