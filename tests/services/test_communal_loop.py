"""Was it fixed? What the next walk finds ends the repair with its orders, also of a report that was told twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests import build
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.kinds import (
    InspectionStatus,
    JobStatus,
    RepairStatus,
    Role,
    Sighting,
    Trade,
    Waiting,
)
from watmos_desktop.models.tables import Job, Repair, Staff
from watmos_desktop.services import clocks, defects, duplicates, repairs
from watmos_desktop.services.references import reference
from watmos_desktop.services.store import Store


class Loop:
    """A defect of a signed walk with its repair, an order for it, and the next walk under way."""

    def __init__(self, store: Store) -> None:
        with store.write("a block") as session:
            self.block = build.a_block(session)
        actor = build.acting(store, Role.CARETAKER, blocks=[self.block])
        with store.write("a walk and what it raised") as session:
            staff = session.get_one(Staff, actor.staff_id)
            old = build.an_inspection(session, self.block, staff, template_key="block_internal",
                                      status=InspectionStatus.SIGNED)  # fmt: skip
            row = build.a_repair(session, self.block, staff, inspection_id=old.id, area_key="lifts",
                                 trade=Trade.LIFTS, waiting=Waiting.PARTS, status=RepairStatus.ORDERED)  # fmt: skip
            clocks.start(session, "repair", row.id, "R7", row.reported_at)
            self.repair: UUID = row.id
            self.defect = build.a_defect(session, old, repair_id=row.id).id
            session.add(Job(repair_id=row.id, trade=Trade.LIFTS, title="Lamp", ordered_at=NOW, ordered_by=staff.id,
                            reference=reference("J", row.id)))  # fmt: skip
            self.walk = build.an_inspection(session, self.block, staff, template_key="block_internal").id
        self.store = store

    def found(self, outcome: Sighting) -> None:
        with self.store.write("looked again") as session:
            defects.look_again(session, self.walk, self.defect, outcome)

    def row(self, repair_id: UUID | None = None) -> Repair:
        with self.store.read() as session:
            return repairs.get_row(session, repair_id or self.repair)


@pytest.fixture
def loop(store: Store) -> Loop:
    return Loop(store)


def test_fixed_ends_the_repair_its_orders_and_its_clock_and_not_fixed_opens_it_again(
    loop: Loop, clock: FakeClock
) -> None:
    clock.set(NOW + timedelta(days=9))
    loop.found(Sighting.FIXED)
    row = loop.row()
    assert (row.status, row.waiting, row.completed_at) == (RepairStatus.COMPLETED, None, clock.now())
    with loop.store.read() as session:
        assert [job.status for job in session.query(Job)] == [JobStatus.DONE]
        assert not clocks.running(session, loop.repair)
    loop.found(Sighting.NOT_FIXED)
    assert (loop.row().status, loop.row().due_at) == (RepairStatus.REPORTED, row.due_at)
    with loop.store.read() as session:
        assert [one.started_at for one in clocks.running(session, loop.repair)] == [NOW]


@pytest.mark.parametrize("outcome", [Sighting.FIXED, Sighting.WORSE])
def test_of_a_double_the_report_that_lives_on_is_ended_or_opened(loop: Loop, outcome: Sighting) -> None:
    with loop.store.write("told before") as session:
        staff = session.get_one(Staff, loop.store.actor.staff_id)
        first = build.a_repair(session, loop.block, staff, area_key="lifts", trade=Trade.LIFTS,
                               reported_at=NOW - timedelta(days=1)).id  # fmt: skip
        assert duplicates.merge(session, loop.repair, first).kept_id == first
        if outcome is Sighting.WORSE:
            repairs.complete(session, repairs.get_row(session, first), NOW)
    loop.found(outcome)
    wanted = RepairStatus.COMPLETED if outcome is Sighting.FIXED else RepairStatus.REPORTED
    assert loop.row(first).status is wanted
    assert loop.row().status is RepairStatus.CANCELLED and loop.row().duplicate_of == first


def test_a_neighbours_fixed_leaves_the_repair_to_who_may_end_it(loop: Loop) -> None:
    build.acting(loop.store, Role.AMBASSADOR, blocks=[loop.block])
    with loop.store.write("their walk") as session:
        staff = session.get_one(Staff, loop.store.actor.staff_id)
        loop.walk = build.an_inspection(session, loop.block, staff, template_key="block_internal").id
    loop.found(Sighting.FIXED)
    assert loop.row().status is RepairStatus.ORDERED
