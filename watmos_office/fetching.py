"""Many rows by their ids in one short statement, on SQLite and PostgreSQL alike; ids are text.

Past SQLAlchemy's own ``IN``: writing out each id as a parameter took a third of what a push spends on its records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection

from watmos_desktop.services.sync.columns import id_text
from watmos_desktop.services.sync.merge import RowState


def records(
    connection: Connection, table: str, rids: Sequence[str], *, change: bool
) -> Iterator[tuple[str, RowState, str | None]]:
    """Records of a table by id, each with its author; locked for a change, or only held where they are."""
    what = "rid, data, stamps, deleted, newest, author FROM record WHERE tbl = {mark} AND rid {among} ORDER BY rid"
    lock = " FOR UPDATE" if change else " FOR KEY SHARE"
    named = _named(connection, rids)
    for rid, data, stamps, deleted, newest, author in _run(connection, what, [*named], (table,), lock):
        state = RowState(_loaded(data), _loaded(stamps), bool(deleted), newest)
        yield named[rid], state, _text(author) if author else None


def lying(connection: Connection, table: str, rids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Where each of these records lies, one pair for each bucket."""
    what = "rid, bucket FROM row_bucket WHERE tbl = {mark} AND rid {among} AND present"
    named = _named(connection, rids)
    for rid, bucket in _run(connection, what, [*named], (table,)):
        yield named[rid], bucket


def operations(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[UUID, str, str]]:
    """Of these operations those that are kept: id, hash and status."""
    what = "id, hash, status FROM op WHERE id {among}"
    for op_id, digest, status in _run(connection, what, [*_named(connection, ids)]):
        yield UUID(_text(op_id)), digest, status


def _named(connection: Connection, ids: Sequence[str]) -> dict[Any, str]:
    """The ids as the driver takes and gives them, each with its text."""
    if connection.dialect.name == "postgresql":
        return {UUID(one): one for one in ids}
    return {bytes.fromhex(one.replace("-", "")): one for one in ids}


def _run(
    connection: Connection, what: str, ids: Sequence[Any], given: tuple[str, ...] = (), lock: str = ""
) -> Any:
    if connection.dialect.name == "postgresql":
        sql = f"SELECT {what}{lock}".format(mark="%s", among="= ANY (string_to_array(%s, ',')::uuid[])")
        return connection.exec_driver_sql(sql, (*given, ",".join(map(str, ids))))
    sql = f"SELECT {what}".format(mark="?", among=f"IN ({', '.join('?' * len(ids))})")
    return connection.exec_driver_sql(sql, (*given, *ids))


def _text(value: Any) -> str:
    return id_text(value) if type(value) is bytes else str(value)


def _loaded(value: Any) -> Any:
    """A document as the driver gave it: text, or on PostgreSQL read already."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value
