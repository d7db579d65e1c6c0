"""The few things that tests stand in for: the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from watmos_desktop.services.clock import LONDON

NOW = datetime(2026, 11, 23, 10, 42, tzinfo=LONDON)  # a Monday


class FakeClock:
    """A clock that stands still until it is told."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now.astimezone(LONDON)

    def forward(self, by: timedelta | None = None, /, **parts: float) -> datetime:
        """Let time pass: ``forward(minutes=5)``; elapsed time, also across a clock change."""
        self._now += by if by is not None else timedelta(**parts)
        return self.now()

    def set(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)
