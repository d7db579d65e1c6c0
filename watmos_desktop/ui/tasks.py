"""The one door for work off the UI thread: reads, writes in order, and heavy work in a process."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from watmos_desktop.ui.kit import process

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

T = TypeVar("T")
Then = Callable[[T], object]
OnError = Callable[[BaseException], object]


class AtOnce(Executor):
    """An executor that does the work where it is asked for: for tests, and without an event loop."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run it now; the future is done when it comes back."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass(frozen=True)
class _Answer:
    job: int
    value: Any
    error: BaseException | None


@dataclass
class _Asked:
    then: Callable[[Any], object]
    on_error: OnError
    owner: QObject | None
    key: Hashable
    progress: Callable[[int, int], object] | None = None
    looks: bool = False  # what it finds is of no use to a window that was locked meanwhile


class _Door(QObject):
    """Lives in the UI thread; worker threads only emit its signals."""

    answered = Signal(object)
    progressed = Signal(int, int, int)


class Job:
    """A process at work. ``job.cancel()`` stops it; then neither answer nor error is delivered."""

    def __init__(self, cancel: Callable[[], None]) -> None:
        self.cancel = cancel


class Tasks:
    """Ask for work; the answer comes in the UI thread.

    >>> tasks.read(lambda: repairs.find(words), self.show_rows, key="search", owner=self)
    >>> tasks.write(lambda: repairs.save(draft), self.saved, owner=self)
    >>> job = tasks.process(report.render, data, self.show_pdf, progress=bar.show_part, owner=self)

    ``owner`` is the widget that is told; when it is deleted meanwhile, nothing is delivered. Left out, it is
    the object whose method ``then`` is. With a ``key``, only the newest read of it for this owner is
    delivered.
    Writes run one after the other in the order they were asked for. Errors go to ``on_error`` (the one given
    here, else the one of ``Tasks``). ``AtOnce()`` as executor does everything at once, processes too.
    """

    def __init__(self, on_error: OnError, executor: Executor | None = None) -> None:
        self._on_error = on_error
        self._at_once = isinstance(executor, AtOnce)
        self._readers = executor or ThreadPoolExecutor(2, "read")
        self._writer: Executor = self._readers if self._at_once else ThreadPoolExecutor(1, "write")
        self._caller: Executor = self._readers if self._at_once else ThreadPoolExecutor(1, "office")
        self._starter = ThreadPoolExecutor(1, "start")
        self._started: dict[int, Future[Any]] = {}
        self._processes: ProcessPoolExecutor | None = None
        self._numbers = itertools.count(1)
        self._asked: dict[int, _Asked] = {}
        self._newest: dict[Hashable, int] = {}
        self._door = _Door()
        kind = Qt.ConnectionType.DirectConnection if self._at_once else Qt.ConnectionType.QueuedConnection
        self._door.answered.connect(self._deliver, kind)
        self._door.progressed.connect(self._show_progress, kind)

    def read(
        self,
        fn: Callable[[], T],
        then: Then[T],
        *,
        key: Hashable = None,
        owner: QObject | None = None,
        on_error: OnError | None = None,
    ) -> None:
        """Run ``fn`` in a thread. With a key, an older answer that comes later is dropped.

        When the window is locked before it has looked there is neither an answer nor an error.
        """
        self._submit(self._readers, fn, self._ask(then, owner, on_error, key, looks=True))

    def write(
        self,
        fn: Callable[[], T],
        then: Then[T],
        *,
        owner: QObject | None = None,
        on_error: OnError | None = None,
    ) -> None:
        """Run ``fn`` in the one writer thread, after every write asked for before."""
        self._submit(self._writer, fn, self._ask(then, owner, on_error, None))

    def call(
        self,
        fn: Callable[[], T],
        then: Then[T],
        *,
        owner: QObject | None = None,
        on_error: OnError | None = None,
    ) -> None:
        """Run ``fn`` in the one thread that talks to the office, after every call asked for before.

        It may wait for the network, so no write waits behind it.
        """
        self._submit(self._caller, fn, self._ask(then, owner, on_error, None))

    def process(
        self,
        fn: Callable[[Any, process.Tell], T],
        data: Any,
        then: Then[T],
        *,
        prepare: Callable[[Any, process.Tell], Any] | None = None,
        progress: Callable[[int, int], object] | None = None,
        owner: QObject | None = None,
        on_error: OnError | None = None,
    ) -> Job:
        """Run ``fn(data, tell)`` in another process; ``fn`` is a module's function, data and result pickle.

        ``prepare(data, tell)`` makes the data smaller first, in a thread. ``tell(done, total)`` inside either
        reports progress and is where a cancel takes effect.
        """
        job = self._ask(then, owner, on_error, None, progress)
        if self._at_once:

            def tell(done: int, total: int) -> None:
                self._show_progress(job, done, total)

            self._submit(self._readers, lambda: fn(prepare(data, tell) if prepare else data, tell), job)
            return Job(lambda: None)
        self._starter.submit(self._start, job, fn, data, prepare)

        def cancel() -> None:
            self._asked.pop(job, None)
            self._starter.submit(self._stop, job)

        return Job(cancel)

    def busy(self) -> bool:
        """Whether anything asked for has not been answered."""
        return bool(self._asked)

    def close(self) -> None:
        """Finish the writes, drop the rest, end the processes. Nothing is delivered any more."""
        self._asked.clear()
        self._readers.shutdown(cancel_futures=True)
        self._caller.shutdown(cancel_futures=True)
        self._writer.shutdown()
        self._starter.shutdown()
        if self._processes is not None:
            for place in range(process.PLACES):
                self._cancelled[place] = 1
            self._processes.shutdown(cancel_futures=True)
            self._progress.put(None)
            self._listener.shutdown()

    def _ask(
        self,
        then: Callable[[Any], object],
        owner: QObject | None,
        on_error: OnError | None,
        key: Hashable,
        progress: Callable[[int, int], object] | None = None,
        *,
        looks: bool = False,
    ) -> int:
        job = next(self._numbers)
        bound = getattr(then, "__self__", None)
        owner = owner or (bound if isinstance(bound, QObject) else None)
        scope = (id(owner), key) if key is not None else None
        self._asked[job] = _Asked(then, on_error or self._on_error, owner, scope, progress, looks)
        if scope is not None:
            self._newest[scope] = job
        return job

    def _submit(self, executor: Executor, fn: Callable[[], Any], job: int) -> None:
        executor.submit(fn).add_done_callback(lambda done: self._finish(job, done))

    def _finish(self, job: int, done: Future[Any]) -> None:
        """Runs in the worker's thread, or here if the work was quick: hand it to the door either way."""
        try:
            answer = _Answer(job, done.result(), None)
        except (Exception, CancelledError) as error:
            answer = _Answer(job, None, error)
        self._started.pop(job, None)
        self._door.answered.emit(answer)

    def _deliver(self, answer: _Answer) -> None:
        asked = self._asked.pop(answer.job, None)
        if asked is None:
            return
        if asked.key is not None:
            if self._newest.get(asked.key) != answer.job:
                return
            del self._newest[asked.key]
        if asked.owner is not None and not shiboken6.isValid(asked.owner):
            return
        if answer.error is None:
            asked.then(answer.value)
        elif not isinstance(answer.error, (CancelledError, process.Cancelled)) and not (
            asked.looks and _was_locked(answer.error)
        ):
            asked.on_error(answer.error)

    def _show_progress(self, job: int, done: int, total: int) -> None:
        asked = self._asked.get(job)
        if asked and asked.progress and (asked.owner is None or shiboken6.isValid(asked.owner)):
            asked.progress(done, total)

    def _start(self, job: int, fn: Callable[..., Any], data: Any, prepare: Callable[..., Any] | None) -> None:
        """In the starter's thread: to start a process takes longer than a frame."""

        def tell(done: int, total: int) -> None:
            if job not in self._asked:
                raise process.Cancelled
            self._door.progressed.emit(job, done, total)

        if job not in self._asked:
            return
        try:
            pool = self._pool()
            if prepare is not None:
                data = prepare(data, tell)
            self._cancelled[job % process.PLACES] = 0
            future = pool.submit(process.run, job, fn, data)
        except Exception as error:
            self._door.answered.emit(_Answer(job, None, error))
            return
        self._started[job] = future
        future.add_done_callback(lambda done: self._finish(job, done))

    def _stop(self, job: int) -> None:
        """In the starter's thread too, so after the start."""
        future = self._started.pop(job, None)
        if future is not None and not future.done():
            self._cancelled[job % process.PLACES] = 1
            future.cancel()

    def _pool(self) -> ProcessPoolExecutor:
        """One worker process, started when first needed."""
        if self._processes is None:
            # 30 ms of imports that the first window does not wait for.
            import multiprocessing
            from concurrent.futures import ProcessPoolExecutor

            context = multiprocessing.get_context("spawn")
            self._progress = context.SimpleQueue()
            self._cancelled = context.Array("b", process.PLACES)
            self._listener = ThreadPoolExecutor(1, "progress")
            self._listener.submit(self._listen)
            self._processes = ProcessPoolExecutor(
                1, context, initializer=process.start, initargs=(self._progress, self._cancelled)
            )
        return self._processes

    def _listen(self) -> None:
        for part in iter(self._progress.get, None):
            self._door.progressed.emit(*part)


def _was_locked(error: BaseException) -> bool:
    from watmos_desktop.services.store import Closed  # the window is shown before the database layer is there

    return isinstance(error, Closed)
