"""Devices and a real office: what one saved offline is on the others after a sync, once, and nothing is lost."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests import build
from tests.fakes import FakeClock
from tests.network import TRAIN, Faults
from tests.sync.conftest import Device, Joining, OfficeApp
from tests.sync.devices import (
    a_repair,
    at_office,
    conflicts,
    edit,
    held,
    sent,
    settle,
    shown,
    state,
    sync,
    tick,
    waiting,
)
from watmos_desktop.models.kinds import Priority, RepairStatus, Role, Trade
from watmos_desktop.models.tables import Block, Estate, Outbox, Repair, Staff
from watmos_desktop.services.sync import engine, incoming, memory, outgoing
from watmos_desktop.services.sync.pages import Page
from watmos_desktop.services.sync.problems import NoNetwork, Refused


def test_what_one_saved_is_on_the_other_after_a_sync(joined: Joining) -> None:
    one, two = joined(), joined()
    repair = a_repair(one, title="Mend the gate")

    report = engine.sync(one.store, one.client)
    assert (report.pushed, report.held, report.more, waiting(one)) == (3, 0, False, 0)
    assert engine.sync(two.store, two.client).pulled >= 3
    assert shown(two, repair) == "Mend the gate"

    settle(one, two)
    assert state(one) == state(two)
    assert sync(one, two) == [engine.Report(), engine.Report()]  # nothing is sent or read twice


def test_what_a_device_wrote_does_not_come_back_to_it(joined: Joining) -> None:
    one = joined()
    a_repair(one)
    settle(one)
    with one.store.write("raised another") as session:
        block = session.scalars(select(Block)).one()
        build.a_repair(session, block, session.get_one(Staff, one.member))

    report = engine.sync(one.store, one.client)
    assert (report.pushed, report.pulled) == (1, 0)


def test_a_visit_for_nothing_is_one_request(joined: Joining) -> None:
    one, two = joined(), joined()
    repair = a_repair(one)
    settle(one, two)
    before = two.network.requests
    assert sync(two) == [engine.Report()]
    assert two.network.requests - before == 1
    edit(one, repair, title="Mend the gate")
    assert [report.pushed for report in sync(one)] == [1]
    assert [report.pulled for report in sync(two)] == [1]
    assert shown(two, repair) == "Mend the gate"


def test_who_meets_nobody_reads_nothing_and_who_does_reads_all(joined: Joining) -> None:
    one, two = joined(), joined()
    repair = a_repair(one)
    settle(one, two)
    edit(one, repair, title="Mend the gate")
    before = one.network.requests
    assert [report.pushed for report in sync(one)] == [1]
    assert one.network.requests - before == 2  # hello and push
    edit(two, repair, contractor="Two Ltd")
    edit(one, repair, title="Mend the fence")
    sync(two)
    assert shown(two, repair) == "Mend the gate"
    sync(one, two, one)
    for device in (one, two):
        assert (shown(device, repair), shown(device, repair, "contractor")) == ("Mend the fence", "Two Ltd")
    before = one.network.requests
    assert sync(one) == [engine.Report()]
    assert one.network.requests - before == 1


def test_batches_grow_while_the_office_answers_quickly(
    joined: Joining, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "MOST_OPS", 10)
    one = joined()
    sync(one)
    for _ in range(30):
        with one.store.write("estates") as session:
            for _ in range(5):
                build.an_estate(session)
    sizes: list[int] = []
    push = one.client.push

    def counted(body: Mapping[str, Any]) -> dict[str, Any]:
        sizes.append(len(body["ops"]))
        return push(body)

    monkeypatch.setattr(one.client, "push", counted)
    assert sync(one)[0].pushed == 150
    assert sizes[:2] == [10, 10]
    assert max(sizes) == 40
    assert [n for n, *_ in sent(one)] == list(range(1, 151))


def test_many_buckets_are_loaded_by_few_requests_and_a_load_broken_off_goes_on(joined: Joining) -> None:
    one = joined()
    for _ in range(30):  # an estate and a block each
        a_repair(one)
    settle(one)
    two = joined(member=one.member)
    two.network.faults = Faults(drop_reply=0.5)
    for _ in range(20):
        _try(two)
    two.network.faults = Faults()
    settle(two)
    assert state(one) == state(two)
    three = joined(member=one.member)
    before = three.network.requests
    settle(three)
    assert three.network.requests - before < 12
    assert state(three) == state(two)


def test_a_first_load_says_how_far_it_has_come_and_goes_on_from_there(
    joined: Joining, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = joined()
    for _ in range(10):
        a_repair(one)
    settle(one)
    monkeypatch.setattr(incoming, "LOAD", 8)
    two, told = joined(member=one.member), list[engine.Progress]()
    whole_load = two.client.bootstrap
    pages = iter(range(2))

    def broken(bucket: str, after: str, limit: int) -> Page:
        if next(pages, None) is None:
            raise NoNetwork
        return whole_load(bucket, after, limit)

    monkeypatch.setattr(two.client, "bootstrap", broken)
    with pytest.raises(NoNetwork):
        engine.sync(two.store, two.client, told.append)
    monkeypatch.setattr(two.client, "bootstrap", whole_load)
    engine.sync(two.store, two.client, told.append)
    loads = [step for step in told if step.step == "loading"]
    done = [step.done for step in loads]
    assert done == sorted(done) and done[2] > done[1], "it counts on from where it was broken off"
    here = sum(len(rows) for rows in state(two).values())
    twice = 11  # estates, which lie with their blocks too, and who works here
    assert {step.whole for step in loads} == {here + twice} and done[-1] == here
    kept = memory.load(two.store)
    assert (kept.loaded, kept.expected) == (0, 0)
    assert state(two) == state(one)


def test_devices_that_wrote_apart_end_the_same_and_no_value_is_lost(
    joined: Joining, office_app: OfficeApp
) -> None:
    """Cases 1 to 3: random edits on three devices, each offline for a while."""
    luck = random.Random(11)
    devices = [joined(seed=n) for n in range(3)]
    repairs = [a_repair(device) for device in devices]
    settle(*devices)
    written: set[str] = set()
    made: list[UUID] = []
    for turn in range(16):
        device = luck.choice(devices)
        what = luck.randrange(4)
        if what == 0:
            sync(device)
        elif what == 1:
            edit(device, luck.choice(repairs), contractor=(text := f"firm {turn}"))
            written.add(text)
        elif what == 2:
            edit(device, luck.choice(repairs), title=(text := f"title {turn}"), description=f"words {turn}")
            written |= {text, f"words {turn}"}
        else:
            repairs.append(a_repair(device, title=f"new {turn}"))
            settle(*devices)
        with device.store.read() as session:
            made += session.scalars(select(Outbox.op_id))
    settle(*devices)

    assert state(devices[0]) == state(devices[1]) == state(devices[2])
    assert all(op in at_office(office_app) for op in made)
    with office_app.office.reading() as connection:
        everything = str(connection.exec_driver_sql("SELECT group_concat(body) FROM op").scalar())
    assert all(text in everything for text in written)
    current = {one for row in state(devices[0])["repair"].values() for one in map(str, row.values())}
    lost = {one for _, value in conflicts(devices[0]) for one in map(str, value.values())}
    clashed = written - current
    seen_over = {text for text in clashed if text not in lost}
    assert seen_over | lost | current >= written  # replaced by someone who had seen it, in conflict, or shown


@pytest.mark.parametrize("seed", range(3))
def test_a_train_ride_loses_and_doubles_nothing(joined: Joining, office_app: OfficeApp, seed: int) -> None:
    """Cases 4 and 8: almost every second request meets with something."""
    one, two = joined(seed=seed), joined(seed=seed + 10)
    one.network.faults = two.network.faults = TRAIN
    repair = a_repair(one)
    for number in range(4):
        _try(one)
        edit(one, repair, title=f"title {number}")
        with two.store.write("an estate") as session:
            build.an_estate(session)
        _try(two)
    one.network.faults = two.network.faults = Faults()
    settle(one, two)
    assert state(one) == state(two)
    assert (waiting(one), waiting(two), held(one), held(two)) == (0, 0, [], [])
    assert shown(two, repair) == "title 3"
    assert len(at_office(office_app)) == 3 + 4 + 4


def _try(device: Device) -> None:
    for _ in range(2):
        try:
            sync(device)
        except (NoNetwork, Refused):
            continue
        return


def test_a_lost_reply_is_answered_as_a_duplicate(joined: Joining, office_app: OfficeApp) -> None:
    one = joined()
    a_repair(one)
    sync(one)
    with one.store.write("an estate") as session:
        build.an_estate(session)
    with one.store.read() as session:
        kept = memory.load(one.store)
        ready = outgoing.batch(session, kept)
    one.client.push(_body(one, ready, kept.hash))  # the office has it; this device never heard
    assert waiting(one) == 1
    before = len(at_office(office_app))
    assert sync(one)[0].pushed == 1
    assert (waiting(one), len(at_office(office_app)), [status for *_, status in sent(one)][-1]) == (
        0,
        before,
        "duplicate",
    )
    assert one.store.incarnation == UUID(memory.load(one.store).incarnation)


def _body(device: Device, ready: list[outgoing.Ready], prev: str) -> dict[str, object]:
    return {
        "incarnation": str(device.store.incarnation),
        "first_n": ready[0].n,
        "prev_hash": prev,
        "schema": ready[0].row.schema_version,
        "ops": [one.op for one in ready],
    }


def test_a_batch_is_bounded_and_keeps_an_action_whole(joined: Joining) -> None:
    one = joined()
    for _ in range(3):
        with one.store.write("many estates") as session:
            for _ in range(200):
                build.an_estate(session)
    with one.store.read() as session:
        first = outgoing.batch(session, memory.load(one.store))
    assert [len(first), first[0].n, first[-1].n] == [400, 1, 400]
    assert sync(one)[0].pushed == 600
    assert [n for n, *_ in sent(one)] == list(range(1, 601))


def test_a_reader_sees_what_they_wrote_at_every_moment(joined: Joining, office_app: OfficeApp) -> None:
    """Case 15: the office's word comes in while work waits, and while half of it is answered."""
    one, two = joined(), joined()
    repair = a_repair(one)
    settle(one, two)
    edit(two, repair, title="two's title", contractor="Two Ltd")
    sync(two)
    tick(office_app)
    edit(one, repair, title="one's title")
    kept = memory.load(one.store)
    from watmos_desktop.services.sync import incoming

    incoming.pull(one.store, one.client, kept, lambda _: None)  # as when the push has not come through
    assert (shown(one, repair), shown(one, repair, "contractor")) == ("one's title", "Two Ltd")
    assert waiting(one) == 1
    settle(one, two)
    assert state(one) == state(two)
    assert shown(one, repair) == "one's title"  # later, and both are kept
    assert ("title", {"title": "two's title"}) in conflicts(one)


def test_marks_of_two_people_on_one_photo_are_both_kept(joined: Joining) -> None:
    from watmos_desktop.models.tables import Attachment

    one, two = joined(), joined()
    repair = a_repair(one)
    with one.store.write("a photo") as session:
        photo = Attachment(
            owner_table="repair", owner_id=repair, sha256="0" * 64, size=1, width=1, height=1,
            taken_at=one.store.clock.now(), added_by=one.member, marks=[{"k": "ring", "at": [0.1, 0.2]}],
        )  # fmt: skip
        session.add(photo)
    settle(one, two)
    for device, mark in ((one, "arrow"), (two, "line")):
        with device.store.write("drew") as session:
            row = session.get_one(Attachment, photo.id)
            row.marks = [*row.marks, {"k": mark, "at": [0.3, 0.4]}]
    settle(one, two)
    for device in (one, two):
        with device.store.read() as session:
            assert {mark["k"] for mark in session.get_one(Attachment, photo.id).marks} == {
                "ring",
                "arrow",
                "line",
            }
    assert conflicts(one) == []


def test_a_clock_that_jumps_back_keeps_the_order_of_its_own_edits(
    joined: Joining, office_app: OfficeApp
) -> None:
    """Case 18."""
    astray = FakeClock(office_app.office.clock.now())
    one, two = joined(clock=astray), joined()
    repair = a_repair(one)
    settle(one, two)
    edit(one, repair, title="first")
    astray.forward(timedelta(days=-400))
    edit(one, repair, title="second")
    settle(one, two)
    assert (shown(two, repair), conflicts(two)) == ("second", [])


def test_a_clock_ahead_does_not_win_for_ever(joined: Joining, office_app: OfficeApp) -> None:
    clock = office_app.office.clock
    assert isinstance(clock, FakeClock)
    ahead = FakeClock(clock.now())
    one, two = joined(clock=ahead), joined()
    repair = a_repair(two)
    settle(two, one)
    ahead.forward(timedelta(days=4000))
    edit(one, repair, title="from the future")
    settle(one, two)
    clock.forward(minutes=10)
    edit(two, repair, title="now")
    settle(two, one)
    assert (shown(one, repair), shown(two, repair)) == ("now", "now")


@pytest.mark.parametrize("deleter_first", [True, False])
def test_a_deletion_against_an_edit_ends_the_same_everywhere(joined: Joining, deleter_first: bool) -> None:
    """Case 19: the edit can be brought back."""
    one, two, three = joined(), joined(), joined()
    repair = a_repair(one)
    settle(one, two, three)
    edit(one, repair, deleted=True)
    edit(two, repair, title="still needed")
    settle(*((one, two, three) if deleter_first else (two, one, three)))
    settle(one, two, three)
    assert {shown(device, repair, "deleted") for device in (one, two, three)} == {True}
    values = [value for _, value in conflicts(three)]
    assert any("still needed" in map(str, value.values()) for value in values), values


def test_different_fields_merge_and_groups_are_never_mixed(joined: Joining) -> None:
    """Case 21."""
    one, two = joined(), joined()
    repair = a_repair(one)
    settle(one, two)
    edit(one, repair, contractor="One Ltd")
    edit(two, repair, trade=Trade.PLUMBING)
    settle(one, two)
    assert (shown(one, repair, "contractor"), shown(one, repair, "trade")) == ("One Ltd", Trade.PLUMBING)
    assert [field for field, _ in conflicts(one) if field in ("contractor", "trade")] == []

    moment = one.store.clock.now()
    edit(one, repair, status=RepairStatus.COMPLETED, completed_at=moment)
    edit(two, repair, status=RepairStatus.CANCELLED)
    settle(one, two)
    assert state(one) == state(two)
    pair = shown(one, repair, "status"), shown(one, repair, "completed_at") is not None
    assert pair in ((RepairStatus.COMPLETED, True), (RepairStatus.CANCELLED, False))
    assert any("status" in value for _, value in conflicts(one))


def test_what_the_office_may_not_take_is_held_and_put_back(joined: Joining) -> None:
    """A caretaker writes where they may not: it waits at the office with its content, the row is the office's."""
    manager = joined()
    repair = a_repair(manager)
    sync(manager)
    with manager.store.read() as session:
        estate = session.get_one(Repair, repair).estate_id
    caretaker = joined(Role.CARETAKER, estates=[estate])
    sync(caretaker)
    with caretaker.store.write("renamed", undoable=False) as session:
        session.get_one(Estate, estate).name = "Mine now"
        session.add(Staff(name="A ghost", role=Role.MANAGER))
    edit(caretaker, repair, priority_reason="children in the flat", priority=Priority.EMERGENCY)
    report = sync(caretaker)[0]
    assert report.held >= 2
    assert waiting(caretaker) == 0
    assert {"Mine now", "A ghost"} <= {
        str(one) for _, _, fields in held(caretaker) for one in fields.values()
    }
    with caretaker.store.read() as session:
        assert session.get_one(Estate, estate).name != "Mine now"
        assert session.scalar(select(Staff).where(Staff.name == "A ghost")) is None
    sync(manager)
    assert shown(manager, repair, "priority_reason") in ("", "children in the flat")


def test_whoever_loses_sees_the_other_value_at_once_and_theirs_is_kept(
    joined: Joining, office_app: OfficeApp
) -> None:
    one, two = joined(), joined()
    repair = a_repair(one)
    settle(one, two)
    edit(one, repair, title="earlier")
    tick(office_app)
    edit(two, repair, title="later")
    sync(two)
    assert sync(one)[0].conflicts == 1
    assert shown(one, repair) == "later"
    assert conflicts(one) == [("title", {"title": "earlier"})]
