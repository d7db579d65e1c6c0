"""What is known where something that a visit found becomes a record: the visit, the home, who lives there, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Home, Visit
from watmos_desktop.services import people, policy, repair_places
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.people import PersonCard
from watmos_desktop.services.repair_places import Where
from watmos_desktop.services.visit_outcomes import Found

_DETAIL = 3000  # letters of what was written that go along; the answer keeps them all


@dataclass(frozen=True)
class Scene:
    """Where a visit is, and with whom. ``consent``: whether what they ask for may be passed on; None: not asked."""

    visit: Visit
    home: Home
    where: Where
    tenants: tuple[PersonCard, ...]
    consent: bool | None

    @property
    def source(self) -> str:
        """``Found at visit V-4KQ7-2MWX.``, which every record says."""
        return f"Found at visit {self.visit.reference}."

    def note(self, text: str) -> str:
        """What was written, with where it comes from."""
        return f"{self.source} {text[:_DETAIL]}".strip()

    @property
    def only_tenant(self) -> PersonCard | None:
        """Whose the answers about a person are; None where there are several, or none."""
        return self.tenants[0] if len(self.tenants) == 1 else None


@dataclass(frozen=True)
class Ask:
    """One thing that was found, and when."""

    session: Session
    scene: Scene
    found: Found
    at: datetime

    @property
    def aware_at(self) -> datetime:
        """From when we knew of it: when it was answered, or the beginning of the day on which we were told before."""
        if self.found.told_on is None:
            return self.at
        return min(self.at, datetime.combine(self.found.told_on, time(), LONDON))

    @property
    def person(self) -> PersonCard | None:
        """Whom it is about: the only tenant, or the one who was chosen by name; None where that is not known."""
        named = [one for one in self.scene.tenants if one.name == self.found.place]
        return self.scene.only_tenant or (named[0] if len(named) == 1 else None)


@dataclass(frozen=True)
class Promise:
    """What is said before it is made. ``becomes``: the kind of record; ``already``: the reference of what is open."""

    becomes: str
    words: str = ""
    by: date | None = None
    already: str = ""


@dataclass(frozen=True)
class Made:
    """The record it became; without a table it is a note of what to do."""

    table: str = ""
    id: UUID | None = None
    by: date | None = None


def scene(session: Session, row: Visit, consent: bool | None) -> Scene:
    """All that the makers need of a visit; raises NotFound or NotAllowed."""
    home = policy.find(session, Home, row.home_id, "That home")
    held = people.of_home(session, home.id)
    tenants = tuple(one for one in held.household if one.tenant) if held else ()
    return Scene(row, home, repair_places.where(session, "home", home.id), tenants, consent)
