"""Inspection templates: what is looked at, in what order, and what each answer means (N1, F2).

Templates are data: ``resources/templates/*.toml``, versioned, read and checked here. A draft keeps its own as
JSON (``to_dict``/``from_dict``), so that a newer version never changes a walk that has begun.
docs/decisions/0007 explains the form of the files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from watmos_desktop import resources
from watmos_desktop.models.kinds import Grade, Priority, Scale, Subject, Trade
from watmos_desktop.services.errors import Told
from watmos_desktop.services.schedules import Cadence
from watmos_desktop.services.strict import Reader, distinct, wrong
from watmos_desktop.services.template_parts import (
    CHIP,
    HAZARDS,
    LOOK_FOR,
    LOOKS,
    NAME,
    PHRASE,
    TITLE,
    Area,
    Choice,
    Item,
    Phrase,
    Scoring,
    Template,
)

__all__ = [
    "HAZARDS",
    "Area",
    "Choice",
    "Item",
    "Phrase",
    "Scoring",
    "Template",
    "cadence",
    "from_dict",
    "from_toml",
    "get",
    "load_all",
    "to_dict",
]

_GRADES = {str(one): one for one in Grade}
_SCALES = {str(one): one for one in Scale}
_SUBJECTS = {str(one): one for one in Subject}
_TRADES = {str(one): one for one in Trade}
_PRIORITIES = {str(one): one for one in Priority}
_HAZARDS = {key: key for key in HAZARDS}
_COLUMNS = ("key", "words", "grade", "trade", "priority", "hazard", "title")


def load_all() -> dict[str, Template]:
    """The newest version of each template by key, in the order of the titles."""
    newest = {key: template for (key, _), template in sorted(_shipped().items())}
    return dict(sorted(newest.items(), key=lambda one: one[1].title))


@cache
def own_words() -> frozenset[str]:
    """The titles of repairs and the names of areas as the forms have them: facts of the estate, typed by nobody."""
    forms = _shipped().values()
    areas = {area.name for form in forms for area in form.areas}
    return frozenset(
        areas | {phrase.title for form in forms for item in form.items for phrase in item.phrases}
    )


def get(key: str, version: int | None = None) -> Template:
    """That version of a template, the newest when not said; Told if it is not here."""
    found = load_all().get(key) if version is None else _shipped().get((key, version))
    if found is None:
        raise Told(
            "That inspection form is not on this computer.", "Choose another, or ask the office to send it."
        )
    return found


def cadence(key: str, *, weeks: int = 0, months: int = 0) -> Cadence:
    """How often a place asks for a walk: its own interval, strict where the template is a safety check."""
    template = load_all().get(key)
    return Cadence(weeks, months, strict=template is not None and template.every.strict)


@cache
def _shipped() -> dict[tuple[str, int], Template]:
    found: dict[tuple[str, int], Template] = {}
    for file in sorted(resources.path("templates").glob("*.toml")):
        template = from_toml(file)
        if (template.key, template.version) in found:
            raise wrong(file.name, f"version {template.version} of {template.key} is there twice")
        found[template.key, template.version] = template
    return found


def from_toml(file: Path) -> Template:
    """Read one file; Told if anything is wrong."""
    try:
        return from_dict(tomllib.loads(file.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise wrong(file.name, f"it cannot be read: {error}") from None


def from_dict(data: Mapping[str, object]) -> Template:
    """Build and check a template; Told names the place and what is wrong there."""
    read = Reader(data, str(data.get("key", "template")))
    template = Template(
        key=read.key(),
        version=read.whole("version", 1, 9999),
        title=read.text("title", TITLE),
        about=read.text("about", LOOK_FOR),
        subject=read.one_of("subject", _SUBJECTS),
        every=_cadence(read.table("every")),
        scoring=_scoring(read.table("scoring")),
        areas=tuple(_area(one) for one in read.tables("areas", 1, 12)),
    )
    read.done()
    distinct((one.key for one in template.areas), read.where)
    distinct((one.key for one in template.items), read.where)
    return template


def to_dict(template: Template) -> dict[str, object]:
    """Plain data for JSON; ``from_dict`` gives an equal template back."""
    scoring, every = template.scoring, template.every
    return {
        "key": template.key,
        "version": template.version,
        "title": template.title,
        "about": template.about,
        "subject": str(template.subject),
        "every": {"weeks" if every.weeks else "months": every.weeks or every.months, "strict": every.strict},
        "scoring": {
            "points": list(scoring.points),
            "least": list(scoring.least),
            "cap_poor": str(scoring.cap_poor),
            "cap_critical": str(scoring.cap_critical),
        },
        "areas": [
            {
                "key": area.key,
                "name": area.name,
                "short": area.short,
                "items": [_item_dict(i) for i in area.items],
            }
            for area in template.areas
        ],
    }


def _item_dict(item: Item) -> dict[str, object]:
    data: dict[str, object] = {
        "key": item.key,
        "name": item.name,
        "look_for": item.look_for,
        "scale": str(item.scale),
        "looks": [one.looks for one in item.choices],
        "weight": item.weight,
        "safety_critical": item.safety_critical,
        "phrases": [_filled({name: getattr(phrase, name) for name in _COLUMNS}) for phrase in item.phrases],
    }
    if item.scale is Scale.COUNT:
        data["bands"] = [int(one.value) for one in item.choices]
    elif item.scale is not Scale.GRADE:
        data["fail"] = str(item.choices[-1].grade)
    return data | _filled({n: getattr(item, n) for n in ("critical_fail", "photo_required", "note_required")})


def _filled(data: Mapping[str, object]) -> dict[str, object]:
    return {name: str(value) for name, value in data.items() if value}


def _cadence(read: Reader) -> Cadence:
    weeks, months = read.whole("weeks", 1, 52, 0), read.whole("months", 1, 12, 0)
    if bool(weeks) == bool(months):
        raise wrong(read.where, "say either weeks or months")
    cadence = Cadence(weeks, months, read.flag("strict"))
    read.done()
    return cadence


def _scoring(read: Reader) -> Scoring:
    points, least = read.numbers("points", 4), read.numbers("least", 3)
    # A walk of nothing but Bs must come out as B, and so for each grade.
    if points[0] != 100 or not all(points[n] >= least[n] > points[n + 1] for n in range(3)):
        raise wrong(read.where, "points must fall from 100, with each 'least' between two of them")
    scoring = Scoring(
        (points[0], points[1], points[2], points[3]),
        (least[0], least[1], least[2]),
        read.one_of("cap_poor", _GRADES),
        read.one_of("cap_critical", _GRADES),
    )
    read.done()
    if scoring.cap_critical < scoring.cap_poor:
        raise wrong(read.where, "cap_critical cannot be better than cap_poor")
    return scoring


def _area(read: Reader) -> Area:
    area = Area(
        key=read.key(),
        name=read.text("name", NAME),
        short=read.text("short", CHIP),
        items=tuple(_item(one) for one in read.tables("items", 1, 20)),
    )
    read.done()
    return area


def _item(read: Reader) -> Item:
    scale = read.one_of("scale", _SCALES)
    item = Item(
        key=read.key(),
        name=read.text("name", NAME),
        look_for=read.text("look_for", LOOK_FOR),
        scale=scale,
        choices=_choices(read, scale),
        weight=read.whole("weight", 1, 5, 1),
        safety_critical=read.flag("safety_critical"),
        critical_fail=read.maybe_one_of("critical_fail", _GRADES),
        photo_required=read.maybe_one_of("photo_required", _GRADES),
        note_required=read.maybe_one_of("note_required", _GRADES),
        phrases=tuple(_phrase(one) for one in read.tables("phrases", 5, 8, _COLUMNS)),
    )
    read.done()
    distinct((one.key for one in item.phrases), read.where)
    worse = [choice.grade for choice in item.choices[1:]]
    for what, grade in [
        *((phrase.key, phrase.grade) for phrase in item.phrases),
        ("critical_fail", item.critical_fail),
        ("photo_required", item.photo_required),
        ("note_required", item.note_required),
    ]:
        if grade is not None and grade not in worse:
            raise wrong(read.where, f"no defect answer gives grade {grade} ({what})")
    return item


def _choices(read: Reader, scale: Scale) -> tuple[Choice, ...]:
    if scale in (Scale.YES_NO, Scale.MET):
        values = ["yes", "no"] if scale is Scale.YES_NO else ["met", "not_met"]
        grades = [Grade.A, read.one_of("fail", _GRADES)]
        if grades[1] is Grade.A:
            raise wrong(read.where, "'fail' must be worse than A")
    else:
        grades = list(Grade)
        values = [str(grade) for grade in grades]
    if scale is Scale.COUNT:
        bands = read.numbers("bands", 4)
        if bands[0] != 0 or sorted(set(bands)) != bands:
            raise wrong(read.where, "bands must rise from 0")
        values = [str(band) for band in bands]
    looks = read.texts("looks", len(values), LOOKS)
    return tuple(Choice(*one) for one in zip(values, looks, grades, strict=True))


def _phrase(read: Reader) -> Phrase:
    key = read.key()
    words, grade = read.text("words", PHRASE), read.one_of("grade", _GRADES)
    hazard = read.maybe_one_of("hazard", _HAZARDS) or ""
    trade = read.maybe_one_of("trade", _TRADES)
    # What raises a repair needs all three; what does not, none of them: done() refuses the others.
    priority = read.one_of("priority", _PRIORITIES) if trade else None
    title = read.text("title", TITLE) if trade else ""
    read.done()
    return Phrase(key, words, grade, trade, priority, hazard, title)
