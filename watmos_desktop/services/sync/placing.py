"""Lays the office's rows down in this database, and this person's unsent work on top of them again.

Pages come as columns and go down as columns. What this program cannot hold (a field or a table of a newer one) is kept
beside the rows and laid down after an update (sync.md 1.10). Everything runs within ``Store.apply``.
"""

# ruff: noqa: S608 - every part of the SQL is a name of the models
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection

from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.sync import columns, merge, registers
from watmos_desktop.services.sync.pages import Page, TableRows

WHOLE = "*"  # what is kept of a row whose table is unknown: whether it is deleted, and its stamps
_HEAD = 4  # rid, deleted, stamps, unknown: then the values

Key = tuple[str, bytes]


class Pending:
    """The operations that wait here, by the record they change, oldest first."""

    def __init__(self, connection: Connection) -> None:
        self._by_row: dict[Key, list[tuple[dict[str, Any], str, str]]] = defaultdict(list)
        rows = connection.exec_driver_sql(
            "SELECT table_name, record_id, fields, stamp, kind FROM outbox ORDER BY n"
        )
        for table, rid, fields, stamp, kind in rows:
            self._by_row[table, rid].append((json.loads(fields), stamp, kind))

    def __contains__(self, key: Key) -> bool:
        return key in self._by_row

    def __bool__(self) -> bool:
        return bool(self._by_row)

    def on_top(self, table: str, names: Sequence[str], row: Sequence[Any]) -> list[Any]:
        """A wire row as this person should see it: the office's state, then what they wrote since."""
        laid = dict(zip(names, row[_HEAD:], strict=True))
        deleted, stamps = row[1], dict(row[2])
        for fields, stamp, kind in self._by_row[table, columns.rid(row[0])]:
            deleted = deleted or kind == "delete"
            for name, value in fields.items():
                if name == "deleted":
                    deleted = value
                elif name in laid:
                    laid[name] = _laid(table, name, laid[name], value)
                else:
                    continue
                stamps[name] = stamp
        return [row[0], deleted, stamps, row[3], *laid.values()]


class Placing:
    """One round of laying rows down: which were touched, and the newest stamp seen."""

    def __init__(self, connection: Connection, *, sweeping: bool = False) -> None:
        self._connection = connection
        self._pending = Pending(connection)
        self._sweeping = sweeping
        self.touched: dict[str, list[bytes]] = defaultdict(list)
        self.newest = ""

    def page(self, page: Page) -> int:
        """Lay down the rows of a page; gives how many there were."""
        return sum(self._table(rows) for rows in page.tables)

    def gone(self, gone: Iterable[tuple[str, UUID]]) -> list[Key]:
        """Which of the rows that the office took away may go: not those with unsent work on them."""
        keys = ((table, rid.bytes) for table, rid in gone if table in SYNCED)
        return [key for key in keys if key not in self._pending]

    def _table(self, rows: TableRows) -> int:
        if not rows.rows:
            return 0
        table, body = rows.table, rows.rows
        kept = [row for row in body if row[3]]
        if kept:
            self._keep(table, ((row, row[3]) for row in kept))
        self.newest = max(self.newest, max(map(max, [row[2].values() for row in body if row[2]]), default=""))
        if not columns.is_synced(table):
            self._keep(table, ((row, _whole(rows.columns, row)) for row in body))
            return len(body)
        known = columns.known(table)
        strange = [n for n, name in enumerate(rows.columns, _HEAD) if name not in known]
        if strange:
            names = dict(enumerate(rows.columns, _HEAD))
            self._keep(table, ((row, {names[n]: row[n] for n in strange}) for row in body))
            body = [[cell for n, cell in enumerate(row) if n not in strange] for row in body]
        self._lay(table, tuple(name for name in rows.columns if name in known), body)
        return len(body)

    def _lay(self, table: str, names: tuple[str, ...], body: Sequence[Sequence[Any]]) -> None:
        if self._pending:
            body = [
                self._pending.on_top(table, names, row)
                if (table, columns.rid(row[0])) in self._pending
                else row
                for row in body
            ]
        ids, deleted, stamps, _, *values = zip(*body, strict=True)
        keys = columns.ids(ids)
        laid = zip(
            keys,
            [int(one) for one in deleted],
            [orjson.dumps(one).decode() for one in stamps],
            *(columns.converter(table, name)(cells) for name, cells in zip(names, values, strict=True)),
            strict=True,
        )
        self._connection.exec_driver_sql(columns.upsert(table, names), list(laid))
        self.touched[table] += keys
        if self._sweeping:
            see(self._connection, ((table, key) for key in keys))

    def _keep(self, table: str, found: Iterable[tuple[Sequence[Any], Mapping[str, Any]]]) -> None:
        """Keep what this program has no column for."""
        rows = [
            (table, columns.rid(row[0]), name, json.dumps(value), row[2].get(name, row[2].get("*", "")))
            for row, fields in found
            for name, value in fields.items()
        ]
        if rows:
            self._connection.exec_driver_sql(
                "INSERT OR REPLACE INTO unknown_field (table_name, record_id, field, value, stamp)"
                " VALUES (?, ?, ?, ?, ?)",
                rows,
            )


def replay(connection: Connection) -> dict[str, list[bytes]]:
    """After an update: lay down what was kept for tables and fields that this program knows now."""
    kept = connection.exec_driver_sql(
        "SELECT table_name, record_id, field, value, stamp FROM unknown_field"
    ).all()
    rows: dict[Key, dict[str, tuple[Any, str]]] = defaultdict(dict)
    for table, rid, name, value, stamp in kept:
        if columns.is_synced(table) and (name == WHOLE or name in columns.known(table)):
            rows[table, rid][name] = (json.loads(value), stamp)
    placing = Placing(connection)
    for (table, rid), fields in rows.items():
        whole, _ = fields.pop(WHOLE, (None, ""))
        stamps = {name: stamp for name, (_, stamp) in fields.items()}
        if whole is None:  # a row that is here; its other fields, and whether it is deleted, stay
            found = connection.exec_driver_sql(f"SELECT deleted FROM {table} WHERE id = ?", (rid,)).first()
            if found is None:
                continue
            whole = {"deleted": bool(found[0]), "stamps": {}}
        values = [value for value, _ in fields.values()]
        row = [str(UUID(bytes=rid)), whole["deleted"], {**stamps, **whole["stamps"]}, None, *values]
        placing.page(Page("", "", 0, "", [TableRows(table, tuple(fields), [row])], [], "", False))
        connection.exec_driver_sql(
            "DELETE FROM unknown_field WHERE table_name = ? AND record_id = ? AND field = ?",
            [(table, rid, name) for name in (*fields, WHOLE)],
        )
    return placing.touched


def begin_sweep(connection: Connection, member: UUID) -> bool:
    """From now on it is noted which rows were seen. False when none are here, but for who works here: no need."""
    here = (f"SELECT 1 FROM {table} WHERE id <> ?" for table in SYNCED)
    if not connection.exec_driver_sql(
        f"{' UNION ALL '.join(here)} LIMIT 1", (member.bytes,) * len(SYNCED)
    ).first():
        return False
    connection.exec_driver_sql(
        "CREATE TABLE IF NOT EXISTS _seen (tbl TEXT NOT NULL, rid BLOB NOT NULL, PRIMARY KEY (tbl, rid)) WITHOUT ROWID"
    )
    connection.exec_driver_sql("DELETE FROM _seen")
    return True


def see(connection: Connection, keys: Iterable[Key]) -> None:
    """Note that these rows are still ours."""
    if seen := list(keys):
        connection.exec_driver_sql("INSERT OR IGNORE INTO _seen VALUES (?, ?)", seen)


def unseen(connection: Connection) -> list[Key]:
    """The rows that were not seen since ``begin_sweep`` and carry no unsent work."""
    found: list[Key] = []
    for table in SYNCED:
        rows = connection.exec_driver_sql(
            f"SELECT id FROM {table} WHERE NOT EXISTS (SELECT 1 FROM _seen WHERE tbl = '{table}' AND rid = id)"
            f" AND NOT EXISTS (SELECT 1 FROM outbox WHERE table_name = '{table}' AND record_id = id)"
        )
        found += [(table, row[0]) for row in rows]
    return found


def _laid(table: str, name: str, shown: Any, value: Any) -> Any:
    """A field with an operation on top."""
    kind = registers.kind_of(table, name)
    if kind is registers.Kind.COUNTER and isinstance(value, dict):
        return (shown or 0) + value["delta"]
    if kind is registers.Kind.SET and isinstance(value, dict):
        return merge.fold(shown or [], value)
    return value


def _whole(names: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    kept = {WHOLE: {"deleted": row[1], "stamps": row[2]}}
    return kept | dict(zip(names, row[_HEAD:], strict=True))
