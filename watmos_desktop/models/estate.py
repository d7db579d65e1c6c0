"""Estates, their blocks, homes, communal areas and community spaces."""

import uuid
from typing import ClassVar

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c0, c1, c2


class Estate(Synced, Base):
    """An estate: some blocks and the grounds between them."""

    __tablename__ = "estate"

    code: Mapped[str] = c0(index=True)
    name: Mapped[str] = c0()
    town: Mapped[str] = c0(default="")


class Block(Synced, Base):
    """A building with a shared entrance, or a run of houses looked after as one."""

    __tablename__ = "block"
    groups: ClassVar = (("address", "postcode"), ("easting", "northing"))

    estate_id: Mapped[uuid.UUID] = c0(ForeignKey("estate.id"), index=True)
    code: Mapped[str] = c0(index=True)
    name: Mapped[str] = c0()
    address: Mapped[str] = c0(default="")
    postcode: Mapped[str] = c0(default="")
    uprn: Mapped[str] = c0(default="")
    storeys: Mapped[int] = c0(default=1)
    lift: Mapped[bool] = c0(default=False)
    built: Mapped[int | None] = c0(default=None)
    # Metres on the National Grid, as the open list of UPRNs gives them.
    easting: Mapped[int | None] = c0(default=None)
    northing: Mapped[int | None] = c0(default=None)


class CommunalArea(Synced, Base):
    """A shared part of a block, named as people there name it (``Stairs, floors 1-3``)."""

    __tablename__ = "communal_area"

    block_id: Mapped[uuid.UUID] = c0(ForeignKey("block.id"), index=True)
    key: Mapped[str] = c0()
    name: Mapped[str] = c0()


class CommunitySpace(Synced, Base):
    """A hall or room where residents meet, usually run by a resident group (promise F2)."""

    __tablename__ = "community_space"

    estate_id: Mapped[uuid.UUID] = c0(ForeignKey("estate.id"), index=True)
    code: Mapped[str] = c0(index=True)
    name: Mapped[str] = c0()
    address: Mapped[str] = c0(default="")


class Home(Synced, Base):
    """One home. ``uprn`` is text: it may be missing, and a spreadsheet ruins it as a number."""

    __tablename__ = "home"
    __table_args__ = (Index("ix_home_block_id_number", "block_id", "number"),)
    groups: ClassVar = (("estate_id", "block_id"), ("address", "postcode"))

    estate_id: Mapped[uuid.UUID] = c1(ForeignKey("estate.id"), index=True)
    block_id: Mapped[uuid.UUID | None] = c1(ForeignKey("block.id"), default=None)
    code: Mapped[str] = c1(index=True)
    number: Mapped[str] = c1(default="")
    address: Mapped[str] = c1()
    postcode: Mapped[str] = c1(default="")
    uprn: Mapped[str] = c1(default="")
    storey: Mapped[int | None] = c1(default=None)
    bedrooms: Mapped[int | None] = c1(default=None)
    access_notes: Mapped[str] = c2(default="")
