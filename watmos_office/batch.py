"""The records of one transaction at hand: loaded by few statements, changed in memory, written by few.

A mark can be gone back to, so that one action of a person is taken whole or not at all. Rows that are to change are
locked in one order; what they belong to is held against moving meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, or_, select, update

from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.sync.lying import CARE
from watmos_desktop.services.sync.merge import RowState
from watmos_office import buckets, fetching, saving
from watmos_office.buckets import NOWHERE, OWNED, Key
from watmos_office.tables import Grant, Member, Place, Record, RowBucket

_ABSENT = object()
_LAST = (
    "household_member",
    "person",
    "attachment",
    "clock",
    "conflict",
)  # placed after all they may depend on
_MOVING = ("household_member", "block")  # what people and estates lie by
_ORDER = {table: n for n, table in enumerate([*(one for one in SYNCED if one not in _LAST), *_LAST])}


def _order(key: Key) -> int:
    return _ORDER.get(key[0], 0)


_COLUMNS = (
    Record.tbl,
    Record.rid,
    Record.data,
    Record.stamps,
    Record.deleted,
    Record.newest,
    Record.author,
)


class Batch:
    """``rows`` are the records as they stand now, ``here`` their buckets; both grow as records are loaded or put."""

    def __init__(self, connection: Connection) -> None:
        self.rows: dict[Key, RowState] = {}
        self.here: dict[Key, frozenset[str]] = {}
        self._connection = connection
        self._asked: set[Key] = set()
        self._was: dict[Key, frozenset[str]] = {}
        self._authors: dict[Key, str | None] = {}
        self._stored: set[Key] = set()
        self._echoes: dict[Key, UUID | None] = {}  # of what changed: who holds exactly this state
        self._journal: list[tuple[dict[Any, Any], Any, Any]] = []
        self._households: dict[str, set[Key]] = defaultdict(set)
        self._known_people: set[str] = set()
        self._conflicts: dict[Key, set[Key]] = defaultdict(set)
        self._blocks: dict[str, frozenset[str]] = {}
        self._places: dict[str, str] = {}
        self._moved: list[Key] = []  # what lies elsewhere though nothing of it was said
        self._numbers: tuple[int, int] | None = None  # first and last of the feed that were given
        self._uneasy: set[Key] = set()  # people and estates that may lie elsewhere now

    # what the rules of buckets ask

    def buckets(self, key: Key) -> frozenset[str]:
        """Where a record lies as it stands now."""
        if key not in self._asked:
            self.load([key], change=False)
        return self.here.get(key, NOWHERE)

    def blocks(self, estate_id: str) -> Iterable[str]:
        """The blocks of an estate as they stand now."""
        if estate_id not in self._blocks:
            found = select(Place.block_id).where(Place.estate_id == UUID(estate_id))
            self._blocks[estate_id] = frozenset(str(one) for one in self._connection.scalars(found))
        return self._blocks[estate_id]

    def households(self, person_id: str) -> frozenset[str]:
        """Where the homes of a person lie."""
        self._load_households([person_id])
        mine = (
            (self.rows[key].deleted, self.here.get(key, NOWHERE))
            for key in self._households[person_id]
            if key in self.rows and self.rows[key].data.get("person_id") == person_id
        )
        return buckets.together(mine)

    def author(self, key: Key) -> str | None:
        """Who inserted a record; None for the office."""
        return self._authors.get(key)

    # loading

    def load(self, keys: Iterable[Key], *, change: bool) -> None:
        """Bring records in, locked for a change, or only held where they are; those that are not there are noted."""
        wanted: dict[str, list[str]] = defaultdict(list)
        for table, rid in sorted(set(keys) - self._asked):
            wanted[table].append(rid)
            self._asked.add((table, rid))
        for table, rids in wanted.items():
            self._take_in(table, fetching.records(self._connection, table, rids, change=change))

    def _take_in(self, table: str, found: Iterable[tuple[str, RowState, str | None]]) -> None:
        rids: list[str] = []
        for rid, state, author in found:
            key = (table, rid)
            self._asked.add(key)
            self._stored.add(key)
            self._authors[key] = author
            self._remember(key, state)
            self.here[key] = self._was[key] = NOWHERE
            rids.append(rid)
        if not rids:
            return
        held: dict[str, set[str]] = defaultdict(set)
        for rid, bucket in fetching.lying(self._connection, table, rids):
            held[rid].add(bucket)
        for one, names in held.items():
            self.here[table, one] = self._was[table, one] = frozenset(names)

    def _load_households(self, people: Iterable[str]) -> None:
        """All households of people on record, those they left too: each lies where its person lies or once lay."""
        unknown = [one for one in people if one not in self._known_people]
        self._known_people.update(unknown)
        self.load([("person", one) for one in unknown], change=False)
        stored = [UUID(one) for one in unknown if ("person", one) in self._stored]
        if not stored:
            return
        ever = select(RowBucket.bucket).where(RowBucket.tbl == "person", RowBucket.rid.in_(stored))
        where = frozenset(self._connection.scalars(ever))
        self._load_below("household_member", "person_id", set(unknown), where)

    def load_conflicts(self, owners: Iterable[Key]) -> None:
        """Bring in what hangs on those of these records that are on record: it lies where they lie."""
        stored = self._stored.intersection(owners)
        where = NOWHERE.union(*(self._was[key] for key in stored))
        self._load_below("conflict", "owner_id", {key[1] for key in stored}, where)

    def conflicts(self, owner: Key) -> list[Key]:
        """The conflicts at hand about a record."""
        return [key for key in self._conflicts[owner] if key in self.rows]

    def _load_below(self, table: str, column: str, above: set[str], where: frozenset[str]) -> None:
        if not where or not above:
            return
        here = (RowBucket.tbl == table, RowBucket.bucket.in_(where), RowBucket.present.is_(True))
        if self._connection.execute(select(RowBucket.seq).where(*here).limit(1)).first() is None:
            return  # nearly always: of thousands of records none has a conflict
        there = select(RowBucket.rid).where(*here)
        asked = (
            select(*_COLUMNS)
            .where(
                Record.tbl == table,
                Record.rid.in_(there),
                Record.data[column].as_string().in_(sorted(above)),
            )
            .order_by(Record.rid)
            .with_for_update()
        )
        found = (
            (
                str(row.rid),
                RowState(row.data, row.stamps, row.deleted, row.newest),
                str(row.author or "") or None,
            )
            for row in self._connection.execute(asked).all()
        )
        self._take_in(table, [one for one in found if (table, one[0]) not in self._asked])

    def _remember(self, key: Key, state: RowState) -> None:
        self.rows[key] = state
        if key[0] == "household_member" and (person := state.data.get("person_id")):
            self._households[person].add(key)
        elif key[0] == "conflict":
            self._conflicts[state.data["owner_table"], state.data["owner_id"]].add(key)

    # changing

    def mark(self) -> int:
        """Where things stand, to go back to."""
        return len(self._journal)

    def go_back(self, mark: int) -> None:
        """Undo everything since a mark."""
        while len(self._journal) > mark:
            mapping, key, old = self._journal.pop()
            if old is _ABSENT:
                del mapping[key]
            else:
                mapping[key] = old
        self._uneasy.clear()

    def put(self, key: Key, state: RowState, *, echo: UUID | None = None, author: str | None = None) -> None:
        """A record as it shall stand; ``author`` counts for a new one alone. ``settle`` must follow."""
        before = self.rows.get(key)
        self._set(self.rows, key, state)
        self._set(self._echoes, key, echo)
        if before is None:
            self._set(self._authors, key, author)
        self._asked.add(key)
        table = key[0]
        if table == "conflict":
            self._remember(key, state)
        if table in _MOVING:
            self._put_moving(key, state.data, before.data if before else {})

    def _put_moving(self, key: Key, now: Mapping[str, Any], was: Mapping[str, Any]) -> None:
        table, rid = key
        for data in (now, was):
            if table == "household_member" and (person := data.get("person_id")):
                self._households[person].add(key)
                self._uneasy.add(("person", person))
            if table == "block" and (estate := data.get("estate_id")):
                self._uneasy.add(("estate", estate))
        if table == "block":
            self._put_block(rid, was.get("estate_id"), now.get("estate_id"))

    def _put_block(self, block: str, old: str | None, new: str | None) -> None:
        if old == new or not new:
            return
        for estate, change in ((old, frozenset.difference), (new, frozenset.union)):
            if estate:
                known = frozenset(self.blocks(estate))
                self._set(self._blocks, estate, change(known, {block}))
        self._set(self._places, block, new)

    def settle(self, decided: Iterable[Key]) -> None:
        """Work out where these records lie now, and with them all that belongs to one that moved."""
        queue = set(decided) | self._uneasy
        self._uneasy = set()
        while queue:
            moved: dict[Key, frozenset[str]] = {}
            for key in sorted(sorted(queue), key=_order):
                if key[0] in ("person", "estate"):
                    self.load([key], change=False)
                if (state := self.rows.get(key)) is None:
                    continue
                before, after = self.here.get(key, NOWHERE), buckets.place(self, *key, state.data)
                if before != after:
                    self._set(self.here, key, after)
                    if before:
                        moved[key] = before
            queue = self._belonging_to(moved) if moved else set()

    def _belonging_to(self, moved: Mapping[Key, frozenset[str]]) -> set[Key]:
        found: set[Key] = set()
        for table in {key[0] for key in moved}:
            ids = {key[1] for key in moved if key[0] == table}
            where = NOWHERE.union(*(held for key, held in moved.items() if key[0] == table))
            where |= {f"{CARE}{bucket}" for bucket in where if table == "visit"}
            for child, column in buckets.children(table):
                self._load_below(child, column, ids, where)
                found |= {
                    key
                    for key, state in self.rows.items()
                    if key[0] == child
                    and state.data.get(column) in ids
                    and (child not in OWNED or state.data.get("owner_table") == table)
                }
            if table == "household_member":
                people = {self.rows[table, one].data.get("person_id") for one in ids}
                found |= {("person", one) for one in people if one}
        return found

    def _set(self, mapping: dict[Any, Any], key: Any, value: Any) -> None:
        self._journal.append((mapping, key, mapping.get(key, _ABSENT)))
        mapping[key] = value

    # writing

    def write(self, at: datetime) -> None:
        """Save what changed, and number it in the feed as the very last thing: COMMIT must follow at once."""
        moved = {key for key, held in self.here.items() if held != self._was.get(key, NOWHERE)}
        self._moved = [key for key in moved if key not in self._echoes]
        changed = [*self._echoes, *self._moved]
        self._save([key for key in changed if key not in self._stored], at, new=True)
        self._save([key for key in changed if key in self._stored], at, new=False)
        if self._places:
            self._write_places()
        feed = [
            (bucket, key, bucket in now)
            for key in changed
            for now, was in ((self.here.get(key, NOWHERE), self._was.get(key, NOWHERE)),)
            for bucket in sorted(now | was)
            if key in self._echoes or (bucket in now) != (bucket in was)
        ]
        if feed:
            self._numbers = saving.feed(self._connection, feed)

    def alone_since(self, head: int) -> int | None:
        """The head of the feed after ``write``, if since ``head`` only states were added that their sender holds."""
        if self._places or not all(map(self._echo, self._echoes)) or self._moved:
            return None
        if self._numbers is None:
            return head
        first, last = self._numbers
        return last if first == head + 1 else None

    def _save(self, keys: Sequence[Key], at: datetime, *, new: bool) -> None:
        rows = [self.rows[key] for key in keys]
        columns: dict[str, Sequence[Any]] = {
            "tbl": [key[0] for key in keys],
            "rid": [key[1] for key in keys],
            "data": [row.data for row in rows],
            "stamps": [row.stamps for row in rows],
            "deleted": [row.deleted for row in rows],
            "newest": [row.newest for row in rows],
            "echo": [self._echo(key) for key in keys],
            "author": [self._authors.get(key) for key in keys],
            "changed_at": [at] * len(keys),
        }
        saving.records(self._connection, columns, new=new)

    def _echo(self, key: Key) -> UUID | None:
        """Whoever wrote it may have let it go when it left; then it must come to them again."""
        stayed = self.here.get(key) == self._was.get(key, self.here.get(key))
        return self._echoes.get(key) if stayed else None

    def _write_places(self) -> None:
        """Where the blocks lie; whoever looks after one of these estates, or after all, holds other buckets now."""
        rows = [{"block_id": block, "estate_id": estate} for block, estate in self._places.items()]
        saving.upsert(self._connection, Place, rows)
        estates = [UUID(estate) for estate in self._blocks]
        live = select(Grant.member_id).where(Grant.to_at.is_(None))
        self._connection.execute(
            update(Member)
            .where(
                or_(
                    Member.id.in_(live.where(Grant.estate_id.in_(estates), Grant.block_id.is_(None))),
                    Member.role.in_([Role.MANAGER, Role.ADMINISTRATOR]) & Member.id.not_in(live),
                )
            )
            .values(grant_v=Member.grant_v + 1)
        )
