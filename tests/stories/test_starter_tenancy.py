"""A starter tenancy with an open concern: reviews that pass, what stands at the decision, its alarms, one extension."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from tests.build import a_home, a_person, a_tenancy
from tests.conftest import Let
from tests.fakes import FakeClock
from tests.services.test_visit_after import answers, does
from tests.stories.opened import window_of
from tests.stories.person import Person
from watmos_desktop.models.kinds import ReviewOutcome, ReviewStage, TenancyKind, VisitKind
from watmos_desktop.models.tables import Block, Tenancy
from watmos_desktop.services import tenancy_decisions, tenancy_reviews, visit_walk, visits, visits_due
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.visits import VisitDraft
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.form import Form
from watmos_desktop.ui.pages.today.page import TodayPage
from watmos_desktop.ui.pages.visits.list import VisitsPage
from watmos_desktop.ui.window import PageSpec

STARTED = date(2026, 1, 20)
RENT = "Help with rent and debts: visit of 21 Jul 2026; to Our money advice team, waiting for an answer"
REASON = "The rent is behind"


@pytest.fixture
def tenancies(let: Let) -> tuple[UUID, UUID]:
    """A starter tenancy, and another of the same day that nobody decides on in time."""
    found = []
    with let.store.write("starters", undoable=False) as session:
        for name in ("Ben Cole", "Ada Okafor"):
            home = a_home(session, session.get(Block, let.landlord.block_id))
            person = a_person(session, name)
            kind = TenancyKind.STARTER
            found.append(a_tenancy(session, home, person, started_on=STARTED, kind=kind).id)
    return found[0], found[1]


@contextmanager
def at_the_window(let: Let, qtbot: QtBot, clock: FakeClock, who: Actor, day: date) -> Iterator[Person]:
    """Somebody opens the program on that day."""
    clock.set(datetime.combine(day, time(9, 30), LONDON))
    let.store.actor = who

    def pages(desk: Desk) -> list[PageSpec]:
        return [
            PageSpec("today", "Today", "today", lambda: TodayPage(desk)),
            PageSpec("visits", "Visits", "visits", lambda: VisitsPage(desk)),
        ]

    with window_of(let.store, qtbot, pages, who=who.name, size=(1280, 800)) as person:
        yield person


def shown(person: Person, address: str) -> VisitsPage:
    """The starter reviews, and one of them in full, by a click, the arrow keys and Enter."""
    person.window.go("visits")
    page = person.window.current()
    assert isinstance(page, VisitsPage)
    person.click(page.chips.chips()["starter"])
    page.table.setFocus()
    person.key("Home")
    for _ in range(page.table.paged.rowCount()):
        if person.sees(address):
            break
        person.key("Down")
    assert person.sees(address)
    return page


def standing(let: Let, tenancy_id: UUID) -> tenancy_reviews.Starter:
    with let.store.read() as session:
        return tenancy_reviews.get(session, tenancy_id)


def test_reviews_pass_a_concern_is_open_and_it_is_extended_in_time(
    let: Let, tenancies: tuple[UUID, UUID], qtbot: QtBot, clock: FakeClock
) -> None:
    first, forgotten = tenancies
    officer, manager = let.landlord.officer, let.landlord.manager
    let.store.actor = officer
    with let.store.read() as session:
        home_id = session.get_one(Tenancy, first).home_id
        address = visits_due.of_home(session, home_id)[0].address
    with at_the_window(let, qtbot, clock, officer, date(2026, 3, 3)) as person:
        shown(person, address)
        assert person.sees("6-week review")
        person.click("Record the review")
        person.key("Ctrl+Return")
        person.waits(lambda: person.sees("Recorded."))
    clock.set(datetime.combine(date(2026, 4, 20), time(10), LONDON))
    does(let, tenancy_reviews.record, first, ReviewStage.MONTH_3, ReviewOutcome.FINE)
    # At six months it goes well too, but the rent is short, and help is asked for.
    clock.set(datetime.combine(date(2026, 7, 21), time(10), LONDON))
    visit: UUID = does(let, visits.arrange, VisitDraft(home_id, VisitKind.STARTER))
    does(let, visit_walk.start, visit)
    answers(let, visit, {"starter": ["well"], "money": ["short"], "money_what": ["rent"]})
    does(let, visit_walk.complete, visit, "would rather not")
    known = standing(let, first)
    assert [(one.stage, one.outcome) for one in known.recorded] == [
        (stage, ReviewOutcome.FINE)
        for stage in (ReviewStage.WEEK_6, ReviewStage.MONTH_3, ReviewStage.MONTH_6)
    ]

    with at_the_window(let, qtbot, clock, manager, date(2026, 10, 20)) as person:  # the prompt
        page = deciding(person, address, "Decide by 20 Jan 2027")
        assert person.sees("Open concerns") and person.sees(RENT)
    for day, words in (
        (date(2026, 11, 20), "last 2 months"),
        (date(2026, 12, 21), "last month"),
    ):  # the alarms
        with at_the_window(let, qtbot, clock, manager, day) as person:
            page = deciding(person, address, f"Decide: {words}")
            assert person.sees(f"{words.capitalize()}: decide by 20 Jan 2027") and person.sees(RENT)
            assert standing(let, first).due.tone == "bad"
            if words == "last month":
                extended(let, person, page, first)

    with let.store.read() as session:
        assert not [one for one in visits_due.decisions(session) if one.tenancy_id == first]
    clock.set(datetime.combine(date(2027, 1, 20), time(9), LONDON))
    with pytest.raises(Told, match="extended once already"):
        does(let, tenancy_decisions.decide, first, ReviewOutcome.EXTEND, REASON)
    with let.store.read() as session:
        late = session.get_one(Tenancy, forgotten).home_id
        other = visits_due.of_home(session, late)[0].address
    with at_the_window(let, qtbot, clock, manager, date(2027, 1, 20)) as person:  # the year is over
        page = deciding(person, other, "Decide: last month")
        person.click("Decide")
        form = page.detail.findChild(Form)
        assert form is not None
        offered = form.fields["outcome"].widget
        assert [offered.itemData(n) for n in range(offered.count())] == ["convert", "end"]  # type: ignore[attr-defined]
        assert person.sees("Its 12 months ended on 20 Jan 2027: too late to extend it.")
        with pytest.raises(Told, match="too late to extend"):
            does(let, tenancy_decisions.decide, forgotten, ReviewOutcome.EXTEND, REASON)
        person.key("Ctrl+Return")  # nothing is open there: assured, without a reason
        person.waits(lambda: person.sees("It is an assured tenancy now."))
    assert standing(let, forgotten).decided is ReviewOutcome.CONVERT


def deciding(person: Person, address: str, words: str) -> VisitsPage:
    """From the card on Today, with those words, to the decision of that home."""
    assert isinstance(person.window.current(), TodayPage) and person.sees(words)
    person.button(f"Decide: Starter tenancy to decide · {address}").setFocus()
    person.key("Space")
    page = person.window.current()
    assert isinstance(page, VisitsPage)
    person.waits(lambda: person.sees("Open concerns"))
    key = page.detail.shown_key()
    assert key is not None and key.stage is ReviewStage.DECISION and person.sees(words)
    return page


def extended(let: Let, person: Person, page: VisitsPage, tenancy_id: UUID) -> None:
    """Without a reason it is refused at the field; with one it is kept, taken back by a click, and made again."""
    person.click("Decide")
    form = page.detail.findChild(Form)
    assert form is not None and person.sees(f"Open: {RENT}")
    person.key("Down")
    assert form.values()["outcome"] == "extend"
    person.key("Ctrl+Return")
    assert form.fields["reason"].error().startswith("Give the reason.")
    person.write(REASON)  # where the error is
    person.key("Ctrl+Return")
    person.waits(lambda: person.sees("Extended to 18 months."))
    known = standing(let, tenancy_id)
    assert known.extended and known.decide_by == date(2027, 7, 20)
    assert known.recorded[-1].reason == REASON and known.recorded[-1].by == let.landlord.manager.name
    person.click("Undo")
    assert not standing(let, tenancy_id).extended
    key = next(one.key for one in page._desk.look(visits_due.decisions) if one.tenancy_id == tenancy_id)
    page.show_due(key)
    person.waits(lambda: person.sees("Open concerns"))
    person.click("Decide")
    person.key("Down", "Tab")
    person.write(REASON)
    person.key("Ctrl+Return")
    person.waits(lambda: standing(let, tenancy_id).extended)
