"""Keys are data: no two alike in one place, each shown, each works."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.access import problems
from watmos_desktop.ui.actions import ACTIONS, EVERYWHERE, PLACES, KeysPage, action, bind, shown_key
from watmos_desktop.ui.kit.inputs import Line


def test_ids_are_single_and_every_action_is_told() -> None:
    assert [name for name, count in Counter(each.id for each in ACTIONS).items() if count > 1] == []
    assert all(each.words and each.tip and each.keys and each.where in PLACES for each in ACTIONS)


def test_no_two_share_a_key_in_the_same_place() -> None:
    keys = Counter(
        (place, QKeySequence(key).toString())
        for place, each in product(PLACES, ACTIONS)
        if each.where in (place, EVERYWHERE)
        for key in each.keys
    )
    assert [pair for pair, count in keys.items() if count > 1] == []


def test_qt_knows_every_key() -> None:
    assert [key for each in ACTIONS for key in each.keys if not QKeySequence(key).toString()] == []


def test_unknown_actions_are_refused() -> None:
    with pytest.raises(KeyError):
        action("fly")
    assert shown_key("finish") == "Ctrl+Enter"


def test_a_bound_key_runs_but_not_while_typing(qtbot: QtBot) -> None:
    ran: list[str] = []
    place = QWidget()
    line = Line()
    line.setParent(place)
    bind(place, "photo", lambda: ran.append("photo"))
    qtbot.addWidget(place)
    place.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    with qtbot.waitActive(place):
        place.show()
        place.activateWindow()
    place.setFocus()
    QTest.keyClick(place, Qt.Key.Key_P)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_P)
    assert ran == ["photo"]
    assert line.text() == "p"


def test_the_keys_page_shows_every_place(qtbot: QtBot) -> None:
    page = KeysPage()
    page.resize(1000, 700)
    qtbot.addWidget(page)
    page.show()
    shown = {label.text() for label in page.findChildren(QLabel)}
    assert set(PLACES.values()) <= shown
    first_of_kind = [each for each in ACTIONS if each.id[-1] not in "23456789"]
    assert [each.id for each in first_of_kind if each.tip not in shown] == []
    assert problems(page) == []
