"""PySide6 6.12.0 drops a reference to True or None on each emit and each null pointer, until the process aborts."""

from __future__ import annotations

import subprocess
import sys

COUNT = """
import sys
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

class Sender(QObject):
    sent = Signal(bool)

application = QApplication([])
sender, widget = Sender(), QWidget()
before = [sys.getrefcount(one) for one in (True, False, None)]
for _ in range(100_000):
    sender.sent.emit(True)
    widget.parentWidget()
after = [sys.getrefcount(one) for one in (True, False, None)]
print(max(abs(a - b) for a, b in zip(before, after)))
"""


def test_100_000_emits_and_null_pointers_leave_every_reference_where_it_was() -> None:
    done = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-400:]
    assert int(done.stdout.splitlines()[-1]) < 100
