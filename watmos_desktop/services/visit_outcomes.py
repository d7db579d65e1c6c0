"""What the answers of a visit ask us to do, and which visits a manager looks at: data (``visit_after.toml``). Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from watmos_desktop import resources
from watmos_desktop.models.kinds import FollowUpKind, VisitKind
from watmos_desktop.services import visit_faults
from watmos_desktop.services.visit_form import ANY, Answers, Given, Key, Kind, Step, VisitForm, steps

TITLE = 80  # letters of a repair's title


class Makes(StrEnum):
    """What an answer becomes."""

    REPAIR = "repair"
    HAZARD = "hazard"
    ADAPTATION = "adaptation"
    REFERRAL = "referral"
    ASB = "asb"
    CONTACT = "contact"
    SAFE_CONTACT = "safe_contact"
    VISIT = "visit"
    OTHER = "other"


KIND = {
    Makes.REPAIR: FollowUpKind.REPAIR,
    Makes.HAZARD: FollowUpKind.HAZARD,
    Makes.ADAPTATION: FollowUpKind.ADAPTATION,
    Makes.REFERRAL: FollowUpKind.REFERRAL,
    Makes.ASB: FollowUpKind.ASB,
    Makes.CONTACT: FollowUpKind.CONTACT,
    Makes.SAFE_CONTACT: FollowUpKind.CONTACT,
    Makes.VISIT: FollowUpKind.OTHER,
    Makes.OTHER: FollowUpKind.OTHER,
}


@dataclass(frozen=True)
class Outcome:
    """One line of the data: the fields are said at the head of ``visit_after.toml``."""

    question: str
    answers: frozenset[str]
    kind: Makes
    words: str
    place: str = ""
    detail: str = ""
    fixture: str = ""
    symptom: str = ""
    hazard: str = ""
    at_risk: bool = False
    service: str = ""
    partner: str = ""
    days: int = 0
    told: str = ""
    told_on: str = ""
    concern: bool = False

    @property
    def keys(self) -> frozenset[str]:
        """What a follow-up of it can be called: see ``Found.key``."""
        return frozenset({self.question, f"{self.question}={'+'.join(sorted(self.answers))}"})


@dataclass(frozen=True)
class Approval:
    """Which visits a manager looks at: by kind, unsigned, after certain answers, or with such things left out."""

    kinds: frozenset[VisitKind]
    unsigned: str
    left_out: frozenset[FollowUpKind]
    answers: tuple[tuple[str, frozenset[str], str], ...]


@dataclass(frozen=True)
class AfterRules:
    """All of the data. ``consent`` is the key of the consent that a referral needs."""

    consent: str
    no_consent: str
    outcomes: tuple[Outcome, ...]
    approval: Approval


@dataclass(frozen=True)
class Found:
    """What an answer asks for: ``key`` tells it apart within the visit, ``detail`` is what was written or said.

    ``asked`` is the question's key and room, whose answer says when it was observed; ``told_on`` the day on which we
    were told of it before.
    """

    key: str
    outcome: Outcome
    asked: Key
    room: str
    detail: str
    place: str
    values: tuple[str, ...]
    told_on: date | None = None

    @property
    def words(self) -> str:
        """``Damp or mould: Kitchen, Bathroom``; of what has no name of its own, what was written."""
        name = self.outcome.words or self.title
        return f"{name}: {self.place}" if self.place else name

    @property
    def title(self) -> str:
        """What was written in one short line, for the title of a repair; the name where nothing was."""
        line = " ".join(self.detail.split()) or f"{self.outcome.words} ({self.place})".replace(" ()", "")
        return line if len(line) <= TITLE else f"{line[: TITLE - 1].rstrip()}…"


@cache
def load() -> AfterRules:
    """The data, read once."""
    data = tomllib.loads(resources.path("visit_after.toml").read_text(encoding="utf-8"))
    asked = data["approval"]
    approval = Approval(
        frozenset(VisitKind(one) for one in asked["kinds"]),
        asked["unsigned"],
        frozenset(FollowUpKind(one) for one in asked["left_out"]),
        tuple((one["question"], frozenset(one["answers"]), one["words"]) for one in asked["answer"]),
    )
    outcomes = tuple(_outcome(one) for one in data["outcome"])
    return AfterRules(data["consent"], data["no_consent"], outcomes, approval)


def _outcome(row: Mapping[str, Any]) -> Outcome:
    return Outcome(**{**row, "answers": frozenset(row["answers"]), "kind": Makes(row["kind"])})


def found(form: VisitForm, answers: Answers) -> tuple[Found, ...]:
    """What the answers ask for, in the order of the form; an answer to a question not asked counts for nothing."""
    asked = {step.key: step for step in steps(form, answers)}
    return tuple(one for step in asked.values() for one in _of(step, answers, asked, form))


def _of(step: Step, answers: Answers, asked: Mapping[Key, Step], form: VisitForm) -> Iterator[Found]:
    given = answers.get(step.key, Given())
    rooms = [one.words for one in visit_faults.rooms(form)]
    told = {one.room for one in visit_faults.read(_said(visit_faults.ASKED, answers, asked), rooms)}
    for outcome in load().outcomes:
        if outcome.question != step.question.key or not given.values:
            continue
        chosen = tuple(value for value in given.values if ANY in outcome.answers or value in outcome.answers)
        if not chosen:
            continue
        if outcome.question == visit_faults.ASKED:
            yield from _faults(step, outcome, "".join(chosen), rooms)
            continue
        if outcome.kind is Makes.REPAIR and step.room_words in told:
            continue  # what is broken there was said by name
        place = _said(outcome.place, answers, asked) or step.room_words
        written = step.question.said(chosen) if step.question.kind is Kind.TEXT else ""
        detail = _said(outcome.detail, answers, asked) or written
        told_on = _day(outcome.told_on, answers, asked)
        yield Found(_key(step, outcome), outcome, step.key, step.room, detail, place, chosen, told_on)


def _faults(step: Step, outcome: Outcome, written: str, rooms: list[str]) -> Iterator[Found]:
    """One repair for each thing that is broken, by the name the guide has for it, or in their own words."""
    for number, fault in enumerate(visit_faults.read(written, rooms), 1):
        named = outcome
        if fault.fixture != visit_faults.OTHER:
            named = replace(
                outcome,
                fixture=fault.fixture,
                symptom=fault.symptom,
                words=fault.title,
                told=fault.title,
            )
        key = _key(step, outcome) + (f"={number}" if number > 1 else "")
        detail = fault.note if named is not outcome else fault.title
        yield Found(key, named, step.key, "", detail, fault.room, (fault.line,))


def _key(step: Step, outcome: Outcome) -> str:
    """``damp``, ``room_state:kitchen``, ``hazards_what=cold``: of several answers each has its own."""
    at = f"{step.question.key}:{step.room}" if step.room else step.question.key
    return f"{at}={'+'.join(sorted(outcome.answers))}" if step.question.kind is Kind.MANY else at


def _said(key: str, answers: Answers, asked: Mapping[Key, Step]) -> str:
    step = asked.get((key, ""))
    return step.question.said(answers.get(step.key, Given()).values) if step is not None else ""


def _day(key: str, answers: Answers, asked: Mapping[Key, Step]) -> date | None:
    given = answers.get((key, ""), Given()).values if (key, "") in asked else ()
    return date.fromisoformat(given[0]) if given else None


def reasons(
    kind: VisitKind, form: VisitForm, answers: Answers, *, signed: bool, left_out: frozenset[FollowUpKind]
) -> tuple[str, ...]:
    """Why a manager is to look at a visit, in words; nothing where none needs to."""
    rules = load().approval
    why = ["Every starter review is looked at."] if kind in rules.kinds else []
    if not signed:
        why.append(rules.unsigned)
    why += [f"Left out: {one.value}." for one in sorted(left_out & rules.left_out)]
    for step in steps(form, answers):
        given = frozenset(answers.get(step.key, Given()).values)
        why += [words for key, any_of, words in rules.answers if key == step.question.key and given & any_of]
    return tuple(dict.fromkeys(why))
