"""SQLAlchemy over SQLCipher: one connection that writes, a few that read, each transaction begun as it should be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import LRUCache

# SQLAlchemy keeps what it compiled by engine. A workspace has two, both new at each unlock: here all share it.
_COMPILED: LRUCache[object, object] = LRUCache(2_000)


class WorkspaceDialect(SQLiteDialect_pysqlite):
    """SQLite as every workspace speaks it: any two of them compile a statement to the same words."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkspaceDialect)

    def __hash__(self) -> int:
        return hash(WorkspaceDialect)


registry.register("sqlite.workspace", __name__, WorkspaceDialect.__name__)


def make(creator: Callable[[], Any], *, read_only: bool) -> Engine:
    """An engine whose raw connections come from ``creator``."""
    engine = create_engine(
        "sqlite+workspace://",
        execution_options={"compiled_cache": _COMPILED},
        module=sqlcipher,
        creator=creator,
        poolclass=QueuePool,
        pool_size=4 if read_only else 1,
        max_overflow=4 if read_only else 0,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin_reading if read_only else _begin_writing)
    return engine


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    # Checked as a whole at commit: a record and what hangs on it are saved together, in any order.
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
