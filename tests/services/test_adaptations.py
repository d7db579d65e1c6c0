"""Aids and adaptations: who may know of them, each step and the order of the steps, what is told (R8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select

from tests.build import a_home, a_person, a_staff, a_tenancy, acting, an_actor
from tests.conftest import MANAGER, Let
from tests.fakes import NOW
from watmos_desktop.models.kinds import AdaptationKind, AdaptationStatus, Role, Trade
from watmos_desktop.models.tables import Adaptation, Clock, HouseholdMember, Repair, Staff
from watmos_desktop.services import adaptation_cases, adaptations, repairs
from watmos_desktop.services.adaptation_cases import Filter
from watmos_desktop.services.adaptations import Request, Works
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.wording import Tone

REASON = "The bath cannot be used safely without it."


def ask(let: Let, what: str = "A grab rail beside the bath", **more: Any) -> UUID:
    with let.store.write("asked") as session:
        return adaptations.ask(session, Request(let.landlord.home_id, what, **more))


def step(let: Let, do: Callable[..., object], *words: object, **more: object) -> object:
    with let.store.write("a step") as session:
        return do(session, *words, **more)


def shown(let: Let, key: UUID) -> adaptation_cases.AdaptationDetail:
    with let.store.read() as session:
        return adaptation_cases.get(session, key)


@pytest.fixture
def officer(let: Let) -> Let:
    let.store.actor = let.landlord.officer
    return let


def assessed(let: Let, **more: Any) -> UUID:
    key = ask(let, **more)
    step(let, adaptations.assess, key, AdaptationKind.MINOR, "R. Adeyemi", "One rail, left of the bath.")
    return key


def test_from_the_request_to_the_review(officer: Let, clock: object) -> None:
    key = assessed(officer)
    assert step(officer, adaptations.decide, key, True, REASON) == ""
    repair = step(officer, adaptations.order, key, Works("Fit a grab rail", Trade.CARPENTRY))
    one = shown(officer, key)
    assert one.repair is not None and (one.repair.id, one.repair.title) == (repair, "Fit a grab rail")
    assert one.repair.due.text == "In 25 working days"
    step(officer, adaptations.fitted, key)
    one = shown(officer, key)
    assert (one.card.words, one.fitted, one.review_on) == ("To review", "23 Nov 2026", date(2027, 1, 4))
    assert one.card.waits.text == "Review: in 27 working days"
    step(officer, adaptations.review, key, "She uses it every day.")
    one = shown(officer, key)
    assert (one.card.status, one.review) == (AdaptationStatus.REVIEWED, "She uses it every day.")
    assert one.card.reference.startswith("A-")


def test_the_officer_who_records_it_looks_after_it_until_someone_else_does(officer: Let) -> None:
    key = ask(officer)
    assert shown(officer, key).card.officer == "R. Adeyemi"
    with officer.store.read() as session:
        assert [name for _, name in adaptations.officers(session)] == [
            "Grace Bell",
            "Grace Bell-Owusu",
            "R. Adeyemi",
        ]
        assert adaptation_cases.count(session, Filter("mine")) == 1
    step(officer, adaptations.assign, key, officer.landlord.manager.staff_id)
    with officer.store.read() as session:
        assert adaptation_cases.count(session, Filter("mine")) == 0
    with pytest.raises(Told) as told:
        step(officer, adaptations.assign, key, officer.landlord.caretaker.staff_id)
    assert told.value.field == "officer"


def test_a_no_names_the_way_to_question_it_and_someone_else_decides_then(officer: Let) -> None:
    key = assessed(officer)
    words = step(officer, adaptations.decide, key, False, "A shower board does the same.")
    assert "until 21 Dec 2026" in str(words) and "Disabled Facilities Grant" in str(words)
    assert shown(officer, key).appeal == words
    step(officer, adaptations.look_again, key, "I cannot lift my leg over the edge.")
    one = shown(officer, key)
    assert one.again and not one.may_decide and not one.decision
    assert "I cannot lift my leg over the edge." in one.assessment
    assert "The first answer was: A shower board does the same." in one.assessment
    with pytest.raises(Told, match="You took the first decision"):
        step(officer, adaptations.decide, key, True, REASON)
    officer.store.actor = officer.landlord.manager
    step(officer, adaptations.decide, key, True, REASON)
    assert shown(officer, key).card.status is AdaptationStatus.APPROVED


def test_what_is_missing_or_wrong_is_told_at_its_field(officer: Let) -> None:
    key = ask(officer)
    tomorrow, before = NOW.date() + timedelta(days=1), NOW.date() - timedelta(days=1)
    minor = AdaptationKind.MINOR
    with officer.store.write("someone else") as session:
        stranger = a_person(session, "A. Stranger").id
    wrong: list[tuple[str, Callable[[], object]]] = [
        ("what", lambda: ask(officer, "  ")),
        ("what", lambda: ask(officer, "x" * 4001)),
        ("what", lambda: ask(officer, "half \ud800")),
        ("asked_on", lambda: ask(officer, asked_on=tomorrow)),
        ("person", lambda: ask(officer, person_id=stranger)),
        ("assessed_by", lambda: step(officer, adaptations.assess, key, minor, " ", "A rail")),
        ("assessment", lambda: step(officer, adaptations.assess, key, minor, "R. A.", "")),
        ("assessed_on", lambda: step(officer, adaptations.assess, key, minor, "R. A.", "A rail", before)),
        ("assessed_on", lambda: step(officer, adaptations.assess, key, minor, "R. A.", "A rail", tomorrow)),
    ]
    for field, do in wrong:
        with pytest.raises(Told) as told:
            do()
        assert told.value.field == field and told.value.hint
    step(officer, adaptations.assess, key, minor, "R. Adeyemi", "A rail")
    for field, do in [
        ("reason", lambda: step(officer, adaptations.decide, key, True, "")),
        ("decided_on", lambda: step(officer, adaptations.decide, key, True, REASON, before)),
    ]:
        with pytest.raises(Told) as told:
            do()
        assert told.value.field == field
    step(officer, adaptations.decide, key, True, REASON)
    for field, do in [
        ("title", lambda: step(officer, adaptations.order, key, Works("", Trade.CARPENTRY))),
        ("reference", lambda: step(officer, adaptations.link, key, "R-2222-2222")),
        ("review_on", lambda: step(officer, adaptations.fitted, key, None, before)),
    ]:
        with pytest.raises(Told) as told:
            do()
        assert told.value.field == field


def test_works_are_ordered_once_or_linked_by_the_reference_of_a_repair_of_the_home(officer: Let) -> None:
    key = assessed(officer)
    step(officer, adaptations.decide, key, True, REASON)
    with officer.store.read() as session:
        elsewhere = repairs.get(session, officer.landlord.repair_id).card.reference
    with pytest.raises(Told, match="not of this home"):
        step(officer, adaptations.link, key, elsewhere)
    made = step(officer, adaptations.order, key, Works("Fit a rail", Trade.CARPENTRY))
    with pytest.raises(Told, match="ordered already"):
        step(officer, adaptations.order, key, Works("Fit a rail", Trade.CARPENTRY))
    with officer.store.read() as session:
        row = session.get_one(Repair, made)
        assert row.home_id == officer.landlord.home_id
        assert [one.key for one in session.scalars(select(Clock).where(Clock.owner_id == made))] == ["R7"]
        reference = row.reference
    assert step(officer, adaptations.link, key, reference.lower()) == made


def test_the_repair_says_what_to_fit_and_nothing_of_why(officer: Let) -> None:
    key = assessed(officer, what="Mrs Khan has had a stroke")
    step(officer, adaptations.decide, key, True, "She falls at night.")
    made = step(officer, adaptations.order, key, Works("Fit a grab rail", Trade.CARPENTRY))
    with officer.store.read() as session:
        row = session.get_one(Repair, made)
        told = " ".join(
            str(getattr(row, column)) for column in ("title", "description", "place", "responsibility_reason")
        )
    assert "stroke" not in told and "falls" not in told


@pytest.mark.parametrize("who", ["caretaker", "ambassador"])
def test_who_may_not_know_of_needs_finds_no_request_at_all(officer: Let, who: str) -> None:
    key = ask(officer)
    reference = shown(officer, key).card.reference
    officer.store.actor = getattr(officer.landlord, who)
    with officer.store.read() as session:
        assert adaptation_cases.count(session, Filter("all")) == 0
        assert adaptation_cases.page(session, Filter("all"), 0, 9) == []
        assert adaptation_cases.of_home(session, officer.landlord.home_id) == []
        with pytest.raises(NotFound):
            adaptation_cases.get(session, key)
        with pytest.raises(NotFound):
            adaptation_cases.find(session, reference)
    with pytest.raises(NotAllowed):
        ask(officer)


def test_a_safeguarding_lead_asks_and_does_not_decide(officer: Let) -> None:
    key = assessed(officer)
    with officer.store.write("a lead", undoable=False) as session:
        lead = a_staff(session, Role.SAFEGUARDING_LEAD, "P. Lead")
    from watmos_desktop.models.tables import Estate

    with officer.store.read() as session:
        estate = session.get_one(Estate, officer.landlord.estate_id)
        officer.store.actor = an_actor(Role.SAFEGUARDING_LEAD, lead, estates=[estate])
    assert not shown(officer, key).may_decide
    with pytest.raises(NotAllowed):
        step(officer, adaptations.decide, key, True, REASON)
    ask(officer, "A key safe")


def test_a_request_of_another_estate_is_not_here(store: Store) -> None:
    with store.write("a home") as session:
        home = a_home(session).id
    with store.write("asked") as session:
        key = adaptations.ask(session, Request(home, "A ramp"))
    acting(store, Role.TENANCY_OFFICER)
    with store.read() as session, pytest.raises(NotFound):
        adaptation_cases.get(session, key)
    with store.write("no") as session, pytest.raises(NotFound):
        adaptations.ask(session, Request(home, "A ramp"))
    store.actor = MANAGER
    with store.read() as session:
        assert adaptation_cases.get(session, key).card.what == "A ramp"


def test_how_long_it_waits_is_said_in_words(officer: Let) -> None:
    said = {}
    for days in (0, 1, 12, 40):
        key = ask(officer, f"asked {days} days ago", asked_on=NOW.date() - timedelta(days=days))
        waits = shown(officer, key).card.waits
        said[days] = (waits.text, waits.tone)
    assert said == {
        0: ("Asked today", Tone.OK),
        1: ("Asked 1 working day ago", Tone.OK),
        12: ("Asked 8 working days ago", Tone.OK),
        40: ("Asked 28 working days ago", Tone.BAD),
    }
    with officer.store.read() as session:
        listed = adaptation_cases.page(session, Filter("assess"), 0, 9)
        assert listed[0].what == "asked 40 days ago"
        assert adaptation_cases.late(session) == 1


def test_asked_on_a_sunday_it_does_not_count_days_that_nobody_works(officer: Let) -> None:
    key = ask(officer, asked_on=date(2026, 11, 22))
    assert shown(officer, key).card.waits.text == "Asked 1 working day ago"


def test_it_is_found_by_name_address_and_reference(officer: Let) -> None:
    with officer.store.read() as session:
        person = session.scalars(select(HouseholdMember.person_id)).first()
    with officer.store.read() as session:
        household = adaptations.household(session, officer.landlord.home_id)
    assert list(household.values()) == ["Zoë Łukasiewicz"] and person in household
    key = ask(officer, person_id=next(iter(household)))
    reference = shown(officer, key).card.reference
    with officer.store.read() as session:
        for text in ("łukasie", "lindley house", reference):
            found = adaptation_cases.page(session, Filter("all", text), 0, 9)
            assert [one.id for one in found] == [key], text
        assert adaptation_cases.page(session, Filter("all", "100%"), 0, 9) == []
        assert adaptation_cases.find(session, reference.replace("-", " ").lower()) == key
        with pytest.raises(Told, match="no such list"):
            adaptation_cases.count(session, Filter("nonsense"))


def test_each_step_can_be_taken_back(officer: Let) -> None:
    from watmos_desktop.services import history

    key = assessed(officer)
    step(officer, adaptations.decide, key, False, REASON)
    with officer.store.read() as session:
        action = history.last(session)
    assert action is not None
    history.undo(officer.store, action)
    one = shown(officer, key)
    assert (one.card.status, one.decision, one.decided) == (AdaptationStatus.ASSESSED, "", "")
    assert one.may_decide


STEPS: dict[str, tuple[Callable[..., object], tuple[object, ...]]] = {
    "assess": (adaptations.assess, (AdaptationKind.OT, "T. Osei, occupational therapist", "A level shower")),
    "yes": (adaptations.decide, (True, REASON)),
    "no": (adaptations.decide, (False, REASON)),
    "appeal": (adaptations.look_again, ("Still needed",)),
    "order": (adaptations.order, (Works("Fit it", Trade.PLUMBING),)),
    "fit": (adaptations.fitted, ()),
    "review": (adaptations.review, ("It works",)),
    "withdraw": (adaptations.withdraw, ()),
}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_whatever_steps_are_tried_a_request_never_stands_where_it_cannot(
    officer: Let, taken: list[str]
) -> None:
    """Nothing is fitted that nobody approved, nothing decided that nobody assessed; a refused step changes nothing."""
    officer.store.actor = officer.landlord.officer
    key = ask(officer)
    walked: list[str] = []
    people = [officer.landlord.officer, officer.landlord.manager]
    for name in taken:
        officer.store.actor = people[walked.count("appeal") % 2]
        do, words = STEPS[name]
        before = _row(officer, key)
        try:
            step(officer, do, key, *words)
        except Told as told:
            assert told.message and told.hint
            assert _row(officer, key) == before
            continue
        walked.append(name)
    after = _row(officer, key)
    assert adaptations.may_step(after["status"], "review") == (walked[-1:] == ["fit"])
    if "fit" in walked:
        assert "yes" in walked[: walked.index("fit")] and after["fitted_at"] is not None
        assert after["review_on"] > after["fitted_at"].date()
    if "yes" in walked or "no" in walked:
        assert walked[0] == "assess" and after["decision_reason"] == REASON
    if "withdraw" in walked:
        assert walked[-1] == "withdraw"
    assert walked.count("order") <= 1


def _row(let: Let, key: UUID) -> dict[str, Any]:
    with let.store.read() as session:
        row = session.get_one(Adaptation, key)
        names = [column.key for column in inspect(Adaptation).columns if column.key != "stamps"]
        return {name: getattr(row, name) for name in names}


def test_who_left_is_no_officer_any_more(officer: Let) -> None:
    with officer.store.write("left", undoable=False) as session:
        session.get_one(Staff, officer.landlord.manager.staff_id).active = False
    with officer.store.read() as session:
        assert "Grace Bell-Owusu" not in [name for _, name in adaptations.officers(session)]


def test_the_household_of_an_empty_home_is_nobody(officer: Let) -> None:
    with officer.store.write("an empty home") as session:
        home = a_home(session).id
        other = a_home(session)
        a_tenancy(session, other, a_person(session, "Past Tenant"), ended_on=date(2026, 1, 1))
    officer.store.actor = officer.landlord.manager
    with officer.store.read() as session:
        assert adaptations.household(session, home) == {} == adaptations.household(session, other.id)
