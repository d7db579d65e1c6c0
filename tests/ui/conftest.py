"""What every test of the screen starts with: the light theme at 100 %."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from watmos_desktop.ui import theme


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> QApplication:
    """The program in light, whatever the test before left."""
    theme.apply(qapp, "light")
    return qapp
