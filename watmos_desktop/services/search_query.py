"""Which records hold the words typed: asked of the index of grams, newest first, within what this person may know of.

A word is found anywhere in a record's searched fields (``search_index.FIELDS``), as LIKE finds it; capitals and
accents do not matter (``lukasz`` finds ``Łukasz``). How and why: docs/decisions/0009-search.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    TableClause,
    Text,
    column,
    false,
    func,
    literal,
    literal_column,
    select,
    table,
    true,
)
from sqlalchemy.orm import Session

from watmos_desktop.models.base import Id
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services import policy
from watmos_desktop.services.policy import Action
from watmos_desktop.services.search_index import FIELDS, fold_table, pairs

GRAM = 3
LONGEST = 200  # letters typed; more is no search
# How often a gram occurs is judged by how far the first 64 records that hold it reach: the farther, the rarer.
_NOWHERE = 1 << 62
_REACH = (
    f"(SELECT CASE count(*) WHEN 64 THEN max(rowid) ELSE {_NOWHERE} - count(*) END"  # noqa: S608 - our own names
    " FROM (SELECT rowid FROM {index} WHERE {index} MATCH ? LIMIT 64))"
)


@dataclass(frozen=True)
class Bound:
    """How many records are looked through for words of one or two letters, which the index does not know.

    ``newest`` of all when there are no longer words, else ``holding`` of those that hold the longer ones.
    """

    newest: int
    holding: int


# Repairs and inspections grow without end; of places and people a landlord has fewer than this.
BOUNDS = {"repair": Bound(8_000, 500), "inspection": Bound(8_000, 500)}
BOUND = Bound(20_000, 20_000)


def ids(session: Session, noun: str, text: str, limit: int) -> list[UUID]:
    """The newest records of a noun that hold every word of ``text``; none without a word.

    Newest as this device came to know them. With a word of one or two letters only so many records are looked
    through (``Bound``). Who may not see a field that is searched finds a record by its whole reference alone: what
    they may not read must not be guessed at either. KeyError for an unknown noun.
    """
    wanted = words(text)
    if not wanted:
        return []
    if not _may_search(session, noun):
        return _by_reference(session, noun, text)
    rarest = _rarest(session, noun, [word for word in wanted if len(word) >= GRAM])
    if rarest is None:
        return []
    return list(session.scalars(_statement(session, noun, wanted, rarest).limit(limit)))


def among(session: Session, noun: str, text: str) -> ColumnElement[bool]:
    """The condition, for a list and its count, that a record of the noun is found by ``text``; true without a word.

    Exact for words of any length: the list counts what it holds. False for who may not see a field that is
    searched.
    """
    wanted, (index, kept) = words(text), _tables(noun)
    key: ColumnElement[UUID] = SYNCED[noun].__table__.c.id  # type: ignore[attr-defined]
    if not wanted:
        return true()
    if not _may_search(session, noun):
        return false()
    found = select(kept.c.id).where(*(func.instr(kept.c.text, word) > 0 for word in wanted))
    if asked := _match([gram for word in wanted for gram in _covering(word)]):
        found = found.select_from(index.join(kept, _joined(index, kept))).where(_matches(index, asked))
    return key.in_(found)


def fold(text: str) -> str:
    """How words are compared: small letters without accents."""
    return text.translate(_folded())


def words(text: str) -> list[str]:
    """The folded words of what was typed, each once; none when it cannot be in a record."""
    if len(text) > LONGEST or "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        return []
    return list(dict.fromkeys(fold(text).split()))


@cache
def _folded() -> dict[int, str]:
    capitals = {ord(sign): sign.lower() for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    return capitals | {ord(sign): plain for sign, plain in fold_table().items()}


def _may_search(session: Session, noun: str) -> bool:
    """Whether this person may see the noun and each field that is searched: what is hidden is not found either."""
    person = policy.actor(session)
    fields = [field for field in FIELDS[noun] if field != "where"]
    return policy.may(person, Action.SEE, noun) and all(
        policy.may_see(person, noun, field) for field in fields
    )


def _by_reference(session: Session, noun: str, text: str) -> list[UUID]:
    """The record with that whole reference, for who was given it and may not see all that is searched."""
    model: Any = SYNCED[noun]
    person = policy.actor(session)
    if "reference" not in FIELDS[noun] or not policy.may_see(person, noun, "reference"):
        return []
    statement = select(model.id).where(model.reference == text.strip().upper(), ~model.deleted)
    return list(session.scalars(policy.scope(statement, session, model)))


@cache
def _tables(noun: str) -> tuple[TableClause, TableClause]:
    """The trigram index of a noun, and what it is an index of."""
    name = f"search_{noun}"
    kept = table(name, column("n"), column("id", Id()), column("text", Text()))
    return table(f"{name}_index", column("rowid"), column(f"{name}_index", Text())), kept


def _grams(word: str) -> list[str]:
    """What the index has of a word, in order: its four letters that stand together, or its only three."""
    signs = pairs(word) if len(word) > GRAM else word
    return [signs[n : n + GRAM] for n in range(len(signs) - GRAM + 1)]


def _covering(word: str) -> list[str]:
    """Fewest grams that take in every letter."""
    grams = _grams(word)
    return [*grams[:: GRAM + 1], *grams[-1:]]


def _rarest(session: Session, noun: str, wanted: Sequence[str]) -> list[str] | None:
    """The gram of each word that fewest records seem to hold; None when one of them is in no record at all."""
    grams = list(dict.fromkeys(gram for word in wanted for gram in _grams(word)))
    if len(grams) <= 1:
        return grams
    asked = f"SELECT {', '.join([_REACH.format(index=f'search_{noun}_index')] * len(grams))}"
    row = session.connection().exec_driver_sql(asked, tuple(_match([gram]) for gram in grams)).one()
    reach: dict[str, int] = dict(zip(grams, row, strict=True))
    if _NOWHERE in reach.values():
        return None
    return [max(_grams(word), key=lambda gram: reach[gram]) for word in wanted]


def _match(grams: Sequence[str]) -> str:
    """The full-text query for all of some grams, each quoted (S35)."""
    return " AND ".join('"' + gram.replace('"', '""') + '"' for gram in dict.fromkeys(grams))


def _matches(index: TableClause, asked: str) -> ColumnElement[bool]:
    return index.c[index.name].op("MATCH", is_comparison=True)(literal(asked, Text()))


def _joined(index: TableClause, kept: TableClause) -> ColumnElement[bool]:
    # The plus keeps SQLite from walking all that is kept and asking the index about each.
    return kept.c.n == literal_column(f"+{index.name}.rowid")


def _statement(session: Session, noun: str, wanted: Sequence[str], grams: Sequence[str]) -> Select[Any]:
    index, kept = _tables(noun)
    place: Any = index.join(kept, _joined(index, kept)) if grams else kept
    newest = index.c.rowid if grams else kept.c.n
    statement = select(kept.c.id).order_by(newest.desc())
    if not policy.actor(session).everywhere:
        # Before anything is found, counted or bounded, so that what lies elsewhere leaves no trace (S24).
        model: Any = SYNCED[noun]
        place = place.join(model, model.id == literal_column(f"+{kept.name}.id"))
        statement = policy.scope(statement, session, model)
    statement = statement.select_from(place)
    if grams:
        statement = statement.where(_matches(index, _match(grams)))
    if all(len(word) >= GRAM for word in wanted):
        return statement.where(*(func.instr(kept.c.text, word) > 0 for word in wanted))
    bound = BOUNDS.get(noun, BOUND)
    most = bound.holding if grams else bound.newest
    looked = statement.add_columns(kept.c.text, newest.label("n")).limit(most).subquery()
    holds = (func.instr(looked.c.text, word) > 0 for word in wanted)
    return select(looked.c.id).where(*holds).order_by(looked.c.n.desc())
