"""The pages and forms of Repairs with what hangs on it, for pictures: each a name and how to get there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget
from sqlalchemy import select

from watmos_desktop.cli.driving import Driver
from watmos_desktop.models.kinds import RepairStatus
from watmos_desktop.models.tables import Appointment, Block, HazardCase, Home, Job, Repair, RepairFeedback
from watmos_desktop.services import (
    adaptation_cases,
    contractors,
    hazard_doubles,
    hazard_list,
    programme_cases,
)
from watmos_desktop.services.programme_cases import Filter as Works
from watmos_desktop.services.repair_listing import OPEN
from watmos_desktop.services.repair_views import View
from watmos_desktop.services.repairs import Filter
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.hazards.case import HazardPage
from watmos_desktop.ui.paper import PaperPage

Go = Callable[[], object]
Page = tuple[str, Go]
_PAINTED = 400  # ms after which a preview beside the window has drawn its first page
_FORMS = ("Order", "No access", "Tell", "Note", "How soon", "Whose it is")


def pages(driver: Driver, desk: Desk) -> Iterator[Page]:
    """All of them, for a manager of a demo landlord."""
    yield from _lists(driver, desk)
    yield from _one(driver, desk)
    yield from _hazards(driver, desk)
    yield from _plans(driver, desk)
    yield "repairs, a place", lambda: _placed(driver)


def press(driver: Driver, words: str, inside: QWidget | None = None) -> None:
    """Click the first button that says this; KeyError when none does."""
    page = inside or driver.window.current()
    assert page is not None
    for one in page.findChildren(QAbstractButton):
        if one.isVisible() and one.isEnabled() and one.text() == words:
            QTest.mouseClick(one, Qt.MouseButton.LeftButton)
            driver.settle()
            return
    raise KeyError(words)


def _lists(driver: Driver, desk: Desk) -> Iterator[Page]:
    go = driver.window.go
    pinned = select(Repair.block_id).where(Repair.pin.is_not(None), Repair.status.in_(OPEN))
    yield "repairs, overdue", partial(go, "repairs", "overdue")
    yield "repairs, told twice", partial(go, "repairs", "double")
    yield "repairs, nothing like that", partial(go, "repairs", "signposted")
    yield "repairs, several chosen", lambda: _several(driver)
    yield "repairs, a view to name", lambda: _named(driver)
    yield "board", partial(go, "board")
    yield "plan", partial(go, "plan", _first(desk, pinned))
    yield "figures", lambda: _counted(driver)
    yield "the list as paper", lambda: _paper(driver, "list_paper", View("", Filter("overdue"), "due"))
    block = _first(desk, pinned)
    yield "sheet for the noticeboard", lambda: _paper(driver, "list_paper", block)
    yield "report a repair", lambda: _report(driver)
    yield "report a repair, where", lambda: _report(driver, "lindley")
    home = _first(desk, select(Repair.home_id).where(Repair.home_id.is_not(None), Repair.fixture == "tap"))
    yield "report a repair in a home", lambda: _report_in(driver, home, "boiler no")
    yield "report a repair in a block", lambda: _report_in(driver, _first(desk, select(Block.id)), "light")
    yield "a contractor", lambda: go("contractors", desk.look(contractors.listed)[2].id)
    yield "a new contractor", partial(go, "contractors", "new")


def _one(driver: Driver, desk: Desk) -> Iterator[Page]:
    go = driver.window.go
    live = select(Job.repair_id).join(Appointment).join(Repair).where(Repair.status.in_(OPEN))
    ordered = _first(desk, live.order_by(Repair.home_id.is_(None), Repair.reported_at))
    yield "a repair with an order", partial(go, "repairs", ordered)
    fresh = _first(desk, select(Repair.id).where(Repair.status == RepairStatus.REPORTED))
    for words in _FORMS:
        yield (
            f"a repair, {words.lower()}",
            partial(_form, driver, ordered if words != "Order" else fresh, words),
        )
    yield "a repair, book", partial(_form, driver, ordered, "Move")
    yield "a repair, done", partial(go, "repair_done", ordered)
    asked = _first(desk, select(RepairFeedback.repair_id).where(RepairFeedback.score.is_not(None)))
    yield "a repair that was asked about", partial(go, "repairs", asked)
    owed = select(Repair.id).where(Repair.status == RepairStatus.COMPLETED, Repair.home_id.is_not(None))
    done = _first(desk, owed.order_by(Repair.completed_at.desc()))
    yield "a repair that is done", partial(go, "repairs", done)
    yield "a repair, are they happy", partial(_form, driver, done, "Are they happy?")
    job = _first(desk, select(Job.id).where(Job.repair_id == ordered))
    yield "a work order", lambda: _paper(driver, "work_paper", ("order", job))
    yield "a card for the door", lambda: _paper(driver, "work_paper", ("card", ordered))


def _hazards(driver: Driver, desk: Desk) -> Iterator[Page]:
    go = driver.window.go
    cases = {one.id: one for one in desk.look(hazard_list.page)}
    late = next(iter(cases))
    yield "a hazard, late", partial(go, "hazard", late)
    twice = desk.look(hazard_doubles.waiting)[0].id
    yield "a hazard opened twice", partial(go, "hazard", twice)
    found = _first(
        desk,
        select(HazardCase.id).where(HazardCase.investigated_at.is_not(None), HazardCase.closed_at.is_(None)),
    )
    for step in ("look", "judge", "access", "note"):
        yield f"a hazard, {step}", partial(_step, driver, late, step)
    for step in ("summary", "safe", "offer", "prevent"):
        yield f"a hazard, {step}", partial(_step, driver, found, step)
    closed = desk.look(hazard_list.page, "closed")
    if closed:
        yield "a hazard, closed", partial(go, "hazard", closed[0].id)
    yield "a hazard's summary", lambda: _paper(driver, "hazard_paper", ("summary", found))
    yield "a hazard's log", lambda: _paper(driver, "hazard_paper", ("log", found))


def _plans(driver: Driver, desk: Desk) -> Iterator[Page]:
    go = driver.window.go
    yield "adaptations", partial(go, "adaptations", "open")
    yield "a new adaptation", partial(go, "adaptations", ("new", _first(desk, select(Home.id))))
    for state in ("assess", "fit", "review", "done"):
        found = desk.look(adaptation_cases.page, adaptation_cases.Filter(state), 0, 1)
        if found:
            yield f"an adaptation, {state}", partial(go, "adaptations", found[0].id)
    yield "works to plan", partial(go, "programme", "new")
    works = desk.look(programme_cases.page, Works("consulting"), 0, 1)[0].id
    for words in ("Homes", "Answers"):
        yield f"works, {words.lower()}", partial(_part, driver, works, words)
    yield "works, letters", lambda: _letters(driver, works)
    for state in ("planned", "started", "over"):
        found_works = desk.look(programme_cases.page, Works(state), 0, 1)
        if found_works:
            yield f"works, {state}", partial(go, "programme", found_works[0].id)


def _first(desk: Desk, statement: Any) -> UUID:
    found = desk.look(lambda session: session.scalars(statement.limit(1)).first())
    assert isinstance(found, UUID), statement
    return found


def _several(driver: Driver) -> None:
    driver.window.go("repairs", "open")
    page: Any = driver.window.current()
    page.table.setFocus()
    page.table.selectAll()
    driver.settle()


def _named(driver: Driver) -> None:
    driver.window.go("repairs", "overdue")
    page: Any = driver.window.current()
    page.back()
    page.more.ask_name()


def _placed(driver: Driver) -> None:
    driver.window.go("repairs", "open")
    page: Any = driver.window.current()
    page.more.back()
    page.filters.ask_place()


def _report(driver: Driver, text: str = "") -> None:
    driver.window.go("new_repair", "new")
    page: Any = driver.window.current()
    page._clear()
    page.asked.place.setFocus()
    driver.settle()
    if text:
        QTest.keyClicks(page.asked.place.line, text)


def _report_in(driver: Driver, place: UUID, fault: str) -> None:
    driver.window.go("new_repair", place)
    page: Any = driver.window.current()
    if page.place() and not page.asked.where:
        page._clear()
        page.asked.go_to("block", place)
    QTest.keyClicks(page.asked.what.line, fault)
    QTest.keyClick(page.asked.what.line, Qt.Key.Key_Return)


def _form(driver: Driver, repair: UUID, words: str) -> None:
    driver.window.go("repairs", repair)
    page: Any = driver.window.current()
    page.detail.close_form()
    driver.settle()
    press(driver, words)


def _step(driver: Driver, case: UUID, step: str) -> None:
    driver.window.go("hazard", case)
    page = driver.window.current()
    assert isinstance(page, HazardPage)
    driver.settle()
    page.begin(step)


def _part(driver: Driver, works: UUID, words: str) -> None:
    driver.window.go("programme", works)
    page: Any = driver.window.current()
    page._go_to(words.lower())


def _counted(driver: Driver) -> None:
    driver.window.go("figures")
    driver.settle(_PAINTED)


def _letters(driver: Driver, works: UUID) -> None:
    driver.window.go("programme", ("letters", works))
    page: Any = driver.window.current()
    driver.settle()
    page.letters.make()
    driver.wait(page.letters.view.pdf, "the letters")
    driver.settle(_PAINTED)


def _paper(driver: Driver, name: str, argument: object) -> None:
    driver.window.go(name, argument)
    page = driver.window.current()
    assert isinstance(page, PaperPage)
    driver.wait(page.pdf, "the paper")
    driver.settle(_PAINTED)
