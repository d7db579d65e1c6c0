"""Where an inspection is walked: a block, a community space or an estate's grounds, under one name."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Subject
from watmos_desktop.models.tables import Block, CommunalArea, CommunitySpace, Estate
from watmos_desktop.services import homes, policy, templates
from watmos_desktop.services.errors import NotFound, Told

_FORM = "block_internal"


@dataclass(frozen=True)
class Place:
    """A place by ids and names. ``key`` is what its inspections are compared by."""

    estate_id: UUID
    block_id: UUID | None
    space_id: UUID | None
    name: str
    estate: str
    address: str

    @property
    def key(self) -> UUID:
        """The id of the most exact part."""
        return self.block_id or self.space_id or self.estate_id

    @property
    def ids(self) -> tuple[UUID, UUID | None, UUID | None]:
        """Estate, block and space."""
        return self.estate_id, self.block_id, self.space_id

    @property
    def subject(self) -> Subject:
        """What kind of place it is."""
        return Subject.BLOCK if self.block_id else Subject.SPACE if self.space_id else Subject.ESTATE


@dataclass(frozen=True)
class Area:
    """A shared part of a block: its key as walks and repairs have it, and its name there."""

    key: str
    name: str


def areas(session: Session, block_id: UUID) -> list[Area]:
    """The shared parts of a block as its people name them, or as the form of a walk does; raises NotFound."""
    block = policy.find(session, Block, block_id, "That block")
    rows = session.scalars(
        select(CommunalArea).where(CommunalArea.block_id == block.id, ~CommunalArea.deleted)
    )
    found = {row.key: row.name for row in rows}
    if not found:
        form = templates.load_all().get(_FORM)
        found = {area.key: area.name for area in form.areas} if form else {}
    return [Area(key, name) for key, name in sorted(found.items(), key=lambda one: one[1].casefold())]


def area_name(session: Session, block_id: UUID | None, key: str) -> str:
    """The name of a shared part of a block, "" for no key; raises Told at ``exactly`` for one that is not there."""
    if not key:
        return ""
    named = {one.key: one.name for one in areas(session, block_id)} if block_id else {}
    if key not in named:
        raise Told("There is no such part.", "Choose one of the parts of the block.", field="exactly")
    return named[key]


def get(session: Session, estate_id: UUID, block_id: UUID | None, space_id: UUID | None) -> Place:
    """A place on this person's estates; raises NotFound."""
    estate = session.get(Estate, estate_id)
    if estate is None or not policy.in_scope(session, estate_id, block_id):
        raise NotFound("That place")
    if block_id and (block := session.get(Block, block_id)):
        address = ", ".join(part for part in (block.address, block.postcode) if part)
        return Place(estate_id, block_id, None, block.name, estate.name, address)
    if space_id and (space := session.get(CommunitySpace, space_id)):
        return Place(estate_id, None, space_id, space.name, estate.name, space.address)
    return Place(estate_id, None, None, estate.name, estate.name, estate.town)


def walkable(session: Session) -> list[Place]:
    """Every block, community space and estate that this person looks after, estate by estate."""
    found = []
    for estate in homes.estates(session):
        found += [get(session, estate.id, one.id, None) for one in homes.blocks(session, estate.id)]
        found += [get(session, estate.id, None, one.id) for one in homes.spaces(session, estate.id)]
        if policy.in_scope(session, estate.id, None):  # one block of it is not its grounds
            found.append(get(session, estate.id, None, None))
    return found
