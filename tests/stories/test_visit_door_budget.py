"""A door that never opens, through the real window: each try takes at most 4 actions, and the home stays due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from tests.build import a_home, a_tenancy
from tests.conftest import Let
from tests.fakes import FakeClock
from tests.stories.opened import window_of
from tests.stories.person import Person
from watmos_desktop.models.kinds import VisitStatus
from watmos_desktop.models.tables import Block
from watmos_desktop.services import visits, visits_due
from watmos_desktop.services.visits import Slot, VisitDetail, VisitDraft
from watmos_desktop.services.visits_due import DueVisit
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.repairs.paper import WorkPaperPage
from watmos_desktop.ui.pages.visits.door import DoorPage
from watmos_desktop.ui.pages.visits.list import VisitsPage
from watmos_desktop.ui.pages.visits.week import WeekPage
from watmos_desktop.ui.window import PageSpec

NO_ACCESS = 4


@pytest.fixture
def visit(let: Let) -> UUID:
    """A visit planned for this morning; a neighbour's is planned for Friday."""
    officer = let.landlord.officer.staff_id
    assert officer is not None
    let.store.actor = let.landlord.officer
    with let.store.write("homes", undoable=False) as session:
        block = session.get(Block, let.landlord.block_id)
        homes = [a_home(session, block), a_home(session, block)]
        for home in homes:
            a_tenancy(session, home, started_on=date(2023, 11, 2))
        friday = Slot(officer, date(2026, 11, 27), "09:30", "11:30")
        visits.arrange(session, VisitDraft(homes[1].id, slot=friday))
        today = Slot(officer, date(2026, 11, 23), "09:30", "11:30")
        return visits.arrange(session, VisitDraft(homes[0].id, slot=today))


@pytest.fixture
def person(let: Let, visit: UUID, qtbot: QtBot) -> Iterator[Person]:
    """The officer at the real window, with the visit open."""

    def pages(desk: Desk) -> list[PageSpec]:
        return [
            PageSpec("visits", "Visits", "visits", lambda: VisitsPage(desk)),
            PageSpec("visit_week", "Week", "visits", lambda: WeekPage(desk), None, True, tab="visits"),
            PageSpec("visit_paper", "Card", "report", lambda: WorkPaperPage(desk), None, True, tab="visits"),
            PageSpec("visit_door", "At the door", "visits", lambda: DoorPage(desk), None, True, tab="visits"),
        ]

    with let.store.read() as session:
        (due, *_) = visits_due.of_home(session, visits.get(session, visit).card.home_id)
    with window_of(let.store, qtbot, pages) as made:
        made.window.go("visits", due.key)
        yield made


def seen(let: Let, visit_id: UUID) -> VisitDetail:
    with let.store.read() as session:
        return visits.get(session, visit_id)


def test_no_access_from_the_detail_and_the_card(person: Person, let: Let, visit: UUID) -> None:
    owed = seen(let, visit).card.due_on
    person.key("Alt+N", "Ctrl+Return")
    assert person.actions <= NO_ACCESS
    after = seen(let, visit)
    (tried,) = after.attempts
    assert tried.card_left and after.card.due_on == owed and after.card.completed_at is None
    assert after.card.planned_on == date(2026, 11, 27) and after.card.start == "14:30"
    assert person.sees("Nobody answered. Still due 2 Nov 2026. Booked: Fri 27 Nov, 14:30 to 16:30.")
    assert person.sees("Next: Come again on another part of the day")
    person.waits(lambda: person.sees("Card to print"))
    person.button("Card to print").setFocus()
    person.key("Space")
    page = person.window.current()
    assert isinstance(page, WorkPaperPage)
    person.waits(page.pdf)
    person.waits(page.preview.isVisible)
    said = " ".join(page.preview.text(1).split())
    assert after.card.reference in said and "We come again on Fri 27 Nov, 14:30 to 16:30." in said
    assert after.card.address not in said and "Your repair" not in said
    person.key("Esc", "Ctrl+Z")
    person.waits(lambda: not seen(let, visit).attempts)
    assert seen(let, visit).card.planned_on == date(2026, 11, 23)


def test_no_access_from_the_week(person: Person, let: Let, visit: UUID) -> None:
    person.window.go("visit_week", date(2026, 11, 23))
    page = person.window.current()
    assert isinstance(page, WeekPage)
    card = next(one for one in page.board.cards() if one.entry.visit_id == visit)
    card.setFocus()
    person.key("Alt+N", "Ctrl+Return")
    assert person.actions <= NO_ACCESS
    assert len(seen(let, visit).attempts) == 1


def test_a_door_that_never_opens(person: Person, let: Let, visit: UUID, clock: FakeClock) -> None:
    owed, last_seen = seen(let, visit).card.due_on, due_of(let, visit).last_seen
    person.window.resize(1024, 600)
    person.waits(lambda: person.window.width() == 1024)
    tries = [  # days from the first, hour, how, what the ladder asks next
        (0, 10, "", "Come again on another part of the day"),
        (1, 15, "", "Ring, text or e-mail to agree a day"),
        (2, 11, "By phone", "Come once more, on another day of the week"),
        (5, 10, "", "Write with a day and a time"),
        (6, 10, "By letter", "Every way was tried: a manager decides about the tenancy route"),
        (16, 10, "", "Every way was tried: a manager decides about the tenancy route"),
    ]
    start = clock.now()
    for count, (days, hour, how, ahead) in enumerate(tries, 1):
        clock.set((start + timedelta(days=days)).replace(hour=hour))
        before = person.actions
        person.click("No answer")  # in sight without scrolling, as At the door and Card to print are
        if how:
            person.click(how)
        person.key("Ctrl+Return")
        assert person.actions - before <= NO_ACCESS
        after = seen(let, visit)
        assert len(after.attempts) == count and after.attempts[-1].card_left is not bool(how)
        assert (after.card.due_on, due_of(let, visit).last_seen) == (owed, last_seen)  # H2 never moves
        assert person.sees(f"Next: {ahead}")
    assert person.sees("Knock, and leave a card. Done 23 Nov 2026, 10:")
    person.click("Card to print")
    page = person.window.current()
    assert isinstance(page, WorkPaperPage)
    person.waits(page.pdf)
    person.key("Esc")
    person.click("At the door")  # should they open after all
    assert seen(let, visit).card.status is VisitStatus.UNDER_WAY


def due_of(let: Let, visit_id: UUID) -> DueVisit:
    with let.store.read() as session:
        home_id = visits.get(session, visit_id).card.home_id
        return next(one for one in visits_due.of_home(session, home_id) if one.visit_id == visit_id)
