"""Work off the UI thread: the newest answer wins and nothing reaches a deleted widget."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from watmos_desktop.services.store import Closed, Store
from watmos_desktop.ui.kit.process import Tell
from watmos_desktop.ui.tasks import AtOnce, Tasks


class Bench:
    """Real tasks, and what they told."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.errors: list[BaseException] = []
        self.tasks = Tasks(self.errors.append)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.tasks.close()


def test_the_answer_comes_in_the_ui_thread(bench: Bench, qtbot: QtBot) -> None:
    here = threading.get_ident()
    bench.tasks.read(threading.get_ident, lambda there: bench.answers.append((there, threading.get_ident())))
    assert bench.answers == []
    qtbot.waitUntil(lambda: bool(bench.answers))
    there, told = bench.answers[0]
    assert there != here
    assert told == here
    assert not bench.tasks.busy()


def test_the_newest_answer_wins(bench: Bench, qtbot: QtBot) -> None:
    gate = threading.Event()
    owner = QObject()

    def slow() -> str:
        assert gate.wait(10)
        return "old"

    bench.tasks.read(slow, bench.answers.append, key="search", owner=owner)
    bench.tasks.read(lambda: "new", bench.answers.append, key="search", owner=owner)
    qtbot.waitUntil(lambda: bench.answers == ["new"])
    gate.set()
    qtbot.waitUntil(lambda: not bench.tasks.busy())
    assert bench.answers == ["new"]


def test_keys_of_two_owners_do_not_meet(bench: Bench, qtbot: QtBot) -> None:
    one, other = QObject(), QObject()
    bench.tasks.read(lambda: 1, bench.answers.append, key="rows", owner=one)
    bench.tasks.read(lambda: 2, bench.answers.append, key="rows", owner=other)
    qtbot.waitUntil(lambda: sorted(bench.answers) == [1, 2])


def test_nothing_reaches_a_deleted_widget(bench: Bench, qtbot: QtBot) -> None:
    gate = threading.Event()
    label = QLabel()
    bench.tasks.read(lambda: str(gate.wait(10)), label.setText)
    bench.tasks.read(lambda: 1 // (not gate.wait(10)), bench.answers.append, owner=label)
    shiboken6.delete(label)
    gate.set()
    qtbot.waitUntil(lambda: not bench.tasks.busy())
    assert bench.errors == []
    assert bench.answers == []


def test_writes_keep_their_order(bench: Bench, qtbot: QtBot) -> None:
    done: list[int] = []
    for number in range(40):
        bench.tasks.write(lambda n=number: done.append(n), lambda _: None)  # type: ignore[misc]
    bench.tasks.write(lambda: list(done), bench.answers.append)
    qtbot.waitUntil(lambda: bool(bench.answers))
    assert bench.answers == [list(range(40))]


def test_errors_go_to_one_place_or_to_the_one_named(bench: Bench, qtbot: QtBot) -> None:
    mine: list[BaseException] = []
    bench.tasks.read(lambda: 1 / 0, bench.answers.append)
    bench.tasks.write(lambda: [][1], bench.answers.append, on_error=mine.append)
    qtbot.waitUntil(lambda: bool(bench.errors and mine))
    assert isinstance(bench.errors[0], ZeroDivisionError)
    assert isinstance(mine[0], IndexError)


def test_close_finishes_the_writes(qtbot: QtBot) -> None:
    done: list[int] = []
    tasks = Tasks(lambda _: None)
    for number in range(20):
        tasks.write(lambda n=number: done.append(n), lambda _: None)  # type: ignore[misc]
    tasks.close()
    assert done == list(range(20))


def test_at_once_needs_no_event_loop() -> None:
    told: list[Any] = []
    tasks = Tasks(told.append, AtOnce())
    tasks.read(lambda: 1, told.append)
    tasks.write(lambda: 2, told.append)
    tasks.process(_double, 4, told.append, progress=lambda done, total: told.append((done, total)))
    tasks.read(lambda: 1 / 0, told.append)
    assert told[:4] == [1, 2, (1, 2), 8]
    assert isinstance(told[4], ZeroDivisionError)


def _double(number: int, tell: Tell) -> int:
    tell(1, 2)
    return number * 2


def _who(_: None, tell: Tell) -> int:
    return os.getpid()


def _forever(_: None, tell: Tell) -> None:
    number = 0
    while True:
        number += 1
        tell(number, 0)


def test_a_process_works_reports_and_can_be_cancelled(bench: Bench, qtbot: QtBot) -> None:
    bench.tasks.process(_double, 21, bench.answers.append)
    bench.tasks.process(_who, None, bench.answers.append)
    qtbot.waitUntil(lambda: len(bench.answers) == 2, timeout=30_000)
    assert bench.answers[0] == 42
    assert bench.answers[1] != os.getpid()
    ticks: list[int] = []
    job = bench.tasks.process(
        _forever, None, bench.answers.append, progress=lambda done, _: ticks.append(done)
    )
    qtbot.waitUntil(lambda: bool(ticks), timeout=30_000)
    job.cancel()
    bench.tasks.process(_double, 1, bench.answers.append)  # the one worker is free again
    qtbot.waitUntil(lambda: bench.answers[-1] == 2, timeout=30_000)
    assert bench.errors == []
    assert len(bench.answers) == 3


def test_what_is_prepared_in_a_thread_goes_to_the_process(bench: Bench, qtbot: QtBot) -> None:
    parts: list[tuple[int, int]] = []
    threads: list[int] = []

    def halve(number: int, tell: Tell) -> int:
        threads.append(threading.get_ident())
        tell(1, 4)
        return number // 2

    bench.tasks.process(
        _double, 8, bench.answers.append, prepare=halve, progress=lambda *part: parts.append(part)
    )
    qtbot.waitUntil(lambda: bench.answers == [8], timeout=30_000)
    assert parts[0] == (1, 4)
    assert threads != [threading.get_ident()]


def test_a_cancel_stops_what_is_being_prepared(bench: Bench, qtbot: QtBot) -> None:
    ticks: list[int] = []
    job = bench.tasks.process(
        _double,
        None,
        bench.answers.append,
        prepare=_forever,
        progress=lambda done, _: ticks.append(done),
    )
    qtbot.waitUntil(lambda: bool(ticks))
    job.cancel()
    bench.tasks.process(_double, 1, bench.answers.append)  # the one starter is free again
    qtbot.waitUntil(lambda: bench.answers == [2], timeout=30_000)
    assert bench.errors == []


def test_a_look_that_the_lock_overtakes_is_nobodys_and_a_write_is_told(store: Store, qtbot: QtBot) -> None:
    """The window locks while a page still reads: what it would have been told is of a workspace that is closed."""
    errors: list[BaseException] = []
    tasks, began, locked = Tasks(errors.append), threading.Event(), threading.Event()

    def look() -> int:
        began.set()
        locked.wait(20)
        with store.read() as session:
            return len(session.execute(text("SELECT 1")).all())

    tasks.read(look, lambda _: errors.append(AssertionError("an answer")))
    assert began.wait(20)
    store.close()
    locked.set()
    qtbot.waitUntil(lambda: not tasks.busy(), timeout=20_000)
    assert errors == []

    def change() -> None:
        with store.write("too late") as session:
            session.execute(text("SELECT 1"))

    tasks.write(change, lambda _: None)
    qtbot.waitUntil(lambda: not tasks.busy(), timeout=20_000)
    assert [type(error) for error in errors] == [Closed]
    tasks.close()
