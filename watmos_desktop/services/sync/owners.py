"""What hangs on a record that is deleted: a first load brings live records only, so the record itself is asked for.

Without it a conflict about a deletion could not be shown, let alone decided, by who reads everything anew.
"""

# ruff: noqa: S608 - every part of the SQL is a name of the models
from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync.memory import Memory

_OWNED = ("conflict", "attachment", "clock")


def wanted(store: Store, kept: Memory) -> Memory:
    """Note the records to ask for: owners of what is live here that are not here, or were not seen in a sweep."""
    found: list[tuple[str, str]] = []
    with store.read() as session:
        run = session.connection().exec_driver_sql
        for table in _OWNED:
            for (owner,) in run(f"SELECT DISTINCT owner_table FROM {table} WHERE deleted = 0").all():
                if owner not in SYNCED:
                    continue
                there = f"SELECT 1 FROM {owner} WHERE id = one.owner_id"
                if kept.sweeping:
                    there = f"SELECT 1 FROM _seen WHERE tbl = '{owner}' AND rid = one.owner_id"
                rows = run(
                    f"SELECT DISTINCT owner_id FROM {table} one"
                    f" WHERE deleted = 0 AND owner_table = ? AND NOT EXISTS ({there})",
                    (owner,),
                )
                found += [(owner, str(UUID(bytes=rid))) for (rid,) in rows]
    new = [one for one in dict.fromkeys(found) if one not in kept.asked]
    return replace(kept, asked=(*kept.asked, *new)) if new else kept
