"""What the tests of sync ask of devices and their office."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from tests import build
from tests.fakes import FakeClock
from tests.sync.conftest import Device, OfficeApp
from watmos_desktop.models.kinds import ConflictKind, ConflictState
from watmos_desktop.models.tables import SYNCED, Conflict, Held, Outbox, Repair, Sent, Staff
from watmos_desktop.services.sync import engine
from watmos_desktop.services.sync.engine import Report
from watmos_office.tables import Op, Record

Rows = dict[str, dict[str, dict[str, Any]]]


def tick(office_app: OfficeApp) -> None:
    """A second goes by for everyone on the office's clock."""
    clock = office_app.office.clock
    assert isinstance(clock, FakeClock)
    clock.forward(seconds=1)


def sync(*devices: Device) -> list[Report]:
    """Each in turn."""
    return [engine.sync(device.store, device.client) for device in devices]


def settle(*devices: Device) -> None:
    """Until everybody has everything."""
    sync(*devices)
    sync(*devices)


def state(device: Device, *, stamps: bool = False) -> Rows:
    """Every live record that is shown, by table and id."""
    hidden = {"id"} if stamps else {"id", "stamps"}
    with device.store.read() as session:
        return {
            table: {
                str(row["id"]): {name: value for name, value in row.items() if name not in hidden}
                for row in session.execute(select(model.__table__)).mappings()  # type: ignore[attr-defined]
                if not row["deleted"]
            }
            for table, model in SYNCED.items()
        }


def waiting(device: Device) -> int:
    """How many operations have not been answered."""
    with device.store.read() as session:
        return session.scalar(select(func.count()).select_from(Outbox)) or 0


def sent(device: Device) -> list[tuple[int, UUID, str]]:
    """Number, id and status of what was answered in this life and is kept."""
    with device.store.read() as session:
        return [(one.n, one.op_id, one.status) for one in session.scalars(select(Sent).order_by(Sent.n))]


def held(device: Device) -> list[tuple[str, str, dict[str, Any]]]:
    """Table, reason and content of what is held."""
    with device.store.read() as session:
        return [(one.table_name, one.reason, one.fields) for one in session.scalars(select(Held))]


def conflicts(device: Device) -> list[tuple[str, dict[str, Any]]]:
    """Field and value of what lost and nobody has looked at."""
    with device.store.read() as session:
        clashes = (Conflict.state == ConflictState.OPEN) & (Conflict.kind != ConflictKind.PARALLEL)
        rows = session.scalars(select(Conflict).where(clashes, ~Conflict.deleted))
        return [(row.field, row.value) for row in rows]


def a_repair(device: Device, **fields: Any) -> UUID:
    """A repair in a new block of a new estate, saved on the device."""
    with device.store.write("raised a repair") as session:
        block = build.a_block(session)
        return build.a_repair(session, block, session.get_one(Staff, device.member), **fields).id


def edit(device: Device, repair: UUID, **fields: Any) -> None:
    """Change a repair on the device."""
    with device.store.write("changed a repair") as session:
        row = session.get_one(Repair, repair)
        for name, value in fields.items():
            setattr(row, name, value)


def shown(device: Device, repair: UUID, field: str = "title") -> Any:
    """What a device shows of a repair; None when it is not there."""
    with device.store.read() as session:
        row = session.get(Repair, repair)
        return None if row is None else getattr(row, field)


def at_office(office_app: OfficeApp) -> dict[UUID, str]:
    """The status of every operation that the office ever took."""
    with office_app.office.reading() as connection:
        return {row.id: row.status for row in connection.execute(select(Op.id, Op.status))}


def record(office_app: OfficeApp, rid: UUID) -> dict[str, Any] | None:
    """What the office holds of a record."""
    with office_app.office.reading() as connection:
        found = connection.scalar(select(Record.data).where(Record.rid == rid))
    return None if found is None else dict(found)
