"""What is broken, told at the door: chosen from the repair guide, written as plain lines of the form's answer.

The answer stays words that anybody can read, ``Kitchen · Taps: drips · since Monday``; ``read`` finds the guide's fault
in them again, so that the repair that comes of it has its own priority and promise (R5-R7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from watmos_desktop.services import guide
from watmos_desktop.services.visit_form import Option, VisitForm

ASKED = "repairs_what"  # the question of the form that it answers
_BETWEEN = " · "
_SMALL = frozenset(
    {"the", "a", "an", "is", "are", "my", "our", "in", "does", "not", "and"}
)  # found in no name
OTHER = guide.OTHER[False]  # the fixture of what the guide has no name for
_OWN = "broken"  # the fault of what the guide has no name for


@dataclass(frozen=True)
class Fault:
    """One thing that is broken. ``room`` and ``note`` are words, or empty; ``title`` is what it is called.

    ``fixture`` and ``symptom`` are keys of the guide; of what it has no name for, ``other`` and ``broken``.
    """

    fixture: str
    symptom: str
    title: str
    room: str = ""
    note: str = ""

    @property
    def line(self) -> str:
        """``Kitchen · Taps: drips``, one line of the answer."""
        return _BETWEEN.join(part for part in (self.room, self.title, self.note) if part)


def rooms(form: VisitForm) -> tuple[Option, ...]:
    """The rooms that the form knows: those of the question that others are asked for each room of."""
    asked = [one for section in form.sections for one in section.questions]
    of = next((one.rooms for one in asked if one.rooms), "")
    return next((one.options for one in asked if one.key == of), ())


def of_guide(fixture: str, symptom: str, room: str = "", note: str = "") -> Fault:
    """A fault of the guide; raises Told for one that it has not."""
    thing = guide.load().fixture(fixture)
    return Fault(fixture, symptom, guide.title(thing, thing.symptom(symptom)), room, _flat(note))


def in_own_words(said: str, room: str = "") -> Fault:
    """What was said, where the guide has no name for it."""
    return Fault(OTHER, _OWN, _flat(said), room)


def written(faults: Iterable[Fault]) -> str:
    """The answer of the form: a line for each."""
    return "\n".join(one.line for one in faults)


def read(answer: str, named: Iterable[str]) -> tuple[Fault, ...]:
    """The faults of an answer. ``named`` are the rooms that a line may begin with."""
    known, found = frozenset(named), []
    for line in filter(None, (one.strip() for one in answer.splitlines())):
        parts = line.split(_BETWEEN)
        room = parts.pop(0) if len(parts) > 1 and parts[0] in known else ""
        keys = _titles().get(parts[0])
        if keys is None:
            found.append(in_own_words(_BETWEEN.join(parts), room))
        else:
            found.append(Fault(*keys, parts[0], room, _BETWEEN.join(parts[1:])))
    return tuple(found)


def find(text: str, limit: int = 5) -> list[tuple[str, str, str]]:
    """Faults of a home whose words fit what is typed, the best first: fixture, symptom, title."""
    said = " ".join(word for word in text.lower().split() if word not in _SMALL)
    found = guide.load().find(said, shared=False, limit=limit)
    return [(thing.key, fault.key, guide.title(thing, fault)) for thing, fault in found]


def _flat(text: str) -> str:
    return " ".join(text.split())


@cache
def _titles() -> dict[str, tuple[str, str]]:
    """What every fault of a home is called, with its keys."""
    things = (one for one in guide.load().fixtures.values() if not one.shared)
    return {guide.title(thing, fault): (thing.key, fault.key) for thing in things for fault in thing.symptoms}
