"""The books are compared: every committed operation is at the office once, and everybody shows the same."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from tests.kill9 import device
from watmos_desktop.models.tables import SYNCED, Held, Outbox
from watmos_desktop.services.capture import to_json
from watmos_desktop.services.store import Store
from watmos_office.office import Office
from watmos_office.tables import Op, Record

Entry = dict[str, Any]
_LOCAL = {"id", "stamps"}


def everything(url: str, folder: Path, homes: list[Path], found: dict[str, int], wrong: list[str]) -> None:
    """Fill in what was found (counts) and what is wrong (sentences)."""
    books = [_read(path) for path in sorted(folder.glob("*.ledger"))]
    ledger = {entry["op"]: entry for book in books for entry in book}
    found["committed"] = sum(len(book) for book in books)
    if found["committed"] != len(ledger):
        wrong.append("an operation is in two ledgers, or twice in one")
    office = Office(url, folder / "office")
    try:
        with office.reading() as connection:
            ops = [row._asdict() for row in connection.execute(select(*Op.__table__.columns))]
            rows = connection.execute(select(Record.tbl, Record.rid, Record.data, Record.deleted)).all()
    finally:
        office.close()
    _operations(ledger, ops, found, wrong)
    records = {(row.tbl, str(row.rid)): {**row.data, "deleted": row.deleted} for row in rows}
    _inserts(ledger, records, found, wrong)
    _values(ledger, records, wrong)
    for number, home in enumerate(homes):
        store = device.open_store(home)
        try:
            _holdings(number, store, records, found, wrong)
        finally:
            store.close()


def _read(path: Path) -> list[Entry]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def _operations(ledger: dict[str, Entry], ops: list[Entry], found: dict[str, int], wrong: list[str]) -> None:
    """Each committed operation once, word for word; nothing else; the numbers of each life without a gap."""
    at_office = {str(op["id"]): op for op in ops}
    found["at the office"] = len(ops)
    found["lost"] = len(ledger.keys() - at_office.keys())
    found["doubled"] = len(ops) - len(ledger.keys() & at_office.keys())
    found["quarantined"] = sum(op["status"] == "quarantined" for op in ops)
    found["conflicts"] = sum(op["status"] == "conflict" for op in ops)
    for name in ("lost", "doubled", "quarantined"):
        if found[name]:
            wrong.append(f"{found[name]} operations {name}")
    for op_id in ledger.keys() & at_office.keys():
        body = at_office[op_id]["body"]
        said = json.loads(body) if isinstance(body, str | bytes) else body
        if any(said[name] != ledger[op_id][name] for name in ("tbl", "rid", "kind", "set", "base", "stamp")):
            wrong.append(f"operation {op_id} came with other words")
    lives: dict[Any, list[int]] = defaultdict(list)
    for op in ops:
        lives[op["device_id"], op["incarnation"]].append(op["n"])
    if any(sorted(numbers) != list(range(1, len(numbers) + 1)) for numbers in lives.values()):
        wrong.append("the numbers of a life have a gap")
    found["lives"] = len(lives)


def _inserts(
    ledger: dict[str, Entry], records: dict[tuple[str, str], Entry], found: dict[str, int], wrong: list[str]
) -> None:
    """Created = live + deleted, by table."""
    made = Counter(entry["tbl"] for entry in ledger.values() if entry["kind"] == "insert")
    kept = Counter(table for table, _ in records if table not in ("staff", "staff_scope", "conflict"))
    found["created"] = made.total()
    found["deleted"] = sum(row["deleted"] for row in records.values())
    if made != kept:
        wrong.append(f"created {dict(made)}, kept {dict(kept)}")


def _values(ledger: dict[str, Entry], records: dict[tuple[str, str], Entry], wrong: list[str]) -> None:
    """Each word that somebody wrote is shown, or kept as a conflict, or was replaced by who had seen it."""
    conflicts = {
        word for (table, _), row in records.items() if table == "conflict" for word in _words(row["value"])
    }
    by_field: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in ledger.values():
        for name, value in entry["set"].items():
            if entry["kind"] == "update" and isinstance(value, str) and name != "deleted":
                by_field[entry["rid"], name].append(entry)
    for (rid, name), entries in by_field.items():
        row = records.get((entries[0]["tbl"], rid), {})
        for entry in entries:
            word, stamp = entry["set"][name], entry["stamp"]
            seen = any(
                other is not entry
                and (
                    other["base"].get(name, "") >= stamp
                    or (other["life"] == entry["life"] and other["stamp"] > stamp)
                )
                for other in entries
            )
            if row.get(name) != word and word not in conflicts and not seen:
                wrong.append(f"a value of {name} is nowhere: operation {entry['op']}")


def _words(value: Any) -> set[str]:
    return {str(one) for one in value.values()} if isinstance(value, dict) else set()


def _holdings(
    number: int,
    store: Store,
    records: dict[tuple[str, str], Entry],
    found: dict[str, int],
    wrong: list[str],
) -> None:
    """A device shows, column by column, what the office holds; nothing waits and nothing is held."""
    here: dict[tuple[str, str], Entry] = {}
    with store.read() as session:
        for table, model in SYNCED.items():
            columns = model.__table__.columns  # type: ignore[attr-defined]
            names = [column.key for column in columns if column.key not in _LOCAL]
            for row in session.execute(select(model.__table__)).mappings():  # type: ignore[attr-defined]
                here[table, str(row["id"])] = {name: to_json(row[name]) for name in names}
        waiting = session.scalar(select(func.count()).select_from(Outbox)) or 0
        held = session.scalar(select(func.count()).select_from(Held)) or 0
    found[f"device {number}"] = len(here)
    if waiting or held:
        wrong.append(f"device {number}: {waiting} waiting, {held} held")
    live = {key: row for key, row in records.items() if not row["deleted"]}
    mine = {key: row for key, row in here.items() if not row["deleted"]}
    for key in sorted(live.keys() ^ mine.keys()):
        wrong.append(f"device {number}: {key[0]} {key[1]} is {'missing' if key in live else 'too much'}")
    for key in live.keys() & mine.keys():
        other = [name for name, value in mine[key].items() if live[key].get(name) != value]
        if other:
            wrong.append(f"device {number}: {key[0]} {key[1]} differs in {', '.join(sorted(other))}")
