"""Two lanes, so that a small sync overtakes a bulk one, and each with an end to its queue (security.md S30).

A request first takes a place in its lane, or is told ``busy``; then its body is read, which may take long and holds
nobody up; then it waits for one of the lane's slots, in which a thread works for it. A pull that brought much puts
the device's next pull in the bulk lane.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from watmos_office.errors import Answer

SMALL_BODY = 64 * 1024  # bytes; a larger body or answer is bulk
_SOONEST, _SPREAD = 1, 5  # seconds of Retry-After
_REMEMBERED = 10_000  # devices whose last pull brought much


class Busy(Answer):
    """Come back in ``retry_after`` seconds: a random number of a few, so that not all come back at once."""

    def __init__(self, status: int = 503, soonest: int = _SOONEST) -> None:
        super().__init__(status, "busy")
        self.retry_after = soonest + secrets.randbelow(_SPREAD)


class Lane:
    """``at_once`` requests are worked on and ``waiting`` more may wait; first come, first served."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._room = at_once + waiting

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Be in the lane; raises Busy when it is full."""
        if self._room == 0:
            raise Busy
        self._room -= 1
        try:
            yield
        finally:
            self._room += 1

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Be worked on; only for who has a place."""
        async with self._slots:
            yield


class Lanes:
    """The lanes of one worker. Together they use fewer threads and connections than there are."""

    def __init__(self, small: Lane, bulk: Lane) -> None:
        self.small = small
        self.bulk = bulk
        self._much: OrderedDict[UUID, None] = OrderedDict()

    def brought(self, device_id: UUID, size: int) -> None:
        """Note how many bytes a pull of that device brought."""
        self._much.pop(device_id, None)
        if size > SMALL_BODY:
            self._much[device_id] = None
            if len(self._much) > _REMEMBERED:
                self._much.popitem(last=False)

    def brought_much(self, device_id: UUID) -> bool:
        """Whether the device's last pull was a bulk one."""
        return device_id in self._much
