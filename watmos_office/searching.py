"""Words looked for in what a caller may see and nothing else: filtered before anything is counted (security.md S24)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Text

from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.policy import PARTS, Part
from watmos_office import outward, projection, walls
from watmos_office.caller import Caller
from watmos_office.errors import Answer
from watmos_office.office import Office

SHORTEST, LONGEST = 2, 200  # characters of what is looked for
SHOWN = 50  # records of each table that are given, newest first
FEWEST = 5  # people are not counted below this: a small number says who
_PEOPLE = frozenset({Part.PEOPLE, Part.HOMES, Part.CASES})

_HITS = """
SELECT r.tbl, r.rid, CAST(r.data AS text) FROM record r
WHERE NOT r.deleted AND r.tbl {among} AND lower(CAST(r.data AS text)) LIKE :like ESCAPE '!'
    AND EXISTS (SELECT 1 FROM row_bucket b WHERE b.tbl = r.tbl AND b.rid = r.rid AND b.present AND b.bucket {held})
"""


def search(office: Office, caller: Caller, text: str) -> list[dict[str, Any]]:
    """The records whose visible words hold ``text``: ``[{"table", "count", "rows": [{"id", field: value, …}, …]}, …]``.

    Capitals do not matter. ``count`` is None for fewer than five of what has to do with people. Raises Answer 400
    for less than two characters or more than 200.
    """
    wanted = text.strip().lower()
    if not SHORTEST <= len(wanted) <= LONGEST:
        raise Answer(400, "bad_request")
    tables = {table: names for table in outward.TABLES if (names := _words(caller, table))}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with walls.reading(office, caller.buckets) as connection:
        for table, raw, document in _hits(connection, caller, list(tables), wanted):
            rid, data = outward.as_uuid(raw), orjson.loads(document)
            said = (data.get(name) for name in tables[table])
            if not any(wanted in word.lower() for word in said if isinstance(word, str)):
                continue  # the words are in a field that is not for this person
            if projection.visible(caller.actor, table, data, rid):
                names = projection.columns(caller.actor, table)
                found[table].append({"id": str(rid), **{name: data.get(name) for name in names}})
    return [
        {"table": table, "count": _said(table, len(found[table])), "rows": _newest(found[table])}
        for table in outward.TABLES
        if table in found
    ]


def counts(office: Office, caller: Caller) -> dict[str, int | None]:
    """How many live records of each table the caller may see; None for fewer than five to do with people."""
    counted: Counter[str] = Counter()
    with walls.reading(office, caller.buckets) as connection:
        tables = [table for table in outward.TABLES if projection.columns(caller.actor, table)]
        for table, raw, document in _hits(connection, caller, tables, ""):
            counted[table] += projection.visible(
                caller.actor, table, orjson.loads(document), outward.as_uuid(raw)
            )
    return {table: _said(table, counted[table]) for table in tables}


def _hits(connection: Connection, caller: Caller, tables: list[str], wanted: str) -> Sequence[Any]:
    """A wide net, thrown by the database: it knows capitals of ASCII only, and not which field the words are in."""
    plain = max(
        "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "\n" for c in wanted).split(
            "\n"
        ),
        key=len,
    )
    like = "%" + plain.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    held = outward.AMONG[connection.dialect.name].replace(":buckets", ":held")
    statement = outward.statement(connection, _HITS.replace("{held}", held))
    given = {
        "buckets": outward.among(connection, tables),
        "held": outward.among(connection, caller.buckets),
        "like": like,
    }
    return connection.execute(statement, given).all()


def _words(caller: Caller, table: str) -> tuple[str, ...]:
    types = SYNCED[table].__table__.columns  # type: ignore[attr-defined]
    return tuple(
        name for name in projection.columns(caller.actor, table) if isinstance(types[name].type, Text)
    )


def _said(table: str, count: int) -> int | None:
    return None if count < FEWEST and PARTS.get(table) in _PEOPLE else count


def _newest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str(row["id"]), reverse=True)[:SHOWN]
