"""What one request costs the office and its database, in milliseconds of CPU: sent one after the other."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
from uuid_utils.compat import uuid7

from tests.herd.prepare import Enrolled, enrol
from tests.herd.speaker import Speaker
from tests.served import Served, backends, database
from watmos_office import records
from watmos_office.blobs import CHUNK
from watmos_office.office import Office
from watmos_office.records import Change

HOMES = 1000  # on each estate: one page of a bootstrap
_TIMES = 60  # requests of a kind; the first are not counted
_AT = "2026-11-23T10:42:00+00:00"


@dataclass(frozen=True)
class Cost:
    """CPU of one request of a kind, in milliseconds."""

    what: str
    office: float
    database: float


def run(kind: str, folder: Path) -> list[Cost]:
    """Each kind of request by itself, on one worker."""
    with database(kind, folder) as url:
        devices = enrol(url, folder / "office", _TIMES + 10, HOMES)
        photos = _photos(url, folder, devices[0])
        office = Served(folder / "office", url)
        office.start()
        try:
            return asyncio.run(_all(office, devices, photos))
        finally:
            office.stop()


async def _all(office: Served, devices: list[Enrolled], photos: list[tuple[UUID, bytes]]) -> list[Cost]:
    speakers = [Speaker(one, office.port, 50, n) for n, one in enumerate(devices)]

    async def hello(n: int) -> None:
        await speakers[n].ask("POST", "/hello", speakers[n].hello)

    async def nothing(n: int) -> None:
        one = speakers[n].enrolled
        await speakers[n].ask("GET", f"/pull?cursor={one.cursor}&limit=2000&incarnation={one.incarnation}")

    async def push(n: int) -> None:
        await speakers[n].ask("POST", "/push", speakers[n].push, packed=True)

    async def page(n: int) -> None:
        await speakers[n].ask("GET", f"/bootstrap/estate:{devices[n].estate}?after=&limit=1000")

    async def photo(n: int) -> None:
        attachment, data = photos[n]
        digest = hashlib.sha256(data).hexdigest()
        await speakers[0].ask("PUT", f"/blobs/{attachment}/0", data, chunk=digest)

    # What nothing has happened to yet comes first.
    kinds: dict[str, Callable[[int], Coroutine[Any, Any, None]]] = {
        "hello": hello,
        "pull of nothing": nothing,
        "push of 50": push,
        "bootstrap page of 1,000": page,
        "photo chunk of 256 KiB": photo,
    }
    found = []
    for what, ask in kinds.items():
        for n in range(_TIMES, _TIMES + 10):
            await ask(n)
        before = _cpu(office)
        for n in range(_TIMES):
            await ask(n)
        used = [(after - was) * 1000 / _TIMES for after, was in zip(_cpu(office), before, strict=True)]
        found.append(Cost(what, *used))
    for one in speakers:
        one.close()
    return found


def _photos(url: str, folder: Path, device: Enrolled) -> list[tuple[UUID, bytes]]:
    """Attachments on the first device's estate, whose bytes are still to come: one chunk each."""
    luck, changes = random.Random(1), []
    made: list[tuple[UUID, bytes]] = []
    for _ in range(_TIMES + 10):
        repair, attachment, data = uuid7(), uuid7(), luck.randbytes(CHUNK)
        where = {
            "estate_id": device.estate,
            "block_id": device.block,
            "title": "Lamp out",
            "reference": "R-1",
        }
        said = {"trade": "electrical", "priority": "routine", "status": "reported", "reported_at": _AT}
        changes.append(
            Change("repair", repair, {**where, **said, "reported_by": device.member, "due_at": _AT})
        )
        photo = {"owner_table": "repair", "owner_id": str(repair), "item_key": "", "added_by": device.member}
        photo |= {"sha256": hashlib.sha256(data).hexdigest(), "taken_at": _AT}
        sizes = {"size": len(data), "width": 640, "height": 480}
        changes.append(Change("attachment", attachment, photo | sizes, author=UUID(device.member)))
        made.append((attachment, data))
    office = Office(url, folder / "office")
    try:
        with office.writing() as connection:
            records.write_all(connection, office, changes)
    finally:
        office.close()
    return made


def _cpu(office: Served) -> tuple[float, float]:
    """Seconds of CPU so far: of the office, and of PostgreSQL with all its processes."""
    ours = sum(sum(one.cpu_times()[:2]) for one in office.processes())
    if not office.database.startswith("postgresql"):
        return ours, 0.0
    postmaster = psutil.Process(backends(office.database)[0]).parent()
    assert postmaster is not None
    return ours, sum(sum(one.cpu_times()[:2]) for one in postmaster.children())
