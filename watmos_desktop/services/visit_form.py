"""What is asked at the door as versioned data (``resources/visit_forms``): conditions, rooms, progress. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache

from watmos_desktop import resources
from watmos_desktop.services import wording
from watmos_desktop.services.errors import NotFound, Told

ANY = "any"  # in ``act``: whatever was written
KIND = ("@kind", "")  # among the answers what kind of visit it is, for questions that only some kinds have
TENANTS = ("@tenants", "")  # and who holds the tenancy, by name, for questions about one of several


class Kind(StrEnum):
    """How a question is answered; a day is kept as 2026-11-23."""

    ONE = "one"
    MANY = "many"
    TEXT = "text"
    DAY = "day"


@dataclass(frozen=True)
class Option:
    """One answer to choose."""

    key: str
    words: str


@dataclass(frozen=True)
class Question:
    """One question. ``when``: asked only if that question has one of these answers; ``rooms``: once for each there.

    ``same``: last time's answer may be confirmed. ``apart``: its answer is kept away from the others; ``own_words``:
    after the answer stands what was said, if anything. ``tenants``: the tenants are the answers to choose from, and it
    is asked only where there are several. ``act``: what an answer asks us to do, by its key.
    """

    key: str
    words: str
    kind: Kind
    options: tuple[Option, ...] = ()
    when: tuple[str, frozenset[str]] | None = None
    rooms: str = ""
    same: bool = False
    apart: bool = False
    own_words: bool = False
    tenants: bool = False
    act: Mapping[str, str] = field(default_factory=dict)

    def said(self, values: tuple[str, ...]) -> str:
        """An answer in words: ``Kitchen, Bathroom``, ``23 Nov 2026``; text as it was written."""
        if self.kind is Kind.DAY:
            return ", ".join(wording.day(date.fromisoformat(value)) for value in values)
        known = {one.key: one.words for one in self.options}
        return ", ".join(known.get(value, value) for value in values)

    def check(self, values: tuple[str, ...]) -> None:
        """Raise Told at ``value`` for what is no answer to it."""
        if self.kind is Kind.TEXT:
            wrong = len(values) != 1 or not values[0].strip()
        elif self.kind is Kind.DAY:
            wrong = len(values) != 1 or not _is_day(values[0])
        elif self.own_words and len(values) > 1:
            known = {one.key for one in self.options}
            wrong = len(values) > 2 or values[0] not in known or not values[1].strip()
        else:
            known = {one.key for one in self.options}
            wrong = not values or not known.issuperset(values) or len(set(values)) != len(values)
            wrong = wrong or (self.kind is Kind.ONE and len(values) != 1)
        if wrong:
            raise Told("That is not an answer to it.", "Answer it, or skip it with a reason.", field="value")


@dataclass(frozen=True)
class Section:
    """Some questions under a title."""

    key: str
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Consent:
    """Something that is asked and answered on its own."""

    key: str
    words: str


@dataclass(frozen=True)
class VisitForm:
    """One version of the form; ``skip`` are reasons that are offered."""

    version: int
    skip: tuple[str, ...]
    consents: tuple[Consent, ...]
    sections: tuple[Section, ...]

    def question(self, key: str) -> Question:
        """The question of that key; raises NotFound."""
        for section in self.sections:
            for one in section.questions:
                if one.key == key:
                    return one
        raise NotFound("That question")


@dataclass(frozen=True)
class Given:
    """An answer: values, or the reason why it was skipped. ``same``: confirmed as last time."""

    values: tuple[str, ...] = ()
    skipped: str = ""
    same: bool = False


Key = tuple[str, str]  # a question's key, and the room or ""
Answers = Mapping[Key, Given]


@dataclass(frozen=True)
class Step:
    """One question as it is asked, of one room or of none."""

    section: Section
    question: Question
    room: str = ""
    room_words: str = ""

    @property
    def key(self) -> Key:
        """What its answer is kept under."""
        return self.question.key, self.room

    @property
    def words(self) -> str:
        """``Kitchen: What is wrong there?``."""
        return f"{self.room_words}: {self.question.words}" if self.room else self.question.words


@cache
def known() -> dict[int, VisitForm]:
    """Every version of the form that this program brings, by its number."""
    found = [read(one.read_text(encoding="utf-8")) for one in resources.path("visit_forms").glob("*.toml")]
    return {one.version: one for one in found}


def load() -> VisitForm:
    """The form as it is asked now: its newest version."""
    return known()[max(known())]


def read(text: str) -> VisitForm:
    """One version of the form from its file."""
    data = tomllib.loads(text)
    sections = tuple(
        Section(one["key"], one["title"], tuple(_question(row) for row in one["question"]))
        for one in data["section"]
    )
    consents = tuple(Consent(one["key"], one["words"]) for one in data["consent"])
    return VisitForm(data["version"], tuple(data["skip"]), consents, sections)


def of_version(version: int) -> VisitForm:
    """The form that a visit was begun with, however old; raises Told for one without, or of a newer program."""
    if not version:
        raise Told("That visit was recorded without its questions.", "Its follow-ups are with the home.")
    if version not in known():
        raise Told("That visit was begun with a newer version of the form.", "Update this program first.")
    return known()[version]


def _question(row: dict[str, object]) -> Question:
    options, when = row.get("options", []), row.get("when")
    assert isinstance(options, list)
    asked = None
    if isinstance(when, dict):
        asked = (str(when["key"]), frozenset(when["any"]))
    rest = row | {
        "kind": Kind(str(row["kind"])),
        "options": tuple(Option(*one) for one in options),
        "when": asked,
    }
    return Question(**rest)  # type: ignore[arg-type]


def steps(form: VisitForm, answers: Answers) -> tuple[Step, ...]:
    """Every question that is asked with these answers, in order; an answer to one not asked counts for nothing."""
    found: dict[Key, Given] = {key: answers[key] for key in (KIND, TENANTS) if key in answers}
    made: list[Step] = []
    for section in form.sections:
        for question in section.questions:
            for step in _asked(form, section, question, found):
                made.append(step)
                if step.key in answers:
                    found[step.key] = answers[step.key]
    return tuple(made)


def _asked(form: VisitForm, section: Section, question: Question, found: Answers) -> Iterator[Step]:
    if question.when is not None:
        key, wanted = question.when
        given = found.get((key, ""))
        if given is None or not wanted.intersection(given.values):
            return
    if question.tenants:
        names = tuple(dict.fromkeys(found.get(TENANTS, Given()).values))
        if len(names) > 1:
            yield Step(section, replace(question, options=tuple(Option(name, name) for name in names)))
        return
    if not question.rooms:
        yield Step(section, question)
        return
    rooms = form.question(question.rooms)
    chosen = found.get((question.rooms, ""), Given()).values
    for option in rooms.options:
        if option.key in chosen:
            yield Step(section, question, option.key, option.words)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def missing(form: VisitForm, answers: Answers) -> tuple[Step, ...]:
    """The questions still without an answer or a reason."""
    return tuple(step for step in steps(form, answers) if step.key not in answers)


def to_do(form: VisitForm, answers: Answers) -> tuple[str, ...]:
    """What the answers ask us to do, each once: ``Damp or mould … : Open a hazard case``, in the form's order."""
    found = []
    for step in steps(form, answers):
        for value in answers.get(step.key, Given()).values:
            act = step.question.act.get(value) or (value and step.question.act.get(ANY))
            if act:
                found.append(f"{step.words} {step.question.said((value,))}: {act}")
    return tuple(dict.fromkeys(found))
