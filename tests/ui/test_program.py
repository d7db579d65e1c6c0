"""The program put together: window first, unlock, who is using it, lock and unlock, the foot's words, backups."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.build import a_staff
from tests.conftest import PASSPHRASE, Let, Workspace
from tests.fakes import FakeClock
from tests.landlord import Landlord, raise_one
from tests.ui.showing import Shown, at_once, said
from watmos_desktop.app import Program
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import backup, history, instance, settings, staff, walk
from watmos_desktop.services.store import Store
from watmos_desktop.ui.pages.inspections.walk import WalkPage
from watmos_desktop.ui.pages.people.who import WhoPage
from watmos_desktop.ui.pages.unlock.page import UnlockPage

HEAVY = ("sqlalchemy", "reportlab", "PIL", "holidays", "alembic", "cryptography", "argon2", "openpyxl")


@pytest.fixture
def program(let: Let, qtbot: QtBot, clock: FakeClock) -> Iterator[Program]:
    """Open on the small landlord as its caretaker; everything happens at once."""
    made = Program(let.store.home, person="M. Kaur", tasks=at_once(), clock=clock)
    made.window.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made.window)
    made.window.activateWindow()
    made.open_store(let.store)
    yield made
    made.close()
    made.window.close()
    made.window.deleteLater()


def unlock_page(program: Program) -> UnlockPage:
    page = program.window.current()
    assert isinstance(page, UnlockPage)
    return page


def test_the_window_comes_without_the_database_layer() -> None:
    code = (
        "import sys, json\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication(['test', '-platform', 'offscreen'])\n"
        "from pathlib import Path\n"
        "from watmos_desktop.app import Program\n"
        "program = Program(Path('nowhere'))\n"
        "program.window.show()\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))\n"
        "program.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(json.loads(done.stdout.strip().splitlines()[-1]))
    assert "PySide6" in loaded
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)


def test_tabs_follow_the_role(program: Program, let: Let) -> None:
    tabs = {}
    for who in ("caretaker", "ambassador", "officer", "manager"):
        actor = getattr(let.landlord, who)
        program.become(actor.staff_id)
        tabs[who] = program.tabs
    assert "homes" not in tabs["ambassador"]
    assert "asb" not in tabs["ambassador"] and "voice" in tabs["ambassador"]
    assert {"today", "repairs", "inspections", "homes", "settings"} <= set(tabs["caretaker"])
    assert {"contacts", "complaints", "performance"} <= set(tabs["officer"])
    assert set(tabs["officer"]) == set(tabs["manager"])
    with pytest.raises(KeyError):
        program.become(let.landlord.ambassador.staff_id)  # type: ignore[arg-type]
        program.window.go("homes")


def test_every_page_opens_for_every_role(program: Program, let: Let) -> None:
    for who in ("caretaker", "ambassador", "officer", "manager"):
        program.become(getattr(let.landlord, who).staff_id)
        for tab in (*program.tabs, "people", "keys"):
            program.window.go(tab)
            assert not program.window.grab().isNull()


def test_the_foot_tells_the_truth_about_saving(program: Program, let: Let, qtbot: QtBot) -> None:
    def foot() -> str:
        return program.window.strip.accessibleName()

    assert "Saved here" in foot() and "Not yet connected to an office" in foot()
    before = foot()
    assert program.desk is not None
    program.desk.do("began", walk.start, let.landlord.schedule_id)
    qtbot.waitUntil(lambda: foot() != before)


def test_a_lock_empties_the_window_and_closes_the_workspace(program: Program, let: Let, qtbot: QtBot) -> None:
    program.window.go("repairs", let.landlord.repair_id)
    QTest.keyClick(program.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert program.window.is_locked()
    assert program.desk is None
    assert "Kaur" not in said(program.window)
    with instance.hold(let.store.home):
        pass  # nobody holds it any more
    program.unlock(PASSPHRASE)
    assert program.window.page_id() == "repairs"
    assert program.desk is not None
    assert program.desk.actor.name == "M. Kaur"


def test_a_lock_in_the_middle_of_a_note_loses_no_word(program: Program, let: Let, qtbot: QtBot) -> None:
    assert program.desk is not None
    walk_id = program.desk.do("began", walk.start, let.landlord.schedule_id)
    program.window.go("walk", walk_id)
    page = program.window.current()
    assert isinstance(page, WalkPage)
    while page.main.carried.isVisible():
        QTest.keyClick(page.main, Qt.Key.Key_F)
    QTest.keyClick(page.main, Qt.Key.Key_B)
    QTest.keyClick(page.main, Qt.Key.Key_Backspace)
    item = page.item_key()
    page.edit_note()
    QTest.keyClicks(page.main.card.note, "The closer leaks")
    QTest.keyClick(program.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert program.window.is_locked()
    program.unlock(PASSPHRASE)
    again = program.window.current()
    assert isinstance(again, WalkPage)
    assert again.item_key() == item
    again.edit_note()
    assert again.main.card.note.toPlainText() == "The closer leaks"


def test_a_wrong_passphrase_a_damaged_file_and_a_second_window_are_told_apart(
    program: Program, let: Let, qtbot: QtBot
) -> None:
    program.window.lock()
    program.unlock("not the passphrase")
    assert "not the passphrase of this workspace" in unlock_page(program).field.error()
    with instance.hold(let.store.home):
        program.unlock(PASSPHRASE)
        assert "already open" in unlock_page(program).notices.showing()
    key_file = let.store.home / "workspace.json"
    sound = key_file.read_bytes()
    key_file.write_bytes(sound.replace(b"argon2id", b"argon2ix"))
    program.unlock(PASSPHRASE)
    assert "damaged" in unlock_page(program).field.error()
    key_file.write_bytes(sound)
    program.unlock(PASSPHRASE)
    assert not program.window.is_locked()


def test_choices_of_the_window_are_remembered(program: Program, let: Let) -> None:
    QTest.keyClick(program.window, Qt.Key.Key_F2)
    assert program.desk is not None
    assert settings.load(program.desk.store).scheme == "dark"
    QTest.keyClick(program.window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert settings.load(program.desk.store).text_scale == 1.25
    settings.change(program.desk.store, lock_minutes=2)
    program.window.lock()
    program.unlock(PASSPHRASE)
    assert program.window.idle.seconds == 120


def test_it_locks_by_itself(program: Program, qtbot: QtBot) -> None:
    program.window.idle.gone.emit()
    assert program.window.is_locked()


def test_work_is_backed_up_when_it_is_closed(program: Program, let: Let) -> None:
    home = let.store.home
    assert backup.latest(home) is None
    assert program.desk is not None
    program.desk.do("began", walk.start, let.landlord.schedule_id)
    program.close()
    made = backup.latest(home)
    assert made is not None and made.why == "on closing"


def test_undo_of_the_window_takes_the_last_step_back(program: Program, let: Let) -> None:
    assert program.desk is not None
    before = program.desk.look(history.last)
    raise_one(let.store, let.landlord)
    program.window.go("today")
    for _ in range(3):  # what was done before this sitting stays, however often it is pressed
        QTest.keyClick(program.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert program.desk.look(history.last) == before


def test_several_people_are_asked_once_who_they_are(
    landlord_workspace: tuple[Workspace, Landlord], tmp_path: Path, qtbot: QtBot, clock: FakeClock
) -> None:
    workspace, made = landlord_workspace
    store = workspace.open(tmp_path / "w", clock)
    with store.write("a second manager") as session:
        a_staff(session, Role.MANAGER, "Second Manager")
    program = Program(store.home, tasks=at_once(), clock=clock)
    qtbot.addWidget(program.window)
    program.window.show()
    program.open_store(store)
    page = program.window.current()
    assert isinstance(page, WhoPage)
    next(one for one in page.buttons if "R. Adeyemi" in one.accessibleName()).click()
    assert program.window.page_id() == "today"
    program.window.lock()
    program.unlock(PASSPHRASE)
    assert program.window.page_id() == "today"
    assert program.desk is not None and program.desk.actor.staff_id == made.officer.staff_id
    program.close()


def test_a_demo_asks_even_where_one_manager_would_do(let: Let, qtbot: QtBot, clock: FakeClock) -> None:
    settings.mark_demo(let.store)
    program = Program(let.store.home, tasks=at_once(), clock=clock)
    qtbot.addWidget(program.window)
    program.open_store(let.store)
    assert isinstance(program.window.current(), WhoPage)
    staff.act_as(let.store, "M. Kaur", remember=True)
    program.close()


def test_what_nobody_foresaw_is_said_on_the_page(program: Program) -> None:
    program.window.go("today")
    program._bug(ZeroDivisionError("secret words"))
    page = program.window.current()
    assert "Something went wrong here" in page.notices.showing()  # type: ignore[attr-defined]
    assert "secret" not in page.notices.showing()  # type: ignore[attr-defined]


def test_the_store_can_be_opened_again_by_a_command_after_closing(program: Program, let: Let) -> None:
    program.close()
    store = Store.open(let.store.home, PASSPHRASE)
    assert store.device_id == let.store.device_id
    store.close()


def test_a_bug_is_owned_up_to_and_its_report_holds_no_words(program: Program, shown: Shown) -> None:
    secret = "Mrs Canary at number 4"
    program._bug(RuntimeError(secret))
    page = program.window.current()
    assert "not your doing" in said(page)
    shown.press(page, "Copy report")
    report = QGuiApplication.clipboard().text()
    assert "builtins.RuntimeError" in report
    assert secret not in report
    assert secret not in (program.home / "log" / "watmos.log").read_text("ascii")
