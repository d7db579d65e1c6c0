"""A fresh machine: make a workspace, or try the demo landlord; close, come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.showing import at_once, said
from watmos_desktop.app import Program
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import homes, opening, settings, staff
from watmos_desktop.ui.kit.button import Button
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.pages.people.who import WhoPage
from watmos_desktop.ui.pages.unlock.page import UnlockPage

WORDS = "copper lantern tidal moss"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "data" / "watmos"


@pytest.fixture
def program(home: Path, qtbot: QtBot) -> Iterator[Program]:
    made = started(home, qtbot)
    yield made
    made.close()


def started(home: Path, qtbot: QtBot) -> Program:
    made = Program(home, tasks=at_once())
    qtbot.addWidget(made.window)
    made.show()
    qtbot.waitExposed(made.window)
    made.window.activateWindow()
    return made


def fill(program: Program, *texts: str) -> None:
    """Type into the fields of the form one after the other, by Tab."""
    page = program.window.current()
    assert isinstance(page, UnlockPage)
    lines = [line for line in page.create_form.findChildren(Line) if line.isVisible()]
    for line, text in zip(lines, texts, strict=True):
        line.setFocus()
        QTest.keyClicks(line, text)
    QTest.keyClick(lines[-1], Qt.Key.Key_Return)


def test_a_name_and_a_passphrase_make_a_workspace_and_open_it(
    program: Program, home: Path, qtbot: QtBot
) -> None:
    fill(program, "Ada Obi", WORDS, WORDS)
    qtbot.waitUntil(lambda: program.window.page_id() == "today")
    assert program.desk is not None
    assert (program.desk.actor.name, program.desk.actor.role) == ("Ada Obi", Role.MANAGER)
    qtbot.waitUntil(lambda: "No homes yet" in said(program.window))
    step = next(one for one in program.window.findChildren(Button) if one.text() == "Go to Homes")
    QTest.keyClick(step, Qt.Key.Key_Space)
    assert program.window.page_id() == "homes"
    QTest.keyClick(program.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert program.window.page_id() == "home_form"
    for file in home.rglob("*"):
        if file.is_file():
            assert b"Ada Obi" not in file.read_bytes()
    program.close()
    again = started(home, qtbot)
    page = again.window.current()
    assert isinstance(page, UnlockPage)
    QTest.keyClicks(page.secret.line, WORDS)
    QTest.keyClick(page.secret.line, Qt.Key.Key_Return)
    assert again.window.page_id() == "today"
    again.close()


def test_a_weak_passphrase_is_refused_at_its_field_and_nothing_is_made(program: Program, home: Path) -> None:
    fill(program, "Ada Obi", "password1234", "password1234")
    page = program.window.current()
    assert isinstance(page, UnlockPage)
    assert page.create_form.form.fields["passphrase"].error()
    assert not (home / "workspace.json").exists()


def test_the_demo_landlord_is_kept_apart_and_asks_who_you_are(
    program: Program, home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "DEMO_HOMES", 12)
    monkeypatch.setattr(opening, "DEMO_YEARS", 0.1)
    page = program.window.current()
    assert isinstance(page, UnlockPage)
    QTest.mouseClick(page.create_form._demo, Qt.MouseButton.LeftButton)
    who = program.window.current()
    assert isinstance(who, WhoPage)
    assert not (home / "workspace.json").exists()
    assert (home.parent / "watmos-demo" / "workspace.json").exists()
    QTest.keyClick(who, Qt.Key.Key_Return)
    assert program.window.page_id() == "today"
    assert program.desk is not None
    assert settings.is_demo(program.desk.store)
    program.become(next(iter(_managers(program))))
    assert program.desk.look(homes.count) >= 12


def _managers(program: Program) -> Iterator[UUID]:
    assert program.desk is not None
    for one in program.desk.look(staff.people_here):
        if one.role is Role.MANAGER:
            yield one.id
