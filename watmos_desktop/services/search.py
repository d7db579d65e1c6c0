"""Search as you type: what the search on Today shows, as this person may see it.

Which records hold the words is decided in services/search_query.py; here they get their words for the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Block, CommunitySpace, Estate, Home, HouseholdMember, Person, Tenancy
from watmos_desktop.services import inspections, policy, repairs
from watmos_desktop.services.errors import Told
from watmos_desktop.services.references import read_reference
from watmos_desktop.services.search_query import fold, ids

EACH = 6


@dataclass(frozen=True)
class Hit:
    """A record found. ``kind`` is a table's name; ``home_id`` is where a person lives now, to open that home."""

    kind: str
    id: UUID
    title: str
    sentence: str
    home_id: UUID | None = None


def find(session: Session, text: str, limit: int = 20, kinds: Collection[str] = ()) -> list[Hit]:
    """The newest few of each kind, at most ``limit`` together; a whole reference finds its record alone.

    ``kinds``: only these nouns.
    """
    text = _reference(text) or text
    found: list[Hit] = []
    for noun, show in _SHOWN:
        if kinds and noun not in kinds:
            continue
        wanted = min(EACH, limit - len(found))
        if wanted and (some := ids(session, noun, text, wanted)):
            found += show(session, some)
    return found


def by_code(session: Session, model: Any, typed: str) -> list[UUID]:
    """The records of a kind of place with that code, or else with that whole name or address, capitals aside."""
    name = model.address if model is Home else model.name
    for column in (model.code, name):
        asked = select(model.id).where(func.lower(column) == typed.strip().lower(), ~model.deleted).limit(2)
        if found := list(session.scalars(policy.scope(asked, session, model))):
            return found
    return []


def _reference(text: str) -> str:
    """A whole reference in its one true form, however it was typed; empty when it is none."""
    try:
        return read_reference(text)
    except Told:
        return ""


def _in_order(found: Iterable[Hit], wanted: Sequence[UUID]) -> list[Hit]:
    by_id = {hit.id: hit for hit in found}
    return [by_id[one] for one in wanted if one in by_id]


def _show_homes(session: Session, wanted: Sequence[UUID]) -> list[Hit]:
    statement = select(Home.id, Home.address, Home.code, Estate.name).join(
        Estate, Home.estate_id == Estate.id
    )
    rows = session.execute(statement.where(Home.id.in_(wanted)))
    return _in_order(
        (Hit("home", key, address, f"{estate} · {code}", key) for key, address, code, estate in rows), wanted
    )


def _show_people(session: Session, wanted: Sequence[UUID]) -> list[Hit]:
    living = (
        select(HouseholdMember.person_id, Home.id.label("home_id"), Home.address)
        .join(Tenancy, HouseholdMember.tenancy_id == Tenancy.id)
        .join(Home, Tenancy.home_id == Home.id)
        .where(Tenancy.ended_on.is_(None), ~HouseholdMember.deleted, ~Tenancy.deleted, ~Home.deleted)
        .where(HouseholdMember.person_id.in_(wanted), policy.within(session, Home))
        .subquery()
    )
    statement = select(Person.id, Person.name, living.c.home_id, living.c.address).outerjoin(
        living, living.c.person_id == Person.id
    )
    rows = session.execute(statement.where(Person.id.in_(wanted), ~Person.deleted))
    return _in_order(
        (Hit("person", key, name, address or "No home here now", home) for key, name, home, address in rows),
        wanted,
    )


def _show_blocks(session: Session, wanted: Sequence[UUID]) -> list[Hit]:
    statement = (
        select(Block, Estate.name).join(Estate, Block.estate_id == Estate.id).where(Block.id.in_(wanted))
    )
    rows = session.execute(statement)
    return _in_order(
        (Hit("block", row.id, row.name, f"{estate} · {row.address}".rstrip(" ·")) for row, estate in rows),
        wanted,
    )


def _show_estates(session: Session, wanted: Sequence[UUID]) -> list[Hit]:
    rows = session.scalars(select(Estate).where(Estate.id.in_(wanted)))
    return _in_order((Hit("estate", row.id, row.name, row.town) for row in rows), wanted)


def _show_spaces(session: Session, wanted: Sequence[UUID]) -> list[Hit]:
    rows = session.scalars(select(CommunitySpace).where(CommunitySpace.id.in_(wanted)))
    return _in_order((Hit("community_space", row.id, row.name, row.address) for row in rows), wanted)


def _show_repairs(session: Session, wanted: Sequence[UUID]) -> list[Hit]:
    cards = repairs.cards(session, list(wanted)).values()
    return _in_order(
        (
            Hit("repair", one.id, one.title, f"{one.where} · {one.reference} · {one.due.text}")
            for one in cards
        ),
        wanted,
    )


def _show_inspections(session: Session, wanted: Sequence[UUID]) -> list[Hit]:
    cards = inspections.cards(session, wanted)
    return _in_order(
        (
            Hit("inspection", one.id, f"{one.template} · {one.place}", f"{one.reference} · {one.when}")
            for one in cards
        ),
        wanted,
    )


# In the order in which they are shown: a name or an address is what people type most.
_SHOWN: tuple[tuple[str, Callable[[Session, Sequence[UUID]], list[Hit]]], ...] = (
    ("home", _show_homes),
    ("person", _show_people),
    ("block", _show_blocks),
    ("estate", _show_estates),
    ("community_space", _show_spaces),
    ("repair", _show_repairs),
    ("inspection", _show_inspections),
)

__all__ = ["Hit", "by_code", "find", "fold", "ids"]
