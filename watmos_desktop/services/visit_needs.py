"""What a household needs of a visit: times that suit, two people, and that somebody there is vulnerable."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Home, HouseholdMember, Person, Tenancy, VisitNeed
from watmos_desktop.services import policy, words
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action

DAYS = ("mon", "tue", "wed", "thu", "fri")
PARTS = ("am", "pm")
TIMES = tuple(f"{day}_{part}" for day in DAYS for part in PARTS)
_DAY_WORDS = dict(zip(DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"), strict=True))
_PART_WORDS = {"am": "morning", "pm": "afternoon"}
_NOON = "12:30"
ENGLISH = "English"


@dataclass(frozen=True)
class Needs:
    """``times`` are those that suit (``tue_am``); none means any."""

    times: tuple[str, ...] = ()
    two_people: bool = False
    vulnerable: bool = False
    note: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """In sentences, for the plan and the page of a visit."""
        found = []
        if self.times:
            found.append(f"Suits: {', '.join(time_words(one) for one in self.times)}")
        if self.two_people:
            found.append("Two people are to go")
        if self.vulnerable:
            found.append("Vulnerable household")
        return (*found, *([self.note] if self.note else []))


def time_words(time: str) -> str:
    """``Tuesday morning``."""
    day, part = time.split("_")
    return f"{_DAY_WORDS[day]} {_PART_WORDS[part]}"


def half_of(start: str) -> str:
    """Which half of the day a time such as ``14:00`` lies in."""
    return "am" if start < _NOON else "pm"


def spelt(language: str) -> str:
    """One spelling of a language, so that the same is the same: ``Polish``."""
    return " ".join(language.split()).title()


def languages(session: Session, homes: Collection[UUID]) -> dict[UUID, str]:
    """The language in which a visit has to be made, of those homes where no tenant has English."""
    policy.require(session, Action.SEE, "person")
    rows = session.execute(
        select(Tenancy.home_id, Person.language)
        .join(HouseholdMember, HouseholdMember.tenancy_id == Tenancy.id)
        .join(Person, Person.id == HouseholdMember.person_id)
        .where(
            Tenancy.ended_on.is_(None),
            HouseholdMember.tenant,
            *(~one.deleted for one in (Tenancy, HouseholdMember, Person)),
            policy.within(session, Tenancy),
        )
    )
    spoken: dict[UUID, set[str]] = {}
    for home_id, language in rows:
        if home_id in homes:
            spoken.setdefault(home_id, set()).add(spelt(language) or ENGLISH)
    return {home_id: min(some) for home_id, some in spoken.items() if ENGLISH not in some}


def of_home(session: Session, home_id: UUID) -> Needs:
    """What is known of one home; nothing in particular when nothing is."""
    policy.require(session, Action.SEE, "visit_need")
    policy.find(session, Home, home_id, "That home")
    row = _row(session, home_id)
    return Needs() if row is None else _needs(row)


def of_homes(session: Session, homes: Collection[UUID]) -> dict[UUID, Needs]:
    """What is known of some homes this person looks after; those without needs are left out."""
    policy.require(session, Action.SEE, "visit_need")
    rows = session.scalars(policy.scope(select(VisitNeed).where(~VisitNeed.deleted), session, VisitNeed))
    return {row.home_id: _needs(row) for row in rows if row.home_id in homes}


def save(session: Session, home_id: UUID, needs: Needs) -> None:
    """Keep what a household needs; raises NotAllowed, NotFound, or Told at ``times`` or ``note``."""
    policy.require(session, Action.VISIT, "visit")
    home = policy.find(session, Home, home_id, "That home")
    if unknown := set(needs.times) - set(TIMES):
        raise Told(
            f"{min(unknown)!r} is no time of the week.", "Choose mornings or afternoons.", field="times"
        )
    row = _row(session, home.id)
    if row is None:
        row = VisitNeed(home_id=home.id)
        session.add(row)
    row.times = [one for one in TIMES if one in needs.times]
    row.two_people, row.vulnerable = needs.two_people, needs.vulnerable
    row.note = words.fits(needs.note.strip(), words.NOTE, "note")


def _row(session: Session, home_id: UUID) -> VisitNeed | None:
    """The record of a home; of two that were begun apart, the older."""
    mine = select(VisitNeed).where(VisitNeed.home_id == home_id, ~VisitNeed.deleted)
    return session.scalar(mine.order_by(VisitNeed.id).limit(1))


def _needs(row: VisitNeed) -> Needs:
    times = tuple(one for one in TIMES if one in row.times)
    return Needs(times, row.two_people, row.vulnerable, row.note)
