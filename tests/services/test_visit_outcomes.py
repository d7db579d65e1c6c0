"""The data on what comes of a visit fits the form, the repair guide and the hazards of the law; pure rules on it."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.test_visit_form import FORM, walked
from watmos_desktop.models.kinds import FollowUpKind, VisitKind
from watmos_desktop.services import guide, promises, visit_outcomes
from watmos_desktop.services.visit_form import ANY, Kind
from watmos_desktop.services.visit_outcomes import KIND, Makes


def test_every_line_of_the_data_can_become_what_it_says() -> None:
    rules = visit_outcomes.load()
    hazards = {one.id for one in promises.hazards(date(2026, 11, 23))}
    assert rules.consent in {one.key for one in FORM.consents}
    asked = {one.key: one for section in FORM.sections for one in section.questions}
    for one in rules.outcomes:
        if one.detail:
            assert one.detail in asked
        question = asked[one.question]
        assert not question.apart, "what is kept apart becomes nothing here"
        options = {option.key for option in question.options}
        assert one.answers == {ANY} or one.answers <= options, one
        assert one.place in {"", *asked} and one.told_on in {"", *asked}
        if one.kind in (Makes.REPAIR, Makes.HAZARD):
            fault = guide.load().fixture(one.fixture).symptom(one.symptom)
            assert one.kind is Makes.REPAIR or (one.hazard or fault.hazard) in hazards, one
        if one.kind is Makes.REFERRAL:
            assert one.partner and one.service and one.days
        assert one.words or question.kind is Kind.TEXT
    for key, answers, words in rules.approval.answers:
        assert answers <= {option.key for option in asked[key].options} and words


def test_every_act_of_the_form_becomes_something() -> None:
    known = {(one.question, answer) for one in visit_outcomes.load().outcomes for answer in one.answers}
    acts = {(one.key, answer) for part in FORM.sections for one in part.questions for answer in one.act}
    assert acts - known <= {("household", "changed"), ("contact", "changed")}, (
        acts - known
    )  # what changed is written next


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=40))
def test_each_thing_is_found_once_and_only_for_what_was_answered(picks: list[int]) -> None:
    answers = walked(picks)
    found = visit_outcomes.found(FORM, answers)
    keys = [one.key for one in found]
    assert len(set(keys)) == len(keys) and found == visit_outcomes.found(FORM, answers)
    for one in found:
        given_here = answers[one.asked].values
        assert one.outcome.question == one.asked[0] and given_here
        assert one.outcome.answers == {ANY} or one.outcome.answers & set(given_here)
        assert one.words and len(one.title) <= visit_outcomes.TITLE and KIND[one.outcome.kind]
    left = frozenset(KIND[one.outcome.kind] for one in found)
    quiet = visit_outcomes.reasons(VisitKind.WELLBEING, FORM, answers, signed=True, left_out=frozenset())
    every = visit_outcomes.reasons(VisitKind.STARTER, FORM, answers, signed=False, left_out=left)
    assert set(quiet) < set(every) and len(set(every)) == len(every)
    assert (FollowUpKind.HAZARD in left) is any("hazard" in words for words in every)
