"""The world of the simulation: real devices, a real office, and every mishap that may befall them.

Everything that happens goes through one ``World``, which tells the ledger. Nothing here is a stand-in but the clocks
and the wire.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import event, select

from tests import build
from tests.conftest import Workspace
from tests.fakes import FakeClock
from tests.network import NONE, Faults, hang_up
from tests.sim.computer import Away, Computer, Stop, Way, open_store
from tests.sim.ledger import Key, Ledger, Touch
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.capture import to_json
from watmos_desktop.services.errors import Told
from watmos_desktop.services.sync import engine, joining, problems
from watmos_desktop.services.sync.keys import TOKENS
from watmos_desktop.services.sync.wiping import Wiped
from watmos_office import backup, confirming, devices, members, restore
from watmos_office.app import make_app
from watmos_office.door import Limits
from watmos_office.errors import Answer
from watmos_office.office import Office
from watmos_office.tables import Device as DeviceRow
from watmos_office.tables import Member, Op

URL = "https://office.example.org"
# Answers after which a device begins anew by itself; the train may cut that short, or double a request twice running.
_USUAL = frozenset({"rewound", "forked", "epoch", "gap", "cursor", "replayed"})
UNHURRIED = Limits(rate=(1e9, 1e9), photos=(1e9, 1e9), bootstraps=(1e9, 1e9))
TRAIN = Faults(*[0.02] * 8)


class World:
    """Devices, an office, the ledger, and the luck of the seed."""

    def __init__(self, workspace: Workspace, folder: Path, seed: int, faults: Faults = TRAIN) -> None:
        self.workspace, self.folder, self.faults = workspace, folder, faults
        self.random = random.Random(seed)
        self.ledger = Ledger()
        self.clock = FakeClock()
        self.dead = False
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.computers: list[Computer] = []
        self._made = 0
        self._words = 0
        self.office, self.app = self._open_office(folder / "office0")
        self.named: dict[str, UUID] = {}
        self._begin()

    # -- the beginning -------------------------------------------------------------------------------------

    def _begin(self) -> None:
        managers = [self.member(f"Manager {n}", Role.MANAGER) for n in (1, 2)]
        first = self.join(managers[0], Role.MANAGER)
        with first.store.write("a landlord") as session:
            estates = [build.an_estate(session, code=f"E{n}") for n in (1, 2)]
            blocks = [build.a_block(session, one, code=f"B{n}") for n, one in enumerate(estates * 2)]
            rows = [("estate", one.id) for one in estates] + [("block", one.id) for one in blocks]
            touches = self._touches(session, "insert", rows)
        self._commit(first, touches)
        self.quiet_sync(first)
        self.estates, self.blocks = [one.id for one in estates], [one.id for one in blocks]
        self.join(managers[1], Role.MANAGER)
        officer = self.member("Officer", Role.TENANCY_OFFICER, estates=[self.estates[0]])
        self.join(officer, Role.TENANCY_OFFICER)
        caretaker = self.member("Caretaker", Role.CARETAKER, estates=[self.estates[1]])
        self.join(caretaker, Role.CARETAKER)
        for computer in self.computers:
            self.quiet_sync(computer)
            computer.way.faults = self.faults
        self.backup_office()

    def member(self, name: str, role: Role, **places: Any) -> UUID:
        """Someone who works here."""
        with self.office.writing() as connection:
            return members.add(connection, self.office, None, name, role, **places)

    def join(self, member: UUID, role: Role) -> Computer:
        """A new device of that member."""
        home, clock = self.home(), FakeClock(self.clock.now())
        store = self.workspace.open(home, clock)
        computer = Computer(
            f"d{len(self.computers)}", member, role, store, self.workspace.key, self.way(), clock
        )
        self.computers.append(computer)
        self.enrol(computer)
        return computer

    def enrol(self, computer: Computer) -> None:
        """Join, or join again with all that is there, without mishaps."""
        faults, computer.way.faults = computer.way.faults, NONE
        with self.office.writing() as connection:
            code = devices.new_code(connection, self.office, None, computer.member).code
        try:
            joining.enrol(computer.store, URL, code, computer.name, transport=computer.way)
        finally:
            computer.way.faults = faults
        computer.connect()
        if self.random.random() < 0.7:  # the others wait until somebody confirms them for cases
            self.administer(confirming.at_console, computer.id())

    def home(self) -> Path:
        """A folder that is not there yet."""
        self._made += 1
        return self.folder / f"home{self._made}"

    def way(self) -> Way:
        """A new way to the office."""
        way = Way(self.app, self.random.getrandbits(32))
        way.served = self
        return way

    def word(self) -> str:
        """A text that nobody has written before."""
        self._words += 1
        return f"word{self._words:05}"

    # -- what people do ------------------------------------------------------------------------------------

    @contextmanager
    def saving(self, computer: Computer) -> Iterator[tuple[Any, list[Touch]]]:
        """One save: the session, and a list for what was done; the ledger is told once it is committed."""
        touches: list[Touch] = []
        with computer.store.write("the simulation") as session:
            yield session, touches
        self._commit(computer, touches)

    def _touches(self, session: Any, kind: str, rows: list[Key]) -> list[Touch]:
        session.flush()
        return [Touch(kind, key, self.shown(session, key) or {}, None) for key in rows]

    def shown(self, session: Any, key: Key) -> dict[str, Any] | None:
        """All that a device shows of a record, in JSON."""
        table = SYNCED[key[0]].__table__  # type: ignore[attr-defined]
        row = session.execute(select(table).where(table.c.id == key[1])).mappings().first()
        if row is None or row["deleted"]:
            return None
        return {
            name: to_json(value) for name, value in row.items() if name not in ("id", "stamps", "deleted")
        }

    def _commit(self, computer: Computer, touches: list[Touch]) -> None:
        """Match what was done with what the program queued: each touch has one operation that says it."""
        if not touches:
            return
        known = self.ledger.entries
        with computer.store.read() as session:
            rows = session.connection().exec_driver_sql(
                "SELECT op_id, txn_id, table_name, record_id FROM outbox ORDER BY n DESC LIMIT ?",
                (len(touches) + 1,),
            )
            fresh = [
                (UUID(bytes=op), UUID(bytes=txn), (table, UUID(bytes=rid))) for op, txn, table, rid in rows
            ]
        new = {key: (op, txn) for op, txn, key in fresh if op not in known}
        if new.keys() != {one.key for one in touches} or len({txn for _, txn in new.values()}) != 1:
            self.wrong.append(f"a save of {[one.key for one in touches]} was queued as {list(new)}")
            return
        txn = next(iter(new.values()))[1]
        self.ledger.commit(computer.name, txn, [(new[one.key][0], one) for one in touches])

    # -- syncing -------------------------------------------------------------------------------------------

    def sync(self, computer: Computer) -> engine.Report | None:
        """One sync on whatever network there is; None when it did not come to its end."""
        try:
            report = engine.sync(computer.store, computer.client or computer.connect())
        except Wiped:
            self.counts["wiped"] += 1
            self._destroyed(computer)
        except problems.Revoked:
            self.counts["revoked"] += 1
            self._join_again(computer)
        except Told as told:
            self._not_done(computer, told)
        else:
            self.counts["synced"] += 1
            if report.drifted:
                self.wrong.append(f"{computer.name}: {report.drifted} records had drifted")
            return report
        return None

    def _not_done(self, computer: Computer, told: Told) -> None:
        """What the network and a dying office bring about is no more than counted."""
        code = told.code if isinstance(told, problems.Refused) else ""
        self.counts[f"{type(told).__name__} {code}".strip()] += 1
        if isinstance(told, problems.NoNetwork | problems.Suspended | problems.Busy) or code in _USUAL:
            return
        if not (code == "fault" and self.dead):
            self.wrong.append(f"{computer.name}: {type(told).__name__} {code}: {told}")

    def quiet_sync(self, computer: Computer) -> engine.Report | None:
        """One sync without mishaps."""
        faults, computer.way.faults = computer.way.faults, NONE
        try:
            return self.sync(computer)
        finally:
            computer.way.faults = faults

    def _join_again(self, computer: Computer) -> None:
        """Its access has ended, as when two copies used one token: it joins again, where its member may."""
        if self.dead or not self.is_active(computer.member):
            return
        status = self.status(computer)
        if status in ("wipe", "wiped", "suspended", "drain"):
            return
        self.counts["joined again"] += 1
        with suppress(problems.NoNetwork):  # the office dies just now
            self.enrol(computer)

    def is_active(self, member: UUID) -> bool:
        """Whether that member may still work here."""
        with self.office.reading() as connection:
            return bool(connection.scalar(select(Member.active).where(Member.id == member)))

    def status(self, computer: Computer) -> str:
        """What the office thinks of the device."""
        with self.office.reading() as connection:
            found = connection.scalar(select(DeviceRow.status).where(DeviceRow.id == computer.id()))
        return found or "unknown"

    # -- mishaps of devices --------------------------------------------------------------------------------

    def dies(self, computer: Computer, n: int, kind: str) -> None:
        """A sync that the device does not survive: its ``n``-th statement, request or answer is its last."""
        try:
            with computer.dying(n, kind):
                self.sync(computer)
        except Stop:
            self.counts["device died"] += 1
        if not computer.gone:
            computer.reopen(computer.store.home)

    def there(self) -> set[UUID]:
        """Every operation that is anywhere."""
        with self.office.reading() as connection:
            return set(connection.scalars(select(Op.id))).union(*(one.ops() for one in self.computers))

    def keep_copy(self, computer: Computer) -> None:
        """A copy of its folder as it is now; the last two are kept."""
        to = self.home()
        computer.copy(to)
        computer.copies = [*computer.copies[-1:], (to, computer.ops())]

    def put_back(self, computer: Computer, which: int, *, told: bool) -> None:
        """The device is put back to an older copy, by the program (``told``) or behind its back."""
        copy, ops = computer.copies[which]
        before = self.there()
        self.ledger.all_there(before, "before a device was put back")
        tokens = computer.store.home / TOKENS
        home = self.home()
        shutil.copytree(copy, home)
        if tokens.exists():  # they lie beside the database, and no backup holds them
            shutil.copy(tokens, home / TOKENS)
        computer.reopen(home)
        if told:
            computer.store.remember("restored", {"from": "a copy"})
        self.ledger.put_back(computer.name, ops)
        self.ledger.struck(before, self.there(), f"{computer.name} put back", office=False)

    def clone(self, computer: Computer) -> None:
        """A copy of the device goes on beside it."""
        home, clock = self.home(), FakeClock(computer.clock.now())
        computer.copy(home)
        name, key = f"d{len(self.computers)}", computer.key
        store = open_store(home, key, clock)
        other = Computer(name, computer.member, computer.role, store, key, self.way(), clock)
        other.way.faults = computer.way.faults
        other.act()
        self.computers.append(other)
        self.ledger.copied(name, other.ops())

    def _destroyed(self, computer: Computer) -> None:
        computer.hang_up()
        computer.gone = True
        self.ledger.wiped(computer.name, self.there())

    # -- mishaps of the office -----------------------------------------------------------------------------

    def _open_office(self, home: Path) -> tuple[Office, FastAPI]:
        home.mkdir(parents=True, exist_ok=True)
        office = Office(f"sqlite:///{home / 'office.db'}", home, clock=self.clock)
        return office, make_app(office, UNHURRIED)

    def office_dies(self, computer: Computer, n: int) -> None:
        """The office does not survive its ``n``-th statement while that device syncs; then it starts again."""
        seen = [0]

        def count(*_: Any) -> None:
            seen[0] += 1
            if seen[0] >= n:
                self.dead = True
                raise Away

        event.listen(self.office.engine, "before_cursor_execute", count)
        try:
            with suppress(Away):  # asked beside the sync: whether the device may join again
                self.sync(computer)
        finally:
            event.remove(self.office.engine, "before_cursor_execute", count)
        self.counts["office died"] += self.dead
        self.restart()

    def restart(self) -> None:
        """Another process serves the same office."""
        self.office.close()
        self._move(*self._open_office(self.office.home))

    def _move(self, office: Office, app: FastAPI) -> None:
        old = self.app
        self.office, self.app, self.dead = office, app, False
        for computer in self.computers:
            computer.way.move(app)
        hang_up(old)

    def backup_office(self) -> None:
        """A proved backup; devices may forget what it holds."""
        self.kept = backup.make(self.office, to=self.folder / "backups")

    def put_office_back(self) -> None:
        """The office is lost and brought back from its newest backup, by its own procedure."""
        before = self.there()
        self.ledger.all_there(before, "before the office was put back")
        self._made += 1
        self.office.close()
        office, app = self._open_office(self.folder / f"office{self._made}")
        restore.restore(office, self.kept.path)
        self._move(office, app)
        self.ledger.struck(before, self.there(), "the office put back", office=True)

    def administer(self, what: Any, *words: Any, **more: Any) -> bool:
        """Something that an administrator does; refusals are answers too."""
        try:
            with self.office.writing() as connection:
                what(connection, self.office, None, *words, **more)
        except (Told, Answer):
            return False
        return True

    # -- the end -------------------------------------------------------------------------------------------

    def time_passes(self, by: timedelta) -> None:
        """For everyone."""
        for clock in [self.clock, *(one.clock for one in self.computers)]:
            clock.forward(by)

    def close(self) -> None:
        """Let go of everything."""
        for computer in self.computers:
            computer.close()
        hang_up(self.app)
        self.office.close()
