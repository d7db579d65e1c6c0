"""How it is safe to reach a household: what each tenant said, on record or at the last visit that was done.

Who lives with somebody may open their post and read their phone. So what was said last counts, the ways that are
safe for every tenant are the only ones, and where nobody said which ways are safe none is.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, VisitStatus
from watmos_desktop.models.tables import Home, HouseholdMember, Person, Tenancy, Visit, VisitAnswer
from watmos_desktop.services import policy, stamps, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action

# As the question at the door puts it (resources/visit_form.toml, safe_contact_how).
WAYS = {
    "phone": "Phone",
    "text": "Text",
    "email": "E-mail",
    "letter": "Letter",
    "person": "In person",
}
BY_DAY = "day"
_OF = {
    Channel.PHONE: "phone",
    Channel.TEXT: "text",
    Channel.EMAIL: "email",
    Channel.LETTER: "letter",
}
_QUESTION, _HOW, _NEEDS = "safe_contact", "safe_contact_how", "communication_what"
_ANY = frozenset(WAYS)


@dataclass(frozen=True)
class SafeContact:
    """``ways`` that are safe; all of them when nothing else was said. ``said`` is when and by whom, in words.

    ``by_day``: in the daytime only. ``large``: letters in large print were asked for.
    """

    ways: frozenset[str] = _ANY
    by_day: bool = False
    said: str = ""
    large: bool = False

    def allows(self, how: Channel) -> bool:
        """Whether that way is safe; in person always is."""
        return _OF.get(how, "person") in self.ways or how not in _OF

    def refuse(self, how: Channel) -> None:
        """Raise Told at ``how`` when that way is not safe, with the ways that are."""
        if not self.allows(how):
            raise Told(f"{WAYS[_OF[how]]} is not safe here: {self.said}.", f"{self.safe}.", field="how")

    @property
    def safe(self) -> str:
        """``Safe: phone, in person, in the daytime only``; what to do when no way is."""
        named = [words.lower() for key, words in WAYS.items() if key in self.ways]
        by_day = ["in the daytime only"] if self.by_day else []
        return f"Safe: {', '.join([*named, *by_day])}" if named else "Tell them in person"

    @property
    def words(self) -> str:
        """In a sentence for the page; ``Any way is safe`` where nobody said otherwise."""
        if self.ways == _ANY and not self.by_day:
            return f"Any way is safe: {self.said}" if self.said else "Nobody said that any way is not safe"
        return f"{self.safe}: {self.said}"


def of_home(session: Session, home_id: UUID) -> SafeContact:
    """What is safe for everyone who holds that home; raises NotAllowed or NotFound."""
    policy.require(session, Action.PLAN_VISITS, "visit")
    home = policy.find(session, Home, home_id, "That home")
    tenancy = _tenancy(session, home.id)
    if tenancy is None:
        return SafeContact()
    asked = _asked(session, tenancy.id)
    found = [_of_person(person, asked) for person in _tenants(session, tenancy.id)] or [asked[1]]
    ways = frozenset.intersection(*(one.ways for one in found))
    told = [one.said for one in found if one.ways != _ANY or one.by_day] or [one.said for one in found]
    large = asked[1].large or any(_wants_large(one.needs) for one in _tenants(session, tenancy.id))
    return SafeContact(ways, any(one.by_day for one in found), told[0], large)


def save(session: Session, person_id: UUID, ways: Collection[str]) -> None:
    """Keep which ways are safe for somebody; none in particular means any. Raises Told at ``ways``."""
    policy.require(session, Action.PLAN_VISITS, "visit")
    person = policy.find(session, Person, person_id, "That person")
    if unknown := set(ways) - {*WAYS, BY_DAY}:
        raise Told(f"{min(unknown)!r} is no way to reach somebody.", "Choose one of the ways.", field="ways")
    person.safe_ways = [key for key in (*WAYS, BY_DAY) if key in ways]


def _of_person(person: Person, asked: tuple[datetime | None, SafeContact]) -> SafeContact:
    """What is on record for one person, or what was said at the door when that was later."""
    at, at_the_door = asked
    stamp = person.stamps.get("safe_ways", person.stamps.get("*", "") if person.safe_ways else "")
    if not stamp or (at is not None and stamp < stamps.at(at)):
        return at_the_door
    return _read(person.safe_ways, "it is on record so")


def _asked(session: Session, tenancy_id: UUID) -> tuple[datetime | None, SafeContact]:
    """When the same household was last visited, and what it said then."""
    done = (Visit.tenancy_id == tenancy_id, Visit.status == VisitStatus.COMPLETED, ~Visit.deleted)
    row = session.scalar(select(Visit).where(*done).order_by(Visit.completed_at.desc(), Visit.id).limit(1))
    if row is None or row.completed_at is None:
        return None, SafeContact()
    mine = (VisitAnswer.visit_id == row.id, VisitAnswer.key.in_((_QUESTION, _HOW, _NEEDS)))
    answers = {
        one.key: one.value for one in session.scalars(select(VisitAnswer).where(*mine, ~VisitAnswer.deleted))
    }
    large = "large" in answers.get(_NEEDS, [])
    said = f"they said so on {wording.day(row.completed_at.astimezone(LONDON).date())}"
    if answers.get(_QUESTION) != ["some"]:
        return row.completed_at, SafeContact(said=said if answers.get(_QUESTION) else "", large=large)
    how = answers.get(_HOW, [])
    if not how:
        unsaid = said.replace("they said so", "only some ways are safe, and not which, they said")
        return row.completed_at, SafeContact(frozenset({"person"}), said=unsaid, large=large)
    read = _read(how, said)
    return row.completed_at, SafeContact(read.ways, read.by_day, said, large)


def _read(ways: Collection[str], said: str) -> SafeContact:
    named = frozenset(ways) & _ANY
    return SafeContact(named or _ANY, BY_DAY in ways, said)


def _tenancy(session: Session, home_id: UUID) -> Tenancy | None:
    held = (Tenancy.home_id == home_id, Tenancy.ended_on.is_(None), ~Tenancy.deleted)
    newest = select(Tenancy).where(*held).order_by(Tenancy.started_on.desc(), Tenancy.id.desc()).limit(1)
    return session.scalar(newest)


def _tenants(session: Session, tenancy_id: UUID) -> list[Person]:
    of = (HouseholdMember.tenancy_id == tenancy_id, HouseholdMember.tenant, ~HouseholdMember.deleted)
    joined = select(Person).join(HouseholdMember, HouseholdMember.person_id == Person.id)
    return list(session.scalars(joined.where(*of, ~Person.deleted).order_by(Person.name, Person.id)))


def _wants_large(needs: str) -> bool:
    return "large print" in needs.lower()
