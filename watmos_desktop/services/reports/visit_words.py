"""The words about a visit in every language we have: ``resources/wording/visit_letter/``, a file a language. Pure.

English stands in for what nobody has put into a language and checked, and whoever makes the letter is told so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from watmos_desktop import resources
from watmos_desktop.services.reports import style

ENGLISH = "English"
_FOLDER = ("wording", "visit_letter")
_ASK = "ask.toml"
_NAME = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Language:
    """One language of letters. ``checked`` says who read its words and when; empty: nobody has yet."""

    name: str
    version: int
    checked: str


@dataclass(frozen=True)
class Wording:
    """In which languages a letter is written, in that order; ``ask`` is the language of the line below English.

    ``note`` tells who makes the letter what stands in for what; empty when it is in the language they speak.
    """

    languages: tuple[str, ...] = (ENGLISH,)
    ask: str = ""
    note: str = ""


def languages() -> tuple[Language, ...]:
    """Every language there are words for, English first."""
    found = [Language(name, int(one["version"]), str(one["checked"])) for name, one in _files().items()]
    return tuple(sorted(found, key=lambda one: (one.name != ENGLISH, one.name)))


def choose(spoken: str, wanted: str = "") -> Wording:
    """The words for somebody who speaks ``spoken``; ``wanted`` is a language that a person chose for this letter.

    A letter in another language holds the English after it, so that everyone in the household and the office reads
    the same.
    """
    known = {one.name: one for one in languages()}
    language = wanted or spoken or ENGLISH
    if language == ENGLISH:
        other = f"They speak {spoken}; you chose English." if spoken not in ("", ENGLISH) else ""
        return Wording(note=other)
    found = known.get(language)
    if found is not None and (found.checked or wanted):
        unread = "" if found.checked else f" Nobody has checked the {language} words yet."
        return Wording((language, ENGLISH), note=f"In {language}, with the English after it.{unread}")
    line = language if language in _asks() else ""
    why = f"the {language} words are not checked yet" if found else f"there are no words in {language} yet"
    below = f", with a line in {language} on how to ask for it" if line else ""
    return Wording(ask=line, note=f"They speak {language}, and {why}: the letter is in English{below}.")


def words(language: str, key: str, **values: str) -> str:
    """The wording ``section.name`` with each ``{name}`` replaced once: a name within a value stays."""
    section, name = key.split(".")
    values.setdefault("phone", phone().replace(" ", "\xa0"))  # on one line, and in order from the right, too
    return _NAME.sub(lambda found: values.get(found[1], found[0]), _files()[language][section][name])


def points(language: str, kind: str) -> tuple[str, ...]:
    """What is talked about at a visit of that kind."""
    return tuple(_files()[language]["about"][kind])


def ask_line(language: str) -> str:
    """The line in that language on how to get the letter in it; empty where there is none."""
    line = _asks().get(language, "")
    return line.replace("{phone}", phone().replace(" ", "\xa0"))


def long_day(language: str, when: date) -> str:
    """``Tuesday 24 November 2026``, as that language writes it."""
    dates = _files()[language]["dates"]
    return words(
        language,
        "dates.day",
        weekday=dates["weekdays"][when.weekday()],
        day=str(when.day),
        month=dates["months"][when.month - 1],
        year=str(when.year),
    )


def slot(language: str, when: date, start: str, end: str) -> str:
    """``Tuesday 24 November 2026, between 10:00 and 12:00``; without a time, the working day."""
    key = "dates.window" if start else "dates.any"
    return words(language, key, day=long_day(language, when), start=start, end=end)


def version(language: str) -> int:
    """The version of that language's words, which stands at the foot of a letter."""
    return int(_files()[language]["version"])


def phone() -> str:
    """The number that residents ring, one for every paper."""
    return style.words("card.phone")


@cache
def _files() -> Mapping[str, Mapping[str, Any]]:
    found = {}
    for path in sorted(resources.path(*_FOLDER).glob("*.toml")):
        if path.name != _ASK:
            data = tomllib.loads(path.read_text("utf-8"))
            found[str(data["language"])] = data
    return found


@cache
def _asks() -> Mapping[str, str]:
    data = tomllib.loads(resources.path(*_FOLDER, _ASK).read_text("utf-8"))
    return {str(name): str(line) for name, line in data["line"].items()}
