"""The network between devices and an office in this process: the ASGI app is called, with seeded mishaps on the way.

All ``Network``s of one app share one private event loop, as all connections of a server do. Each has its own
random numbers, so that a run can be repeated by its seed.
"""

from __future__ import annotations

import asyncio
import random
import threading
import weakref
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime
from typing import Any

import httpx

from watmos_desktop.services.clock import Clock

App = Callable[[Any, Any, Any], Awaitable[None]]
PORTAL = b"<!doctype html><html><title>Welcome to the hotel</title><p>Please log in.</p></html>"


@dataclass(frozen=True)
class Faults:
    """How likely (0 to 1) each mishap is, for one request.

    ``drop_request``: it never arrives. ``drop_reply``: the office has done it, and nobody hears. ``duplicate``: it
    arrives twice, the second answer is the one heard. ``delay``: it is given up, and arrives after a later one.
    ``truncate``: half of the answer. ``cut_short``: half of it, and nobody notices. ``busy``: 503 from in between.
    ``portal``: the hotel's page.
    """

    drop_request: float = 0.0
    drop_reply: float = 0.0
    duplicate: float = 0.0
    delay: float = 0.0
    truncate: float = 0.0
    cut_short: float = 0.0
    busy: float = 0.0
    portal: float = 0.0


NONE = Faults()
TRAIN = Faults(*[0.06] * 8)  # almost every second request meets with something


class Network(httpx.BaseTransport):
    """One device's way to ``app``. ``cut`` = True: no network at all. ``sent`` and ``received`` count bytes.

    ``clock``, when given, fills the ``Date`` of answers, as a real server does.
    """

    def __init__(self, app: App, seed: int = 0, *, faults: Faults = NONE, clock: Clock | None = None) -> None:
        self.faults = faults
        self.cut = False
        self.sent = 0
        self.received = 0
        self.requests = 0
        self._random = random.Random(seed)
        self._line = _line(app)
        self._clock = clock
        self._late: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry it there and back, or not."""
        request.read()
        self.requests += 1
        self.sent += _size(request.headers) + len(request.content)
        if self.cut:
            raise httpx.ConnectError("no network", request=request)
        fate = self._fate()
        if fate == "busy":
            headers, page = {"retry-after": "1"}, httpx.ByteStream(b"<html>busy</html>")
            return httpx.Response(503, headers=headers, stream=page, request=request)
        if fate == "portal":
            headers, page = {"content-type": "text/html"}, httpx.ByteStream(PORTAL)
            return httpx.Response(200, headers=headers, stream=page, request=request)
        if fate == "drop_request":
            raise httpx.ReadTimeout("lost on the way", request=request)
        if fate == "delay":
            self._late.append(request)
            raise httpx.ReadTimeout("too slow", request=request)
        response = self._line.carry(request)
        if fate == "duplicate":
            response = self._line.carry(request)
        while self._late:
            self._line.carry(self._late.pop(0))
        if fate == "drop_reply":
            raise httpx.RemoteProtocolError("the reply was lost", request=request)
        return self._returned(request, response, fate)

    def move(self, app: App) -> None:
        """The office was started anew: from now on this one answers, also what is still on its way."""
        self._line = _line(app)

    def _fate(self) -> str:
        roll = self._random.random()
        for name, likely in vars(self.faults).items():
            if roll < likely:
                return str(name)
            roll -= likely
        return ""

    def _returned(self, request: httpx.Request, answer: _Answer, fate: str) -> httpx.Response:
        body = answer.body
        if fate in ("truncate", "cut_short") and len(body) > 1:
            body = body[: len(body) // 2]
            if fate == "truncate":
                raise httpx.RemoteProtocolError("closed before the whole body", request=request)
        headers = [(name, value) for name, value in answer.headers if name != b"content-length"]
        if self._clock is not None and not any(name == b"date" for name, _ in headers):
            headers.append(
                (b"date", format_datetime(self._clock.now().astimezone(UTC), usegmt=True).encode())
            )
        self.received += sum(len(name) + len(value) + 4 for name, value in headers) + len(body)
        return httpx.Response(answer.status, headers=headers, stream=httpx.ByteStream(body), request=request)


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class _Line:
    """The event loop on which an app answers; one request at a time, from whatever thread."""

    def __init__(self, app: App) -> None:
        self._app = weakref.ref(app)
        self._loop = asyncio.new_event_loop()
        self._guard = threading.Lock()

    def carry(self, request: httpx.Request) -> _Answer:
        with self._guard:
            return self._loop.run_until_complete(self._call(request))

    async def _call(self, request: httpx.Request) -> _Answer:
        app = self._app()
        assert app is not None
        answer: dict[str, Any] = {"status": 0, "headers": [], "body": bytearray()}
        incoming = [{"type": "http.request", "body": request.content, "more_body": False}]
        gone = asyncio.Event()

        async def receive() -> MutableMapping[str, Any]:
            if incoming:
                return incoming.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer["status"], answer["headers"] = message["status"], list(message.get("headers", []))
            else:
                answer["body"] += message.get("body", b"")

        path, _, query = request.url.raw_path.partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("127.0.0.1", 50000),
            "server": (request.url.host, request.url.port or 443),
            "state": {},
        }
        try:
            await app(scope, receive, send)
        finally:
            gone.set()
        return _Answer(answer["status"], answer["headers"], bytes(answer["body"]))

    def close(self) -> None:
        with self._guard:
            if not self._loop.is_closed():
                self._loop.run_until_complete(self._loop.shutdown_default_executor())
                self._loop.close()


_lines: weakref.WeakKeyDictionary[App, _Line] = weakref.WeakKeyDictionary()


def _line(app: App) -> _Line:
    found = _lines.get(app)
    if found is None:
        found = _lines[app] = _Line(app)
        weakref.finalize(app, found.close)
    return found


def hang_up(app: App) -> None:
    """End the loop of an app that nobody asks any more."""
    if (line := _lines.pop(app, None)) is not None:
        line.close()


def _size(headers: httpx.Headers) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.raw)
