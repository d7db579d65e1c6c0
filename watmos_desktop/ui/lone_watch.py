"""Says in the window, whatever page is on show, that a check-in is due or that somebody was not heard of.

A reminder for who looks at this screen: locked, closed or off line it shows nothing (services/lone_working.py).
"""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QObject, QTimer

from watmos_desktop.services import log, lone_working
from watmos_desktop.services.lone_rules import State
from watmos_desktop.services.lone_working import LoneCard
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.window import Window

PAGE = "visit_lone"
_EACH_MS = 20_000
_TABLES = {"lone_day", "lone_check"}


class LoneWatch(QObject):
    """Looks as time goes on and as records change; says each matter once, and anew when the next step is due."""

    def __init__(self, desk: Desk, window: Window) -> None:
        super().__init__(desk)
        self._desk, self._window = desk, window
        self._said: tuple[UUID, State, str] | None = None
        self._stopped = False
        self._ticks = QTimer(self)
        self._ticks.setInterval(_EACH_MS)
        self._ticks.timeout.connect(self.look)
        self._ticks.start()
        desk.changed.connect(self._changed)

    def stop(self) -> None:
        """The workspace is closed."""
        self._stopped = True
        self._ticks.stop()
        self._window.warning.clear()

    def look(self) -> None:
        """Read beside the window who should have been heard of."""
        if not self._stopped:
            desk = self._desk
            desk.tasks.read(
                lambda: desk.look(lone_working.to_say),
                self._show,
                key="lone",
                owner=self,
                on_error=self._failed,
            )

    def _changed(self, changed: dict[str, object]) -> None:
        if not _TABLES.isdisjoint(changed):
            self.look()

    def _show(self, found: list[LoneCard]) -> None:
        if self._stopped:
            return
        first = found[0] if found else None
        say = None if first is None else (first.id, first.standing.state, first.step)
        if say == self._said:
            return
        self._said = say
        if first is None:
            self._window.warning.clear()
            return
        who = "You" if first.mine else first.name
        more = f" And {len(found) - 1} more." if len(found) > 1 else ""
        tone = Tone(first.standing.due.tone)
        words = f"{who}: {first.standing.due.text}."
        self._window.warning.say(words, first.step + more, tone, "Working alone", self._open)

    def _open(self) -> None:
        self._window.go(PAGE)

    def _failed(self, error: BaseException) -> None:
        if not self._stopped:
            log.fault(error)
