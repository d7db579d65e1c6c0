"""One home, block or community space added or put right by hand; lists of them come by import (homes_import.py)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Block, CommunitySpace, Estate, Home
from watmos_desktop.services import homes_fields, policy
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.homes_fields import UnfitError
from watmos_desktop.services.policy import Action

MOST_STOREYS = homes_fields.MOST_STOREYS
_NAME = 100


@dataclass(frozen=True)
class Where:
    """An estate known by its id, or the name of a new one with its town."""

    estate_id: UUID | None = None
    new_name: str = ""
    town: str = ""


@dataclass(frozen=True)
class HomeDraft:
    """A home as it is written by hand; texts in any form that ``homes_fields`` understands. ``id``: one to change."""

    where: Where
    code: str
    address: str
    block_id: UUID | None = None
    number: str = ""
    postcode: str = ""
    uprn: str = ""
    storey: str = ""
    bedrooms: str = ""
    access_notes: str = ""
    id: UUID | None = None


@dataclass(frozen=True)
class BlockDraft:
    """A block as it is written by hand. ``storeys``: how many, 1 at least. ``id``: one to change."""

    where: Where
    name: str
    address: str = ""
    postcode: str = ""
    storeys: str = "1"
    lift: bool = False
    id: UUID | None = None


@dataclass(frozen=True)
class SpaceDraft:
    """A community space as it is written by hand (F2). ``id``: one to change."""

    where: Where
    name: str
    address: str = ""
    id: UUID | None = None


def save_home(session: Session, draft: HomeDraft) -> UUID:
    """Add a home or change one; gives its id. Raises Told at the field, NotAllowed, NotFound."""
    policy.require(session, Action.EDIT_HOMES, "home")
    fields: dict[str, object] = {
        name: _healed(name, getattr(draft, name))
        for name in ("code", "address", "number", "postcode", "uprn", "access_notes")
    }
    if not fields["address"]:
        raise Told("A home needs an address.", "Write it as on a letter.", field="address")
    for name in ("storey", "bedrooms"):
        number = _healed(name, getattr(draft, name))
        fields[name] = int(number) if number else None
    home = policy.find(session, Home, draft.id, "That home") if draft.id else None
    _alone(session, "code", str(fields["code"]), home, "reference")
    if fields["uprn"]:
        _alone(session, "uprn", str(fields["uprn"]), home, "UPRN")
    fields["estate_id"] = _estate(session, draft.where)
    fields["block_id"] = _block_of(session, draft.block_id, fields["estate_id"])
    if home is None:  # one that was removed comes back: an import knows a home again by its reference, too
        home = session.scalars(select(Home).where(Home.code == fields["code"]).limit(1)).first()
        fields["deleted"] = False
    if home is None:
        home = Home(**fields)
        session.add(home)
        session.flush()
        return home.id
    for name, value in fields.items():
        setattr(home, name, value)
    return home.id


def save_block(session: Session, draft: BlockDraft) -> UUID:
    """Add a block or change one; gives its id. Raises Told at the field, NotAllowed, NotFound."""
    policy.require(session, Action.EDIT_HOMES, "estate")
    storeys = draft.storeys.strip()
    if not re.fullmatch("[0-9]{1,2}", storeys) or not 1 <= int(storeys) <= MOST_STOREYS:
        raise Told(
            "That is no number of storeys.",
            f"Write 1 to {MOST_STOREYS}, the ground floor too.",
            field="storeys",
        )
    block = policy.find(session, Block, draft.id, "That block") if draft.id else None
    estate = _estate(session, draft.where)
    if block is not None and block.estate_id != estate:
        raise Told("A block stays on its estate.", "Add it anew on the other one.", field="estate")
    fields: dict[str, object] = {
        "name": _name(session, Block, draft.name, estate, block),
        "address": _healed("address", draft.address),
        "postcode": _healed("postcode", draft.postcode),
        "storeys": int(storeys),
        "lift": draft.lift,
    }
    if block is None:
        block = Block(estate_id=estate, code=free_code(session, str(fields["name"])), **fields)
        session.add(block)
        session.flush()
        return block.id
    for name, value in fields.items():
        setattr(block, name, value)
    return block.id


def save_space(session: Session, draft: SpaceDraft) -> UUID:
    """Add a community space or change one; gives its id. Raises Told at the field, NotAllowed, NotFound."""
    policy.require(session, Action.EDIT_HOMES, "estate")
    space = policy.find(session, CommunitySpace, draft.id, "That space") if draft.id else None
    estate = _estate(session, draft.where)
    if space is not None and space.estate_id != estate:
        raise Told("A space stays on its estate.", "Add it anew on the other one.", field="estate")
    name = _name(session, CommunitySpace, draft.name, estate, space)
    address = _healed("address", draft.address)
    if space is None:
        space = CommunitySpace(estate_id=estate, code=free_code(session, name), name=name, address=address)
        session.add(space)
        session.flush()
        return space.id
    space.name, space.address = name, address
    return space.id


def free_code(session: Session, name: str, taken: set[str] | None = None) -> str:
    """A short code for a place that no other has: LINDLEY-HOUSE, LINDLEY-HOUSE-2. ``taken`` spares reading them."""
    if taken is None:
        taken = codes(session)
    words = "".join(sign if sign.isalnum() else " " for sign in name.upper()).split()
    stem = "-".join(words)[:40] or "PLACE"
    code, n = stem, 1
    while code in taken:
        n += 1
        code = f"{stem}-{n}"
    taken.add(code)
    return code


def codes(session: Session) -> set[str]:
    """Every code of an estate, block or community space here."""
    return {code for model in (Estate, Block, CommunitySpace) for code in session.scalars(select(model.code))}


def _healed(name: str, text: str) -> str:
    """A text in the one form that is kept; raises Told at its field."""
    column = next(one for one in homes_fields.COLUMNS if one.key == name)
    try:
        return column.heal(text)
    except UnfitError as unfit:
        raise Told(str(unfit), field=name) from None


def _name(
    session: Session,
    model: type[Block | CommunitySpace],
    name: str,
    estate: UUID,
    own: Block | CommunitySpace | None,
) -> str:
    """A name that no other place of its kind on the estate has."""
    words = " ".join(name.split())
    if not words or len(words) > _NAME:
        raise Told("It needs a name.", f"As people there call it, at most {_NAME} letters.", field="name")
    others = session.execute(
        select(model.id, model.name).where(model.estate_id == estate, model.deleted.is_(False))
    )
    if any(other.casefold() == words.casefold() and (own is None or key != own.id) for key, other in others):
        raise Told(
            "There is one of that name on this estate.", "Choose it, or tell them apart.", field="name"
        )
    return words


def _alone(session: Session, name: str, value: str, own: Home | None, words: str) -> None:
    column = getattr(Home, name)
    statement = select(Home.id).where(column == value, Home.deleted.is_(False))
    if own is not None:
        statement = statement.where(Home.id != own.id)
    if session.scalars(statement.limit(1)).first() is not None:
        raise Told(f"Another home has that {words}.", "Check it, or ask the office.", field=name)


def _estate(session: Session, where: Where) -> UUID:
    """The estate chosen, or a new one for who may make it."""
    if where.estate_id is not None:
        estate = session.get(Estate, where.estate_id)
        if estate is None or estate.deleted or not policy.in_scope(session, estate.id, None):
            raise NotFound("That estate")
        return estate.id
    policy.require(session, Action.EDIT_HOMES, "estate")
    name = " ".join(where.new_name.split())
    if not name or len(name) > _NAME:
        raise Told("The estate needs a name.", "Write it, or choose one that is here.", field="new_estate")
    here = session.scalars(select(Estate.name).where(Estate.deleted.is_(False)))
    if name.casefold() in {one.casefold() for one in here}:
        raise Told("That estate is here already.", "Choose it above.", field="new_estate")
    if not policy.actor(session).everywhere:
        raise Told("A new estate is added by who looks after all.", "Ask a manager.", field="new_estate")
    row = Estate(code=free_code(session, name), name=name, town=" ".join(where.town.split())[:_NAME])
    session.add(row)
    session.flush()
    return row.id


def _block_of(session: Session, block_id: UUID | None, estate: object) -> UUID | None:
    if block_id is None:
        return None
    block = policy.find(session, Block, block_id, "That block")
    if block.estate_id != estate:
        raise Told("That block is on another estate.", "Choose one of this estate.", field="block")
    return block.id
