"""The first frame: on the screen before the program is imported, in its colour, and never left empty by a fault."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

START = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from watmos_desktop import cli
from watmos_desktop.ui.frame import Frame

begun, painted = Frame.__init__, []

def begin(self, application):
    begun(self, application)
    self.painted.connect(lambda: first(self))

def first(frame):
    from watmos_desktop.ui.kit.tokens import tokens
    painted.append(frame)
    shown = frame.grab().toImage().pixelColor(640, 400).name()
    print(shown == tokens()["light"]["background"].lower(), "watmos_desktop.app" in sys.modules)
    QTimer.singleShot(0, lambda: look(frame))

def look(frame):
    window = frame.centralWidget()
    if window is None:
        return
    print(type(window).__name__, window.size() == frame.size(), frame.windowTitle(), frame.windowIcon().isNull())
    print(window.isVisible(), window.current().isAncestorOf(frame.focusWidget()))
    frame.close()

Frame.__init__ = begin
{more}
print(cli.main(["--home", {home!r}]), len(painted))
"""


def _start(home: Path, more: str = "") -> list[str]:
    code = START.format(home=str(home), more=more)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert "Traceback" not in done.stderr
    return done.stdout.splitlines()


def test_the_frame_is_painted_before_the_program_is_imported_and_then_holds_it(tmp_path: Path) -> None:
    assert _start(tmp_path) == [
        "True False",
        "Window True WATMOS False",
        "True True",
        "0 1",
    ]


def test_a_program_that_cannot_be_built_ends_with_its_fault_and_leaves_no_empty_window(
    tmp_path: Path,
) -> None:
    more = "from watmos_desktop.cli import window\ndef broken(*_):\n    raise OSError('x')\nwindow._fill = broken"
    assert _start(tmp_path, more) == ["True False", "70 1"]
