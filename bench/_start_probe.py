"""Starts one program, says when its window was painted and its first page is there, and ends: for bench/start.py.

``python bench/_start_probe.py bare|watmos STARTED [HOME]``: STARTED is the parent's ``time.monotonic()``.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from typing import Any


def say(what: str, started: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(what, time.monotonic() - started, used.ru_utime + used.ru_stime, flush=True)


def bare(started: float) -> None:
    """A main window with a table of 50 rows by a model in Python: the least that such a program can be."""
    from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

    class Model(QAbstractTableModel):
        def rowCount(self, _: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
            return 50

        def columnCount(self, _: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
            return 8

        def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> str | None:
            return f"{index.row()}, {index.column()}" if role == Qt.ItemDataRole.DisplayRole else None

    class Window(QMainWindow):
        painted = False

        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            if not self.painted:
                self.painted = True
                QTimer.singleShot(0, self.told)

        def told(self) -> None:
            say("window", started)
            application.quit()

    application = QApplication(sys.argv[:1])
    window = Window()
    table = QTableView()
    table.setModel(Model(table))
    window.setCentralWidget(table)
    window.resize(1280, 800)
    window.show()
    application.exec()


def watmos(started: float, home: str) -> None:
    """The real program by its real door; only the moments are listened for."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from watmos_desktop import cli
    from watmos_desktop.ui.frame import Frame

    told: set[str] = set()

    def once(what: str) -> None:
        if what not in told:
            told.add(what)
            QTimer.singleShot(0, lambda: tell(what))

    def tell(what: str) -> None:
        say(what, started)
        if what == "window":
            listen()

    def paint(self: Frame, event: QPaintEvent) -> None:
        once("window")  # before the program does anything of its own after its first frame
        painted(self, event)

    def listen() -> None:
        """Only now: to import it is a part of the program's own start."""
        from watmos_desktop.ui.window import Window

        def paint_unlock(_: QWidget, __: QPaintEvent) -> None:
            once("unlock")

        def open_pages(self: Window, *pages: Any, **how: Any) -> None:
            opened(self, *pages, **how)
            self.grab()
            say("page", started)
            # What is kept safe at the end, a backup of a million repairs, is not what is measured.
            os._exit(0)

        opened = Window.open_pages
        Window.paintEvent = paint_unlock  # type: ignore[method-assign]
        Window.open_pages = open_pages  # type: ignore[method-assign]

    painted = Frame.paintEvent
    Frame.paintEvent = paint  # type: ignore[method-assign]
    cli.main(["--home", home])


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare(float(sys.argv[2]))
    else:
        watmos(float(sys.argv[2]), sys.argv[3])
