"""Starts one program, says when its window was painted and its first page is there, and ends: for bench/start.py.

``python bench/_start_probe.py bare|watmos STARTED [HOME]``: STARTED is the parent's ``time.monotonic()``.
"""

from __future__ import annotations

import os
import resource
import sys
import time


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
    from PySide6.QtWidgets import QMainWindow

    from watmos_desktop import cli
    from watmos_desktop.ui.window import PageSpec, Window

    painted: list[str] = []

    def paint(self: Window, event: QPaintEvent) -> None:
        QMainWindow.paintEvent(self, event)
        if not painted:
            painted.append("window")
            QTimer.singleShot(0, lambda: say("window", started))

    def open_pages(self: Window, pages: list[PageSpec], person: str) -> None:
        opened(self, pages, person)
        self.grab()
        say("page", started)
        os._exit(0)  # what is kept safe at the end, a backup of a million repairs, is not what is measured

    opened = Window.open_pages
    Window.paintEvent = paint  # type: ignore[method-assign,assignment]
    Window.open_pages = open_pages  # type: ignore[method-assign,assignment]
    cli.main(["--home", home])


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare(float(sys.argv[2]))
    else:
        watmos(float(sys.argv[2]), sys.argv[3])
