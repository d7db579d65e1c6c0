"""The same fault told twice: open reports of one place and trade that somebody has to look at (issue 4, 10).

Two devices may report the same fault while neither knows of the other. Both reports live until a person decides: the
same fault, then the later one is closed as the double of the earlier and lives on with it; or another fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Select, bindparam, literal_column, select
from sqlalchemy.orm import Session, aliased

from watmos_desktop.models.kinds import JobStatus, RepairStatus
from watmos_desktop.models.repair import IS_OPEN
from watmos_desktop.models.tables import HazardCase, Job, Repair
from watmos_desktop.services import clocks, guide, policy, repair_closing, repair_updates, repairs
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action, Actor
from watmos_desktop.services.repair_listing import seen
from watmos_desktop.services.repair_twins import same_fault
from watmos_desktop.services.repairs import RepairCard

_OFFERED = 6


@dataclass(frozen=True)
class Doubles:
    """What may be, or is, the same fault as one repair.

    ``possible`` wait for a decision; ``closed`` were closed as doubles of it; ``kept`` is the one it is a double of.
    """

    possible: tuple[RepairCard, ...] = ()
    closed: tuple[RepairCard, ...] = ()
    kept: RepairCard | None = None


@dataclass(frozen=True)
class Merged:
    """What came of it: the reference of the report that is kept, and of the one closed as its double."""

    kept_id: UUID
    kept: str
    closed: str


def of(session: Session, repair_id: UUID) -> Doubles:
    """The doubles of a repair as far as this person may know of them; raises NotFound."""
    row = repairs.get_row(session, repair_id)
    return Doubles(
        tuple(_possible(session, row)),
        tuple(repairs.cards(session, [one.id for one in repairs.doubles(session, row.id)]).values()),
        repairs.cards(session, [row.duplicate_of]).get(row.duplicate_of) if row.duplicate_of else None,
    )


def merge(session: Session, repair_id: UUID, other_id: UUID) -> Merged:
    """The same fault: the report that came later is closed as the double of the first, whose clock is kept.

    What is more pressing in the later one goes over to the first: its priority, its rights and hazards by law, its
    orders and its hazard case. Whoever decides on another device keeps the same one. Raises NotAllowed, NotFound,
    or Told when one of them is not open or they lie in different places.
    """
    policy.require(session, Action.CHANGE_REPAIR, "repair")
    rows = [repairs.get_row(session, one) for one in (repair_id, other_id)]
    _comparable(*rows)
    if any(row.status not in repairs.OPEN for row in rows):
        raise Told("One of them is not open any more.", "Open it again first, or leave it as it is.")
    kept, gone = sorted(rows, key=lambda row: (row.reported_at, row.id))
    now = session.info["clock"].now()
    _hurry(session, kept, gone)
    for case in session.scalars(
        select(HazardCase).where(HazardCase.repair_id == gone.id, ~HazardCase.deleted)
    ):
        case.repair_id = kept.id
    sent = session.scalars(select(Job).where(Job.repair_id == gone.id, ~Job.deleted)).all()
    for job in sent:
        job.repair_id = kept.id
    if any(job.status is not JobStatus.CANCELLED for job in sent):
        kept.status = RepairStatus.ORDERED
    kept.waiting = kept.waiting or gone.waiting
    for earlier in session.scalars(select(Repair).where(Repair.duplicate_of == gone.id, ~Repair.deleted)):
        earlier.duplicate_of = kept.id
    gone.status, gone.waiting, gone.duplicate_of = RepairStatus.CANCELLED, None, kept.id
    clocks.stop(session, gone.id, now)
    repair_updates.keep_note(session, kept, f"The same fault was also reported as {gone.reference}.")
    session.flush()
    return Merged(kept.id, kept.reference, gone.reference)


def tell_apart(session: Session, repair_id: UUID, other_id: UUID) -> None:
    """Another fault: the two are not asked about again; what was closed as a double is opened again.

    Raises NotAllowed, NotFound, or Told when they lie in different places.
    """
    policy.require(session, Action.CHANGE_REPAIR, "repair")
    row, other = repairs.get_row(session, repair_id), repairs.get_row(session, other_id)
    _comparable(row, other)
    for one, kept in ((row, other), (other, row)):
        if one.duplicate_of == kept.id:
            repair_closing.open_again(session, one, f"not the same fault as {kept.reference}")
        if kept.id.hex not in one.distinct_from:
            one.distinct_from = [*one.distinct_from, kept.id.hex]
    session.flush()


def _possible(session: Session, row: Repair) -> list[RepairCard]:
    if row.status not in repairs.OPEN:
        return []
    found = session.scalars(_alike(policy.actor(session)), {"repair_id": row.id})
    return list(repairs.cards(session, list(found)).values())


@lru_cache
def _alike(person: Actor) -> Select[UUID]:
    """The ids of open repairs that may be the same fault as ``repair_id``: kept, to build it cost more than to ask."""
    this, other = aliased(Repair, name="this"), aliased(Repair, name="other")
    wanted = bindparam("repair_id", type_=Repair.id.type)
    return (
        select(other.id)
        .select_from(this)
        .join(other, same_fault(this, other))
        .where(this.id == wanted, ~other.deleted, literal_column(f"other.{IS_OPEN}"), seen(person, other))
        .limit(_OFFERED)
    )


def _hurry(session: Session, kept: Repair, gone: Repair) -> None:
    """Give the report that is kept what was promised sooner in the other, from when that one was made."""
    key = clocks.REPAIR_CLOCK[gone.priority]
    if guide.sooner(gone.priority, kept.priority):
        clocks.start(session, "repair", kept.id, key, gone.reported_at)
        kept.priority, kept.priority_reason = gone.priority, gone.priority_reason
    running = {clock.key for clock in clocks.running(session, kept.id)}
    for clock in clocks.running(session, gone.id):
        if clock.key.startswith("RR.") and clock.key not in running:
            clocks.start(session, "repair", kept.id, clock.key, clock.started_at)
    clocks.start_hazard(session, kept, gone.hazard, gone.priority, gone.reported_at)
    kept.due_at = min(kept.due_at, gone.due_at)


def _comparable(row: Repair, other: Repair) -> None:
    here = (row.estate_id, row.block_id, row.space_id, row.home_id)
    if row.id == other.id or here != (other.estate_id, other.block_id, other.space_id, other.home_id):
        raise Told("They do not lie in the same place.", "Only reports of one place can be the same fault.")
