"""The templates are data people rely on: complete, fitting the screen; a broken one is refused."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from watmos_desktop.models.kinds import Grade, Priority, Scale, Subject
from watmos_desktop.services import promises, template_parts, templates
from watmos_desktop.services.errors import Told
from watmos_desktop.services.schedules import Cadence
from watmos_desktop.services.templates import HAZARDS, Item, Template

ALL = templates.load_all()
EACH = pytest.mark.parametrize("template", ALL.values(), ids=list(ALL))
ITEMS = [(template.key, item) for template in ALL.values() for item in template.items]


def test_the_six_walks_are_here() -> None:
    assert {key: (one.subject, str(one.every)) for key, one in ALL.items()} == {
        "block_internal": (Subject.BLOCK, "every month"),
        "block_weekly": (Subject.BLOCK, "every week"),
        "community_space": (Subject.SPACE, "every 3 months"),
        "estate_grounds": (Subject.ESTATE, "every month"),
        "fire_safety": (Subject.BLOCK, "every 3 months"),
        "play_area": (Subject.ESTATE, "every month"),
    }
    assert [key for key, one in ALL.items() if one.every.strict] == ["fire_safety", "play_area"]


def test_a_place_may_have_its_own_interval_but_a_safety_check_stays_strict() -> None:
    assert templates.cadence("fire_safety", months=1) == Cadence(months=1, strict=True)
    assert templates.cadence("block_weekly", weeks=2) == Cadence(weeks=2)
    assert templates.cadence("no_longer_here", months=6) == Cadence(months=6)


def test_the_block_walk_is_the_one_the_action_budget_counts() -> None:
    walk = ALL["block_internal"]
    assert [(area.name, len(area.items)) for area in walk.areas] == [
        ("Entrance and lobby", 6),
        ("Lifts", 4),
        ("Stairs and landings", 7),
        ("Bin store", 4),
        ("Grounds near the block", 5),
        ("Fire safety", 4),
    ]
    # One by one: all of fire safety, and the stairs. Every other area can end with "rest of area OK".
    assert [item.key for item in walk.items if item.safety_critical] == [
        "stair_treads",
        *(item.key for item in walk.area("fire").items),
    ]
    assert {item.scale for item in walk.items} == set(Scale)


@EACH
def test_every_walk_has_things_that_no_bulk_answer_covers(template: Template) -> None:
    assert any(item.safety_critical for item in template.items)
    assert any(item.critical_fail for item in template.items)


@EACH
def test_a_draft_keeps_its_template_as_json(template: Template) -> None:
    assert templates.from_dict(json.loads(json.dumps(templates.to_dict(template)))) == template


@EACH
def test_wordings_fit_their_places(template: Template) -> None:
    assert all(len(area.short) <= template_parts.CHIP for area in template.areas)
    for item in template.items:
        assert len(item.name) <= template_parts.NAME
        assert all(len(choice.looks) <= template_parts.LOOKS for choice in item.choices)
        assert all(len(phrase.words) <= template_parts.PHRASE for phrase in item.phrases)


@pytest.mark.parametrize("item", [pytest.param(item, id=f"{key}-{item.key}") for key, item in ITEMS])
def test_wordings_of_an_item_can_be_told_apart(item: Item) -> None:
    assert len({phrase.words for phrase in item.phrases}) == len(item.phrases)
    assert len({choice.looks for choice in item.choices}) == len(item.choices)
    shown = [item.name, item.look_for, *(c.looks for c in item.choices), *(p.words for p in item.phrases)]
    assert all(text[0].isupper() or text[0] in "“0123456789" for text in shown), shown
    assert not any("'" in text or "  " in text or text.endswith(" .") for text in shown), "typographic quotes"


@pytest.mark.parametrize("item", [pytest.param(item, id=f"{key}-{item.key}") for key, item in ITEMS])
def test_phrases_agree_with_their_item(item: Item) -> None:
    worst = item.choices[-1].grade
    assert worst in {phrase.grade for phrase in item.phrases}, "the worst answer has words"
    for phrase in item.phrases:
        assert item.grade_of(item.value_of(phrase)) is phrase.grade
        assert phrase.hazard in {"", *HAZARDS}
        assert (phrase.raises_repair, phrase.raises_repair) == (bool(phrase.priority), bool(phrase.title))
        if phrase.priority is Priority.EMERGENCY and item.scale is Scale.GRADE:
            assert phrase.grade is Grade.D, f"{phrase.key}: an emergency is no better than D"


def test_offensive_graffiti_is_d_critical_and_gone_in_24_hours() -> None:
    found = [(item, phrase) for _, item in ITEMS for phrase in item.phrases if phrase.key == "offensive"]
    assert len(found) == 5
    for item, phrase in found:
        assert (phrase.grade, item.critical_fail, phrase.priority) == (Grade.D, Grade.D, Priority.EMERGENCY)


def test_there_are_21_hazards_and_the_phases_of_awaabs_law_are_met_on_these_walks() -> None:
    assert set(HAZARDS) == {hazard.id for hazard in promises.hazards(date(2026, 11, 23))}
    used = {phrase.hazard for _, item in ITEMS for phrase in item.phrases} - {""}
    assert {
        "damp_and_mould",
        "fire_and_explosions",
        "electrical",
        "falls_stairs",
        "falls_level",
        "structural_collapse",
        "domestic_hygiene",
    } <= used


def test_counts_have_grades() -> None:
    item = ALL["estate_grounds"].item("dumping")
    assert [item.grade_of(str(n)) for n in (0, 1, 2, 3, 5, 6, 40)] == list("ABBCCDD")
    for nonsense in ("", "-1", "two", "1.5", "²", "A"):
        with pytest.raises(ValueError, match="dumping"):
            item.grade_of(nonsense)


def test_a_version_that_is_not_here_is_told() -> None:
    assert templates.get("play_area", 1) is templates.get("play_area")
    for key, version in (("play_area", 99), ("play_areas", None)):
        with pytest.raises(Told, match="not on this computer"):
            templates.get(key, version)


def test_reading_them_costs_little_and_needs_no_database_and_no_window() -> None:
    code = (
        "import sys; from watmos_desktop.services import templates; templates.load_all(); "
        "print(sorted({'sqlalchemy', 'PySide6', 'holidays', 'reportlab'} & set(sys.modules)))"
    )
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"

    def once() -> float:
        templates._shipped.cache_clear()
        before = time.process_time()
        templates.load_all()
        return time.process_time() - before

    # 18 ms on two old cores; the limit leaves room for a machine that does eight other things.
    assert min(once() for _ in range(5)) < 0.06


GOOD: dict[str, Any] = templates.to_dict(ALL["block_internal"])  # a graded first item
COUNTED = next(
    i for i, item in enumerate(ALL["block_internal"].area("bins").items) if item.scale is Scale.COUNT
)


def _item(data: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = data["areas"][0]["items"][0]
    return item


def _set(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda data: data.update(fields)


def _on_item(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda data: _item(data).update(fields)


def _on_phrase(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda data: _item(data)["phrases"][0].update(fields)


def _on_scoring(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda data: data["scoring"].update(fields)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_set(colour="red"), "block_internal: unknown colour"),
        (_on_item(wieght=3), "entrance_door: unknown wieght"),
        (_on_phrase(prio="urgent"), "not_locking: unknown prio"),
        (_set(version=0), "version must be 1 to 9999"),
        (_set(version=True), "version must be"),
        (_set(version="1"), "version is of the wrong kind"),
        (_set(subject="home"), "subject cannot be 'home'; it is one of block, estate, space"),
        (_set(title=" "), "title is empty"),
        (_set(key="Block internal"), "not a key"),
        (_set(every={"weeks": 1, "months": 1}), "either weeks or months"),
        (_set(every={}), "either weeks or months"),
        (_set(every={"months": 13}), "months must be 1 to 12"),
        (_set(areas=[]), "0 areas"),
        (_set(areas=[1]), "a table is expected"),
        (_set(areas="none"), "areas is not a list"),
        (lambda data: data.pop("title"), "title is missing"),
        (lambda data: data["areas"].append(deepcopy(data["areas"][0])), "'entrance' is there twice"),
        (
            lambda data: data["areas"][1]["items"].append(deepcopy(_item(data))),
            "'entrance_door' is there twice",
        ),
        (lambda data: data["areas"][0].update(short="Entrance, lobby"), "short has 15 letters, 14 fit"),
        (_on_item(scale="stars"), "scale cannot be 'stars'"),
        (_on_item(looks=["Good", "Fair", "Poor"]), "looks needs 4 wordings"),
        (_on_item(looks=["Good", "Fair", "Poor", "x" * 46]), "looks has 46 letters, 45 fit"),
        (_on_item(look_for="x" * 161), "look_for has 161 letters"),
        (_on_item(name="Two\nlines"), "line breaks"),
        (_on_item(weight=0), "weight must be 1 to 5"),
        (_on_item(safety_critical="yes"), "safety_critical is of the wrong kind"),
        (_on_item(critical_fail="E"), "critical_fail cannot be 'E'"),
        (_on_item(critical_fail="A"), "no defect answer gives grade A"),
        (_on_item(fail="D"), "unknown fail"),
        (lambda data: _item(data)["phrases"].__delitem__(slice(4, None)), "4 phrases, not 5 to 8"),
        (lambda data: _item(data).update(phrases=_item(data)["phrases"] * 2), "14 phrases, not 5 to 8"),
        (
            lambda data: _item(data)["phrases"].append(_item(data)["phrases"][0]),
            "'not_locking' is there twice",
        ),
        (_on_item(phrases="a | b | c"), "7 columns are needed"),
        (_on_phrase(grade="A"), "no defect answer gives grade A"),
        (_on_phrase(grade="F"), "grade cannot be 'F'"),
        (_on_phrase(words="x" * 29), "words has 29 letters, 28 fit"),
        (_on_phrase(trade="magic"), "trade cannot be 'magic'"),
        (_on_phrase(priority="soon"), "priority cannot be 'soon'; it is one of emergency, urgent, routine"),
        (_on_phrase(hazard="dragons"), "hazard cannot be 'dragons'"),
        (lambda data: _item(data)["phrases"][0].pop("trade"), "unknown priority, title"),
        (lambda data: _item(data)["phrases"][0].pop("title"), "title is missing"),
        (lambda data: data["areas"][1]["items"][0].update(fail="A"), "must be worse than A"),
        (
            lambda data: data["areas"][1]["items"][0].update(critical_fail="C"),
            "no defect answer gives grade C",
        ),
        (
            lambda data: data["areas"][3]["items"][COUNTED].update(bands=[0, 3, 3, 6]),
            "bands must rise from 0",
        ),
        (
            lambda data: data["areas"][3]["items"][COUNTED].update(bands=[1, 2, 3, 6]),
            "bands must rise from 0",
        ),
        (lambda data: data["areas"][3]["items"][COUNTED].update(bands=[0, 1]), "bands needs 4 whole numbers"),
        (_on_scoring(points=[100, 75, 40]), "points needs 4"),
        (_on_scoring(points=[90, 75, 40, 0]), "points must fall from 100"),
        (_on_scoring(least=[70, 65, 35]), "points must fall from 100"),
        (_on_scoring(least=[93, 80, 35]), "points must fall from 100"),
        (_on_scoring(cap_critical="A"), "cap_critical cannot be better"),
    ],
)
def test_a_broken_template_is_refused_with_its_place(spoil: Callable[[Any], object], told: str) -> None:
    data = deepcopy(GOOD)
    templates.from_dict(data)
    spoil(data)
    with pytest.raises(Told) as error:
        templates.from_dict(data)
    assert told in error.value.message
    assert error.value.message.startswith("The form cannot be used. In block_internal") or "not a key" in told


def test_a_file_that_is_no_template_is_told(tmp_path: Path) -> None:
    for name, content in (
        ("torn.toml", b"key = 'x"),
        ("latin.toml", b"key = '\xe9'"),
        ("list.toml", b"areas = 1"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Told, match="The form cannot be used"):
            templates.from_toml(tmp_path / name)
