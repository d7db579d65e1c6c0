"""A week planned and walked: a fortnight proposed, accepted, one visit moved; one made at the door, and it shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from pytestqt.qtbot import QtBot

from tests.build import a_home, a_tenancy
from tests.conftest import Let
from tests.fakes import FakeClock
from tests.stories.opened import window_of
from tests.stories.person import WAIT_MS, Person
from watmos_desktop.models.kinds import TenancyKind, VisitStatus
from watmos_desktop.models.tables import Block, Leave
from watmos_desktop.services import visit_needs, visits, visits_due
from watmos_desktop.services.visit_form import Kind, Step
from watmos_desktop.services.visit_needs import Needs
from watmos_desktop.services.visits_due import Filter
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.visits.door import DoorPage
from watmos_desktop.ui.pages.visits.list import VisitsPage
from watmos_desktop.ui.pages.visits.week import WeekPage
from watmos_desktop.ui.window import PageSpec

ACTIONS = 7  # to a planned fortnight with one visit moved and pinned
PLANNED_MS = 60_000


@pytest.fixture
def person(let: Let, qtbot: QtBot) -> Iterator[Person]:
    """The officer at the real window, on the tab Visits."""
    landlord = let.landlord
    with let.store.write("homes", undoable=False) as session:
        for n, block_id in enumerate([landlord.block_id, landlord.other_block_id] * 4):
            home = a_home(session, session.get(Block, block_id))
            a_tenancy(session, home, started_on=date(2023, 11, 20 + n))
        starter = a_home(session, session.get(Block, landlord.block_id))
        a_tenancy(session, starter, started_on=date(2026, 10, 16), kind=TenancyKind.STARTER)
        session.add(
            Leave(
                staff_id=landlord.officer.staff_id,
                starts_on=date(2026, 11, 25),
                ends_on=date(2026, 11, 25),
            )
        )
    let.store.actor = landlord.officer

    def pages(desk: Desk) -> list[PageSpec]:
        return [
            PageSpec("visits", "Visits", "visits", lambda: VisitsPage(desk)),
            PageSpec("visit_week", "Week", "visits", lambda: WeekPage(desk), None, True, tab="visits"),
            PageSpec("visit_door", "At the door", "visits", lambda: DoorPage(desk), None, True, tab="visits"),
        ]

    with window_of(let.store, qtbot, pages) as made:
        yield made


def test_a_week_is_planned_and_walked_by_keys(
    person: Person, let: Let, qtbot: QtBot, clock: FakeClock
) -> None:
    with let.store.write("needs", undoable=False) as session:
        (first, *_) = visits_due.page(session, Filter(), 0, 1)
        visit_needs.save(session, first.home_id, Needs(times=("thu_pm",)))
        due = {one.home_id for one in visits_due.within(session, date(2026, 12, 4))}
    person.key("Ctrl+N")
    page = person.window.current()
    assert isinstance(page, WeekPage)
    qtbot.waitUntil(lambda: page.planning.accept_button.isVisible(), timeout=PLANNED_MS)
    assert not week(let)
    person.key("Ctrl+Return")
    qtbot.waitUntil(lambda: bool(week(let)), timeout=WAIT_MS)
    planned = fortnight(let)
    assert {one.home_id for one in planned} >= due
    assert date(2026, 11, 25) not in {one.planned_on for one in planned}  # on leave
    suited = next(one for one in planned if one.home_id == first.home_id)
    assert suited.planned_on is not None and suited.planned_on.weekday() == 3 and suited.end > "12:30"
    review = next(one for one in planned if one.kind.value == "starter")
    assert review.planned_on == date(2026, 11, 27)

    card = next(one for one in page.board.cards() if one.entry.visit_id == review.id)
    card.setFocus()
    person.key("Ctrl+Left")
    moved = seen(let, review)
    assert moved.planned_on == date(2026, 11, 26) and moved.pinned
    person.key("Ctrl+Left")
    assert seen(let, review).planned_on == date(2026, 11, 25)
    assert "is on leave" in page.notices.showing()
    person.key("Ctrl+Z")
    assert seen(let, review).planned_on == date(2026, 11, 26)
    person.key("Ctrl+N")
    qtbot.waitUntil(lambda: page.planning.accept_button.isVisible(), timeout=PLANNED_MS)
    person.key("Ctrl+Return")
    assert seen(let, review).planned_on == date(2026, 11, 26)  # pinned by hand
    assert person.actions <= ACTIONS
    walked(person, let, clock, page)


def walked(person: Person, let: Let, clock: FakeClock, page: WeekPage) -> None:
    """One visit of that week made at the door, to its seal; the week shows it done."""
    one = fortnight(let)[0]
    assert one.planned_on is not None
    clock.set(clock.now() + (one.planned_on - clock.now().date()))
    page.open(one.planned_on)
    next(each for each in page.board.cards() if each.entry.visit_id == one.id).setFocus()
    person.key("Return")  # the visit in full
    assert person.sees(one.address) and person.sees("Planned: ")
    person.window.go("visit_week", one.planned_on)
    next(each for each in page.board.cards() if each.entry.visit_id == one.id).setFocus()
    person.key("Alt+V")
    door = person.window.current()
    assert isinstance(door, DoorPage) and door.visit_id() == one.id
    while isinstance(step := door.step(), Step):
        person.key("1", "Return") if step.question.kind is Kind.MANY else person.key("1")
    person.key(*"1111")  # each consent
    person.write("A. Tenant")
    person.key("Ctrl+Return")
    person.waits(lambda: person.sees("Done: the home was seen, and the record is sealed"))
    person.window.go("visit_week", one.planned_on)
    (card,) = [each for each in page.board.cards() if each.entry.visit_id == one.id]
    assert card.entry.done and "done" in card.accessibleName() and person.sees("Done")
    assert seen(let, one).status is VisitStatus.COMPLETED
    with let.store.read() as session:
        (due, *_) = visits_due.of_home(session, one.home_id)
    assert due.visit_id is None and due.due_on.year == 2029  # seen: three years from today (H2)


def fortnight(let: Let) -> list[visits.VisitCard]:
    with let.store.read() as session:
        return visits.between(session, date(2026, 11, 23), date(2026, 12, 4))


def week(let: Let) -> list[visits.VisitCard]:
    with let.store.read() as session:
        return visits.week(session, date(2026, 11, 23))


def seen(let: Let, one: visits.VisitCard) -> visits.VisitCard:
    with let.store.read() as session:
        return visits.get(session, one.id).card
