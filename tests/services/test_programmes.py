"""Planned works: no start before people were asked, days for each home, what they said and were answered (R9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.build import a_block, a_home, a_tenancy, an_estate
from tests.conftest import Let
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.kinds import Channel, ProgrammeStatus, ResponseKind, TenancyKind
from watmos_desktop.models.tables import Home, Programme, ProgrammeHome
from watmos_desktop.services import (
    calendar,
    programme_answers,
    programme_cases,
    programme_consulting,
    programme_homes,
    programme_rows,
    programmes,
)
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.homes import HomeQuery
from watmos_desktop.services.programme_cases import Filter, ProgrammeDetail
from watmos_desktop.services.programme_consulting import ResponseDraft
from watmos_desktop.services.programmes import ProgrammeDraft
from watmos_desktop.services.wording import Tone

TODAY = NOW.date()
STARTS = date(2027, 1, 11)


def do(let: Let, what: Callable[..., Any], *words: Any, **more: Any) -> Any:
    with let.store.write("a step") as session:
        return what(session, *words, **more)


def look(let: Let, what: Callable[..., Any], *words: Any, **more: Any) -> Any:
    with let.store.read() as session:
        return what(session, *words, **more)


def shown(let: Let, key: UUID) -> ProgrammeDetail:
    found = look(let, programme_cases.get, key)
    assert isinstance(found, ProgrammeDetail)
    return found


def draft(let: Let, **more: Any) -> ProgrammeDraft:
    given = ProgrammeDraft(
        let.landlord.estate_id,
        "New kitchens",
        "Old kitchens are taken out and new ones put in.",
        "8 working days",
        "Drilling from 9 to 3; the water is off for an hour.",
        starts_on=STARTS,
    )
    return replace(given, **more)


@pytest.fixture
def manager(let: Let) -> Let:
    let.store.actor = let.landlord.manager
    return let


def planned(let: Let, **more: Any) -> UUID:
    key: UUID = do(let, programmes.create, draft(let, **more))
    assert do(let, programmes.add_homes, key) == 12
    return key


def homes(let: Let, key: UUID, state: str = "all") -> list[programme_homes.HomeRow]:
    found: list[programme_homes.HomeRow] = look(let, programme_homes.homes_page, key, 0, 99, state)
    return found


def consulted(let: Let, clock: FakeClock) -> UUID:
    """Works of which everything was asked, answered and written down, on the day after the window closed."""
    key = planned(let)
    do(let, programme_consulting.consult, key)
    do(let, programme_consulting.written, key)
    first = homes(let, key)[0]
    asks = ResponseDraft(first.home_id, ResponseKind.ASKS, Channel.PHONE, "Where do I cook?")
    response = do(let, programme_consulting.respond, key, asks)
    do(let, programme_consulting.answer, response, "We lend you a hob.")
    do(let, programme_consulting.outcome, key, "Most agree. We lend hobs.")
    clock.set(NOW + timedelta(days=31))
    return key


def test_the_homes_of_the_estate_are_found_once_and_can_be_left_out(manager: Let) -> None:
    key = do(manager, programmes.create, draft(manager))
    block = manager.landlord.block_id
    assert do(manager, programmes.add_homes, key, HomeQuery(block_id=block)) == 6
    assert do(manager, programmes.add_homes, key, HomeQuery(block_id=block)) == 0
    assert do(manager, programmes.add_homes, key) == 6
    one = homes(manager, key)[0]
    do(manager, programmes.remove_home, one.id)
    assert shown(manager, key).card.progress.total == 11
    assert do(manager, programmes.add_homes, key, HomeQuery(one.address)) >= 1
    assert shown(manager, key).card.progress.total == 12
    with pytest.raises(Told) as told:
        do(manager, programmes.add_homes, key, HomeQuery("no such street"))
    assert told.value.field == "homes"


def test_homes_of_another_estate_are_never_among_them(manager: Let) -> None:
    with manager.store.write("elsewhere") as session:
        elsewhere = a_home(session, a_block(session, an_estate(session, name="Far away"))).id
    key = do(manager, programmes.create, draft(manager))
    do(manager, programmes.add_homes, key, HomeQuery(estate_id=uuid_of(manager, elsewhere)))
    assert elsewhere not in {one.home_id for one in homes(manager, key)}


def uuid_of(let: Let, home: UUID) -> UUID:
    with let.store.read() as session:
        return session.get_one(Home, home).estate_id


def test_what_is_missing_or_wrong_is_told_at_its_field(manager: Let) -> None:
    with manager.store.write("elsewhere") as session:
        far = a_block(session, an_estate(session, name="Far away")).id
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("name", {"name": " "}),
        ("name", {"name": "x" * 101}),
        ("name", {"name": "half \ud800"}),
        ("what", {"what": ""}),
        ("what", {"what": "x" * 4001}),
        ("how_long", {"how_long": "x" * 201}),
        ("disturbance", {"disturbance": "x" * 4001}),
        ("ends_on", {"ends_on": STARTS - timedelta(days=1)}),
        ("start", {"starts_on": date(2050, 1, 1)}),
        ("block", {"block_id": far}),
    ]
    for field, change in wrong:
        with pytest.raises(Told) as told:
            do(manager, programmes.create, draft(manager, **change))
        assert (told.value.field, bool(told.value.hint)) == (field, True)
    key = planned(manager)
    steps: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = [
        ("until", programme_consulting.consult, (key, TODAY, TODAY + timedelta(days=6))),
        ("until", programme_consulting.consult, (key, TODAY, STARTS)),
        ("per_day", programmes.spread, (key, STARTS, 0, 5)),
        ("days_each", programmes.spread, (key, STARTS, 1, 61)),
        (
            "estate",
            programmes.edit,
            (key, draft(manager, estate_id=uuid_of(manager, _any_far_home(manager)))),
        ),
    ]
    for field, what, words in steps:
        with pytest.raises(Told) as told:
            do(manager, what, *words)
        assert told.value.field == field


def _any_far_home(let: Let) -> UUID:
    with let.store.write("elsewhere") as session:
        return a_home(session, a_block(session, an_estate(session, name="Farther"))).id


@pytest.mark.parametrize(
    ("field", "change"), [("how_long", {"how_long": ""}), ("starts_on", {"starts_on": None})]
)
def test_nobody_is_asked_before_it_is_said_when_and_how_long(
    manager: Let, field: str, change: dict[str, Any]
) -> None:
    key = planned(manager, **change)
    with pytest.raises(Told) as told:
        do(manager, programme_consulting.consult, key)
    assert told.value.field == field


def test_a_consultation_runs_thirty_days_unless_another_day_is_chosen(manager: Let) -> None:
    key = planned(manager)
    assert do(manager, programme_consulting.consult, key) == date(2026, 12, 23)
    one = shown(manager, key)
    assert one.consultation == "23 Nov to 23 Dec 2026"
    assert (one.card.words, one.card.stands.text) == ("In consultation", "Answers until Wed 23 Dec")
    assert do(manager, programme_consulting.consult, key, TODAY, date(2027, 1, 8)) == date(2027, 1, 8)


def test_a_start_without_consultation_is_refused_with_all_that_is_open(manager: Let) -> None:
    key = planned(manager)
    with pytest.raises(Told) as told:
        do(manager, programmes.start, key)
    assert (told.value.message, told.value.field) == ("Nobody has been consulted.", "reason")
    do(manager, programme_consulting.consult, key)
    first = homes(manager, key)[0]
    do(manager, programme_consulting.written, key, [first.home_id])
    objects = ResponseDraft(first.home_id, ResponseKind.OBJECTS, Channel.LETTER, "Not at Christmas")
    do(manager, programme_consulting.respond, key, objects)
    with pytest.raises(Told) as told:
        do(manager, programmes.start, key)
    assert told.value.message == (
        "People can answer until 23 Dec 2026. 11 homes have not been written to. "
        "1 household waits for an answer. What came of the consultation is not written down."
    )
    assert shown(manager, key).blockers == tuple(told.value.message.replace(". ", ".|").split("|"))
    do(manager, programmes.start, key, "The main drain has burst and cannot wait.")
    one = shown(manager, key)
    assert (one.card.status, one.started) == (ProgrammeStatus.STARTED, "23 Nov 2026")
    assert one.start_reason == "The main drain has burst and cannot wait."


def test_consulted_answered_and_written_to_they_start_without_a_reason(
    manager: Let, clock: FakeClock
) -> None:
    key = consulted(manager, clock)
    assert shown(manager, key).blockers == ()
    do(manager, programmes.start, key, "not needed")
    assert shown(manager, key).start_reason == ""


def test_on_the_last_day_people_can_still_answer(manager: Let, clock: FakeClock) -> None:
    key = consulted(manager, clock)
    clock.set(NOW + timedelta(days=30))
    assert shown(manager, key).blockers == ("People can answer until 23 Dec 2026.",)


def test_works_without_homes_never_start(manager: Let) -> None:
    key = do(manager, programmes.create, draft(manager))
    for what, words in ((programmes.start, (key, "a reason")), (programme_consulting.consult, (key,))):
        with pytest.raises(Told) as told:
            do(manager, what, *words)
        assert told.value.field == "homes"


def test_days_are_spread_over_working_days_in_the_order_of_the_homes(manager: Let) -> None:
    key = planned(manager)
    do(manager, programmes.spread, key, date(2026, 12, 24), 5, 3)
    days = [row.when for row in homes(manager, key)]
    assert (
        days
        == ["Thu 24 Dec, 3 working days"] * 5
        + ["Tue 29 Dec, 3 working days"] * 5
        + ["Wed 30 Dec, 3 working days"] * 2
    )
    one = shown(manager, key)
    assert (one.starts_on, one.ends_on) == (date(2026, 12, 24), date(2027, 1, 4))
    assert one.card.when == "24 Dec 2026 to 4 Jan 2027"


def test_homes_are_walked_block_by_block_floor_by_floor_nine_before_ten() -> None:
    last: tuple[str | None, int | None, str, str] = ("B", 0, "1", "c")
    homes_ = [last, ("A", 1, "1", "c"), ("A", 0, "10", "c"), ("A", 0, "9a", "c"), ("A", 0, "9", "c")]
    homes_.append((None, None, "x", "c"))
    walked = sorted(homes_, key=lambda one: programme_rows.walk_order(*one))
    assert [one[2] for one in walked] == ["x", "9", "9a", "10", "1", "1"]


def test_who_was_told_other_days_has_to_be_written_to_again(manager: Let) -> None:
    key = planned(manager)
    assert do(manager, programme_consulting.written, key) == 12
    assert do(manager, programmes.edit, key, draft(manager, name="Kitchens")).to_tell_again == 0
    assert do(manager, programmes.spread, key, STARTS, 4, 8).to_tell_again == 12
    assert look(manager, programme_homes.count_homes, key, "unwritten") == 12
    do(manager, programme_consulting.written, key)
    assert do(manager, programmes.spread, key, STARTS, 4, 8).to_tell_again == 0
    again = do(manager, programmes.edit, key, draft(manager, how_long="10 working days"))
    assert again.to_tell_again == 12


def test_in_a_consultation_works_cannot_be_moved_before_its_end(manager: Let) -> None:
    key = planned(manager)
    until = do(manager, programme_consulting.consult, key)
    steps: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = [
        ("starts_on", programmes.edit, (key, draft(manager, starts_on=until))),
        ("first", programmes.spread, (key, until, 1, 1)),
    ]
    for field, what, words in steps:
        with pytest.raises(Told) as told:
            do(manager, what, *words)
        assert told.value.field == field
    assert shown(manager, key).starts_on == STARTS


def test_what_a_household_said_last_counts_and_nothing_is_overwritten(manager: Let) -> None:
    key = planned(manager)
    one, other = homes(manager, key)[:2]
    agrees = ResponseDraft(one.home_id, ResponseKind.AGREES, Channel.CARD)
    with pytest.raises(Told, match="Nobody has been asked yet"):
        do(manager, programme_consulting.respond, key, agrees)
    do(manager, programme_consulting.consult, key)
    do(manager, programme_consulting.respond, key, replace(agrees, received_on=TODAY - timedelta(days=1)))
    concern = ResponseDraft(one.home_id, ResponseKind.CONCERN, Channel.DOOR, "Dust: my son has asthma")
    response = do(manager, programme_consulting.respond, key, concern)
    do(manager, programme_consulting.respond, key, replace(agrees, home_id=other.home_id))
    counts = dict(shown(manager, key).answers)
    assert counts == {"agrees": 1, "concern": 1, "objects": 0, "asks": 0}
    assert homes(manager, key)[0].said == "Has a concern"
    listed = look(manager, programme_answers.listed, key)
    assert [answer.waits for answer in listed] == [True, False, False]
    do(manager, programme_consulting.answer, response, "We seal the door and clean each day.")
    with pytest.raises(Told, match="answered already"):
        do(manager, programme_consulting.answer, response, "Something else.")
    assert shown(manager, key).unanswered == 0


def test_what_they_said_is_told_at_its_field_when_it_is_wrong(manager: Let) -> None:
    key = planned(manager)
    do(manager, programme_consulting.consult, key)
    one = homes(manager, key)[0]
    agrees = ResponseDraft(one.home_id, ResponseKind.AGREES, Channel.PHONE)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("text", {"kind": ResponseKind.OBJECTS}),
        ("text", {"text": "x" * 4001}),
        ("received_on", {"received_on": TODAY + timedelta(days=1)}),
        ("home", {"home_id": _any_far_home(manager)}),
    ]
    for field, change in wrong:
        with pytest.raises(Told) as told:
            do(manager, programme_consulting.respond, key, replace(agrees, **change))
        assert told.value.field == field
    response = do(
        manager, programme_consulting.respond, key, replace(agrees, kind=ResponseKind.ASKS, text="When?")
    )
    with pytest.raises(Told) as told:
        do(manager, programme_consulting.answer, response, " ")
    assert told.value.field == "answer"
    with pytest.raises(Told) as told:
        do(manager, programme_consulting.outcome, key, "")
    assert told.value.field == "outcome"


def test_progress_counts_homes_without_those_that_refused(manager: Let, clock: FakeClock) -> None:
    key = consulted(manager, clock)
    rows = homes(manager, key)
    with pytest.raises(Told, match="have not started"):
        do(manager, programmes.home_done, rows[0].id)
    do(manager, programmes.start, key)
    do(manager, programmes.home_done, rows[0].id)
    do(manager, programmes.refuse, rows[1].id)
    one = shown(manager, key)
    assert (one.card.progress.words, one.card.stands.text) == (
        "1 of 11 homes done · 1 refused",
        "1 of 11 homes done",
    )
    with pytest.raises(Told, match="10 homes are not done yet"):
        do(manager, programmes.finish, key)
    with pytest.raises(Told, match="done already"):
        do(manager, programmes.home_done, rows[0].id)
    with pytest.raises(Told, match="cannot be refused"):
        do(manager, programmes.refuse, rows[0].id)
    with pytest.raises(Told) as told:
        do(manager, programmes.home_done, rows[2].id, TODAY)
    assert told.value.field == "done_on"  # before the start
    for row in rows[2:]:
        do(manager, programmes.home_done, row.id)
    do(manager, programmes.finish, key)
    assert shown(manager, key).card.words == "Finished"
    with pytest.raises(Told, match="finished"):
        do(manager, programmes.refuse, rows[1].id, False)


def test_a_home_whose_days_are_over_is_late(manager: Let, clock: FakeClock) -> None:
    key = consulted(manager, clock)
    do(manager, programmes.spread, key, date(2027, 1, 11), 12, 2)
    do(manager, programmes.start, key, "Written to in person.")
    said = []
    for day in (11, 12, 13):
        clock.set(NOW.replace(year=2027, month=1, day=day))
        said.append(homes(manager, key)[0].stands.text)
    assert said == ["Under way", "Under way", "Late"]
    assert shown(manager, key).card.stands.tone is Tone.BAD


def test_called_off_with_a_reason_for_everyone_to_read(manager: Let) -> None:
    key = planned(manager)
    with pytest.raises(Told) as told:
        do(manager, programmes.call_off, key, "")
    assert told.value.field == "reason"
    do(manager, programmes.call_off, key, "The grant was not given.")
    one = shown(manager, key)
    assert (one.card.words, one.outcome) == ("Called off", "Called off: The grant was not given.")
    with pytest.raises(Told, match="called off"):
        do(manager, programme_consulting.consult, key)


def test_leaseholders_are_counted_and_a_short_window_is_said(manager: Let) -> None:
    key = planned(manager)
    assert shown(manager, key).lease == ""
    with manager.store.write("a lease") as session:
        home = session.get_one(Home, homes(manager, key)[5].home_id)
        a_tenancy(session, home, kind=TenancyKind.LEASEHOLD)
    do(manager, programme_consulting.consult, key, TODAY, TODAY + timedelta(days=14))
    lease = shown(manager, key).lease
    assert lease.startswith("1 home is leasehold") and lease.endswith("This consultation is shorter.")


def test_an_officer_consults_and_does_not_plan(manager: Let) -> None:
    key = planned(manager)
    do(manager, programme_consulting.consult, key)
    manager.store.actor = manager.landlord.officer
    one = shown(manager, key)
    assert (one.may_plan, one.may_consult, one.sees_homes) == (False, True, True)
    said = ResponseDraft(homes(manager, key)[0].home_id, ResponseKind.AGREES, Channel.PHONE)
    do(manager, programme_consulting.respond, key, said)
    do(manager, programme_consulting.written, key)
    for what, words in (
        (programmes.create, (draft(manager),)),
        (programmes.start, (key, "a reason")),
        (programmes.add_homes, (key,)),
        (programme_consulting.consult, (key,)),
        (programmes.refuse, (homes(manager, key)[0].id,)),
        (programmes.home_done, (homes(manager, key)[0].id,)),
    ):
        with pytest.raises(NotAllowed):
            do(manager, what, *words)


def test_a_neighbour_reads_what_and_when_and_of_no_home(manager: Let) -> None:
    key = planned(manager)
    do(manager, programme_consulting.consult, key)
    said = ResponseDraft(homes(manager, key)[0].home_id, ResponseKind.OBJECTS, Channel.PHONE, "I am ill")
    do(manager, programme_consulting.respond, key, said)
    do(manager, programmes.start, key, "Mr Khan of flat 3 cannot wait")
    manager.store.actor = manager.landlord.ambassador
    one = shown(manager, key)
    assert (one.card.name, one.how_long) == ("New kitchens", "8 working days")
    assert (one.sees_homes, one.start_reason, one.answers, one.lease, one.unanswered) == (
        False,
        "",
        (),
        "",
        0,
    )
    assert one.card.progress.total == 0
    assert look(manager, programme_answers.listed, key) == []
    assert look(manager, programme_cases.of_home, manager.landlord.home_id) == []
    with pytest.raises(NotFound):
        homes(manager, key)
    manager.store.actor = manager.landlord.caretaker
    assert [answer.text for answer in look(manager, programme_answers.listed, key)] == [""]
    with pytest.raises(NotAllowed):
        do(manager, programme_consulting.respond, key, said)


def test_the_list_is_filtered_and_found_by_name_place_and_reference(manager: Let) -> None:
    kitchens, roofs = planned(manager), planned(manager, name="New roofs", starts_on=date(2026, 12, 1))
    names = [one.name for one in look(manager, programme_cases.page, Filter(), 0, 9)]
    assert names == ["New roofs", "New kitchens"]
    do(manager, programmes.call_off, roofs, "No money")
    counts = {
        state: look(manager, programme_cases.count, Filter(state))
        for state in ("open", "planned", "consulting", "started", "over", "all")
    }
    assert counts == {"open": 1, "planned": 1, "consulting": 0, "started": 0, "over": 1, "all": 2}
    reference = shown(manager, kitchens).card.reference
    for text in ("KITCH", "lindley", reference.lower()):
        found = look(manager, programme_cases.page, Filter("open", text), 0, 9)
        assert [one.id for one in found] == [kitchens], text
    assert look(manager, programme_cases.find, reference) == kitchens
    with pytest.raises(Told):
        look(manager, programme_cases.page, Filter("nonsense"), 0, 9)
    (found,) = look(manager, programme_cases.of_home, manager.landlord.home_id)
    assert (found[0].name, found[1].when) == ("New kitchens", "No day yet")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.dates(date(2026, 11, 1), date(2027, 4, 30)),
    per_day=st.integers(1, 13),
    days=st.integers(1, 12),
    refused=st.sets(st.integers(0, 11), max_size=4),
)
def test_every_home_gets_a_working_day_and_no_day_more_than_were_asked(
    manager: Let, first: date, per_day: int, days: int, refused: set[int]
) -> None:
    key = planned(manager)
    for number, row in enumerate(homes(manager, key)):
        if number in refused:
            do(manager, programmes.refuse, row.id)
    do(manager, programmes.spread, key, first, per_day, days)
    with manager.store.read() as session:
        rows = session.scalars(select(ProgrammeHome).where(ProgrammeHome.programme_id == key)).all()
        works = session.get_one(Programme, key)
        starts_on, ends_on = works.starts_on, works.ends_on
        starts = [row.planned_on for row in rows if not row.refused]
        assert all(row.planned_on is None for row in rows if row.refused)
    begun = [one for one in starts if one is not None]
    assert len(begun) == len(starts) == 12 - len(refused)
    assert all(calendar.is_working_day(one) and one >= first for one in begun)
    assert max(begun.count(one) for one in begun) <= per_day
    assert (min(begun), starts_on) == (calendar.working_day_from(first), calendar.working_day_from(first))
    assert ends_on is not None
    assert calendar.working_days_between(max(begun), ends_on) == days - 1


STEPS: dict[str, Callable[[Let, UUID], Any]] = {
    "consult": lambda let, key: do(let, programme_consulting.consult, key),
    "write": lambda let, key: do(let, programme_consulting.written, key),
    "respond": lambda let, key: do(
        let,
        programme_consulting.respond,
        key,
        ResponseDraft(homes(let, key)[0].home_id, ResponseKind.CONCERN, Channel.PHONE, "Dust"),
    ),
    "answer": lambda let, key: [
        do(let, programme_consulting.answer, one.id, "We clean.")
        for one in look(let, programme_answers.listed, key)
        if one.waits
    ],
    "outcome": lambda let, key: do(let, programme_consulting.outcome, key, "Agreed."),
    "start": lambda let, key: do(let, programmes.start, key),
    "start anyway": lambda let, key: do(let, programmes.start, key, "It cannot wait."),
    "finish": lambda let, key: do(let, programmes.finish, key),
    "call off": lambda let, key: do(let, programmes.call_off, key, "No money."),
    "done": lambda let, key: [do(let, programmes.home_done, row.id) for row in homes(let, key, "to_do")],
}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 20)), max_size=14))
def test_whatever_is_tried_works_never_start_without_consultation_or_a_reason(
    manager: Let, clock: FakeClock, taken: list[tuple[str, int]]
) -> None:
    clock.set(NOW)
    key, now = planned(manager, starts_on=date(2028, 1, 10)), NOW
    for name, days in taken:
        now += timedelta(days=days)
        clock.set(now)
        before = shown(manager, key)
        try:
            STEPS[name](manager, key)
        except Told as told:
            assert told.message and told.hint
            assert shown(manager, key) == before
        after = shown(manager, key)
        if name.startswith("start") and after.card.status is not before.card.status:
            assert bool(after.start_reason) == bool(before.blockers)
            assert after.start_reason or (after.consults_until and now.date() > after.consults_until)
        if after.card.status is ProgrammeStatus.FINISHED:
            assert after.card.progress.done == after.card.progress.total == 12
    clock.set(NOW)
