"""Python's garbage collector, kept from holding up the window and from touching widgets in other threads."""

from __future__ import annotations

import gc
from weakref import WeakSet

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 200  # what is gone through then is made in that time, so never takes long
_OLDER = 10  # every so many steps also what outlived the last ones
_open: WeakSet[Memory] = WeakSet()


class Memory(QObject):
    """Collects what was used lately, in the UI thread, a little at a time; all of it when ``sweep`` is called.

    Left to itself the collector runs wherever memory is asked for. It goes through everything while no other thread
    can work (0.4 s on two busy cores, ``bench/stall.py``), and in a worker's thread it would destroy the
    Qt objects that it finds there. What is loaded to stay is set aside by ``keep`` and never gone through again.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        _open.add(self)
        self._steps = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.step)
        self._timer.start()

    def step(self) -> None:
        """Collect what was used lately."""
        self._steps += 1
        gc.collect(0 if self._steps % _OLDER else 1)

    def keep(self) -> None:
        """Set aside what is there now: modules, classes, pages."""
        gc.freeze()

    def sweep(self) -> None:
        """Collect everything, also what was set aside; at a moment when nobody waits."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    def close(self) -> None:
        """Leave the collector as Python has it, once no other window's workers could run it."""
        self._timer.stop()
        _open.discard(self)
        gc.unfreeze()
        if not _open:
            gc.enable()
