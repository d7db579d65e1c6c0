"""Ordering a repair: the right contractor or none, the resident told, taken back, accepted, done (R2, R10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.build import a_block, a_contractor, a_repair, acting
from tests.conftest import Let
from tests.fakes import FakeClock
from watmos_desktop.models.kinds import (
    AppointmentStatus,
    Channel,
    JobStatus,
    Priority,
    RepairStatus,
    Role,
    Slot,
    Specialism,
    Trade,
    Waiting,
)
from watmos_desktop.models.tables import (
    Appointment,
    Clock,
    Home,
    Person,
    Repair,
    RepairNote,
    RepairUpdate,
    Staff,
)
from watmos_desktop.services import appointments, history, order_advice, order_view, orders, repairs, slots
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.orders import OrderDraft


def a_fault(session: Session, let: Let, **fields: Any) -> UUID:
    """A repair in a home of the small landlord, asked for by who lives there."""
    home = session.get(Home, let.landlord.home_id)
    staff = session.get(Staff, let.landlord.officer.staff_id)
    person = session.scalars(select(Person).where(Person.name.startswith("Zoë"))).one()
    assert home is not None and staff is not None
    block = a_block(session)  # only lends its class; the place is the home's
    given = {
        "estate_id": home.estate_id,
        "block_id": home.block_id,
        "home_id": home.id,
        "reported_for": person.id,
        "title": "Boiler: no heating",
        "trade": Trade.HEATING,
        "fixture": "boiler",
        "priority": Priority.URGENT,
    }
    return a_repair(session, block, staff, **given | fields).id


@pytest.fixture
def boiler(let: Let) -> UUID:
    let.store.actor = let.landlord.officer
    with let.store.write("a fault", undoable=False) as session:
        return a_fault(session, let)


def a_firm(let: Let, name: str = "Apex Heating", **fields: Any) -> UUID:
    given = {"trades": ["heating"], "specialisms": ["gas"]}
    with let.store.write("a firm", undoable=False) as session:
        return a_contractor(session, name, **given | fields).id


def ordered(let: Let, repair_id: UUID, firm: UUID, **fields: Any) -> UUID:
    with let.store.write("ordered") as session:
        return orders.order(session, repair_id, OrderDraft(firm, **fields))


def repair(let: Let, repair_id: UUID) -> Repair:
    with let.store.read() as session:
        row = session.get(Repair, repair_id)
        assert row is not None
        session.expunge(row)
        return row


def test_an_order_names_the_contractor_tells_the_resident_and_leaves_the_clocks(
    let: Let, boiler: UUID
) -> None:
    before = repair(let, boiler)
    job = ordered(
        let, boiler, a_firm(let), next_steps=" Apex ring today. ", told=Channel.PHONE, instructions="Combi"
    )
    after = repair(let, boiler)
    assert (after.status, after.contractor) == (RepairStatus.ORDERED, "Apex Heating")
    assert (after.due_at, after.reported_at) == (before.due_at, before.reported_at)
    assert after.last_told_at == let.store.clock.now()
    with let.store.read() as session:
        (card,) = order_view.of_repair(session, boiler)
        told = session.scalars(select(RepairUpdate).where(RepairUpdate.repair_id == boiler)).one()
        assert order_view.find(session, card.reference.lower().replace("-", " ")) == job
    assert card.id == job and card.reference.startswith("J-") and card.live
    assert (card.what, card.state, card.contractor) == ("Order, gas", "Ordered", "Apex Heating")
    assert (told.text, told.how) == ("Apex ring today.", Channel.PHONE)


def test_advice_puts_who_may_be_sent_first_with_words_to_say(let: Let, boiler: UUID) -> None:
    a_firm(let)
    a_firm(let, "Cheap Heating", specialisms=[])
    with let.store.read() as session:
        advice = order_advice.advise(session, boiler)
    assert [(fit.card.name, bool(fit.missing)) for fit in advice.fits] == [
        ("Apex Heating", False),
        ("Cheap Heating", True),
    ]
    assert advice.next_steps.startswith("Apex Heating will come. They ring to agree their own day and time.")
    assert advice.contact == "Zoë Łukasiewicz, 07700 900123"


@pytest.mark.parametrize(
    ("fault", "held"),
    [
        ({}, []),
        ({"trade": Trade.BUILDING, "fixture": "ceiling", "hazard": "asbestos"}, ["gas"]),
        ({"trade": Trade.FIRE_SAFETY, "fixture": "fire_door"}, ["gas", "asbestos"]),
        ({"trade": Trade.BUILDING, "description": "Old tiles, asbestos?"}, []),
    ],
)
def test_nobody_is_sent_without_the_specialism_and_it_says_why(
    let: Let, fault: dict[str, Any], held: list[str]
) -> None:
    let.store.actor = let.landlord.officer
    with let.store.write("a fault", undoable=False) as session:
        repair_id = a_fault(session, let, **fault)
        row = session.get(Repair, repair_id)
        assert row is not None
        trade = row.trade.value
    firm = a_firm(let, trades=[trade], specialisms=held)
    with pytest.raises(Told) as told:
        ordered(let, repair_id, firm)
    assert told.value.field == "contractor_id"
    assert "may not be sent" in told.value.message and "Only a firm" in told.value.message
    assert repair(let, repair_id).status is RepairStatus.REPORTED


def test_a_survey_clears_what_only_words_said_and_stands_in_the_order(let: Let) -> None:
    let.store.actor = let.landlord.officer
    with let.store.write("a fault", undoable=False) as session:
        said = a_fault(session, let, trade=Trade.BUILDING, fixture="ceiling", description="Asbestos?")
        sure = a_fault(session, let, trade=Trade.BUILDING, fixture="ceiling", hazard="asbestos")
    firm = a_firm(let, trades=["building"], specialisms=[])
    job = ordered(let, said, firm, cleared="Survey of 3 Mar 2026: no asbestos", instructions="Board it")
    with let.store.read() as session:
        assert order_view.get(session, job).instructions == "Board it\nSurvey of 3 Mar 2026: no asbestos"
    with pytest.raises(Told):
        ordered(let, sure, firm, cleared="It looks fine")


def test_asbestos_goes_first_and_then_the_trade_may_come(let: Let) -> None:
    let.store.actor = let.landlord.officer
    with let.store.write("a fault", undoable=False) as session:
        repair_id = a_fault(session, let, hazard="asbestos")
    gas, strip = a_firm(let), a_firm(let, "Strip It", trades=["building"], specialisms=["asbestos"])
    with pytest.raises(Told):
        ordered(let, repair_id, gas)
    with pytest.raises(Told):  # for all of it they lack gas
        ordered(let, repair_id, strip)
    first = ordered(let, repair_id, strip, part=Specialism.ASBESTOS)
    with pytest.raises(Told):
        ordered(let, repair_id, gas)
    with let.store.write("done") as session:
        orders.done(session, first)
    ordered(let, repair_id, gas)
    assert repair(let, repair_id).contractor == "Apex Heating"


def test_the_wrong_firm_is_refused_with_the_reason(let: Let, boiler: UUID) -> None:
    joiner = a_firm(let, trades=["carpentry"], specialisms=[])
    elsewhere = a_firm(let, "Far Gas", estates=["01900000-0000-7000-8000-00000000abcd"])
    gone = a_firm(let, "Gone Gas", active=False)
    for firm in (joiner, elsewhere, gone):
        with pytest.raises(Told) as told:
            ordered(let, boiler, firm)
        assert told.value.field == "contractor_id"
    with pytest.raises(NotFound):
        ordered(let, boiler, boiler)
    ordered(let, boiler, a_firm(let))
    with let.store.read() as session:
        (job,) = order_view.of_repair(session, boiler)
    assert job.contractor_id is not None
    with pytest.raises(Told) as twice:
        ordered(let, boiler, job.contractor_id)
    assert job.reference in twice.value.message


@pytest.mark.parametrize("field", ["instructions", "access_notes", "next_steps", "title", "cleared"])
def test_what_is_too_long_is_told_at_its_field(let: Let, boiler: UUID, field: str) -> None:
    firm = a_firm(let)
    for bad in ("x" * 4001, "half \ud800 sign"):
        with pytest.raises(Told) as told:
            ordered(let, boiler, firm, **{field: bad})
        assert told.value.field == field
    with pytest.raises(Told) as silent:
        ordered(let, boiler, firm, told=Channel.PHONE)
    assert silent.value.field == "next_steps"


def test_a_number_goes_along_only_where_someone_said_so(let: Let, boiler: UUID) -> None:
    firm = a_firm(let)
    job = ordered(let, boiler, firm, access_notes="Back gate")
    with let.store.write("back") as session:
        assert order_view.get(session, job).access_notes == "Back gate"
        orders.cancel(session, job, "again")
    job = ordered(let, boiler, firm, access_notes="Back gate", contact=True)
    with let.store.read() as session:
        said = order_view.get(session, job).access_notes
    assert said == "Back gate\nRing before coming: Zoë Łukasiewicz, 07700 900123"
    with let.store.write("back") as session:
        orders.cancel(session, job, "again")
    let.store.actor = let.landlord.caretaker  # who may not know of residents cannot hand one on
    with pytest.raises(Told) as told:
        ordered(let, boiler, firm, contact=True)
    assert told.value.field == "access_notes"


def test_taken_back_it_is_only_reported_with_the_reason_kept(let: Let, boiler: UUID) -> None:
    first, second = ordered(let, boiler, a_firm(let)), ordered(let, boiler, a_firm(let, "Other Gas"))
    with let.store.write("booked") as session:
        day = let.store.clock.now().date() + timedelta(days=1)
        appointments.book(session, second, slots.when(day, Slot.MORNING))
    with pytest.raises(Told) as bare, let.store.write("back") as session:
        orders.cancel(session, second, " ")
    assert bare.value.field == "reason"
    with let.store.write("back") as session:
        orders.cancel(session, second, "They have nobody")
    after = repair(let, boiler)
    assert (after.status, after.contractor) == (RepairStatus.ORDERED, "Apex Heating")
    with let.store.read() as session:
        note = session.scalars(select(RepairNote).where(RepairNote.repair_id == boiler)).one()
        cards = order_view.of_repair(session, boiler)
    assert note.text.endswith("taken back: They have nobody")
    assert [card.state for card in cards] == ["Taken back", "Ordered"]
    assert [one.status for card in cards for one in card.appointments] == [AppointmentStatus.CANCELLED]
    with let.store.write("back") as session:
        assert orders.take_back(session, boiler, "It is theirs") == 1
    after = repair(let, boiler)
    assert (after.status, after.contractor) == (RepairStatus.REPORTED, "")
    with pytest.raises(Told), let.store.write("accepted") as session:
        orders.accept(session, first)
    with let.store.read() as session:
        running = session.scalars(
            select(Clock).where(Clock.owner_id == boiler, Clock.stopped_at.is_not(None))
        ).all()
    assert not running


def test_accepted_then_done_ends_its_appointments_and_the_waiting(
    let: Let, boiler: UUID, clock: FakeClock
) -> None:
    job = ordered(let, boiler, a_firm(let))
    with let.store.write("accepted") as session:
        orders.accept(session, job)
        appointments.book(session, job, slots.when(clock.now().date() + timedelta(days=1), Slot.MORNING))
    with pytest.raises(Told), let.store.write("accepted") as session:
        orders.accept(session, job)
    clock.forward(days=1, hours=2)
    with let.store.write("waiting") as session:
        row = session.get(Repair, boiler)
        assert row is not None
        row.waiting = Waiting.ACCESS
    for wrong in (clock.now() + timedelta(minutes=1), clock.now() - timedelta(days=9)):
        with pytest.raises(Told) as told, let.store.write("done") as session:
            orders.done(session, job, wrong)
        assert told.value.field == "at"
    with let.store.write("done") as session:
        orders.done(session, job)
    with let.store.read() as session:
        card = order_view.get(session, job)
        assert session.scalars(select(Appointment.status)).one() is AppointmentStatus.KEPT
    assert (card.status, card.finished_at) == (JobStatus.DONE, clock.now())
    after = repair(let, boiler)
    assert (after.status, after.waiting) == (RepairStatus.ORDERED, None)  # completing it is R4


def test_undo_takes_an_order_back_whole(let: Let, boiler: UUID) -> None:
    ordered(let, boiler, a_firm(let), next_steps="They ring", told=Channel.TEXT)
    with let.store.read() as session:
        last = history.last(session)
    assert last is not None
    history.undo(let.store, last)
    after = repair(let, boiler)
    assert (after.status, after.contractor, after.last_told_at) == (RepairStatus.REPORTED, "", None)
    with let.store.read() as session:
        assert order_view.of_repair(session, boiler) == []


def test_a_repair_that_is_done_or_elsewhere_is_not_ordered(let: Let, boiler: UUID) -> None:
    firm = a_firm(let)
    with let.store.write("done") as session:
        row = session.get(Repair, boiler)
        assert row is not None
        repairs.complete(session, row, let.store.clock.now())
    with pytest.raises(Told):
        ordered(let, boiler, firm)
    acting(let.store, Role.TENANCY_OFFICER)
    with pytest.raises(NotFound):
        ordered(let, boiler, firm)


@pytest.mark.parametrize("role", [Role.AMBASSADOR, Role.ADMINISTRATOR])
def test_who_may_not_order_is_told_so_and_shown_nothing(let: Let, boiler: UUID, role: Role) -> None:
    job = ordered(let, boiler, a_firm(let))
    acting(let.store, role)
    for ask in (
        lambda session: order_advice.advise(session, boiler),
        lambda session: orders.take_back(session, boiler, "no"),
        lambda session: orders.cancel(session, job, "no"),
    ):
        with pytest.raises(NotAllowed), let.store.write("tried") as session:
            ask(session)
    let.store.actor = let.landlord.ambassador
    with let.store.read() as reading:
        assert order_view.of_repair(reading, boiler) == []
        with pytest.raises(NotFound):
            order_view.get(reading, job)
