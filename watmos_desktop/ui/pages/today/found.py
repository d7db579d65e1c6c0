"""What the search on Today finds: homes, residents, repairs and inspections, as this person may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from watmos_desktop.services import hazard_list, hazards, homes, inspections, people, repairs
from watmos_desktop.services.errors import Told

_EACH = 6


@dataclass(frozen=True)
class Found:
    """One record: the page that shows it, its id, and its words."""

    page: str
    id: UUID
    title: str
    sentence: str


def find(session: Any, text: str) -> list[Found]:
    """The best of each kind; a whole reference comes first."""
    found: list[Found] = []
    try:
        card = inspections.get(session, inspections.find(session, text)).card
        found.append(
            Found(
                "inspections", card.id, f"{card.template} · {card.place}", f"{card.reference} · {card.when}"
            )
        )
    except Told:
        pass  # the words are no reference of an inspection; they may still be part of an address
    try:
        case = hazard_list.card(session, hazards.find(session, text))
        found.append(
            Found("hazard", case.id, f"{case.hazard} · {case.where}", f"{case.reference} · {case.due.text}")
        )
    except Told:
        pass  # nor one of a hazard case
    for state in ("open", "done"):
        for repair in repairs.page(session, repairs.Filter(state, text), 0, _EACH):
            sentence = f"{repair.where} · {repair.reference} · {repair.due.text}"
            found.append(Found("repairs", repair.id, repair.title, sentence))
    found += [
        Found("homes", home.id, home.address, f"{home.estate} · {home.code}")
        for home in homes.page(session, homes.HomeQuery(text), 0, _EACH)
    ]
    residents = people.find(session, text, _EACH)
    return found + [Found("homes", one.home_id, one.name, one.address) for one in residents]
