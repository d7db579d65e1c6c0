"""Takes operations into the records, each action of a person whole or not at all (docs/sync.md 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, insert, update

from watmos_desktop.services.policy import Actor
from watmos_desktop.services.sync import wire
from watmos_desktop.services.sync.merge import Outcome, RowState, Unlawful, merge
from watmos_desktop.services.sync.wire import Op
from watmos_office import buckets, conflicts, judging, records, reviews
from watmos_office.batch import Batch
from watmos_office.buckets import NOWHERE, Key
from watmos_office.caller import Caller
from watmos_office.office import Office
from watmos_office.tables import CaseMember, Member

AHEAD = timedelta(minutes=2)  # a clock that is further ahead counts as no more than this
_NOBODY = UUID(int=0)


@dataclass(slots=True)
class Item:
    """One operation on its way: as it came, as it was understood (None if it was not), and what became of it.

    ``verdict`` is why it may not be applied whatever it meets; ``same`` whether it was said in the office's spelling.
    """

    id: UUID
    txn: UUID
    n: int
    raw: dict[str, Any]
    op: Op | None
    same: bool = True
    verdict: str = ""
    reason: str = ""
    status: str = ""

    @property
    def key(self) -> Key:
        """The record it is about; the nil id when that could not be read."""
        return (self.op.table, self.op.rid) if self.op else ("", _NOBODY)

    def twin(self, device_id: UUID) -> UUID:
        """An id for it when its own belongs to another operation."""
        return uuid5(self.id, f"{device_id} {wire.op_hash(self.raw)}")


def understand(actor: Actor, raw: Mapping[str, Any]) -> Item:
    """Read and judge one operation by itself. Raises Malformed when not even its name can be read."""
    body = dict(raw) if isinstance(raw, dict) else {}
    try:
        op = wire.parse_op(body)
    except wire.Malformed:
        named = wire.parse_id(body.get("id")), wire.parse_id(body.get("txn"))
        if type(n := body.get("n")) is not int:
            raise
        return Item(*named, n, body, None, verdict="malformed", reason="malformed")
    reason, said = judging.words(actor, op)
    same = said == op.set
    if not same and not reason:
        op = Op(op.id, op.n, op.txn, op.table, op.rid, op.kind, said, op.base, op.stamp, op.made_at)
    return Item(op.id, op.txn, op.n, body, op, same, reason, reason)


def latest(now: datetime) -> str:
    """The highest stamp that counts at this moment."""
    return f"{int((now + AHEAD).timestamp() * 1000):012x}{'f' * 12}"


@dataclass
class Applying:
    """One transaction's work: what the operations make of the records at hand."""

    connection: Connection
    office: Office
    caller: Caller
    incarnation: UUID | None
    batch: Batch
    now: datetime
    held: set[str]
    reviews: list[tuple[Key, str]] = field(default_factory=list)
    cases: list[UUID] = field(default_factory=list)

    def take(self, items: Sequence[Item], stopped: frozenset[UUID] = frozenset()) -> None:
        """Give each item its status. ``stopped``: actions of which an earlier part was not applied."""
        self._load(items)
        for txn, group in groupby(items, key=lambda item: item.txn):
            action = list(group)
            if txn in stopped:
                _stop(action, None, "txn")
            else:
                self._take_action(action)

    def write(self) -> None:
        """Save what the operations made: the very last thing before COMMIT."""
        me = self.caller.member_id
        reviews.open_(self.connection, self.reviews, me, self.now)
        if self.cases:
            named = [{"case_id": case, "member_id": me} for case in self.cases]
            self.connection.execute(insert(CaseMember), named)
            self.connection.execute(update(Member).where(Member.id == me).values(grant_v=Member.grant_v + 1))
        self.batch.write(self.now)

    def _load(self, items: Iterable[Item]) -> None:
        ops = [item.op for item in items if item.op and not item.reason]
        self.batch.load(((op.table, op.rid) for op in ops), change=True)
        above = {key for op in ops for key in judging.references(op.table, op.set, op.set)}
        for op in ops:
            row = self.batch.rows.get((op.table, op.rid))
            if row and (lies_with := buckets.parent(op.table, row.data)):
                above.add(lies_with)
        self.batch.load(above, change=False)
        self.batch.load_conflicts({(op.table, op.rid) for op in ops})

    def _take_action(self, action: Sequence[Item]) -> None:
        mark, reviewed = self.batch.mark(), len(self.reviews)
        if wrong := self._try(action):
            self.batch.go_back(mark)
            del self.reviews[reviewed:]
            _stop(action, *wrong)

    def _try(self, action: Sequence[Item]) -> tuple[Item, str] | None:
        """Apply an action; the item that may not be and why, when there is one: then all must be undone."""
        for item in action:
            if item.reason:
                return item, item.reason
        rows: dict[Key, RowState | None] = {}
        lay: dict[Key, frozenset[str]] = {}
        decided: set[Key] = set()
        merged: list[tuple[Item, Op, Outcome]] = []

        def before(key: Key) -> RowState | None:
            return rows[key] if key in rows else self.batch.rows.get(key)

        for item, op in _each(action):
            if reason := judging.meets(self.batch, self.caller, self.held, op, before):
                return item, reason
            row = self.batch.rows.get(item.key)
            try:
                outcome = merge(row, op, latest(self.now))
            except Unlawful as refused:
                return item, refused.reason
            rows.setdefault(item.key, row)
            lay.setdefault(item.key, self.batch.here.get(item.key, NOWHERE))
            if outcome.row != row:
                echo = self.incarnation if outcome.echo and item.same else None
                self.batch.put(item.key, outcome.row, echo=echo, author=self.caller.member_id)
            if row is None or op.kind != "update" or buckets.decides(op.table, op.set):
                decided.add(item.key)
            merged.append((item, op, outcome))
        self.batch.settle(decided)
        opened = self._opened([op for _, op, _ in merged if rows[op.table, op.rid] is None])
        for item, op, _ in merged:
            was = lay[item.key] if rows[item.key] is not None else None
            if reason := judging.lands(self.batch, self.caller, self.held | opened, op, was):
                return item, reason
            if reason := self._along(op, rows, [one for _, one, _ in merged]):
                return item, reason
        self.held |= opened
        self._keep_conflicts(merged)
        self.cases += [
            op.rid for _, op, _ in merged if op.table == "restricted_case" and rows[op.table, op.rid] is None
        ]
        for item, op, outcome in merged:
            item.status = "conflict" if outcome.losses else "applied"
            self.reviews += reviews.of(self.caller.actor, op)
        return None

    def _along(self, op: Op, rows: Mapping[Key, RowState | None], action: Sequence[Op]) -> str:
        """What is lawful only together with another step of the same action, or with more than the record itself."""
        if judging.moved_by_signing(self.caller.actor, op.table, op.set.keys()):
            signed = (self.batch.rows["inspection", one.rid].data for one in action if judging.signs(one))
            return "" if any(walk.get("schedule_id") == str(op.rid) for walk in signed) else "role"
        old = rows[op.table, op.rid]
        if op.table == "block" and old and buckets.decides("block", op.set):
            estates = {
                f"estate:{data.get('estate_id')}"
                for data in (old.data, self.batch.rows[op.table, op.rid].data)
            }
            return "" if estates <= self.held else "scope"
        return ""

    def _opened(self, fresh: Sequence[Op]) -> set[str]:
        """The buckets that come to be by new estates, blocks and cases, and are their maker's from now on."""
        opened: set[str] = set()
        for op in sorted(fresh, key=lambda op: op.table, reverse=True):
            if op.table == "restricted_case":
                opened.add(f"case:{op.rid}")
            elif op.table == "estate" and self.caller.actor.everywhere:
                opened.add(f"estate:{op.rid}")
        for op in fresh:
            if op.table == "block" and f"estate:{op.set.get('estate_id')}" in self.held | opened:
                opened.add(f"block:{op.rid}")
        return opened

    def _keep_conflicts(self, merged: Iterable[tuple[Item, Op, Outcome]]) -> None:
        made: list[Key] = []
        for _, op, outcome in merged:
            stamp = records.office_stamp(self.now)
            conflicts.close(self.batch, op, outcome.settled, stamp)
            if outcome.losses:
                me = self.caller.member_id
                made += conflicts.keep(self.connection, self.batch, op, outcome.losses, me, stamp, self.now)
        self.batch.settle(made)


def _each(action: Iterable[Item]) -> Iterator[tuple[Item, Op]]:
    for item in action:
        assert item.op is not None
        yield item, item.op


def _stop(action: Iterable[Item], wrong: Item | None, reason: str) -> None:
    for item in action:
        item.status = "quarantined"
        item.reason = reason if item is wrong or wrong is None else item.reason or "txn"
