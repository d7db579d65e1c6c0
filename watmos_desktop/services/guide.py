"""Whose is it, and how soon? What the guide answers at first contact (promises R1, R5-R7), from data alone.

``resources/repair_guide.toml`` is read strictly: every thing has faults, every tenure and cause an answer with its
reason in words to read out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from watmos_desktop import resources
from watmos_desktop.models.kinds import Cause, Priority, Responsibility, TenancyKind, Trade
from watmos_desktop.services.errors import Told
from watmos_desktop.services.strict import Reader, distinct, wrong
from watmos_desktop.services.template_parts import HAZARDS

WORD, LINE, SAY = 60, 120, 260  # letters
THEIRS = (Responsibility.RESIDENT, Responsibility.LEASEHOLDER)
SEASONAL = "heating"
OTHER = {False: "other", True: "other_shared"}  # what the guide has no name for, by whether it is shared
_RENTED = (TenancyKind.STARTER, TenancyKind.ASSURED, TenancyKind.SECURE)
_COLUMN = {TenancyKind.LEASEHOLD: "leasehold", TenancyKind.SHARED_OWNERSHIP: "shared_ownership"}
_PRIORITIES = {str(one): one for one in Priority}
_PARTIES = {str(one): one for one in Responsibility}
_CAUSES = {str(one): one for one in Cause}
_TRADES = {str(one): one for one in Trade}
_TENURES = {str(one): one for one in TenancyKind}
_HAZARDS = {key: key for key in HAZARDS}
_RIGHTS = {"1": "1", "3": "3", "7": "7", SEASONAL: SEASONAL}
_ORDER = (Priority.EMERGENCY, Priority.URGENT, Priority.ROUTINE)

_BECAUSE = {
    Priority.EMERGENCY: "There is danger to people or the building.",
    Priority.URGENT: "It will get worse, or health, safety or security suffers.",
    Priority.ROUTINE: "It can wait its turn.",
}
AT_RISK = "Someone at home needs it sooner."


@dataclass(frozen=True, slots=True)
class Symptom:
    """How a fault shows. ``sooner`` is its priority where someone at home is at more risk.

    ``advice`` is read out at once.

    ``right`` is its Right to Repair period: "1", "3" or "7" working days, ``heating`` by season, "" for none.
    """

    key: str
    words: str
    priority: Priority
    sooner: Priority
    right: str
    hazard: str
    advice: str


@dataclass(frozen=True, slots=True)
class Fixture:
    """A thing that breaks, in a home or in a shared part, with the faults it has; ``also`` are other names."""

    key: str
    name: str
    shared: bool
    profile: str
    trade: Trade
    also: str
    symptoms: tuple[Symptom, ...]

    def symptom(self, key: str) -> Symptom:
        """The fault of that key; Told if there is none."""
        found = next((one for one in self.symptoms if one.key == key), None)
        if found is None:
            raise Told("Say how it shows.", "Choose one from the list.", field="what")
        return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whose it is, the reason to read out, and where to turn when it is the household's or shared."""

    party: Responsibility
    reason: str
    signpost: str

    @property
    def theirs(self) -> bool:
        """Whether it is for the household alone."""
        return self.party in THEIRS


@dataclass(frozen=True, slots=True)
class Suggestion:
    """How soon, and why in words; ``clock`` is the key of a Right to Repair clock, "" for none."""

    priority: Priority
    reasons: tuple[str, ...]
    clock: str
    hazard: str
    advice: str


@dataclass(frozen=True, slots=True)
class _Right:
    holds_from: date
    source: str
    tenures: frozenset[TenancyKind]
    cold_from: tuple[int, int]
    cold_to: tuple[int, int]


@dataclass(frozen=True)
class Guide:
    """All of the guide, checked."""

    version: int
    causes: Mapping[Cause, str]
    fixtures: Mapping[str, Fixture]
    verdicts: Mapping[tuple[str, str, Cause], Verdict]
    right: _Right

    def fixture(self, key: str) -> Fixture:
        """The thing of that key; Told if there is none."""
        if key not in self.fixtures:
            raise Told(
                "Say what is broken.", "Type a word of it, and choose one from the list.", field="what"
            )
        return self.fixtures[key]

    def whose(self, fixture: str, tenure: TenancyKind | None, cause: Cause) -> Verdict:
        """Whose a broken thing is. An empty home, or one whose tenure is not known here, is judged as rented."""
        column = _COLUMN.get(tenure, "rented") if tenure else "rented"
        return self.verdicts[self.fixture(fixture).profile, column, cause]

    def suggest(
        self, fixture: str, symptom: str, *, at_risk: bool, tenure: TenancyKind | None, on: date
    ) -> Suggestion:
        """How soon a fault is put right that is reported ``on`` that day, safety first."""
        thing = self.fixture(fixture)
        fault = thing.symptom(symptom)
        sooner = at_risk and fault.sooner is not fault.priority and not thing.shared
        priority = fault.sooner if sooner else fault.priority
        reasons = [_BECAUSE[priority], *([AT_RISK] if sooner else [])]
        rented = thing.shared or tenure in (None, *_RENTED)
        days = "" if thing.shared else self._days(fault.right, tenure, on)
        if days:
            reasons.append(f"Right to Repair: {days} working day{'' if days == '1' else 's'}.")
        if fault.hazard and rented:
            reasons.append(f"Possible hazard: {HAZARDS[fault.hazard].lower()}.")
        return Suggestion(
            priority,
            tuple(reasons),
            f"RR.{days}" if days else "",
            fault.hazard if rented else "",
            fault.advice,
        )

    def find(self, text: str, *, shared: bool, limit: int = 8) -> list[tuple[Fixture, Symptom]]:
        """Faults whose words hold every word typed, the best fitting first; none without a word."""
        wanted = text.lower().split()
        ranked = []
        for place, (thing, fault) in enumerate(self._faults(shared)):
            fits = [_fits(word, thing, fault) for word in wanted]
            if fits and all(fits):
                ranked.append((-sum(fits), place, thing, fault))
        return [(thing, fault) for _, _, thing, fault in sorted(ranked, key=lambda one: one[:2])[:limit]]

    def _faults(self, shared: bool) -> list[tuple[Fixture, Symptom]]:
        things = (one for one in self.fixtures.values() if one.shared is shared)
        return [(thing, fault) for thing in things for fault in thing.symptoms]

    def _days(self, right: str, tenure: TenancyKind | None, on: date) -> str:
        if not right or tenure not in self.right.tenures or on < self.right.holds_from:
            return ""
        if right != SEASONAL:
            return right
        day = (on.month, on.day)
        return "1" if day >= self.right.cold_from or day <= self.right.cold_to else "3"


def _fits(word: str, thing: Fixture, fault: Symptom) -> int:
    """How well a word typed fits: 4 the thing's own name, 1 the beginning of a word about it, 0 not at all."""
    name, also, shows = (text.lower().split() for text in (thing.name, thing.also, fault.words))
    if word in name:
        return 4
    if word in shows or any(part.startswith(word) for part in name):
        return 3
    return 2 if word in also else int(any(part.startswith(word) for part in (*also, *shows)))


def sooner(one: Priority, other: Priority) -> bool:
    """Whether a priority is more pressing than another."""
    return _ORDER.index(one) < _ORDER.index(other)


def title(thing: Fixture, fault: Symptom) -> str:
    """What a repair is called by the guide: ``Toilet: blocked, and the only one``."""
    return f"{thing.name}: {fault.words[:1].lower()}{fault.words[1:]}"


@cache
def own_words() -> frozenset[str]:
    """The titles of repairs of shared parts: facts of the estate, typed by nobody."""
    things = (one for one in load().fixtures.values() if one.shared)
    return frozenset(title(thing, fault) for thing in things for fault in thing.symptoms)


@cache
def load() -> Guide:
    """The guide of this program."""
    return from_toml(resources.path("repair_guide.toml"))


def from_toml(file: Path) -> Guide:
    """Read a guide; Told names the place and what is wrong there."""
    try:
        return from_dict(tomllib.loads(file.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise wrong(file.name, f"it cannot be read: {error}") from None


def from_dict(data: Mapping[str, object]) -> Guide:
    """Build and check a guide; Told as ``from_toml``."""
    read = Reader(data, str(data.get("key", "repair_guide")))
    read.key()
    version = read.whole("version", 1, 9999)
    causes = {
        row.one_of("key", _CAUSES): row.text("words", WORD)
        for row in read.tables("causes", len(Cause), len(Cause), ("key", "words"))
    }
    if len(causes) != len(Cause):
        raise wrong(read.where, "a cause is there twice")
    right = _right(read.table("right_to_repair"))
    verdicts = _verdicts(read, _texts(read.table("reasons"), data, "reasons"))
    advice = _texts(read.table("advice"), data, "advice")
    fixtures = _fixtures(read.table("list"), {profile for profile, _, _ in verdicts}, advice)
    read.done()
    return Guide(version, causes, fixtures, verdicts, right)


def _texts(read: Reader, data: Mapping[str, object], name: str) -> dict[str, str]:
    keys = data[name]
    assert isinstance(keys, Mapping)
    return {str(key): read.text(str(key), SAY) for key in keys}


def _right(read: Reader) -> _Right:
    try:
        found = _Right(
            date.fromisoformat(read.text("holds_from", 10)),
            read.text("source", LINE),
            frozenset(_TENURES[word] for word in read.text("tenures", LINE).split()),
            _day(read.text("cold_from", 5)),
            _day(read.text("cold_to", 5)),
        )
    except (ValueError, KeyError):
        raise wrong(read.where, "a date or a tenure is not one") from None
    read.done()
    return found


def _day(text: str) -> tuple[int, int]:
    day = date.fromisoformat(f"2024-{text}")
    return day.month, day.day


def _verdicts(read: Reader, reasons: Mapping[str, str]) -> dict[tuple[str, str, Cause], Verdict]:
    found = {}
    profiles = read.tables("profile", 1, 60)
    keys = []
    for profile in profiles:
        key = profile.key()
        keys.append(key)
        signpost = profile.text("signpost", SAY)
        columns = ("cause", "rented", "leasehold", "shared_ownership")
        for row in profile.tables("rules", len(Cause), len(Cause), columns):
            cause = row.one_of("cause", _CAUSES)
            for column in columns[1:]:
                party, _, reason = row.text(column, WORD).partition(".")
                if party not in _PARTIES or reason not in reasons or (key, column, cause) in found:
                    raise wrong(profile.where, f"{column} of {cause} is not a party and a reason, once")
                theirs = _PARTIES[party] is not Responsibility.LANDLORD
                found[key, column, cause] = Verdict(
                    _PARTIES[party], reasons[reason], signpost if theirs else ""
                )
        profile.done()
    distinct(keys, read.where)
    return found


def _fixtures(read: Reader, profiles: set[str], advice: Mapping[str, str]) -> dict[str, Fixture]:
    faults: dict[str, list[Symptom]] = {}
    columns = ("of", "key", "words", "priority", "sooner", "right", "hazard", "advice")
    for row in read.tables("symptoms", 1, 2000, columns):
        of = row.text("of", WORD)
        faults.setdefault(of, []).append(_symptom(row, advice))
    found = {}
    for row in read.tables("fixtures", 1, 500, ("key", "name", "where", "profile", "trade", "also")):
        key = row.key()
        if key in found or key not in faults:
            raise wrong(row.where, "it is there twice, or has no fault")
        distinct((one.key for one in faults[key]), row.where)
        found[key] = Fixture(
            key,
            row.text("name", WORD),
            row.one_of("where", {"home": False, "communal": True}),
            row.one_of("profile", {name: name for name in profiles}),
            row.one_of("trade", _TRADES),
            row.text("also", LINE),
            tuple(faults.pop(key)),
        )
        row.done()
    if faults:
        raise wrong(read.where, f"no thing called {', '.join(sorted(faults))}")
    read.done()
    return found


def _symptom(row: Reader, advice: Mapping[str, str]) -> Symptom:
    key = row.key()
    priority = row.one_of("priority", _PRIORITIES)
    found = Symptom(
        key,
        row.text("words", WORD),
        priority,
        row.maybe_one_of("sooner", _PRIORITIES) or priority,
        row.maybe_one_of("right", _RIGHTS) or "",
        row.maybe_one_of("hazard", _HAZARDS) or "",
        row.maybe_one_of("advice", advice) or "",
    )
    if sooner(found.priority, found.sooner):
        raise wrong(row.where, "someone at risk would wait longer")
    row.done()
    return found
