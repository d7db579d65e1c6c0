"""A light client, written from docs/sync.md: one connection, requests signed as they leave, busy answers obeyed."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from tests.herd.prepare import Enrolled
from tests.office.speaking import API, signed
from watmos_desktop.services.sync import pages, wire

_SPREAD = 1.0  # seconds of jitter on top of what the office asks for


@dataclass
class Tally:
    """What one device met with: how often it was told to wait, and what a person would have seen as an error."""

    requests: int = 0
    busy: int = 0
    rows: int = 0
    errors: list[str] = field(default_factory=list)


class Broken(Exception):  # noqa: N818 - says what happened to the connection
    """The connection ended before the answer did."""


class Speaker:
    """One enrolled device; ``sync`` does what a real one does when nothing is out of order."""

    def __init__(self, enrolled: Enrolled, port: int, changes: int, seed: int) -> None:
        self.enrolled = enrolled
        self.tally = Tally()
        self._port = port
        self._device = UUID(enrolled.device)
        self._key = enrolled.signing_key
        self._luck = random.Random(seed)
        self._changes = changes
        self._cursor = enrolled.cursor
        self.push, self._ids = _push_body(enrolled, changes)
        self.hello = wire.dumps(
            {
                "incarnation": enrolled.incarnation,
                "schema": wire.SCHEMA,
                "epoch": enrolled.epoch,
                "last_n": 0,
                "hash": "",
                "waiting": changes,
                "photos": 0,
            }
        )
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def sync(self) -> float:
        """Hello, push, pull to the end; gives the seconds it took, waits included."""
        began = time.monotonic()
        try:
            await self.ask("POST", "/hello", self.hello)
            answer = json.loads(await self.ask("POST", "/push", self.push, packed=True))
            if [(one[0], one[1]) for one in answer["results"]] != [(op, "applied") for op in self._ids]:
                self.tally.errors.append(f"push: {answer['results'][:2]}")
            more = True
            while more:
                target = f"/pull?cursor={self._cursor}&limit=2000&incarnation={self.enrolled.incarnation}"
                page = pages.read(await self.ask("GET", target))
                self.tally.rows += sum(len(rows.rows) for rows in page.tables)
                self._cursor, more = page.next, page.more
        except Refused as refusal:
            self.tally.errors.append(str(refusal))
        finally:
            self.close()
        return time.monotonic() - began

    async def ask(
        self, method: str, path: str, body: bytes = b"", *, packed: bool = False, chunk: str = ""
    ) -> bytes:
        """Send it until it is answered; a line that broke is tried again once, as the real client does."""
        broken = 0
        while True:
            self.tally.requests += 1
            try:
                status, headers, answer = await self._once(method, API + path, body, packed, chunk)
            except (Broken, OSError) as fault:
                self.close()
                broken += 1
                if broken > 1:
                    raise Refused(f"{path.partition('?')[0]}: {fault!r}") from None
                continue
            if status == 200:
                return answer
            if status not in (429, 503) or "retry-after" not in headers:
                raise Refused(f"{path.partition('?')[0]}: {status} {answer[:100]!r}")
            self.tally.busy += 1
            self.close()
            await asyncio.sleep(float(headers["retry-after"]) + self._luck.random() * _SPREAD)

    async def _once(
        self, method: str, target: str, body: bytes, packed: bool, chunk: str
    ) -> tuple[int, dict[str, str], bytes]:
        if self._connection is None:
            self._connection = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._connection
        headers = signed(self._device, self._key, method, target, datetime.now(UTC), body)
        headers |= {"host": "127.0.0.1", "authorization": f"Bearer {self.enrolled.access}"}
        headers |= {"content-length": str(len(body))}
        if packed:
            headers["content-encoding"] = "zstd"
        if chunk:
            headers["watmos-chunk"] = chunk
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body)
        try:
            raw = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            said = dict(line.lower().split(": ", 1) for line in raw[1:] if line)
            answer = await reader.readexactly(int(said["content-length"]))
        except (asyncio.IncompleteReadError, ConnectionError) as fault:
            raise Broken(type(fault).__name__) from None
        return int(raw[0].split()[1]), said, answer

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection[1].close()
            self._connection = None


class Refused(Exception):  # noqa: N818 - what was answered
    """An answer that is neither 200 nor a plea for patience."""


def _push_body(enrolled: Enrolled, changes: int) -> tuple[bytes, list[str]]:
    """One batch, packed: repairs raised in this device's block, and every second one of them changed."""
    ops: list[dict[str, Any]] = []
    wall, at = int(time.time() * 1000) << 16, datetime.now(UTC).replace(microsecond=0).isoformat()
    tag = UUID(enrolled.incarnation).hex[:8]
    for number in range(1, changes + 1):
        stamp = f"{wall + number:016x}{tag}"
        op = {"id": str(uuid7()), "n": number, "txn": str(uuid7()), "tbl": "repair", "stamp": stamp}
        op["made_at"] = at
        if number % 2:
            op |= {"rid": str(uuid7()), "kind": "insert", "set": _repair(enrolled, number, at), "base": {}}
        else:
            fields = {"description": f"The light by the door of flat {number} is out again."}
            base = {"description": ops[-1]["stamp"]}
            op |= {"rid": ops[-1]["rid"], "kind": "update", "set": fields, "base": base}
        ops.append(op)
    body = {"incarnation": enrolled.incarnation, "first_n": 1, "prev_hash": "", "schema": wire.SCHEMA}
    return wire.pack(wire.dumps({**body, "ops": ops})), [op["id"] for op in ops]


def _repair(enrolled: Enrolled, number: int, at: str) -> dict[str, Any]:
    return {
        "reference": f"R-{number}",
        "estate_id": enrolled.estate,
        "block_id": enrolled.block,
        "title": f"Lamp out on landing {number}",
        "place": "second floor, by the lift",
        "trade": "electrical",
        "priority": "routine",
        "status": "reported",
        "reported_at": at,
        "reported_by": enrolled.member,
        "due_at": at,
    }
