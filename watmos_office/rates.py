"""How often one device, or one address, may ask (security.md S30). Kept by each worker in memory."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable

from watmos_office.lanes import Busy

_REMEMBERED = 20_000


class Rate:
    """``per_minute`` on average and ``burst`` at once, for each key apart; ``tick`` gives seconds."""

    def __init__(self, per_minute: float, burst: float, tick: Callable[[], float]) -> None:
        self._per_second = per_minute / 60
        self._burst = burst
        self._tick = tick
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> None:
        """Count one request; raises Busy (429) when it is one too many."""
        now = self._tick()
        left, at = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_second)
        self._left[key] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > _REMEMBERED:
            self._left.popitem(last=False)
        if left < 1:
            raise Busy(429, math.ceil((1 - left) / self._per_second))


class Attempts:
    """At most ``most`` failures within ``seconds``, for each key apart; what succeeds is not counted."""

    def __init__(self, most: int, seconds: float, tick: Callable[[], float]) -> None:
        self._most = most
        self._seconds = seconds
        self._tick = tick
        self._failed: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def check(self, key: Hashable) -> None:
        """Raise Busy (429) when there were too many."""
        failed = self._failed.get(key)
        if failed is None:
            return
        now = self._tick()
        while failed and now - failed[0] >= self._seconds:
            failed.popleft()
        if len(failed) >= self._most:
            raise Busy(429, math.ceil(self._seconds - (now - failed[0])))

    def failed(self, key: Hashable) -> None:
        """Count one failure."""
        failed = self._failed.pop(key, deque(maxlen=self._most))
        failed.append(self._tick())
        self._failed[key] = failed
        if len(self._failed) > _REMEMBERED:
            self._failed.popitem(last=False)
