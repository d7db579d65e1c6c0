"""What a walk finds of a repair: an ambassador's "fixed" is a task for staff, a reopening is told in its story."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import build
from tests.fakes import NOW, FakeClock
from tests.services.test_communal_loop import Loop
from watmos_desktop.models.kinds import DefectState, RepairStatus, Role, Sighting
from watmos_desktop.models.tables import Defect, Inspection, Staff
from watmos_desktop.services import repair_closing, repair_timeline, repairs, said_fixed, today
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.store import Store


@pytest.fixture
def loop(store: Store) -> Loop:
    return Loop(store)


def asked(loop: Loop) -> list[str]:
    with loop.store.read() as session:
        return [one.title for one in today.get(session).cards if one.title.startswith("Said to be fixed")]


def story(loop: Loop) -> list[str]:
    with loop.store.read() as session:
        entries = repair_timeline.of(session, loop.repair).entries
        return [" ".join(part for part in (one.what, one.more) if part) for one in entries]


def walked_by_a_neighbour(loop: Loop) -> None:
    build.acting(loop.store, Role.AMBASSADOR, blocks=[loop.block])
    with loop.store.write("their walk") as session:
        staff = session.get_one(Staff, loop.store.actor.staff_id)
        loop.walk = build.an_inspection(session, loop.block, staff, template_key="block_internal").id
    loop.found(Sighting.FIXED)


def test_an_ambassadors_fixed_is_a_task_until_someone_decides(loop: Loop, clock: FakeClock) -> None:
    officer = loop.store.actor
    clock.set(NOW + timedelta(days=9))
    walked_by_a_neighbour(loop)
    assert asked(loop) == []  # they decide nothing
    with pytest.raises(NotAllowed), loop.store.write("theirs") as session:
        said_fixed.not_fixed(session, loop.repair)
    loop.store.actor = officer
    assert len(asked(loop)) == 1 and loop.row().status is RepairStatus.ORDERED
    with loop.store.read() as session:
        assert said_fixed.of(session, loop.repair) == "A walk found it fixed, 2 Dec 2026"
    assert any("it is fixed" in line for line in story(loop))
    with loop.store.write("looked") as session:
        said_fixed.not_fixed(session, loop.repair)
        assert session.get_one(Defect, loop.defect).state is DefectState.OPEN  # the next walk looks again
    assert asked(loop) == [] and "Note A walk found it fixed; looked at again, it is not." in story(loop)
    with pytest.raises(Told, match="Nobody says"), loop.store.write("twice") as session:
        said_fixed.not_fixed(session, loop.repair)


def test_closing_it_answers_the_task_and_opened_again_it_does_not_come_back(
    loop: Loop, clock: FakeClock
) -> None:
    officer = loop.store.actor
    walked_by_a_neighbour(loop)
    loop.store.actor = officer
    clock.set(NOW + timedelta(days=1))
    with loop.store.write("done") as session:
        repairs.complete(session, repairs.get_row(session, loop.repair), clock.now())
    assert asked(loop) == []
    with loop.store.write("not fixed") as session:
        repair_closing.reopen(session, loop.repair, "the lamp is out again")
    assert asked(loop) == []


def test_a_walk_that_opens_a_repair_again_tells_so_in_its_story(loop: Loop, clock: FakeClock) -> None:
    with loop.store.write("done") as session:
        repairs.complete(session, repairs.get_row(session, loop.repair), NOW + timedelta(days=1))
    clock.set(NOW + timedelta(days=9))
    with loop.store.write("the next walk") as session:
        walk = session.get_one(Inspection, loop.walk)
        walk.started_at = clock.now()
        reference = walk.reference
    loop.found(Sighting.WORSE)
    assert loop.row().status is RepairStatus.REPORTED
    said = story(loop)
    assert any(line.startswith(f"Inspection {reference}: it is worse") for line in said)
    assert any(
        "Opened again, said done 24 Nov 2026" in line and f"{reference} found it worse" in line
        for line in said
    )
