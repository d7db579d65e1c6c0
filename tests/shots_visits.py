"""The pages and forms of Visits, for pictures: each a name and how to get there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select

from tests.shots_repairs import Page, press
from watmos_desktop.cli.driving import Driver
from watmos_desktop.models.kinds import VisitStatus
from watmos_desktop.models.tables import Visit, VisitAttempt
from watmos_desktop.services import visit_officers, visit_walk, visit_walk_view, visits, visits_due
from watmos_desktop.services.visit_form import Kind
from watmos_desktop.services.visits_due import DueKey, DueVisit, Filter
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.visits.copies import CopiesPage
from watmos_desktop.ui.pages.visits.door import DoorPage
from watmos_desktop.ui.pages.visits.figures import FiguresPage
from watmos_desktop.ui.pages.visits.leave import TeamPage
from watmos_desktop.ui.pages.visits.letter import LetterPage
from watmos_desktop.ui.pages.visits.panel import WeekOf
from watmos_desktop.ui.pages.visits.week import WeekPage
from watmos_desktop.ui.paper import PaperPage

_PAINTED = 400  # ms after which a preview beside the window has drawn its first page


def pages(driver: Driver, desk: Desk) -> Iterator[Page]:
    """All of them, for a manager of a demo landlord."""
    go = driver.window.go
    yield from _lists(driver, desk)
    planned = _one(desk, select(Visit.id).where(Visit.status == VisitStatus.PLANNED, Visit.window_from != ""))
    officer = desk.look(visits.get, planned).card.officer_id
    monday = desk.store.clock.now().date() - timedelta(days=desk.store.clock.now().weekday())
    yield "visits, letter", partial(_letter, driver, planned)
    yield "visits, day sheet", lambda: _paper(driver, "visit_sheet", WeekOf(monday, officer))
    yield "visits, card", lambda: _paper(driver, "visit_paper", ("visit_card", planned))
    yield "visits, leave", partial(go, "visit_team")
    yield "visits, leave to add", partial(_leave, driver)
    yield "visits, days and languages", partial(_hours, driver)
    yield "visits, alone", partial(go, "visit_lone", None)
    yield "visits, figures", partial(_figures, driver)
    sealed = _one(desk, select(Visit.id).where(Visit.checksum != "").order_by(Visit.completed_at.desc()))
    yield "visits, what came of one", partial(go, "visit_after", sealed)
    for audience in ("resident", "staff"):
        yield f"visits, {audience} copy", partial(_copy, driver, audience, sealed)
    yield "visits, to approve", partial(go, "visit_approvals", None)
    yield "visits, for named people", partial(go, "visit_concerns", None)
    yield from _door(driver, desk)


def _lists(driver: Driver, desk: Desk) -> Iterator[Page]:
    decision = desk.look(visits_due.decisions)
    if decision:
        yield "visits, a decision", partial(driver.window.go, "visits", decision[0].key)
        yield "visits, deciding", partial(_deed, driver, decision[0].key, "Decide")
    tried = _one(desk, select(VisitAttempt.visit_id).join(Visit).where(Visit.status == VisitStatus.PLANNED))
    home = desk.look(visits.get, tried).card.home_id
    key = next(one.key for one in desk.look(visits_due.of_home, home) if one.visit_id == tried)
    yield "visits, a door that stays closed", partial(driver.window.go, "visits", key)
    yield "visits, no answer", partial(_deed, driver, key, "No answer")
    yield "visits, the week as it is planned", partial(_week, driver)


def _deed(driver: Driver, key: DueKey, words: str) -> None:
    """The short form behind a button of the detail."""
    driver.window.go("visits", key)
    driver.settle()
    press(driver, words)


def _figures(driver: Driver) -> None:
    """Counted beside the window."""
    driver.window.go("visit_figures")
    page = driver.window.current()
    assert isinstance(page, FiguresPage)
    driver.wait(lambda: "On the estates" in page.head.sentence(), "the figures")


def _leave(driver: Driver) -> None:
    driver.window.go("visit_team")
    page = driver.window.current()
    assert isinstance(page, TeamPage)
    page.add()


def _hours(driver: Driver) -> None:
    driver.window.go("visit_team")
    page = driver.window.current()
    assert isinstance(page, TeamPage)
    page.back()
    page.ask_hours(driver.program.desk.look(visit_officers.team)[0])  # type: ignore[union-attr]


def _letter(driver: Driver, visit: UUID) -> None:
    driver.window.go("visit_letter", visit)
    page = driver.window.current()
    assert isinstance(page, LetterPage)
    driver.wait(page.pdf, "the letter")
    driver.settle(_PAINTED)


def _week(driver: Driver) -> None:
    driver.window.go("visit_week")
    page = driver.window.current()
    assert isinstance(page, WeekPage)
    page.planning.discard()


def _door(driver: Driver, desk: Desk) -> Iterator[Page]:
    """One visit under way: the first question, a day, several answers, the words of somebody who is not safe."""
    due: DueVisit = next(
        one for one in desk.look(visits_due.page, Filter(), 0, 40) if not one.decision and not one.visit_id
    )
    visit = desk.seal("began a visit", visit_walk.begin, due)
    finds = {"rooms": "some", "damp": "some", "damp_told": "yes", "repairs": "yes", "benefits": "yes"}
    while missing := desk.look(visit_walk_view.load, visit).missing:
        question, room = missing[0].question, missing[0].room
        value = "Tap: drips" if question.kind is Kind.TEXT else "2026-11-12"
        if question.options:
            value = finds.get(question.key, question.options[0].key)
        desk.seal("answered", visit_walk.answer, visit, question.key, [value], room)
    for key in ("seen", "rooms_poor", "damp_told_on", "repairs_what", "safety", "photos"):
        yield f"visits, at the door, {key}", partial(_asked, driver, desk, visit, key)
    yield "visits, before it is sealed", partial(driver.window.go, "visit_after", visit)


def _asked(driver: Driver, desk: Desk, visit: UUID, key: str) -> None:
    """One question, answered as it was; of somebody's safety, with room for the words."""
    driver.window.go("visit_door", visit)
    page = driver.window.current()
    assert isinstance(page, DoorPage)
    walk = desk.look(visit_walk_view.load, visit)
    step = next((one for one in walk.steps if one.question.key == key), None)
    page._show(step or next(one for one in walk.form.consents if one.key == key))
    if key == "safety":
        driver.press("4")


def _paper(driver: Driver, page_id: str, argument: object) -> None:
    driver.window.go(page_id, argument)
    page = driver.window.current()
    assert isinstance(page, PaperPage)
    driver.wait(page.pdf, "the paper")
    driver.settle(_PAINTED)


def _copy(driver: Driver, audience: str, visit: UUID) -> None:
    driver.window.go("visit_copies", (audience, visit))
    page = driver.window.current()
    assert isinstance(page, CopiesPage)
    driver.wait(page.pdf, "the copy")
    driver.settle(_PAINTED)


def _one(desk: Desk, asked: object) -> UUID:
    def first(session: object) -> UUID:
        found: UUID | None = session.scalar(asked.limit(1))  # type: ignore[attr-defined]
        assert found is not None
        return found

    return desk.look(first)
