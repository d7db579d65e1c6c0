"""Whatever is ordered, accepted, booked, missed, tried or taken back: what holds, holds after each step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.build import a_contractor
from tests.conftest import Let
from tests.fakes import NOW, FakeClock
from tests.services.test_orders import a_fault
from watmos_desktop.models.kinds import AppointmentStatus, JobStatus, RepairStatus, Slot
from watmos_desktop.models.tables import Appointment, Clock, Contractor, Job, Repair
from watmos_desktop.services import access, appointments, clocks, orders, slots
from watmos_desktop.services.access import AttemptDraft
from watmos_desktop.services.errors import Told
from watmos_desktop.services.orders import OrderDraft

STEPS = (
    "order",
    "accept",
    "done",
    "cancel",
    "take_back",
    "book",
    "move",
    "kept",
    "missed",
    "drop",
    "door",
    "wait",
)


def step(session: Session, name: str, pick: int, repair_id: UUID, firms: list[UUID]) -> object:
    """One step on the job or appointment that ``pick`` falls on; Told when it may not be."""
    jobs = session.scalars(select(Job.id).where(Job.repair_id == repair_id).order_by(Job.id)).all()
    booked = session.scalars(
        select(Appointment.id).where(Appointment.job_id.in_(jobs)).order_by(Appointment.id)
    ).all()
    job, one = (rows[pick % len(rows)] if rows else repair_id for rows in (jobs, booked))
    day = session.info["clock"].now().date() + timedelta(days=pick % 5)
    when = slots.when(day, list(Slot)[pick % len(Slot)])
    runs: dict[str, Callable[[], object]] = {
        "order": lambda: orders.order(session, repair_id, OrderDraft(firms[pick % len(firms)])),
        "accept": lambda: orders.accept(session, job),
        "done": lambda: orders.done(session, job),
        "cancel": lambda: orders.cancel(session, job, "again"),
        "take_back": lambda: orders.take_back(session, repair_id, "again"),
        "book": lambda: appointments.book(session, job, when, by_contractor=pick % 2 == 0),
        "move": lambda: appointments.move(session, one, when),
        "kept": lambda: appointments.kept(session, one),
        "missed": lambda: appointments.missed(session, one),
        "drop": lambda: appointments.cancel(session, one),
        "door": lambda: access.no_access(session, repair_id, AttemptDraft(again=pick % 2 == 0)),
    }
    return runs[name]()


def holds(session: Session, repair_id: UUID, due_at: datetime) -> None:
    """What is true whatever was done."""
    row = session.get(Repair, repair_id)
    assert row is not None
    jobs = session.scalars(select(Job).where(Job.repair_id == repair_id)).all()
    live = [job for job in jobs if job.status in orders.LIVE]
    done = [job for job in jobs if job.status is JobStatus.DONE]
    assert row.due_at == due_at
    assert all(
        one.stopped_at is None for one in session.scalars(select(Clock).where(Clock.owner_id == repair_id))
    )
    assert row.status in (RepairStatus.REPORTED, RepairStatus.ORDERED)
    assert row.status is RepairStatus.ORDERED or not live
    if row.status is RepairStatus.REPORTED:
        assert row.contractor == ""
    else:
        names = {session.get(Contractor, job.contractor_id).name for job in (*live, *done)}  # type: ignore[union-attr]
        assert row.contractor in names
    for job in jobs:
        found = session.scalars(select(Appointment.status).where(Appointment.job_id == job.id)).all()
        assert found.count(AppointmentStatus.BOOKED) <= (job in live)
        assert (job.finished_at is None) is (job in live)
    pairs = [(job.contractor_id, job.kind, job.specialism) for job in live]
    assert len(pairs) == len(set(pairs))
    assert len({job.reference for job in jobs}) == len(jobs)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 30)), min_size=4, max_size=16))
def test_orders_and_appointments_never_contradict_each_other(
    let: Let, clock: FakeClock, steps: list[tuple[str, int]]
) -> None:
    clock.set(NOW)
    let.store.actor = let.landlord.officer
    with let.store.write("a fault", undoable=False) as session:
        repair_id = a_fault(session, let)
        row = session.get(Repair, repair_id)
        assert row is not None
        clocks.start(session, "repair", repair_id, "R6", row.reported_at)
        due_at = row.due_at
        firms = [
            a_contractor(session, f"Gas {n}", trades=["heating"], specialisms=["gas"]).id for n in range(2)
        ]
    for name, pick in [("order", 0), ("book", 2), *steps]:
        if name == "wait":
            clock.forward(hours=3 + pick)
            continue
        try:
            with let.store.write(name) as session:
                step(session, name, pick, repair_id, firms)
        except Told:
            pass
        with let.store.read() as session:
            holds(session, repair_id, due_at)
