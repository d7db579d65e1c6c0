"""The empty window that is on the screen before the program is: it needs Qt and one colour."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QMainWindow

from watmos_desktop.ui.kit.later import later
from watmos_desktop.ui.kit.tokens import tokens


class Frame(QMainWindow):
    """A window in the ground colour of light or dark, as the system has it.

    ``painted`` comes once, when the first frame is on the screen; what comes then, comes in the same colour.

    >>> frame = Frame(application)
    >>> frame.painted.connect(lambda: frame.setCentralWidget(program.window))
    """

    painted = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._empty = True
        ground = tokens()[scheme_of(application)]["background"]
        application.setPalette(QPalette(QColor(ground)))  # until the theme sets all of it
        self.setWindowTitle("WATMOS")
        self.resize(1280, 800)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell of the first one after it is flushed to the screen."""
        super().paintEvent(event)
        if self._empty:
            self._empty = False
            later(self, self.painted.emit)


def scheme_of(application: QApplication) -> str:
    """The scheme that goes with the system's: light or dark."""
    return "dark" if application.styleHints().colorScheme().name == "Dark" else "light"
