"""Estates, blocks and homes as this person may see them: the list of the Homes tab, the page of a home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVarTuple
from uuid import UUID

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Block, CommunitySpace, Estate, Home
from watmos_desktop.services import people, policy
from watmos_desktop.services.policy import Action

_Columns = TypeVarTuple("_Columns")


@dataclass(frozen=True)
class EstateRow:
    """An estate; ``homes`` is None for those who may not know of homes."""

    id: UUID
    name: str
    town: str
    blocks: int
    homes: int | None


@dataclass(frozen=True)
class BlockRow:
    """A block of an estate."""

    id: UUID
    estate_id: UUID
    name: str
    estate: str
    address: str
    postcode: str
    storeys: int
    lift: bool


@dataclass(frozen=True)
class SpaceRow:
    """A community space of an estate."""

    id: UUID
    estate_id: UUID
    name: str
    address: str


@dataclass(frozen=True)
class HomeQuery:
    """Which homes: each word of ``text`` is in reference, address or postcode; on that estate and block."""

    text: str = ""
    estate_id: UUID | None = None
    block_id: UUID | None = None


@dataclass(frozen=True)
class HomeRow:
    """A home in one line. ``code`` is the landlord's own reference."""

    id: UUID
    code: str
    number: str
    address: str
    postcode: str
    block: str
    estate: str


@dataclass(frozen=True)
class HomeDetail:
    """All that this person may see of a home; else ``access_notes`` is empty and ``tenancy`` None."""

    row: HomeRow
    estate_id: UUID
    block_id: UUID | None
    uprn: str
    storey: str
    bedrooms: int | None
    access_notes: str
    tenancy: people.TenancyCard | None


def estates(session: Session) -> list[EstateRow]:
    """The estates this person looks after a part of, by name."""
    blocks = _counted(session, Block, Block.estate_id)
    homes = _counted(session, Home, Home.estate_id) if _sees_homes(session) else None
    rows = session.scalars(_here(select(Estate), session, Estate).order_by(Estate.name, Estate.id))
    return [
        EstateRow(
            row.id,
            row.name,
            row.town,
            blocks.get(row.id, 0),
            homes.get(row.id, 0) if homes is not None else None,
        )
        for row in rows
    ]


def blocks(session: Session, estate_id: UUID | None = None) -> list[BlockRow]:
    """The blocks this person looks after, of one estate or of all, by estate and name."""
    statement = select(Block, Estate.name).join(Estate, Block.estate_id == Estate.id)
    if estate_id is not None:
        statement = statement.where(Block.estate_id == estate_id)
    found = session.execute(_here(statement, session, Block).order_by(Estate.name, Block.name, Block.id))
    return [
        BlockRow(b.id, b.estate_id, b.name, estate, b.address, b.postcode, b.storeys, b.lift)
        for b, estate in found
    ]


def block(session: Session, block_id: UUID) -> BlockRow:
    """One block; raises NotFound."""
    found = policy.find(session, Block, block_id, "That block")
    return next(one for one in blocks(session, found.estate_id) if one.id == block_id)


def spaces(session: Session, estate_id: UUID | None = None) -> list[SpaceRow]:
    """The community spaces this person looks after, by name."""
    statement = _here(select(CommunitySpace), session, CommunitySpace)
    if estate_id is not None:
        statement = statement.where(CommunitySpace.estate_id == estate_id)
    rows = session.scalars(statement.order_by(CommunitySpace.name, CommunitySpace.id))
    return [SpaceRow(row.id, row.estate_id, row.name, row.address) for row in rows]


def count(session: Session, query: HomeQuery = HomeQuery()) -> int:
    """How many homes the query finds among those this person looks after."""
    return session.scalar(_asked(select(func.count(Home.id)), session, query)) or 0


def page(session: Session, query: HomeQuery, offset: int, limit: int) -> list[HomeRow]:
    """Some homes of the query by reference: the place is found on the index alone, then rows are read."""
    ids = _asked(select(Home.id), session, query).order_by(Home.code).offset(offset).limit(limit)
    rows = session.execute(_joined().where(Home.id.in_(ids.scalar_subquery())).order_by(Home.code))
    return [_row(*row) for row in rows]


def get(session: Session, home_id: UUID) -> HomeDetail:
    """A home; NotFound alike when there is none, it lies elsewhere, or this person may not know of homes."""
    home = policy.find(session, Home, home_id, "That home")
    row = session.execute(_joined().where(Home.id == home.id)).one()
    notes = policy.may_see(policy.actor(session), "home", "access_notes")
    return HomeDetail(
        row=_row(*row),
        estate_id=home.estate_id,
        block_id=home.block_id,
        uprn=home.uprn,
        storey=storey_words(home.storey),
        bedrooms=home.bedrooms,
        access_notes=home.access_notes if notes else "",
        tenancy=people.of_home(session, home.id),
    )


def storey_words(storey: int | None) -> str:
    """``Ground floor``, ``1st floor``, ``Basement``; empty when it is not known."""
    if storey is None:
        return ""
    if storey < 0:
        return "Basement" if storey == -1 else f"Basement level {-storey}"
    if storey == 0:
        return "Ground floor"
    ending = "th" if storey % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(storey % 10, "th")
    return f"{storey}{ending} floor"


def _sees_homes(session: Session) -> bool:
    return policy.may(policy.actor(session), Action.SEE, "home")


def _here(statement: Select[*_Columns], session: Session, model: Any) -> Select[*_Columns]:
    return policy.scope(statement.where(model.deleted.is_(False)), session, model)


def _counted(session: Session, model: Any, key: Any) -> dict[UUID, int]:
    rows = session.execute(_here(select(key, func.count()), session, model).group_by(key))
    return {row[0]: row[1] for row in rows}


def _asked(statement: Select[*_Columns], session: Session, query: HomeQuery) -> Select[*_Columns]:
    statement = _here(statement, session, Home)
    if not _sees_homes(session):
        return statement.where(false())
    if query.estate_id is not None:
        statement = statement.where(Home.estate_id == query.estate_id)
    if query.block_id is not None:
        statement = statement.where(Home.block_id == query.block_id)
    for word in query.text.split():
        columns = (Home.address, Home.postcode, Home.code)
        statement = statement.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return statement


def _joined() -> Select[Home, str, str]:
    return (
        select(Home, Block.name, Estate.name)
        .join(Estate, Home.estate_id == Estate.id)
        .outerjoin(Block, Home.block_id == Block.id)
    )


def _row(home: Home, block: str | None, estate: str) -> HomeRow:
    return HomeRow(home.id, home.code, home.number, home.address, home.postcode, block or "", estate)
