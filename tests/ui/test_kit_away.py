"""The system says that nobody is there: a real D-Bus of our own, with real signals on it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from pytestqt.qtbot import QtBot

from watmos_desktop.ui.kit.away import Away

pytestmark = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="D-Bus is Linux's")


@pytest.fixture(scope="module")
def bus() -> Iterator[QDBusConnection]:
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout is not None
    address = daemon.stdout.readline().strip()
    yield QDBusConnection.connectToBus(address, "away-test")
    QDBusConnection.disconnectFromBus("away-test")
    daemon.terminate()
    daemon.wait(10)
    daemon.stdout.close()


def _say(bus: QDBusConnection, interface: str, name: str, *words: bool) -> None:
    message = QDBusMessage.createSignal("/org/freedesktop/login1", interface, name)
    message.setArguments(list(words))
    assert bus.send(message)


@pytest.mark.parametrize(
    ("interface", "name", "words"),
    [
        ("org.freedesktop.login1.Manager", "PrepareForSleep", (True,)),
        ("org.freedesktop.login1.Session", "Lock", ()),
        ("org.freedesktop.ScreenSaver", "ActiveChanged", (True,)),
        ("org.gnome.ScreenSaver", "ActiveChanged", (True,)),
    ],
)
def test_it_hears_sleep_and_lock(
    bus: QDBusConnection, qtbot: QtBot, interface: str, name: str, words: tuple[bool, ...]
) -> None:
    away = Away()
    away.listen_on(bus, bus)
    with qtbot.waitSignal(away.gone, timeout=5_000):
        _say(bus, interface, name, *words)


def test_waking_up_is_no_reason_to_lock(bus: QDBusConnection, qtbot: QtBot) -> None:
    away = Away()
    away.listen_on(bus, bus)
    told: list[str] = []
    away.gone.connect(lambda: told.append("gone"))
    _say(bus, "org.freedesktop.login1.Manager", "PrepareForSleep", False)
    with qtbot.waitSignal(away.gone, timeout=5_000):
        _say(bus, "org.freedesktop.login1.Session", "Lock")
    assert told == ["gone"]


def test_without_a_bus_it_is_silent(qtbot: QtBot) -> None:
    nowhere = QDBusConnection("no such bus")
    Away().listen_on(nowhere, nowhere)
