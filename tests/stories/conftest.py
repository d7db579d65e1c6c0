"""A landlord's block and the whole window on it, for stories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.build import a_block, a_schedule, a_staff, an_actor
from tests.fakes import FakeClock
from tests.stories.person import FakeCamera, Person
from tests.sync.conftest import _no_keystore, joined, office_app
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import walk_view
from watmos_desktop.services.store import Store
from watmos_desktop.services.walk_view import Walk
from watmos_desktop.ui import theme
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.pages.inspections.signoff import SignOffPage
from watmos_desktop.ui.pages.inspections.walk import WalkPage
from watmos_desktop.ui.pages.today.page import TodayPage
from watmos_desktop.ui.tasks import Tasks
from watmos_desktop.ui.window import PageSpec, Window

__all__ = ["_no_keystore", "joined", "office_app"]  # a real office, for the story of two devices

TEMPLATE = "block_internal"


class ReportSeen(Page):
    """Stands where the report is shown, and says which one was asked for."""

    shown = Signal(object)

    def __init__(self) -> None:
        super().__init__("Report")
        self.id: object = None

    def open(self, argument: object) -> None:
        self.id = argument


@dataclass
class Block:
    """A block with its inspection due, its caretaker, and an ambassador who lives there."""

    id: UUID
    estate_id: UUID
    schedule_id: UUID


@pytest.fixture
def block(store: Store) -> Block:
    with store.write("a block") as session:
        row = a_block(session, name="Lindley House A")
        schedule = a_schedule(session, row, TEMPLATE)
        caretaker = a_staff(session, Role.CARETAKER, "M. Kaur", blocks=[row])
        a_staff(session, Role.AMBASSADOR, "Mrs Okafor", blocks=[row])
        actor = an_actor(Role.CARETAKER, caretaker, blocks=[row])
    store.actor = actor
    return Block(row.id, row.estate_id, schedule.id)


class Office:
    """The window on an open workspace, as the program puts it together."""

    def __init__(self, store: Store, qtbot: QtBot, errors: list[BaseException]) -> None:
        self.store = store
        self.errors = errors
        self.tasks = Tasks(errors.append)
        self.desk = Desk(store, self.tasks)
        self.window = Window(lambda: QWidget())
        self.window.resize(1440, 900)
        self.window.show()
        self.open_pages()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.person = Person(self.window, qtbot)

    def open_pages(self) -> None:
        self.window.open_pages(self.specs(), f"{self.desk.actor.name} · Caretaker")

    def specs(self) -> list[PageSpec]:
        """The pages of a walk."""
        desk = self.desk
        return [
            PageSpec("today", "Today", "today", lambda: TodayPage(desk)),
            PageSpec("walk", "Walk", "inspections", lambda: WalkPage(desk, camera=FakeCamera), hidden=True),
            PageSpec("signoff", "Sign", "inspections", lambda: SignOffPage(desk), hidden=True),
            PageSpec("report", "Report", "report", ReportSeen, hidden=True),
        ]

    def see(self, inspection_id: UUID) -> Walk:
        with self.store.read() as session:
            return walk_view.load(session, inspection_id)

    @property
    def walk(self) -> WalkPage:
        page = self.window.current()
        assert isinstance(page, WalkPage), self.window.page_id()
        return page

    @property
    def signing(self) -> SignOffPage:
        page = self.window.current()
        assert isinstance(page, SignOffPage), self.window.page_id()
        return page

    def close(self) -> None:
        self.window.lock()
        self.window.close()
        self.window.deleteLater()
        self.tasks.close()


@pytest.fixture
def opened(store: Store, qtbot: QtBot, qapp: QApplication) -> Iterator[Callable[[], Office]]:
    """Open the window when the story is ready; every bug in it fails the story."""
    theme.apply(qapp, "light")
    offices: list[Office] = []
    errors: list[BaseException] = []

    def make() -> Office:
        offices.append(Office(store, qtbot, errors))
        return offices[-1]

    yield make
    for office in offices:
        office.close()
    assert not errors, errors


@pytest.fixture
def office(block: Block, opened: Callable[[], Office], clock: FakeClock) -> Office:
    """The window on the block, at Today."""
    return opened()
