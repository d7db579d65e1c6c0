"""Where something is broken: found by a few letters, with who lives there as far as one may know (R1).

A home, a block, a community space or an estate's grounds; one that may not be reported for is not found.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import TenancyKind
from watmos_desktop.models.tables import Block, CommunitySpace, Estate, Home
from watmos_desktop.services import homes, policy, search
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.search import Hit

PLACES = ("home", "person", "block", "estate", "community_space")


@dataclass(frozen=True)
class Where:
    """Where something is broken. ``people`` are the household, as far as this person may know of it.

    ``at_risk``: whether the record says that someone there needs repairs sooner; False where it may not be seen.
    """

    estate_id: UUID
    block_id: UUID | None
    space_id: UUID | None
    home_id: UUID | None
    name: str
    sentence: str
    tenure: TenancyKind | None = None
    held: str = ""
    people: tuple[tuple[UUID, str], ...] = ()
    at_risk: bool = False

    @property
    def shared(self) -> bool:
        """Whether it is no home."""
        return self.home_id is None


def find(session: Session, text: str, limit: int = 6) -> list[Hit]:
    """Homes, residents, blocks, estates and spaces by a few letters; the first blocks looked after without any."""
    if typed := search.fold(text.strip()):
        found = search.find(session, text, kinds=PLACES)
        # A block before the flats that carry its name.
        return sorted(found, key=lambda hit: not search.fold(hit.title).startswith(typed))[:limit]
    return [
        Hit("block", one.id, one.name, f"{one.estate} · {one.address}".rstrip(" ·"))
        for one in homes.blocks(session)[:limit]
    ]


def where(session: Session, kind: str, record_id: UUID) -> Where:
    """The place of a hit (``home``: also a person's); raises NotFound, NotAllowed for a home not to be reported for."""
    if kind == "home":
        return _home(session, record_id)
    if kind == "block":
        block = policy.find(session, Block, record_id, "That block")
        estate = session.get(Estate, block.estate_id)
        return Where(block.estate_id, block.id, None, None, block.name, estate.name if estate else "")
    if kind == "community_space":
        space = policy.find(session, CommunitySpace, record_id, "That place")
        return Where(space.estate_id, None, space.id, None, space.name, space.address)
    estate = policy.find(session, Estate, record_id, "That estate")
    if not policy.in_scope(session, estate.id, None):
        raise NotFound("That estate")
    return Where(estate.id, None, None, None, estate.name, "The grounds")


def _home(session: Session, home_id: UUID) -> Where:
    policy.require(session, Action.RAISE_REPAIR, "home")
    home = homes.get(session, home_id)
    held = home.tenancy
    household = held.household if held else ()
    return Where(
        home.estate_id,
        home.block_id,
        None,
        home_id,
        home.row.address,
        " · ".join(part for part in (home.row.block, home.row.estate) if part),
        held.kind if held else None,
        held.words if held else "",
        tuple((one.id, one.name) for one in household if one.name),
        any(one.needs for one in household),
    )


def again(session: Session, place: Where) -> Where:
    """The place as the record says it now: what a page held may be old, and is not believed."""
    if place.home_id is not None:
        return _home(session, place.home_id)
    if not policy.in_scope(session, place.estate_id, place.block_id):
        raise NotFound("That place")
    if place.block_id is not None:
        return where(session, "block", place.block_id)
    if place.space_id is not None:
        return where(session, "community_space", place.space_id)
    return where(session, "estate", place.estate_id)


def home_or_place(session: Session, code: str) -> Where:
    """The place of a code or whole name as scripts give it: a home's, block's, space's or estate's; raises Told."""
    for model, kind in (
        (Home, "home"),
        (Block, "block"),
        (CommunitySpace, "community_space"),
        (Estate, "estate"),
    ):
        if not policy.may(policy.actor(session), Action.SEE, kind):
            continue
        found = search.by_code(session, model, code)
        if len(found) > 1:
            raise Told(f"There are several called {code!r}.", "Give the reference instead.", field="place")
        if found:
            return where(session, kind, found[0])
    raise NotFound("That place")
