"""Damp with a baby at home across Christmas: from the call to a dry wall, by keys, each date as the law counts it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.conftest import Let
from tests.fakes import FakeClock
from tests.reports.reading import copied
from tests.stories.person import FakeCamera, Person
from watmos_desktop.models.kinds import HazardStatus
from watmos_desktop.services import hazard_list, hazard_view, today
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.hazard_view import HazardDetail
from watmos_desktop.services.reports import endeavours, hazard_paper
from watmos_desktop.ui import theme
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.hazards.case import HazardPage
from watmos_desktop.ui.pages.hazards.list import HazardsPage
from watmos_desktop.ui.pages.hazards.papers import HazardPaperPage
from watmos_desktop.ui.pages.repairs.list import RepairsPage
from watmos_desktop.ui.pages.repairs.report import ReportRepairPage
from watmos_desktop.ui.tasks import Tasks
from watmos_desktop.ui.window import PageSpec, Window


@pytest.fixture
def person(let: Let, qtbot: QtBot, qapp: QApplication) -> Iterator[Person]:
    """The tenancy officer at the real window; every bug in it fails the story."""
    theme.apply(qapp, "light")
    let.store.actor = let.landlord.officer
    errors: list[BaseException] = []
    tasks = Tasks(errors.append)
    desk = Desk(let.store, tasks)
    window = Window(lambda: QWidget())
    window.resize(1440, 900)
    window.show()

    def hidden(key: str, make: type) -> PageSpec:
        return PageSpec(key, key, "repairs", lambda: make(desk), hidden=True, tab="repairs")

    def report() -> QWidget:
        return ReportRepairPage(desk, camera=FakeCamera)

    window.open_pages(
        [
            PageSpec("repairs", "Repairs", "repairs", lambda: RepairsPage(desk)),
            PageSpec("new_repair", "Report", "repairs", report, hidden=True, tab="repairs"),
            hidden("hazards", HazardsPage),
            hidden("hazard", HazardPage),
            hidden("hazard_paper", HazardPaperPage),
        ],
        "R. Adeyemi · Tenancy officer",
    )
    qtbot.waitExposed(window)
    window.activateWindow()
    yield Person(window, qtbot)
    window.lock()
    window.close()
    window.deleteLater()
    tasks.close()
    let.store.listeners.clear()
    assert not errors, errors


def at(clock: FakeClock, month: int, day: int, hour: int) -> None:
    clock.set(datetime(2026 if month == 12 else 2027, month, day, hour, 10, tzinfo=LONDON))


def the_case(let: Let) -> HazardDetail:
    with let.store.read() as session:
        (card, *_) = [*hazard_list.page(session), *hazard_list.page(session, "closed")]
        return hazard_view.get(session, card.id)


def due(case: HazardDetail) -> dict[str, date]:
    return {one.key: one.due_at.astimezone(LONDON).date() for one in case.clocks}


def test_damp_with_a_baby_across_christmas(person: Person, let: Let, clock: FakeClock) -> None:
    # Friday afternoon a week before Christmas: the tenant calls.
    at(clock, 12, 18, 15)
    person.key("Ctrl+N")
    person.write("lukasie")
    person.key("Return")
    person.write("mould")
    person.key("Return", "Ctrl+Return")
    person.waits(lambda: person.window.page_id() == "repairs")
    assert person.sees("Possible hazard")

    # An hour later the officer opens the case: the clock is that of the call.
    at(clock, 12, 18, 16)
    person.click("Open a hazard case")
    assert person.sees("Its clock runs on here.")
    person.key("Tab", "Tab")
    person.write("Black mould on the bedroom wall, back again after wiping.")
    person.key("Tab")
    person.write("A baby of five months sleeps there; the mother has asthma.")
    person.key("Ctrl+S")
    assert person.window.page_id() == "hazard" and person.sees("Look into it")
    case = the_case(let)
    assert case.card.statutory and case.card.aware_at.astimezone(LONDON).hour == 15
    assert due(case) == {"AW.investigate": date(2027, 1, 6)}

    # Nobody in on Saturday: it is kept, and moves nothing.
    at(clock, 12, 19, 10)
    person.key("Alt+T", "Tab", "Tab")
    person.write("Nobody in, card left")
    person.key("Ctrl+S")
    assert person.sees("Nobody letting us in does not stop a clock.")
    assert due(the_case(let)) == {"AW.investigate": date(2027, 1, 6)}

    # Monday: looked into. What is missing is said at its field; then all that the summary needs is there.
    at(clock, 12, 21, 11)
    person.key("Alt+N", "Ctrl+S")
    assert person.sees("Name the competent person who decided.")
    person.write("Priya Shah")
    person.key("Tab")
    person.write("Damp surveyor, CSRT")
    person.key("Tab")
    person.write("A baby breathes it in every night.")
    person.key("Tab", "Tab")
    person.write("Mould wash, gutter joint sealed, dehumidifier lent.")
    person.key("Tab")
    person.write("Tue 29 Dec, in the morning")
    person.key("Tab", "Tab")
    person.write("New gutter, new fan.")
    person.key("Tab")
    person.write("Begun by Mon 11 Jan 2027")
    person.key("Ctrl+S")
    assert person.sees("Say what was found.")
    person.write("Black mould on the outside wall of the back bedroom; the gutter above it leaks.")
    person.key("Ctrl+S")
    assert person.sees("Give the tenant the written summary")
    case = the_case(let)
    assert case.judged == "Priya Shah, Damp surveyor, CSRT"
    assert due(case) == {
        "AW.investigate": date(2027, 1, 6),
        "AW.summary": date(2026, 12, 24),  # Christmas Eve is a working day
        "AW.safety": date(2026, 12, 30),  # Christmas Day, the weekend and Monday's bank holiday are none
        "AW.steps": date(2026, 12, 30),
        "AW.prevent": date(2027, 3, 15),
    }
    told = due(case)

    # The summary as a PDF, and given on the doorstep; somewhere else to stay until the room is dry.
    person.click("Written summary")
    page = person.window.current()
    assert isinstance(page, HazardPaperPage)
    person.waits(page.pdf)
    said = " ".join(" ".join(copied(page.pdf())).split())
    assert "A significant hazard" in said and "Housing Ombudsman" in said and "five months" not in said
    person.key("Esc")
    person.key("Alt+N", "Right", "Right", "Ctrl+S")
    person.click("Offer somewhere else to stay")
    person.write("A family room at a hotel near by until the room is dry")
    person.key("Ctrl+S")
    person.click("Answer to the offer")
    person.key("Ctrl+S")
    assert person.sees("Accepted Mon 21 Dec")

    # Between the years Today reminds of what is owed.
    at(clock, 12, 28, 9)
    with let.store.read() as session:
        cards = [one for one in today.get(session).cards if one.kind is today.Kind.HAZARD]
    assert [one.sentence.split(" · ")[0] for one in cards] == ["Finish the safety work"]

    # Tuesday after Christmas: safe, the gutter ordered; in January begun; in February dry and closed.
    at(clock, 12, 29, 13)
    person.key("Alt+N")
    person.write("Mould washed off by Dry Homes Ltd, gutter joint sealed.")
    person.key("Ctrl+S")
    person.key("Alt+N", "Tab")
    person.write("Gutter and fan ordered")
    person.key("Ctrl+S")
    at(clock, 1, 11, 9)
    person.key("Alt+N", "Right", "Ctrl+S")
    at(clock, 2, 3, 10)
    assert person.sees("All is done: close the case")
    person.key("Alt+N", "Ctrl+S")
    assert person.sees("This case is closed")

    case = the_case(let)
    assert case.card.status is HazardStatus.CLOSED and not case.unfinished
    assert due(case) == told  # what was told was never rewritten
    assert all(one.stopped_at is not None and not one.late for one in case.clocks)
    _log_is_ready(let, case.card.id)


def _log_is_ready(let: Let, case_id: UUID) -> None:
    with let.store.read() as session:
        pdf = endeavours.render(hazard_paper.collect(session, case_id))
    said = " ".join(" ".join(copied(pdf)).split())
    for part in (
        "18 Dec 2026, 15:10",
        "19 Dec 2026, 10:10 Tried to get in at the door",
        "21 Dec 2026, 11:10 Written summary given in person",
        "Somewhere else to stay offered by phone",
        "29 Dec 2026, 13:10 Safety work",
        "Begun",
        "Case closed",
    ):
        assert part in said, said
