"""The far side of ``ui.tasks``: what runs inside a worker process. Knows no Qt, so that it starts quickly."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
Tell = Callable[[int, int], None]
PLACES = 64

_lines: dict[str, Any] = {}


class Cancelled(Exception):  # noqa: N818 - it is no error
    """The person no longer wants the result; raised inside the work at its next ``tell``."""


def start(progress: Any, cancelled: Any) -> None:
    """Set up a worker: a queue for progress, and a shared array with one byte a job for cancel."""
    _lines["progress"], _lines["cancelled"] = progress, cancelled
    if hasattr(os, "nice"):  # the window comes first where the processors are busy
        os.nice(5)


def run(job: int, fn: Callable[[Any, Tell], T], data: Any) -> T:
    """Do the work; ``fn(data, tell)`` calls ``tell(done, total)`` as often as it can be stopped."""

    def tell(done: int, total: int) -> None:
        if _lines["cancelled"][job % PLACES]:
            raise Cancelled
        _lines["progress"].put((job, done, total))

    tell(0, 0)
    return fn(data, tell)
