"""Devices and a real office: what one saved offline is on the others after a sync, once, and nothing is lost."""

from __future__ import annotations

from sqlalchemy import func, select

from tests import build
from tests.sync.conftest import Device, Joining
from watmos_desktop.models.tables import SYNCED, Estate, Held, Outbox, Repair, Staff
from watmos_desktop.services.sync import engine
from watmos_desktop.services.sync.engine import Report


def sync(*devices: Device) -> list[Report]:
    return [engine.sync(device.store, device.client) for device in devices]


def state(device: Device) -> dict[str, dict[str, object]]:
    """Everything that is shown, by table and id."""
    with device.store.read() as session:
        return {
            table: {
                str(row.id): {name: value for name, value in row.items() if name not in ("id", "stamps")}
                for row in session.execute(select(model.__table__)).mappings()  # type: ignore[attr-defined]
            }
            for table, model in SYNCED.items()
        }


def waiting(device: Device) -> int:
    with device.store.read() as session:
        return session.scalar(select(func.count()).select_from(Outbox)) or 0


def test_what_one_saved_is_on_the_other_after_a_sync(joined: Joining) -> None:
    one, two = joined(), joined()
    with one.store.write("made an estate") as session:
        estate = build.an_estate(session, name="Lindley Estate")
        block = build.a_block(session, estate)
        repair = build.a_repair(session, block, session.get_one(Staff, one.member))

    report = engine.sync(one.store, one.client)
    with one.store.read() as session:
        print([(h.table_name, h.reason) for h in session.scalars(select(Held))])
    assert (report.pushed, report.held, waiting(one)) == (3, 0, 0)
    assert engine.sync(two.store, two.client).pulled >= 3

    with two.store.read() as session:
        assert session.get(Estate, estate.id).name == "Lindley Estate"  # type: ignore[union-attr]
        assert session.get(Repair, repair.id).title == repair.title  # type: ignore[union-attr]
    sync(one, two)
    assert state(one) == state(two)
