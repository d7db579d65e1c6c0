"""20,000 records of about 500 bytes, then 1,000 changes each way and a visit for nothing, beside PouchDB and Anki.

Ours with TLS, signed requests, tokens and scope on; all three in the same run, one after the other.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from sqlalchemy import select

import watmos_office
from bench import Row, spell
from bench._office import Served, office, served
from bench._peers import Steps, anki, pouch
from watmos_desktop.models.kinds import Scorer
from watmos_desktop.models.tables import Answer, Block, Estate, Inspection
from watmos_desktop.services import templates
from watmos_desktop.services.references import reference
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import engine, wire

RECORDS, CHANGES, ROUNDS = 20_000, 1_000, 3
WALKS = 200
POUCH, ANKI_FIRST, ANKI_CHANGES, BOOTSTRAP = 0.25, 1.0, 2.0, 5.0
FIRST = ("first push", "first pull")
STEPS = (*FIRST, "changes up", "changes down", "nothing to do")


def run() -> Iterator[Row]:
    words = _phrases()
    runs: dict[str, list[Steps]] = {"ours": [], "pouch": [], "anki": []}
    for number in range(ROUNDS):
        records = [_record(Random(n + number * RECORDS), words, n) for n in range(RECORDS)]
        print(f"  round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
        runs["ours"].append(_ours(records))
        for name, peer in (("pouch", pouch), ("anki", anki)):
            if (found := peer(records, CHANGES)) is not None:
                runs[name].append(found)
    for step in STEPS:
        yield from _rows(step, runs)
    yield _bootstrap()


def _rows(step: str, runs: dict[str, list[Steps]]) -> Iterator[Row]:
    ours = {what: median(one[step][what] for one in runs["ours"]) for what in ("wall", "cpu", "bytes")}
    for name, spelled in (("pouch", "PouchDB"), ("anki", "Anki")):
        if not runs[name]:
            yield Row(f"sync, {step}: {spelled}", spell(ours["wall"]), "not here", None, "told", ok=True)
            continue
        peer = {what: median(one[step][what] for one in runs[name]) for what in ("wall", "cpu", "bytes")}
        for what, show in (("wall", spell), ("cpu", spell), ("bytes", _size)):
            ratio = ours[what] / peer[what]
            most = _goal(name, step, what)
            goal = f"at most {most:g}×" if most else "told"
            label = f"sync, {step}: {what}, beside {spelled}"
            yield Row(label, show(ours[what]), show(peer[what]), ratio, goal, not most or ratio <= most)


def _goal(peer: str, step: str, what: str) -> float | None:
    if peer == "pouch":
        return POUCH if what != "cpu" else None
    if what != "wall" or step == "nothing to do":
        return None
    return ANKI_FIRST if step in FIRST else ANKI_CHANGES


def _size(number: float) -> str:
    return f"{number / 1e6:.2f} MB" if number >= 1e6 else f"{number / 1e3:.1f} kB"


def _phrases() -> list[str]:
    return sorted(templates.own_words())


def _record(random: Random, words: list[str], number: int) -> dict[str, Any]:
    note = ". ".join(random.choices(words, k=8))[:300]
    return {
        "id": str(UUID(int=random.getrandbits(128), version=4)),
        "inspection_id": str(UUID(int=number % WALKS + 1)),
        "item_key": f"item-{number // WALKS}",
        "value": random.choice("ABCD"),
        "phrase_key": f"phrase-{number % 40}",
        "note": note,
        "answered_at": "2026-11-23T10:42:00+00:00",
    }


def _ours(records: list[dict[str, Any]]) -> Steps:
    with TemporaryDirectory(prefix="sync-") as folder, served(Path(folder) / "office") as up:
        one, send = up.join(Path(folder) / "one", up.code)
        _lay_ground(one)
        engine.sync(one, send)
        _write(one, records)
        two, fetch = up.join(Path(folder) / "two", up.new_code(str(one.actor.staff_id)))
        steps = {
            "first push": _step(up, lambda: engine.sync(one, send)),
            "first pull": _step(up, lambda: engine.sync(two, fetch)),
        }
        _edit(one)
        steps["changes up"] = _step(up, lambda: engine.sync(one, send))
        steps["changes down"] = _step(up, lambda: engine.sync(two, fetch))
        steps["nothing to do"] = _step(up, lambda: engine.sync(two, fetch))
        with two.read() as session:
            arrived = session.scalars(select(Answer.note).where(Answer.note.startswith("changed "))).all()
        assert len(arrived) == CHANGES, f"only {len(arrived)} arrived"
        for store, client in ((one, send), (two, fetch)):
            client.close()
            store.close()
    return steps


def _step(up: Served, work: Callable[[], object]) -> dict[str, float]:
    bytes_, cpu, own, start = up.relay.bytes, up.cpu(), process_time(), perf_counter()
    work()
    wall = perf_counter() - start
    return {
        "wall": wall,
        "cpu": up.cpu() - cpu + process_time() - own,
        "bytes": up.relay.bytes - bytes_,
    }


def _lay_ground(store: Store) -> None:
    now = store.clock.now()
    with store.write("an estate and its walks") as session:
        estate = Estate(code="E1", name="Lindley Estate")
        session.add(estate)
        session.flush()
        block = Block(estate_id=estate.id, code="B1", name="Lindley House")
        session.add(block)
        session.flush()
        for number in range(1, WALKS + 1):
            session.add(
                Inspection(
                    id=UUID(int=number),
                    reference=reference("I", UUID(int=number)),
                    template_key="block",
                    template_version=1,
                    estate_id=estate.id,
                    block_id=block.id,
                    place_key=block.id,
                    started_at=now,
                    started_by=store.actor.staff_id,
                )
            )


def _write(store: Store, records: list[dict[str, Any]]) -> None:
    now = store.clock.now()
    for start in range(0, len(records), 100):
        with store.write("answers") as session:
            for record in records[start : start + 100]:
                session.add(
                    Answer(
                        inspection_id=UUID(record["inspection_id"]),
                        item_key=record["item_key"],
                        scorer=Scorer.OFFICER,
                        value=record["value"],
                        phrase_key=record["phrase_key"],
                        note=record["note"],
                        answered_at=now,
                    )
                )


def _edit(store: Store) -> None:
    with store.read() as session:
        ids = session.scalars(select(Answer.id).order_by(Answer.id).limit(CHANGES)).all()
    for start in range(0, CHANGES, 100):
        with store.write("answers again") as session:
            for row in session.scalars(select(Answer).where(Answer.id.in_(ids[start : start + 100]))):
                row.note = f"changed {row.note}"


def _bootstrap() -> Row:
    """A new device of a manager loads the whole demo landlord: 2,750 homes and three years."""
    name = "sync, a new device loads 2,750 homes and 3 years"
    kept = Path(__file__).resolve().parent.parent / "out" / "bench" / "office"
    made, shape = kept / "made", _shape()
    if not made.exists() or made.read_text(encoding="ascii") != shape:  # made by another program: anew
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        office(kept, "demo", "--homes", "2750", "--years", "3")
        made.write_text(shape, encoding="ascii")
    with TemporaryDirectory(prefix="sync-") as folder, served(kept) as up:
        people = office(kept, "user", "list")
        manager = next(one for one in people if one["role"] == "manager" and not one["grants"])
        store, client = up.join(Path(folder) / "new", up.new_code(manager["id"]))
        start = perf_counter()
        report = engine.sync(store, client)
        seconds = perf_counter() - start
        client.close()
        store.close()
    return Row(f"{name} ({report.pulled:,} records, photos apart)", spell(seconds), "", None,
               f"at most {spell(BOOTSTRAP)}", seconds <= BOOTSTRAP)  # fmt: skip


def _shape() -> str:
    """What tells an office of this program from one that another made: its revisions and the devices'."""
    revisions = sorted((Path(watmos_office.__file__).parent / "migrations" / "versions").glob("*.py"))
    found = hashlib.sha256(wire.SCHEMA.encode())
    for one in revisions:
        found.update(one.read_bytes())
    return found.hexdigest()
