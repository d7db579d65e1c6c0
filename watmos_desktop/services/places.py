"""Where an inspection is walked: a block, a community space or an estate's grounds, under one name."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Block, CommunitySpace, Estate
from watmos_desktop.services import policy
from watmos_desktop.services.errors import NotFound


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
