"""By when each home is due its well-being visit (H2), kept by triggers in ``_home_due`` for long lists.

One row a home that somebody holds: its present tenancy, when it was last seen, and three years (clamped) after the
later of the two. It is derived, always equal to a recount, and never synced; the triggers work in the transaction that
changes a home, a tenancy or a visit, whichever door it came through. What counts is told in ``resources/rules.toml``:
a change there needs a revision of the database, which makes the triggers and the table afresh.
"""

# ruff: noqa: S608 - every part of the SQL is a name written in this file, or from our own rules
from __future__ import annotations

from sqlalchemy import Connection, String, column, inspect, table

from watmos_desktop.models.base import Id
from watmos_desktop.services import promises, visit_rules
from watmos_desktop.services.search_index import UNLESS_BULK

_COLUMNS = ("home_id", "estate_id", "block_id", "tenancy_id", "tenure", "started_on", "seen_on", "due_on")
_IDS = 4
NEEDED = {"home", "tenancy", "visit"}


_TABLE = table(
    "_home_due", *(column(name, Id() if n < _IDS else String()) for n, name in enumerate(_COLUMNS))
)


class HomeDue:
    """The columns of ``_home_due`` for statements; days are text, as SQLite keeps them."""

    table = _TABLE
    home_id, estate_id, block_id, tenancy_id = (_TABLE.c[name] for name in _COLUMNS[:_IDS])
    tenure, started_on, seen_on, due_on = (_TABLE.c[name] for name in _COLUMNS[_IDS:])


def months_after(day: str, months: int) -> str:
    """``calendar.months_after`` in SQL: ``date()`` runs over a short month's end, so the month's last day bounds it."""
    return f"min(date({day}, '{months:+} months'), date({day}, 'start of month', '{months + 1:+} months', '-1 day'))"


def local_day(moment: str) -> str:
    """The day in Europe/London of a moment kept in UTC: an hour ahead from March's last Sunday to October's."""
    edges = (
        f"datetime(strftime('%Y', {moment}) || '{day}', 'weekday 0', '+1 hour')"
        for day in ("-03-25", "-10-25")
    )
    begins, ends = edges
    ahead = f"{moment} >= {begins} AND {moment} < {ends}"
    return f"CASE WHEN {ahead} THEN date({moment}, '+1 hour') ELSE date({moment}) END"


def make(connection: Connection) -> None:
    """Make table and triggers afresh and count every home; nothing where the tables are not made yet."""
    if not set(inspect(connection).get_table_names()) >= NEEDED:
        return
    run = connection.exec_driver_sql
    run("DROP TABLE IF EXISTS _home_due")
    types = ", ".join(
        f"{name} {'BLOB' if n < _IDS else 'TEXT'}{'' if n else ' PRIMARY KEY'}"
        for n, name in enumerate(_COLUMNS)
    )
    run(f"CREATE TABLE _home_due ({types}) WITHOUT ROWID")
    run("CREATE INDEX _home_due_day ON _home_due (due_on, home_id)")
    run("CREATE INDEX _home_due_start ON _home_due (started_on)")
    run("CREATE INDEX _home_due_starter ON _home_due (started_on) WHERE tenure = 'starter'")
    recount(connection)
    for noun, key, changed in (
        ("home", "id", "estate_id, block_id, deleted"),
        ("tenancy", "home_id", "home_id, kind, started_on, ended_on, deleted"),
        ("visit", "home_id", "home_id, kind, status, completed_at, deleted"),
    ):
        only = " AND NEW.status = 'completed'" if noun == "visit" else ""
        for kind, when, rows in (
            ("insert", f"INSERT ON {noun} WHEN {UNLESS_BULK}{only}", ("NEW",)),
            ("update", f"UPDATE OF {changed} ON {noun} WHEN {UNLESS_BULK}", ("OLD", "NEW")),
            ("delete", f"DELETE ON {noun} WHEN {UNLESS_BULK}", ("OLD",)),
        ):
            body = " ".join(_renewed(f"{row}.{key}") for row in rows)
            run(f"DROP TRIGGER IF EXISTS due_{noun}_{kind}")
            run(f"CREATE TRIGGER due_{noun}_{kind} AFTER {when} BEGIN {body} END")


def recount(connection: Connection) -> None:
    """Work out every home anew, as the triggers would have: after many changes that were made without them."""
    connection.exec_driver_sql("DELETE FROM _home_due")
    connection.exec_driver_sql(f"INSERT INTO _home_due {_rows()}")


def wrong(connection: Connection) -> int:
    """How many homes differ from a recount: 0 on a sound database."""
    kept = f"SELECT {', '.join(_COLUMNS)} FROM _home_due"
    return sum(
        int(connection.exec_driver_sql(f"SELECT count(*) FROM ({one} EXCEPT {other})").scalar_one())
        for one, other in ((kept, _rows()), (_rows(), kept))
    )


def _renewed(home: str) -> str:
    return (
        f"DELETE FROM _home_due WHERE home_id = {home};"
        f" INSERT OR REPLACE INTO _home_due {_rows(f'AND h.id = {home}')};"
    )


def _rows(which: str = "") -> str:
    """The rows of all homes, or of one; the newest of several tenancies that run is the present one."""
    kinds = ", ".join(f"'{kind.value}'" for kind in visit_rules.visits().seen)
    seen = (
        "(SELECT max(completed_at) FROM visit v WHERE v.home_id = h.id AND v.status = 'completed'"
        f" AND v.kind IN ({kinds}) AND v.deleted = 0)"
    )
    held = (
        "SELECT h.id AS home_id, h.estate_id, h.block_id, t.id AS tenancy_id, t.kind AS tenure, t.started_on,"
        f" {seen} AS seen_at FROM home h JOIN tenancy t ON t.id = (SELECT n.id FROM tenancy n WHERE n.home_id = h.id"
        " AND n.deleted = 0 AND n.ended_on IS NULL ORDER BY n.started_on DESC, n.id DESC LIMIT 1)"
        f" WHERE h.deleted = 0 {which}"
    )
    names = "home_id, estate_id, block_id, tenancy_id, tenure, started_on"
    days = f"SELECT {names}, {local_day('seen_at')} AS seen_on FROM ({held})"
    # max() of two is NULL when either is.
    based = f"SELECT *, max(started_on, coalesce(seen_on, started_on)) AS base FROM ({days})"
    return f"SELECT {names}, seen_on, {_due('base')} AS due_on FROM ({based})"


def _due(base: str) -> str:
    """``visit_rules.wellbeing_due`` in SQL, by the target in force on the day it is counted from."""
    targets = promises.targets("H2")
    assert all(one.unit is promises.Unit.YEARS for one in targets)
    newer = [
        f"WHEN {base} >= '{one.holds_from}' THEN {months_after(base, 12 * one.amount)}"
        for one in targets[:0:-1]
    ]
    first = months_after(base, 12 * targets[0].amount)
    return f"CASE {' '.join(newer)} ELSE {first} END" if newer else first
