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
def quietly(connection: Connection, rows: int, touched: Mapping[str, Iterable[bytes]]) -> Iterator[None]:
    """Lay down ``rows`` rows inside; ``touched`` is read at the end and names all of them by table."""
    if rows < MANY:
        yield
        return
    run = connection.exec_driver_sql
    run(f"PRAGMA cache_size = -{_CACHE}")
    run("UPDATE _mode SET applying = 2")  # dropping and making 126 triggers took longer than laying 1,000 rows down
    yield
    search_index.refresh(connection, touched)
    if touched.get("repair"):
        tallies.recount(connection)
    if any(touched.get(noun) for noun in due_days.NEEDED):
        due_days.recount(connection)
    run("UPDATE _mode SET applying = 1")
    run(f"PRAGMA cache_size = -{_USUAL_CACHE}")
