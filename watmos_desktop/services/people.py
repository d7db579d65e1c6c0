"""Residents: who holds a home and lives there, for the roles that need to know (security.md S20-S23)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import TenancyKind
from watmos_desktop.models.tables import Home, HouseholdMember, Person, Tenancy
from watmos_desktop.services import policy, wording
from watmos_desktop.services.policy import Action

KIND_WORDS = {
    TenancyKind.STARTER: "Starter tenancy",
    TenancyKind.ASSURED: "Assured tenancy",
    TenancyKind.SECURE: "Secure tenancy",
    TenancyKind.LEASEHOLD: "Lease",
    TenancyKind.SHARED_OWNERSHIP: "Shared ownership",
}


@dataclass(frozen=True)
class PersonCard:
    """Someone of a household; what this person may not see is empty. ``relation``: ``daughter``."""

    id: UUID
    name: str
    tenant: bool
    relation: str
    phone: str
    email: str
    language: str
    needs: str


@dataclass(frozen=True)
class TenancyCard:
    """How a home is held: ``Starter tenancy, since 4 Apr 2026``, and the household, tenants first."""

    id: UUID
    code: str
    kind: TenancyKind
    words: str
    household: tuple[PersonCard, ...]


@dataclass(frozen=True)
class PersonRow:
    """A resident found by name, and the home they live in."""

    id: UUID
    name: str
    home_id: UUID
    address: str


def of_home(session: Session, home_id: UUID) -> TenancyCard | None:
    """The present tenancy of a home; None when there is none or this person may not know of residents."""
    if not policy.may(policy.actor(session), Action.SEE, "tenancy"):
        return None
    statement = policy.scope(
        select(Tenancy)
        .where(Tenancy.home_id == home_id, Tenancy.ended_on.is_(None), Tenancy.deleted.is_(False))
        .order_by(Tenancy.started_on.desc())
        .limit(1),
        session,
        Tenancy,
    )
    tenancy = session.scalar(statement)
    if tenancy is None:
        return None
    words = f"{KIND_WORDS[tenancy.kind]}, since {wording.day(tenancy.started_on)}"
    return TenancyCard(tenancy.id, tenancy.code, tenancy.kind, words, _household(session, tenancy.id))


def _household(session: Session, tenancy_id: UUID) -> tuple[PersonCard, ...]:
    actor = policy.actor(session)
    rows = session.execute(
        select(HouseholdMember, Person)
        .join(Person, HouseholdMember.person_id == Person.id)
        .where(
            HouseholdMember.tenancy_id == tenancy_id,
            HouseholdMember.deleted.is_(False),
            Person.deleted.is_(False),
        )
        .order_by(HouseholdMember.tenant.desc(), Person.name)
    )
    cards = []
    for member, person in rows:
        seen = policy.hide(actor, person, "person")
        words = {name: str(seen.get(name, "")) for name in ("name", "phone", "email", "language", "needs")}
        cards.append(PersonCard(id=person.id, tenant=member.tenant, relation=member.relation, **words))
    return tuple(cards)


def find(session: Session, text: str, limit: int = 50) -> list[PersonRow]:
    """Residents now living here whose name has every word of ``text``, by name; none without a word."""
    words = text.split()
    if not words or not policy.may(policy.actor(session), Action.SEE, "person"):
        return []
    statement = (
        select(Person.id, Person.name, Home.id, Home.address)
        .join(HouseholdMember, HouseholdMember.person_id == Person.id)
        .join(Tenancy, HouseholdMember.tenancy_id == Tenancy.id)
        .join(Home, Tenancy.home_id == Home.id)
        .where(
            Tenancy.ended_on.is_(None),
            *(model.deleted.is_(False) for model in (Person, HouseholdMember, Tenancy, Home)),
            *(Person.name.icontains(word, autoescape=True) for word in words),
        )
        .order_by(Person.name, Person.id)
        .limit(limit)
    )
    return [PersonRow(*row) for row in session.execute(policy.scope(statement, session, Home))]
