"""Hybrid logical clock: stamps that order changes even when a device's clock is wrong (sync.md 1.3)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

_COUNTER_BITS = 16
_WALL = 16  # digits


def tag_of(incarnation: UUID) -> str:
    """The eight digits at the end of a stamp that name the life of the database it was made in."""
    return incarnation.hex[-8:]


def tag(stamp: str) -> str:
    """The eight digits of a stamp that name the incarnation that made it; empty for no stamp."""
    return stamp[_WALL:]


def at(moment: datetime) -> str:
    """The time of a stamp alone (16 digits), without a counter: to compare with."""
    return f"{int(moment.timestamp() * 1000) << _COUNTER_BITS:016x}"


def moment(stamp: str) -> datetime:
    """When a stamp was made, in UTC to the second; the start of 1970 for no stamp."""
    milliseconds = int(stamp[:_WALL] or "0", 16) >> _COUNTER_BITS
    return datetime.fromtimestamp(milliseconds // 1000, UTC)


class StampClock:
    """Gives stamps that only ever grow: 48 bits of milliseconds, a counter and the incarnation, in 24 digits.

    ``ahead`` is how far the office's clock is ahead of this device's: stamps go by the office's, as far as it is known.
    """

    def __init__(
        self, last: str = "", incarnation: UUID | None = None, ahead: timedelta = timedelta(0)
    ) -> None:
        self.ahead = ahead
        self._last = int(last[:_WALL], 16) if last else 0
        self._tag = tag_of(incarnation or UUID(int=0))
        self._guard = threading.Lock()

    @property
    def last(self) -> str:
        """The newest stamp given or seen."""
        return f"{self._last:016x}{self._tag}"

    def next(self, now: datetime) -> str:
        """A stamp for a change made at ``now`` (aware), later than every stamp before it."""
        with self._guard:
            wall = int((now + self.ahead).timestamp() * 1000) << _COUNTER_BITS
            self._last = max(wall, self._last + 1)
            return self.last

    def observe(self, stamp: str) -> None:
        """A stamp came from elsewhere: what is given from now on is later."""
        with self._guard:
            self._last = max(self._last, int(stamp[:_WALL], 16))
