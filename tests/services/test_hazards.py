"""Hazard cases: opened from anywhere, judged by someone named, with clocks that nothing but the law's events moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.build import a_home, a_person, a_tenancy
from tests.conftest import Let
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.kinds import (
    Channel,
    HazardLevel,
    HazardStatus,
    HazardStepKind,
    Priority,
    TenancyKind,
)
from watmos_desktop.models.tables import Block, Clock, HazardCase, HazardStep, Repair
from watmos_desktop.services import (
    clocks,
    hazard_list,
    hazard_steps,
    hazard_view,
    hazards,
    history,
    repair_changes,
    repair_places,
    repair_report,
    repairs,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.hazard_drafts import HazardDraft, Investigation, Judgement

MOULD = "damp_and_mould"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def officer(let: Let) -> Let:
    let.store.actor = let.landlord.officer
    return let


def judged(level: HazardLevel = HazardLevel.SIGNIFICANT, **more: Any) -> Judgement:
    given = {"by": "Priya Shah", "basis": "Damp surveyor, CSRT", "reason": "A baby sleeps in the room."}
    return Judgement(level, **(given | more))


def found(level: HazardLevel = HazardLevel.SIGNIFICANT, **more: Any) -> Investigation:
    said: dict[str, Any] = {
        "findings": "Black mould on two walls.",
        "safety_works": "Mould wash",
        "safety_by": "Wed 2 Dec",
        "prevention": "New fan",
        "prevention_by": "By 11 Jan",
    }
    if level is HazardLevel.NONE:
        said = {"findings": "A splash mark.", "no_action_reason": "It wipes off and is dry."}
    return Investigation(judged(level), **(said | more))


def do(let: Let, change: Callable[..., Any], *args: Any, **more: Any) -> Any:
    with let.store.write("a step") as session:
        return change(session, *args, **more)


def opened(let: Let, **more: Any) -> UUID:
    where = {} if {"repair_id", "block_id", "estate_id"} & more.keys() else {"home_id": let.landlord.home_id}
    case: UUID = do(let, hazards.open_case, HazardDraft(**({"hazard": MOULD} | where | more)))
    return case


def view(let: Let, case: UUID) -> hazard_view.HazardDetail:
    with let.store.read() as session:
        return hazard_view.get(session, case)


def ends(let: Let, owner: UUID) -> dict[str, datetime]:
    """The running clocks of a record with when they end, in London."""
    with let.store.read() as session:
        return {one.key: one.due_at.astimezone(LONDON) for one in clocks.running(session, owner)}


def days(let: Let, owner: UUID) -> dict[str, str]:
    return {key: f"{at:%-d %b %Y}" for key, at in ends(let, owner).items()}


@contextmanager
def refused(words: str, field: str = "") -> Iterator[None]:
    with pytest.raises(Told, match=words) as told:
        yield
    assert told.value.hint and told.value.field == field


# From damp to closed


def test_damp_with_a_baby_goes_from_report_to_closed_by_the_days_of_the_law(
    officer: Let, clock: FakeClock
) -> None:
    case = opened(officer, household="A baby of five months")
    assert days(officer, case) == {"AW.investigate": "7 Dec 2026"}
    shown = view(officer, case)
    assert shown.card.statutory and shown.next is hazard_view.Next.LOOK
    assert shown.household == "A baby of five months"
    clock.set(datetime(2026, 12, 22, 15, tzinfo=LONDON))
    do(officer, hazards.conclude, case, found())
    # Christmas Day, Boxing Day (Saturday, so Monday 28th) and New Year's Day are no working days.
    assert days(officer, case) == {
        "AW.summary": "29 Dec 2026",
        "AW.safety": "31 Dec 2026",
        "AW.steps": "31 Dec 2026",
        "AW.prevent": "16 Mar 2027",
    }
    (look,) = [one for one in view(officer, case).clocks if one.key == "AW.investigate"]
    assert look.late and look.stands.text.endswith("late")
    clock.set(datetime(2026, 12, 29, 9, tzinfo=LONDON))
    do(officer, hazard_steps.give_summary, case, Channel.LETTER)
    do(officer, hazard_steps.made_safe, case, "Mould washed off by Dry Homes Ltd.")
    assert view(officer, case).card.status is HazardStatus.SAFE
    do(officer, hazard_steps.prevention, case, hazards.STEPS_TAKEN, "Fan ordered")
    assert set(days(officer, case)) == {"AW.prevent"}
    with refused("Not done yet: work to stop it coming back", "reason"):
        do(officer, hazard_steps.close, case)
    do(officer, hazard_steps.prevention, case, hazards.BEGUN)
    assert view(officer, case).next is hazard_view.Next.CLOSE
    do(officer, hazard_steps.close, case)
    done = view(officer, case)
    assert (done.card.status, done.next, done.unfinished) == (
        HazardStatus.CLOSED,
        hazard_view.Next.NOTHING,
        "",
    )
    assert [one.kind for one in done.steps] == [
        HazardStepKind.NOTE,
        HazardStepKind.INVESTIGATION,
        HazardStepKind.SUMMARY,
        HazardStepKind.SAFETY_WORK,
        HazardStepKind.PREVENTION,
        HazardStepKind.PREVENTION,
        HazardStepKind.NOTE,
    ]
    with refused("That case is closed"):
        do(officer, hazard_steps.tried_access, case, Channel.DOOR)


def test_a_standard_investigation_that_finds_an_emergency_has_a_day_from_there(
    officer: Let, clock: FakeClock
) -> None:
    case = opened(officer)
    at = clock.forward(days=3)
    do(officer, hazards.conclude, case, found(HazardLevel.EMERGENCY))
    running = ends(officer, case)
    assert running["AW.emergency"] == at + DAY
    assert "AW.safety" not in running and "AW.investigate" not in running and "AW.summary" in running
    assert view(officer, case).next is hazard_view.Next.SAFE
    do(officer, hazard_steps.made_safe, case, "Power off, socket isolated.")
    assert "AW.emergency" not in ends(officer, case)


def test_an_emergency_runs_by_the_hour_from_when_it_was_seen(officer: Let, clock: FakeClock) -> None:
    seen = NOW - 3 * HOUR
    case = opened(officer, emergency=True, aware_at=seen)
    assert ends(officer, case) == {"AW.emergency": seen + DAY}
    assert view(officer, case).card.due.text == "21 h left"
    do(officer, hazards.conclude, case, found(HazardLevel.EMERGENCY))
    assert (
        ends(officer, case)["AW.emergency"] == seen + DAY
    )  # looking into it does not stop it, nor start it anew


def test_a_suspected_emergency_that_is_none_goes_on_with_the_days_from_awareness(officer: Let) -> None:
    seen = NOW - 3 * HOUR
    case = opened(officer, emergency=True, aware_at=seen)
    do(officer, hazards.judge, case, judged())
    assert days(officer, case) == {"AW.investigate": "7 Dec 2026"}
    shown = view(officer, case)
    assert shown.judged == "Priya Shah, Damp surveyor, CSRT" and shown.level is HazardLevel.SIGNIFICANT
    assert {one.key: one.stopped_at is None for one in shown.clocks} == {
        "AW.emergency": False,
        "AW.investigate": True,
    }
    do(officer, hazards.judge, case, judged(HazardLevel.EMERGENCY))
    assert ends(officer, case)["AW.emergency"] == NOW + DAY


def test_after_a_look_from_afar_the_tenant_may_ask_for_a_visit(officer: Let, clock: FakeClock) -> None:
    case = opened(officer)
    with refused("asked for after it was looked into from afar"):
        do(officer, hazards.ask_in_person, case)
    clock.forward(days=1)
    do(officer, hazards.conclude, case, found(HazardLevel.NONE, remote=True))
    assert set(ends(officer, case)) == {"AW.summary"}
    with refused("It has been looked into already"):
        do(officer, hazards.conclude, case, found())
    do(officer, hazard_steps.give_summary, case, Channel.EMAIL)
    clock.forward(days=1)
    do(officer, hazards.ask_in_person, case)
    assert days(officer, case) == {"AW.reinvestigate": "9 Dec 2026"}
    with refused("asked for that already"):
        do(officer, hazards.ask_in_person, case)
    with refused("asked for a visit in person", "remote"):
        do(officer, hazards.conclude, case, found(remote=True))
    do(officer, hazards.conclude, case, found())
    assert set(ends(officer, case)) == {"AW.summary", "AW.safety", "AW.steps", "AW.prevent"}
    looks = [one for one in view(officer, case).steps if one.kind is HazardStepKind.INVESTIGATION]
    assert [one.text for one in looks] == ["A splash mark.", "Black mould on two walls."]


def test_no_summary_is_owed_when_all_works_are_done_in_three_working_days(
    officer: Let, clock: FakeClock
) -> None:
    case = opened(officer)
    do(officer, hazards.conclude, case, found())
    clock.forward(days=1)
    do(officer, hazard_steps.made_safe, case, "Washed")
    with refused("Not all works were complete"):
        do(officer, hazard_steps.tell_works_done, case, Channel.PHONE)
    do(officer, hazard_steps.prevention, case, hazards.COMPLETE, "Fan fitted")
    do(officer, hazard_steps.tell_works_done, case, Channel.PHONE)
    assert ends(officer, case) == {}
    do(officer, hazard_steps.close, case)


def test_works_done_too_late_leave_the_summary_owed(officer: Let, clock: FakeClock) -> None:
    case = opened(officer)
    do(officer, hazards.conclude, case, found(prevention_needed=False, prevention=""))
    clock.forward(days=4)
    do(officer, hazard_steps.made_safe, case, "Washed")
    with refused("Not all works were complete"):
        do(officer, hazard_steps.tell_works_done, case, Channel.PHONE)
    assert set(ends(officer, case)) == {"AW.summary"}


def test_no_hazard_still_owes_a_summary_that_says_why_nothing_is_done(officer: Let) -> None:
    case = opened(officer)
    do(officer, hazards.conclude, case, found(HazardLevel.NONE))
    assert view(officer, case).card.stands == "Looked into, nothing to make safe"
    with refused("No hazard was found"):
        do(officer, hazard_steps.made_safe, case, "Nothing")
    with refused("Not done yet: the written summary", "reason"):
        do(officer, hazard_steps.close, case)
    do(officer, hazard_steps.give_summary, case, Channel.LETTER)
    do(officer, hazard_steps.close, case)


def test_closing_without_what_is_owed_needs_a_reason_that_is_kept(officer: Let) -> None:
    case = opened(officer)
    with refused("Not done yet: looking into it", "reason"):
        do(officer, hazard_steps.close, case)
    do(officer, hazard_steps.close, case, "The home is empty; it is looked into before the next letting.")
    shown = view(officer, case)
    assert shown.closed_reason.startswith("The home is empty") and ends(officer, case) == {}
    assert shown.card.due.text == "Closed Mon 23 Nov"


def test_steps_out_of_order_are_refused_in_words(officer: Let) -> None:
    case = opened(officer)
    for step, args in (
        (hazard_steps.give_summary, (Channel.LETTER,)),
        (hazard_steps.tell_works_done, (Channel.PHONE,)),
        (hazard_steps.made_safe, ("Washed",)),
        (hazard_steps.prevention, (hazards.BEGUN,)),
    ):
        with refused("It has not been looked into yet"):
            do(officer, step, case, *args)
    with refused("No offer waits"):
        do(officer, hazard_steps.answer_offer, case, True)
    with refused("known after looking into it", "level"):
        do(officer, hazards.judge, case, judged(HazardLevel.NONE))
    assert days(officer, case) == {"AW.investigate": "7 Dec 2026"}


# A repair hands its clocks over


def damp_repair(let: Let, **more: Any) -> UUID:
    with let.store.read() as session:
        where = repair_places.where(session, "home", let.landlord.home_id)
    draft = repair_report.ReportDraft(where, "damp", "mould", **more)
    done: repair_report.Reported = do(let, repair_report.report, draft)
    return done.id


def test_a_repair_hands_its_running_clock_over_and_none_starts_anew(officer: Let, clock: FakeClock) -> None:
    seen = NOW - 2 * DAY
    repair = damp_repair(officer, reported_at=seen)
    before = ends(officer, repair)
    assert "AW.investigate" in before
    clock.forward(days=3)
    case = opened(officer, repair_id=repair)
    assert ends(officer, case) == {"AW.investigate": before["AW.investigate"]}
    with officer.store.read() as session:
        row = session.get_one(HazardCase, case)
        (mine,) = clocks.running(session, case)
        assert row.aware_at == mine.started_at == seen
        assert {one.key for one in clocks.running(session, repair)} == before.keys() - {"AW.investigate"}
    # Seen again on a walk, and done as a repair: the case's clock runs on and is the only one.
    with officer.store.write("seen again") as session:
        again = repairs.get_row(session, repair)
        clocks.start_hazard(session, again, MOULD, Priority.ROUTINE, clock.now())
    do(officer, lambda session: repairs.complete(session, repairs.get_row(session, repair), clock.now()))
    assert ends(officer, repair) == {}
    assert ends(officer, case) == {"AW.investigate": before["AW.investigate"]}
    with refused("A case is open for it already: H-", "hazard"):
        opened(officer, repair_id=repair)


def test_a_repair_that_becomes_an_emergency_gives_its_day_to_the_case(officer: Let, clock: FakeClock) -> None:
    repair = damp_repair(officer)
    case = opened(officer, repair_id=repair)
    at = clock.forward(hours=2)
    do(officer, repair_changes.set_priority, repair, Priority.EMERGENCY, "Water runs into the sockets")
    assert ends(officer, case)["AW.emergency"] == at + DAY
    assert not clocks.HAZARD_STEPS.keys() & ends(officer, repair).keys()


def test_learning_that_it_was_known_before_counts_from_then(officer: Let) -> None:
    repair = damp_repair(officer)
    with refused("We knew of it before", "aware_at"):
        opened(officer, repair_id=damp_repair(officer, reported_at=NOW - DAY), aware_at=NOW - HOUR)
    case = opened(officer, repair_id=repair, aware_at=NOW - 3 * DAY)
    assert days(officer, case) == {"AW.investigate": "4 Dec 2026"}


def test_undoing_the_opening_gives_the_repair_its_clock_back(officer: Let) -> None:
    repair = damp_repair(officer)
    before = ends(officer, repair)
    case = opened(officer, repair_id=repair)
    with officer.store.read() as session:
        action = history.last(session)
    assert action is not None
    history.undo(officer.store, action)
    assert ends(officer, repair) == before and ends(officer, case) == {}


# Where and by whom


def test_a_case_can_be_in_a_home_a_block_or_an_estate(officer: Let) -> None:
    made = officer.landlord
    home = opened(officer)
    block = opened(officer, block_id=made.block_id, estate_id=made.estate_id, hazard="falls_stairs")
    estate = opened(officer, estate_id=made.estate_id, hazard="electrical")
    with officer.store.read() as session:
        listed = {one.id: one.where for one in hazard_list.page(session)}
        assert hazard_list.count(session) == 3
        assert hazards.find(session, view(officer, home).card.reference.lower()) == home
    assert listed.keys() == {home, block, estate} and len(set(listed.values())) == 3
    with refused("Say where it is", "where"):
        do(officer, hazards.open_case, HazardDraft(MOULD))
    with refused("A case is open for it already", "hazard"):
        opened(officer)


def test_an_ambassador_knows_of_no_case_and_a_caretaker_of_no_household(let: Let) -> None:
    let.store.actor = let.landlord.officer
    case = opened(let, household="A baby")
    let.store.actor = let.landlord.caretaker
    assert view(let, case).household == ""
    with pytest.raises(NotAllowed):
        do(let, hazards.conclude, case, found())
    with refused("who lives there", "household"):
        do(
            let,
            hazards.open_case,
            HazardDraft(
                "electrical", block_id=let.landlord.block_id, estate_id=let.landlord.estate_id, household="x"
            ),
        )
    do(let, hazard_steps.tried_access, case, Channel.DOOR)
    let.store.actor = let.landlord.ambassador
    with let.store.read() as session:
        assert hazard_list.count(session) == 0 and hazard_list.pressing(session) == []
        with pytest.raises(NotAllowed):
            hazard_list.page(session)
    for blocked in (hazard_view.get, hazards.writable):
        with let.store.read() as session, pytest.raises(NotFound):
            blocked(session, case)
    with pytest.raises(NotAllowed):
        opened(let)


def test_a_home_on_a_lease_is_outside_the_law(officer: Let) -> None:
    officer.store.actor = officer.landlord.manager
    with officer.store.write("a lease") as session:
        home = a_home(session, session.get(Block, officer.landlord.block_id))
        a_tenancy(session, home, a_person(session, "Lee Holder"), kind=TenancyKind.LEASEHOLD)
        home_id = home.id
    case = opened(officer, home_id=home_id)
    shown = view(officer, case)
    assert not shown.card.statutory and "our own aim" in shown.law
    assert days(officer, case) == {"AW.investigate": "7 Dec 2026"}


# The phases of the law (regulation.md 1, scope checks to test)

PHASES = [
    (MOULD, False, "2025-10-26", False),
    (MOULD, False, "2025-10-27", True),
    ("excess_cold", False, "2026-11-29", False),
    ("excess_cold", False, "2026-11-30", True),
    ("electrical", True, "2026-11-01", True),
    ("electrical", False, "2026-11-01", False),
    ("crowding", True, "2026-12-01", False),
    ("crowding", False, "2027-12-01", False),
    ("noise", False, "2026-12-01", False),
    ("noise", True, "2026-12-01", True),
]


@pytest.mark.parametrize(("hazard", "emergency", "day", "statutory"), PHASES)
def test_the_law_holds_by_hazard_level_and_day(
    officer: Let, clock: FakeClock, hazard: str, emergency: bool, day: str, statutory: bool
) -> None:
    aware = datetime.fromisoformat(f"{day}T23:30").replace(tzinfo=LONDON)
    clock.set(max(NOW, aware + HOUR))
    case = opened(officer, hazard=hazard, emergency=emergency, aware_at=aware)
    shown = view(officer, case)
    assert shown.card.statutory is statutory
    assert shown.law.startswith("Awaab's Law holds" if statutory else "Awaab's Law did not hold")
    # The same clock runs either way: by the law, or as our own aim.
    assert set(ends(officer, case)) == {"AW.emergency" if emergency else "AW.investigate"}


def test_the_law_follows_the_level_that_was_found(officer: Let) -> None:
    case = opened(
        officer, hazard="electrical", emergency=True
    )  # before the second phase only an emergency is in
    assert view(officer, case).card.statutory
    do(officer, hazards.judge, case, judged())
    assert not view(officer, case).card.statutory
    do(officer, hazards.conclude, case, found(HazardLevel.EMERGENCY))
    assert view(officer, case).card.statutory


def test_an_old_report_comes_under_the_law_when_it_is_made_again(officer: Let, clock: FakeClock) -> None:
    case = opened(officer, hazard="excess_cold")
    assert not view(officer, case).card.statutory
    clock.set(datetime(2026, 11, 30, 9, tzinfo=LONDON))
    do(officer, hazard_steps.told_again, case, "Still 12 degrees")
    assert view(officer, case).card.statutory
    assert days(officer, case) == {"AW.investigate": "7 Dec 2026"}  # never later than it was
    do(officer, hazards.conclude, case, found())
    clock.forward(days=2)
    do(officer, hazard_steps.told_again, case, "Worse")
    assert days(officer, case)["AW.investigate"] == "16 Dec 2026"
    do(officer, hazards.conclude, case, found(HazardLevel.EMERGENCY))


def test_the_list_of_hazards_is_that_of_the_day(officer: Let) -> None:
    old = datetime(2026, 6, 1, 12, tzinfo=LONDON)
    assert len(hazards.offered(NOW)) == 21 and len(hazards.offered(old)) == 29
    case = opened(officer, hazard="fire", aware_at=old)
    assert view(officer, case).card.hazard == "Fire"
    with refused("Say which hazard", "hazard"):
        opened(officer, hazard="fire")
    with refused("Say which hazard", "hazard"):
        opened(officer, hazard="")


# What must be said


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"findings": " "}, "findings"),
        ({"safety_works": ""}, "safety_works"),
        ({"safety_by": ""}, "safety_by"),
        ({"prevention": ""}, "prevention"),
        ({"prevention_by": ""}, "prevention_by"),
        ({"findings": "x" * 4001}, "findings"),
        ({"findings": "a\x00b"}, "findings"),
        ({"safety_by": "x" * 201}, "safety_by"),
        ({"at": NOW + HOUR}, "at"),
        ({"at": NOW - 2 * DAY}, "at"),
    ],
)
def test_an_investigation_says_all_that_the_summary_needs(
    officer: Let, wrong: dict[str, Any], field: str
) -> None:
    case = opened(officer)
    with refused(".", field):
        do(officer, hazards.conclude, case, found(**wrong))
    assert len(view(officer, case).steps) == 1 and set(ends(officer, case)) == {"AW.investigate"}


@pytest.mark.parametrize("field", ["by", "basis", "reason"])
def test_a_judgement_names_who_and_why(officer: Let, field: str) -> None:
    case = opened(officer)
    for wrong in ("", " ", "x" * 4001):
        said = replace(judged(), **{field: wrong})  # type: ignore[arg-type]
        with refused(".", field):
            do(officer, hazards.judge, case, said)
        with refused(".", field):
            do(officer, hazards.conclude, case, Investigation(said, "Mould"))
    assert len(view(officer, case).steps) == 1


def test_bad_input_is_refused_at_its_field(officer: Let) -> None:
    with refused("before it happened", "aware_at"):
        opened(officer, aware_at=NOW + HOUR)
    with refused("4,000 letters", "what"):
        opened(officer, what="x" * 4001)
    case = opened(officer)
    with refused("Say what was offered", "text"):
        do(officer, hazard_steps.offer_stay, case, " ", Channel.PHONE)
    with refused("Say what happened", "text"):
        do(officer, hazard_steps.note, case, HazardStepKind.TOLD, "", Channel.PHONE)
    with refused("has an entry of its own", "kind"):
        do(officer, hazard_steps.note, case, HazardStepKind.SUMMARY, "Given")
    do(officer, hazards.conclude, case, found())
    before = len(view(officer, case).steps)
    with refused("in writing", "how"):
        do(officer, hazard_steps.give_summary, case, Channel.PHONE)
    with refused("Say how far", "outcome"):
        do(officer, hazard_steps.prevention, case, "Nearly")
    with refused("Say what was done", "text"):
        do(officer, hazard_steps.made_safe, case, "")
    assert len(view(officer, case).steps) == before  # nothing half saved


def test_offers_and_their_answers_stand_together(officer: Let, clock: FakeClock) -> None:
    case = opened(officer)
    do(officer, hazard_steps.offer_stay, case, "Two rooms at the Premier Inn until Friday", Channel.PHONE)
    assert view(officer, case).offer_waits
    clock.forward(hours=1)
    do(officer, hazard_steps.answer_offer, case, False, "Stays with her mother")
    shown = view(officer, case)
    assert shown.stay == (
        "Offered Mon 23 Nov: Two rooms at the Premier Inn until Friday",
        "Declined Mon 23 Nov (Stays with her mother)",
    )
    assert not shown.offer_waits
    with refused("No offer waits"):
        do(officer, hazard_steps.answer_offer, case, True)


def test_somewhere_else_to_stay_is_owed_when_the_home_is_not_safe_in_time(
    officer: Let, clock: FakeClock
) -> None:
    case = opened(officer)
    do(officer, hazards.conclude, case, found())
    assert view(officer, case).stay == ()
    clock.forward(days=8)
    assert view(officer, case).stay == (hazard_view.STAY_OWED,)
    do(officer, hazard_steps.offer_stay, case, "A hotel room", Channel.PHONE)
    assert view(officer, case).stay == ("Offered Tue 1 Dec: A hotel room",)


# Never paused, never rewritten


def test_no_access_is_kept_and_moves_nothing(officer: Let, clock: FakeClock) -> None:
    case = opened(officer)
    before = ends(officer, case)
    for number, way in enumerate((Channel.DOOR, Channel.PHONE, Channel.LETTER)):
        clock.forward(days=1)
        do(officer, hazard_steps.tried_access, case, way, notice=number == 2)
        said = " ".join(view(officer, case).access)
        assert ("written notice" in said, "to go" in said) == (number < 2, number < 2)
        assert "does not stop a clock" in said
    assert ends(officer, case) == before


def _offer(session: Session, case: UUID) -> None:
    hazard_steps.offer_stay(session, case, "A room", Channel.PHONE)


STEPS: dict[str, Callable[[Session, UUID], None]] = {
    "judge": lambda s, c: hazards.judge(s, c, judged()),
    "judge_emergency": lambda s, c: hazards.judge(s, c, judged(HazardLevel.EMERGENCY)),
    "significant": lambda s, c: hazards.conclude(s, c, found()),
    "emergency": lambda s, c: hazards.conclude(s, c, found(HazardLevel.EMERGENCY)),
    "nothing": lambda s, c: hazards.conclude(s, c, found(HazardLevel.NONE)),
    "remote": lambda s, c: hazards.conclude(s, c, found(remote=True)),
    "ask": lambda s, c: hazards.ask_in_person(s, c),
    "summary": lambda s, c: hazard_steps.give_summary(s, c, Channel.LETTER),
    "works_told": lambda s, c: hazard_steps.tell_works_done(s, c, Channel.PHONE),
    "safe": lambda s, c: hazard_steps.made_safe(s, c, "Washed"),
    "begun": lambda s, c: hazard_steps.prevention(s, c, hazards.BEGUN),
    "steps": lambda s, c: hazard_steps.prevention(s, c, hazards.STEPS_TAKEN),
    "access": lambda s, c: hazard_steps.tried_access(s, c, Channel.DOOR),
    "offer": _offer,
    "answer": lambda s, c: hazard_steps.answer_offer(s, c, accepted=True),
    "again": lambda s, c: hazard_steps.told_again(s, c, "Worse"),
    "close": lambda s, c: hazard_steps.close(s, c),
    "close_anyway": lambda s, c: hazard_steps.close(s, c, "Moved out"),
}
SILENT = {"access", "offer", "answer"}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    emergency=st.booleans(),
    plan=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(1, 200)), max_size=12),
)
def test_clocks_hold_in_any_order_of_steps(
    officer: Let, clock: FakeClock, emergency: bool, plan: list[tuple[str, int]]
) -> None:
    clock.set(NOW)
    with officer.store.write("a case") as session:
        draft = HazardDraft(MOULD, emergency=emergency, estate_id=officer.landlord.estate_id)
        case = hazards.open_case(session, draft)
    known: dict[UUID, tuple[str, datetime, datetime]] = {}
    stopped: dict[UUID, datetime] = {}
    entries = _case(officer, case)[1]
    for name, hours in [("", 0), *plan]:
        clock.forward(hours=hours)
        before = {one.id: one.stopped_at for one in _clocks(officer, case)}
        refusal = ""
        if name:
            try:
                do(officer, STEPS[name], case)
            except Told as told:
                refusal = told.message
        rows = _clocks(officer, case)
        row, steps = _case(officer, case)
        # What was told is never rewritten, no clock is lost, and none that stopped runs again.
        for one in rows:
            facts = (one.key, one.started_at, one.due_at)
            assert known.setdefault(one.id, facts) == facts
            if one.stopped_at is not None:
                assert stopped.setdefault(one.id, one.stopped_at) == one.stopped_at
                assert one.stopped_at >= one.started_at
        assert {one.id for one in rows} == known.keys()
        assert stopped.keys() == {one.id for one in rows if one.stopped_at is not None}
        running = [one.key for one in rows if one.stopped_at is None]
        assert len(running) == len(set(running))
        # A step that the law does not count, or that was refused, changes no clock at all.
        if refusal or name in SILENT:
            assert {one.id: one.stopped_at for one in rows} == before
        # What is owed has a clock; what is closed has none.
        if row.status is HazardStatus.OPEN:
            assert {"AW.investigate", "AW.emergency"} & set(running)
        if row.status is HazardStatus.INVESTIGATED and row.level is not HazardLevel.NONE:
            needed = "AW.emergency" if row.level is HazardLevel.EMERGENCY else "AW.safety"
            assert needed in running
        if row.status is HazardStatus.CLOSED:
            assert not running
        # The log only grows; a refused step leaves nothing.
        assert entries <= steps and (len(steps) == len(entries) + bool(name and not refusal))
        entries = steps
        assert view(officer, case).card.id == case


def _clocks(let: Let, case: UUID) -> list[Clock]:
    with let.store.read() as session:
        return list(session.scalars(select(Clock).where(Clock.owner_id == case, ~Clock.deleted)))


def _case(let: Let, case: UUID) -> tuple[HazardCase, set[UUID]]:
    with let.store.read() as session:
        steps = session.scalars(select(HazardStep.id).where(HazardStep.case_id == case, ~HazardStep.deleted))
        return session.get_one(HazardCase, case), set(steps)


# The list


def test_the_list_shows_what_ends_next_first(officer: Let, clock: FakeClock) -> None:
    estate = {"estate_id": officer.landlord.estate_id}
    later = opened(officer, **estate)
    pressing = opened(officer, emergency=True, **estate)
    late = opened(officer, aware_at=NOW - 30 * DAY, **estate)
    done = opened(officer, **estate)
    do(officer, hazard_steps.close, done, "Opened twice")
    with officer.store.read() as session:
        ids = {state: [one.id for one in hazard_list.page(session, state)] for state in hazard_list.STATES}
        counts = {state: hazard_list.count(session, state) for state in hazard_list.STATES}
        assert hazard_list.counts(session) | {"closed": 1} == counts
        assert [one.id for one in hazard_list.pressing(session)] == [late, pressing]
    assert ids["open"] == ids["look"] == [late, pressing, later]
    assert (ids["overdue"], ids["soon"]) == ([late], [late, pressing])
    assert (ids["emergency"], ids["closed"]) == ([pressing], [done])
    assert counts == {state: len(found) for state, found in ids.items()}


def test_the_ladder_tells_length_share_and_how_it_stands(officer: Let, clock: FakeClock) -> None:
    case = opened(officer)
    clock.forward(days=7)
    (rung,) = view(officer, case).clocks
    assert (rung.what, rung.length) == ("Look into it", "10 working days")
    assert 0.45 < rung.share < 0.55 and rung.stands.text == "In 5 working days" and not rung.late
    assert rung.started_at.astimezone(UTC) == NOW.astimezone(UTC)


def test_a_repair_leads_to_its_case(officer: Let) -> None:
    repair = damp_repair(officer)
    with officer.store.read() as session:
        assert hazard_list.of_repair(session, repair) is None
    case = opened(officer, repair_id=repair)
    with officer.store.read() as session:
        card = hazard_list.of_repair(session, repair)
        assert card is not None and card.id == case
        assert session.get_one(Repair, repair).reference == view(officer, case).repair
