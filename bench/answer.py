"""From the key that answers an item to the next frame painted: saved, read again and shown, in the program's window.

Beside it the least that being saved can cost: a bare commit of one row to an encrypted database on the same disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QWidget

from bench import Row, spell
from bench._demo_window import ITEMS, demo_window, long_walk
from watmos_desktop.cli.driving import Driver
from watmos_desktop.services import walk_view
from watmos_desktop.services.store import connect
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.pages.inspections.walk import WalkPage

MEDIAN, WORST = 0.050, 0.100  # below 50 ms an answer is there with the key; 100 ms is where people notice


class Frames(QObject):
    """Tells when the window has painted all that was asked of it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self._window = window
        self._painted = 0
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.UpdateRequest:
            self._painted += 1
        return False

    def wait(self) -> None:
        """Come back after a turn of the event loop in which nothing was left to paint."""
        before = -1
        while before != self._painted:
            before, loop = self._painted, QEventLoop()
            QTimer.singleShot(0, loop.quit)
            loop.exec()


def run() -> Iterator[Row]:
    with demo_window() as (driver, desk), _bare_commit() as commit:
        walk_id = long_walk(desk)
        driver.window.go("walk", walk_id)
        page = driver.window.current()
        assert isinstance(page, WalkPage)
        driver.settle(500)
        frames = Frames(driver.window)
        answers: list[float] = []
        commits: list[float] = []
        while len(answers) < ITEMS:
            while page.main.carried.isVisible():
                _press(driver, frames, shown_key("not_fixed"))
            item_key = page.item_key()
            commits.append(_timed(commit))
            answers.append(_timed(lambda: _press(driver, frames, "1")))
            if page.item_key() == item_key:  # a poor answer stays on the screen
                _press(driver, frames, shown_key("next"))
            driver.settle(5)
        missing = desk.look(walk_view.load, walk_id).missing()
    assert not missing, missing
    answers.sort()
    commits.sort()
    bare, name = median(commits), f"key to painted answer, {ITEMS} of a walk / one-row commit"
    for what, place, goal in (("median", 0.5, MEDIAN), ("95th of 100", 0.95, WORST), ("worst", 1.0, None)):
        seconds, floor = _at(answers, place), _at(commits, place)
        said = f"at most {spell(goal)}" if goal else "told"
        yield Row(
            f"{name}: {what}",
            spell(seconds),
            spell(floor),
            seconds / floor,
            said,
            not goal or seconds <= goal,
        )
    yield Row(f"{name}: share of the disk", f"{bare / median(answers):.0%}", "", None, "told", ok=True)


def _press(driver: Driver, frames: Frames, key: str) -> None:
    driver.press(key)
    frames.wait()


@contextmanager
def _bare_commit() -> Iterator[Callable[[], None]]:
    """Saves one row, and comes back when the disk has it."""
    with TemporaryDirectory() as folder:
        connection = connect(Path(folder) / "bare.db", bytes(32))
        connection.execute("CREATE TABLE answer (value TEXT)")
        yield lambda: connection.execute("INSERT INTO answer VALUES ('A')")
        connection.close()


def _timed(job: Callable[[], object]) -> float:
    start = perf_counter()
    job()
    return perf_counter() - start


def _at(ordered: list[float], place: float) -> float:
    return ordered[min(int(len(ordered) * place), len(ordered) - 1)]
