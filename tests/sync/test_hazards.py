"""A hazard case on two devices: a colleague who knows nothing of it stops none of its clocks; both logs stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest

from tests import build
from tests.fakes import NOW, FakeClock
from tests.sync.conftest import Device, Joining
from tests.sync.devices import held, settle, state
from watmos_desktop.models.kinds import Channel, HazardLevel, HazardStatus, Priority, Role, Trade
from watmos_desktop.services import (
    clocks,
    hazard_list,
    hazard_steps,
    hazard_view,
    hazards,
    repair_raising,
    repairs,
    staff,
)
from watmos_desktop.services.hazard_drafts import HazardDraft, Investigation, Judgement

MOULD = "damp_and_mould"
SEEN = NOW - timedelta(days=2)
FOUND = Investigation(
    Judgement(HazardLevel.SIGNIFICANT, "Priya Shah", "Damp surveyor", "A baby sleeps there."),
    "Black mould on two walls.",
    safety_works="Mould wash",
    safety_by="Wed 2 Dec",
    prevention_needed=False,
)


class Two(NamedTuple):
    """Two devices that both know of one repair whose hazard runs by the law."""

    manager: Device
    officer: Device
    repair: UUID


@pytest.fixture
def two(joined: Joining) -> Two:
    manager = joined(Role.MANAGER, "Grace Bell")
    with manager.store.write("a repair") as session:
        block = build.a_block(session)
        draft = repair_raising.RepairDraft(
            "Mould on the stair wall",
            Trade.BUILDING,
            Priority.ROUTINE,
            SEEN,
            block.estate_id,
            block.id,
            hazard=MOULD,
        )
        repair, block_id = repair_raising.raise_repair(session, draft).id, block.id
    settle(manager)
    officer = joined(Role.TENANCY_OFFICER, "R. Adeyemi", blocks=[block_id])
    settle(officer, manager)
    staff.act_as(officer.store, officer.member)  # where they work has arrived
    return Two(manager, officer, repair)


def opened(device: Device, repair: UUID) -> UUID:
    with device.store.write("opened a case") as session:
        return hazards.open_case(session, HazardDraft(MOULD, repair_id=repair, household="A baby"))


def ends(device: Device, owner: UUID) -> dict[str, datetime]:
    with device.store.read() as session:
        return {one.key: one.due_at for one in clocks.running(session, owner)}


def view(device: Device, case: UUID) -> hazard_view.HazardDetail:
    with device.store.read() as session:
        return hazard_view.get(session, case)


def test_who_completes_the_repair_without_knowing_stops_nothing_of_the_case(
    two: Two, clock: FakeClock
) -> None:
    manager, officer, repair = two
    told = ends(officer, repair)["AW.investigate"]
    case = opened(officer, repair)
    with manager.store.write("done, they think") as session:
        repairs.complete(session, repairs.get_row(session, repair), clock.now())
    settle(officer, manager)
    for device in (officer, manager):
        assert ends(device, case) == {"AW.investigate": told}
        assert ends(device, repair) == {}
        assert held(device) == []
    assert state(officer) == state(manager)


def test_steps_of_two_people_offline_both_stand_in_the_log(two: Two, clock: FakeClock) -> None:
    manager, officer, repair = two
    case = opened(officer, repair)
    settle(officer, manager)
    clock.forward(hours=1)
    with officer.store.write("at the door") as session:
        hazard_steps.tried_access(session, case, Channel.DOOR, "Nobody in")
    with manager.store.write("looked into") as session:
        hazards.conclude(session, case, FOUND)
    settle(manager, officer)
    for device in (officer, manager):
        detail = view(device, case)
        assert {one.text for one in detail.steps} >= {"Nobody in", "Black mould on two walls."}
        assert {one.who for one in detail.steps} == {"Grace Bell", "R. Adeyemi"}
        assert set(ends(device, case)) == {"AW.summary", "AW.safety"}
        assert (detail.card.status, detail.household) == (HazardStatus.INVESTIGATED, "A baby")
    assert state(officer) == state(manager)


def test_a_case_opened_twice_offline_stands_twice_and_loses_no_clock(two: Two) -> None:
    manager, officer, repair = two
    told = ends(officer, repair)["AW.investigate"]
    cases = [opened(officer, repair), opened(manager, repair)]
    settle(manager, officer, manager)
    for device in (officer, manager):
        assert [ends(device, case) for case in cases] == [{"AW.investigate": told}] * 2
        with device.store.read() as session:
            assert {one.id for one in hazard_list.page(session)} == set(cases)
            assert hazard_list.of_repair(session, repair) is not None


def test_an_ambassadors_device_holds_nothing_of_a_case(two: Two, joined: Joining) -> None:
    manager, officer, repair = two
    case = opened(officer, repair)
    with manager.store.read() as session:
        block_id = repairs.get_row(session, repair).block_id
    assert block_id is not None
    neighbour = joined(Role.AMBASSADOR, "J. Osei", blocks=[block_id])
    settle(officer, neighbour)
    staff.act_as(neighbour.store, neighbour.member)
    rows = state(neighbour)
    assert rows["repair"] and not rows["hazard_case"] and not rows["hazard_step"]
    assert ends(neighbour, case) == {}
