"""Two open cases of the same hazard: opened by two devices that did not know of each other (issue 4, 10).

Both live until a person decides. The same hazard: the one known first goes on, with its clocks and what the other adds;
the other is closed as its double, and its log is read and printed with it. Or two hazards: nobody is asked again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from watmos_desktop.models.kinds import HazardStatus, HazardStepKind
from watmos_desktop.models.tables import Clock, HazardCase
from watmos_desktop.services import clocks, hazard_list, hazards, policy
from watmos_desktop.services.errors import Told
from watmos_desktop.services.hazard_list import HazardCard
from watmos_desktop.services.policy import Action

_JUDGEMENT = ("level", "level_reason", "judged_by", "judged_basis", "judged_at")
_FOUND = (
    *("findings", "investigated_at", "remote", "safety_works", "safety_by"),
    *("prevention", "prevention_by", "no_action_reason"),
)


@dataclass(frozen=True)
class Doubles:
    """What may be, or is, the same hazard as one case: to decide; closed as doubles of it; what it is a double of."""

    possible: tuple[HazardCard, ...] = ()
    closed: tuple[HazardCard, ...] = ()
    kept: HazardCard | None = None


@dataclass(frozen=True)
class Merged:
    """What came of it: the case that goes on, and the reference of the one closed as its double."""

    kept_id: UUID
    kept: str
    closed: str


def of(session: Session, case_id: UUID) -> Doubles:
    """The doubles of a case as far as this person may know of them; raises NotFound."""
    row = policy.find(session, HazardCase, case_id, "That case")
    closed = select(HazardCase.id).where(HazardCase.duplicate_of == row.id, ~HazardCase.deleted)
    return Doubles(
        tuple(hazard_list.card(session, one) for one in _possible(session, row)),
        tuple(hazard_list.card(session, one) for one in session.scalars(closed)),
        hazard_list.card(session, row.duplicate_of) if row.duplicate_of else None,
    )


def waiting(session: Session) -> list[HazardCard]:
    """One of each pair that somebody has to look at, the first known first; none for who decides nothing."""
    if not policy.may(policy.actor(session), Action.OPEN_HAZARD, "hazard_case"):
        return []
    one, other = aliased(HazardCase, name="one"), aliased(HazardCase, name="other")
    pairs = (
        select(one.id)
        .join(other, _same(one, other))
        .where(_open(one), _open(other), policy.within(session, one), one.id > other.id)
        .distinct()
    )
    return [hazard_list.card(session, found) for found in session.scalars(pairs.order_by(one.id))]


def merge(session: Session, case_id: UUID, other_id: UUID) -> Merged:
    """The same hazard: the case that we became aware of later is closed as the double of the first.

    A judgement or an investigation that only the other has goes over with its moment; so does a clock that only the
    other runs, from when it started. Whoever decides on another device keeps the same one. Raises NotAllowed,
    NotFound, or Told when one of them is closed or they are not of one repair or home.
    """
    policy.require(session, Action.OPEN_HAZARD, "hazard_case")
    rows = [hazards.writable(session, one) for one in (case_id, other_id)]
    _comparable(*rows)
    kept, gone = sorted(rows, key=lambda row: (row.aware_at, row.id))
    now = session.info["clock"].now()
    _judges(session, kept, gone)
    if kept.level is None and gone.level is not None:
        _copy(gone, kept, _JUDGEMENT)
    if kept.investigated_at is None and gone.investigated_at is not None:
        _copy(gone, kept, (*_FOUND, *_JUDGEMENT))
        if kept.status is HazardStatus.OPEN:
            kept.status = HazardStatus.INVESTIGATED
        clocks.stop(session, kept.id, kept.investigated_at, {"AW.investigate"})  # type: ignore[arg-type]
    if not kept.household and policy.may_change(policy.actor(session), "hazard_case", "household"):
        kept.household = gone.household
    kept.statutory = kept.statutory or gone.statutory
    kept.repair_id, kept.home_id = kept.repair_id or gone.repair_id, kept.home_id or gone.home_id
    known = set(session.scalars(select(Clock.key).where(Clock.owner_id == kept.id, ~Clock.deleted)))
    for clock in clocks.running(session, gone.id):
        if clock.key not in known:
            hazards.start(session, kept, clock.key, clock.started_at)
    for earlier in session.scalars(select(HazardCase).where(HazardCase.duplicate_of == gone.id)):
        earlier.duplicate_of = kept.id
    hazards.log(
        session,
        kept,
        HazardStepKind.NOTE,
        now,
        outcome=f"The same hazard was also opened as {gone.reference}.",
    )
    clocks.stop(session, gone.id, now)
    gone.status, gone.closed_at, gone.duplicate_of = HazardStatus.CLOSED, now, kept.id
    gone.closed_reason = f"The same hazard as {kept.reference}, which goes on."
    session.flush()
    return Merged(kept.id, kept.reference, gone.reference)


def tell_apart(session: Session, case_id: UUID, other_id: UUID) -> None:
    """Two hazards: they are not asked about again; what was closed as a double is opened and its clocks run on.

    Raises NotAllowed, NotFound, or Told when they are not of one repair or home.
    """
    policy.require(session, Action.OPEN_HAZARD, "hazard_case")
    row, other = (policy.find(session, HazardCase, one, "That case") for one in (case_id, other_id))
    _comparable(row, other)
    for one, kept in ((row, other), (other, row)):
        if one.duplicate_of == kept.id:
            _open_again(session, one)
        if kept.id.hex not in one.distinct_from:
            one.distinct_from = [*one.distinct_from, kept.id.hex]
    session.flush()


def _open_again(session: Session, row: HazardCase) -> None:
    ended = select(func.max(Clock.stopped_at)).where(Clock.owner_id == row.id, ~Clock.deleted)
    last = session.scalar(ended)
    if last is not None and last == row.closed_at:
        clocks.run_on(session, row.id, last)
    row.status = HazardStatus.OPEN if row.investigated_at is None else HazardStatus.INVESTIGATED
    row.closed_at, row.closed_reason, row.duplicate_of = None, "", None


def _possible(session: Session, row: HazardCase) -> list[UUID]:
    if row.status is HazardStatus.CLOSED:
        return []
    one, other = aliased(HazardCase, name="one"), aliased(HazardCase, name="other")
    found = (
        select(other.id)
        .select_from(one)
        .join(other, _same(one, other))
        .where(one.id == row.id, _open(other), policy.within(session, other))
    )
    return list(session.scalars(found.order_by(other.id)))


def _open(model: Any) -> ColumnElement[bool]:
    return and_(~model.deleted, model.status != HazardStatus.CLOSED)


def _same(one: Any, other: Any) -> ColumnElement[bool]:
    """The condition that two cases may be one: of one repair, or of one hazard in one home."""
    return and_(
        one.id != other.id,
        or_(
            one.repair_id == other.repair_id,
            and_(one.home_id == other.home_id, one.hazard == other.hazard),
        ),
        func.instr(one.distinct_from, func.lower(func.hex(other.id))) == 0,
        func.instr(other.distinct_from, func.lower(func.hex(one.id))) == 0,
    )


def _comparable(row: HazardCase, other: HazardCase) -> None:
    repair = row.repair_id is not None and row.repair_id == other.repair_id
    home = row.home_id is not None and row.home_id == other.home_id
    if row.id == other.id or not (repair or home):
        raise Told("They are not of one repair or home.", "Only cases of one place can be the same hazard.")


def _judges(session: Session, kept: HazardCase, gone: HazardCase) -> None:
    """What was judged or found goes over only by the hand of someone who may judge: else the office refuses it."""
    judged = kept.level is None and gone.level is not None
    found = kept.investigated_at is None and gone.investigated_at is not None
    if (judged or found) and not policy.may(policy.actor(session), Action.JUDGE_HAZARD, "hazard_case"):
        raise Told(
            f"{gone.reference} was judged already, and that goes over to {kept.reference}.",
            "Ask a colleague who may judge hazards to say that it is the same.",
        )


def _copy(gone: HazardCase, kept: HazardCase, fields: tuple[str, ...]) -> None:
    for name in fields:
        setattr(kept, name, getattr(gone, name))
