"""A lift lamp from an inspection: raised on the walk, pinned, said to be done, not fixed, fixed, told to the block."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.fakes import FakeClock
from tests.stories.conftest import Block, Office
from tests.stories.test_caretaker_walk import begin, finish
from watmos_desktop.models.kinds import InspectionStatus, Priority, RepairStatus
from watmos_desktop.models.tables import Repair
from watmos_desktop.services import repair_closing, repairs
from watmos_desktop.services.repair_closing import Completion
from watmos_desktop.services.reports import block_repairs
from watmos_desktop.ui.pages.repairs.board import BoardPage
from watmos_desktop.ui.pages.repairs.list import RepairsPage
from watmos_desktop.ui.pages.repairs.plan import PlanPage
from watmos_desktop.ui.window import PageSpec

TITLE = "Restore the light in the lift car"


@pytest.fixture
def office(block: Block, opened: Callable[[], Office], clock: FakeClock) -> Office:
    """The window with Today, the walk and the whole Repairs tab."""
    made = opened()
    desk = made.desk
    made.window.open_pages(
        [
            *made.specs(),
            PageSpec("repairs", "Repairs", "repairs", lambda: RepairsPage(desk)),
            PageSpec("board", "Board", "repairs", lambda: BoardPage(desk), hidden=True, tab="repairs"),
            PageSpec("plan", "Plan", "repairs", lambda: PlanPage(desk), hidden=True, tab="repairs"),
        ],
        f"{desk.actor.name} · Caretaker",
    )
    return made


def test_from_the_walk_to_the_noticeboard(office: Office, block: Block, clock: FakeClock) -> None:
    person, store = office.person, office.store
    # The walk raises it, and says the promise on the spot.
    first = begin(office)
    office.walk.go("lift_doors")
    place = next(
        number
        for number, one in enumerate(office.see(first).template.item("lift_doors").phrases, 1)
        if one.title == TITLE
    )
    person.key(f"Alt+{place}")
    assert person.sees("This raises a repair")
    person.key("P", "Space")  # what is graded worst is not signed without a photo
    person.waits(lambda: office.see(first).photos.get("lift_doors"))
    repair = office.see(first).raised["lift_doors"].id
    finish(office, first)
    assert office.see(first).status is InspectionStatus.SIGNED

    def row() -> Repair:
        with store.read() as session:
            return repairs.get_row(session, repair)

    started = row().due_at
    assert row().priority is Priority.EMERGENCY and row().area_key == "lifts"
    # On the tab it is found by two chips, and its place on the plan is pointed at by keys.
    office.window.go("repairs")
    page = office.window.current()
    assert isinstance(page, RepairsPage)
    for mark in ("emergency", "communal"):
        person.click(page.filters.marks.chips()[mark])
    assert page.table.paged.rowCount() == 1
    person.key("Ctrl+M")
    plan = office.window.current()
    assert isinstance(plan, PlanPage)
    person.click("Say where")
    person.key("Up", "Return")
    assert row().pin == [0.5, 0.49]
    # A contractor says it is done.
    clock.forward(hours=5)
    with store.write("done by phone") as writing:
        repair_closing.complete(writing, repair, Completion(without_photo="Reported done by the contractor"))
    office.window.go("board")
    board = office.window.current()
    assert isinstance(board, BoardPage) and [card.card.id for card in board.cards["done"]] == [repair]
    # The next walk asks: it is not. It opens again, and the first promise stays in view.
    clock.forward(days=31)
    second = again(office)
    office.walk.go_area("lifts")
    assert person.sees("From an earlier walk: was it fixed?")
    person.key("G")
    assert (row().status, row().due_at, row().completed_at) == (RepairStatus.REPORTED, started, None)
    finish(office, second)
    # The walk after that: now it is; the orders and the clock end with it, and the noticeboard tells.
    clock.forward(days=31)
    third = again(office)
    office.walk.go_area("lifts")
    person.key("F")
    assert row().status is RepairStatus.COMPLETED
    finish(office, third)
    with store.read() as session:
        sheet = block_repairs.collect(session, block.id)
        (done,) = [card for card in repairs.page(session, repairs.Filter("done"), 0, 9) if card.id == repair]
    assert done.due.text.endswith(", late")
    assert TITLE in {line.what for line in sheet.done} and TITLE not in {line.what for line in sheet.open}


def again(office: Office) -> UUID:
    """Begin the next month's walk."""
    office.window.go("today")
    office.window.current().refresh()  # type: ignore[attr-defined]
    return begin(office)
