"""A workspace that is tied to its computer from its first minute, and a PIN between two visits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.conftest import PASSPHRASE, Let
from tests.fakes import FakeClock
from tests.keyrings import Computer, Keyring, derive_once, sit_at
from tests.ui.showing import at_once, said
from watmos_desktop.app import Program
from watmos_desktop.services import instance, pin, recovery_code, vault
from watmos_desktop.ui.kit.button import Button
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.pages.settings.page import SettingsPage
from watmos_desktop.ui.pages.unlock.page import UnlockPage

WORDS = "copper lantern tidal moss"
PIN, WRONG = "480215", "480216"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    derive_once(monkeypatch)


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch) -> Computer:
    return sit_at(monkeypatch, Keyring())


@pytest.fixture
def program(let: Let, qtbot: QtBot, clock: FakeClock) -> Iterator[Program]:
    made = started(let.store.home, qtbot, clock, "M. Kaur")
    made.open_store(let.store)
    yield made
    made.close()


def started(home: Path, qtbot: QtBot, clock: FakeClock, person: str | None = None) -> Program:
    made = Program(home, person=person, tasks=at_once(), clock=clock)
    qtbot.addWidget(made.window)
    made.show()
    qtbot.waitExposed(made.window)
    made.window.activateWindow()
    qtbot.waitUntil(made.window.isActiveWindow)
    return made


def unlock_page(program: Program) -> UnlockPage:
    page = program.window.current()
    assert isinstance(page, UnlockPage)
    return page


def settings_page(program: Program) -> SettingsPage:
    program.window.go("settings")
    page = program.window.current()
    assert isinstance(page, SettingsPage)
    return page


def write(line: QWidget, text: str) -> None:
    line.setFocus()
    QTest.keyClicks(line, text)


def press(within: QWidget, name: str) -> None:
    (button,) = (one for one in within.findChildren(Button) if one.text() == name and one.isVisible())
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)


def try_pin(program: Program, digits: str) -> None:
    form = unlock_page(program)._pin
    assert form is not None and form.line.hasFocus()
    QTest.keyClicks(form.line, digits)
    QTest.keyClick(form.line, Qt.Key.Key_Return)


def test_a_new_workspace_shows_its_code_once_and_opens_elsewhere_by_it(
    tmp_path: Path, qtbot: QtBot, clock: FakeClock, computer: Computer
) -> None:
    home = tmp_path / "watmos"
    program = started(home, qtbot, clock)
    form = unlock_page(program).create_form
    for line, text in zip((form._name, form._first, form._second), ("Ada Obi", WORDS, WORDS), strict=True):
        write(line, text)
    QTest.keyClick(form._second, Qt.Key.Key_Return)
    page = program.window.current()
    assert isinstance(page, SettingsPage)
    card = page.tying
    assert card._tie is not None and not vault.is_tied(home)  # nothing holds before it is written down
    code = card._tie.code
    assert all(group in card._code.text() for group in code.split())
    write(card._last, "AAAAA")
    write(card._passphrase, WORDS)
    QTest.keyClick(card._passphrase, Qt.Key.Key_Return)
    assert "compare your paper" in card.form.fields["code"].error() and not vault.is_tied(home)
    card._last.clear()
    write(card._last, recovery_code.last_group(code).lower())
    QTest.keyClick(card._passphrase, Qt.Key.Key_Return)
    assert vault.is_tied(home) and program.window.page_id() == "today"
    assert code.split()[0] not in said(page) and not card._passphrase.text()

    program.window.lock()
    computer.ring = Keyring()  # the folder was brought to another computer
    page = unlock_page(program)
    write(page.secret.line, WORDS)
    QTest.keyClick(page.secret.line, Qt.Key.Key_Return)
    assert "not in its keystore" in page._code.error() and "passphrase is not at fault" in page._code.error()
    assert page._code_line.hasFocus() and page.secret.line.text() == WORDS
    QTest.keyClicks(page._code_line, code)
    QTest.keyClick(page._code_line, Qt.Key.Key_Return)
    assert not program.window.is_locked()
    program.close()
    written = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    for secret in (code.split()[0], code.replace(" ", ""), WORDS):
        assert not any(secret.encode() in raw for raw in written)
        assert secret not in program.window.windowTitle()


def test_an_older_workspace_is_tied_with_its_next_passphrase_and_let_go(
    program: Program, let: Let, computer: Computer
) -> None:
    page = settings_page(program)
    page.form.fill({"old": PASSPHRASE, "passphrase": WORDS, "again": WORDS})
    page.change_passphrase()
    card = page.tying
    assert card._tie is not None
    page.leave()  # a lock, or a walk through the tabs: no code stays behind
    assert card._tie is None and not card._code.text() and not vault.is_tied(let.store.home)
    press(card, "Tie this workspace to this computer")
    assert card._tie is not None
    write(card._last, recovery_code.last_group(card._tie.code))
    write(card._passphrase, "something else entirely")
    press(card, "I have kept the code: tie it")
    assert "not the passphrase" in card.form.fields["passphrase"].error()
    card._passphrase.clear()
    write(card._passphrase, WORDS)
    press(card, "I have kept the code: tie it")
    assert vault.is_tied(let.store.home) and "Tied to this computer" in card.pill.accessibleName()
    press(card, "Let the passphrase alone open it")
    write(card._alone, WORDS)
    QTest.keyClick(card._alone, Qt.Key.Key_Return)
    assert not vault.is_tied(let.store.home)
    computer.ring = None
    card.refresh()
    assert "no keystore" in card.words.text() and not card.tie_button.isVisible()


def test_a_pin_opens_it_between_two_visits_and_not_for_ever(
    program: Program, let: Let, clock: FakeClock
) -> None:
    card = settings_page(program).pin
    press(card, "Choose a PIN")
    for line, text in ((card._first, "123456"), (card._again, "123456"), (card._passphrase, PASSPHRASE)):
        write(line, text)
    QTest.keyClick(card._passphrase, Qt.Key.Key_Return)
    assert "one of the first" in card.form.fields["pin"].error()
    card.form.fill({"pin": PIN, "again": PIN})
    QTest.keyClick(card._passphrase, Qt.Key.Key_Return)
    assert pin.is_set(let.store) and not card._first.text() and not card._passphrase.text()
    program.window.go("repairs", let.landlord.repair_id)

    program.window.idle.gone.emit()
    assert program.window.is_locked() and program.desk is None and not let.store.database_key
    left = [*program.window.findChildren(QLineEdit), *program.window.findChildren(Line)]
    assert "Kaur" not in said(program.window) and not any(one.text() for one in left)
    with instance.hold(let.store.home):  # nobody holds the folder, as before there was a PIN
        try_pin(program, PIN)
        assert "already open" in unlock_page(program).notices.showing()
    try_pin(program, WRONG)
    form = unlock_page(program)._pin
    assert form is not None and "4 tries are left" in form.field.error() and not form.line.text()
    try_pin(program, PIN)
    assert program.window.page_id() == "repairs" and program.desk is not None
    assert program.desk.actor.name == "M. Kaur"

    program.window.lock()
    for _ in range(5):
        try_pin(program, WRONG)
    page = unlock_page(program)
    assert page._pin is None and "5 times" in page.field.error() and page.secret.line.isVisible()
    program.unlock(PASSPHRASE)
    current = program.window.current()
    assert "5 of 5 tries" in getattr(current, "notices").showing()  # noqa: B009 - any page has it

    program.window.lock()
    assert unlock_page(program)._pin is not None
    clock.forward(hours=8)
    program._each_minute()  # nobody tried: what it held is gone all the same
    assert unlock_page(program)._pin is None and not program._minutely.isActive()
    assert program._session is not None and not program._session._sealed
    program.unlock(PASSPHRASE)
    assert QApplication.activeWindow() is not None


def test_a_program_that_was_closed_offers_no_pin(
    program: Program, let: Let, qtbot: QtBot, clock: FakeClock
) -> None:
    pin.choose(let.store, PIN)
    session = program._session
    program.window.lock()
    assert session is not None and session._sealed
    program.close()
    assert not session._sealed and not program._minutely.isActive()
    again = started(let.store.home, qtbot, clock)
    assert unlock_page(again)._pin is None
    again.unlock_by_pin(PIN)
    assert again.window.is_locked()
    again.close()
