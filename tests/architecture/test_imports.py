"""What the window does not need is not imported before it is shown."""

from __future__ import annotations

import subprocess
import sys

LATER = ("sqlalchemy", "sqlcipher3", "alembic", "reportlab", "PIL", "holidays", "cryptography", "argon2", "openpyxl",
         "multiprocessing", "PySide6.QtMultimedia", "PySide6.QtPdf", "watmos_desktop.services.store")  # fmt: skip
START = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from watmos_desktop import app, cli
from watmos_desktop.cli import window

def said(home, person=None):
    from PySide6.QtWidgets import QApplication
    application = QApplication([])
    program = app.Program(Path(home), person=person)
    program.window.show()
    program.window.grab()
    print(sorted(set({later!r}) & set(sys.modules)))
    program.close()
    return 0

window.show = said
cli.main(["--home", {home!r}])
"""


def test_the_window_is_shown_before_anything_heavy_is_imported(tmp_path: object) -> None:
    code = START.format(later=LATER, home=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "[]"
