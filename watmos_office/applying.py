"""Takes operations into the records, each action of a person whole or not at all (docs/sync.md 5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection, insert, update

from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync import lying
from watmos_desktop.services.sync.merge import Outcome, RowState, Unlawful, merge
from watmos_desktop.services.sync.wire import Op
from watmos_office import buckets, conflicts, judging, records, reviews
from watmos_office.batch import Batch
from watmos_office.buckets import NOWHERE, Key
from watmos_office.caller import Caller
from watmos_office.tables import CaseMember, Member
from watmos_office.understanding import Item

AHEAD = timedelta(minutes=2)  # a clock that is further ahead counts as no more than this


def latest(now: datetime) -> str:
    """The highest stamp that counts at this moment."""
    return f"{int((now + AHEAD).timestamp() * 1000):012x}{'f' * 12}"


_Merged = tuple[Item, Op, Outcome]


@dataclass
class _Action:
    """One action of a person under way: its records as they were, where they lay, and what the merge made of them."""

    rows: dict[Key, RowState | None] = field(default_factory=dict)
    lay: dict[Key, frozenset[str]] = field(default_factory=dict)
    decided: set[Key] = field(default_factory=set)
    merged: list[_Merged] = field(default_factory=list)


@dataclass
class Applying:
    """One transaction's work: what the operations make of the records at hand.

    ``incarnation`` is the life that sent them (None when nobody holds the outcome); ``held`` the sender's buckets.
    """

    connection: Connection
    caller: Caller
    incarnation: UUID | None
    now: datetime
    batch: Batch = field(init=False)
    held: set[str] = field(init=False)
    reviews: list[tuple[Key, str]] = field(default_factory=list)
    cases: list[UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.batch = Batch(self.connection)
        self.held = set(self.caller.buckets)
        if (
            self.held
        ):  # on a device that nobody has confirmed, too: what was said at a door goes on reaching the lead
            self.held.add(lying.own_words(self.caller.member_id))
        self._latest = latest(self.now)
        self._me = str(self.caller.member_id)
        self._watched = self.caller.actor.role is Role.AMBASSADOR

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
            device = self.caller.device_id
            named = [{"case_id": case, "member_id": me, "device_id": device} for case in self.cases]
            self.connection.execute(insert(CaseMember), named)
            self.connection.execute(update(Member).where(Member.id == me).values(case_v=Member.case_v + 1))
        self.batch.write(self.now)

    def alone_since(self, head: int) -> int | None:
        """The head of the feed after ``write``, if only what the sender holds was added to it since ``head``.

        None too when what they may read has changed: that has to be looked at.
        """
        return None if self.cases else self.batch.alone_since(head)

    def _load(self, items: Iterable[Item]) -> None:
        ops = [(item.key, item.op) for item in items if item.op and not item.reason]
        self.batch.load((key for key, _ in ops), change=True)
        above = {one for _, op in ops for one in judging.references(op.table, op.set, op.set)}
        known = [key for key, _ in ops if key in self.batch.rows]
        above |= {one for key in known if (one := buckets.parent(key[0], self.batch.rows[key].data))}
        self.batch.load(above, change=False)
        self.batch.load_conflicts(known)

    def _take_action(self, items: Sequence[Item]) -> None:
        for item in items:
            if item.reason:
                _stop(items, item, item.reason)
                return
        mark, action = self.batch.mark(), _Action()
        wrong = self._merge(action, items) or self._place(action)
        if wrong:
            self.batch.go_back(mark)
            _stop(items, *wrong)
            return
        self._keep_conflicts(action.merged)
        for item, op, outcome in action.merged:
            item.status = "conflict" if outcome.losses else "applied"
            if self._watched:
                self.reviews += reviews.of(op, item.key)

    def _merge(self, action: _Action, items: Sequence[Item]) -> tuple[Item, str] | None:
        """Merge all of an action; gives the first operation that may not be applied, and why."""
        rows, batch = action.rows, self.batch

        def before(key: Key) -> RowState | None:
            return rows[key] if key in rows else batch.rows.get(key)

        for item in items:
            op, key = item.op, item.key
            assert op is not None
            if reason := judging.meets(batch, self.caller, self.held, op, key, before):
                return item, reason
            row = batch.rows.get(key)
            try:
                outcome = merge(row, op, self._latest)
            except Unlawful as refused:
                return item, refused.reason
            if key not in rows:
                rows[key], action.lay[key] = row, batch.here.get(key, NOWHERE)
            if outcome.row is not row:
                echo = self.incarnation if outcome.echo and item.same else None
                batch.put(key, outcome.row, echo=echo, author=self._me)
            if row is None or op.kind != "update" or buckets.decides(op.table, op.set):
                action.decided.add(key)
            action.merged.append((item, op, outcome))
        return None

    def _place(self, action: _Action) -> tuple[Item, str] | None:
        """Work out where everything lies now; gives the first operation that leads where it may not, and why."""
        self.batch.settle(action.decided)
        fresh = [op for item, op, _ in action.merged if action.rows[item.key] is None]
        opened = self._opened(fresh)
        held = self.held | opened if opened else self.held
        for item, op, _ in action.merged:
            was = action.lay[item.key] if action.rows[item.key] is not None else None
            reason = judging.lands(self.batch, self.caller, held, op, item.key, was)
            if reason := reason or self._along(op, item.key, action):
                return item, reason
        self.held |= opened
        self.cases += [op.rid for op in fresh if op.table == "restricted_case"]
        return None

    def _along(self, op: Op, key: Key, action: _Action) -> str:
        """What is lawful only together with another step of the same action, or with more than the record itself."""
        if op.table == "schedule" and judging.moved_by_signing(self.caller.actor, op.table, op.set.keys()):
            walks = (self.batch.rows[item.key].data for item, one, _ in action.merged if judging.signs(one))
            return "" if any(walk.get("schedule_id") == key[1] for walk in walks) else "role"
        old = action.rows[key]
        if op.table == "block" and old and buckets.decides("block", op.set):
            estates = {f"estate:{data.get('estate_id')}" for data in (old.data, self.batch.rows[key].data)}
            return "" if estates <= self.held else "scope"
        return ""

    def _opened(self, fresh: Iterable[Op]) -> set[str]:
        """The buckets that come to be by new estates, blocks and cases, and are their maker's from now on."""
        opened: set[str] = set()
        blocks: list[Op] = []
        for op in fresh:
            if op.table == "restricted_case":
                opened.add(f"case:{op.rid}")
            elif op.table == "estate" and self.caller.actor.everywhere:
                opened.add(f"estate:{op.rid}")
            elif op.table == "block":
                blocks.append(op)
        mine = self.held | opened if blocks else opened
        return opened | {f"block:{op.rid}" for op in blocks if f"estate:{op.set.get('estate_id')}" in mine}

    def _keep_conflicts(self, merged: Iterable[_Merged]) -> None:
        made: list[Key] = []
        stamp = records.office_stamp(self.now)
        for item, op, outcome in merged:
            if op.kind != "insert" or outcome.losses or outcome.settled:
                conflicts.close(self.batch, op, item.key, outcome.settled, stamp)
            if outcome.losses:
                me = self.caller.member_id
                made += conflicts.keep(
                    self.connection, self.batch, op, item.key, outcome.losses, me, stamp, self.now
                )
        if made:
            self.batch.settle(made)


def _stop(action: Iterable[Item], wrong: Item | None, reason: str) -> None:
    for item in action:
        item.status = "quarantined"
        item.reason = reason if item is wrong or wrong is None else item.reason or "txn"
