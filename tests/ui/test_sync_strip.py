"""The foot and the visits behind it: what is said about saving and the office is true, and nothing is in the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtNetwork import QNetworkInformation
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests import build
from tests.conftest import PASSPHRASE
from tests.fakes import FakeClock
from tests.network import Faults
from tests.sync.conftest import Device, Joining, OfficeApp
from tests.ui.access import problems
from tests.ui.showing import at_once, said
from watmos_desktop.app import Program
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import instance, staff
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import joining, visit
from watmos_desktop.services.sync.client import Client
from watmos_desktop.services.sync.visit import Report
from watmos_desktop.ui import syncing
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.office.ended import EndedPage
from watmos_desktop.ui.pages.unlock.page import UnlockPage
from watmos_desktop.ui.syncing import SOON_MS, Syncing
from watmos_desktop.ui.tasks import Tasks
from watmos_office import devices, members

Run = Callable[..., Program]


def connecting(device: Device) -> Callable[[Store], Client]:
    return lambda store: joining.connect(store, transport=device.network)


def foot(program: Program) -> str:
    return program.window.strip.accessibleName()


def an_estate(store: Store, name: str = "Lindley Estate") -> None:
    with store.write("made an estate") as session:
        build.an_estate(session, name=name)


@pytest.fixture
def run(qtbot: QtBot) -> Iterator[Run]:
    """Open the whole program on a device that joined; everything happens at once."""
    made: list[Program] = []

    def open_(device: Device, tasks: Tasks | None = None) -> Program:
        clock = device.store.clock
        assert isinstance(clock, FakeClock)
        program = Program(
            device.store.home, tasks=tasks or at_once(), clock=clock, connect=connecting(device)
        )
        made.append(program)
        program.window.resize(1280, 800)
        program.show()
        qtbot.waitExposed(program.window)
        program.window.activateWindow()
        program.open_store(device.store)
        qtbot.waitUntil(program.window.isActiveWindow)
        return program

    yield open_
    for program in made:
        program.close()
        program.window.close()
        program.window.deleteLater()


def answered(office: Syncing) -> tuple[str, str, bool]:
    """Sync now, and what it says."""
    found: list[tuple[str, str, bool]] = []
    office.now(lambda *said: found.append(said))
    (only,) = found
    return only


# --- the foot ---


def test_after_the_first_visit_it_says_when_the_office_was_reached(joined: Joining, run: Run) -> None:
    program = run(joined())
    assert foot(program) == "Saved here · nothing waiting · Office 10:42. The office has it all."


def test_what_waits_is_told_and_sent_soon_after(joined: Joining, run: Run, qtbot: QtBot) -> None:
    program = run(joined())
    assert program.desk is not None and program.membership is not None
    office = program.membership.office
    an_estate(program.desk.store)
    qtbot.waitUntil(lambda: "1 waiting" in foot(program))
    assert 0 < office._soon.interval() <= SOON_MS
    office._soon.setInterval(0)
    qtbot.waitUntil(lambda: "nothing waiting" in foot(program))


def test_without_a_network_it_says_so_and_tries_again_by_itself(
    joined: Joining, run: Run, qtbot: QtBot
) -> None:
    device = joined()
    device.network.cut = True
    program = run(device)
    assert program.membership is not None
    office = program.membership.office
    assert "The office cannot be reached just now." in foot(program)
    assert "It is sent when there is a connection." in foot(program)
    tries = office._backoff.failures  # a short pause may be over by now
    assert office._next.isActive() and tries > 0 and office._next.interval() <= 1000 * 2 ** (tries - 1)
    an_estate(device.store)
    qtbot.waitUntil(lambda: "1 waiting" in foot(program))
    assert not office._soon.isActive()  # the pause after a failure holds
    device.network.cut = False
    words, hint, well = answered(office)
    assert words.startswith("Sent 1 change") and words.endswith("the office was asked at 10:42.")
    assert (hint, well) == ("", True)
    qtbot.waitUntil(lambda: "nothing waiting" in foot(program))
    assert "cannot be reached" not in foot(program)


@pytest.mark.parametrize(
    ("trouble", "sentence", "step"),
    [
        ("portal", "This network shows a page of its own", "Log in to the network in a browser"),
        ("suspended", "The office has paused this device.", "Ask the office"),
        ("clock", "This device's clock is 2 h behind.", "Put it right in the computer's settings"),
        ("unknown", "The office does not know this device any more.", "new code"),
    ],
)
def test_each_trouble_has_its_own_sentence_and_next_step(
    joined: Joining, run: Run, office_app: OfficeApp, trouble: str, sentence: str, step: str
) -> None:
    own = FakeClock()
    device = joined(clock=own)
    if trouble == "portal":
        device.network.faults = Faults(portal=1.0)
    elif trouble == "clock":
        own.forward(hours=-2)
    else:
        with office_app.office.writing() as connection:
            if trouble == "suspended":
                devices.suspend(connection, office_app.office, None, device.store.device_id)
            else:
                connection.exec_driver_sql("DELETE FROM token")
    program = run(device)
    assert sentence in foot(program)
    assert step in foot(program)
    assert "Saved here" in foot(program)


def test_a_disk_without_room_is_its_own_sentence(joined: Joining, run: Run, monkeypatch: Any) -> None:
    from watmos_desktop.services.store import DiskFull

    program = run(joined())
    assert program.membership is not None

    def full(*_: object) -> Report:
        raise DiskFull

    monkeypatch.setattr(visit, "visit", full)
    words, hint, well = answered(program.membership.office)
    assert "no room left" in words and "Free some space" in hint and not well


def test_it_can_be_pressed_by_mouse_and_keys_and_used_by_everyone(joined: Joining, run: Run) -> None:
    program = run(joined())
    strip = program.window.strip
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton)
    assert program.window.page_id() == "office"
    program.window.go("today")
    strip.setFocus()
    QTest.keyClick(strip, Qt.Key.Key_Return)
    assert program.window.page_id() == "office"
    program.window.go("today")  # nothing lies below its fold, past the foot
    for scheme in ("light", "dark", "sun"):
        program.window.set_scheme(scheme)
        for size in ((1024, 600), (1440, 900)):
            program.window.resize(*size)
            assert problems(program.window) == []


# --- Sync now ---


def test_sync_now_always_answers_also_when_there_is_nothing_to_do(joined: Joining, run: Run) -> None:
    program = run(joined())
    QTest.keyClick(program.window, Qt.Key.Key_F5)
    assert "Nothing to send; the office was asked at 10:42." in said(program.window.current())


def test_sync_now_without_an_office_leads_to_joining(let: Any, qtbot: QtBot) -> None:
    program = Program(let.store.home, person="M. Kaur", tasks=at_once(), clock=let.store.clock)
    program.open_store(let.store)
    program.window.show()
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    QTest.keyClick(program.window, Qt.Key.Key_F5)
    assert program.window.page_id() == "office"
    assert "Not yet connected to an office" in said(program.window.current())
    program.close()
    program.window.deleteLater()


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (Report(), "Nothing to send"),
        (Report(pushed=1), "Sent 1 change"),
        (Report(pushed=3, photos_sent=1), "Sent 3 changes and 1 photo"),
        (Report(pulled=1200), "Fetched 1,200 records"),
        (Report(pushed=2, pulled=1), "Sent 2 changes, fetched 1 record"),
    ],
)
def test_what_came_of_a_visit_in_words(joined: Joining, report: Report, words: str) -> None:
    device = joined()
    now = Syncing(Desk(device.store, at_once())).status()
    assert syncing.said(report, now) == f"{words}; the office was asked."


def test_two_visits_never_run_at_once_and_each_press_is_answered(joined: Joining, qtbot: QtBot) -> None:
    device = joined()
    gate, running, most = threading.Event(), [], []
    tasks = Tasks(lambda error: (_ for _ in ()).throw(error))

    def slow(store: Store) -> Client:
        client = joining.connect(store, transport=device.network)
        hello = client.hello

        def waiting(body: Any) -> dict[str, Any]:
            running.append(1)
            most.append(len(running))
            gate.wait(10)
            running.pop()
            return hello(body)

        client.hello = waiting  # type: ignore[method-assign]
        return client

    office = Syncing(Desk(device.store, tasks), connect=slow)
    office.start()
    qtbot.waitUntil(lambda: bool(running))
    answers: list[str] = []
    for _ in range(3):
        office.now(lambda words, _hint, _well: answers.append(words))
    assert answers == []
    gate.set()
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert max(most) == 1
    assert len(most) == 2  # three presses during one visit are one more visit
    office.stop()
    office.finish()
    tasks.close()


def test_the_window_coming_to_the_front_ends_a_long_pause(
    joined: Joining, run: Run, monkeypatch: Any, qtbot: QtBot
) -> None:
    device = joined()
    program = run(device)
    assert program.membership is not None
    office = program.membership.office
    application = QGuiApplication.instance()
    assert isinstance(application, QGuiApplication)
    application.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert not office._soon.isActive()  # it was asked a moment ago
    monkeypatch.setattr(syncing, "_LATELY_MS", -1)
    application.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert office._soon.isActive()
    office._soon.stop()
    for reached, soon in (
        ("Disconnected", False),
        ("Site", False),
        ("Online", True),
    ):  # the network is up again
        office._reached(QNetworkInformation.Reachability[reached])
        assert office._soon.isActive() is soon


def test_what_others_saved_is_shown_without_a_reload(joined: Joining, run: Run, qtbot: QtBot) -> None:
    one, two = joined(), joined()
    program = run(one)
    assert program.desk is not None and program.membership is not None
    changed: list[Any] = []
    program.desk.changed.connect(changed.append)
    an_estate(two.store, "Chuckery Estate")
    from watmos_desktop.services.sync import engine

    engine.sync(two.store, two.client)
    answered(program.membership.office)
    assert any("estate" in one for one in changed)


def test_a_lock_during_a_visit_waits_for_it_and_closes_the_workspace(joined: Joining, qtbot: QtBot) -> None:
    device = joined()
    desk = Desk(device.store, at_once())
    office = Syncing(desk, connect=connecting(device))
    office.start()
    office.stop()
    office.finish()
    requests = device.network.requests
    failed: list[BaseException] = []
    office.ask(lambda client: client.hello({}), lambda _: None, on_error=failed.append)
    assert len(failed) == 1 and device.network.requests == requests


def test_locked_in_the_middle_of_a_visit_the_workspace_is_closed_and_opens_again(
    joined: Joining, run: Run, qtbot: QtBot
) -> None:
    device = joined(name="M. Kaur")
    errors: list[BaseException] = []
    tasks = Tasks(errors.append)
    program = run(device, tasks)
    an_estate(device.store)
    for _ in range(2):
        program.sync_now()
        program.window.lock()
        program.unlock(PASSPHRASE)
        qtbot.waitUntil(lambda: not program.window.is_locked(), timeout=20_000)
    assert program.desk is not None and program.desk.actor.name == "M. Kaur"
    qtbot.waitUntil(lambda: "nothing waiting · Office 10:42" in foot(program), timeout=20_000)
    program.window.lock()
    qtbot.waitUntil(lambda: not tasks.busy(), timeout=20_000)
    with instance.hold(device.store.home):
        pass  # nobody holds it any more
    assert errors == []


def test_who_has_a_code_comes_to_joining_right_after_making_a_workspace(
    qtbot: QtBot, tmp_path: Path, clock: FakeClock
) -> None:
    program = Program(tmp_path / "new", tasks=at_once(), clock=clock)
    page = program.window.current()
    assert isinstance(page, UnlockPage)
    page.create_form.form.fill({"name": "M. Kaur", "passphrase": PASSPHRASE, "again": PASSPHRASE})
    page.create_form._join.click()
    page.create_form._create()
    assert program.window.page_id() == "join"
    program.close()
    program.window.deleteLater()


# --- whose workspace it is ---


def test_after_joining_only_its_member_may_use_it(joined: Joining, run: Run) -> None:
    device = joined(name="M. Kaur", role=Role.MANAGER)
    other = uuid4()
    row = {
        "id": other,
        "name": "R. Adeyemi",
        "role": Role.MANAGER,
        "deleted": False,
        "active": True,
        "stamps": {},
    }
    with device.store.apply() as connection:
        connection.execute(staff.Staff.__table__.insert(), row)  # type: ignore[attr-defined]
    for who in (other, "R. Adeyemi"):
        with pytest.raises(Told, match="one person's own"):
            staff.act_as(device.store, who)
    program = run(device)
    assert program.desk is not None
    assert program.desk.actor.staff_id == device.member
    assert program.window.page_id() == "today"


def test_without_the_office_for_too_long_it_shows_nothing_and_one_visit_opens_it_again(
    joined: Joining, run: Run, clock: FakeClock, qtbot: QtBot
) -> None:
    device = joined(name="M. Kaur")
    program = run(device)
    assert program.membership is not None
    device.network.cut = True
    clock.forward(days=31)
    program._each_minute()
    page = program.window.current()
    assert isinstance(page, EndedPage)
    assert "too long" in said(page)
    assert program.window._rail.findChildren(QWidget, "tab") == []
    assert problems(program.window) == []
    QTest.keyClick(page.button, Qt.Key.Key_Space)
    assert "cannot be reached" in said(page)
    device.network.cut = False
    QTest.keyClick(page.button, Qt.Key.Key_Space)
    assert program.window.page_id() == "today"


def test_who_was_let_go_is_told_and_sees_nothing(joined: Joining, run: Run, office_app: OfficeApp) -> None:
    joined(name="Boss")
    device = joined(name="M. Kaur")
    with office_app.office.writing() as connection:
        members.disable(connection, office_app.office, None, device.member)
    with device.store.apply() as connection:
        connection.execute(staff.Staff.__table__.update().values(active=False))  # type: ignore[attr-defined]
    program = run(device)
    assert isinstance(program.window.current(), EndedPage)
    assert "The office has ended your access." in said(program.window.current())


def test_a_wiped_workspace_says_so_in_front_of_nothing(
    joined: Joining, run: Run, office_app: OfficeApp
) -> None:
    device = joined(name="M. Kaur")
    program = run(device)
    assert program.membership is not None
    with office_app.office.writing() as connection:
        devices.wipe(connection, office_app.office, None, device.store.device_id)
    program.sync_now()
    assert program.window.is_locked()
    page = program.window.current()
    assert isinstance(page, UnlockPage)
    assert "The office has ended this device's access" in page.notices.showing()
    assert not (device.store.home / "workspace.json").exists()


def test_new_rights_are_new_tabs(joined: Joining, run: Run, office_app: OfficeApp) -> None:
    joined(name="Boss")
    device = joined(name="M. Kaur", role=Role.ADMINISTRATOR)
    program = run(device)
    assert "repairs" not in program.tabs and "office" in program.tabs
    with device.store.apply() as connection:
        connection.execute(staff.Staff.__table__.update().values(role=Role.MANAGER))  # type: ignore[attr-defined]
    program.sync_now()
    assert "repairs" in program.tabs
