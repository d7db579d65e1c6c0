"""Operations read and judged by what they say, before anyone looks at what they meet (docs/sync.md 5).

A batch is thousands of operations that say the same few fields: what surely holds for all that are alike is found
out a column at a time, and only what is left is judged one by one. Both ways come to the same.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID, uuid5

from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.sync import registers, spelling, wire
from watmos_desktop.services.sync.wire import Op
from watmos_office import judging, records
from watmos_office.buckets import Key

_NOBODY = str(UUID(int=0))


@dataclass(slots=True)
class Item:
    """One operation on its way: as it came, as it was understood (None if it was not), and what became of it.

    ``verdict`` is why it may not be applied whatever it meets; ``same`` whether it was said in the office's spelling;
    ``written`` its canonical JSON.
    """

    id: UUID
    txn: UUID
    n: int
    key: Key
    raw: Mapping[str, Any]
    written: bytes
    op: Op | None
    same: bool = True
    verdict: str = ""
    reason: str = ""
    status: str = ""

    @property
    def content(self) -> str:
        """The hash of what it says, whatever number it was sent under: a new life numbers anew."""
        if self.op is None:
            return wire.op_hash({**self.raw, "n": 0})
        # What comes before the number are stamps and ids, so that the first that looks like it is it.
        written = self.written.replace(b'"n":%d,"rid":' % self.n, b'"n":0,"rid":', 1)
        return hashlib.sha256(written).hexdigest()

    def twin(self, device_id: UUID) -> UUID:
        """An id for it when its own belongs to another operation."""
        return uuid5(self.id, f"{device_id} {self.content}")


def understand(actor: Actor, me: str, raw: object) -> Item:
    """Read and judge one operation of the member ``me`` by itself. Raises Malformed when it has not even a name."""
    if not isinstance(raw, dict):
        raise wire.Malformed("an operation")
    written = wire.canonical(raw)
    try:
        op = wire.parse_op(raw)
    except wire.Malformed:
        named = wire.parse_id(raw.get("id")), wire.parse_id(raw.get("txn"))
        if type(n := raw.get("n")) is not int:
            raise
        return Item(*named, n, ("", _NOBODY), raw, written, None, verdict="malformed", reason="malformed")
    reason, said = judging.words(actor, me, op)
    same = said == (
        {name: value for name, value in op.set.items() if name != "id"} if "id" in op.set else op.set
    )
    if not same and not reason:
        op = Op(op.id, op.n, op.txn, op.table, op.rid, op.kind, said, op.base, op.stamp, op.made_at)
    table = op.table if reason != "unknown_table" or op.table.isidentifier() else ""
    return Item(op.id, op.txn, op.n, (table, raw["rid"]), raw, written, op, same, reason, reason)


def understand_all(actor: Actor, me: str, raws: Sequence[Any]) -> list[Item]:
    """``understand`` for each of them. Raises Malformed as it does."""
    ops = wire.parse_ops(raws)
    if ops is None:
        return [understand(actor, me, raw) for raw in raws]
    plain = plain_ones(actor, me, ops, raws)
    return [
        Item(op.id, op.txn, op.n, (op.table, raw["rid"]), raw, wire.canonical(raw), op)
        if at in plain
        else understand(actor, me, raw)
        for at, (op, raw) in enumerate(zip(ops, raws, strict=True))
    ]


def plain_ones(actor: Actor, me: str, ops: Sequence[Op], raws: Sequence[Any]) -> frozenset[int]:
    """Which of them surely may be said, word for word: ``judging.words`` would give no reason and the same fields."""
    alike: dict[tuple[str, str, tuple[str, ...]], list[int]] = defaultdict(list)
    for at, op in enumerate(ops):
        alike[op.table, op.kind, (*op.set,)].append(at)
    found: list[int] = []
    for (table, kind, names), places in alike.items():
        if not judging.may_say(actor.role, table, kind, names):
            continue
        some, rids = [ops[at] for at in places], [raws[at]["rid"] for at in places]
        if _stamped(some) and _said(me, table, names, some, rids):
            found += places
    return frozenset(found)


def _stamped(some: Sequence[Op]) -> bool:
    """Whether all their stamps are stamps, and none is of the office's own."""
    bases = set(chain.from_iterable(op.base.values() for op in some)) - {""}
    own = {op.stamp for op in some}
    return all(map(wire.is_stamp, bases)) and not any(one.endswith(records.TAG) for one in own)


def _said(me: str, table: str, names: Sequence[str], some: Sequence[Op], rids: Sequence[str]) -> bool:
    """Whether all their values stand as the office writes them, and name their own author and record."""
    authors = registers.author_fields(table)
    for name, given in zip(names, zip(*(op.set.values() for op in some), strict=True), strict=True):
        if name == "id":
            fine = list(given) == rids
        elif name == "deleted":
            fine = set(map(type, given)) == {bool}
        else:
            fine = (
                spelling.all_normal(table, name, given)
                and (name not in authors or {None, me}.issuperset(given))
                and (name != "owner_table" or SYNCED.keys() >= set(given))
            )
        if not fine:
            return False
    return True
