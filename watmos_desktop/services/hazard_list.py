"""Hazard cases in one line each, the one whose clock ends next first (rule AW)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import HazardLevel, HazardStatus
from watmos_desktop.models.tables import Block, Clock, Estate, HazardCase, Home
from watmos_desktop.services import policy, promises, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.hazard_words import (
    CLOCK_WORDS,
    LEVEL_WORDS,
    NO_HAZARD,
    STATUS_WORDS,
    day_of,
    name,
)
from watmos_desktop.services.policy import Action
from watmos_desktop.services.wording import Deadline, Tone

SOON = timedelta(days=3)
STATES = ("open", "overdue", "soon", "emergency", "look", "unsafe", "prevent", "closed")
# By estate first, whoever asks: so the index of estate and status finds the few open ones among many closed.
_BUSY = and_(
    HazardCase.estate_id.in_(select(Estate.id)),
    HazardCase.status.in_([one for one in HazardStatus if one is not HazardStatus.CLOSED]),
    ~HazardCase.deleted,
)


@dataclass(frozen=True)
class HazardCard:
    """A case in one line. ``due_at`` is the end of the clock that ends next, None when none runs; ``due`` in words."""

    id: UUID
    reference: str
    hazard: str
    where: str
    level: str
    status: HazardStatus
    stands: str
    statutory: bool
    aware_at: datetime
    due_at: datetime | None
    due: Deadline
    what_next: str


def count(session: Session, state: str = "open") -> int:
    """How many cases are in that state (``STATES``) for this person."""
    if not policy.may(policy.actor(session), Action.SEE, "hazard_case"):
        return 0
    now = session.info["clock"].now()
    return session.scalar(_listed(session, state, now, func.count(HazardCase.id))) or 0


def counts(session: Session) -> dict[str, int]:
    """How many cases are in each state of those still open, read once; none for who may not know of them."""
    found = dict.fromkeys((state for state in STATES if state != "closed"), 0)
    if not policy.may(policy.actor(session), Action.SEE, "hazard_case"):
        return found
    now: datetime = session.info["clock"].now()
    columns = [_state(state, now).label(state) for state in found]
    for row in session.execute(_listed(session, "open", now, *columns)):
        for state in found:
            found[state] += bool(getattr(row, state))
    return found


def page(session: Session, state: str = "open", offset: int = 0, limit: int = 100) -> list[HazardCard]:
    """Cases in that state, the one whose clock ends next first. Raises NotAllowed."""
    policy.require(session, Action.SEE, "hazard_case")
    now: datetime = session.info["clock"].now()
    ends = _ends()
    order = (
        [HazardCase.closed_at.desc()] if state == "closed" else [ends.is_(None), ends, HazardCase.aware_at]
    )
    statement = _listed(session, state, now, *_CARD, ends.label("due_at"))
    rows = session.execute(statement.order_by(*order, HazardCase.id).offset(offset).limit(limit)).all()
    return _cards(session, rows, now)


def of_repair(session: Session, repair_id: UUID) -> HazardCard | None:
    """The open case of a repair, else its last one; None where there is none or this person may not know."""
    if not policy.may(policy.actor(session), Action.SEE, "hazard_case"):
        return None
    same = (HazardCase.repair_id == repair_id, ~HazardCase.deleted, policy.within(session, HazardCase))
    newest = (HazardCase.status == HazardStatus.CLOSED, HazardCase.aware_at.desc())
    statement = _from(*_CARD, _ends().label("due_at")).where(*same).order_by(*newest).limit(1)
    now: datetime = session.info["clock"].now()
    found = _cards(session, session.execute(statement).all(), now)
    return found[0] if found else None


def of_home(session: Session, home_id: UUID) -> list[HazardCard]:
    """The open cases of a home, what ends next first; none for who may not know of them."""
    if not policy.may(policy.actor(session), Action.SEE, "hazard_case"):
        return []
    here = (HazardCase.home_id == home_id, _BUSY, policy.within(session, HazardCase))
    ends = _ends()
    statement = _from(*_CARD, ends.label("due_at")).where(*here)
    rows = session.execute(statement.order_by(ends.is_(None), ends, HazardCase.id)).all()
    return _cards(session, rows, session.info["clock"].now())


def card(session: Session, case_id: UUID) -> HazardCard:
    """One case in a line; raises NotFound."""
    policy.find(session, HazardCase, case_id, "That case")
    statement = _from(*_CARD, _ends().label("due_at")).where(HazardCase.id == case_id)
    (found,) = _cards(session, session.execute(statement).all(), session.info["clock"].now())
    return found


def pressing(session: Session, limit: int = 3) -> list[HazardCard]:
    """Open cases of which a clock is late or ends within three days, for the page Today."""
    if not policy.may(policy.actor(session), Action.SEE, "hazard_case"):
        return []
    return page(session, "soon", 0, limit)


_CARD = (
    HazardCase.id,
    HazardCase.reference,
    HazardCase.hazard,
    HazardCase.level,
    HazardCase.status,
    HazardCase.statutory,
    HazardCase.aware_at,
    HazardCase.closed_at,
    Estate.name.label("estate"),
    Block.name.label("block"),
    Home.address.label("home"),
)


def _ends() -> ColumnElement[Any]:
    """When the clock of a case that ends next ends."""
    return (
        select(func.min(Clock.due_at))
        .where(Clock.owner_id == HazardCase.id, Clock.stopped_at.is_(None), ~Clock.deleted)
        .correlate(HazardCase)
        .scalar_subquery()
    )


def _clock_runs(*keys: str) -> ColumnElement[bool]:
    return (
        select(Clock.id)
        .where(
            Clock.owner_id == HazardCase.id,
            Clock.key.in_(keys),
            Clock.stopped_at.is_(None),
            ~Clock.deleted,
        )
        .correlate(HazardCase)
        .exists()
    )


def _listed(session: Session, state: str, now: datetime, *columns: Any) -> Select[*tuple[Any, ...]]:
    return _from(*columns).where(_state(state, now), policy.within(session, HazardCase))


def _from(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(HazardCase)
        .join(Estate, Estate.id == HazardCase.estate_id)
        .outerjoin(Block, Block.id == HazardCase.block_id)
        .outerjoin(Home, Home.id == HazardCase.home_id)
    )


def _state(state: str, now: datetime) -> ColumnElement[bool]:
    emergency = (HazardCase.level == HazardLevel.EMERGENCY) | _clock_runs("AW.emergency")
    conditions: dict[str, ColumnElement[bool]] = {
        "open": _BUSY,
        "overdue": and_(_BUSY, _ends() < now),
        "soon": and_(_BUSY, _ends() < now + SOON),
        "emergency": and_(_BUSY, emergency, HazardCase.status != HazardStatus.SAFE),
        "look": and_(_BUSY, HazardCase.status == HazardStatus.OPEN),
        "unsafe": and_(
            _BUSY, HazardCase.status == HazardStatus.INVESTIGATED, HazardCase.level != HazardLevel.NONE
        ),
        "prevent": and_(_BUSY, _clock_runs("AW.steps", "AW.prevent")),
        "closed": and_(HazardCase.status == HazardStatus.CLOSED, ~HazardCase.deleted),
    }
    return conditions[state]


def _cards(session: Session, rows: Any, now: datetime) -> list[HazardCard]:
    firsts = _first_clocks(session, [row.id for row in rows if row.due_at is not None])
    homes = policy.may_see(policy.actor(session), "home", "address")
    return [_card(row, firsts.get(row.id), now, homes=homes) for row in rows]


def _first_clocks(session: Session, ids: list[UUID]) -> dict[UUID, Clock]:
    """The running clock of each case that ends next."""
    rows = session.scalars(
        select(Clock)
        .where(Clock.owner_id.in_(ids), Clock.stopped_at.is_(None), ~Clock.deleted)
        .order_by(Clock.due_at.desc(), Clock.key.desc())
    )
    return {clock.owner_id: clock for clock in rows}


def _card(row: Row[Any], clock: Clock | None, now: datetime, *, homes: bool) -> HazardCard:
    no_hazard = row.status is HazardStatus.INVESTIGATED and row.level is HazardLevel.NONE
    where = " · ".join(part for part in ((row.home if homes else "") or row.block, row.estate) if part)
    if row.status is HazardStatus.CLOSED:
        closed = wording.weekday(row.closed_at.astimezone(LONDON)) if row.closed_at else ""
        due = Deadline(f"Closed {closed}".strip(), Tone.OK)
    elif clock is None:
        due = Deadline("Nothing owed", Tone.OK)
    else:
        due = until(clock, now)
    return HazardCard(
        id=row.id,
        reference=row.reference,
        hazard=name(row.hazard, day_of(row.aware_at)),
        where=where,
        level=LEVEL_WORDS[row.level] if row.level else "Not judged yet",
        status=row.status,
        stands=NO_HAZARD if no_hazard else STATUS_WORDS[row.status],
        statutory=row.statutory,
        aware_at=row.aware_at,
        due_at=clock.due_at if clock else None,
        due=due,
        what_next=CLOCK_WORDS.get(clock.key, "") if clock else "",
    )


def until(clock: Clock, now: datetime) -> Deadline:
    """How a running clock stands now, in words."""
    return wording.until(clock.due_at, now, hours=target(clock).unit is promises.Unit.HOURS)


def target(clock: Clock) -> promises.Target:
    """The target that was in force when a clock started."""
    return promises.clock(clock.key, day_of(clock.started_at))
