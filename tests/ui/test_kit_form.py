"""Forms keep what was typed, say what is wrong at the field, and search waits for the last key."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.access import problems
from watmos_desktop.services.errors import Told
from watmos_desktop.ui import theme
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field, Form, put_value
from watmos_desktop.ui.kit.inputs import Check, DateInput, Line, Lines, SearchField, Select
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.pages.unlock.create import LEAST_CHARACTERS, strength
from watmos_desktop.ui.pages.unlock.page import UnlockPage

PRIORITIES = [Choice("urgent", "Urgent"), Choice("routine", "Routine")]


def _needed(value: object) -> str:
    return "" if value else "Say what is wrong."


def make_form() -> Form:
    return Form(
        [
            Field("what", "What is wrong?", Line("e.g. door sticks"), help="A few words", check=_needed),
            Field("priority", "Priority", Select(PRIORITIES)),
            Field("seen", "Seen on", DateInput(date(2026, 11, 23))),
            Field("note", "Note", Lines("What did you see?")),
            Field(
                "way",
                "How it came in",
                ChipRow("How it came in", [Choice("phone", "Phone"), Choice("post", "Post")]),
            ),
            Field("told", "", Check("The resident was told")),
        ]
    )


def _show(qtbot: QtBot, widget: QWidget, width: int = 700, height: int = 900) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()


def test_what_goes_in_comes_out(qtbot: QtBot) -> None:
    form = make_form()
    qtbot.addWidget(form)
    values: dict[str, object] = {
        "what": "Door <b>sticks</b>",
        "priority": "routine",
        "seen": date(2024, 2, 29),
        "note": "Two\nlines",
        "way": "post",
        "told": True,
    }
    form.fill(values)
    assert form.values() == values
    form.fill({"what": None})
    assert form.values()["what"] == ""


def test_errors_stand_at_the_field_and_go_when_it_is_changed(qtbot: QtBot) -> None:
    form = make_form()
    _show(qtbot, form)
    form.fields["note"].widget.setFocus()
    assert not form.check()
    field = form.fields["what"]
    assert field.widget.hasFocus()
    spoken = QAccessible.queryAccessibleInterface(field.widget)
    assert spoken is not None
    assert spoken.text(QAccessible.Text.Name) == "What is wrong?"
    assert spoken.text(QAccessible.Text.Description) == "Say what is wrong. A few words"
    QTest.keyClicks(field.widget, "Door")
    assert field.error() == ""
    assert form.check()
    assert form.tell(Told("There is no such day.", "Choose another.", field="seen"))
    assert form.fields["seen"].error() == "There is no such day. Choose another."
    assert not form.tell(Told("The disk is full."))


def test_other_widgets_are_no_inputs() -> None:
    with pytest.raises(TypeError):
        put_value(QWidget(), "x")


@pytest.mark.parametrize("scheme", theme.SCHEMES)
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_form_can_be_used_by_everyone(
    dressed: QApplication, qtbot: QtBot, scheme: str, scale: float
) -> None:
    theme.apply(dressed, scheme, scale)
    page, form = Page("Report a repair", scroll=True), make_form()
    page.body.addWidget(form)
    page.body.addStretch(1)
    form.check()
    _show(qtbot, page, 900, 1300)
    assert problems(page) == []


def test_the_focused_field_stays_in_sight_when_the_keyboard_comes_up(qtbot: QtBot) -> None:
    scroll, form = Scroll(), make_form()
    scroll.column.addWidget(form)
    _show(qtbot, scroll, 700, 900)
    note = form.fields["note"].widget
    note.setFocus()
    scroll.resize(700, 320)
    top = note.mapTo(scroll.viewport(), note.rect().topLeft()).y()
    assert 0 <= top < 320 - 44  # the line with the cursor


def test_search_waits_for_the_last_key_and_esc_empties_it(qtbot: QtBot) -> None:
    asked: list[str] = []
    field = SearchField("Search", asked.append, key="Ctrl+K")
    _show(qtbot, field, 300, 60)
    field.setFocus()
    QTest.keyClicks(field, "lift ")
    assert asked == []
    qtbot.waitUntil(lambda: asked == ["lift"])
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert asked == ["lift", "lift", ""]


@given(st.text(max_size=30))
@settings(max_examples=100, deadline=None)
def test_a_passphrase_is_enough_only_when_long_or_of_four_words(passphrase: str) -> None:
    words, _, enough = strength(passphrase)
    assert words
    if enough:
        assert (
            len(passphrase) >= LEAST_CHARACTERS
            or len(passphrase.split()) >= 4
            or any(c in passphrase for c in "-_.")
        )


@pytest.mark.parametrize(
    ("passphrase", "enough"),
    [("", False), ("aaaaaaaaaaaaaaaa", False), ("lindley12", False), ("long lift blue tea", True),
     ("the the the the", False), ("x9-Kk2.wPq1z", True)],
)  # fmt: skip
def test_strength(passphrase: str, enough: bool) -> None:
    assert strength(passphrase)[2] is enough


class Doors:
    """What the unlock page asked for."""

    def __init__(self, qtbot: QtBot, *, new: bool = False) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.page = UnlockPage(
            lambda passphrase: self.asked.append((passphrase,)),
            lambda name, passphrase: self.asked.append((name, passphrase)),
            workspace="Lindley and Chuckery",
            new=new,
        )
        _show(qtbot, self.page, 1024, 600)


def test_unlock_waits_for_an_answer_and_says_why_not(qtbot: QtBot) -> None:
    doors = Doors(qtbot)
    line = doors.page.secret.line
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert doors.page.field.error() == "Type your passphrase."
    QTest.keyClicks(line, "wrong words here now")
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert doors.asked == [("wrong words here now",)]
    assert doors.page.busy()
    doors.page.show_error(Told("That passphrase does not open this workspace.", "Check Caps Lock."))
    assert doors.page.field.error() == "That passphrase does not open this workspace. Check Caps Lock."
    assert (line.text(), doors.page.busy(), line.hasFocus()) == ("", False, True)
    assert problems(doors.page) == []


def test_already_open_elsewhere_can_be_tried_again(qtbot: QtBot) -> None:
    doors = Doors(qtbot)
    QTest.keyClicks(doors.page.secret.line, "good words here now")
    QTest.keyClick(doors.page.secret.line, Qt.Key.Key_Return)
    doors.page.show_open_elsewhere()
    assert "already open" in doors.page.notices.showing()
    assert problems(doors.page) == []
    QTest.keyClick(doors.page.secret.line, Qt.Key.Key_Return)
    assert doors.asked == [("good words here now",)] * 2


def test_caps_lock_is_noticed(qtbot: QtBot) -> None:
    doors = Doors(qtbot)
    line = doors.page.secret.line
    QTest.keyClicks(line, "A")
    assert doors.page._caps.isVisible()
    QTest.keyClicks(line, "a")
    assert not doors.page._caps.isVisible()
    QTest.keyClicks(line, "B", Qt.KeyboardModifier.ShiftModifier)
    assert not doors.page._caps.isVisible()


def test_a_workspace_is_made_with_a_name_and_a_passphrase_twice(qtbot: QtBot) -> None:
    doors = Doors(qtbot, new=True)
    form = doors.page.create_form
    assert problems(doors.page) == []
    QTest.keyClick(form._name, Qt.Key.Key_Return)
    assert doors.asked == []
    form.form.fill({"name": "M. Kaur", "passphrase": "blue lift long tea", "again": "blue lift"})
    QTest.keyClick(form._name, Qt.Key.Key_Return)
    assert form.form.fields["again"].error() == "The two are not the same."
    form.form.fill({"again": "blue lift long tea"})
    QTest.keyClick(form._name, Qt.Key.Key_Return)
    assert doors.asked == [("M. Kaur", "blue lift long tea")]
    assert (form._first.text(), form._second.text()) == ("", "")
    doors.page.show_error(Told("This folder cannot be written to.", "Choose another folder."))
    assert "cannot be written" in form.form.fields["passphrase"].error()
