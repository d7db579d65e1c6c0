"""The board and the plan of a block: columns, lawful moves, pins."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import build
from tests.conftest import MANAGER
from tests.fakes import NOW
from watmos_desktop.models.kinds import RepairStatus, Role, Waiting
from watmos_desktop.models.tables import Block, Repair, Staff
from watmos_desktop.services import attachments, block_plans, repair_board, repairs
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.repair_board import COLUMNS, DONE, ORDERED, REPORTED, WAITING
from watmos_desktop.services.store import Store

PICTURE = attachments.StoredPhoto("1" * 64, 10, 400, 300, None)


@pytest.fixture
def block(store: Store) -> Block:
    with store.write("a block") as session:
        return build.a_block(session, storeys=6, lift=True)


def made(store: Store, block: Block, status: RepairStatus = RepairStatus.REPORTED, **fields: object) -> UUID:
    with store.write("a repair") as session:
        staff = session.get_one(Staff, MANAGER.staff_id)
        return build.a_repair(session, block, staff, status=status, **fields).id


def test_each_stands_in_one_column_and_done_is_of_this_week(store: Store, block: Block) -> None:
    ids = {
        REPORTED: made(store, block),
        ORDERED: made(store, block, RepairStatus.ORDERED),
        WAITING: made(store, block, RepairStatus.ORDERED, waiting=Waiting.ACCESS),
        DONE: made(store, block, RepairStatus.COMPLETED, completed_at=NOW),
    }
    made(store, block, RepairStatus.COMPLETED, completed_at=NOW - timedelta(days=1))  # Sunday, last week
    made(store, block, RepairStatus.CANCELLED)
    made(store, block, RepairStatus.SIGNPOSTED)
    with store.read() as session:
        columns = repair_board.of(session)
        assert {column.key: [card.id for card in column.cards] for column in columns} == {
            key: [one] for key, one in ids.items()
        }
        assert [column.total for column in columns] == [1, 1, 1, 1]
        assert all(not column.cards for column in repair_board.of(session, mine=True))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(tuple(RepairStatus)),
    st.sampled_from((None, *Waiting)),
    st.sampled_from(tuple(COLUMNS)),
    st.sampled_from(tuple(Waiting)),
)
def test_a_move_does_what_it_says_or_says_why_not_and_never_ends_or_orders_by_itself(
    store: Store, block: Block, status: RepairStatus, waiting: Waiting | None, to: str, why: Waiting
) -> None:
    one = made(
        store, block, status, waiting=waiting, completed_at=NOW if status is RepairStatus.COMPLETED else None
    )
    done = None
    try:
        with store.write("moved") as session:
            done = repair_board.move(session, one, to, why)
    except Told as told:
        assert told.hint
    with store.read() as session:
        row = repairs.get_row(session, one)
        (card,) = repairs.cards(session, [one]).values()
        assert row.status is status
        if done is None or done.ask:
            assert row.waiting is waiting
        else:
            assert repair_board.column_of(card) == to


def test_a_column_holds_thirty_and_says_how_many_more(store: Store, block: Block) -> None:
    for _ in range(repair_board.MOST + 2):
        made(store, block)
    with store.read() as session:
        first, *_ = repair_board.of(session)
    assert (len(first.cards), first.total) == (30, 32)


def test_a_neighbour_moves_nothing(store: Store, block: Block) -> None:
    one = made(store, block)
    build.acting(store, Role.AMBASSADOR, blocks=[block])
    with store.read() as session:
        assert repair_board.of(session)[0].total == 1
    with pytest.raises(NotAllowed), store.write("no") as session:
        repair_board.move(session, one, WAITING)
    with pytest.raises(NotAllowed), store.write("no") as session:
        block_plans.place(session, one, (0.5, 0.5))
    with pytest.raises(NotAllowed), store.write("no") as session:
        block_plans.supply(session, block.id, PICTURE)


def test_a_picture_comes_in_the_place_of_the_one_before_and_pins_stay(store: Store, block: Block) -> None:
    one = made(store, block)
    with store.write("pin") as session:
        block_plans.place(session, one, (0.25, 0.123456))
    for sha in ("1", "2"):
        with store.write("a plan") as session:
            block_plans.supply(session, block.id, attachments.StoredPhoto(sha * 64, 10, 4, 3, None))
    with store.read() as session:
        plan = block_plans.of(session, block.id)
    assert plan.sha256 == "2" * 64
    assert [(pin.number, pin.at) for pin in plan.pins] == [(1, (0.25, 0.1235))]
    assert (plan.storeys, plan.lift) == (6, True)
    with store.write("off") as session:
        block_plans.place(session, one, None)
    with store.read() as session:
        assert block_plans.of(session, block.id).pins[0].at is None


def test_an_estate_has_a_plan_of_its_grounds_with_a_picture_of_its_own(store: Store, block: Block) -> None:
    gate, inside = made(store, block, block_id=None), made(store, block)
    with store.write("pins") as session:
        block_plans.place(session, gate, (0.75, 0.5))
        block_plans.supply(session, block.estate_id, PICTURE)
    with store.read() as session:
        plan = block_plans.of(session, block.estate_id)
        assert [(pin.card.id, pin.at) for pin in plan.pins] == [(gate, (0.75, 0.5))]
        assert (plan.grounds, plan.blocks, plan.sha256) == (True, (block.name,), PICTURE.sha256)
        assert block_plans.of(session, block.id).sha256 == "", "each place has its own picture"
        assert [one for one, _ in block_plans.grounds(session)] == [block.id, block.estate_id]
        assert block_plans.place_of(session, gate) == block.estate_id
        assert block_plans.place_of(session, inside) == block.id
    build.acting(store, Role.CARETAKER, blocks=[block])
    with store.read() as session:
        assert [one for one, _ in block_plans.grounds(session)] == [block.id]
        with pytest.raises(NotFound):
            block_plans.of(session, block.estate_id)


@pytest.mark.parametrize("at", [(1.1, 0), (0, -0.1), (float("nan"), 0.5), (float("inf"), 0)])
def test_off_the_plan_is_refused(store: Store, block: Block, at: tuple[float, float]) -> None:
    one = made(store, block)
    with pytest.raises(Told, match="not on the plan"), store.write("no") as session:
        block_plans.place(session, one, at)


def test_only_open_repairs_of_shared_parts_stand_on_it(store: Store, block: Block) -> None:
    with store.write("a home") as session:
        home = build.a_home(session, block).id
    for one in (
        made(store, block, home_id=home),
        made(store, block, RepairStatus.COMPLETED, completed_at=NOW),
    ):
        with pytest.raises(Told), store.write("no") as session:
            block_plans.place(session, one, (0.5, 0.5))
    with store.read() as session:
        assert block_plans.of(session, block.id).pins == ()
    with store.write("elsewhere") as session:
        other = build.a_block(session)
    build.acting(store, Role.CARETAKER, blocks=[other])
    with pytest.raises(NotFound), store.read() as session:
        block_plans.of(session, block.id)


@pytest.mark.parametrize("kept", [[1], ["a", "b"], [0.5, 2], [True, False], [0.1, 0.2, 0.3], {"x": 1}])
def test_a_pin_that_makes_no_sense_is_no_pin(store: Store, block: Block, kept: object) -> None:
    one = made(store, block)
    with store.apply() as connection:
        table = Repair.__table__
        connection.execute(table.update().where(table.c.id == one).values(pin=kept))  # type: ignore[attr-defined]
    with store.read() as session:
        assert block_plans.of(session, block.id).pins[0].at is None
