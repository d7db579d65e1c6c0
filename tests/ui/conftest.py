"""What every test of the screen starts with: the light theme at 100 %."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import Let
from tests.sync.conftest import _no_keystore, joined, office_app
from tests.ui.showing import Shown, at_once
from watmos_desktop.ui import theme
from watmos_desktop.ui.desk import Desk

__all__ = ["_no_keystore", "joined", "office_app"]  # a real office for the pages that speak of it


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The program in light, whatever the test before left; afterwards no widget of it is left."""
    theme.apply(qapp, "light")
    yield qapp
    # Without a running event loop what is to be deleted later stays, and makes every change of theme slower.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def shown(let: Let, qtbot: QtBot) -> Iterator[Shown]:
    """Pages on the small landlord; ``let.store.actor`` says who uses them."""
    yield Shown(Desk(let.store, at_once()), qtbot)
    let.store.listeners.clear()
