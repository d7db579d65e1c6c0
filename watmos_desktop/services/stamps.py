"""Hybrid logical clock: stamps that order changes even when a device's clock is wrong (sync.md 1.3)."""

from __future__ import annotations

import threading
from datetime import datetime

_COUNTER_BITS = 16


class StampClock:
    """Gives stamps that only ever grow: 48 bits of milliseconds and a counter, as 16 hexadecimal digits."""

    def __init__(self, last: str = "") -> None:
        self._last = int(last, 16) if last else 0
        self._guard = threading.Lock()

    @property
    def last(self) -> str:
        """The newest stamp given."""
        return f"{self._last:016x}"

    def next(self, now: datetime) -> str:
        """A stamp for a change made at ``now`` (aware), later than every stamp before it."""
        with self._guard:
            wall = int(now.timestamp() * 1000) << _COUNTER_BITS
            self._last = max(wall, self._last + 1)
            return f"{self._last:016x}"
