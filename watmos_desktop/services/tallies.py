"""Counts that triggers keep, so that a list of any length knows its exact length at once.

A tally is always equal to a recount: the triggers work in the transaction that changes the record.
"""

# ruff: noqa: S608 - every part of the SQL is a name written in this file
from __future__ import annotations

from sqlalchemy import Connection, inspect

from watmos_desktop.services.search_index import UNLESS_BULK

_COLUMNS = ("estate_id", "block_id", "status", "priority", "hazard")
_NOWHERE = f"x'{'0' * 32}'"  # the block of what is not in a block


def _key(row: str) -> str:
    return f"{row}.estate_id, coalesce({row}.block_id, {_NOWHERE}), {row}.status, {row}.priority, {row}.hazard <> ''"


def _count(row: str, step: int) -> str:
    return (
        f"UPDATE repair_tally SET n = n + {step} WHERE {row}.deleted = 0"
        f" AND ({', '.join(_COLUMNS)}) = ({_key(row)});"
    )


def make(connection: Connection) -> None:
    """Make the triggers afresh and count what was not counted; nothing where the table is not made yet."""
    if "repair_tally" not in inspect(connection).get_table_names():
        return
    run = connection.exec_driver_sql
    if not run("SELECT 1 FROM repair_tally").first():
        recount(connection)
    add = (
        f"INSERT INTO repair_tally SELECT {_key('NEW')}, 0 WHERE NOT EXISTS"
        f" (SELECT 1 FROM repair_tally WHERE ({', '.join(_COLUMNS)}) = ({_key('NEW')})); {_count('NEW', 1)}"
    )
    for kind, when, body in (
        ("insert", "INSERT", add),
        ("update", f"UPDATE OF {', '.join(_COLUMNS)}, deleted", _count("OLD", -1) + add),
        ("delete", "DELETE", _count("OLD", -1)),
    ):
        run(f"DROP TRIGGER IF EXISTS tally_repair_{kind}")
        run(f"CREATE TRIGGER tally_repair_{kind} AFTER {when} ON repair WHEN {UNLESS_BULK} BEGIN {body} END")


def wrong(connection: Connection) -> int:
    """How many tallies differ from a recount: 0 on a sound database."""
    counted = f"SELECT {_key('r')}, count(*) FROM repair r WHERE r.deleted = 0 GROUP BY 1, 2, 3, 4, 5"
    kept = f"SELECT {', '.join(_COLUMNS)}, n FROM repair_tally WHERE n <> 0"
    return sum(
        int(connection.exec_driver_sql(f"SELECT count(*) FROM ({one} EXCEPT {other})").scalar_one())
        for one, other in ((kept, counted), (counted, kept))
    )


def recount(connection: Connection) -> None:
    """Count everything anew, as the triggers would have: after many changes that were made without them."""
    connection.exec_driver_sql("DELETE FROM repair_tally")
    connection.exec_driver_sql(
        f"INSERT INTO repair_tally SELECT {_key('r')}, count(*) FROM repair r"
        " WHERE r.deleted = 0 GROUP BY 1, 2, 3, 4, 5"
    )
