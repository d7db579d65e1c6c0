"""An open workspace and the office that it belongs to: visits, the foot, and that its member alone may use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable
from uuid import UUID

from PySide6.QtCore import QObject

from watmos_desktop.services import staff
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import joining, lease, memory
from watmos_desktop.services.sync.client import Client
from watmos_desktop.services.sync.joining import Joined
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.foot import Foot
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.lone_watch import LoneWatch
from watmos_desktop.ui.syncing import Syncing
from watmos_desktop.ui.window import OFFICE, PageSpec, Window

_ENDED = Told("The office has ended your access.", "Ask your manager if you did not expect this.")


@runtime_checkable
class Answers(Protocol):
    """A page that has its own way of saying what came of a visit."""

    def tell(self, words: str, hint: str, well: bool) -> None:
        """Say it."""
        ...


class Membership(QObject):
    """What the office has to say about an open workspace, while it is open.

    ``show(stay)`` puts the pages of ``desk.actor`` on the screen, ``lost(Told)`` hears that the office had the
    workspace destroyed, ``connect`` makes the client of a store.
    """

    def __init__(
        self,
        desk: Desk,
        window: Window,
        *,
        show: Callable[[bool], object],
        lost: Callable[[Told], object],
        connect: Callable[[Store], Client] = joining.connect,
    ) -> None:
        super().__init__(desk)
        self._desk, self._window, self._show, self._lost = desk, window, show, lost
        self._ended = False
        self.office = Syncing(desk, connect=connect)
        self.foot = Foot(desk, window, self.office)
        self.lone = LoneWatch(desk, window)
        self.office.told.connect(self._look_again)
        self.office.lost.connect(self._gone)

    def member(self) -> UUID | None:
        """Whose workspace this is; None when it has joined no office."""
        with self._desk.store.read() as session:
            found = memory.read(session)
        return found.member_id if found else None

    def admit(self, member: UUID, *, stay: bool = False) -> None:
        """Show everything to the member, or why nothing may be shown now."""
        try:
            lease.require(self._desk.store)
            staff.act_as(self._desk.store, member, remember=True)
        except lease.LeaseOver as told:
            self._end(told)
        except Told:
            self._end(_ENDED)
        else:
            self._ended = False
            self._show(stay)

    def joined(self, joined: Joined) -> None:
        """The workspace belongs to that person of the office from now on."""
        self.admit(joined.member)
        self._window.go(OFFICE)
        self._answer(f"Joined as {joined.name}.", "Your estates are on their way.", well=True)
        self.office.start()

    def sync_now(self) -> None:
        """Visit the office and say on the page in sight what came of it; without one, show how to join."""
        if self.office.joined():
            self.office.now(self._answer)
        else:
            self._window.go(OFFICE)

    def lease_over(self) -> bool:
        """Whether the office has to be asked first; for a thread, every minute or so."""
        return lease.is_over(self._desk.store)

    def lease_seen(self, over: bool) -> None:
        """Show nothing more when it is."""
        if over and not self._ended:
            self._end(lease.LeaseOver())

    def stop(self) -> None:
        """The window is locked: nothing begins any more, and nothing is said."""
        self.foot.stop()
        self.lone.stop()
        self.office.stop()

    def _answer(self, words: str, hint: str, well: bool) -> None:
        page = self._window.current()
        if isinstance(page, Answers):
            page.tell(words, hint, well)
        elif isinstance(page, Page):
            page.notices.say(words, hint, Tone.OK if well else Tone.WARN)

    def _end(self, told: Told) -> None:
        """Nothing but why, and the way back."""
        from watmos_desktop.ui.pages.office.ended import EndedPage

        self._ended = True

        def make() -> EndedPage:
            return EndedPage(self.sync_now, self.office.busy, told)

        page = PageSpec(OFFICE, "Office", "sync", make, hidden=True)
        self._window.open_pages([page], "")
        self.foot.refresh()

    def _look_again(self, _: object) -> None:
        """After a visit: other rights are other tabs, and the end of a lease or its renewal another page."""
        member = self.member()
        if member is None:
            return
        before, now = self._desk.actor, self._now(member)
        allowed = now is not None and not self.lease_over()
        if allowed == self._ended or (allowed and now != before):
            self.admit(member, stay=allowed and not self._ended)

    def _now(self, member: UUID) -> Actor | None:
        """Whom the office says the member is now; None when they may not use this any more."""
        try:
            return staff.act_as(self._desk.store, member)
        except Told:
            return None

    def _gone(self, told: Told) -> None:
        self.foot.stop()
        self.lone.stop()
        self._lost(told)
