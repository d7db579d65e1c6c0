"""Two officers plan the same home apart: day, time and officer stay together, and the clash is shown."""

from __future__ import annotations

from datetime import date

from tests import build
from tests.sync.conftest import Joining
from tests.sync.devices import conflicts, held, settle
from watmos_desktop.models.tables import Visit
from watmos_desktop.services import references


def test_an_appointment_merges_whole_and_the_other_is_kept_for_a_decision(joined: Joining) -> None:
    one, other = joined(), joined()
    with one.store.write("a visit") as session:
        home = build.a_home(session, build.a_block(session))
        visit = Visit(estate_id=home.estate_id, block_id=home.block_id, home_id=home.id, kind="wellbeing")
        references.add(session, "V", visit)
        session.flush()
        visit_id = visit.id
    settle(one, other)
    plans = {}
    for device, day, start, end in (
        (one, date(2026, 12, 1), "10:00", "12:00"),
        (other, date(2026, 12, 3), "14:00", "16:00"),
    ):
        with device.store.write("planned a visit") as session:
            row = session.get(Visit, visit_id)
            assert row is not None
            row.officer_id, row.planned_on = device.member, day
            row.window_from, row.window_to = start, end
        plans[device.member] = (day, start, end)
    settle(one, other)
    settle(one, other)
    found = set()
    for device in (one, other):
        assert not held(device)
        with device.store.read() as session:
            row = session.get(Visit, visit_id)
            assert row is not None and row.officer_id is not None
            assert (row.planned_on, row.window_from, row.window_to) == plans[row.officer_id]
            found.add(row.officer_id)
        assert conflicts(device)
    assert len(found) == 1
