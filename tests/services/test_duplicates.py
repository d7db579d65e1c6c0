"""The same fault told twice: found, decided once for all, and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests import build
from tests.conftest import MANAGER
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.kinds import JobStatus, Priority, RepairStatus, Role, Trade
from watmos_desktop.models.tables import Block, Clock, Job, Repair, Staff
from watmos_desktop.services import (
    attachments,
    clocks,
    duplicates,
    history,
    repair_raising,
    repair_timeline,
    repair_updates,
    repairs,
)
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.references import reference
from watmos_desktop.services.repairs import Filter
from watmos_desktop.services.store import Store


@pytest.fixture
def block(store: Store) -> Block:
    with store.write("a block") as session:
        return build.a_block(session)


def made(store: Store, block: Block, **fields: Any) -> UUID:
    """An open repair of a toilet with its clock, as a device makes it."""
    given = {"fixture": "toilet", "trade": Trade.PLUMBING, "area_key": "", "reported_at": NOW}
    with store.write("a report") as session:
        staff = session.get_one(Staff, MANAGER.staff_id)
        row = build.a_repair(session, block, staff, **given | fields)
        clocks.start(session, "repair", row.id, clocks.REPAIR_CLOCK[row.priority], row.reported_at)
        return row.id


def possible(store: Store, repair_id: UUID) -> set[UUID]:
    with store.read() as session:
        return {card.id for card in duplicates.of(session, repair_id).possible}


def listed(store: Store) -> set[UUID]:
    with store.read() as session:
        found = {card.id for card in repairs.page(session, Filter("double"), 0, 50)}
        assert repairs.count(session, Filter("double")) == len(found)
        assert repairs.chips(session, Filter())["state_double"] == len(found)
        return found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {}, True),
        ({}, {"reported_at": NOW - timedelta(days=13)}, True),
        ({}, {"reported_at": NOW - timedelta(days=15)}, False),
        ({}, {"fixture": "basin"}, False),
        ({}, {"fixture": ""}, True),  # one from a walk, which names no fixture
        ({}, {"fixture": "", "trade": Trade.ELECTRICAL}, False),
        ({}, {"fixture": "", "area_key": "stairs"}, False),
        ({"area_key": "stairs"}, {"area_key": ""}, True),
        ({"area_key": "stairs"}, {"area_key": "lift"}, False),
        ({}, {"status": RepairStatus.COMPLETED}, False),
        ({}, {"deleted": True}, False),
    ],
)
def test_what_may_be_the_same_fault(
    store: Store, block: Block, one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    first, second = made(store, block, **one), made(store, block, **other)
    assert possible(store, first) == ({second} if same else set())
    assert listed(store) == ({first, second} if same else set())


def test_another_home_is_another_fault(store: Store, block: Block) -> None:
    with store.write("homes") as session:
        homes = [build.a_home(session, block).id for _ in range(2)]
    first = made(store, block, home_id=homes[0])
    made(store, block, home_id=homes[1])
    made(store, block)
    assert possible(store, first) == set()
    again = made(store, block, home_id=homes[0], area_key="whatever was typed", fixture="")
    assert possible(store, first) == {again}


def test_one_walk_raised_both_and_saw_both(store: Store, block: Block) -> None:
    with store.write("a walk") as session:
        walk = build.an_inspection(session, block, session.get_one(Staff, MANAGER.staff_id)).id
    first = made(store, block, fixture="", inspection_id=walk, area_key="stairs")
    made(store, block, fixture="", inspection_id=walk, area_key="stairs")
    assert possible(store, first) == set()


@pytest.mark.parametrize("turned", [False, True])
def test_the_first_report_lives_on_whoever_presses_where(store: Store, block: Block, turned: bool) -> None:
    first = made(store, block, reported_at=NOW - timedelta(days=3), due_at=NOW + timedelta(days=9))
    second = made(store, block)
    pair = (second, first) if turned else (first, second)
    with store.write("the same fault") as session:
        done = duplicates.merge(session, *pair)
    assert done.kept_id == first
    with store.read() as session:
        kept, gone = repairs.get_row(session, first), repairs.get_row(session, second)
        assert (kept.status, gone.status, gone.duplicate_of) == (
            RepairStatus.REPORTED,
            RepairStatus.CANCELLED,
            first,
        )
        assert kept.due_at == NOW + timedelta(days=9)
        assert [clock.started_at for clock in clocks.running(session, first)] == [NOW - timedelta(days=3)]
        assert not clocks.running(session, second)
        assert [one.id for one in repairs.doubles(session, first)] == [second]
        assert [card.id for card in duplicates.of(session, first).closed] == [second]
        kept_card = duplicates.of(session, second).kept
        assert kept_card is not None and kept_card.id == first
    assert listed(store) == set()


def test_what_was_promised_sooner_goes_over_to_the_first(store: Store, block: Block) -> None:
    first = made(store, block, reported_at=NOW - timedelta(days=3))
    sooner = NOW + timedelta(hours=24)
    second = made(store, block, priority=Priority.EMERGENCY, due_at=sooner)
    with store.write("an order") as session:
        job = Job(repair_id=second, trade=Trade.PLUMBING, title="Toilet", ordered_at=NOW, ordered_by=MANAGER.staff_id,
                  reference=reference("J", second))  # fmt: skip
        session.add(job)
    with store.write("the same fault") as session:
        duplicates.merge(session, second, first)
    with store.read() as session:
        row = repairs.get_row(session, first)
        assert (row.priority, row.due_at, row.status) == (Priority.EMERGENCY, sooner, RepairStatus.ORDERED)
        assert {clock.key for clock in clocks.running(session, first)} == {"R7", "R5"}
        moved = session.scalars(select(Job)).one()
        assert (moved.repair_id, moved.status) == (first, JobStatus.ORDERED)


def test_what_was_said_and_photographed_of_both_is_shown_with_the_first(store: Store, block: Block) -> None:
    first = made(store, block, reported_at=NOW - timedelta(days=1))
    second = made(store, block)
    photo = attachments.StoredPhoto("0" * 64, 10, 4, 3, None)
    with store.write("said") as session:
        repair_updates.note(session, second, "The cistern, not the pan")
        attachments.attach(session, "repair", second, photo)
        duplicates.merge(session, first, second)
    with store.read() as session:
        said = [entry.more for entry in repair_timeline.of(session, first).entries]
        assert "The cistern, not the pan" in said
        assert [one.sha256 for one in repairs.get(session, first).photos] == ["0" * 64]


def test_undo_brings_both_back_with_their_clocks(store: Store, block: Block) -> None:
    first, second = made(store, block, reported_at=NOW - timedelta(days=1)), made(store, block)
    with store.read() as session:
        before = sorted((c.owner_id, c.due_at, c.stopped_at) for c in session.scalars(select(Clock)))
    with store.write("the same fault") as session:
        duplicates.merge(session, first, second)
    with store.read() as session:
        last = history.last(session)
    assert last is not None
    history.undo(store, last)
    assert listed(store) == {first, second}
    with store.read() as session:
        after = sorted((c.owner_id, c.due_at, c.stopped_at) for c in session.scalars(select(Clock)))
    assert after == before


def test_another_fault_is_not_asked_about_again(store: Store, block: Block) -> None:
    first, second = made(store, block), made(store, block)
    third = made(store, block)
    with store.write("another fault") as session:
        duplicates.tell_apart(session, second, first)
    assert possible(store, first) == {third}
    with store.write("and of the third") as session:
        duplicates.tell_apart(session, first, third)
        duplicates.tell_apart(session, second, third)
    assert listed(store) == set()


def test_a_double_that_was_none_is_opened_again_and_its_first_clock_runs_on(
    store: Store, block: Block, clock: FakeClock
) -> None:
    first, second = made(store, block), made(store, block, reported_at=NOW)
    clock.set(NOW + timedelta(hours=1))
    with store.write("the same fault") as session:
        kept = duplicates.merge(session, first, second).kept_id
    gone = second if kept == first else first
    clock.set(NOW + timedelta(days=2))
    with store.write("another fault after all") as session:
        duplicates.tell_apart(session, kept, gone)
    with store.read() as session:
        row = repairs.get_row(session, gone)
        assert (row.status, row.duplicate_of) == (RepairStatus.REPORTED, None)
        assert [one.started_at for one in clocks.running(session, gone)] == [NOW]
    assert listed(store) == set()


def test_only_open_ones_of_one_place_and_only_by_those_who_may(store: Store, block: Block) -> None:
    first, second = made(store, block), made(store, block, status=RepairStatus.COMPLETED)
    with store.write("elsewhere") as session:
        other = build.a_block(session)
    far = made(store, other)
    for one in (second, far, first):
        with pytest.raises(Told), store.write("no") as session:
            duplicates.merge(session, first, one)
    with store.write("an estate") as session:
        estate = build.an_estate(session)
    build.acting(store, Role.CARETAKER, estates=[estate])
    with pytest.raises(NotFound), store.write("no") as session:
        duplicates.merge(session, first, second)
    build.acting(store, Role.AMBASSADOR, blocks=[block])
    with pytest.raises(NotAllowed), store.write("no") as session:
        duplicates.tell_apart(session, first, second)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from(tuple(Priority))), min_size=2, max_size=5),
    st.randoms(use_true_random=False),
)
def test_in_whatever_order_they_are_merged_the_first_is_kept_and_nothing_promised_is_lost(
    store: Store, block: Block, reports: list[tuple[int, Priority]], random: Any
) -> None:
    with store.write("a home of its own") as session:
        home = build.a_home(session, block).id
    ids: list[UUID] = []
    dues = []
    for days, priority in reports:
        at = NOW - timedelta(days=days, minutes=len(ids))
        due = repair_raising.due_for(priority, at).due_at
        ids.append(made(store, block, home_id=home, reported_at=at, priority=priority, due_at=due))
        dues.append((at, ids[-1], due))
    alive = list(ids)
    while len(alive) > 1:
        one, other = random.sample(alive, 2)
        with store.write("the same fault") as session:
            kept = duplicates.merge(session, one, other).kept_id
        alive.remove(other if kept == one else one)
    first = min(dues)[1]
    assert alive == [first]
    with store.read() as session:
        assert repairs.get_row(session, first).due_at == min(due for _, _, due in dues)
        assert {first, *(one.id for one in repairs.doubles(session, first))} == set(ids)
        told = {row.duplicate_of for row in session.scalars(select(Repair).where(Repair.home_id == home))}
        assert told == {None, first}
