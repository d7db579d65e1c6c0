"""Which records hold the words typed: asked of the trigram index, newest first, within what this person may know of.

A word is found anywhere in a record's searched fields (``search_index.FIELDS``), as LIKE finds it; capitals and
accents do not matter (``lukasz`` finds ``Łukasz``). How and why: docs/decisions/0009-search.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    TableClause,
    Text,
    and_,
    column,
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
from watmos_desktop.services.search_index import FIELDS, fold_table

GRAM = 3
# Words shorter than a trigram have no index: they are looked for in so many records, the newest.
BOUND = 4000
LONGEST = 200  # of what is typed; more is no search
MOST_WORDS = 8


def ids(session: Session, noun: str, text: str, limit: int) -> list[UUID]:
    """The newest records of a noun that hold every word of ``text``; none without a word.

    Newest as this device came to know them. With a word of one or two letters, only the newest 4,000 that hold
    the longer words (or the newest 4,000 there are) are looked through. KeyError for an unknown noun.
    """
    wanted = words(text)
    if not wanted or not _may_search(session, noun):
        return []
    return list(session.scalars(_statement(session, noun, wanted).limit(limit)))


def among(noun: str, text: str) -> ColumnElement[bool]:
    """The condition, for a list and its count, that a record of the noun is found by ``text``; true without a word.

    Exact for words of any length: the list counts what it holds.
    """
    wanted, (index, kept) = words(text), _tables(noun)
    key: ColumnElement[UUID] = SYNCED[noun].__table__.c.id  # type: ignore[attr-defined]
    if not wanted:
        return true()
    found = select(kept.c.id).where(*(func.instr(kept.c.text, word) > 0 for word in wanted))
    if asked := _match(wanted):
        found = found.select_from(index.join(kept, _joined(index, kept))).where(_matches(index, asked))
    return key.in_(found)


def fold(text: str) -> str:
    """How words are compared: small letters without accents."""
    return text.translate(_folded())


def words(text: str) -> list[str]:
    """The folded words of what was typed, each once; none when it cannot be in a record."""
    if len(text) > LONGEST or "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        return []
    return list(dict.fromkeys(fold(text).split()))[:MOST_WORDS]


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


@cache
def _tables(noun: str) -> tuple[TableClause, TableClause]:
    """The trigram index of a noun, and what it is an index of."""
    name = f"search_{noun}"
    kept = table(name, column("n"), column("id", Id()), column("text", Text()))
    return table(f"{name}_index", column("rowid"), column(f"{name}_index", Text())), kept


def _match(wanted: Sequence[str]) -> str:
    """The full-text query: every trigram of every word, each quoted."""
    grams = dict.fromkeys(word[n : n + GRAM] for word in wanted for n in _places(len(word)))
    return " AND ".join('"' + gram.replace('"', '""') + '"' for gram in grams)


def _places(length: int) -> Iterable[int]:
    return range(length - GRAM + 1)


def _matches(index: TableClause, asked: str) -> ColumnElement[bool]:
    return index.c[index.name].op("MATCH", is_comparison=True)(literal(asked, Text()))


def _joined(index: TableClause, kept: TableClause) -> ColumnElement[bool]:
    # The plus keeps SQLite from walking all that is kept and asking the index about each.
    return kept.c.n == literal_column(f"+{index.name}.rowid")


def _statement(session: Session, noun: str, wanted: Sequence[str]) -> Select[Any]:
    index, kept = _tables(noun)
    model: Any = SYNCED[noun]
    asked = _match(wanted)
    place: Any = index.join(kept, _joined(index, kept)) if asked else kept
    newest = index.c.rowid if asked else kept.c.n
    statement = select(kept.c.id, kept.c.text, newest.label("n")).order_by(newest.desc())
    if not policy.actor(session).everywhere:
        # Before anything is found, counted or bounded, so that what lies elsewhere leaves no trace (S24).
        place = place.join(model, model.id == kept.c.id)
        statement = policy.scope(statement, session, model)
    statement = statement.select_from(place)
    if asked:
        statement = statement.where(_matches(index, asked))
    holds = and_(*(func.instr(literal_column("text"), word) > 0 for word in wanted))
    if all(len(word) >= GRAM for word in wanted):
        return statement.where(*(func.instr(kept.c.text, word) > 0 for word in wanted)).with_only_columns(
            kept.c.id
        )
    bounded = statement.limit(BOUND).subquery()
    return select(bounded.c.id).where(holds).order_by(bounded.c.n.desc())
