"""An office and its devices, killed at random moments while they work; then everything is compared."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import select

from tests import build
from tests.kill9 import compare, device
from tests.kill9.device import KEY
from tests.served import Served, backends, database
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import Staff
from watmos_desktop.services import vault
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import engine, joining
from watmos_office import devices, members
from watmos_office.office import Office

DEVICES = 3
SHARED = 20  # repairs that everybody edits
_PASSPHRASE = "walnut ferry basil quartz"
_RECOVERY = 120.0  # seconds that a killed PostgreSQL may take to play its log in
_PATIENCE = 900.0  # seconds for a whole run without any operation coming in: then it hangs


@dataclass
class Result:
    """What a run did and what it found; ``wrong`` is empty when nothing was lost or doubled."""

    database: str
    ops: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    found: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def run(kind: str, folder: Path, *, ops: int, kills: int, seed: int) -> Result:
    """One campaign in an empty folder, on ``sqlite`` or ``postgresql``."""
    began = time.monotonic()
    with database(kind, folder) as url:
        campaign = _Campaign(kind, folder, url, random.Random(seed))
        try:
            campaign.prepare()
            campaign.work(ops, kills)
            campaign.drain()
        finally:
            campaign.end()
        result = Result(kind, kills=campaign.killed)
        compare.everything(url, folder, [one.home for one in campaign.devices], result.found, result.wrong)
    result.ops, result.seconds = result.found["committed"], time.monotonic() - began
    return result


@dataclass
class _Device:
    """One device: its folder, its ledger, and the process that is it at the moment."""

    home: Path
    ledger: Path
    quota: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self, seed: int) -> None:
        command = [sys.executable, "-m", "tests.kill9.device", str(self.home), str(self.ledger)]
        command += ["--ops", str(self.quota), "--seed", str(seed)]
        with self.ledger.with_suffix(".err").open("ab") as errors:
            self.process = subprocess.Popen(command, stderr=errors, env=_environment())

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def written(self) -> int:
        return self.ledger.read_bytes().count(b"\n") if self.ledger.exists() else 0


def _environment() -> dict[str, str]:
    hidden = {"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"}  # whoever runs this has a keystore of their own
    return {name: value for name, value in os.environ.items() if name not in hidden}


class _Campaign:
    def __init__(self, kind: str, folder: Path, url: str, luck: random.Random) -> None:
        self._kind, self._folder, self._url, self._luck = kind, folder, url, luck
        self.office = Served(folder / "office", url, workers=2 if kind == "postgresql" else 1)
        self.devices = [_Device(folder / "devices" / f"{n}", folder / f"{n}.ledger") for n in range(DEVICES)]
        self.killed: dict[str, int] = {}

    def prepare(self) -> None:
        """An office with three managers, each with a device that holds the same twenty repairs."""
        office = Office(self._url, self._folder / "office")
        with office.writing() as connection:
            codes = []
            for number in range(DEVICES):
                member = members.add(connection, office, None, f"Person {number}", Role.MANAGER)
                codes.append(devices.new_code(connection, office, None, member).code)
        office.close()
        self.office.start()
        self._make_devices(codes)

    def _make_devices(self, codes: list[str]) -> None:
        first = self.devices[0].home
        template = self._folder / "template"
        Store.create(template, _PASSPHRASE).close()
        first.parent.mkdir()
        (first.parent / KEY).write_text(bytes(vault.unlock(template, _PASSPHRASE)).hex(), "ascii")
        for one, code in zip(self.devices, codes, strict=True):
            shutil.copytree(template, one.home)
            store = device.open_store(one.home)
            store.actor = Actor(None, "", None)
            with store.apply() as connection:  # the template's device and life are not to be shared
                connection.exec_driver_sql("DELETE FROM meta WHERE key IN ('device', 'incarnation', 'stamp')")
            store.close()
            store = device.open_store(one.home)
            joining.enrol(store, self.office.url, code, "laptop")
            if one is self.devices[0]:
                _write_shared(store)
            client = joining.connect(store)
            engine.sync(store, client)
            client.close()
            # What was made here is part of the book, too.
            with closing(device.Ledger(one.ledger)) as ledger:
                ledger.add(device.committed(store, everything=True))
            store.close()

    def work(self, ops: int, kills: int) -> None:
        """Let the devices work, and kill something each time that enough was written down."""
        at = sorted(self._luck.randrange(ops) for _ in range(kills))
        for one in self.devices:
            one.quota = -(-ops // DEVICES)
            one.start(self._luck.getrandbits(32))
        moved, count = time.monotonic(), 0
        while at or any(one.process and one.process.poll() is None for one in self.devices):
            self._revive()
            written = sum(one.written() for one in self.devices)
            if written != count:
                moved, count = time.monotonic(), written
            if time.monotonic() - moved > _PATIENCE:
                raise RuntimeError(f"nothing has moved for {_PATIENCE:.0f} s")
            if at and written >= at[0]:
                at.pop(0)
                time.sleep(self._luck.random() * 0.2)
                self._kill_something()
            time.sleep(0.01)

    def _revive(self) -> None:
        """A device that died of itself is a finding, and is told with its last words."""
        for one in self.devices:
            if one.process is not None and one.process.poll() not in (None, 0, -signal.SIGKILL):
                raise RuntimeError(one.ledger.with_suffix(".err").read_text()[-3000:])

    def _kill_something(self) -> None:
        ways: dict[str, Callable[[], bool]] = {"device": self._kill_device, "office": self._kill_office}
        if self._kind == "postgresql":
            ways |= {"worker": self._kill_worker, "postgresql": self._kill_backend}
        names = [name for name in ways for _ in range(3 if name == "device" else 2)]
        name = self._luck.choice(names)
        if ways[name]():
            self.killed[name] = self.killed.get(name, 0) + 1

    def _kill_device(self) -> bool:
        one = self._luck.choice(self.devices)
        one.kill()
        one.start(self._luck.getrandbits(32))
        return True

    def _kill_office(self) -> bool:
        self.office.kill()
        time.sleep(self._luck.random() * 0.3)
        self.office.start(_RECOVERY)
        return True

    def _kill_worker(self) -> bool:
        """One of the two workers; the other goes on, and the office makes a new one."""
        workers = self.office.served_by()
        if workers:
            self._luck.choice(workers).kill()
        return bool(workers)

    def _kill_backend(self) -> bool:
        """PostgreSQL stops as with ``-m immediate`` when one of its processes is killed, and recovers from its log."""
        with suppress(psycopg.Error):
            pids = backends(self._url)
            if pids:
                os.kill(self._luck.choice(pids), signal.SIGKILL)
                return True
        return False

    def drain(self) -> None:
        """Kill all once more, start again, and let every device sync twice, so that each has what the others sent."""
        for one in self.devices:
            one.kill()
        self.office.kill()
        self.office.start(_RECOVERY)
        for _ in range(2):
            for one in self.devices:
                one.start(0)
                assert one.process is not None
                if one.process.wait(timeout=300):
                    raise RuntimeError(one.ledger.with_suffix(".err").read_text()[-3000:])

    def end(self) -> None:
        for one in self.devices:
            one.kill()
        self.office.kill()


def _write_shared(store: Store) -> None:
    with store.read() as session:
        me = session.scalars(select(Staff).order_by(Staff.id)).all()
        mine = UUID(store.recall("sync")["member"])
    assert mine in {one.id for one in me}
    with store.write("the repairs that everybody edits") as session:
        block = build.a_block(session)
        staff = session.get_one(Staff, mine)
        for number in range(SHARED):
            build.a_repair(session, block, staff, description=f"shared {number}")
