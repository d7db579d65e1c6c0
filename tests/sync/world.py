"""A world small enough to be searched: devices that edit one row while apart, and an office that merges it.

Devices here keep a row as capture and the engine do: their own unsent operations on top of what the office gave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from watmos_desktop.models.kinds import ConflictKind, Merge
from watmos_desktop.services.sync import registers
from watmos_desktop.services.sync.merge import (
    INSERTED,
    NEWEST,
    Loss,
    RowState,
    difference,
    fold,
    merge,
)
from watmos_desktop.services.sync.registers import CLAIMED
from watmos_desktop.services.sync.wire import Op

TABLE = "sample"
DECLARED = registers.declare(
    {"state": Merge.GUARDED, "marks": Merge.SET, "count": Merge.COUNTER}, (("day", "slot"),)
)
ROW = UUID(int=1)
FIRST = {
    "title": "t0",
    "note": "n0",
    "day": "d0",
    "slot": "s0",
    "state": "reported",
    "marks": ["m0"],
    "count": 0,
}
FAR = f"{2**63:016x}"


def stamp(wall: int, device: str) -> str:
    return f"{wall << 16:016x}{device * 8}"


@dataclass
class Office:
    """What the office keeps of one row. ``wall`` is its clock; stamps later than it are clamped."""

    row: RowState = field(
        default_factory=lambda: RowState(dict(FIRST), {INSERTED: stamp(1, "0")}, False, stamp(1, "0"))
    )
    latest: str = FAR
    open: list[Loss] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    known: set[UUID] = field(default_factory=set)

    def take(self, op: Op) -> bool:
        """Merge an operation, once; whether the sender holds exactly what is kept now."""
        if op.id in self.known:
            return False
        self.known.add(op.id)
        outcome = merge(self.row, op, self.latest)
        self.open = [loss for loss in self.open if (loss.field, loss.stamp) not in outcome.settled]
        self.row = outcome.row
        self.losses += outcome.losses
        clashes = (ConflictKind.CLASH, ConflictKind.GUARDED)
        self.open += [loss for loss in outcome.losses if loss.kind in clashes]
        return outcome.echo


@dataclass
class Device:
    """One device. ``wall`` is its own clock, right or wrong."""

    name: str
    office: Office
    wall: int = 2
    waiting: list[Op] = field(default_factory=list)
    last: int = 0
    n: int = 0

    def __post_init__(self) -> None:
        self.pull()

    def pull(self) -> None:
        """Take the office's row; only when nothing waits."""
        row = self.office.row
        self.data, self.stamps, self.deleted = dict(row.data), {**row.stamps, NEWEST: row.newest}, row.deleted
        self.stamps.pop(CLAIMED, None)
        seen = [one for key, one in self.stamps.items() if registers.is_column_stamp(key)]
        self.last = max([self.last, *(int(one[:16], 16) for one in seen)])

    def edit(self, fields: dict[str, Any], wall: int | None = None) -> Op:
        """Change fields here, as a save does; a set is given as it becomes, a counter as its difference."""
        self.wall = self.wall + 1 if wall is None else wall
        self.last = max(self.wall << 16, self.last + 1)
        made = f"{self.last:016x}{self.name * 8}"
        sent: dict[str, Any] = {}
        for name, value in fields.items():
            kind = registers.kind_of(TABLE, name)
            if kind is Merge.SET:
                sent[name] = difference(self.data[name], value)
                self.data[name] = fold(self.data[name], sent[name])
            elif kind is Merge.COUNTER:
                sent[name] = {"delta": value}
                self.data[name] += value
            elif name == "deleted":
                sent[name] = self.deleted = value
            else:
                self.data[name] = value
                sent |= {one: self.data[one] for one in registers.group_of(TABLE, name)}
        base = {name: self.stamps.get(name, self.stamps[INSERTED]) for name in sent}
        if sent.get("deleted"):
            base |= {name: one for name, one in self.stamps.items() if ":" not in name}
        base[NEWEST] = self.stamps[NEWEST]
        self.stamps |= dict.fromkeys(sent, made)
        self.n += 1
        op = Op(uuid4(), self.n, uuid4(), TABLE, ROW, "update", sent, base, made, "2026-11-23T10:42:00+00:00")
        self.waiting.append(op)
        return op

    def send(self) -> None:
        """Send the oldest that waits; when the office says that nothing need come back, that must be so."""
        op = self.waiting.pop(0)
        echo = self.office.take(op)
        if echo and not self.waiting:
            assert (self.data, self.deleted) == (self.office.row.data, self.office.row.deleted)


def visible(office: Office) -> dict[str, Any]:
    """What everybody sees, and what asks for a decision, without versions: those depend on the order."""
    row = office.row
    stamps = {name: one for name, one in row.stamps.items() if registers.is_column_stamp(name)}
    return {
        "data": {**row.data, "marks": sorted(row.data["marks"])},
        "stamps": stamps,
        "deleted": row.deleted,
        "open": sorted((loss.field, loss.stamp, str(loss.value)) for loss in office.open),
    }


def play(office: Office, devices: Sequence[Device], order: Sequence[int]) -> None:
    """Send everything that waits, in an order of devices; each device's own operations stay in theirs."""
    left = [devices[i] for i in order if devices[i].waiting]
    for device in left:
        if device.waiting:
            device.send()
    for device in devices:
        while device.waiting:
            device.send()
