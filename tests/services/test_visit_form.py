"""The form at the door as data: conditions, rooms, what an answer asks us to do; every question can be reached."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watmos_desktop.models.kinds import VisitKind
from watmos_desktop.services import visit_form
from watmos_desktop.services.errors import Told
from watmos_desktop.services.visit_form import Given, Key, Kind, Question, Step

FORM = visit_form.load()
QUESTIONS = [one for section in FORM.sections for one in section.questions]
TOPICS = [
    "seen",
    "identity",
    "household",
    "contact",
    "safe_contact",
    "communication",
    "rooms",
    "room_state",
    "damp",
    "hazards",
    "smoke",
    "co",
    "fire",
    "repairs",
    "wellbeing",
    "money",
    "benefits",
    "support",
    "safety",
    "adaptations",
    "tenancy",
    "pets",
    "garden",
    "asb",
    "voice",
    "satisfied",
]


def answered(step: Step, pick: int) -> Given:
    if step.question.kind is Kind.TEXT:
        return Given(("words",))
    if step.question.kind is Kind.DAY:
        return Given(("2026-11-12",))
    options = step.question.options
    chosen = [options[pick % len(options)].key]
    if step.question.kind is Kind.MANY and pick % 2 and len(options) > 1:
        chosen.append(options[(pick + 1) % len(options)].key)
    return Given(tuple(chosen))


def walked(picks: list[int], kind: VisitKind = VisitKind.WELLBEING) -> dict[Key, Given]:
    """Answer whatever is asked, one after the other, until nothing is missing."""
    answers: dict[Key, Given] = {visit_form.KIND: Given((kind.value,))}
    for n in range(500):
        missing = visit_form.missing(FORM, answers)
        if not missing:
            return answers
        answers[missing[0].key] = answered(missing[0], picks[n % len(picks)])
    raise AssertionError("it never ends")


def test_the_form_says_what_the_specification_asks_for() -> None:
    keys = [one.key for one in QUESTIONS]
    assert len(set(keys)) == len(keys) and set(TOPICS) <= set(keys)
    for one in QUESTIONS:
        if one.when is not None:
            key, wanted = one.when
            if key == visit_form.KIND[0]:
                assert wanted <= set(VisitKind)
                continue
            before = FORM.question(key)
            assert keys.index(key) < keys.index(one.key)
            assert wanted <= {option.key for option in before.options}
        if one.rooms:
            assert keys.index(one.rooms) < keys.index(one.key) and FORM.question(one.rooms).kind is Kind.MANY
        assert bool(one.options) == (one.kind in (Kind.ONE, Kind.MANY) and not one.tenants)
        assert len({option.key for option in one.options}) == len(one.options) <= 9  # a key each
        assert set(one.act) <= {option.key for option in one.options} | {visit_form.ANY}
    assert [one.key for one in QUESTIONS if one.apart] == ["safety"]
    assert len(FORM.consents) == 4


def test_a_plain_visit_has_few_questions() -> None:
    usual = walked([0])
    assert (
        len(usual) <= 30
    )  # with a start, four consents, a name and the end: 45 actions leave room for follow-ups
    assert visit_form.to_do(FORM, usual) == ()


@settings(max_examples=60)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=80), st.sampled_from(VisitKind))
def test_conditions_rooms_and_what_is_to_do(picks: list[int], kind: VisitKind) -> None:
    answers = walked(picks, kind)
    steps = visit_form.steps(FORM, answers)
    assert {step.key for step in steps} | {visit_form.KIND} == set(answers)
    assert (("starter", "") in answers) is (kind is VisitKind.STARTER)
    poor = answers.get(("rooms_poor", ""), Given()).values
    assert [step.room for step in steps if step.question.key == "room_state"] == [
        option.key for option in FORM.question("rooms_poor").options if option.key in poor
    ]
    for step in steps:
        if step.question.when is not None:
            key, wanted = step.question.when
            assert wanted & set(answers[key, ""].values)
        step.question.check(answers[step.key].values)
    expected = any(
        value in step.question.act or visit_form.ANY in step.question.act
        for step in steps
        for value in answers[step.key].values
    )
    assert bool(visit_form.to_do(FORM, answers)) is expected
    stray = {**answers, ("damp_where", ""): Given(("kitchen",)), ("damp", ""): Given(("none",))}
    assert ("damp_where", "") not in {step.key for step in visit_form.steps(FORM, stray)}


@settings(max_examples=60)
@given(st.sampled_from(QUESTIONS), st.lists(st.text(max_size=3), max_size=3))
def test_what_is_no_answer_is_refused(question: Question, values: list[str]) -> None:
    if question.kind is Kind.DAY or question.own_words:
        return  # below
    known = {one.key for one in question.options}
    fits = (
        len(values) == 1 and bool(values[0].strip())
        if question.kind is Kind.TEXT
        else bool(values)
        and set(values) <= known
        and len(set(values)) == len(values)
        and (question.kind is Kind.MANY or len(values) == 1)
    )
    try:
        question.check(tuple(values))
    except Told as told:
        assert not fits and told.field == "value"
    else:
        assert fits


def test_a_day_is_a_day_and_own_words_follow_an_answer() -> None:
    told_on, safety = FORM.question("damp_told_on"), FORM.question("safety")
    assert told_on.said(("2026-11-12",)) == "12 Nov 2026"
    cases: list[tuple[Question, tuple[str, ...]]] = [
        (told_on, ("2026-11-12",)),
        (safety, ("told",)),
        (safety, ("told", "he hits me")),
    ]
    for question, values in cases:
        question.check(values)
    cases = [(told_on, ("12 Nov",)), (told_on, ("20261112",)), (told_on, ()), (safety, ("he hits me",))]
    for question, values in (*cases, (safety, ("told", " ")), (safety, ("told", "a", "b")), (safety, ())):
        with pytest.raises(Told):
            question.check(values)


def test_whose_it_is_is_asked_where_there_are_two_tenants() -> None:
    changed: dict[Key, Given] = {("contact", ""): Given(("changed",))}
    for names, options in ((("Ada",), None), (("Ada", "Ada"), None), (("Ada", "Ben"), ["Ada", "Ben"])):
        steps = visit_form.steps(FORM, changed | {visit_form.TENANTS: Given(names)})
        asked = [step for step in steps if step.question.key == "contact_who"]
        assert [[one.words for one in step.question.options] for step in asked] == (
            [options] if options else []
        )
