"""Rows on their way out: what the database keeps as JSON becomes the page's rows, projected for one person.

Documents stay text until here and stamps are passed through unread where the whole row may be seen: a page of 5,000
rows is a matter of milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, bindparam, text
from sqlalchemy.sql.elements import TextClause

from watmos_desktop.models.base import Id
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.sync import pages, registers
from watmos_office import projection
from watmos_office.projection import Profile

TABLES = tuple(SYNCED)  # parents before children
MOST = 20_000  # rows of a page, whatever was asked for
LARGEST = 6 * 2**20  # bytes of documents on a page: packed it must stay below 8 MiB, however badly it packs

_CLAIMED = f'"{registers.CLAIMED}"'  # as it stands in the JSON of stamps: for the office alone

AMONG = {
    "postgresql": "= ANY(:buckets)",
    "sqlite": "IN (SELECT value FROM json_each(:buckets))",
}


def statement(connection: Connection, sql: str, **ids: Any) -> TextClause:
    """A statement in which ``{among}`` stands for "is one of :buckets", and parameters named in ``ids`` are UUIDs."""
    clause = text(sql.replace("{among}", AMONG[connection.dialect.name]))
    return clause.bindparams(*(bindparam(name, value, type_=Id()) for name, value in ids.items()))


def among(connection: Connection, buckets: Iterable[str]) -> Any:
    """The value of ``:buckets`` for that database."""
    names = sorted(buckets)
    return names if connection.dialect.name == "postgresql" else orjson.dumps(names).decode()


def as_uuid(value: Any) -> UUID:
    """An id as the driver gave it: a UUID on PostgreSQL, 16 bytes on SQLite."""
    return value if isinstance(value, UUID) else UUID(bytes=value)


class Sheaf:
    """Rows gathered by table, each already as this person may see it."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._tables: dict[str, pages.TableRows] = {}
        self._profiles: dict[str, Profile | None] = {}
        self.count = 0
        self.size = 0  # about how many bytes

    @property
    def full(self) -> bool:
        """Whether the page is as large as it should get, however few its rows are."""
        return self.size > LARGEST

    def profile(self, table: str) -> Profile | None:
        """How this person sees that table; None when not at all."""
        if table not in self._profiles:
            self._profiles[table] = projection.profile(self._actor.role, table)
        return self._profiles[table]

    def add(self, table: str, rid: Any, deleted: Any, data: str, stamps: str) -> bool:
        """Put a row in, from its JSON texts; false when it is not for this person."""
        found = self._profiles.get(table) or self.profile(table)
        if found is None:
            return False
        fields: dict[str, Any] = orjson.loads(data)
        if found.by_row and not projection.visible(self._actor, table, fields, as_uuid(rid)):
            return False
        plain = found.whole and _CLAIMED not in stamps
        shown: Any = orjson.Fragment(stamps) if plain else found.stamps(orjson.loads(stamps))
        said = [*map(fields.get, found.columns)]
        for at, value in found.fill:
            if said[at] is None:
                said[at] = value
        rows = self._tables.get(table)
        if rows is None:
            rows = self._tables[table] = pages.TableRows(table, found.columns)
        rows.rows.append([_id_text(rid), bool(deleted), shown, found.unknown(fields), *said])
        self.count += 1
        self.size += len(data) + len(stamps)
        return True

    def tables(self) -> list[pages.TableRows]:
        """What was put in, parents before children."""
        return [self._tables[table] for table in TABLES if table in self._tables]


def _id_text(value: Any) -> str:
    if type(value) is not bytes:
        return str(value)
    h = value.hex()  # ten times as quick as through a UUID
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
