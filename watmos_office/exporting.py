"""Everything one member may see, as lines of JSON: for a handover, and to look at what a role receives."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import orjson

from watmos_desktop.services.policy import Actor
from watmos_office import outward, projection, walls
from watmos_office.office import Office

_PAGE = 2_000
_FIRST = UUID(int=0)
_ROWS = """
SELECT r.rid, CAST(r.data AS text) FROM record r
WHERE r.tbl = :tbl AND r.rid > :after AND NOT r.deleted AND EXISTS
    (SELECT 1 FROM row_bucket b WHERE b.tbl = r.tbl AND b.rid = r.rid AND b.present AND b.bucket {among})
ORDER BY r.rid LIMIT :limit
"""


def export(office: Office, actor: Actor, buckets: frozenset[str]) -> Iterator[bytes]:
    """One line ``{"table", "id", field: value, …}`` for each live record, parents first, each once, at one moment."""
    with walls.reading(office, buckets) as connection:
        held = outward.among(connection, buckets)
        for table in outward.TABLES:
            columns, after = projection.columns(actor, table), _FIRST
            while columns:
                statement = outward.statement(connection, _ROWS, after=after)
                given = {"tbl": table, "buckets": held, "limit": _PAGE}
                found = connection.execute(statement, given).all()
                for raw, text in found:
                    after, data = outward.as_uuid(raw), orjson.loads(text)
                    if projection.visible(actor, table, data, after):
                        fields = {name: data.get(name) for name in columns}
                        yield orjson.dumps({"table": table, "id": str(after), **fields}) + b"\n"
                if len(found) < _PAGE:
                    break
