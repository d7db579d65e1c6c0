"""What hides the screen, and what becomes of a copy: the curtain and the one door of the clipboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

import watmos_desktop
from tests.keyrings import Keyring, sit_at
from tests.ui.access import problems
from tests.ui.showing import Shown
from watmos_desktop.services import pin, tie
from watmos_desktop.ui import theme
from watmos_desktop.ui.kit import clipboard as kit
from watmos_desktop.ui.kit.clipboard import Clipboard
from watmos_desktop.ui.kit.curtain import Curtain
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.settings.page import SettingsPage
from watmos_desktop.ui.pages.unlock.page import UnlockPage
from watmos_desktop.ui.window import PageSpec, Window

CANARY = "Ms Canary of 14 Lindley House"


class Sample(Page):
    """A page about somebody."""

    def __init__(self) -> None:
        super().__init__("Visit", CANARY)
        self.line = Line()
        self.line.setAccessibleName("Note")
        self.undone = 0
        self.body.addWidget(Text(CANARY))
        self.body.addWidget(self.line)

    def undo(self) -> bool:
        self.undone += 1
        return True


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window(QWidget)
    qtbot.addWidget(made)
    made.open_pages(
        [PageSpec("one", "One", "today", Sample), PageSpec("two", "Two", "homes", Sample)], "M. Kaur"
    )
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def in_sight(window: Window) -> str:
    return "\n".join(one.text() for one in window.findChildren(Text) if one.isVisible())


def key(window: Window, which: Qt.Key, also: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    target = QApplication.focusWidget() or window
    QTest.keyClick(target, which, also)


def test_one_key_hides_everything_and_shows_it_again(window: Window, qtbot: QtBot) -> None:
    page = window.current()
    assert isinstance(page, Sample)
    page.line.setFocus()
    assert CANARY in in_sight(window)
    key(window, Qt.Key.Key_F8)
    assert in_sight(window) == "A short break"
    shown = [one for one in window.findChildren(QWidget) if one.isVisible() and one.accessibleName()]
    assert not any(CANARY in one.accessibleName() or "M. Kaur" in one.accessibleName() for one in shown)
    assert window.windowTitle() == "WATMOS"
    QTest.keyClicks(QApplication.focusWidget() or window, "x")
    key(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    key(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert (page.line.text(), page.undone, window.page_id()) == ("", 0, "one")
    key(window, Qt.Key.Key_F8)
    assert CANARY in in_sight(window)
    assert page.line.hasFocus()


@pytest.mark.parametrize("how", ["Esc", "button", "lock"])
def test_it_is_opened_in_other_ways_too(window: Window, how: str) -> None:
    QTest.mouseClick(window._rail.hide_button, Qt.MouseButton.LeftButton)
    assert window.curtain.covered()
    if how == "Esc":
        key(window, Qt.Key.Key_Escape)
    elif how == "button":
        assert window.curtain.go_on.hasFocus()
        key(window, Qt.Key.Key_Space)
    else:
        key(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        assert window.is_locked()
        key(window, Qt.Key.Key_F8)  # nothing to hide
    assert not window.curtain.covered()


def test_a_page_finds_the_curtain_that_it_lies_behind(window: Window) -> None:
    assert Curtain.over(window.current()) is window.curtain
    assert Curtain.over(QWidget()) is None


# --- copies ---


@pytest.fixture
def copies(qapp: QApplication) -> Iterator[Clipboard]:
    made = Clipboard(qapp, lambda: True)
    made.setObjectName("of this test")
    qapp.clipboard().clear()
    yield made
    qapp.clipboard().dataChanged.disconnect(made._changed)
    made.deleteLater()
    qapp.clipboard().clear()


def test_a_copy_is_marked_private_and_does_not_stay(copies: Clipboard, qapp: QApplication) -> None:
    copies.put(CANARY)
    mime = qapp.clipboard().mimeData()
    assert mime.text() == CANARY
    windows = {
        name.split('"')[1] for name in mime.formats() if name.startswith("application/x-qt-windows-mime")
    }
    assert windows == {
        "ExcludeClipboardContentFromMonitorProcessing",
        "CanIncludeInClipboardHistory",
        "CanUploadToCloudClipboard",
    }
    assert all(bytes(mime.data(name).data()) == value for name, value in kit.MARKS.items())
    assert copies.timer.isActive() and copies.timer.interval() == 30_000 and copies.timer.isSingleShot()
    assert CANARY not in str(vars(copies))
    copies.timer.timeout.emit()
    assert not qapp.clipboard().text()


def test_what_somebody_else_put_there_since_stays(copies: Clipboard, qapp: QApplication) -> None:
    copies.put(CANARY)
    copies._owns = lambda: False
    qapp.clipboard().setText("a shopping list")
    copies.timer.timeout.emit()
    assert qapp.clipboard().text() == "a shopping list"
    copies.clear()  # and nothing is cleared twice
    assert qapp.clipboard().text() == "a shopping list"


def test_what_a_field_copies_itself_is_treated_alike(
    copies: Clipboard, qapp: QApplication, qtbot: QtBot
) -> None:
    line = QLineEdit(CANARY)
    qtbot.addWidget(line)
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert set(kit.MARKS) <= set(qapp.clipboard().mimeData().formats())
    copies.timer.timeout.emit()
    assert not qapp.clipboard().text()


def test_a_lock_takes_the_copy_along(window: Window, qapp: QApplication) -> None:
    kit.copy(CANARY)
    window.lock()
    assert not qapp.clipboard().text()


def test_there_is_one_door_for_copying() -> None:
    root = Path(watmos_desktop.__file__).parent
    others = [
        str(path.relative_to(root))
        for path in [*sorted((root / "ui").rglob("*.py")), root / "app.py"]
        if path.name != "clipboard.py" and re.search(r"clipboard\(\)\s*\.set", path.read_text("utf-8"))
    ]
    assert not others


# --- the pages of keys, at twice the text ---


def test_codes_and_pins_fit_and_are_named_at_twice_the_text(
    shown: Shown, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sit_at(monkeypatch, Keyring())
    theme.apply(qapp, "light", 2.0)

    def ignored(*_: object) -> None:
        """Of no matter here."""

    page = shown.page(partial(SettingsPage, wear=ignored, lock_after=ignored), 1024, 600)
    page.pin.begin()
    page.tying.begin()
    assert page.tying._code.text().count("\n") == 2
    qtbot.waitUntil(lambda: not problems(page))
    page.tying.begin_release()
    assert not page.tying._code.text()
    qtbot.waitUntil(lambda: not problems(page))
    door = UnlockPage(ignored, ignored)
    qtbot.addWidget(door)
    door.resize(1024, 600)
    door.show()
    door.offer_pin(ignored, datetime(2026, 11, 23, 17, 30, tzinfo=UTC))
    door.show_error(pin.WrongPin(3))
    qtbot.waitUntil(lambda: not problems(door))
    door.withdraw_pin()
    door.show_error(tie.SecretGone())
    qtbot.waitUntil(lambda: not problems(door))
