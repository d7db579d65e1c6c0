"""What a walk scores, and that no arithmetic hides what is wrong."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watmos_desktop.models.kinds import Grade, NotScored, Scale
from watmos_desktop.services import scoring, templates
from watmos_desktop.services.scoring import Answer, Trend
from watmos_desktop.services.templates import Item, Template

ALL = list(templates.load_all().values())
BLOCK = templates.get("block_internal")
Scored = scoring.Score | scoring.AreaScore
Walk = dict[str, Answer]
NA = Answer(not_scored=NotScored.NOT_APPLICABLE)


def _values(item: Item) -> list[str]:
    return ["0", "1", "2", "3", "7"] if item.scale is Scale.COUNT else [one.value for one in item.choices]


def _options(item: Item) -> list[Answer | None]:
    """Every answer the item can have; None: not answered."""
    graded = [Answer(value, bulk=bulk) for value in _values(item) for bulk in (False, True)]
    return [None, *graded, NA, Answer(_values(item)[-1], NotScored.NOT_SEEN)]


def _walk(template: Template, drawn: bytes) -> Walk:
    """A walk, done or half done, from a byte an item: one draw is fast, and shrinks to no answers."""
    options = {item.key: _options(item) for item in template.items}
    picked = {
        key: these[byte % len(these)] for (key, these), byte in zip(options.items(), drawn, strict=False)
    }
    return {key: answer for key, answer in picked.items() if answer}


drawings = st.binary(min_size=30, max_size=30)
walks = st.builds(lambda template, drawn: (template, _walk(template, drawn)), st.sampled_from(ALL), drawings)


def _graded(grade: str, **others: str) -> Walk:
    """Every item at that grade, or the nearest worse answer it has; some otherwise."""
    answers = {
        item.key: Answer(next((c.value for c in item.choices if c.grade >= grade), item.choices[-1].value))
        for item in BLOCK.items
    }
    return answers | {key: Answer(value) for key, value in others.items()}


@pytest.mark.parametrize("grade", list(Grade))
def test_a_walk_of_one_grade_has_that_grade(grade: Grade) -> None:
    only = {item.key: Answer(str(grade)) for item in BLOCK.items if item.scale is Scale.GRADE}
    score = scoring.score(BLOCK, only)
    assert (score.grade, score.percent) == (grade, {"A": 100, "B": 75, "C": 40, "D": 0}[grade])
    assert not score.complete


def test_the_mean_is_weighted_and_rounded_down() -> None:
    # entrance_door weighs 3, entrance_floor 2, entrance_walls 1: (3 x 100 + 2 x 75 + 1 x 40) / 6 = 81.67
    answers = {
        "entrance_door": Answer("A"),
        "entrance_floor": Answer("B"),
        "entrance_walls": Answer("C"),
        "entrance_lights": NA,
    }
    area = scoring.score(BLOCK, answers).area("entrance")
    assert (area.grade, area.percent, area.worst) == (Grade.B, 81, Grade.C)
    assert (area.answered, area.not_scored, area.total) == (3, 1, 6)


def test_nothing_scored_is_not_a_grade() -> None:
    for answers in ({}, {item.key: NA for item in BLOCK.items}):
        score = scoring.score(BLOCK, answers)
        assert (score.grade, score.percent, score.worst, score.held, score.critical) == (
            None,
            None,
            None,
            False,
            (),
        )
        assert all((area.grade, area.percent, area.worst) == (None, None, None) for area in score.areas)
        assert score.complete is bool(answers)


def test_offensive_graffiti_is_never_averaged_away() -> None:
    score = scoring.score(BLOCK, _graded("A", entrance_graffiti="D"))
    assert score.critical == ("entrance_graffiti",)
    assert (score.area("entrance").grade, score.grade, score.held) == (Grade.D, Grade.C, True)
    assert score.percent is not None and score.percent > 95


def test_a_d_that_is_not_critical_still_keeps_a_walk_from_being_excellent() -> None:
    score = scoring.score(BLOCK, _graded("A", bins_clean="D"))
    assert (score.critical, score.grade, score.held) == ((), Grade.B, True)


def test_a_blocked_way_out_makes_a_fire_walk_d() -> None:
    walk = templates.get("fire_safety")
    answers = {item.key: scoring.ok_answer(item) for item in walk.items} | {"routes_clear": Answer("D")}
    assert scoring.score(walk, answers).grade is Grade.D


@given(walks)
def test_not_seen_changes_no_grade_and_no_percentage(walk: tuple[Template, Walk]) -> None:
    template, answers = walk
    without = {key: answer for key, answer in answers.items() if not answer.not_scored}
    one, other = scoring.score(template, answers), scoring.score(template, without)
    assert replace(one, not_scored=0, areas=()) == replace(other, areas=())
    assert [replace(area, not_scored=0) for area in one.areas] == list(other.areas)


@given(walks, st.randoms(use_true_random=False))
def test_the_order_of_answering_never_matters(walk: tuple[Template, Walk], rng: random.Random) -> None:
    template, answers = walk
    shuffled = list(answers.items())
    rng.shuffle(shuffled)
    assert scoring.score(template, dict(shuffled)) == scoring.score(template, answers)


@given(walks, st.data())
def test_a_better_answer_never_worsens_a_score(walk: tuple[Template, Walk], data: st.DataObject) -> None:
    template, answers = walk
    given_keys = sorted(key for key, answer in answers.items() if not answer.not_scored)
    if not given_keys:
        return
    item = template.item(data.draw(st.sampled_from(given_keys)))
    values = _values(item)
    place = values.index(answers[item.key].value)
    better = answers | {item.key: Answer(data.draw(st.sampled_from(values[: place + 1])))}
    before, after = scoring.score(template, answers), scoring.score(template, better)
    pairs: list[tuple[Scored, Scored]] = [(before, after), *zip(before.areas, after.areas, strict=True)]
    for one, other in pairs:
        assert (one.grade is None) == (other.grade is None)
        assert (other.grade or "") <= (one.grade or "")
        assert (other.percent or 0) >= (one.percent or 0)
    assert scoring.compare(after, before) is not Trend.DOWN
    assert set(after.critical) <= set(before.critical)


@given(walks)
def test_bounds_counts_and_caps(walk: tuple[Template, Walk]) -> None:
    template, answers = walk
    score = scoring.score(template, answers)
    assert score.answered == sum(not answer.not_scored for answer in answers.values())
    assert (score.answered, score.not_scored, score.total) == tuple(
        sum(getattr(area, name) for area in score.areas) for name in ("answered", "not_scored", "total")
    )
    parts: list[Scored] = [score, *score.areas]
    for one in parts:
        assert (one.percent is None) == (one.grade is None) == (one.worst is None) == (one.answered == 0)
        assert one.percent is None or 0 <= one.percent <= 100
    for key in score.critical:
        area = next(area for area in template.areas if template.item(key) in area.items)
        assert score.area(area.key).grade is Grade.D
        assert score.grade is not None and score.grade >= template.scoring.cap_critical


@given(walks, st.booleans())
def test_bulk_answers_score_alike(walk: tuple[Template, Walk], bulk: bool) -> None:
    template, answers = walk
    marked = {key: replace(answer, bulk=bulk) for key, answer in answers.items()}
    assert scoring.score(template, marked) == scoring.score(template, answers)


def test_the_arrow_follows_the_grade_then_five_per_cent() -> None:
    good, worse = scoring.score(BLOCK, _graded("A")), scoring.score(BLOCK, _graded("B"))
    assert scoring.compare(good, worse) is Trend.UP
    assert scoring.compare(worse, good) is Trend.DOWN
    assert scoring.compare(good, good) is Trend.SAME
    assert scoring.compare(good, None) is scoring.compare(scoring.score(BLOCK, {}), good) is None
    by = {change: replace(good, percent=95 + change) for change in (-5, -4, 0, 4, 5)}
    arrows = [scoring.compare(by[change], by[0]) for change in by]
    assert arrows == [Trend.DOWN, Trend.SAME, Trend.SAME, Trend.SAME, Trend.UP]


def test_two_scorers_talk_about_the_largest_difference_first() -> None:
    officer = _graded("A", stair_clean="B", bins_bulk="4")
    ambassador = _graded("A", entrance_floor="B", stair_clean="D", bins_bulk="0") | {"lift_working": NA}
    found = scoring.differences(BLOCK, officer, ambassador)
    assert [(one.item.key, one.officer, one.ambassador, one.steps) for one in found] == [
        ("stair_clean", "B", "D", 2),
        ("bins_bulk", "C", "A", -2),
        ("entrance_floor", "A", "B", 1),
    ]


@given(walks, drawings)
def test_differences_mirror_and_only_where_both_have_graded(
    walk: tuple[Template, Walk], drawn: bytes
) -> None:
    template, one = walk
    other = _walk(template, drawn)
    there, back = scoring.differences(template, one, other), scoring.differences(template, other, one)
    assert {(d.item.key, d.steps) for d in there} == {(d.item.key, -d.steps) for d in back}
    assert all(not one[d.item.key].not_scored and not other[d.item.key].not_scored for d in there)
    assert [abs(d.steps) for d in there] == sorted((abs(d.steps) for d in there), reverse=True)
    assert scoring.differences(template, one, one) == []


@given(walks)
def test_rest_ok_covers_what_is_open_and_no_safety_item(walk: tuple[Template, Walk]) -> None:
    template, answers = walk
    for area in template.areas:
        covered = scoring.rest_ok(template, area.key, answers)
        assert not set(covered) & set(answers)
        assert not any(template.item(key).safety_critical for key in covered)
        left = [item.key for item in area.items if item.key not in answers and item.key not in covered]
        assert all(template.item(key).safety_critical for key in left)
        bulk = {key: scoring.ok_answer(template.item(key), bulk=True) for key in covered}
        assert all(scoring.grade_of(template.item(key), answer) is Grade.A for key, answer in bulk.items())
        assert all(answer.bulk for answer in bulk.values())


def test_the_best_answers_by_scale_and_no_safety_item_in_bulk() -> None:
    best = {item.scale: scoring.ok_answer(item).value for item in BLOCK.items}
    assert best == {Scale.GRADE: "A", Scale.YES_NO: "yes", Scale.MET: "met", Scale.COUNT: "0"}
    with pytest.raises(ValueError, match="by itself"):
        scoring.ok_answer(BLOCK.item("fire_doors"), bulk=True)


def test_a_photo_and_a_note_are_asked_for_where_the_form_says() -> None:
    doors = templates.get("fire_safety").item("doors_wedged")
    wedged = Answer("no")
    assert scoring.still_needed(doors, wedged, photos=0, words=False) == ("photo", "note")
    assert scoring.still_needed(doors, wedged, photos=0, words=True) == ("photo",)
    assert scoring.still_needed(doors, wedged, photos=2, words=True) == ()
    assert scoring.still_needed(doors, Answer("yes"), photos=0, words=False) == ()
    assert scoring.still_needed(doors, NA, photos=0, words=False) == ()


def test_an_answer_of_another_scale_is_an_error_not_a_grade() -> None:
    with pytest.raises(ValueError, match="not an answer"):
        scoring.score(BLOCK, {"entrance_door": Answer("yes")})
