"""Opens the window: an empty frame first, then the program in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from watmos_desktop.ui.frame import Frame

if TYPE_CHECKING:
    from watmos_desktop.app import Program


def show(home: Path, person: str | None = None) -> int:
    """Open the window on the workspace in ``home`` and stay until it is closed; gives the exit code."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("WATMOS Desktop")
    frame = Frame(application)
    programs: list[Program] = []
    faults: list[Exception] = []

    def fill() -> None:
        try:
            programs.append(_fill(frame, home, person))
        except Exception as fault:  # Qt would swallow it here, and an empty window would stay
            faults.append(fault)
            application.quit()

    frame.painted.connect(fill)
    frame.show()
    code = application.exec()
    for program in programs:
        program.close()
    for fault in faults:
        raise fault
    return code


def _fill(frame: Frame, home: Path, person: str | None) -> Program:
    # Half of the start is spent here: on the screen the window is there already.
    from watmos_desktop.app import Program
    from watmos_desktop.services import vault

    vault.no_core_dumps()  # before there is a passphrase to keep out of them
    program = Program(home, person=person or os.environ.get("WATMOS_AS"), parent=frame)
    frame.setMinimumSize(program.window.minimumSize())
    frame.setWindowIcon(program.window.windowIcon())
    frame.setCentralWidget(program.window)
    program.show()
    program.catch_faults()
    if passphrase := os.environ.get("WATMOS_PASSPHRASE"):
        program.unlock(passphrase)
    return program
