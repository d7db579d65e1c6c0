"""Two people report the same fault, neither knowing of the other: both live, somebody decides, all end the same."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests import build
from tests.fakes import NOW
from tests.sync.conftest import Device, Joining
from tests.sync.devices import conflicts, held, settle, state
from watmos_desktop.models.kinds import Priority, RepairStatus, Trade
from watmos_desktop.models.tables import Repair
from watmos_desktop.services import clocks, duplicates, references, repair_raising, repairs, today
from watmos_desktop.services.repairs import Filter


def told(device: Device, block: tuple[UUID, UUID], hours: int) -> UUID:
    """The same tap, reported on that device."""
    estate, block_id = block
    at = NOW - timedelta(days=2) + timedelta(hours=hours)
    with device.store.write("reported a tap") as session:
        number = Repair(
            estate_id=estate, block_id=block_id, area_key="bins", title="Tap drips", trade=Trade.PLUMBING,
            fixture="tap", priority=Priority.ROUTINE, reported_at=at, reported_by=device.member,
            due_at=repair_raising.due_for(Priority.ROUTINE, at).due_at, reference="",
        )  # fmt: skip
        references.add(session, "R", number)
        clocks.start(session, "repair", number.id, "R7", at)
        return number.id


@pytest.fixture
def two(joined: Joining) -> tuple[Device, Device, UUID, UUID]:
    """Two devices that know the block and reported the tap apart."""
    one, other = joined(), joined()
    with one.store.write("a block") as session:
        row = build.a_block(session)
        block = (row.estate_id, row.id)
    settle(one, other)
    return one, other, told(one, block, 0), told(other, block, 3)


def possible(device: Device) -> set[UUID]:
    with device.store.read() as session:
        return {card.id for card in repairs.page(session, Filter("double"), 0, 9)}


def test_both_survive_and_everyone_is_asked(two: tuple[Device, Device, UUID, UUID]) -> None:
    one, other, first, second = two
    assert possible(one) == possible(other) == set()
    settle(one, other)
    for device in (one, other):
        assert possible(device) == {first, second}
        with device.store.read() as session:
            assert any("told twice" in card.title for card in today.get(session).cards)
            assert len(clocks.running(session, first)) == len(clocks.running(session, second)) == 1


def test_both_decide_apart_and_end_the_same(two: tuple[Device, Device, UUID, UUID]) -> None:
    one, other, first, second = two
    settle(one, other)
    for device, pair in ((one, (first, second)), (other, (second, first))):
        with device.store.write("the same fault") as session:
            assert duplicates.merge(session, *pair).kept_id == first
    settle(one, other)
    settle(one, other)
    assert not held(one) and not held(other)
    for device in (one, other):
        with device.store.read() as session:
            gone = repairs.get_row(session, second)
            assert (gone.status, gone.duplicate_of) == (RepairStatus.CANCELLED, first)
            assert repairs.get_row(session, first).status is RepairStatus.REPORTED
            assert len(clocks.running(session, first)) == 1
    assert not conflicts(one) and not conflicts(other)
    assert state(one)["repair"] == state(other)["repair"]


def test_another_fault_on_both_devices_at_once_is_settled_for_all(
    two: tuple[Device, Device, UUID, UUID],
) -> None:
    one, other, first, second = two
    settle(one, other)
    for device in (one, other):
        with device.store.write("another fault") as session:
            duplicates.tell_apart(session, first, second)
    settle(one, other)
    assert possible(one) == possible(other) == set()
    assert state(one)["repair"] == state(other)["repair"]
