"""Out alone: when somebody should be heard of, what is done when they are not, and who sees it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.build import a_staff, acting, an_actor, an_estate
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import lone_rules, lone_working
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.lone_rules import State
from watmos_desktop.services.lone_working import Plan
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.store import Store

ENDS = NOW + timedelta(hours=5)
PLAN = Plan(NOW, ENDS, 60, "G. Bell", "0113 496 0000")
MINUTES = st.integers(-90, 600)
CHANGES = (datetime(2026, 10, 25, 0, 10, tzinfo=LONDON), datetime(2027, 3, 28, 0, 10, tzinfo=LONDON))


@pytest.fixture
def officer(store: Store) -> Actor:
    return acting(store, Role.TENANCY_OFFICER, name="P. Shah")


def out(store: Store, plan: Plan = PLAN) -> UUID:
    with store.write("goes out") as session:
        return lone_working.plan(session, plan)


def heard(store: Store, lone_id: UUID, *, back: bool = False) -> None:
    with store.write("heard of") as session:
        lone_working.check_in(session, lone_id, back=back)


def mine(store: Store) -> lone_working.LoneCard:
    with store.read() as session:
        found = lone_working.mine(session)
    assert found is not None
    return found


def pressing(store: Store) -> list[str]:
    with store.read() as session:
        return [one.standing.due.text for one in lone_working.pressing(session)]


def test_a_missed_check_in_is_overdue_when_the_clock_passes_and_says_who_does_what(
    store: Store, clock: FakeClock, officer: Actor
) -> None:
    lone_id = out(store)
    card = mine(store)
    assert card.standing.state is State.OUT and card.standing.due.text == "Next check-in by 11:42"
    assert card.words == "10:42 to 15:42, check-in every 60 min · calls go to G. Bell, 0113 496 0000"
    clock.forward(minutes=55)
    assert mine(store).standing.due.text == "Check in by 11:42"
    heard(store, lone_id)
    assert mine(store).standing.due.text == "Next check-in by 12:37"
    clock.forward(minutes=65)
    assert mine(store).standing.state is State.LATE and pressing(store) == []
    clock.forward(minutes=5)
    assert pressing(store) == ["No check-in since 12:37: 10 min late"]
    assert mine(store).step == "G. Bell rings P. Shah."
    clock.forward(minutes=40)
    assert "ring 999" in mine(store).step and "P. Shah" in mine(store).step
    store.actor = acting(store, Role.MANAGER, name="G. Bell")  # a colleague rings, and says so
    assert pressing(store) and not any(one.mine for one in store_day(store))
    heard(store, lone_id)
    assert pressing(store) == [] and "G. Bell spoke to them" in store_day(store)[0].checks[-1].words
    heard(store, lone_id, back=True)
    with pytest.raises(Told, match="back already"):
        heard(store, lone_id)
    store.actor = officer
    assert mine(store).standing.state is State.BACK
    out(store, Plan(clock.now(), clock.now() + timedelta(hours=2), 30, "G. Bell", "0113 496 0000"))
    assert mine(store).standing.state is State.OUT and mine(store).checks == ()
    clock.forward(hours=20)  # who never came back is still asked after the next day
    assert pressing(store) == ["No check-in since 13:57: 19 h 30 min late"]


def store_day(store: Store) -> list[lone_working.LoneCard]:
    with store.read() as session:
        return lone_working.on_day(session)


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (Plan(NOW, NOW, 60, "G", "03069"), "ends_at"),
        (Plan(NOW, NOW + timedelta(hours=20), 60, "G", "03069"), "ends_at"),
        (Plan(NOW, ENDS, 45, "G", "03069"), "every"),
        (Plan(NOW, ENDS, 60, " ", "03069"), "call_name"),
        (Plan(NOW, ENDS, 60, "G", "ask"), "call_phone"),
    ],
)
@pytest.mark.usefixtures("officer")
def test_a_plan_without_an_end_or_a_number_is_refused_at_its_field(
    store: Store, plan: Plan, field: str
) -> None:
    with pytest.raises(Told) as told:
        out(store, plan)
    assert told.value.field == field


def test_the_plan_is_no_alarm_and_says_so_and_who_does_not_visit_sees_no_day(store: Store) -> None:
    assert "not an alarm" in lone_rules.load().plain and "999" in lone_rules.load().plain
    with store.write("staff") as session:
        caretaker = a_staff(session, Role.CARETAKER, estates=[an_estate(session)])
        actor = an_actor(Role.CARETAKER, caretaker)
    store.actor = actor
    with store.read() as session:
        assert lone_working.pressing(session) == []
        with pytest.raises(NotAllowed):
            lone_working.on_day(session)


@settings(max_examples=40, deadline=None)
@given(
    checks=st.lists(MINUTES, max_size=5),
    every=st.sampled_from([30, 60, 90, 120]),
    length=st.integers(30, 600),
    passed=st.integers(-60, 900),
    start=st.sampled_from([NOW, *CHANGES]),
)
def test_nobody_is_silent_for_longer_than_their_time_without_being_asked_after(
    checks: list[int], every: int, length: int, passed: int, start: datetime
) -> None:
    begin = start.astimezone(UTC)
    now, ends = begin + timedelta(minutes=passed), begin + timedelta(minutes=length)
    times = [begin + timedelta(minutes=one) for one in checks]
    found = lone_rules.standing(start, ends.astimezone(LONDON), every, times, None, now)
    last = max((one for one in times if one <= now), default=None)
    since = max(begin, last) if last else begin
    silent = (now - since).total_seconds() / 60
    grace = lone_rules.load().grace
    if silent >= every + grace:
        assert found.state is State.OVERDUE and found.step
    if found.state is State.OVERDUE:
        assert now >= ends + timedelta(minutes=grace) or silent >= every + grace
    assert lone_rules.standing(start, ends, every, times, now, now).state is State.BACK
    later = lone_rules.standing(start, ends, every, times, None, now + timedelta(minutes=10**4))
    assert later.state is State.OVERDUE


@pytest.mark.usefixtures("officer")
def test_a_plan_is_proposed_from_the_visits_of_the_day(store: Store) -> None:
    with store.read() as session:
        asked = lone_working.propose(session, date(2026, 11, 24))
    assert (asked.begins_at.hour, asked.ends_at.hour, asked.every) == (9, 17, lone_rules.load().usual)
