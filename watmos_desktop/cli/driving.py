"""A person at the real window, without a display: key presses, waiting, looking. For commands and screenshots."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from watmos_desktop.services.errors import Told

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from watmos_desktop.app import Program

PATIENCE_MS = 120_000
_LOOK_EVERY_MS = 10


def application() -> QApplication:
    """Qt without a display; to be called before anything else of Qt."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtWidgets import QApplication

    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication(["watmos"])


class Driver:
    """Presses keys in the program's window and takes pictures of it.

    >>> driver = Driver(program); driver.press("A", "Alt+2"); driver.wait(lambda: done)
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.window = program.window

    def open(self, passphrase: str, size: tuple[int, int] = (1440, 900)) -> None:
        """Show the window and unlock the workspace; what the unlock page refuses is Told."""
        self.window.resize(*size)
        self.program.show()
        self.window.activateWindow()
        self.program.unlock(passphrase)
        self.wait(lambda: self.window.page_id() or self.program.refused, "the workspace to open")
        if self.window.page_id() == "who":
            raise Told("Say who is using this workspace.", "Add --as NAME, or set WATMOS_AS.")
        if self.program.refused is not None:
            raise self.program.refused
        self.wait(self.window.isActiveWindow, "the window")

    def front(self) -> None:
        """Put the window before the others: keys go to it."""
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow, "the window")

    def write(self, text: str) -> None:
        """Type into what has the focus."""
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        focused = QApplication.focusWidget()
        if focused is None:
            raise Told("Nothing is there to write into.")
        QTest.keyClicks(focused, text)

    def sync(self) -> None:
        """Sync by key and wait until the visit is over; what was in the way is Told."""
        membership = self.program.membership
        if membership is None:
            raise Told("The workspace was closed meanwhile.")
        answers: list[tuple[str, str, bool]] = []
        self.front()
        membership.office.now(lambda *answer: answers.append(answer))
        self.wait(lambda: answers and not membership.office.visiting(), "the office")
        words, hint, well = answers[-1]
        if not well:
            raise Told(words, hint)

    def press(self, *keys: str) -> None:
        """Press keys, each as Qt writes it, in what has the focus."""
        from PySide6.QtGui import QKeySequence
        from PySide6.QtTest import QTest

        for key in keys:
            combination = QKeySequence(key)[0]  # type: ignore[index]
            QTest.keyClick(self.window.windowHandle(), combination.key(), combination.keyboardModifiers())

    def draw(self, sheet: QWidget, points: Sequence[tuple[float, float]]) -> None:
        """Draw one stroke over a widget; points are shares of its width and height."""
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        spots = [QPoint(round(x * sheet.width()), round(y * sheet.height())) for x, y in points]
        QTest.mousePress(sheet, left, plain, spots[0])
        for spot in spots[1:]:
            QTest.mouseMove(sheet, spot)
        QTest.mouseRelease(sheet, left, plain, spots[-1])

    def wait(self, until: Callable[[], object], what: str = "the program") -> None:
        """Let the window work until that is so; raises Told after two minutes."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop, look, end = QEventLoop(), QTimer(), QTimer()
        look.setInterval(_LOOK_EVERY_MS)
        look.timeout.connect(lambda: loop.quit() if until() else None)
        end.setSingleShot(True)
        end.timeout.connect(lambda: loop.exit(1))
        look.start()
        end.start(PATIENCE_MS)
        if loop.exec():
            raise Told(f"Waited too long for {what}.", "Try once more on a computer with less to do.")

    def settle(self, milliseconds: int = 60) -> None:
        """Let the window paint, and lay out what was shown late where the machine is busy."""
        from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

        loop, end = QEventLoop(), QTimer()
        end.setSingleShot(True)
        end.timeout.connect(loop.quit)
        end.start(milliseconds)
        loop.exec()
        for _ in range(3):  # parts shown, laid out, painted
            QCoreApplication.processEvents()

    def picture(self, path: Path) -> None:
        """Save what the window shows as PNG, paper with what is on it; raises Told when the folder refuses."""
        from watmos_desktop.ui.kit.pdf import PdfPreview

        self.settle()
        for paper in self.window.findChildren(PdfPreview):
            if paper.isVisible() and paper.page_count():
                self.wait(paper.painted, "the paper")
        if not self.window.grab().save(str(path)):
            raise Told(f"{path.name} could not be written.", "Choose another folder.")
