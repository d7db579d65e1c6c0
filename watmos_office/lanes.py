"""Three lanes, so that a small sync overtakes a large one, and each with an end to its queue (security.md S30).

A request first takes a place in its lane, or is told ``busy``; then its body is read, which may take long and holds
nobody up; then it waits for one of the lane's slots, in which a thread works for it. A pull that brought much puts
the device's next pull in the bulk lane.

On a Monday morning a thousand devices bring what the weekend left in the same second. A device that says hello with
more than a handful of operations goes by the middle lane with that whole sync, and who has little to say passes it by.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from watmos_office.errors import Answer

SMALL_BODY = 64 * 1024  # bytes; a larger body or answer is bulk
HANDFUL = 12  # operations; a sync that brings more goes by the middle lane
HANDFUL_BODY = 2 * 1024  # bytes; about as many operations, packed
_SOONEST, _SPREAD, _WIDEST = 1, 5, 30  # seconds of Retry-After
_LONGEST = 10.0  # seconds that a queue may take: a device gives up after 30
_REMEMBERED = 10_000  # devices whose last pull brought much


class Busy(Answer):
    """Come back in ``retry_after`` seconds: a random number, so that not all come back at once."""

    def __init__(self, status: int = 503, soonest: int = _SOONEST, spread: int = _SPREAD) -> None:
        super().__init__(status, "busy")
        self.retry_after = soonest + secrets.randbelow(spread)


class Lane:
    """``at_once`` requests are worked on and ``waiting`` more may wait; first come, first served.

    ``tick`` gives seconds: a queue that would take too long is full, and how long it takes spreads those sent away.
    """

    def __init__(self, at_once: int, waiting: int, tick: Callable[[], float] = time.monotonic) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._at_once = at_once
        self._most = self._room = at_once + waiting
        self._tick = tick
        self._takes = 0.0  # seconds that one request is worked on, of late

    @property
    def queue(self) -> float:
        """Seconds until who comes now would be worked on, by what requests took of late."""
        ahead = self._most - self._room - self._at_once + 1
        return max(0, ahead) * self._takes / self._at_once

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Be in the lane; raises Busy when it is full."""
        if self._room == 0 or self.queue > _LONGEST:
            raise Busy(spread=round(min(max(_SPREAD, 2 * self.queue), _WIDEST)))
        self._room -= 1
        try:
            yield
        finally:
            self._room += 1

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Be worked on; only for who has a place."""
        async with self._slots:
            began = self._tick()
            try:
                yield
            finally:
                self._takes += (self._tick() - began - self._takes) / 8


class Lanes:
    """The lanes of one worker. Together they use fewer threads and connections than there are."""

    def __init__(self, small: Lane, middle: Lane, bulk: Lane) -> None:
        self.small = small
        self.middle = middle
        self.bulk = bulk
        self._much: OrderedDict[UUID, None] = OrderedDict()
        self._laden: OrderedDict[UUID, None] = OrderedDict()

    def brought(self, device_id: UUID, size: int) -> None:
        """Note how many bytes a pull of that device brought."""
        _note(self._much, device_id, size > SMALL_BODY)

    def brought_much(self, device_id: UUID) -> bool:
        """Whether the device's last pull was a bulk one."""
        return device_id in self._much

    def announced(self, device_id: UUID, waiting: int) -> None:
        """Note how many operations a hello in that device's name speaks of; it is no more than a hint."""
        _note(self._laden, device_id, waiting > HANDFUL)

    def usual(self, device_id: UUID, size: int) -> Lane:
        """The lane of a request with a body of no more than 64 KiB, ``size`` bytes."""
        return self.middle if size > HANDFUL_BODY or device_id in self._laden else self.small


def _note(devices: OrderedDict[UUID, None], device_id: UUID, so: bool) -> None:
    devices.pop(device_id, None)
    if so:
        devices[device_id] = None
        if len(devices) > _REMEMBERED:
            devices.popitem(last=False)
