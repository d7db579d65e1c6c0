"""A Monday morning: many devices push what the weekend left in the same second, while one person does a small sync."""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import func, select

from tests.herd.prepare import Enrolled, enrol
from tests.herd.speaker import Speaker
from tests.served import Served, backends, database
from watmos_office.office import Office
from watmos_office.tables import Op

EVERY = 0.5  # seconds between two small syncs
_MB = 2**20


@dataclass
class Result:
    """What was measured; times in seconds, ``p95`` of the probe with every wait that the office asked for."""

    database: str
    devices: int
    changes: int
    jitter: float
    total: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    slowest: float = 0.0
    idle_p50: float = 0.0
    probe_p50: float = 0.0
    probe_p95: float = 0.0
    probe_most: float = 0.0
    probes: int = 0
    probes_busy: int = 0
    busy: int = 0
    requests: int = 0
    rows: int = 0
    rss_mb: float = 0.0
    connections: int = 0
    office_cpu: float = 0.0
    herd_cpu: float = 0.0
    errors: list[str] = field(default_factory=list)


def run(
    kind: str,
    folder: Path,
    *,
    devices: int,
    changes: int,
    jitter: float = 0.0,
    homes: int = 80,
    seed: int = 1,
    processes: int = 2,
) -> Result:
    """One storm on ``sqlite`` (one worker) or ``postgresql`` (two), in an empty folder."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    result = Result(kind, devices, changes, jitter)
    with database(kind, folder) as url:
        probes = max(20, devices // 10)
        everyone = enrol(url, folder / "office", devices + probes, homes)
        office = Served(folder / "office", url, workers=2 if kind == "postgresql" else 1)
        office.start()
        try:
            _storm(office, folder, everyone, probes, result, seed, processes)
        finally:
            office.stop()
        _count(url, folder, result)
    return result


def _storm(
    office: Served,
    folder: Path,
    everyone: list[Enrolled],
    probes: int,
    result: Result,
    seed: int,
    processes: int,
) -> None:
    herd, others = everyone[probes:], everyone[:probes]
    parts = [_part(folder, n, herd[n::processes], office.port, result, seed) for n in range(processes)]
    probe = _Probe([Speaker(one, office.port, 1, n) for n, one in enumerate(others)])
    for part in parts:
        assert part.stdout is not None
        assert part.stdout.readline() == "ready\n"
    idle = probe.some(6)
    gauge = _Gauge(office)
    gauge.start()
    began = gauge.cpu()
    at = time.time() + 0.5
    for part in parts:
        assert part.stdin is not None
        part.stdin.write(f"{at}\n")
        part.stdin.flush()
    probe.start(at)
    said = [json.loads(part.communicate()[0]) for part in parts]
    during = probe.stop()
    result.office_cpu = gauge.cpu() - began
    gauge.stop()
    took = sorted(one for part in said for one in part["took"])
    result.total = max(part["ended"] for part in said)
    result.p50, result.p95, result.slowest = _at(took, 0.5), _at(took, 0.95), took[-1]
    result.idle_p50 = statistics.median(idle)
    result.probes, result.probe_most = len(during), max(during)
    result.probe_p50, result.probe_p95 = _at(sorted(during), 0.5), _at(sorted(during), 0.95)
    result.probes_busy = probe.busy
    result.busy, result.requests = sum(p["busy"] for p in said), sum(p["requests"] for p in said)
    result.rows, result.herd_cpu = sum(p["rows"] for p in said), sum(p["cpu"] for p in said)
    result.rss_mb, result.connections = gauge.rss / _MB, gauge.connections
    result.errors += [words for part in said for words in part["errors"]] + probe.errors


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _part(
    folder: Path, number: int, devices: list[Enrolled], port: int, result: Result, seed: int
) -> subprocess.Popen[str]:
    path = folder / f"part{number}.json"
    said: dict[str, Any] = {"port": port, "changes": result.changes, "jitter": result.jitter}
    said |= {"seed": seed + number, "devices": [one.json() for one in devices]}
    path.write_text(json.dumps(said))
    command = [sys.executable, "-m", "tests.herd.part", str(path)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _count(url: str, folder: Path, result: Result) -> None:
    """Every change of the herd is at the office, applied; what the probes sent comes on top."""
    office = Office(url, folder / "office")
    try:
        with office.reading() as connection:
            asked = select(Op.status, func.count().label("many")).group_by(Op.status)
            kept = {row.status: row.many for row in connection.execute(asked)}
    finally:
        office.close()
    wanted = result.devices * result.changes
    if kept.keys() != {"applied"} or kept["applied"] < wanted:
        result.errors.append(f"the office has {kept}, not {wanted} applied")


class _Probe:
    """A person with little to send, every half second another one: a device may ask 60 times a minute."""

    def __init__(self, speakers: list[Speaker]) -> None:
        self._speakers = iter(speakers)
        self._all = speakers
        self._over = threading.Event()
        self._took: list[float] = []
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> int:
        return sum(one.tally.busy for one in self._all)

    @property
    def errors(self) -> list[str]:
        return [f"probe: {words}" for one in self._all for words in one.tally.errors]

    def some(self, count: int) -> list[float]:
        """So many, one after the other, while nothing else happens."""
        return [asyncio.run(next(self._speakers).sync()) for _ in range(count)]

    def start(self, at: float) -> None:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(at)), daemon=True)
        self._thread.start()

    async def _run(self, at: float) -> None:
        asking: set[asyncio.Task[None]] = set()
        while not self._over.is_set() and (speaker := next(self._speakers, None)) is not None:
            await asyncio.sleep(max(0.0, at - time.time()))
            asking.add(asyncio.create_task(self._one(speaker)))
            at += EVERY
        await asyncio.gather(*asking)

    async def _one(self, speaker: Speaker) -> None:
        self._took.append(await speaker.sync())

    def stop(self) -> list[float]:
        self._over.set()
        assert self._thread is not None
        self._thread.join()
        return self._took


class _Gauge:
    """Looks twice a second at what the office takes: memory of all its processes, connections to PostgreSQL."""

    def __init__(self, office: Served) -> None:
        self.rss, self.connections = 0, 0
        self._office = office
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def cpu(self) -> float:
        """Seconds of CPU that the office has used; without the database's own."""
        return sum(one.user + one.system for one in (one.cpu_times() for one in self._office.processes()))

    def _run(self) -> None:
        while not self._over.wait(0.5):
            self.rss = max(self.rss, sum(one.memory_info().rss for one in self._office.processes()))
            if self._office.database.startswith("postgresql"):
                try:
                    self.connections = max(self.connections, len(backends(self._office.database)))
                except psycopg.OperationalError:
                    continue
