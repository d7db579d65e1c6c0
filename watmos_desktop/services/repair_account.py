"""What was said at first contact about a repair: whose it is and why, for whom, how soon and why (promise R1)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Responsibility
from watmos_desktop.models.tables import Home, Person, Repair
from watmos_desktop.services import guide, policy

WHOSE = {
    Responsibility.LANDLORD: "Ours to mend",
    Responsibility.RESIDENT: "The resident's to mend",
    Responsibility.LEASEHOLDER: "The leaseholder's to mend",
    Responsibility.SHARED: "Ours to mend, cost or work may be shared",
}


@dataclass(frozen=True)
class Account:
    """The account of one repair, as far as this person may see it; empty where nobody asked or they may not.

    ``whose``: ``Ours to mend``. ``guide``: what the guide had said when someone decided otherwise.
    ``priority_guide``: likewise for how soon. ``home_id`` for the way to the home.
    """

    home_id: UUID | None = None
    home: str = ""
    person: str = ""
    whose: str = ""
    reason: str = ""
    guide: str = ""
    cause: str = ""
    priority_reason: str = ""
    priority_guide: str = ""


def of(session: Session, row: Repair) -> Account:
    """The account of a repair that this person may know of."""
    actor = policy.actor(session)
    mine = row.reported_by == actor.staff_id

    def shown(column: str) -> bool:
        return policy.may_see(actor, "repair", column, mine=mine)

    home = (
        session.get(Home, row.home_id) if row.home_id and policy.may_see(actor, "home", "address") else None
    )
    person = (
        session.get(Person, row.reported_for)
        if row.reported_for and policy.may_see(actor, "person", "name")
        else None
    )
    other = row.responsibility_guide not in (None, row.responsibility)
    sooner = row.priority_guide not in (None, row.priority)
    whose = row.responsibility if shown("responsibility") else None
    return Account(
        home_id=home.id if home else None,
        home=home.address if home else "",
        person=person.name if person else "",
        whose=WHOSE[whose] if whose else "",
        reason=row.responsibility_reason if shown("responsibility_reason") else "",
        guide=WHOSE[row.responsibility_guide]
        if whose and other and row.responsibility_guide is not None
        else "",
        cause=guide.load().causes[row.cause] if row.cause and shown("cause") else "",
        priority_reason=row.priority_reason if shown("priority_reason") else "",
        priority_guide=row.priority_guide.value
        if sooner and row.priority_guide is not None and shown("priority_guide")
        else "",
    )
