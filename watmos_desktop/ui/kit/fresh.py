"""Pages that follow what was saved: at once while in sight, else when they are shown next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer, SignalInstance
from PySide6.QtWidgets import QWidget


class Fresh(QObject):
    """Keeps a page fresh. ``tables``: only changes of these matter; empty for every change.

    >>> self.fresh = Fresh(self, desk.changed, self.refresh, {"repair", "clock"})

    Several changes before the next turn of the event loop make one refresh.
    """

    def __init__(
        self,
        page: QWidget,
        changed: SignalInstance,
        refresh: Callable[[], object],
        tables: frozenset[str] | set[str] = frozenset(),
    ) -> None:
        super().__init__(page)
        self._page, self._refresh, self._tables = page, refresh, frozenset(tables)
        self._stale = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._now)
        page.installEventFilter(self)
        changed.connect(self._note)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The page is shown again."""
        if event.type() == QEvent.Type.Show and self._stale:
            self._now()
        return False

    def _note(self, changed: Mapping[str, Any]) -> None:
        if self._tables and self._tables.isdisjoint(changed):
            return
        self._stale = True
        if self._page.isVisible():
            self._soon.start()

    def _now(self) -> None:
        if self._stale and self._page.isVisible():
            self._stale = False
            self._refresh()
