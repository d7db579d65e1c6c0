"""SQLAlchemy over SQLCipher: one connection that writes, a few that read, each transaction begun as it should be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool


def make(creator: Callable[[], Any], *, read_only: bool) -> Engine:
    """An engine whose raw connections come from ``creator``."""
    engine = create_engine(
        "sqlite://",
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
