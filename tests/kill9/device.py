"""One device as a process of its own: edits through the real store, syncs by the real client, dies at any moment.

``python -m tests.kill9.device HOME LEDGER --ops N --seed S`` ends when N operations of it are known to the office.
Whatever the store has committed is in the ledger, on the disk, before this process does anything else.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from tests import build
from watmos_desktop.models.tables import Block, Outbox, Repair, Staff
from watmos_desktop.services import instance
from watmos_desktop.services.clock import SystemClock
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import engine, joining, memory
from watmos_desktop.services.sync.client import Client
from watmos_desktop.services.sync.problems import NoNetwork, Refused

KEY = "key.hex"
_BATCH = 60  # operations between two syncs, about
_COLUMNS = "op_id, incarnation, table_name, record_id, kind, fields, base, stamp"
_COMMITTED = text(f"SELECT {_COLUMNS} FROM outbox UNION ALL SELECT {_COLUMNS} FROM sent")


def open_store(home: Path) -> Store:
    """The workspace, by its key: the passphrase takes 0.3 s by design. Used by its member."""
    holding = ExitStack()
    holding.enter_context(instance.hold(home))
    key = bytes.fromhex((home.parent / KEY).read_text("ascii"))
    store = Store(home, key, holding, SystemClock())
    store.actor = _actor(store)
    return store


def _actor(store: Store) -> Actor:
    with store.read() as session:
        kept = memory.read(session)
        staff = session.get(Staff, kept.member_id) if kept else None
    return Actor(staff.id, staff.name, staff.role) if staff else store.actor


class Ledger:
    """The independent book: a line of JSON for each committed operation, on the disk when ``add`` returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("ab")
        whole = self._path.read_bytes()
        end = whole.rfind(b"\n") + 1
        self._file.truncate(end)  # a line that the last death cut off was reported by nobody
        self.known = {json.loads(line)["op"] for line in whole[:end].splitlines()}

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Write down what is not there yet."""
        new = [row for row in rows if row["op"] not in self.known]
        if new:
            self._file.write(b"".join(json.dumps(row).encode() + b"\n" for row in new))
            self._file.flush()
            os.fsync(self._file.fileno())
            self.known |= {row["op"] for row in new}


@dataclass
class Life:
    """From a start to the next death."""

    store: Store
    client: Client
    ledger: Ledger
    luck: random.Random
    later: float = 0.0  # before which the office does not want to be asked

    def run(self, most: int) -> None:
        """Edit and sync until ``most`` operations are written down and none waits."""
        self.ledger.add(committed(self.store, everything=True))
        if self.luck.random() < 0.5:
            self.sync(lambda: self.client.renew())
        while len(self.ledger.known) < most or _waits(self.store):
            until = min(most, len(self.ledger.known) + self.luck.randrange(_BATCH))
            while len(self.ledger.known) < until:
                self.act(until - len(self.ledger.known))
            if time.monotonic() < self.later and len(self.ledger.known) >= most:
                time.sleep(max(0.0, self.later - time.monotonic()))
            if time.monotonic() >= self.later:
                self.sync(lambda: engine.sync(self.store, self.client))

    def act(self, most: int) -> None:
        """One action of a person: some edits in one transaction, then the ledger."""
        with self.store.write("what a person does") as session:
            block = session.scalars(select(Block).limit(1)).one()
            shared = select(Repair).where(Repair.description.startswith("shared"), ~Repair.deleted)
            contended = list(session.scalars(shared.order_by(Repair.id)))
            for number in range(min(most, self.luck.randint(1, 6))):
                what = self.luck.random()
                words = f"{self.luck.getrandbits(64):016x}"
                if what < 0.4 or not contended:
                    me = session.get_one(Staff, self.store.actor.staff_id)
                    build.a_repair(session, block, me, title=f"new {words}", contractor=f"n{number}")
                elif what < 0.9:
                    row = self.luck.choice(contended)
                    setattr(row, self.luck.choice(("title", "contractor", "place")), words)
                else:
                    self._own(session, words)
        self.ledger.add(committed(self.store))

    def _own(self, session: Any, words: str) -> None:
        """Change or delete one of the repairs that this device raised."""
        mine = select(Repair).where(Repair.reported_by == self.store.actor.staff_id, ~Repair.deleted)
        rows = list(
            session.scalars(mine.where(Repair.title.startswith("new")).order_by(Repair.id.desc()).limit(9))
        )
        if rows:
            row = self.luck.choice(rows)
            if self.luck.random() < 0.3:
                row.deleted = True
            else:
                row.place = words

    def sync(self, ask: Any) -> None:
        """Try once; an office that is away or busy is asked again later."""
        try:
            ask()
        except Refused as refusal:
            if refusal.code != "busy":
                raise
            self.later = time.monotonic() + float(refusal.retry_after or 1)
        except NoNetwork:
            self.later = time.monotonic() + 0.2


def _waits(store: Store) -> bool:
    with store.read() as session:
        return session.scalar(select(Outbox.n).limit(1)) is not None


def committed(store: Store, *, everything: bool = False) -> list[dict[str, Any]]:
    """What the store holds as committed: all of it, or what waits (new operations always do)."""
    asked = _COMMITTED if everything else text(f"SELECT {_COLUMNS} FROM outbox")
    with store.read() as session:
        rows = session.execute(asked).all()
    return [
        {
            "op": str(UUID(bytes=row.op_id)),
            "life": str(UUID(bytes=row.incarnation)),
            "tbl": row.table_name,
            "rid": str(UUID(bytes=row.record_id)),
            "kind": row.kind,
            "set": json.loads(row.fields),
            "base": json.loads(row.base),
            "stamp": row.stamp,
        }
        for row in rows
    ]


def main() -> int:
    """Be this device until it has done its part, or until it is killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--ops", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    ledger = Ledger(args.ledger)
    # Another seed for each life: a repeated one would raise the same words again.
    luck = random.Random(f"{args.seed} {len(ledger.known)} {time.time_ns()}")
    store = open_store(args.home)
    client = joining.connect(store)
    Life(store, client, ledger, luck).run(args.ops)
    for _ in range(200):
        report = _quiet(store, client)
        if report:
            break
        time.sleep(0.2)
    ledger.close()
    client.close()
    store.close()
    return 0


def _quiet(store: Store, client: Client) -> bool:
    try:
        return not engine.sync(store, client).more
    except Refused as refusal:
        if refusal.code != "busy":
            raise
        time.sleep(float(refusal.retry_after or 1))
        return False
    except NoNetwork:
        return False


if __name__ == "__main__":
    sys.exit(main())
