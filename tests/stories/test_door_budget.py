"""Ordering, booking and a door that nobody opens, through the real window: no access takes at most 4 actions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.build import a_contractor
from tests.conftest import Let
from tests.services.test_orders import a_fault
from tests.stories.opened import window_of
from tests.stories.person import Person
from watmos_desktop.models.kinds import Channel, RepairStatus, Waiting
from watmos_desktop.models.tables import Clock, Repair
from watmos_desktop.services import access, order_view, repairs
from watmos_desktop.services.order_view import JobCard
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.contractors.page import ContractorsPage
from watmos_desktop.ui.pages.repairs.list import RepairsPage
from watmos_desktop.ui.pages.repairs.paper import WorkPaperPage
from watmos_desktop.ui.window import PageSpec

NO_ACCESS, ORDER = 4, 3


@pytest.fixture
def boiler(let: Let) -> UUID:
    let.store.actor = let.landlord.officer
    with let.store.write("a fault", undoable=False) as session:
        a_contractor(
            session, "Apex Heating", trades=["heating"], specialisms=["gas"], emergency_phone="0121 496 0999"
        )
        a_contractor(session, "Cheap Heating", trades=["heating"])
        return a_fault(session, let)


def pages(desk: Desk) -> list[PageSpec]:
    return [
        PageSpec("repairs", "Repairs", "repairs", partial(RepairsPage, desk)),
        PageSpec("contractors", "Contractors", "repairs", partial(ContractorsPage, desk), hidden=True),
        PageSpec("work_paper", "Paper", "report", partial(WorkPaperPage, desk), hidden=True, tab="repairs"),
    ]


@pytest.fixture
def person(let: Let, boiler: UUID, qtbot: QtBot) -> Iterator[Person]:
    """Someone at the real window, with the boiler open."""
    with window_of(let.store, qtbot, pages) as opened:
        opened.window.go("repairs", boiler)
        yield opened


def jobs(let: Let, repair_id: UUID) -> list[JobCard]:
    with let.store.read() as session:
        return order_view.of_repair(session, repair_id)


def row(let: Let, repair_id: UUID) -> Repair:
    with let.store.read() as session:
        found = session.get(Repair, repair_id)
        assert found is not None
        session.expunge(found)
        return found


def test_a_boiler_is_ordered_from_the_right_firm_in_three_actions(
    person: Person, let: Let, boiler: UUID
) -> None:
    person.key("Alt+O")
    assert person.sees("Apex Heating") and person.sees("on the Gas Safe Register")
    assert person.sees("May not be sent: Cheap Heating.")
    person.key("Ctrl+Return")
    person.waits(lambda: jobs(let, boiler))
    assert person.actions <= ORDER
    (job,) = jobs(let, boiler)
    assert (job.contractor, row(let, boiler).status) == ("Apex Heating", RepairStatus.ORDERED)
    assert job.next_steps.startswith("Apex Heating will come.")
    person.waits(lambda: person.sees("Ordered from Apex Heating."))
    person.key("Ctrl+Z")
    person.waits(lambda: not jobs(let, boiler))
    assert row(let, boiler).status is RepairStatus.REPORTED


def test_no_access_at_the_door_in_four_actions_and_no_clock_waits(
    person: Person, let: Let, boiler: UUID
) -> None:
    person.key("Alt+O", "Ctrl+Return", "Alt+B", "Ctrl+Return")
    person.waits(lambda: jobs(let, boiler) and jobs(let, boiler)[0].next)
    due, before = row(let, boiler).due_at, person.actions
    person.key("Alt+N")
    person.click(person.button("Book the next slot"))
    person.key("Ctrl+Return")
    assert person.actions - before <= NO_ACCESS, person.actions - before
    person.waits(lambda: person.sees("No access. The promised time runs on."))
    after = row(let, boiler)
    assert (after.waiting, after.due_at) == (Waiting.ACCESS, due)
    with let.store.read() as session:
        (tried,) = access.of_repair(session, boiler)
        assert (
            session.query(Clock).filter(Clock.owner_id == boiler, Clock.stopped_at.is_not(None)).count() == 0
        )
    assert tried.card_left
    person.waits(lambda: person.sees("Nobody let us in. The promised time runs on."))


def test_from_the_list_it_takes_no_more(person: Person, let: Let, boiler: UUID) -> None:
    person.key("Alt+N", "Ctrl+Return")
    person.waits(lambda: row(let, boiler).waiting)
    assert person.actions <= NO_ACCESS
    person.key("Ctrl+Z")  # and taken back
    person.waits(lambda: row(let, boiler).waiting is None)


def test_with_the_card_on_paper_it_takes_four(person: Person, let: Let, boiler: UUID) -> None:
    person.key("Alt+O", "Ctrl+Return")
    person.waits(lambda: jobs(let, boiler))
    before = person.actions
    person.key("Alt+N")
    person.click("Card to print")
    page = person.window.current()
    assert isinstance(page, WorkPaperPage)
    person.waits(page.pdf)
    person.waits(page.preview.isVisible)
    with let.store.read() as session:
        assert repairs.get(session, boiler).card.reference in page.preview.text(1)
    person.key("Esc", "Ctrl+Return")  # the form is as it was left
    person.waits(lambda: row(let, boiler).waiting is Waiting.ACCESS)
    assert person.actions - before <= NO_ACCESS


def test_the_order_as_paper_and_mail(person: Person, let: Let, boiler: UUID, qapp: QApplication) -> None:
    person.key("Alt+O", "Ctrl+Return")
    person.waits(lambda: jobs(let, boiler))
    person.key("Alt+W")
    page = person.window.current()
    assert isinstance(page, WorkPaperPage)
    person.waits(page.pdf)
    person.waits(page.preview.isVisible)
    (job,) = jobs(let, boiler)
    assert job.reference in page.preview.text(1) and page.file_name() == f"Work order {job.reference}.pdf"
    person.click("Copy as e-mail")
    assert job.reference in qapp.clipboard().text() and "Zoë" not in qapp.clipboard().text()
    person.click("Copy its subject")
    assert qapp.clipboard().text().startswith(f"Work order {job.reference}: heating")
    person.key("Esc")
    assert person.window.page_id() == "repairs"


def test_taken_back_with_a_reason_and_told_at_its_field(person: Person, let: Let, boiler: UUID) -> None:
    person.key("Alt+O", "Ctrl+Return")
    person.waits(lambda: jobs(let, boiler))
    person.button(f"Take back {jobs(let, boiler)[0].reference}").setFocus()
    person.key("Space")
    person.key("Ctrl+Return")
    assert person.sees("Say why it is taken back.")
    person.write("They have nobody")
    person.key("Ctrl+Return")
    person.waits(lambda: row(let, boiler).status is RepairStatus.REPORTED)
    assert jobs(let, boiler)[0].state == "Taken back"


def test_how_the_resident_was_told_goes_into_the_record(person: Person, let: Let, boiler: UUID) -> None:
    from watmos_desktop.models.tables import RepairUpdate

    person.key("Alt+O", *["Tab"] * 5, "Space")
    person.key("Ctrl+Return")
    person.waits(lambda: jobs(let, boiler))
    with let.store.read() as session:
        told = session.query(RepairUpdate).filter(RepairUpdate.repair_id == boiler).one()
    assert told.how is Channel.PHONE and told.text.startswith("Apex Heating will come.")
