"""No access at the door: the attempt with its time, the card, the next slot; no clock waits for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.build import acting
from tests.conftest import Let
from tests.fakes import NOW, FakeClock
from tests.services.test_appointments import booked, job
from tests.services.test_orders import a_fault
from watmos_desktop.models.kinds import (
    AppointmentStatus,
    Channel,
    HazardStepKind,
    Priority,
    Role,
    Slot,
    Trade,
    Waiting,
)
from watmos_desktop.models.tables import Clock, HazardStep, Repair, RepairUpdate
from watmos_desktop.services import access, appointments, hazards, order_view, repairs
from watmos_desktop.services.access import AttemptDraft
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.hazard_drafts import HazardDraft

__all__ = ["job"]


def tried(let: Let, **fields: Any) -> access.NoAccess:
    with let.store.write("no access") as session:
        return access.no_access(session, let.landlord.repair_id, AttemptDraft(**fields))


def clocks_of(let: Let) -> list[tuple[str, Any, Any]]:
    with let.store.read() as session:
        rows = session.scalars(select(Clock).where(Clock.owner_id == let.landlord.repair_id)).all()
        row = session.get(Repair, let.landlord.repair_id)
        assert row is not None
        return [
            ("repair", row.due_at, row.completed_at),
            *[(one.key, one.due_at, one.stopped_at) for one in rows],
        ]


def test_it_waits_for_access_and_no_clock_does(let: Let, job: UUID) -> None:
    before = clocks_of(let)
    done = tried(let, note="Lights on, nobody came")
    assert clocks_of(let) == before
    assert "The promised time runs on." in done.words and done.job_id == job
    with let.store.read() as session:
        row = session.get(Repair, let.landlord.repair_id)
        assert row is not None
        told = session.scalars(select(RepairUpdate).where(RepairUpdate.repair_id == row.id)).one()
        (one,) = access.of_repair(session, row.id)
    assert row.waiting is Waiting.ACCESS and row.last_told_at == NOW
    assert told.how is Channel.CARD and "10:42" in told.text
    assert (one.words, one.note) == ("23 Nov 2026, 10:42, at the door, card left", "Lights on, nobody came")


def test_the_appointment_came_to_nothing_and_the_next_slot_is_like_it(
    let: Let, job: UUID, clock: FakeClock
) -> None:
    with let.store.write("routine", undoable=False) as session:
        row = session.get(Repair, let.landlord.repair_id)
        assert row is not None
        row.priority = Priority.ROUTINE
    booked(let, job, date(2026, 11, 27), Slot.SCHOOL_RUN)
    clock.set(NOW.replace(day=27))  # a Friday
    done = tried(let)
    assert done.proposed is not None
    assert done.proposed.words == "Mon 30 Nov, between school runs, 09:30 to 14:30"
    with let.store.read() as session:
        card = order_view.get(session, job)
        assert appointments.propose(session, job) == done.proposed
    assert [one.status for one in card.appointments] == [AppointmentStatus.NO_ACCESS]
    booked(let, job, done.proposed.day, done.proposed.slot)
    with let.store.read() as session:
        assert session.get(Repair, let.landlord.repair_id).waiting is None  # type: ignore[union-attr]


def test_an_emergency_is_tried_again_today(let: Let, job: UUID, clock: FakeClock) -> None:
    done = tried(let, card_left=False)
    assert done.proposed is not None and done.proposed.words == "Mon 23 Nov, evening, 17:00 to 20:00"
    clock.set(NOW.replace(hour=18))
    again = tried(let, how=Channel.PHONE)
    assert again.count == 2 and "the second time" in again.words
    assert again.proposed is not None and again.proposed.words == "Tue 24 Nov, morning, 08:00 to 13:00"


def test_without_an_order_there_is_no_slot_to_book(let: Let) -> None:
    let.store.actor = let.landlord.caretaker
    done = tried(let)
    assert done.job_id is None and done.proposed is None and "ould be" not in done.words


def test_written_down_later_it_counts_from_when_it_was(let: Let, job: UUID) -> None:
    tried(let, tried_at=NOW - timedelta(hours=2))
    for wrong in (NOW + timedelta(minutes=1), NOW - timedelta(days=400)):
        with pytest.raises(Told) as told:
            tried(let, tried_at=wrong)
        assert told.value.field == "tried_at"
    with let.store.read() as session:
        row = session.get(Repair, let.landlord.repair_id)
        assert row is not None and row.last_told_at == NOW - timedelta(hours=2)
    tried(let, tried_at=NOW - timedelta(hours=3))  # an older card breaks no later silence
    with let.store.read() as session:
        row = session.get(Repair, let.landlord.repair_id)
        assert row is not None and row.last_told_at == NOW - timedelta(hours=2)


def test_bad_notes_other_orders_and_done_repairs_are_refused(let: Let, job: UUID) -> None:
    with pytest.raises(Told) as told:
        tried(let, note="x" * 4001)
    assert told.value.field == "note"
    with pytest.raises(NotFound):
        tried(let, job_id=let.landlord.block_id)
    with let.store.write("done") as session:
        row = session.get(Repair, let.landlord.repair_id)
        assert row is not None
        repairs.complete(session, row, NOW)
    with pytest.raises(Told):
        tried(let)
    acting(let.store, Role.CARETAKER)
    with pytest.raises(NotFound):
        tried(let)
    let.store.actor = let.landlord.ambassador
    with pytest.raises(NotAllowed):
        tried(let)
    with let.store.read() as session:
        assert access.of_repair(session, let.landlord.repair_id) == []


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 1200), st.booleans(), st.sampled_from(Channel)), min_size=1, max_size=4)
)
def test_however_often_nobody_opens_no_due_date_moves(
    let: Let, job: UUID, attempts: list[tuple[int, bool, Channel]]
) -> None:
    before = clocks_of(let)
    for minutes, card, how in attempts:
        tried(let, tried_at=NOW - timedelta(minutes=minutes), card_left=card, how=how)
    assert clocks_of(let) == before


def test_a_knock_about_a_hazard_is_an_endeavour_of_its_case(let: Let) -> None:
    let.store.actor = let.landlord.officer
    with let.store.write("a case", undoable=False) as session:
        repair_id = a_fault(session, let, trade=Trade.BUILDING, hazard="damp_and_mould")
        row = session.get(Repair, repair_id)
        assert row is not None
        draft = HazardDraft("damp_and_mould", home_id=row.home_id, repair_id=repair_id, aware_at=NOW)
        case = hazards.open_case(session, draft)
    let.store.clock.forward(hours=3)  # type: ignore[attr-defined]
    with let.store.write("no access") as session:
        access.no_access(session, repair_id, AttemptDraft(note="Lights on"))
        access.no_access(session, repair_id, AttemptDraft(how=Channel.PHONE, card_left=False))
    with let.store.read() as session:
        steps = session.scalars(select(HazardStep).where(HazardStep.case_id == case)).all()
        running = [one.stopped_at for one in session.scalars(select(Clock).where(Clock.owner_id == case))]
    tried = [(one.how, one.text) for one in steps if one.kind is HazardStepKind.ACCESS_ATTEMPT]
    assert tried == [(Channel.DOOR, "Lights on · card left"), (Channel.PHONE, "")]
    assert running and not any(running)
