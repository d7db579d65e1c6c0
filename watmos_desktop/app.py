"""Builds the desktop program once: the window first, then the workspace, its pages and what runs beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from watmos_desktop.services.errors import Told
from watmos_desktop.ui import theme
from watmos_desktop.ui.frame import scheme_of
from watmos_desktop.ui.kit.clipboard import copy
from watmos_desktop.ui.kit.later import later
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.memory import Memory
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.pages.unlock.page import UnlockPage
from watmos_desktop.ui.tasks import Tasks
from watmos_desktop.ui.window import PageSpec, Window

if TYPE_CHECKING:
    from uuid import UUID

    # The database layer is imported when a workspace is opened: the window is on the screen before it.
    from watmos_desktop.services.clock import Clock
    from watmos_desktop.services.pin import Session
    from watmos_desktop.services.store import Store
    from watmos_desktop.services.sync.client import Client
    from watmos_desktop.ui.desk import Desk
    from watmos_desktop.ui.membership import Membership

KEY_FILE = "workspace.json"  # of services.vault, which is not imported before the window is shown


class Program(QObject):
    """The window and, while it is unlocked, one open workspace behind it.

    ``person``: a name to open it as, without asking. ``desk`` is None while locked; ``tabs`` are page ids;
    ``refused`` is why the workspace did not open. ``connect`` makes the way to the office of an open workspace.
    ``parent``: the frame that the window is to lie in.
    """

    def __init__(
        self,
        home: Path,
        *,
        person: str | None = None,
        tasks: Tasks | None = None,
        clock: Clock | None = None,
        connect: Callable[[Store], Client] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, scheme_of(application))
        self.home = home
        self.desk: Desk | None = None
        self.membership: Membership | None = None
        self.tasks = tasks or Tasks(self._bug)
        self.tabs: tuple[str, ...] = ()
        self.refused: BaseException | None = None
        self.memory = Memory(self)
        self._person = person
        self._clock = clock
        self._connect = connect
        self._joins = self._made = False
        self._unlock_page: UnlockPage | None = None
        self._session: Session | None = None
        self.window = Window(self._make_unlock, on_lock=self._let_go, parent=parent)
        self.window.resize(1280, 800)
        self.window.scheme_changed.connect(lambda scheme: self._remember(scheme=scheme))
        self.window.text_scale_changed.connect(lambda scale: self._remember(text_scale=scale))
        self.window.sync_asked.connect(self.sync_now)
        self._minutely = QTimer(self)
        self._minutely.setInterval(60_000)
        self._minutely.timeout.connect(self._each_minute)
        self.window.destroyed.connect(self._minutely.stop)

    def show(self) -> None:
        """Put the window on the screen, then fetch the database layer while the person types."""
        self.window.show()
        later(self, lambda: self.tasks.read(_warm, _nothing))

    def unlock(self, passphrase: str) -> None:
        """Open the workspace; the answer comes later, as pages or as words on the unlock page."""
        self._made = False
        code = self._unlock_page.code() if self._unlock_page is not None else ""
        self._ask(lambda: _opening().by_passphrase(self.home, passphrase, code, self._clock))

    def unlock_by_pin(self, digits: str) -> None:
        """Open again what was locked in this session; the answer comes as that of ``unlock``."""
        session = self._session
        if session is not None:
            self._ask(lambda: _opening().again(session, digits, self._clock), self._show_store)

    def open_store(self, store: Store) -> None:
        """Show the pages of a workspace that the passphrase opened; eight hours from now a PIN opens it again."""
        from watmos_desktop.services import pin

        self._forget_session()
        self._session = pin.Session(store.home, clock=self._clock)
        tried = pin.tried(store.home)
        pin.forgive(store.home)
        self._show_store(store)
        page = self.window.current()
        if tried and isinstance(page, Page):
            page.notices.say(
                f"A wrong PIN was typed here while you were away: {tried} of {pin.TRIES} tries.",
                "If that was not you, tell your manager.",
                Tone.WARN,
            )

    def _show_store(self, store: Store) -> None:
        """Show the pages to who uses it, after asking who that is if need be."""
        from watmos_desktop.services import log, settings
        from watmos_desktop.services.sync import joining
        from watmos_desktop.ui.desk import Desk
        from watmos_desktop.ui.membership import Membership

        log.start(self.home)
        log.event("workspace.opened", device=store.device_id)
        self.desk = Desk(store, self.tasks, self)
        chosen = settings.load(store)
        if (chosen.scheme, chosen.text_scale) != (look().scheme, look().scale):
            self.window.set_scheme(chosen.scheme, chosen.text_scale)
        self.lock_after(chosen.lock_minutes)
        self.window.idle.touch()
        self.membership = Membership(
            self.desk,
            self.window,
            show=lambda stay: self._open_pages(stay=stay),
            lost=self._lost,
            connect=self._connect or joining.connect,
        )
        self._minutely.start()
        if not self._choose_person(store):
            self._ask_who(store)
        self.membership.office.start()
        if self._joins:
            self._joins = False
            self.window.go("join")
        elif self._made:
            self.tasks.read(lambda: _opening().can_tie(), self._show_tie, owner=self)
        self._made = False

    def lock_after(self, minutes: int) -> None:
        """Lock after so many minutes without a key or touch."""
        self.window.idle.seconds = minutes * 60.0

    def close(self) -> None:
        """Save what is open, make the backup, and end everything that runs."""
        if not self.window.is_locked():
            self.window.lock()
        self._forget_session()
        self._minutely.stop()
        self.tasks.close()
        self.memory.close()

    def _make_unlock(self) -> QWidget:
        new = not (self.home / KEY_FILE).is_file()
        self._unlock_page = UnlockPage(self.unlock, self._create, new=new, on_demo=self._try_demo)
        return self._unlock_page

    def _create(self, name: str, passphrase: str) -> None:
        self._joins = self._unlock_page is not None and self._unlock_page.create_form.wants_to_join()
        self._made = True
        self._ask(lambda: _opening().new(self.home, name, passphrase, self._clock))

    def _try_demo(self) -> None:
        """Open a landlord that is not real, in a folder of its own beside this one; made at the first time."""
        self.home = self.home.with_name(f"{self.home.name}-demo")
        if self._unlock_page is not None:
            self._unlock_page.show_busy(True)
            self._unlock_page.notices.say(
                "Making the demo landlord…", "This takes about half a minute, once."
            )
        self._forget_session()
        self._ask(lambda: _opening().demonstration(self.home, self._clock))

    def _ask(self, work: Callable[[], Store], then: Callable[[Store], object] | None = None) -> None:
        """Through the writer, after the closing of the workspace of before."""
        self.refused = None
        self.tasks.write(work, then or self.open_store, owner=self, on_error=self._refused)

    def _show_tie(self, possible: bool) -> None:
        """A workspace made just now: its recovery code, where this computer has a keystore to tie it to."""
        if possible and self.window.page_id() == "today":
            self.window.go("settings", "tie")

    def _forget_session(self) -> None:
        """From now on only a passphrase opens what was open."""
        session, self._session = self._session, None
        if session is not None:
            session.drop()

    def _refused(self, error: BaseException) -> None:
        self.refused = error
        from watmos_desktop.services.instance import AlreadyOpen

        page = self._unlock_page
        if page is None or not self.window.is_locked():
            return
        if isinstance(error, AlreadyOpen):
            page.show_open_elsewhere(error.message)
        elif isinstance(error, Told):
            page.show_error(error)
        else:
            step = "Restart the computer and try again, or ask the office."
            page.show_error(Told("The workspace could not be opened.", step))

    def _choose_person(self, store: Store) -> bool:
        """Use the workspace as its member, its only person, the one named, or the one of last time; False to ask."""
        from watmos_desktop.services import settings, staff

        assert self.membership is not None
        if (member := self.membership.member()) is not None:
            self.membership.admit(member)
            return True
        with store.read() as session:
            people = staff.people_here(session)
        asked = self._person is None and settings.is_demo(store) and not store.recall("person")
        who = self._person or (people[0].id if len(people) == 1 else staff.last_used(store))
        if who is None or asked:
            return False
        try:
            staff.act_as(store, who, remember=True)
        except Told:
            return False
        self._open_pages()
        return True

    def _ask_who(self, store: Store) -> None:
        from watmos_desktop.services import staff
        from watmos_desktop.ui.pages.people.who import WhoPage

        with store.read() as session:
            people = staff.people_here(session)
        who = PageSpec("who", "Who are you?", "person", lambda: WhoPage(people, self.become), hidden=True)
        self.window.open_pages([who], "")
        self._say_status()

    def become(self, who: UUID) -> None:
        """Use the open workspace as that person: other tabs, other records."""
        from watmos_desktop.services import staff

        if self.desk is not None:
            staff.act_as(self.desk.store, who, remember=True)
            self._open_pages()

    def _open_pages(self, *, stay: bool = False) -> None:
        from watmos_desktop.services import staff
        from watmos_desktop.ui.tabs import page_specs

        assert self.desk is not None and self.membership is not None
        actor = self.desk.actor
        role = staff.ROLE_WORDS[actor.role] if actor.role else ""
        specs = page_specs(
            self.desk,
            self.membership.office,
            wear=self.window.set_scheme,
            lock_after=self.lock_after,
            become=self.become,
            joined=self.membership.joined,
        )
        self.tabs = tuple(spec.id for spec in specs if not spec.hidden)
        self.window.open_pages(specs, f"{actor.name} · {role}", stay=stay)
        self._say_status()
        self.memory.keep()

    def sync_now(self) -> None:
        """Visit the office and say what came of it."""
        if self.membership is not None and not self.window.is_locked():
            self.membership.sync_now()

    def _lost(self, told: Told) -> None:
        """The office had this workspace destroyed: its store is closed already."""
        self._forget_session()
        if self.desk is not None:
            self.desk.store.listeners.clear()
            self.desk = None
        self.window.lock()
        if self._unlock_page is not None:
            self._unlock_page.notices.say(told.message, told.hint, Tone.BAD)

    def _let_go(self) -> None:
        """The window is locked and its pages are gone: back up, close the workspace and forget its key.

        What a PIN needs to open it again is sealed by that PIN first.
        """
        membership, self.membership = self.membership, None
        desk, self.desk = self.desk, None
        if membership is not None:
            membership.stop()
        if desk is None or membership is None:
            self._minutely.stop()
            return
        store, office = desk.store, membership.office
        store.listeners.clear()
        self._offer_pin(store)
        self.tasks.write(
            lambda: _opening().shut(store, office.finish),
            lambda _: self.memory.sweep(),
            owner=self,
            on_error=self._refused,
        )

    def _offer_pin(self, store: Store) -> None:
        session, page = self._session, self._unlock_page
        if session is not None and page is not None and session.hold(store):
            page.offer_pin(self.unlock_by_pin, session.until())
        else:
            self._minutely.stop()

    def _each_minute(self) -> None:
        """A backup every ten minutes of change, and whether the office has to be asked first, beside the window.

        While it is locked: whether the time of the PIN is over.
        """
        from watmos_desktop.services import backup

        if self.desk is None and (self._session is None or not self._session.offers()):
            self._minutely.stop()
            if self._unlock_page is not None and self.window.is_locked():
                self._unlock_page.withdraw_pin()
            return

        def work(store: Store, membership: Membership) -> bool:
            backup.roll(store)
            return membership.lease_over()

        if self.desk is not None and self.membership is not None:
            store, membership = self.desk.store, self.membership
            self.tasks.write(lambda: work(store, membership), membership.lease_seen)

    def _say_status(self) -> None:
        if self.membership is not None:
            self.membership.foot.refresh()

    def _remember(self, **choices: object) -> None:
        from watmos_desktop.services import settings

        if self.desk is not None:
            settings.change(self.desk.store, **choices)

    def _bug(self, error: BaseException) -> None:
        """What nobody foresaw: logged without its words, said on the page in sight with a report to copy."""
        if isinstance(error, Told):
            page = self.window.current()
            if isinstance(page, Page):
                page.notices.tell(error)
            return
        from watmos_desktop.services import log

        log.fault(error)
        self._own_up()

    def catch_faults(self) -> None:
        """Log what nothing caught, and say so on the page in sight."""
        from watmos_desktop.services import log

        log.catch_uncaught(lambda _: self._own_up())

    def _own_up(self) -> None:
        """Say that something is the program's fault, with a report to copy that holds no personal data."""
        from watmos_desktop.services import log

        page = self.window.current()
        if isinstance(page, Page):
            page.notices.say(
                "Something went wrong here, and it is not your doing.",
                "What you typed is still here. Try again; if it stays, send the report to the office.",
                Tone.BAD,
                "Copy report",
                lambda: copy(log.report()),
            )


def _nothing(_: object) -> None:
    """The layer is warm; nobody waits for it."""


def _warm() -> None:
    import watmos_desktop.services.store
    import watmos_desktop.ui.desk  # noqa: F401


def _opening() -> ModuleType:
    """``services.opening``, imported by the worker that asks: the window does not wait for the database layer."""
    from watmos_desktop.services import opening

    return opening
