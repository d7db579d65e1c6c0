"""Many rows at once: what triggers would do row by row is done once, for all of them, in the same transaction.

Search and tallies follow every single change by triggers, which is most of the time that a first load takes. Here
they are silent while the rows are laid down, and the same end is reached set by set (measured in docs/sync.md).
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection

from watmos_desktop.services import due_days, search_index, tallies

MANY = 1000  # rows from which it pays
_CACHE = 64 * 1024  # KiB; each page is else decrypted and encrypted again and again
_USUAL_CACHE = 4000
_TRIPWIRE = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? AND instr(name, ?) = 1"
)


@contextmanager
def without_collecting() -> Iterator[None]:
    """Rows hold no circles, but looking for some in millions of them is a quarter of the time of a first load."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextmanager
def quietly(
    connection: Connection, rows: Mapping[str, int], touched: Mapping[str, Iterable[bytes]]
) -> Iterator[None]:
    """Lay down ``rows`` (how many by table) inside; ``touched`` is read at the end and names all of them by table."""
    if sum(rows.values()) < MANY:
        yield
        return
    run = connection.exec_driver_sql
    run(f"PRAGMA cache_size = -{_CACHE}")
    run("UPDATE _mode SET applying = 2")
    tripwire = _taken_down(connection, [table for table, number in rows.items() if number >= MANY])
    yield
    for sql in tripwire:
        run(sql)
    search_index.refresh(connection, touched)
    if touched.get("repair"):
        tallies.recount(connection)
    if any(touched.get(noun) for noun in due_days.NEEDED):
        due_days.recount(connection)
    run("UPDATE _mode SET applying = 1")
    run(f"PRAGMA cache_size = -{_USUAL_CACHE}")


def _taken_down(connection: Connection, tables: Iterable[str]) -> list[str]:
    """Drop the triggers of the tripwire, which cost time even when they have nothing to note; how to make them."""
    found: list[str] = []
    for table in tables:
        for name, sql in connection.exec_driver_sql(_TRIPWIRE, (table, f"_touch_{table}_")).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
            found.append(sql)
    return found
