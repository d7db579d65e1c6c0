"""When to try the office again: full jitter, so that a thousand devices do not come back in the same second."""

from __future__ import annotations

from collections.abc import Callable

FIRST, LONGEST = 1.0, 300.0  # seconds


class Backoff:
    """The pause before the next try. ``chance`` gives a number from 0 to 1, as ``random.random`` does."""

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self.failures = 0

    def failed(self, retry_after: float | None = None) -> float:
        """Seconds to wait after one more failure.

        Anything up to the ceiling, which doubles from 1 s to 5 min; never less than the office asked for
        (``Retry-After``), and then spread over as long again up to the ceiling, since it told others the same.
        """
        ceiling = min(LONGEST, FIRST * 2.0 ** min(self.failures, 30))
        self.failures += 1
        least = max(0.0, retry_after or 0.0)
        return least + self._chance() * (ceiling if retry_after is None else min(max(least, FIRST), LONGEST))

    def reset(self) -> None:
        """It worked, or something changed (the network is up, the window has the focus): try at once."""
        self.failures = 0
