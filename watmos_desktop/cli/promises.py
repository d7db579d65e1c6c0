"""`watmos due` and `watmos promises`: what is promised and when it falls due."""

from __future__ import annotations

import argparse
import json
import re
from datetime import date, datetime
from typing import Any

from watmos_desktop.services import promises, wording
from watmos_desktop.services.errors import Told


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both commands."""
    due = commands.add_parser("due", help="when a clock ends that started then")
    due.add_argument("key", metavar="KEY", help="the clock, such as R5 or K4.extended")
    due.add_argument("start", metavar="START", help="2026-11-23, or 2026-11-23T10:42+00:00")
    due.add_argument("--json", action="store_true", help="for scripts")
    due.set_defaults(run=_due)
    listing = commands.add_parser("promises", help="every promise with its clocks")
    listing.add_argument("--json", action="store_true", help="for scripts")
    listing.set_defaults(run=_promises)


def _due(args: argparse.Namespace) -> int:
    due = promises.due(args.key, _start(args.start))
    target = promises.clock(due.key, due.held_from)
    if args.json:
        row = {
            "key": due.key,
            "start": args.start,
            "due_date": due.due_date,
            "due_at": due.due_at.isoformat(),
        }
        print(json.dumps(row, default=str))
    elif target.unit is promises.Unit.HOURS:
        when = f"at {wording.clock_time(due.due_at)} on {wording.long_day(due.due_date)}"
        print(f"{due.key} is due {when} ({target.length}).")
    else:
        print(f"{due.key} is due by the end of {wording.long_day(due.due_date)} ({target.length}).")
    return 0


def _start(text: str) -> date | datetime:
    """A date or a time as ISO 8601 writes them in full; whether a time has its offset the service asks."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
        if re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text, re.ASCII):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise Told(
        f"{text!r} is no date or time.",
        "Write 2026-11-23, or a time as 2026-11-23T10:42+00:00.",
        field="start",
    )


def _promises(args: argparse.Namespace) -> int:
    rows = promises.promises() + promises.rules()
    if args.json:
        print(json.dumps([_row(row) for row in rows], indent=1, default=str))
        return 0
    for row in rows:
        print(f"{row.id:<4} {row.title} · {', '.join(row.where)}")
        for target in _targets(row):
            print(f"     {target.key}: {target.length} ({target.start} → {target.stop})")
    return 0


def _targets(row: promises.Promise) -> list[promises.Target]:
    """The targets now in force: the newest of each clock."""
    return [promises.clock(key, date.max) for key in row.clocks]


def _row(row: promises.Promise) -> dict[str, Any]:
    return vars(row) | {"clocks": [vars(target) for target in _targets(row)]}
