"""Which buckets a record lies in, from what it says and from where the records lie that it belongs to (docs/sync.md 1).

The rules are pure: ``place`` asks a ``Look`` for what they need. ``of`` is the same for one record of the database.
A removed record stays where it was, so that everyone who had it learns that it is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, select

from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.sync import lying
from watmos_desktop.services.sync.lying import CARE, INHERITS
from watmos_office.tables import Place, Record, RowBucket

Key = tuple[str, str]  # table and id; ids are text here, as in the records' own data
NOWHERE: frozenset[str] = frozenset()
ORG = "org"

OWNED = frozenset({"attachment", "clock", "conflict"})  # by ``owner_table`` and ``owner_id``
_APART = frozenset({"block", "estate", "staff_scope"})
_PLACED = frozenset(
    table
    for table, model in SYNCED.items()
    if table not in _APART and {"estate_id", "block_id"} & set(model.__table__.columns.keys())  # type: ignore[attr-defined]
)

# What decides where a record lies: without a change of these it stays where it is.
_DECIDES: Mapping[str, frozenset[str]] = {
    **{table: frozenset({column}) for table, (column, _) in INHERITS.items()},
    **dict.fromkeys(OWNED, frozenset({"owner_table", "owner_id"})),
    **dict.fromkeys(_PLACED, frozenset({"estate_id", "block_id"})),
    "household_member": frozenset({"tenancy_id", "person_id", "deleted"}),
    lying.CONCERNS: frozenset({"visit_id", "kind", "record_table", "record_id"}),
    "block": frozenset({"estate_id"}),
    "case_note": frozenset({"case_id"}),
    "staff_scope": frozenset({"staff_id"}),
}


class Look(Protocol):
    """What the rules need to know of other records."""

    def buckets(self, key: Key) -> frozenset[str]:
        """Where that record lies; NOWHERE when there is none."""
        ...

    def blocks(self, estate_id: str) -> Iterable[str]:
        """The blocks of an estate."""
        ...

    def households(self, person_id: str) -> frozenset[str]:
        """Where the homes lie that this person belongs to, or last belonged to."""
        ...

    def author(self, key: Key) -> str | None:
        """Who inserted that record; None for the office."""
        ...


def decides(table: str, fields: Iterable[str]) -> bool:
    """Whether a change of these fields may change where a record of that table lies."""
    return not _DECIDES.get(table, NOWHERE).isdisjoint(fields)


def place(look: Look, table: str, rid: str, data: Mapping[str, Any]) -> frozenset[str]:
    """The buckets of a record; NOWHERE when what it belongs to is not there."""
    if table in _PLACED:
        return _one("block", data.get("block_id")) or _one("estate", data.get("estate_id"))
    if (above := parent(table, data)) is not None:
        where = look.buckets(above)
        if lying.is_concern(table, data.get("kind"), data.get("record_table")):
            return _apart(look, (table, rid), data, where)
        return where
    if table == "person":  # nobody else learns of someone until they belong to a home
        return look.households(rid) or _one("user", look.author((table, rid)))
    if table == "estate":
        return frozenset({f"estate:{rid}", *(f"block:{block}" for block in look.blocks(rid))})
    return _OWN_PLACE[table](rid, data) if table in _OWN_PLACE else NOWHERE


def _apart(look: Look, key: Key, data: Mapping[str, Any], where: frozenset[str]) -> frozenset[str]:
    """Where a word of concern lies instead of with its visit: once there is a case, with the case alone."""
    if data.get("record_table") == lying.CASE and data.get("record_id"):
        return _one("case", data["record_id"]) if where else NOWHERE
    author = look.author(key)
    mine = frozenset({lying.own_words(author)}) if where and author else NOWHERE
    return mine | {f"{CARE}{bucket}" for bucket in where}


@lru_cache(256)  # the records of a batch lie in few places
def reached(where: frozenset[str]) -> frozenset[str]:
    """Which buckets someone must hold to lay a record there: a concern is put where its writer may not read."""
    if not any(bucket.startswith(CARE) for bucket in where):
        return where
    placed = (bucket.removeprefix(CARE) for bucket in where)
    return frozenset(bucket for bucket in placed if not bucket.startswith("user:"))


def parent(table: str, data: Mapping[str, Any]) -> Key | None:
    """The record that this one lies with; None when it has a place of its own, or says nothing of use."""
    if table in INHERITS:
        column, above = INHERITS[table]
        return _key(above, data.get(column))
    if table in OWNED:
        owner = data.get("owner_table")
        return _key(owner, data.get("owner_id")) if owner in SYNCED else None
    return None


def children(table: str) -> Iterable[tuple[str, str]]:
    """The tables, each with the column, whose records lie where a record of this one lies."""
    yield from ((child, column) for child, (column, above) in INHERITS.items() if above == table)
    yield from ((child, "owner_id") for child in sorted(OWNED))


def of(connection: Connection, table: str, rid: UUID, data: Mapping[str, Any]) -> frozenset[str]:
    """The buckets of a record as the database stands now."""
    return place(_Stored(connection), table, str(rid), data)


class _Stored:
    """A look at the database itself, a query for each question."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def buckets(self, key: Key) -> frozenset[str]:
        here = (RowBucket.tbl == key[0], RowBucket.rid == UUID(key[1]), RowBucket.present.is_(True))
        return frozenset(self._connection.scalars(select(RowBucket.bucket).where(*here)))

    def blocks(self, estate_id: str) -> Iterable[str]:
        asked = select(Place.block_id).where(Place.estate_id == UUID(estate_id))
        return [str(one) for one in self._connection.scalars(asked)]

    def households(self, person_id: str) -> frozenset[str]:
        found = self._connection.execute(
            select(Record.rid, Record.deleted).where(
                Record.tbl == "household_member",
                Record.data["person_id"].as_string() == person_id,
            )
        ).all()
        return together((row.deleted, self.buckets(("household_member", str(row.rid)))) for row in found)

    def author(self, key: Key) -> str | None:
        asked = select(Record.author).where(Record.tbl == key[0], Record.rid == UUID(key[1]))
        found = self._connection.execute(asked).scalar()
        return str(found) if found else None


def together(households: Iterable[tuple[bool, frozenset[str]]]) -> frozenset[str]:
    """Where a person lies, of (removed, buckets) of each household; one who left the last stays where it was."""
    every = list(households)
    live = [held for removed, held in every if not removed]
    return NOWHERE.union(*(live or [held for _, held in every]))


_OWN_PLACE: Mapping[str, Callable[[str, Mapping[str, Any]], frozenset[str]]] = {
    "block": lambda rid, _: frozenset({f"block:{rid}"}),
    "template_version": lambda *_: frozenset({ORG}),
    "contractor": lambda *_: frozenset({ORG}),
    "leave": lambda *_: frozenset({ORG}),
    "lone_day": lambda *_: frozenset({ORG}),
    "lone_check": lambda *_: frozenset({ORG}),
    "visitor": lambda *_: frozenset({ORG}),
    "staff": lambda rid, _: frozenset({ORG, f"user:{rid}"}),
    "staff_scope": lambda _, data: _one("user", data.get("staff_id")) | {ORG},
    "restricted_case": lambda rid, _: frozenset({f"case:{rid}"}),
    "case_note": lambda _, data: _one("case", data.get("case_id")),
}


def _one(kind: str, value: object) -> frozenset[str]:
    return frozenset({f"{kind}:{value}"}) if value else NOWHERE


def _key(table: str, value: object) -> Key | None:
    return (table, str(value)) if value else None
