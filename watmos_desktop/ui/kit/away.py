"""Hear from the system that the screen is locked, the lid is shut or the machine goes to sleep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import SLOT, QObject, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection

_MANAGER, _SESSION = "org.freedesktop.login1.Manager", "org.freedesktop.login1.Session"
_SCREENSAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver")


class Away(QObject):
    """Emits ``gone`` when logind is about to sleep or locks a session, or the screen saver comes on.

    Where there is no D-Bus (Windows, macOS, a bare Linux) it stays silent; ``Idle`` then notices the sleep
    itself on waking, before anything is shown for long.
    """

    gone = Signal()

    def listen(self) -> None:
        """Begin to listen on the system's and the session's bus, where there is one."""
        try:
            from PySide6.QtDBus import QDBusConnection  # after the window is up: it costs start-up
        except ImportError:
            return
        self.listen_on(QDBusConnection.systemBus(), QDBusConnection.sessionBus())

    def listen_on(self, system: QDBusConnection, session: QDBusConnection) -> None:
        """Listen on these two buses."""
        told: Any = SLOT("_told(bool)")  # the stub says bytes; only text is taken (6.11.3)
        locked: Any = SLOT("_locked()")
        if system.isConnected():
            system.connect("", "", _MANAGER, "PrepareForSleep", self, told)
            system.connect("", "", _SESSION, "Lock", self, locked)
        if session.isConnected():
            for interface in _SCREENSAVERS:
                session.connect("", "", interface, "ActiveChanged", self, told)

    @Slot(bool)
    def _told(self, begins: bool) -> None:
        if begins:
            self.gone.emit()

    @Slot()
    def _locked(self) -> None:
        self.gone.emit()
