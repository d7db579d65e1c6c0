"""Reporting a repair: who may and where, whose it is, what is promised, and that nothing told is rewritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.build import a_home, a_person, a_tenancy
from tests.conftest import Let
from tests.fakes import FakeClock
from watmos_desktop.models.kinds import Cause, Priority, RepairStatus, Responsibility, TenancyKind
from watmos_desktop.models.tables import Block, Clock, HouseholdMember, Person, Repair
from watmos_desktop.services import (
    guide,
    history,
    places,
    repair_changes,
    repair_places,
    repair_report,
    repair_timeline,
    repairs,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.repair_places import Where
from watmos_desktop.services.repair_report import ReportDraft, Reported
from watmos_desktop.services.repairs import Filter

Save = Callable[..., Reported]


@pytest.fixture
def officer(let: Let) -> Let:
    let.store.actor = let.landlord.officer
    return let


def at_home(let: Let, home_id: UUID | None = None) -> Where:
    with let.store.read() as session:
        return repair_places.where(session, "home", home_id or let.landlord.home_id)


def at_block(let: Let) -> Where:
    with let.store.read() as session:
        return repair_places.where(session, "block", let.landlord.block_id)


def save(let: Let, draft: ReportDraft) -> Reported:
    with let.store.write("reported a repair") as session:
        return repair_report.report(session, draft)


def row(let: Let, repair_id: UUID) -> Repair:
    with let.store.read() as session:
        return repairs.get_row(session, repair_id)


def running(let: Let, repair_id: UUID) -> dict[str, datetime]:
    with let.store.read() as session:
        clocks = session.scalars(select(Clock).where(Clock.owner_id == repair_id, ~Clock.deleted))
        return {one.key: one.due_at.astimezone(LONDON) for one in clocks if one.stopped_at is None}


def a_lease(let: Let) -> UUID:
    actor, let.store.actor = let.store.actor, let.landlord.manager
    with let.store.write("a lease") as session:
        block = session.get(Block, let.landlord.block_id)
        home = a_home(session, block)
        a_tenancy(session, home, a_person(session, "Lee Holder"), kind=TenancyKind.LEASEHOLD)
        found = home.id
    let.store.actor = actor
    return found


def test_a_repair_in_a_home_is_told_and_kept_with_all_that_was_said(officer: Let) -> None:
    place = at_home(officer)
    assert [name for _, name in place.people] == ["Zoë Łukasiewicz"]
    draft = ReportDraft(
        place, "toilet", "only_blocked", person_id=place.people[0][0], note="Since last night"
    )
    with officer.store.read() as session:
        advice = repair_report.advise(session, draft)
    assert (advice.party, advice.priority, advice.raises) == ("landlord", Priority.EMERGENCY, True)
    assert "It will be made safe by Tue 24 Nov, 10:42." in advice.read_out
    done = save(officer, draft)
    assert done.promise == "made safe by Tue 24 Nov, 10:42" and not done.signposted
    with officer.store.read() as session:
        seen = repairs.get(session, done.id)
    assert seen.card.title == "Toilet: blocked, and the only one"
    assert seen.card.where == place.name == seen.account.home
    assert (seen.account.person, seen.account.whose) == ("Zoë Łukasiewicz", "Ours to mend")
    assert set(running(officer, done.id)) == {"R5", "RR.1", "AW.emergency"}


def test_what_is_the_households_is_signposted_without_a_clock(officer: Let) -> None:
    place = at_home(officer)
    done = save(officer, ReportDraft(place, "toilet_seat", "broken"))
    assert done.signposted and done.promise == ""
    assert running(officer, done.id) == {}
    with officer.store.read() as session:
        assert repairs.count(session, Filter("signposted")) == 1
        assert [one.id for one in repairs.page(session, Filter("signposted"), 0, 9)] == [done.id]
        assert done.id not in {one.id for one in repairs.page(session, Filter("open"), 0, 99)}
        assert repairs.get(session, done.id).card.due.text == "Not ours to mend"


def test_an_emergency_is_made_safe_whosever_it_is(officer: Let) -> None:
    place = at_home(officer, a_lease(officer))
    draft = ReportDraft(place, "pipe", "burst")
    with officer.store.read() as session:
        advice = repair_report.advise(session, draft)
    assert advice.party is Responsibility.LEASEHOLDER and advice.raises
    assert "We will come and make it safe first" in advice.read_out
    done = save(officer, draft)
    assert set(running(officer, done.id)) == {"R5"}  # no Right to Repair on a lease
    assert row(officer, done.id).responsibility is Responsibility.LEASEHOLDER
    assert save(officer, ReportDraft(place, "boiler", "no_heating")).signposted


def test_the_right_to_repair_comes_first_where_it_is_sooner(officer: Let) -> None:
    done = save(officer, ReportDraft(at_home(officer), "waste", "blocked"))
    due = running(officer, done.id)
    assert due["RR.3"] < due["R6"]
    assert row(officer, done.id).due_at.astimezone(LONDON) == due["RR.3"]
    assert done.promise == "due Thu 26 Nov"


def test_needs_on_the_record_bring_it_forward_and_are_not_named(officer: Let) -> None:
    officer.store.actor = officer.landlord.manager
    with officer.store.write("a baby") as session:
        person = session.scalars(
            select(Person).join(HouseholdMember, HouseholdMember.person_id == Person.id)
        ).first()
        assert person is not None
        for one in session.scalars(select(Person)):
            one.needs = "Baby born in May"
    officer.store.actor = officer.landlord.officer
    done = save(officer, ReportDraft(at_home(officer), "boiler", "no_heating"))
    kept = row(officer, done.id)
    assert kept.priority is Priority.EMERGENCY
    assert "aby" not in kept.priority_reason + kept.title + kept.description


def test_another_answer_than_the_guides_needs_its_reason(officer: Let) -> None:
    draft = ReportDraft(at_home(officer), "toilet_seat", "broken", responsibility=Responsibility.LANDLORD)
    with pytest.raises(Told) as told:
        save(officer, draft)
    assert told.value.field == "responsibility_reason"
    done = save(officer, replace(draft, responsibility_reason="She cannot lift it after her operation"))
    with officer.store.read() as session:
        account = repairs.get(session, done.id).account
    assert (account.whose, account.guide) == ("Ours to mend", "The resident's to mend")
    assert account.reason == "She cannot lift it after her operation"
    sooner = ReportDraft(at_block(officer), "paths", "worn", priority=Priority.URGENT)
    with pytest.raises(Told) as told:
        save(officer, sooner)
    assert told.value.field == "priority_reason"
    kept = row(officer, save(officer, replace(sooner, priority_reason="School next door")).id)
    assert (kept.priority, kept.priority_guide) == (Priority.URGENT, Priority.ROUTINE)


def test_bad_input_is_told_at_its_field_and_nothing_is_saved(officer: Let) -> None:
    home, block = at_home(officer), at_block(officer)
    with officer.store.read() as session:
        before = repairs.count(session)
    for draft, field in (
        (ReportDraft(home, "", ""), "what"),
        (ReportDraft(home, "toilet", ""), "what"),
        (ReportDraft(home, "lift", "dead"), "what"),
        (ReportDraft(block, "toilet", "blocked"), "what"),
        (ReportDraft(home, "toilet", "blocked", person_id=block.estate_id), "person"),
        (ReportDraft(home, "toilet", "blocked", note="x" * 4001), "description"),
        (ReportDraft(home, "toilet", "blocked", note="\x00"), "description"),
        (ReportDraft(home, "toilet", "blocked", place="x" * 201), "place"),
        (ReportDraft(home, "other", "broken", title="x" * 81), "title"),
        (ReportDraft(home, "toilet", "blocked", priority_reason="x" * 201), "priority_reason"),
        (
            ReportDraft(home, "toilet", "blocked", reported_at=datetime(2026, 11, 24, 10, tzinfo=LONDON)),
            "reported_at",
        ),
    ):
        with pytest.raises(Told) as told:
            save(officer, draft)
        assert told.value.field == field, draft
    with officer.store.read() as session:
        assert repairs.count(session) == before


def test_an_ambassador_reports_what_is_shared_and_no_home(let: Let) -> None:
    home = at_home(let)
    let.store.actor = let.landlord.officer
    inside = save(
        let, ReportDraft(at_home(let), "damp", "mould", note="Child's bedroom", place="Back bedroom")
    )
    let.store.actor = let.landlord.ambassador
    done = save(let, ReportDraft(at_block(let), "lift", "light"))
    with let.store.read() as session:
        seen = repairs.get(session, inside.id)
        assert (seen.card.title, seen.card.where) == ("Building repair", "Lindley House A")
        assert seen.description == "" and seen.account == type(seen.account)()
        assert repairs.get(session, done.id).card.title.startswith("Lift: lamp")
        with pytest.raises((NotAllowed, NotFound)):
            repair_places.where(session, "home", let.landlord.home_id)
    with pytest.raises((NotAllowed, NotFound)):
        save(let, ReportDraft(home, "toilet", "blocked"))
    with pytest.raises(NotAllowed):
        save(
            let, ReportDraft(at_block(let), "paths", "worn", priority=Priority.EMERGENCY, priority_reason="x")
        )


def test_what_lies_elsewhere_cannot_be_reported_for(let: Let) -> None:
    let.store.actor = let.landlord.officer
    with let.store.read() as session:
        far = next(one for one in repair_places.find(session, "Millers") if one.kind == "block")
        place = repair_places.where(session, "block", far.id)
    let.store.actor = let.landlord.caretaker
    with pytest.raises(NotFound):
        save(let, ReportDraft(place, "lift", "dead"))


def test_open_repairs_there_are_offered_and_can_be_added_to(officer: Let) -> None:
    place = at_block(officer)
    first = save(officer, ReportDraft(place, "lift", "dead"))
    draft = ReportDraft(place, "lift", "fault", place="Third floor", note="Stuck now.")
    with officer.store.read() as session:
        offered = repair_report.advise(session, draft).open
    assert [one.id for one in offered] == [first.id]
    add(officer, first.id, draft)
    add(officer, first.id, ReportDraft(place, "lift", "light"))  # without a word it is kept all the same
    assert row(officer, first.id).description == ""  # another's words are never written over
    assert [(one.more.partition(": ")[2], one.who) for one in noted(officer, first.id)] == [
        ("Lift: lamp or buttons in it broken", "R. Adeyemi"),
        ("Lift: jerks, stops between floors or doors slam. Third floor. Stuck now", "R. Adeyemi"),
    ]
    officer.store.actor = officer.landlord.ambassador
    with pytest.raises(Told, match="no words"):
        add(officer, first.id, draft)
    assert add(officer, first.id, replace(draft, note="")).id == first.id  # a photo alone
    assert len(noted(officer, first.id)) == 0, "the words of staff are not for them"


def test_the_likeliest_is_offered_first_and_what_is_in_the_same_area(officer: Let) -> None:
    place = at_block(officer)
    key = next(iter(area_keys(officer)))
    area = save(officer, ReportDraft(place, "paths", "worn", area_key=key))
    elsewhere = save(officer, ReportDraft(place, "paths", "worn"))
    lamp = save(officer, ReportDraft(place, "lift", "light"))
    dead = save(officer, ReportDraft(place, "entry_door", "worn"))

    def offered(draft: ReportDraft) -> list[UUID]:
        with officer.store.read() as session:
            return [one.id for one in repair_report.advise(session, draft).open]

    assert offered(ReportDraft(place, "lift", "dead", area_key=key))[0] == lamp.id
    assert area.id in offered(ReportDraft(place, "lift", "dead", area_key=key))
    assert {area.id, elsewhere.id} & set(offered(ReportDraft(place, "lift", "dead"))) == set()
    assert dead.id in offered(ReportDraft(place, "entry_door", "worn"))
    home = at_home(officer)
    for thing, fault in (
        ("socket", "dead"),
        ("toilet", "blocked"),
        ("pipe", "burst"),
        ("boiler", "no_heating"),
    ):
        save(officer, ReportDraft(home, thing, fault))
    tap = save(officer, ReportDraft(home, "tap", "dripping"))
    assert offered(ReportDraft(home, "tap", "dripping"))[0] == tap.id, "not crowded out by what is due sooner"


def test_added_to_an_open_one_what_is_more_pressing_makes_it_so(officer: Let, clock: FakeClock) -> None:
    """A tap that dripped bursts: it is the same repair, and now an emergency, with both clocks."""
    home = at_home(officer)
    drips = save(officer, ReportDraft(home, "waste", "slow"))
    clock.forward(days=1)
    burst = ReportDraft(home, "pipe", "burst")
    done = add(officer, drips.id, burst)
    assert done.promise == "Emergency: made safe by Wed 25 Nov, 10:42"
    kept = row(officer, drips.id)
    assert (kept.priority, kept.due_at) == (Priority.EMERGENCY, clock.now() + timedelta(hours=24))
    with officer.store.read() as session:
        clocks = repairs.get(session, drips.id).clocks
    assert {("R5", True), ("R7", False), ("RR.1", True)} <= {(one.key, one.running) for one in clocks}
    mould = ReportDraft(home, "damp", "mould")
    add(officer, drips.id, mould)
    assert row(officer, drips.id).hazard and any(key.startswith("AW.") for key in running(officer, drips.id))
    officer.store.actor = officer.landlord.caretaker
    lamp = save(officer, ReportDraft(at_block(officer), "paths", "worn"))
    officer.store.actor = officer.landlord.ambassador
    with pytest.raises(Told, match="more pressing"):
        add(officer, lamp.id, ReportDraft(at_block(officer), "lift", "trapped"))


def add(let: Let, repair_id: UUID, draft: ReportDraft) -> Reported:
    with let.store.write("added to it") as session:
        return repair_report.add_to(session, repair_id, draft)


def noted(let: Let, repair_id: UUID) -> list[repair_timeline.Entry]:
    with let.store.read() as session:
        return [one for one in repair_timeline.of(session, repair_id).entries if one.kind == "note"]


def area_keys(let: Let) -> list[str]:
    with let.store.read() as session:
        return [one.key for one in places.areas(session, let.landlord.block_id)]


def test_more_pressing_counts_from_now_and_both_clocks_stay(officer: Let, clock: FakeClock) -> None:
    done = save(officer, ReportDraft(at_block(officer), "paths", "worn"))
    told = row(officer, done.id).due_at
    clock.forward(days=7)
    with officer.store.write("sooner") as session:
        repair_changes.set_priority(session, done.id, Priority.EMERGENCY, "A child fell")
    kept = row(officer, done.id)
    assert (kept.priority, kept.priority_reason) == (Priority.EMERGENCY, "A child fell")
    assert kept.due_at == clock.now() + timedelta(hours=24)
    with officer.store.read() as session:
        clocks = repairs.get(session, done.id).clocks
    assert [(one.key, one.running) for one in clocks] == [("R5", True), ("R7", False)]
    assert clocks[1].due_at == told
    with officer.store.write("later") as session:
        repair_changes.set_priority(session, done.id, Priority.ROUTINE, "Fenced off")
    assert row(officer, done.id).due_at == told
    with officer.store.read() as session:
        assert len(repairs.get(session, done.id).clocks) == 3


@given(steps=st.lists(st.tuples(st.sampled_from(Priority), st.integers(0, 40)), max_size=4))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_step_up_ever_promises_a_later_day(
    officer: Let, clock: FakeClock, steps: list[tuple[Priority, int]]
) -> None:
    done = save(officer, ReportDraft(at_block(officer), "paths", "worn"))
    for priority, days in steps:
        clock.forward(days=days)
        before = row(officer, done.id)
        if priority is before.priority:
            continue
        with officer.store.write("step") as session:
            repair_changes.set_priority(session, done.id, priority, "Because")
        after = row(officer, done.id)
        if guide.sooner(priority, before.priority):
            assert after.due_at <= before.due_at
        assert len(running(officer, done.id).keys() & {"R5", "R6", "R7"}) == 1


def test_whose_it_is_can_be_decided_anew_with_a_reason(officer: Let) -> None:
    done = save(officer, ReportDraft(at_home(officer), "toilet_seat", "broken"))
    with pytest.raises(Told) as told, officer.store.write("x") as session:
        repair_changes.set_responsibility(session, done.id, Responsibility.LANDLORD, " ")
    assert told.value.field == "reason"
    with officer.store.write("ours after all") as session:
        repair_changes.set_responsibility(session, done.id, Responsibility.LANDLORD, "Disabled")
    assert row(officer, done.id).status is RepairStatus.REPORTED
    assert set(running(officer, done.id)) == {"R7"}
    with officer.store.write("theirs") as session:
        repair_changes.set_responsibility(session, done.id, Responsibility.RESIDENT, "Own seat")
    assert row(officer, done.id).status is RepairStatus.SIGNPOSTED
    assert running(officer, done.id) == {}


def test_undo_takes_the_report_back_whole(officer: Let) -> None:
    done = save(officer, ReportDraft(at_home(officer), "waste", "blocked", Cause.UNKNOWN))
    with officer.store.read() as session:
        last = history.last(session)
    assert last is not None
    history.undo(officer.store, last)
    with pytest.raises(NotFound):
        row(officer, done.id)
    assert running(officer, done.id) == {}


def test_places_are_found_by_a_few_letters_and_offered_without_any(officer: Let) -> None:
    with officer.store.read() as session:
        assert [one.kind for one in repair_places.find(session, "zoe")] == ["person"]
        assert {one.kind for one in repair_places.find(session, "")} == {"block"}
        assert all(one.kind in repair_places.PLACES for one in repair_places.find(session, "lindley"))
