"""Keeps the open workspace and its office together: in one lane beside the window, never two visits at once."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from watmos_desktop.services import log, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import joining, keys, memory, problems, status, visit, wiping
from watmos_desktop.services.sync.backoff import LONGEST, Backoff
from watmos_desktop.services.sync.client import Client
from watmos_desktop.services.sync.status import Status
from watmos_desktop.services.sync.visit import Progress, Report
from watmos_desktop.ui.desk import Desk

T = TypeVar("T")

SOON_MS = 2_000  # after a save
_LATELY_MS = 20_000  # who goes from window to window does not ask each time
_LEAST, _SPREAD = 60.0, 60.0  # seconds between visits while all is well
_PAUSE = 3600.0  # seconds until a visit that was stopped goes on by itself: nobody forgets it for a day
_STOPPABLE = ("loading", "reading", "photos")  # what is being sent is sent
_NO_USE = (problems.Suspended, problems.Revoked, problems.WrongOffice, problems.KeyGone, problems.NotJoined)
_ODD = Told(
    "Something went wrong while talking to the office.", f"{problems.KEPT} It is tried again by itself."
)


class _Stopped(Exception):  # noqa: N818 - nobody is told
    """The window was locked meanwhile."""


class Syncing(QObject):
    """Visits the office at the start, every minute or two, soon after a save, on focus and when the network is up.

    Signals: ``told(Status)`` after each visit, ``moved(Progress)`` during one, ``busy(bool)``, and ``lost(Told)`` when
    the office had this workspace destroyed, its store closed. ``connect`` makes the client of a store, ``chance``
    gives numbers from 0 to 1.

    >>> office = Syncing(desk); office.start(); office.now(lambda words, hint, well: ...)
    """

    told = Signal(object)
    moved = Signal(object)
    busy = Signal(bool)
    lost = Signal(object)

    def __init__(
        self,
        desk: Desk,
        *,
        connect: Callable[[Store], Client] = joining.connect,
        chance: Callable[[], float] = random.random,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent or desk)
        self._desk, self._connect, self._chance = desk, connect, chance
        self._backoff = Backoff(chance)
        self._client: Client | None = None
        self._talking = threading.Lock()
        self._stopped = True
        self._visiting = self._again = False
        self._pausing = threading.Event()  # the person wants the visit under way to end
        self._paused = False  # and it has: only they, or the hour, begin the next
        self._left = 0  # what the last visit could not send is no reason for the next
        self._answers: list[Callable[[str, str, bool], object]] = []
        self._later: list[Callable[[str, str, bool], object]] = []
        self._since = QElapsedTimer()
        self._next, self._soon = QTimer(self), QTimer(self)
        for timer in (self._next, self._soon):
            timer.setSingleShot(True)
            timer.timeout.connect(self._begin)

    def start(self) -> None:
        """Begin, if this workspace has joined an office; after joining, again."""
        if self._stopped and self.status().joined:
            self._stopped = False
            application = QGuiApplication.instance()
            if isinstance(application, QGuiApplication):
                application.applicationStateChanged.connect(self._state_changed)
            self._watch_network()
            self._begin()

    def stop(self) -> None:
        """Begin nothing more; what is under way is waited for by ``finish``."""
        self._stopped = True
        self._next.stop()
        self._soon.stop()
        self._answers, self._later = [], []

    def finish(self) -> None:
        """Wait for the visit under way and let go of the connection; before the workspace is closed, in any thread."""
        with self._talking:
            client, self._client = self._client, None
            if client is not None:
                client.close()

    def status(self) -> Status:
        """How things stand now."""
        return status.status(self._desk.store)

    def address(self) -> str:
        """Where the office is; "" when there is none."""
        with self._desk.store.read() as session:
            found = memory.read(session)
        return found.url if found else ""

    def joined(self) -> bool:
        """Whether it is at work."""
        return not self._stopped

    def visiting(self) -> bool:
        """Whether a visit is under way."""
        return self._visiting

    def pause(self) -> None:
        """Stop a visit that takes long, after the page or photo under way; the next goes on where it stopped."""
        if self._visiting:
            self._pausing.set()

    def pausing(self) -> bool:
        """Whether a visit under way is about to stop."""
        return self._pausing.is_set()

    def now(self, answer: Callable[[str, str, bool], object]) -> None:
        """Visit now; ``answer(words, next step, well)`` is always called, at the latest when the network gives up."""
        if self._stopped:
            told = problems.NotJoined()
            answer(told.message, told.hint, False)
            return
        self._backoff.reset()
        self._later.append(answer)
        self._begin()

    def note(self, found: Status) -> None:
        """Something was saved: what waits is sent soon, unless the office cannot be reached anyway."""
        idle = not (self._stopped or self._paused or self._backoff.failures or self._soon.isActive())
        if found.waiting > self._left and idle:
            self._soon.start(SOON_MS)
        self._left = min(self._left, found.waiting)

    def ask(
        self,
        call: Callable[[Client], T],
        then: Callable[[T], object],
        *,
        owner: QObject | None = None,
        on_error: Callable[[BaseException], object] | None = None,
    ) -> None:
        """Ask the office something else, after the visit under way; the answer comes in the UI thread."""
        self._desk.tasks.call(lambda: self._talk(call), then, owner=owner, on_error=on_error)

    def _begin(self) -> None:
        if self._stopped:
            return
        if self._visiting:
            self._again = True
            return
        self._visiting, self._again, self._paused = True, False, False
        self._pausing.clear()
        self._next.stop()
        self._soon.stop()
        self._answers, self._later = self._later, []
        self.busy.emit(True)
        self.ask(self._visit, self._came, owner=self, on_error=self._failed)

    def _visit(self, client: Client) -> tuple[Report, Status]:
        store = self._desk.store
        report = visit.visit(store, client, self._tell, keys.keystore())
        return report, status.status(store)

    def _tell(self, step: Progress) -> None:
        """In the lane: between two pages or photos, where nothing is half done."""
        if self._pausing.is_set() and step.step in _STOPPABLE:
            raise problems.Paused
        self.moved.emit(step)

    def _talk(self, call: Callable[[Client], T]) -> T:
        """In the lane: with the one client, which is made anew after a failure."""
        with self._talking:
            if self._stopped:
                raise _Stopped
            client = self._client or self._connect(self._desk.store)
            self._client = client
            try:
                return call(client)
            except Exception:
                self._client = None
                client.close()
                raise

    def _came(self, found: tuple[Report, Status]) -> None:
        report, now = found
        self._backoff.reset()
        self._left = now.waiting
        moved = report.pushed or report.pulled or report.photos_sent
        self._ended(1.0 if report.more and moved else _LEAST + _SPREAD * self._chance(), now)
        self._answer(said(report, now), "", well=True)

    def _failed(self, error: BaseException) -> None:
        if self._stopped:
            self._visiting = False
            return
        if isinstance(error, wiping.Wiped):
            self.stop()
            self.lost.emit(error)
            return
        if not isinstance(error, Told):
            log.fault(error)
        told = error if isinstance(error, Told) else _ODD
        self._paused = isinstance(error, problems.Paused)
        if self._paused:  # a save meanwhile is no reason to begin again at once
            self._again = False
            self._soon.stop()
        pause = _PAUSE if self._paused else self._backoff.failed(getattr(error, "retry_after", None))
        self._ended(max(pause, LONGEST) if isinstance(error, _NO_USE) else pause, self.status())
        self._answer(told.message, told.hint, well=False)

    def _ended(self, pause: float, now: Status) -> None:
        self._visiting = False
        self._since.start()
        self._next.start(round(1000 * pause))
        self.busy.emit(False)
        self.told.emit(now)

    def _answer(self, words: str, hint: str, *, well: bool) -> None:
        answers, self._answers = self._answers, []
        if self._again or self._later:
            self._begin()
        for answer in answers:
            answer(words, hint, well)

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self._hurry()

    def _watch_network(self) -> None:
        with suppress(ImportError):
            from PySide6.QtNetwork import QNetworkInformation

            if QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
                QNetworkInformation.instance().reachabilityChanged.connect(self._reached)

    def _reached(self, reachability: object) -> None:
        if getattr(reachability, "name", "") == "Online":
            self._hurry()

    def _hurry(self) -> None:
        """Something changed for the better: do not wait out the pause after failures."""
        lately = self._since.isValid() and self._since.elapsed() < _LATELY_MS
        at_rest = self._stopped or self._paused or self._visiting
        if not (at_rest or self._soon.isActive() or lately):
            self._backoff.reset()
            self._soon.start(SOON_MS)


def said(report: Report, now: Status) -> str:
    """What came of a visit: ``Sent 3 changes and 1 photo, fetched 12 records. The office was asked at 16:42.``"""
    asked = (
        f"the office was asked at {wording.clock_time(now.office)}" if now.office else "the office was asked"
    )
    sent = [
        wording.count(number, noun)
        for number, noun in ((report.pushed, "change"), (report.photos_sent, "photo"))
        if number
    ]
    parts = [f"sent {' and '.join(sent)}"] if sent else []
    parts += [f"fetched {wording.count(report.pulled, 'record')}"] if report.pulled else []
    if not parts:
        return f"Nothing to send; {asked}."
    words = ", ".join(parts)
    return f"{words[0].upper()}{words[1:]}; {asked}."
