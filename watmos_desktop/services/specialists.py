"""What a fault needs of who is sent to it: gas, asbestos, fire, lifts and electrics are for firms registered for them.

Sources: Gas Safety (Installation and Use) Regulations 1998 reg. 3, Control of Asbestos Regulations 2012 reg. 8, the
Regulatory Reform (Fire Safety) Order 2005 art. 17, LOLER 1998, the electrical safety standards of 2020 and 2025; R10.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from watmos_desktop.models.kinds import Specialism, Trade

WORDS = {
    Specialism.GAS: "Gas",
    Specialism.ASBESTOS: "Asbestos",
    Specialism.FIRE: "Fire safety",
    Specialism.LIFTS: "Lifts",
    Specialism.ELECTRICAL: "Electrical",
}
REGISTERED = {
    Specialism.GAS: "on the Gas Safe Register",
    Specialism.ASBESTOS: "licensed for asbestos",
    Specialism.FIRE: "certified for fire safety work",
    Specialism.LIFTS: "competent for lifts",
    Specialism.ELECTRICAL: "registered for electrical work",
}
# The most dangerous first: one order names one.
ORDER = (
    Specialism.ASBESTOS,
    Specialism.GAS,
    Specialism.FIRE,
    Specialism.LIFTS,
    Specialism.ELECTRICAL,
)
_OF_TRADE = {
    Trade.LIFTS: (Specialism.LIFTS, "lift work"),
    Trade.FIRE_SAFETY: (Specialism.FIRE, "fire safety work"),
    Trade.ELECTRICAL: (Specialism.ELECTRICAL, "electrical work"),
    Trade.HEATING: (Specialism.GAS, "heating, which may be gas"),
}
_OF_FIXTURE = {
    "gas": (Specialism.GAS, "gas"),
    "boiler": (Specialism.GAS, "a boiler"),
    "chimney": (Specialism.GAS, "a flue"),
    "fire_door": (Specialism.FIRE, "a fire door"),
    "fire_alarm": (Specialism.FIRE, "fire equipment"),
}
_OF_HAZARD = {"asbestos": (Specialism.ASBESTOS, "a possible asbestos hazard")}
_SAID = (
    (Specialism.ASBESTOS, re.compile(r"\basbestos\b", re.IGNORECASE)),
    (Specialism.FIRE, re.compile(r"\bfire doors?\b", re.IGNORECASE)),
    (
        Specialism.GAS,
        re.compile(r"\b(?:gas leak|smell of gas|smells of gas|carbon monoxide)\b", re.IGNORECASE),
    ),
)


@dataclass(frozen=True)
class Need:
    """A specialism that a fault needs and what says so; not ``firm`` where only words that were typed say it."""

    specialism: Specialism
    because: str
    firm: bool = True

    @property
    def sentence(self) -> str:
        """``Gas: a boiler. Only a firm on the Gas Safe Register may be sent.``"""
        who = REGISTERED[self.specialism]
        return f"{WORDS[self.specialism]}: {self.because}. Only a firm {who} may be sent."


def needs(trade: Trade, fixture: str = "", hazard: str = "", text: str = "") -> tuple[Need, ...]:
    """What a fault needs, the most dangerous first: by trade, thing, hazard, or what was written of it."""
    found: dict[Specialism, Need] = {}
    for known in (_OF_HAZARD.get(hazard), _OF_FIXTURE.get(fixture), _OF_TRADE.get(trade)):
        if known is not None:
            found.setdefault(known[0], Need(*known))
    for specialism, said in _SAID:
        if (heard := said.search(text)) is not None:
            found.setdefault(
                specialism, Need(specialism, f"the report speaks of “{heard.group().lower()}”", False)
            )
    return tuple(sorted(found.values(), key=lambda need: ORDER.index(need.specialism)))


def missing(wanted: Collection[Need], held: Collection[Specialism]) -> tuple[Need, ...]:
    """The needs that a contractor does not meet."""
    return tuple(need for need in wanted if need.specialism not in held)
