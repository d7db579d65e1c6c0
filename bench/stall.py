"""How long the window cannot answer while 40 photos of 12 MP are taken in and their report of 60 items is made.

A timer beats in the window's thread every 2 ms; a beat that comes late is time in which no key would be heard. The
same beats while the window rests beside a busy process are the control: what the machine itself holds up.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from time import perf_counter, thread_time
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Qt, QTimer

from bench import Row, spell
from bench._demo_window import demo_window, long_walk
from bench.photos import decode, taken
from watmos_desktop.cli.driving import Driver
from watmos_desktop.services import scoring, walk, walk_view
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.inspections.preview import ReportPage
from watmos_desktop.ui.pages.inspections.walk import WalkPage

PHOTOS, FRAME, EVERY_MS = 40, 0.016, 2
_IDLE_MS = 8000


@dataclass(frozen=True)
class Beats:
    """``late``: seconds, in order of size; ``own``: the most that the window's thread computed in one go."""

    late: list[float]
    own: float

    @property
    def worst(self) -> float:
        return self.late[-1]

    @property
    def p99(self) -> float:
        return self.late[int(len(self.late) * 0.99)]

    @property
    def over(self) -> str:
        return f"{sum(one > FRAME for one in self.late)} of {len(self.late):,}"


class Heartbeat(QObject):
    """``late``: seconds by which each beat came too late; ``own``: what the thread computed before it."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self.own: list[float] = []
        self._last = self._used = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self.late.clear()
        self.own.clear()
        self._last, self._used = perf_counter(), thread_time()
        self._timer.start()

    def stop(self) -> Beats:
        self._timer.stop()
        return Beats(sorted(self.late), max(self.own))

    def _beat(self) -> None:
        now, used = perf_counter(), thread_time()
        self.late.append(max(0.0, now - self._last - EVERY_MS / 1000))
        self.own.append(used - self._used)
        self._last, self._used = now, used


def run() -> Iterator[Row]:
    pictures, heart = _many(PHOTOS), Heartbeat()
    with demo_window() as (driver, desk):
        walk_id = _answered(desk)
        items = desk.look(walk_view.load, walk_id).template.items
        files = {item.key: data for item, data in zip(items, pictures, strict=False)}
        _make_report(driver, walk_id)  # loads the page and starts its process, once in a sitting
        driver.window.go("walk", walk_id)
        driver.settle(1000)
        with _busy_process():
            rest = _beats(heart, driver, lambda: driver.settle(_IDLE_MS))
        intake = _beats(heart, driver, lambda: _take_in(driver, desk, walk_id, files))
        report = _beats(heart, driver, lambda: _make_report(driver, walk_id))
    allowed = max(FRAME, rest.worst)
    for what, beats in (
        (f"{PHOTOS} photos of 12 MP taken in", intake),
        ("their report of 60 items made", report),
    ):
        title = f"window held up, {what}"
        yield Row(f"{title}: by its own work in one go / at rest", spell(beats.own), spell(rest.own), None,
                  f"at most {spell(FRAME)}", beats.own <= FRAME)  # fmt: skip
        yield Row(f"{title}: worst / at rest", spell(beats.worst), spell(rest.worst), None,
                  f"at most {spell(allowed)}", beats.worst <= allowed)  # fmt: skip
        yield Row(f"{title}: 99th of 100", spell(beats.p99), spell(rest.p99), None, "told", ok=True)
        yield Row(f"{title}: beats late by over {spell(FRAME)}", beats.over, rest.over, None, "told", ok=True)


@contextmanager
def _busy_process() -> Iterator[None]:
    """Another process that computes: the control, too, has to share the machine."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as child:
        try:
            yield
        finally:
            child.kill()


def _beats(heart: Heartbeat, driver: Driver, work: Callable[[], object]) -> Beats:
    """How the window's heart beats while the work is done and what it shows is painted."""
    heart.start()
    work()
    driver.settle(300)
    return heart.stop()


def _take_in(driver: Driver, desk: Desk, walk_id: UUID, files: dict[str, bytes]) -> None:
    page = driver.window.current()
    assert isinstance(page, WalkPage)
    for key, data in files.items():
        page.photos.intake.add(walk_id, key, partial(bytes, data))
    driver.wait(lambda: not desk.tasks.busy(), "the photos")


def _make_report(driver: Driver, walk_id: UUID) -> None:
    driver.window.go("report", walk_id)
    page = driver.window.current()
    assert isinstance(page, ReportPage)
    driver.wait(page.pdf, "the report")


def _answered(desk: Desk) -> UUID:
    """A walk of 60 items, each answered, with a defect in every seventh."""
    walk_id = long_walk(desk)

    def answer(session: Any) -> None:
        for number, item in enumerate(walk_view.load(session, walk_id).template.items):
            wrong = (
                next((one for one in item.phrases if one.raises_repair), None) if number % 7 == 0 else None
            )
            if wrong:
                walk.answer(session, walk_id, item.key, phrase=wrong.key)
            else:
                walk.answer(session, walk_id, item.key, value=scoring.ok_answer(item).value)

    desk.do("answered a long walk", answer)
    return walk_id


def _many(count: int) -> list[bytes]:
    """That many photos, no two alike."""
    image, files = decode(taken(1)), []
    for number in range(count):
        image.paste((5 * number, 90, 60), (0, 0, 400, 400))
        out = BytesIO()
        image.save(out, "JPEG", quality=88)
        files.append(out.getvalue())
    return files
