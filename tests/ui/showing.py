"""Showing one page of the program on the small landlord, and using it as a person does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import Button
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.text import Elided, Text
from watmos_desktop.ui.tasks import AtOnce, Tasks


def at_once() -> Tasks:
    """Work done where it is asked for; a bug fails the test."""

    def fail(error: BaseException) -> None:
        raise error

    return Tasks(fail, AtOnce())


class Shown:
    """Makes pages in a window of their own and presses what is on them."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.desk, self.qtbot = desk, qtbot

    def page(self, make: Callable[[Desk], Any], width: int = 1300, height: int = 850) -> Any:
        """A page in sight, with the keyboard."""
        made = make(self.desk)
        self.qtbot.addWidget(made)
        made.resize(width, height)
        made.show()
        self.qtbot.waitExposed(made)
        made.activateWindow()
        self.qtbot.waitUntil(made.isActiveWindow)
        return made

    def press(self, within: QWidget, name: str) -> None:
        """Focus the one button of that name in sight, and press Space."""

        def found() -> list[Button]:
            return [
                one
                for one in within.findChildren(Button)
                if name in (one.text(), one.accessibleName()) and one.isVisible()
            ]

        self.qtbot.waitUntil(lambda: len(found()) == 1)
        (button,) = found()
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)

    def sees(self, within: QWidget, words: str) -> None:
        """Wait until those words are in sight."""
        self.qtbot.waitUntil(lambda: words in said(within))


def said(within: QWidget) -> str:
    """Every word in sight."""
    return "\n".join(
        label.words() if isinstance(label, Elided) else label.text()
        for label in within.findChildren(Text)
        if label.isVisible()
    )


def asked(page: Page) -> list[tuple[str, Any]]:
    """What a page asks the window to open, from now on."""
    found: list[tuple[str, Any]] = []
    page.open_requested.connect(lambda name, argument: found.append((name, argument)))
    return found
