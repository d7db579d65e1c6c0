"""Notice that nobody is there, or that the machine slept."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

_SIGNS_OF_LIFE = frozenset(
    (
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    )
)
_TICK_SECONDS = 5.0
_SLEPT_SECONDS = 60.0


class Idle(QObject):
    """Emits ``gone`` after ``seconds`` without a key, pointer or touch, and after a sleep of the machine.

    ``clock`` is monotonic seconds, ``wall`` seconds since 1970; a gap between two ticks in either means a
    sleep (one of them stands still while the machine sleeps, which one depends on the system). Somebody counts
    as there only while it is told to ``watch``.
    """

    gone = Signal()

    def __init__(
        self,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.seconds = seconds
        self._clock, self._wall = clock, wall
        self._seen = self._tick = clock()
        self._wall_tick = wall()
        self._timer = QTimer(self)
        self._timer.setInterval(int(_TICK_SECONDS * 1000))
        self._timer.timeout.connect(self.check)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.start()
        self._watching = False
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._state_changed)
            application.focusWindowChanged.connect(self._focused)

    def watch(self, *, on: bool) -> None:
        """Look for signs of life, or no longer.

        At the windows of the system, where they come in: a filter of the whole program would see every event of
        every widget, those of widgets being deleted among them, which PySide6 does not always survive.
        """
        self._watching = on
        for window in QGuiApplication.topLevelWindows():
            window.removeEventFilter(self)
            if on:
                window.installEventFilter(self)
        self.touch()

    def touch(self) -> None:
        """Somebody is there."""
        self._seen = self._clock()

    def check(self) -> None:
        """Look at the clocks; called every five seconds."""
        now, wall = self._clock(), self._wall()
        slept = max(now - self._tick, wall - self._wall_tick) > _SLEPT_SECONDS
        self._tick, self._wall_tick = now, wall
        if slept or now - self._seen >= self.seconds:
            self._seen = now
            self.gone.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See what comes to a window; stop nothing."""
        if event.type() in _SIGNS_OF_LIFE:
            self.touch()
        return False

    def _focused(self, window: QWindow | None) -> None:
        if self._watching and window is not None:
            window.installEventFilter(self)

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationSuspended:
            self.gone.emit()
