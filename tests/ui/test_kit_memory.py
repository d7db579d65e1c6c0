"""Garbage is collected in the window's thread only: a worker never destroys what belongs to it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from watmos_desktop.ui.kit.memory import Memory


class Ring:
    """Refers to itself, so that only the collector can let it go."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def memory(qapp: QApplication) -> Iterator[Memory]:
    memory = Memory()
    yield memory
    memory.close()


def dropped() -> list[str]:
    """A ring that nobody holds; the list gets the thread in which it goes."""
    threads: list[str] = []
    weakref.finalize(Ring(), lambda: threads.append(threading.current_thread().name))
    return threads


def work() -> None:
    """Far more new objects than start the collector where it is left to itself."""
    kept = [[number] for number in range(20_000)]
    assert len(kept) == 20_000


def work_in_a_thread() -> None:
    worker = threading.Thread(target=work, name="worker")
    worker.start()
    worker.join()


def test_left_to_itself_python_would_collect_in_the_worker() -> None:
    threads = dropped()
    work_in_a_thread()
    assert threads == ["worker"]


def test_a_worker_collects_nothing(memory: Memory) -> None:
    threads = dropped()
    work_in_a_thread()
    assert threads == []
    memory.step()
    assert threads == [threading.main_thread().name]


def test_what_was_set_aside_goes_with_the_sweep(memory: Memory) -> None:
    threads = dropped()
    memory.keep()
    memory.step()
    assert threads == []
    memory.sweep()
    assert threads == [threading.main_thread().name]


def test_two_windows_the_first_that_is_closed_leaves_the_collector_off(memory: Memory) -> None:
    other = Memory()
    other.close()
    other.close()
    assert not gc.isenabled()
    memory.close()
    assert gc.isenabled()


def test_afterwards_the_collector_is_as_python_has_it(memory: Memory) -> None:
    assert not gc.isenabled()
    memory.close()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
