"""Appointments: slots in words, one at a time for a job, Sundays and bank holidays said, the specialist's own (R10)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.build import a_contractor, acting
from tests.conftest import Let
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.kinds import AppointmentStatus, Role, Slot, Waiting
from watmos_desktop.models.tables import Repair
from watmos_desktop.services import appointments, calendar, order_view, orders, slots
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.orders import OrderDraft

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def job(let: Let) -> UUID:
    """An order for the damp stair wall, or any repair that a builder mends."""
    let.store.actor = let.landlord.manager
    with let.store.write("an order", undoable=False) as session:
        row = session.get(Repair, let.landlord.repair_id)
        assert row is not None
        firm = a_contractor(session, "Doorway", trades=[row.trade.value])
        return orders.order(session, row.id, OrderDraft(firm.id))


def booked(let: Let, job: UUID, *when: Any, **fields: Any) -> appointments.Booked:
    with let.store.write("booked") as session:
        return appointments.book(session, job, slots.when(*when), **fields)


def test_a_slot_is_said_in_words_and_once(let: Let, job: UUID) -> None:
    done = booked(let, job, TUESDAY, Slot.MORNING)
    assert done.words == "Tue 24 Nov, morning, 08:00 to 13:00"
    with pytest.raises(Told) as twice:
        booked(let, job, TUESDAY, Slot.EVENING)
    assert twice.value.field == "day" and "booked already" in twice.value.message
    with let.store.read() as session:
        card = order_view.get(session, job)
    assert card.next is not None and card.next.id == done.id and card.next.state == "Booked"


def test_the_specialists_own_times_are_kept_and_named(let: Let, job: UUID) -> None:
    done = booked(let, job, TUESDAY, None, "9.30", "10:15", by_contractor=True)
    assert done.words == "Tue 24 Nov, 09:30 to 10:15, made by the contractor"
    with let.store.read() as session:
        (card,) = appointments.of_jobs(session, [job])[job]
    assert (card.when.slot, card.by_contractor) == (Slot.MORNING, True)


@pytest.mark.parametrize(
    ("given_times", "field"),
    [
        ((None, "", ""), "slot"),
        ((None, "9", ""), "arrives_by"),
        ((None, "", "10:00"), "arrives_from"),
        ((None, "25:00", "26:00"), "arrives_from"),
        ((None, "10:00", "09:00"), "arrives_by"),
        ((None, "10:00", "10:00"), "arrives_by"),
        ((None, "soon", "later"), "arrives_from"),
    ],
)
def test_times_that_are_none_are_told_at_their_field(given_times: tuple[Any, ...], field: str) -> None:
    with pytest.raises(Told) as told:
        slots.when(TUESDAY, *given_times)
    assert told.value.field == field and told.value.hint


def test_a_time_gone_by_is_not_booked(let: Let, job: UUID, clock: FakeClock) -> None:
    clock.set(NOW.replace(hour=14))
    for day, slot in ((TUESDAY - timedelta(days=2), Slot.ALL_DAY), (NOW.date(), Slot.MORNING)):
        with pytest.raises(Told) as told:
            booked(let, job, day, slot)
        assert told.value.field == "day"
    assert booked(let, job, NOW.date(), Slot.AFTERNOON).words.startswith("Mon 23 Nov")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 29), "That is a Sunday."),
        (date(2026, 11, 28), "That is a Saturday."),
        (date(2026, 12, 25), "Fri 25 Dec is a bank holiday: Christmas Day."),
        (date(2026, 12, 28), "Mon 28 Dec is a bank holiday"),
        (TUESDAY, ""),
    ],
)
def test_sundays_and_bank_holidays_are_said(day: date, words: str) -> None:
    said = " ".join(slots.remarks(day))
    assert words in said and bool(said) == bool(words)


def test_after_the_due_date_is_said_too(let: Let, job: UUID) -> None:
    done = booked(let, job, date(2027, 3, 1), Slot.ALL_DAY)
    assert any("after the repair is due" in words for words in done.remarks)


def test_moved_it_is_one_appointment_with_the_new_time(let: Let, job: UUID) -> None:
    first = booked(let, job, TUESDAY, Slot.MORNING)
    with pytest.raises(Told), let.store.write("moved") as session:
        appointments.move(session, first.id, slots.when(TUESDAY, Slot.MORNING))
    with let.store.write("moved") as session:
        done = appointments.move(session, first.id, slots.when(date(2026, 12, 25), Slot.SCHOOL_RUN))
    assert done.id == first.id and "between school runs, 09:30 to 14:30" in done.words
    assert "Christmas Day" in done.remarks[0]
    with let.store.read() as session:
        assert len(appointments.of_jobs(session, [job])[job]) == 1


def test_kept_missed_and_cancelled_only_in_their_time(let: Let, job: UUID, clock: FakeClock) -> None:
    first = booked(let, job, TUESDAY, Slot.MORNING).id
    for early in (appointments.kept, appointments.missed):
        with pytest.raises(Told), let.store.write("early") as session:
            early(session, first)
    clock.set(datetime(2026, 11, 24, 9, 0, tzinfo=LONDON))
    with pytest.raises(Told), let.store.write("still may") as session:
        appointments.missed(session, first)
    clock.set(datetime(2026, 11, 24, 13, 0, tzinfo=LONDON))
    with let.store.write("missed") as session:
        appointments.missed(session, first)
    with pytest.raises(Told), let.store.write("kept after all") as session:
        appointments.kept(session, first)
    second = booked(let, job, date(2026, 11, 25), Slot.MORNING).id
    clock.forward(days=1)
    with let.store.write("kept") as session:
        appointments.kept(session, second)
    third = booked(let, job, date(2026, 11, 26), Slot.EVENING).id
    with let.store.write("cancelled") as session:
        appointments.cancel(session, third)
    with let.store.read() as session:
        found = [one.status for one in appointments.of_jobs(session, [job])[job]]
    assert found == [AppointmentStatus.MISSED, AppointmentStatus.KEPT, AppointmentStatus.CANCELLED]


def test_an_agreed_time_ends_the_waiting_for_access(let: Let, job: UUID) -> None:
    with let.store.write("waiting") as session:
        row = session.get(Repair, let.landlord.repair_id)
        assert row is not None
        row.waiting = Waiting.ACCESS
    booked(let, job, TUESDAY, Slot.ALL_DAY)
    with let.store.read() as session:
        row = session.get(Repair, let.landlord.repair_id)
        assert row is not None and row.waiting is None


def test_the_days_to_come_are_listed_in_order(let: Let, job: UUID) -> None:
    booked(let, job, TUESDAY, Slot.EVENING)
    with let.store.read() as session:
        (one,) = appointments.coming(session, NOW.date(), TUESDAY)
        assert appointments.coming(session, NOW.date(), NOW.date()) == []
        assert appointments.coming(session, NOW.date(), TUESDAY, contractor_id=job) == []
        with pytest.raises(Told):
            appointments.coming(session, TUESDAY, NOW.date())
    assert (one.title, one.contractor) == ("Door entry not working", "Doorway")
    assert one.appointment.when.words == "Tue 24 Nov, evening, 17:00 to 20:00"
    acting(let.store, Role.CARETAKER)
    with let.store.read() as session:
        assert appointments.coming(session, NOW.date(), TUESDAY) == []
        with pytest.raises(NotFound):
            order_view.get(session, job)
    let.store.actor = let.landlord.ambassador
    with let.store.read() as session:
        assert appointments.of_jobs(session, [job]) == {}
        with pytest.raises(NotAllowed):
            appointments.coming(session, NOW.date(), TUESDAY)


moments = st.integers(0, 400 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))


@settings(max_examples=60, deadline=None)
@given(moments, st.sampled_from(Slot), st.booleans())
def test_what_is_proposed_is_always_still_to_come(now: datetime, slot: Slot, today: bool) -> None:
    before = slots.When(now.date() - timedelta(days=1), slot)
    found = slots.next_after(before, now, today=today)
    assert found.starts > now
    if not today:
        assert calendar.is_working_day(found.day) and found.slot is slot
    else:
        assert (found.day - now.date()).days <= 1


@settings(max_examples=60, deadline=None)
@given(moments)
def test_days_offered_are_working_days_in_order(now: datetime) -> None:
    days = slots.offered(now)
    assert days == sorted(set(days)) and len(days) == 6
    assert all(calendar.is_working_day(day) and day >= now.date() for day in days)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1438), st.integers(1, 1439))
def test_agreed_times_name_a_slot_and_come_back_as_they_were(start: int, length: int) -> None:
    end = min(start + length, 1439)
    texts = [f"{minute // 60:02}:{minute % 60:02}" for minute in (start, end)]
    found = slots.when(TUESDAY, None, *texts)
    assert list(found.times) == texts and found.starts < found.ends
    assert slots.NAMES[found.slot].lower() not in found.words
