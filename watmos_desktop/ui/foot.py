"""The foot of the window and the numbers on the tabs, kept true: read beside the window a moment after each change."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from watmos_desktop.services import counts, log
from watmos_desktop.services.outbox import Waiting
from watmos_desktop.services.sync import review, status
from watmos_desktop.services.sync.status import Status
from watmos_desktop.services.sync.visit import Progress
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.syncing import Syncing
from watmos_desktop.ui.window import OFFICE, Window

_QUIET_MS = 300  # after the last change
_DOING = {"sending": "Sending", "loading": "Loading records", "reading": "Fetching", "photos": "Photos"}


class Foot(QObject):
    """*Saved here · 3 waiting · Office 16:42*, or the problem in its own sentence with the next step."""

    def __init__(self, desk: Desk, window: Window, office: Syncing) -> None:
        super().__init__(desk)
        self._desk, self._window, self._office = desk, window, office
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_QUIET_MS)
        self._soon.timeout.connect(self.refresh)
        desk.changed.connect(self._changed)
        office.told.connect(self._told)
        office.moved.connect(self._moved)
        self._left = ""
        self._stopped = False

    def refresh(self) -> None:
        """Read it again beside the window: it takes longer than a frame."""
        desk = self._desk
        if self._stopped:
            return
        desk.tasks.read(lambda: _read(desk), self._show, key="foot", owner=self, on_error=self._failed)

    def stop(self) -> None:
        """Say nothing more: the workspace is closed."""
        self._soon.stop()
        self._stopped = True

    def _changed(self, _: object) -> None:
        if not self._stopped:
            self._soon.start()

    def _failed(self, error: BaseException) -> None:
        if not self._stopped:  # else the workspace was closed under it
            log.fault(error)

    def _told(self, _: object) -> None:
        self.refresh()

    def _moved(self, step: Progress) -> None:
        if self._stopped:
            return
        about = "about " if step.step == "loading" else ""
        of = f" of {about}{step.whole:,}" if step.whole else ""
        self._window.say(self._left, f"{_DOING.get(step.step, 'Working')} {step.done:,}{of}", Tone.INFO)

    def _show(self, found: tuple[Status, dict[str, int]]) -> None:
        if self._stopped:
            return
        now, numbers = found
        self._left, right = _words(now)
        self._window.say(self._left, right, Tone(now.tone.value))
        for page_id, number in numbers.items():
            self._window.show_count(page_id, number)
        self._office.note(now)


def _words(now: Status) -> tuple[str, str]:
    if not now.joined:
        waiting = Waiting(now.records, now.photos).words
        alone = f"Saved here · {waiting} · Not yet connected to an office"
        return alone, "It works without a network."
    if now.problem:
        return now.words, f"{now.problem} {now.hint}"
    return now.words, "It is sent by itself." if now.waiting else "The office has it all."


def _read(desk: Desk) -> tuple[Status, dict[str, int]]:
    numbers = desk.look(counts.needing_me)
    return status.status(desk.store), numbers | {OFFICE: desk.look(review.count)}
