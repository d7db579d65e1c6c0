"""What to know before work is ordered: what the fault needs, who fits and why, words to begin with (R2, R10)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import JobStatus, Priority, Specialism
from watmos_desktop.models.tables import Home, Job, Person, Repair
from watmos_desktop.services import contractors, policy, repairs, specialists
from watmos_desktop.services.contractors import Fault, Fit
from watmos_desktop.services.policy import Action
from watmos_desktop.services.specialists import Need

_OWN_TIMES = {Specialism.GAS, Specialism.ASBESTOS, Specialism.FIRE}  # they make their own appointments (R10)


@dataclass(frozen=True)
class Advice:
    """What to know before ordering: what the fault needs, who fits, first the suggested one, and words to begin with.

    ``contact`` is who could be named for access, ``home_access`` what the home's record says to who may read it: to
    be carried over by hand, for it may hold what a contractor need not know.
    """

    needs: tuple[Need, ...]
    fits: tuple[Fit, ...]
    next_steps: str
    contact: str
    home_access: str


def advise(session: Session, repair_id: UUID) -> Advice:
    """Who is suggested for a repair and why; raises NotAllowed or NotFound."""
    policy.require(session, Action.ORDER_WORK, "job")
    row = repairs.get_row(session, repair_id)
    wanted = needs(session, row)
    fault = Fault(row.trade, row.estate_id, wanted, row.priority is Priority.EMERGENCY)
    fits = contractors.suggest(session, fault, session.info["clock"].now())
    card = repairs.cards(session, [repair_id])[repair_id]
    first = next((fit for fit in fits if not fit.missing), None)
    return Advice(
        wanted,
        tuple(fits),
        next_steps(first.card.name if first else "", wanted, card.promise),
        contact(session, row),
        _home_access(session, row),
    )


def needs(session: Session, row: Repair) -> tuple[Need, ...]:
    """The specialisms a repair needs still: what a done asbestos job has taken away is needed no more."""
    text = f"{row.title}\n{row.description}\n{row.place}"
    wanted = specialists.needs(row.trade, row.fixture, row.hazard, text)
    done = set(
        session.scalars(
            select(Job.specialism).where(
                Job.repair_id == row.id,
                Job.status == JobStatus.DONE,
                Job.specialism.is_not(None),
                ~Job.deleted,
            )
        )
    )
    return tuple(
        need for need in wanted if need.specialism is not Specialism.ASBESTOS or need.specialism not in done
    )


def next_steps(firm: str, wanted: tuple[Need, ...], promise: str) -> str:
    """What the resident is told next: ``Apex Heating will come. They ring to agree their own day and time. …``"""
    if not firm:
        return ""
    if _OWN_TIMES.intersection(need.specialism for need in wanted):
        return f"{firm} will come. They ring to agree their own day and time. The repair is {promise}."
    return f"{firm} will come. The repair is {promise}. We agree the day and time with you."


def contact(session: Session, row: Repair) -> str:
    """``Zoë Łukasiewicz, 07700 900123`` of who asked, to who may know it; "" without a number."""
    actor = policy.actor(session)
    if row.reported_for is None or not policy.may_see(actor, "person", "phone"):
        return ""
    person = session.get(Person, row.reported_for)
    return f"{person.name}, {person.phone}" if person is not None and person.phone else ""


def _home_access(session: Session, row: Repair) -> str:
    if row.home_id is None or not policy.may_see(policy.actor(session), "home", "access_notes"):
        return ""
    home = session.get(Home, row.home_id)
    return home.access_notes if home is not None else ""
