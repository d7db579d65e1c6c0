"""Two windows and an office: recorded without a network on one, seen on the other; a clash decided by one key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar
from uuid import UUID

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.build import a_block, a_schedule
from tests.stories.conftest import TEMPLATE
from tests.stories.person import Person, a_photo
from tests.sync.conftest import Device, Joining
from tests.sync.devices import settle, state, tick
from watmos_desktop.app import Program
from watmos_desktop.models.kinds import InspectionStatus, Role
from watmos_desktop.models.tables import Attachment, Receipt
from watmos_desktop.services import check, inspections, walk_view
from watmos_desktop.services.sync import joining
from watmos_desktop.services.walk_view import Walk
from watmos_desktop.ui.pages.inspections.list import InspectionsPage
from watmos_desktop.ui.pages.inspections.preview import ReportPage
from watmos_desktop.ui.pages.inspections.signoff import SignOffPage
from watmos_desktop.ui.pages.inspections.walk import WalkPage
from watmos_desktop.ui.pages.review.page import ReviewPage

P = TypeVar("P")


class Laptop:
    """A window on a workspace that joined, and who sits in front of it."""

    def __init__(self, device: Device, qtbot: QtBot) -> None:
        self.device, self.store = device, device.store
        self.program = Program(
            device.store.home,
            connect=lambda store: joining.connect(store, transport=device.network),
        )
        self.window = self.program.window
        self.window.resize(1440, 900)
        self.program.show()
        qtbot.waitExposed(self.window)
        self.program.open_store(device.store)
        self._qtbot = qtbot

    def sits_down(self) -> Person:
        """Whose keys are pressed from now on."""
        self.window.activateWindow()
        self._qtbot.waitUntil(self.window.isActiveWindow)
        return Person(self.window, self._qtbot)

    def syncs(self) -> None:
        """F5, and what it says."""
        person = self.sits_down()
        person.key("F5")
        person.waits(lambda: person.sees("the office was asked at"))
        membership = self.program.membership
        assert membership is not None
        person.waits(lambda: not membership.office.visiting())

    def page(self, kind: type[P]) -> P:
        page = self.window.current()
        assert isinstance(page, kind), self.window.page_id()
        return page

    def see(self, walk_id: UUID) -> Walk:
        with self.store.read() as session:
            return walk_view.load(session, walk_id)


@pytest.fixture
def laptops(joined: Joining, qtbot: QtBot, qapp: QApplication) -> Iterator[tuple[Laptop, Laptop]]:
    """M. Kaur's, the caretaker of a block with two inspections due, and Grace Bell's, her manager."""
    manager = joined(Role.MANAGER, "Grace Bell")
    with manager.store.write("a block") as session:
        block = a_block(session, name="Lindley House A")
        a_schedule(session, block, TEMPLATE)
        a_schedule(session, block, "fire_safety")
        block_id = block.id
    settle(manager)
    caretaker = joined(Role.CARETAKER, "M. Kaur", blocks=[block_id])
    settle(caretaker, manager)
    made = Laptop(caretaker, qtbot), Laptop(manager, qtbot)
    yield made
    for laptop in made:
        laptop.program.close()
        laptop.window.close()
        laptop.window.deleteLater()


def test_an_inspection_goes_from_one_to_the_other_and_a_clash_is_decided(
    laptops: tuple[Laptop, Laptop],
    joined: Joining,
) -> None:
    one, two = laptops
    one.device.network.cut = True
    walk_id = _record(one, joined)
    assert _photos(one)[0] == 2 and _confirmed(one) == 0

    one.device.network.cut = False
    one.syncs()
    assert _confirmed(one) == 2
    two.syncs()
    _reads(two, walk_id)
    assert _photos(two) == _photos(one)

    second = _both_note_the_same_item(one, two, joined)
    _decide(one)
    one.syncs()
    two.syncs()
    settle(one.device, two.device)
    assert state(one.device) == state(two.device)
    for laptop in laptops:
        assert _note(laptop, second) == "Mended this morning\nStill sticks"
        assert check.run(laptop.store) == []


def _record(laptop: Laptop, joined: Joining) -> UUID:
    """Walk what is due, with two photos, and sign; the report opens by itself."""
    person = laptop.sits_down()
    assert laptop.window.page_id() == "today"
    person.key("Return")
    page = laptop.page(WalkPage)
    walk_id = page.place()
    assert isinstance(walk_id, UUID)
    for number in (1, 2):
        QGuiApplication.clipboard().setImage(QImage(a_photo(number)))
        person.key("Ctrl+V")
        person.waits(lambda: not page.photos.intake.waiting())
        person.key("A")
    tick(joined.office_app)
    for area in laptop.see(walk_id).template.areas:
        page.go_area(area.key)
        person.key("O")
        for item in area.items:
            if item.key not in laptop.see(walk_id).mine:
                page.go(item.key)
                person.key("1")
    person.key("Ctrl+Return")
    person.draw(laptop.page(SignOffPage).officer)
    person.key("Ctrl+Return")
    report = laptop.page(ReportPage)
    person.waits(report.pdf)
    assert person.sees("nothing waiting") is False
    return walk_id


def _reads(laptop: Laptop, walk_id: UUID) -> None:
    """The other's inspection in the list, and its report with the photos."""
    person = laptop.sits_down()
    laptop.window.go("inspections", walk_id)
    assert laptop.page(InspectionsPage).place() == walk_id
    person.waits(lambda: person.sees("M. Kaur") and person.sees("Lindley House A"))
    with laptop.store.read() as session:
        assert inspections.get(session, walk_id).card.status is InspectionStatus.SIGNED
    person.click("Report")
    report = laptop.page(ReportPage)
    person.waits(report.pdf)
    assert report.pdf().startswith(b"%PDF") and len(report.pdf()) > 20_000, "with its photos"


def _both_note_the_same_item(one: Laptop, two: Laptop, joined: Joining) -> UUID:
    """A walk under way that both go on with, the first of them without a network."""
    person = one.sits_down()
    one.window.go("today")
    person.key("Return")
    second = one.page(WalkPage).place()
    assert isinstance(second, UUID)
    person.key("B")
    one.page(WalkPage).go(one.see(second).template.items[0].key)
    tick(joined.office_app)
    one.syncs()
    two.syncs()
    one.device.network.cut = True
    tick(joined.office_app)
    for laptop, words in ((two, "Still sticks"), (one, "Mended this morning")):
        person = laptop.sits_down()
        laptop.window.go("walk", second)
        laptop.page(WalkPage).go(laptop.see(second).template.items[0].key)
        person.key("Shift+N")
        person.write(words)
        person.key("Ctrl+Return")
        tick(joined.office_app)
    two.syncs()
    one.device.network.cut = False
    one.syncs()
    return second


def _decide(laptop: Laptop) -> None:
    """The Office page names the clash, Review shows both sides, B keeps both."""
    person = laptop.sits_down()
    laptop.window.go("office")
    person.waits(lambda: person.sees("1 thing to review"))
    person.click("Open Review")
    assert laptop.page(ReviewPage).head.sentence() == "1 clash to decide"
    assert person.sees("Still sticks") and person.sees("Mended this morning") and person.sees("Grace Bell")
    person.key("B")
    assert laptop.page(ReviewPage).head.sentence() == "Nothing waits for you."


def _note(laptop: Laptop, walk_id: UUID) -> str:
    shown = laptop.see(walk_id)
    return shown.mine[shown.template.items[0].key].note


def _photos(laptop: Laptop) -> tuple[int, set[str]]:
    """How many, and the hashes of those whose bytes are there and sound."""
    with laptop.store.read() as session:
        found = [one.sha256 for one in session.query(Attachment).filter(~Attachment.deleted)]
    return len(found), {sha for sha in found if laptop.store.blobs.get(sha)}


def _confirmed(laptop: Laptop) -> int:
    with laptop.store.read() as session:
        return session.query(Receipt).count()
