"""A person at the real window: key presses and clicks that are counted, and refused where nobody could make them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QKeySequence, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from watmos_desktop.ui.kit.camera import CameraView
from watmos_desktop.ui.kit.signature import SignaturePad
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.window import Window

WAIT_MS = 10_000


class FakeCamera(CameraView):
    """A camera that always sees the same stairwell; the real buttons and keys around it."""

    def __init__(
        self,
        on_photo: Callable[[QImage], object],
        on_file: Callable[[], object],
        on_close: Callable[[], object],
    ) -> None:
        super().__init__(on_photo, on_file, on_close, find=lambda: "a camera")
        self._taken = 0

    def take(self) -> None:
        self._taken += 1
        self._on_photo(a_photo(self._taken))

    def _open(self, device: object) -> None:
        self._picture.addWidget(Text("The camera's picture"))


def a_photo(number: int = 1, width: int = 1600, height: int = 1200) -> QImage:
    """A picture of a wall with marks, another for each number."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor.fromHsv(30 + 47 * number % 300, 40, 150))
    painter = QPainter(image)
    for step in range(8):
        painter.fillRect(0, height // 2 + step * height // 16, width, height // 40, QColor(110, 100, 90))
        painter.fillRect(step * width // 8, height // 8, width // 60, height // 3, QColor(180, 172, 160))
    painter.setBrush(QColor(70, 60, 50))
    painter.drawEllipse(QPointF(width * 0.62, height * 0.4), width * 0.05 + number, height * 0.08)
    painter.end()
    return image


class Person:
    """Someone using the window. ``actions`` counts keys and clicks, ``texts`` each piece of text typed, ``typed`` its
    letters."""

    def __init__(self, window: Window, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot
        self.actions = 0
        self.texts = self.typed = 0

    def key(self, *keys: str) -> None:
        """Press keys one after the other, each as Qt writes it: ``"A"``, ``"Alt+2"``, ``"Ctrl+Return"``."""
        for key in keys:
            combination = QKeySequence(key)[0]  # type: ignore[index]
            self.actions += 1
            QTest.keyClick(self._handle(), combination.key(), combination.keyboardModifiers())

    def write(self, text: str) -> None:
        """Type free text into what has the focus."""
        focused = QApplication.focusWidget()
        assert focused is not None, "nothing has the focus"
        self.texts += 1
        self.typed += len(text)
        for letter in text:
            if letter.isascii():
                QTest.keyClicks(focused, letter)
            else:  # QTest types no other letters; a keyboard that has them sends them so
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
                    QApplication.sendEvent(focused, event)

    def click(self, target: QWidget | str) -> None:
        """Click a widget, or the button of that name; it must be in sight, enabled and not covered."""
        widget = self.button(target) if isinstance(target, str) else target
        self._click_at(widget, widget.rect().center())

    def draw(
        self, pad: SignaturePad, points: Sequence[tuple[float, float]] = ((0.2, 0.6), (0.4, 0.3), (0.7, 0.7))
    ) -> None:
        """Sign with one stroke: one action."""
        sheet = pad.sheet
        where = [QPoint(round(x * sheet.width()), round(y * sheet.height())) for x, y in points]
        self._check(sheet, where[0])
        self.actions += 1
        spots = [sheet.mapTo(self.window, point) for point in where]
        QTest.mousePress(self._handle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spots[0])
        for spot in spots[1:]:
            QTest.mouseMove(self._handle(), spot)
        QTest.mouseRelease(
            self._handle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spots[-1]
        )

    def button(self, name: str) -> QAbstractButton:
        """The one visible button whose name starts so."""
        found = [
            one
            for one in self.window.findChildren(QAbstractButton)
            if one.isVisible() and one.accessibleName().startswith(name)
        ]
        assert len(found) == 1, f"{len(found)} buttons named {name!r} in sight"
        return found[0]

    def sees(self, words: str) -> bool:
        """Whether those words stand somewhere in sight, on a label or as a name."""
        for one in self.window.findChildren(QWidget):
            if one.isVisible() and (
                words in one.accessibleName() or words in str(one.property("text") or "")
            ):
                return True
        return False

    def waits(self, until: Callable[[], Any]) -> None:
        """Wait for what happens beside the UI thread."""
        self.qtbot.waitUntil(lambda: bool(until()), timeout=WAIT_MS)

    def _click_at(self, widget: QWidget, spot: QPoint) -> None:
        self._check(widget, spot)
        self.actions += 1
        QTest.mouseClick(
            self._handle(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            widget.mapTo(self.window, spot),
        )

    def _check(self, widget: QWidget, spot: QPoint) -> None:
        name = widget.accessibleName() or type(widget).__name__
        assert widget.isVisible(), f"{name} cannot be seen"
        assert widget.isEnabled(), f"{name} cannot be pressed now"
        there = self.window.childAt(widget.mapTo(self.window, spot))
        assert there is widget or (there is not None and widget.isAncestorOf(there)), (
            f"{name} is covered or out of sight"
        )

    def _handle(self) -> Any:
        handle = self.window.windowHandle()
        assert handle is not None
        return handle
