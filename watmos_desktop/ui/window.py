"""The frame: rail, pages, status strip, lock. It assembles and decides nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from watmos_desktop.ui import theme
from watmos_desktop.ui.actions import KeysPage, bind, shown_key
from watmos_desktop.ui.kit.away import Away
from watmos_desktop.ui.kit.clipboard import clipboard
from watmos_desktop.ui.kit.curtain import Curtain
from watmos_desktop.ui.kit.icons import icon
from watmos_desktop.ui.kit.idle import Idle
from watmos_desktop.ui.kit.later import later
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.notice import NoticeBar
from watmos_desktop.ui.kit.page import Page, StatusStrip
from watmos_desktop.ui.kit.rail import Rail, RailButton

LOCK_AFTER_SECONDS = 300.0
OFFICE = "office"  # the page that the foot opens


@dataclass(frozen=True)
class PageSpec:
    """A page the window can show. ``make`` is called when it is first shown; ``hidden`` pages have no tab.

    ``tab``: the tab that a hidden page belongs to, shown as chosen meanwhile.
    """

    id: str
    words: str
    icon: str
    make: Callable[[], QWidget]
    count: int | None = None
    hidden: bool = False
    tab: str = ""


class Window(QWidget):
    """All that is in the program's window; locked until ``open_pages`` is called.

    >>> window = Window(make_unlock=lambda: UnlockPage(...), on_lock=workspace.close)
    >>> window.open_pages([PageSpec("today", "Today", "today", make_today, 4)], "M. Kaur · Caretaker")
    >>> window.go("walk", inspection_id)
    >>> window.lock()                 # pages are destroyed; open_pages() comes back to the same place

    Signals: ``locked``, ``scheme_changed(str)``, ``text_scale_changed(float)`` (to be remembered by the app),
    ``sync_asked`` by its key.
    """

    locked = Signal()
    sync_asked = Signal()
    scheme_changed = Signal(str)
    text_scale_changed = Signal(float)

    def __init__(
        self,
        make_unlock: Callable[[], QWidget],
        *,
        on_lock: Callable[[], object] | None = None,
        lock_after: float = LOCK_AFTER_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("WATMOS")
        self.setMinimumSize(640, 480)
        self._make_unlock = make_unlock
        self._on_lock = on_lock
        self._specs: dict[str, PageSpec] = {}
        self._made: dict[str, QWidget] = {}
        self._buttons: dict[str, RailButton] = {}
        self._trail: list[str] = []
        self._place: tuple[str, object] = ("", None)
        self._unlock_page: QWidget | None = None
        self._person = ""
        self._build()
        self.idle = Idle(lock_after, clock=clock, wall=wall, parent=self)
        self.idle.gone.connect(self.lock)
        self.away = Away(parent=self)
        self.away.gone.connect(self.lock)
        later(self, self.away.listen)  # after the first frame
        later(self, clipboard)
        self._show_unlock()

    def open_pages(self, pages: Sequence[PageSpec], person: str, *, stay: bool = False) -> None:
        """Unlock: these pages for this person, at the place of the last lock or on the first.

        ``stay``: when pages are open already, what was in hand is kept and the place too.
        """
        if stay and not self.is_locked():
            self._put_down()
        self._empty()
        self.idle.watch(on=True)
        self._person = person
        keys = PageSpec("keys", "Keys", "help", KeysPage, hidden=True)
        self._specs = {spec.id: spec for spec in (*pages, keys)}
        self._buttons = {}
        for spec in pages:
            if not spec.hidden:
                button = RailButton(spec.icon, spec.words, spec.count)
                button.clicked.connect(lambda _=False, key=spec.id: self.go(key))
                self._buttons[spec.id] = button
        self._rail.fill(list(self._buttons.values()))
        self._dress_rail()
        self._rail.setVisible(True)
        self.strip.setVisible(True)
        page_id, argument = self._place
        if page_id not in self._specs:
            page_id, argument = next(iter(self._specs)), None
        self._place = ("", None)
        self.go(page_id, argument)

    def go(self, page_id: str, argument: object = None) -> None:
        """Show a page, and let it ``open(argument)`` if one is given. KeyError for an unknown id."""
        page = self._page(page_id)
        if not self._trail or self._trail[-1] != page_id:
            self._trail = [*self._trail[-20:], page_id]
        self._stack.setCurrentWidget(page)
        self._strip_last()
        for key, button in self._buttons.items():
            button.setChecked(key == (self._specs[page_id].tab or page_id))
            if button.isChecked():
                self._rail.bring_into_view(button)
        self._keyboard_to(page)
        if argument is not None and isinstance(page, Page):
            page.open(argument)
            self._keyboard_to(page)  # what had it may be gone with what the page showed before

    def _keyboard_to(self, page: QWidget) -> None:
        """The page's own keys work at once; what has the keyboard inside it keeps it."""
        focused = self.focusWidget()
        if focused is None or not page.isAncestorOf(focused):
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def current(self) -> QWidget:
        """The page on show, the unlock page while locked."""
        return self._stack.currentWidget() or self._stack

    def page_id(self) -> str:
        """The id of the page on show; "" while locked."""
        return self._trail[-1] if self._trail else ""

    def is_locked(self) -> bool:
        """Whether the unlock page is on show."""
        return self._unlock_page is not None

    def show_count(self, page_id: str, count: int | None) -> None:
        """Put a number on a tab."""
        if page_id in self._buttons:
            self._buttons[page_id].show_count(count)

    def say(self, left: str, right: str = "", tone: Tone = Tone.OK) -> None:
        """What the status strip says about saving and the office."""
        self.strip.say(left, right, tone)

    def lock(self) -> None:
        """Empty every page and show the unlock page; also for sleep, screen lock and switch of user."""
        if self.is_locked():
            return
        self._put_down()
        self.curtain.open()
        self._empty()
        clipboard().clear()
        self.idle.watch(on=False)
        self._show_unlock()
        if self._on_lock is not None:
            self._on_lock()
        self.locked.emit()

    def _put_down(self) -> None:
        """Remember the place, and let every page hand over what it holds."""
        page = self.current()
        self._place = (self.page_id(), page.place() if isinstance(page, Page) else None)
        for made in self._made.values():
            if isinstance(made, Page):
                made.leave()

    def set_scheme(self, scheme: str, text_scale: float | None = None) -> None:
        """Light, dark or sun; the text scale stays unless given (1.0 to 2.0)."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, scheme, look().scale if text_scale is None else text_scale)
            self._dress_rail()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's name
        """Tab comes to the foot after what the page made since it was shown."""
        self._strip_last()
        return super().focusNextPrevChild(next)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The rail narrows with the window."""
        super().resizeEvent(event)
        self._rail.fit(self.width())

    def _build(self) -> None:
        self._rail = Rail("WATMOS")
        self._stack = QStackedWidget()
        self.warning = NoticeBar()  # above every page: what cannot wait until somebody looks there
        self.warning.setContentsMargins(24, 12, 24, 0)
        self.strip = StatusStrip()
        self.strip.clicked.connect(self._open_office)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.warning)
        right.addWidget(self._stack, 1)
        right.addWidget(self.strip)
        shell = QWidget()
        row = QHBoxLayout(shell)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._rail)
        row.addLayout(right, 1)
        self.curtain = Curtain(shell, shown_key("curtain"))
        self._rail.hide_button.setToolTip(f"Hide the screen ({shown_key('curtain')})")
        self._rail.hide_button.clicked.connect(lambda: self.curtain.draw())
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.curtain)
        self.setWindowIcon(icon("watmos", look().colour("brand")).qicon(64))
        always: dict[str, Callable[[], object]] = {
            "theme": self._next_scheme,
            "lock": self.lock,
            "curtain": lambda: None if self.is_locked() else self.curtain.turn(),
            "back": self._back,
            "larger": lambda: self._scale_text(0.25),
            "smaller": lambda: self._scale_text(-0.25),
        }
        runs: dict[str, Callable[[], object]] = {
            "search": self._search,
            "undo": self._undo,
            "keys": lambda: None if self.is_locked() else self.go("keys"),
            "sync": lambda: None if self.is_locked() else self.sync_asked.emit(),
        }
        runs |= {f"tab{number}": partial(self._go_tab, number) for number in range(1, 10)}
        for action_id, run in (
            *always.items(),
            *((each, self._unless_covered(do)) for each, do in runs.items()),
        ):
            bind(self, action_id, run, inside_only=False)

    def _unless_covered(self, run: Callable[[], object]) -> Callable[[], object]:
        """Behind the curtain nothing is done: whoever presses the keys cannot see what."""
        return lambda: None if self.curtain.covered() else run()

    def _page(self, page_id: str) -> QWidget:
        if page_id not in self._made:
            page = self._specs[page_id].make()
            self._made[page_id] = page
            self._stack.addWidget(page)
            if isinstance(page, Page):
                page.open_requested.connect(self.go)
                page.closed.connect(self._close_current)
                page.count_changed.connect(lambda n, key=page_id: self.show_count(key, None if n < 0 else n))
        return self._made[page_id]

    def _empty(self) -> None:
        for page in (*self._made.values(), *([self._unlock_page] if self._unlock_page else [])):
            self._stack.removeWidget(page)
            page.hide()
            page.deleteLater()
        self._made, self._specs, self._buttons, self._trail = {}, {}, {}, []
        self._unlock_page = None
        self._person = ""
        self.warning.clear()
        self._rail.fill([])
        self._rail.say("")
        self.strip.say("")

    def _show_unlock(self) -> None:
        self._rail.setVisible(False)
        self.strip.setVisible(False)
        self._unlock_page = self._make_unlock()
        self._stack.addWidget(self._unlock_page)
        self._stack.setCurrentWidget(self._unlock_page)
        self._unlock_page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _dress_rail(self) -> None:
        following = {"light": "Light mode", "dark": "Dark mode", "sun": "Sun mode"}
        scheme = following[theme.next_scheme(look().scheme)]
        self._rail.say(self._person, f"{shown_key('theme')} {scheme}", f"{shown_key('lock')} Lock")
        self._rail.fit(self.width())

    def _strip_last(self) -> None:
        last = self.window().previousInFocusChain()
        if last is not None and last is not self.strip:
            QWidget.setTabOrder(last, self.strip)

    def _open_office(self) -> None:
        if OFFICE in self._specs:
            self.go(OFFICE)

    def _next_scheme(self) -> None:
        self.set_scheme(theme.next_scheme(look().scheme))
        self.scheme_changed.emit(look().scheme)

    def _scale_text(self, step: float) -> None:
        self.set_scheme(look().scheme, min(2.0, max(1.0, look().scale + step)))
        self.text_scale_changed.emit(look().scale)

    def _go_tab(self, number: int) -> None:
        tabs = list(self._buttons)
        if number <= len(tabs):
            self.go(tabs[number - 1])

    def _search(self) -> None:
        page = self.current()
        if self.is_locked() or (isinstance(page, Page) and page.search()):
            return
        for page_id in self._buttons:
            other = self._page(page_id)
            if isinstance(other, Page) and other.search():
                self.go(page_id)
                other.search()
                return

    def _undo(self) -> None:
        page = self.current()
        if isinstance(page, Page):
            page.undo()

    def _back(self) -> None:
        page = self.current()
        if self.curtain.covered():
            self.curtain.open()
            return
        if self.is_locked() or (isinstance(page, Page) and page.back()):
            return
        self._close_current()

    def _close_current(self) -> None:
        if len(self._trail) > 1:
            self._trail.pop()
            self.go(self._trail.pop())
