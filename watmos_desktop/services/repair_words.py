"""What a repair is called, for whom: typed words may name a neighbour or a flat (security.md S21)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from watmos_desktop.models.kinds import Trade
from watmos_desktop.services import guide, policy, templates, words
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Actor

TRADE_WORDS = {trade: trade.value.replace("_", " ").capitalize() for trade in Trade}
TITLE_LIMIT = 80
TEXT_LIMIT = words.NOTE
PLACE_LIMIT = words.LINE


def check(title: str, description: str = "", place: str = "") -> None:
    """Raise Told when the words cannot be kept as they are."""
    words.refuse_unkeepable(title, "title")
    words.fits(description, TEXT_LIMIT, "description")
    words.fits(place, PLACE_LIMIT, "place", "The place")
    if not title.strip():
        raise Told(
            "Say in a few words what is wrong.", "For example: landing light not working.", field="title"
        )
    if len(title) > TITLE_LIMIT:
        raise Told(
            f"The title has {len(title)} letters; {TITLE_LIMIT} fit.",
            "Put the rest in the note.",
            field="title",
        )


def shown(actor: Actor, row: Any) -> tuple[str, str]:
    """The title and exact place of a repair as this person may read them.

    Who may not read what staff typed is told the trade, unless the words are those of a form.
    """
    mine = row.reported_by == actor.staff_id
    if row.home_id and not mine and not policy.may_see(actor, "repair", "home_id"):
        return f"{TRADE_WORDS[row.trade]} repair", ""
    title = row.title if _told(actor, row.title, "title", mine=mine) else f"{TRADE_WORDS[row.trade]} repair"
    return title, row.place if _told(actor, row.place, "place", mine=mine) else ""


def public(row: Any) -> str:
    """What a repair is called where anyone may read it: a form's own words, else the trade."""
    return row.title if not row.home_id and row.title in _own_words() else f"{TRADE_WORDS[row.trade]} repair"


def each_shown(actor: Actor, rows: Iterable[Any]) -> Iterator[tuple[Any, str, str]]:
    """Each row with what ``shown`` says of it; what holds for all of them is asked once."""
    if policy.may_see(actor, "repair", "title") and policy.may_see(actor, "repair", "place"):
        for row in rows:
            yield row, row.title, row.place
    else:
        for row in rows:
            yield row, *shown(actor, row)


def _told(actor: Actor, text: str, column: str, *, mine: bool) -> bool:
    return policy.may_see(actor, "repair", column, mine=mine) or text in _own_words()


@cache
def _own_words() -> frozenset[str]:
    return templates.own_words() | guide.own_words()
