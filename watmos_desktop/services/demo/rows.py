"""Rows of the demo landlord, gathered by table and written in bulk as if they had come from the office."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from watmos_desktop.models.tables import SYNCED, Base
from watmos_desktop.services.references import reference
from watmos_desktop.services.stamps import StampClock


class Row(dict[str, Any]):
    """A row to be; its values are read as attributes too, as those of a record are."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Rows:
    """Rows by table. Ids and stamps follow from the seed and the moment of each row alone."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a landlord that can be made again, no secrets
        self.written = 0
        self._by_table: dict[str, list[Row]] = defaultdict(list)
        self._references: set[str] = set()
        self._stamped: tuple[datetime | None, str] = (None, "")

    def add(self, table: str, moment: datetime, /, *, prefix: str = "", **values: Any) -> Row:
        """Add a row made at that moment, with a reference if it has a ``prefix``; to be changed until written."""
        row = Row(id=self._id_at(moment), deleted=False, stamps={"*": self._stamp(moment)})
        while prefix:
            row["reference"] = reference(prefix, row["id"])
            if row["reference"] not in self._references:
                self._references.add(row["reference"])
                break
            row["id"] = self._id_at(moment)
        row.update(values)
        self._by_table[table].append(row)
        return row

    def _id_at(self, moment: datetime) -> UUID:
        """An id as a device would have made it then (UUIDv7)."""
        number = int(moment.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62
        return UUID(int=number | self.random.getrandbits(12) << 64 | self.random.getrandbits(62))

    def _stamp(self, moment: datetime) -> str:
        if self._stamped[0] is not moment:
            self._stamped = moment, StampClock().next(moment)
        return self._stamped[1]

    def write(self, connection: Connection) -> None:
        """Write what was added since the last time, parents before children."""
        for table in SYNCED:
            if rows := self._by_table.pop(table, None):
                statement, ready = _insert(table, tuple(rows[0]), connection.dialect)
                connection.exec_driver_sql(statement, [ready(row) for row in rows])
                self.written += len(rows)


@cache
def _insert(
    name: str, columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, Callable[[Row], tuple[Any, ...]]]:
    """The statement that writes rows of a table, and what turns a row into its values: half the time of Core.

    A column that the demo does not speak of gets its default.
    """
    table = Base.metadata.tables[name]
    defaults = {
        one.key: one.default.arg
        for one in table.columns
        if one.key not in columns and isinstance(one.default, ScalarElementColumnDefault)
    }
    named = (*columns, *defaults)
    kept = [(key, table.columns[key].type.dialect_impl(dialect).bind_processor(dialect)) for key in named]

    def ready(row: Row) -> tuple[Any, ...]:
        values = defaults | row if defaults else row
        return tuple(process(values[key]) if process else values[key] for key, process in kept)

    marks = ", ".join("?" * len(named))
    return f"INSERT INTO {name} ({', '.join(named)}) VALUES ({marks})", ready  # noqa: S608 - our own names


def hash_of(*words: str) -> int:
    """A number that is the same for the same words on every machine and in every run."""
    number = 17
    for sign in "/".join(words):
        number = (number * 31 + ord(sign)) % 1_000_003
    return number
