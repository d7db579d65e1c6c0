"""Do something when the event loop comes round again.

Not ``QTimer.singleShot`` with a Python callable: PySide6 6.11 makes for each a timer that deletes itself behind its
wrapper's back, and some of those deletions end the process.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def later(owner: QObject, do: Callable[[], object], milliseconds: int = 0) -> QTimer:
    """Call ``do`` once, soon, unless ``owner`` is deleted first; the timer lives as long as its owner."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.timeout.connect(do)
    timer.start(milliseconds)
    return timer
