"""The frame: pages made when first shown, keys, themes, and a lock that leaves nothing behind."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.access import problems
from watmos_desktop.ui.kit.button import PrimaryButton
from watmos_desktop.ui.kit.inputs import Line, SearchField
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.unlock.page import UnlockPage
from watmos_desktop.ui.window import PageSpec, Window

CANARY = "Ms Canary of 14 Lindley House"


class Sample(Page):
    """A page that shows something private and remembers where it is."""

    def __init__(self, name: str) -> None:
        self.box = SearchField("Search", key="Ctrl+K")
        super().__init__(name, CANARY, self.box, PrimaryButton("New", key="Ctrl+N"))
        self.argument: object = None
        self.left = 0
        self.undone = 0
        self.line = Line()
        self.line.setAccessibleName("Note")
        self.line.setText(CANARY)
        self.body.addWidget(Text(CANARY))
        self.body.addWidget(self.line)
        self.body.addStretch(1)

    def open(self, argument: object) -> None:
        self.argument = argument

    def place(self) -> object:
        return self.argument

    def leave(self) -> None:
        self.left += 1

    def search(self) -> bool:
        self.box.setFocus()
        return True

    def undo(self) -> bool:
        self.undone += 1
        return True


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Frame:
    """A window with sample pages, and what happened to it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.clock, self.wall = Clock(), Clock()
        self.made: list[str] = []
        self.locks = 0
        self.window = Window(self._unlock, on_lock=self._locked, clock=self.clock, wall=self.wall)
        qtbot.addWidget(self.window)
        self.window.resize(1440, 900)

    def open(self) -> Window:
        names = {"today": "Today", "repairs": "Repairs", "homes": "Homes"}
        specs = [PageSpec(key, words, key, self._maker(words), 4) for key, words in names.items()]
        self.window.open_pages(
            [*specs, PageSpec("walk", "Walk", "today", self._maker("Walk"), hidden=True)], "M. Kaur"
        )
        with self.qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
        return self.window

    def page(self) -> Sample:
        page = self.window.current()
        assert isinstance(page, Sample)
        return page

    def _maker(self, words: str) -> Callable[[], QWidget]:
        def make() -> QWidget:
            self.made.append(words)
            return Sample(words)

        return make

    def _unlock(self) -> QWidget:
        return UnlockPage(lambda _: None, lambda *_: None)

    def _locked(self) -> None:
        self.locks += 1


@pytest.fixture
def frame(qtbot: QtBot) -> Frame:
    return Frame(qtbot)


def _words(root: QWidget) -> str:
    parts = [label.text() for label in root.findChildren(QLabel)]
    parts += [line.text() for line in root.findChildren(QLineEdit)]
    parts += [text.toPlainText() for text in root.findChildren(QPlainTextEdit)]
    parts += [part.accessibleName() + part.toolTip() for part in root.findChildren(QWidget)]
    return " ".join(parts)


def test_it_starts_locked_and_pages_are_made_when_first_shown(frame: Frame) -> None:
    assert frame.window.is_locked()
    frame.open()
    assert not frame.window.is_locked()
    assert frame.made == ["Today"]
    frame.window.go("homes", 7)
    frame.window.go("today")
    assert frame.made == ["Today", "Homes"]
    frame.window.go("homes")
    assert frame.page().argument == 7


def test_an_unknown_page_is_refused(frame: Frame) -> None:
    frame.open()
    with pytest.raises(KeyError):
        frame.window.go("nowhere")


def test_a_page_asks_for_another_and_esc_goes_back(frame: Frame, qtbot: QtBot) -> None:
    window = frame.open()
    frame.page().open_requested.emit("walk", "I-1")
    assert window.page_id() == "walk"
    assert frame.page().argument == "I-1"
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.page_id() == "today"
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.page_id() == "today"


def test_keys_go_to_tabs_search_undo_and_help(frame: Frame, qtbot: QtBot) -> None:
    window = frame.open()
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.page_id() == "repairs"
    QTest.keyClick(window, Qt.Key.Key_9, Qt.KeyboardModifier.ControlModifier)
    assert window.page_id() == "repairs"
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.focusWidget() is frame.page().box
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert frame.page().undone == 1
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window.page_id() == "keys"


def test_f2_goes_from_light_to_dark_to_sun(frame: Frame, qtbot: QtBot) -> None:
    window = frame.open()
    seen: list[str] = []
    window.scheme_changed.connect(seen.append)
    for _ in range(3):
        QTest.keyClick(window, Qt.Key.Key_F2)
    assert seen == ["dark", "sun", "light"]
    QTest.keyClick(window, Qt.Key.Key_Equal, Qt.KeyboardModifier.ControlModifier)
    assert look().scale == 1.25


def test_a_lock_empties_every_page_and_comes_back_to_the_place(frame: Frame, qtbot: QtBot) -> None:
    window = frame.open()
    window.say(f"Saved {CANARY}", CANARY, Tone.WARN)
    window.go("homes", "H-9")
    gone = [weakref.ref(window._made[key]) for key in ("today", "homes")]
    shown = [frame.page(), window._made["today"]]
    destroyed: list[int] = []
    for page in shown:
        page.destroyed.connect(lambda: destroyed.append(1))
    assert CANARY in _words(window)
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert [page.left for page in shown if isinstance(page, Sample)] == [1, 1]
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert destroyed == [1, 1]
    del shown, page
    gc.collect()
    assert window.is_locked()
    assert frame.locks == 1
    assert CANARY not in _words(window)
    assert window.windowTitle() == "WATMOS"
    assert [ref() for ref in gone] == [None, None]
    frame.open()
    assert window.page_id() == "homes"
    assert frame.page().argument == "H-9"


def test_it_locks_after_five_idle_minutes_and_not_before(frame: Frame, qtbot: QtBot) -> None:
    window = frame.open()
    for _ in range(14):
        frame.clock.now += 20
        frame.wall.now += 20
        window.idle.check()
    assert not window.is_locked()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Shift)
    for _ in range(14):
        frame.clock.now += 20
        frame.wall.now += 20
        window.idle.check()
    assert not window.is_locked()
    frame.clock.now += 20
    frame.wall.now += 20
    window.idle.check()
    assert window.is_locked()
    assert frame.locks == 1


def test_who_works_in_a_dialog_is_there(frame: Frame, qtbot: QtBot) -> None:
    window = frame.open()
    dialog = QWidget(window, Qt.WindowType.Dialog)
    dialog.show()
    dialog.activateWindow()
    assert QTest.qWaitForWindowActive(dialog)
    for _ in range(30):
        frame.clock.now += 20
        frame.wall.now += 20
        QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_Shift)
        window.idle.check()
    assert not window.is_locked()
    dialog.close()


@pytest.mark.parametrize("which", ["clock", "wall"])
def test_it_locks_when_the_machine_slept(frame: Frame, which: str) -> None:
    window = frame.open()
    getattr(frame, which).now += 90
    window.idle.check()
    assert window.is_locked()


def test_it_locks_when_the_system_suspends_it(frame: Frame) -> None:
    window = frame.open()
    QCoreApplication.instance().applicationStateChanged.emit(Qt.ApplicationState.ApplicationSuspended)  # type: ignore[union-attr]
    assert window.is_locked()


def test_keys_do_nothing_while_locked(frame: Frame, qtbot: QtBot) -> None:
    window = frame.open()
    window.lock()
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_F1):
        QTest.keyClick(window, key)
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.is_locked()
    assert frame.made == ["Today"]


@pytest.mark.parametrize("scheme", ["light", "dark", "sun"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 600), (860, 600)])
def test_the_frame_can_be_used_by_everyone(frame: Frame, scheme: str, width: int, height: int) -> None:
    window = frame.open()
    window.resize(width, height)
    window.set_scheme(scheme)
    assert problems(window) == []
    window.lock()
    assert problems(window) == []


def test_the_rail_narrows(frame: Frame) -> None:
    window = frame.open()
    widths = []
    for width in (1440, 1024, 860):
        window.resize(width, 700)
        widths.append(window._rail.width())
    assert widths == [208, 188, 64]


def test_many_tabs_keep_their_height_and_the_chosen_one_is_in_view(frame: Frame, qtbot: QtBot) -> None:
    window = frame.window
    pages = [PageSpec(f"p{n}", f"Page {n}", "today", frame._maker(f"Page {n}")) for n in range(14)]
    window.resize(1024, 600)
    window.open_pages(pages, "M. Kaur")
    window.show()
    qtbot.waitExposed(window)
    window.go("p13")
    last = window._buttons["p13"]
    qtbot.waitUntil(lambda: last.visibleRegion().boundingRect().height() == last.height())
    assert {button.height() for button in window._buttons.values()} == {44}


def test_twice_the_text_fits(frame: Frame) -> None:
    window = frame.open()
    window.set_scheme("light", 2.0)
    assert [words for words in problems(window) if "is cut" in words or "less than" in words] == []
