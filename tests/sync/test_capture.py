"""What a save puts into the queue: what the office needs to tell what the person had seen."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from tests import build
from tests.conftest import Workspace
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.kinds import InspectionStatus, Priority
from watmos_desktop.models.tables import Attachment, Change, Inspection, Outbox, Repair
from watmos_desktop.services import stamps
from watmos_desktop.services.ids import same_id
from watmos_desktop.services.stamps import StampClock
from watmos_desktop.services.store import Store


def queued(store: Store) -> Outbox:
    with store.read() as session:
        return session.scalars(select(Outbox).order_by(Outbox.n.desc()).limit(1)).one()


@pytest.fixture
def repair_id(store: Store) -> UUID:
    with store.write("a repair") as session:
        block = build.a_block(session, build.an_estate(session))
        return build.a_repair(session, block, build.a_staff(session)).id


def from_office(store: Store, model: Any, row_id: UUID, kept: dict[str, str]) -> None:
    """The office sent this row with those stamps."""
    with store.apply() as connection:
        connection.execute(update(model).where(model.id == row_id).values(stamps=kept))


def test_stamps_bear_the_name_of_the_life_they_were_made_in(store: Store) -> None:
    with store.write("one") as session:
        estate = build.an_estate(session)
        session.flush()
        kept = dict(estate.stamps)
    assert len(kept["*"]) == 24
    assert stamps.tag(kept["*"]) == stamps.tag_of(store.incarnation) == store.incarnation.hex[-8:]


def test_a_stamp_seen_is_earlier_than_the_next_one_given() -> None:
    life = uuid4()
    clock = StampClock("", life)
    seen = "f" * 11 + "0" * 5 + "0" * 8
    clock.observe(seen)
    assert clock.next(NOW) > seen
    clock.observe("0" * 24)
    assert clock.last > seen
    again = StampClock(clock.last, life)
    assert again.next(NOW) > clock.last
    assert stamps.at(NOW) <= StampClock().next(NOW)[:16]


def test_stamps_go_by_the_offices_clock_and_never_backwards() -> None:
    year = timedelta(days=365)
    wrong = StampClock("", ahead=year)  # this device is a year behind
    right = StampClock()
    assert wrong.next(NOW - year)[:16] == right.next(NOW)[:16]
    before = wrong.last
    wrong.ahead = timedelta(0)
    assert wrong.next(NOW - year) > before


def test_what_was_learnt_of_the_clock_holds_after_a_restart(
    empty_workspace: Workspace, tmp_path: Path, clock: FakeClock
) -> None:
    store = empty_workspace.open(tmp_path / "behind", clock)
    store.go_by(timedelta(hours=5))
    store.close()
    again = Store(tmp_path / "behind", empty_workspace.key, ExitStack(), clock)
    with again.write("an estate") as session:
        build.an_estate(session)
    try:
        assert queued(again).stamp[:16] >= stamps.at(clock.now() + timedelta(hours=5))
        assert queued(again).made_at == clock.now(), "what people read stays what their clock said"
    finally:
        again.close()


def test_a_group_is_sent_whole_and_the_history_says_what_changed(store: Store, repair_id: UUID) -> None:
    with store.write("urgent") as session:
        session.get_one(Repair, repair_id).priority = Priority.EMERGENCY
    sent = queued(store)
    assert sent.fields.keys() == sent.base.keys() == {"priority", "due_at"}
    with store.read() as session:
        row = session.get_one(Repair, repair_id)
        assert row.stamps["priority"] == row.stamps["due_at"] == sent.stamp
        change = session.scalars(select(Change).order_by(Change.n.desc()).limit(1)).one()
        assert change.after == {"priority": "emergency"}


def test_a_set_is_sent_as_what_was_added_and_removed(store: Store) -> None:
    one, two, three = ({"kind": "line", "points": [[0.1, i / 10]]} for i in (1, 2, 3))
    with store.write("a photo") as session:
        photo = Attachment(
            owner_table="repair", owner_id=uuid4(), sha256="a", size=1, width=1, height=1, marks=[one, two],
            taken_at=NOW, added_by=uuid4(),
        )  # fmt: skip
        session.add(photo)
    with store.write("drawn") as session:
        session.get_one(Attachment, photo.id).marks = [three, one]
    assert queued(store).fields == {"marks": {"add": [three], "remove": [two]}}
    with store.read() as session:
        assert session.get_one(Attachment, photo.id).marks == [
            one,
            three,
        ]  # in the order the office will have


def test_a_change_says_which_version_of_the_office_it_was_made_on(store: Store, repair_id: UUID) -> None:
    with store.write("own") as session:
        session.get_one(Repair, repair_id).title = "one"
    assert queued(store).base.keys() == {"title"}  # never came from the office
    theirs, version = "0" * 16 + "cafecafe", "1" * 16 + "cafecafe"
    for kept, expected in (({"*": theirs}, theirs), ({"*": theirs, "^": version, "~": theirs}, version)):
        from_office(store, Repair, repair_id, kept)
        for title in ("two", "three"):  # its own change in between is not the office's
            with store.write("on theirs") as session:
                session.get_one(Repair, repair_id).title = title + expected
            assert queued(store).base["^"] == expected
        assert queued(store).base["title"] != theirs


def test_a_deletion_says_the_stamps_of_all_that_it_saw(store: Store, repair_id: UUID) -> None:
    theirs, title, version = ("0" * 15 + f"{n}cafecafe" for n in (1, 2, 3))
    kept = {"*": theirs, "title": title, "^": version, "~": theirs, "marks:0123:cafecafe": theirs}
    from_office(store, Repair, repair_id, kept)
    with store.write("gone") as session:
        session.get_one(Repair, repair_id).deleted = True
    sent = queued(store)
    assert sent.fields == {"deleted": True}
    assert sent.base == {"deleted": theirs, "*": theirs, "title": title, "^": version}


def test_two_devices_make_the_same_answer_alike() -> None:
    walk = uuid4()
    assert same_id("answer", str(walk), "lights", "officer") == same_id(
        "answer", str(walk), "lights", "officer"
    )
    others = {
        same_id("answer", str(walk), "lights", "ambassador"),
        same_id("answer", str(walk), "doors", "officer"),
        same_id("answer", str(uuid4()), "lights", "officer"),
        same_id("answer", f"{walk}lights", "", "officer"),
    }
    assert len(others) == 4 and same_id("answer", str(walk), "lights", "officer") not in others


def test_a_signature_of_an_inspection_is_sent_with_its_score_and_seal(store: Store) -> None:
    with store.write("a walk") as session:
        block = build.a_block(session, build.an_estate(session))
        walk = build.an_inspection(session, block, build.a_staff(session))
    with store.write("signed") as session:
        row = session.get_one(Inspection, walk.id)
        row.status = (
            InspectionStatus.ABANDONED if row.status is InspectionStatus.DRAFT else InspectionStatus.DRAFT
        )
    assert set(queued(store).fields) == set(Inspection.groups[0])
