"""The way in: a request's size and patience, its lane and its rate, who sent it; then it is worked on in a thread.

FastAPI's own reading of bodies is not used: it parses before anybody was asked for a signature, takes duplicate keys,
and puts what came in into its errors. A route gets a ``Call`` with the bytes and reads them strictly.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeVar
from uuid import UUID

from anyio import to_thread
from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from watmos_desktop.services.sync import wire
from watmos_office import access, hello
from watmos_office.caller import Caller
from watmos_office.errors import Answer
from watmos_office.lanes import HANDFUL_BODY, SMALL_BODY, Busy, Lane, Lanes
from watmos_office.office import Office
from watmos_office.rates import Attempts, Rate

_MODEL = TypeVar("_MODEL", bound=BaseModel)
_SLOWEST = 8 * 1024  # bytes a second that a body must come at, once ``patience`` is over


@dataclass(frozen=True)
class Limits:
    """How much one worker takes on. ``patience`` is in seconds, rates are for each device and minute.

    ``tick`` is the clock of the rates: it never jumps.
    """

    small: tuple[int, int] = (4, 600)  # at once, waiting
    middle: tuple[int, int] = (2, 400)
    bulk: tuple[int, int] = (2, 40)
    body: int = wire.PACKED_BYTES
    patience: float = 15
    rate: tuple[float, float] = (60, 120)  # a minute, at once
    photos: tuple[float, float] = (1200, 2400)
    bootstraps: tuple[float, float] = (300, 600)
    failures: tuple[int, float] = (10, 300)  # within seconds, for an address or a device
    tick: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Call:
    """A request whose sender is known: its body as sent, and the office to do it in."""

    office: Office
    caller: Caller
    body: bytes
    encoding: str
    lanes: Lanes

    def json(self) -> dict[str, Any]:
        """The body as an object, read strictly; raises Answer 400 ``bad_request`` or 413 ``too_large``."""
        return parsed(self.body, self.encoding)

    def read(self, model: type[_MODEL]) -> _MODEL:
        """The body as that model; raises as ``json``."""
        return fitting(model, self.json())


class Door:
    """The door of one worker."""

    def __init__(self, office: Office, limits: Limits) -> None:
        self.office = office
        self.limits = limits
        self.access = access.Access(office)
        self.lanes = Lanes(Lane(*limits.small), Lane(*limits.middle), Lane(*limits.bulk))
        self.attempts = Attempts(*limits.failures, limits.tick)
        self._rates = {
            "usual": Rate(*limits.rate, limits.tick),
            "photos": Rate(*limits.photos, limits.tick),
            "bootstraps": Rate(*limits.bootstraps, limits.tick),
        }

    def claim(self, request: Request) -> access.Claim:
        """What the request's head says of its sender; raises Answer 401."""
        query = request.scope["query_string"]
        target = request.scope["raw_path"] + (b"?" + query if query else b"")
        return self.access.claim(f"{request.method}\n{target.decode('latin-1')}", request.headers)

    @asynccontextmanager
    async def unknown(self, request: Request) -> AsyncIterator[bytes]:
        """The body, and a slot, of a request that has no token; raises Busy, Answer."""
        body = await self.body(request, SMALL_BODY)
        async with self.lanes.small.place(), self.lanes.small.slot():
            yield body

    async def body(self, request: Request, most: int) -> bytes:
        """The bytes of a body as sent; raises Answer 413 beyond the limit, Busy when it comes too slowly."""
        if _length(request) > most:
            raise Answer(413, "too_large")
        parts, size, began = [], 0, asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self.limits.patience) as patience:
                async for part in request.stream():
                    size += len(part)
                    if size > most:
                        raise Answer(413, "too_large")
                    parts.append(part)
                    patience.reschedule(began + self.limits.patience + size / _SLOWEST)
        except TimeoutError:
            raise Busy from None
        return b"".join(parts)

    @asynccontextmanager
    async def call(self, request: Request, kind: str = "usual") -> AsyncIterator[Call]:
        """A request from whom it says; in its lane's slot. Raises Answer."""
        claim = self.claim(request)
        lane = self.lanes.bulk
        async with AsyncExitStack() as stack:
            if self._is_bulk(request, claim.device_id, kind):
                await stack.enter_async_context(lane.place())
                await self._expected(claim)
                body = await self.body(request, self.limits.body)
            else:  # small bodies are read first: who sends slowly holds no place
                body = await self.body(request, SMALL_BODY)
                if request.url.path.endswith("/hello"):
                    self.lanes.announced(claim.device_id, _waiting(request, body))
                lane = self.lanes.usual(claim.device_id, len(body))
                await stack.enter_async_context(lane.place())
            await stack.enter_async_context(lane.slot())
            caller = await in_thread(self.access.caller, claim, body)
            self._rates[kind].take(caller.device_id)
            yield Call(self.office, caller, body, _encoding(request), self.lanes)

    async def _expected(self, claim: access.Claim) -> None:
        """Nobody without a token makes the office read megabytes."""
        async with self.lanes.small.place(), self.lanes.small.slot():
            await in_thread(self.access.expected, claim)

    def _is_bulk(self, request: Request, device_id: UUID, kind: str) -> bool:
        unknown = "transfer-encoding" in request.headers and "content-length" not in request.headers
        large = unknown or _length(request) > SMALL_BODY or kind != "usual"
        pulls = request.url.path.endswith("/pull") and self.lanes.brought_much(device_id)
        return large or pulls


_Given = TypeVar("_Given")


async def in_thread(work: Callable[..., _Given], *args: Any) -> _Given:
    """Let a thread do it; only from within a slot, of which there are fewer than threads."""
    return await to_thread.run_sync(partial(work, *args))


def parsed(body: bytes, encoding: str) -> dict[str, Any]:
    """A body as an object; raises Answer 400 ``bad_request`` or 413 ``too_large``, which say nothing of it."""
    try:
        if encoding == "zstd":
            body = wire.unpack(body)
        elif encoding not in ("", "identity"):
            raise Answer(400, "bad_request")
        found = wire.loads(body)
    except wire.TooLarge:
        raise Answer(413, "too_large") from None
    except wire.Malformed:
        raise Answer(400, "bad_request") from None
    if not isinstance(found, dict):
        raise Answer(400, "bad_request")
    return found


def fitting(model: type[_MODEL], found: dict[str, Any]) -> _MODEL:
    """An object as that model; raises Answer 400 ``bad_request``."""
    try:
        return model.model_validate(found)
    except ValidationError:
        raise Answer(400, "bad_request") from None


def _length(request: Request) -> int:
    text = request.headers.get("content-length", "0")
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise Answer(400, "bad_request")
    return int(text)


def _encoding(request: Request) -> str:
    return request.headers.get("content-encoding", "").lower()


def _waiting(request: Request, body: bytes) -> int:
    """How many operations a hello speaks of, before anyone has judged it."""
    try:
        said = parsed(body, _encoding(request)) if len(body) <= HANDFUL_BODY else {}
    except Answer:
        return 0
    return found if type(found := said.get("waiting")) is int else 0


async def _usual(request: Request) -> AsyncIterator[Call]:
    async with request.app.state.door.call(request) as call:
        yield call


async def _photo(request: Request) -> AsyncIterator[Call]:
    async with request.app.state.door.call(request, "photos") as call:
        yield call


async def _bootstrap(request: Request) -> AsyncIterator[Call]:
    async with request.app.state.door.call(request, "bootstraps") as call:
        yield call


def _reading(call: Call) -> Call:
    if not hello.may_read(call.caller.schema):
        raise Answer(426, "too_old")
    return call


# ``scope="function"``: the slot is free again before the answer is sent to a slow device.
Signed = Annotated[Call, Depends(_usual, scope="function")]
Photo = Annotated[Call, Depends(_photo, scope="function")]
_Bootstrap = Annotated[Call, Depends(_bootstrap, scope="function")]


def _signed_reading(call: Signed) -> Call:
    return _reading(call)


def _bootstrap_reading(call: _Bootstrap) -> Call:
    return _reading(call)


Reading = Annotated[Call, Depends(_signed_reading)]
Bootstrapping = Annotated[Call, Depends(_bootstrap_reading)]
