"""The register of contractors, and the work on a repair in its detail; each form's wrong input at its field."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.build import a_contractor
from tests.conftest import Let
from tests.fakes import FakeClock
from tests.services.test_orders import a_fault
from tests.ui.access import problems
from tests.ui.showing import Shown, asked, said
from watmos_desktop.models.kinds import AppointmentStatus, Slot, Trade
from watmos_desktop.services import access, appointments, contractors, order_view, orders, slots
from watmos_desktop.services.access import AttemptDraft
from watmos_desktop.services.orders import OrderDraft
from watmos_desktop.ui.pages.contractors.page import ContractorsPage
from watmos_desktop.ui.pages.repairs.appointment_form import AppointmentForm
from watmos_desktop.ui.pages.repairs.list import RepairsPage
from watmos_desktop.ui.pages.repairs.no_access_form import NoAccessForm
from watmos_desktop.ui.pages.repairs.order_form import OrderForm
from watmos_desktop.ui.pages.repairs.paper import WorkPaperPage


@pytest.fixture
def gas(let: Let) -> UUID:
    let.store.actor = let.landlord.manager
    with let.store.write("firms", undoable=False) as session:
        a_contractor(session, "Cheap Heating", trades=["heating"])
        return a_contractor(
            session,
            "Apex Heating",
            code="APEX",
            trades=["heating", "plumbing"],
            specialisms=["gas"],
            registration="Gas Safe 1",
            emergency_phone="0121 496 0999",
        ).id


@pytest.fixture
def boiler(let: Let, gas: UUID) -> UUID:
    let.store.actor = let.landlord.officer
    with let.store.write("a fault", undoable=False) as session:
        return a_fault(session, let)


@pytest.fixture
def job(let: Let, boiler: UUID, gas: UUID) -> UUID:
    with let.store.write("ordered") as session:
        return orders.order(session, boiler, OrderDraft(gas, "Bring a PCB"))


def test_an_empty_register_offers_the_first_step(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.manager
    page = shown.page(ContractorsPage)
    shown.sees(page, "No contractor yet")
    assert page.new_button.isVisible()


def test_one_is_added_wrong_input_told_at_its_field_and_taken_back(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.manager
    page = shown.page(ContractorsPage)
    page.open("new")
    form = page.panel.form
    assert form is not None
    shown.press(page.panel, "Save")
    assert "capital letters" in form.fields["code"].error() and page.panel.form is form
    form.fill({"code": "north-1", "name": "North Lifts", "phone": "0121 496 0111"})
    shown.press(page.panel, "Save")
    assert "Say what they do." in form.fields["trades"].error()
    trades = form.fields["trades"].widget
    QTest.mouseClick(trades.chips()["lifts"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(form.fields["specialisms"].widget.chips()["lifts"], Qt.MouseButton.LeftButton)
    form.fill({"hours": "whenever"})
    shown.press(page.panel, "Save")
    assert "what proves" in form.fields["registration"].error() or "hours" in form.fields["hours"].error()
    form.fill({"hours": "24 hours", "registration": "LEIA 1"})
    shown.press(page.panel, "Save")
    with let.store.read() as session:
        (card,) = contractors.listed(session)
    assert (card.code, card.name, card.trades) == ("NORTH-1", "North Lifts", (Trade.LIFTS,))
    shown.sees(page, "North Lifts")
    assert "North Lifts is saved." in page.notices.showing()
    assert page.undo()
    with let.store.read() as session:
        assert contractors.listed(session) == []


def test_who_keeps_no_register_reads_it(shown: Shown, let: Let, gas: UUID) -> None:
    let.store.actor = let.landlord.officer
    page = shown.page(ContractorsPage)
    page.open(gas)
    assert not page.new_button.isVisible() and page.panel.form is None
    shown.sees(page.panel, "0121 496 0999")
    page.open(let.landlord.block_id)
    assert "is not here" in page.notices.showing()


def test_search_narrows_and_says_when_there_is_none(shown: Shown, let: Let, gas: UUID, qtbot: QtBot) -> None:
    page = shown.page(ContractorsPage)
    assert page.search()
    QTest.keyClicks(page._search, "gas")
    qtbot.waitUntil(lambda: page.table.paged.rowCount() == 1)
    QTest.keyClicks(page._search, " zzz")
    shown.sees(page, "Nobody of that name")


@pytest.mark.parametrize(("width", "height"), [(1024, 1700), (1440, 1700)])
def test_the_register_is_easy_to_use(shown: Shown, let: Let, gas: UUID, width: int, height: int) -> None:
    page = shown.page(ContractorsPage, width, height)
    page.open(gas)
    assert problems(page) == []


def test_the_detail_says_who_comes_when_and_what_was_tried(
    shown: Shown, let: Let, boiler: UUID, job: UUID
) -> None:
    day = let.store.clock.now().date() + timedelta(days=1)
    with let.store.write("booked") as session:
        appointments.book(session, job, slots.when(day, Slot.SCHOOL_RUN), by_contractor=True)
        access.no_access(session, boiler, AttemptDraft(note="Dark"))
    page = shown.page(RepairsPage, 1440, 1900)  # all of it in sight, so that Tab is followed by eye
    page.open(boiler)
    for words in (
        "Apex Heating",
        "Order, gas",
        "Bring a PCB",
        "out of hours 0121 496 0999",
        "made by the contractor",
    ):
        shown.sees(page.detail, words)
    for words in ("Nobody let us in. The promised time runs on.", "at the door, card left: Dark"):
        shown.sees(page.detail, words)
    opened = asked(page)
    shown.press(page.detail, f"Order {_reference(let, job)} as paper and e-mail")
    assert opened == [("work_paper", ("order", job))]
    assert problems(page.detail) == []


def _reference(let: Let, job: UUID) -> str:
    with let.store.read() as session:
        return order_view.get(session, job).reference


def test_what_became_of_an_appointment_is_a_press_in_its_time(
    shown: Shown, let: Let, boiler: UUID, job: UUID, clock: FakeClock
) -> None:
    with let.store.write("booked") as session:
        appointments.book(session, job, slots.when(clock.now().date(), Slot.MORNING))
    page = shown.page(RepairsPage)
    page.open(boiler)
    words = "Mon 23 Nov, morning, 08:00 to 13:00"
    shown.press(page.detail, f"They came: {words}")
    shown.sees(page.detail, f"Kept: {words}")
    with let.store.write("again") as session:
        appointments.book(session, job, slots.when(clock.now().date(), Slot.AFTERNOON))
    clock.forward(hours=8)
    page.open(boiler)
    shown.press(page.detail, "Nobody came: Mon 23 Nov, afternoon, 12:00 to 17:00")
    shown.press(page.detail, f"Accepted: {_reference(let, job)}")
    shown.press(page.detail, f"Work done: {_reference(let, job)}")
    with let.store.read() as session:
        card = order_view.get(session, job)
    assert [one.status for one in card.appointments] == [AppointmentStatus.KEPT, AppointmentStatus.MISSED]
    assert card.state == "Done"


def test_an_ambassador_sees_no_work(shown: Shown, let: Let, job: UUID) -> None:
    let.store.actor = let.landlord.ambassador
    page = shown.page(RepairsPage)
    page.open(let.landlord.repair_id)
    assert "Work" not in said(page.detail).splitlines() and "No access" not in said(page.detail)


def test_a_day_is_remarked_on_before_it_is_booked(shown: Shown, let: Let, boiler: UUID, job: UUID) -> None:
    with let.store.read() as session:
        card = order_view.get(session, job)
    heard: list[tuple[str, object]] = []
    due = let.store.clock.now() + timedelta(days=60)
    form = shown.page(
        lambda desk: AppointmentForm(desk, card, None, due, lambda *what: heard.append(what)), 420, 850
    )
    form.begin()
    form.day.choose("other")
    form.other.show_day(date(2026, 12, 25))
    form._remark()
    shown.sees(form, "Fri 25 Dec is a bank holiday: Christmas Day.")
    form.form.fill({"slot": "", "arrives_from": "9.30", "arrives_by": "8"})
    form.save()
    assert "ends before it begins" in form.form.fields["arrives_by"].error()
    form.form.fill({"arrives_by": "10"})
    form.save()
    assert heard[0][0] == "done" and "Christmas Day" in str(heard[0][1])
    with let.store.read() as session:
        booked = order_view.get(session, job).next
    assert booked is not None and booked.by_contractor and booked.when.words == "Fri 25 Dec, 09:30 to 10:00"


def test_forms_are_easy_to_use_at_any_size(shown: Shown, let: Let, boiler: UUID, job: UUID) -> None:
    with let.store.read() as session:
        card = order_view.get(session, job)
    due = let.store.clock.now()
    makes = (
        lambda desk: OrderForm(desk, boiler, lambda *_: None),
        lambda desk: NoAccessForm(desk, boiler, lambda *_: None),
        lambda desk: AppointmentForm(desk, card, None, due, lambda *_: None),
    )
    for make in makes:
        form = shown.page(make, 400, 800)
        assert problems(form) == []
        form.hide()


def test_a_wrong_time_at_the_door_is_told_at_its_field(shown: Shown, let: Let, boiler: UUID) -> None:
    form = shown.page(lambda desk: NoAccessForm(desk, boiler, lambda *_: None), 400, 800)
    for typed, told in (("noon", "no time of day"), ("23:59", "in time to come")):
        form.form.fill({"time": typed})
        form.save()
        assert told in form.form.fields["time"].error() or told in form._wrong.text()
    with let.store.read() as session:
        assert access.of_repair(session, boiler) == []


def test_nobody_to_send_is_said_with_the_next_step(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.officer
    form = shown.page(lambda desk: OrderForm(desk, let.landlord.repair_id, lambda *_: None), 400, 800)
    shown.sees(form, "Nobody in the register may be sent for this.")
    assert not form.save_button.isEnabled()


def test_the_home_s_own_words_on_access_are_read_not_copied(
    shown: Shown, let: Let, boiler: UUID, gas: UUID
) -> None:
    from watmos_desktop.models.tables import Home

    with let.store.write("notes", undoable=False) as session:
        home = session.get(Home, let.landlord.home_id)
        assert home is not None
        home.access_notes = "Dangerous dog"
    form = shown.page(lambda desk: OrderForm(desk, boiler, lambda *_: None), 400, 800)
    shown.sees(form, "Dangerous dog")
    form.save()
    with let.store.read() as session:
        (card,) = order_view.of_repair(session, boiler)
    assert card.access_notes == ""


def test_the_card_has_no_mail_and_a_plain_name(shown: Shown, let: Let, boiler: UUID, qtbot: QtBot) -> None:
    page = shown.page(WorkPaperPage)
    page.open(("card", boiler))
    qtbot.waitUntil(lambda: page.preview.isVisible())
    assert not page.copy_button.isVisible()
    assert page.file_name().startswith("Card for the door R-")
    assert "Sorry we missed you" in page.preview.text(1)
    assert problems(page) == []
    page.leave()
    assert page.pdf() == b"" and page.place() == ("card", boiler)
