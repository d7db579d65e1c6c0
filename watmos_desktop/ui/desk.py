"""What every page is given: the workspace and the ways to read and change it, so that a page needs no globals.

Small things happen at once (``look``, ``do``): an answer is on disk before the next frame is painted. Long things
go through ``tasks``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Signal

from watmos_desktop.services import history
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.store import Changed, Store
from watmos_desktop.ui.tasks import Tasks

P = ParamSpec("P")
T = TypeVar("T")


class Desk(QObject):
    """The open workspace as pages use it.

    ``changed(dict[str, frozenset[UUID]])`` tells which records of which tables a write touched, on the UI thread.

    >>> desk.look(repairs.count)
    >>> desk.do("graded Lift doors", walk.answer, walk_id, "lift_doors", value="B")
    """

    changed = Signal(object)

    def __init__(self, store: Store, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.tasks = tasks
        self._moment = threading.local()
        store.listeners.append(self._tell)

    @property
    def actor(self) -> Actor:
        """Who is using the program."""
        return self.store.actor

    def look(self, read: Callable[Concatenate[Any, P], T], *args: P.args, **keywords: P.kwargs) -> T:
        """Read something small at once: ``read(session, ...)``."""
        held = getattr(self._moment, "held", None)
        if held is None:
            with self.store.read() as session:
                return read(session, *args, **keywords)
        session, known = held
        asked = (read, args, tuple(sorted(keywords.items())))
        if asked not in known:
            known[asked] = read(session, *args, **keywords)
        found: T = known[asked]
        return found

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """What is looked at inside is of one moment, and what several parts ask for is read once.

        For a page made of parts that read for themselves; arguments must be hashable, and nothing is changed inside.
        """
        with self.store.read() as session:
            session.info["moment"] = {}  # a service may keep here what it is asked for again
            self._moment.held = (session, {})
            try:
                yield
            finally:
                self._moment.held = None

    def do(
        self, why: str, change: Callable[Concatenate[Any, P], T], *args: P.args, **keywords: P.kwargs
    ) -> T:
        """Change something small at once, saved when this returns: ``change(session, ...)``; raises Told."""
        with self.store.write(why) as session:
            return change(session, *args, **keywords)

    def seal(
        self, why: str, change: Callable[Concatenate[Any, P], T], *args: P.args, **keywords: P.kwargs
    ) -> T:
        """Like ``do`` for what cannot be taken back, such as signing."""
        with self.store.write(why, undoable=False) as session:
            return change(session, *args, **keywords)

    def undo(self) -> str:
        """Take back this person's last action and give its words; "" when there is nothing to take back."""
        action = self.look(history.last)
        if action is None:
            return ""
        history.undo(self.store, action)
        return action.why

    def _tell(self, changed: Changed) -> None:
        self.changed.emit(changed)
