"""RP02 and the other figures of repairs: counted by hand beside what the service says."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests import build
from tests.conftest import MANAGER
from tests.fakes import NOW
from watmos_desktop.models.kinds import Channel, JobKind, Priority, RepairStatus, Role, TenancyKind, Trade
from watmos_desktop.models.tables import Block, Clock, Home, Job, Repair, RepairFeedback, Staff
from watmos_desktop.services import clocks, repair_figures, repair_raising
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.references import reference
from watmos_desktop.services.repair_figures import Figures
from watmos_desktop.services.store import Store

DAYS = timedelta(days=1)


@pytest.fixture
def block(store: Store) -> Block:
    with store.write("a block") as session:
        return build.a_block(session)


def home(store: Store, block: Block, kind: TenancyKind | None, **held: Any) -> UUID:
    with store.write("a home") as session:
        made: Home = build.a_home(session, block)
        if kind is not None:
            build.a_tenancy(session, made, kind=kind, **held)
        return made.id


def done(store: Store, block: Block, took: timedelta, *, before: timedelta = DAYS, **fields: Any) -> UUID:
    """A repair completed some time before now that took so long, with its clock."""
    ended = NOW - before
    priority = fields.setdefault("priority", Priority.ROUTINE)
    began = ended - took
    with store.write("a repair") as session:
        staff = session.get_one(Staff, MANAGER.staff_id)
        row = build.a_repair(
            session,
            block,
            staff,
            reported_at=began,
            due_at=repair_raising.due_for(priority, began).due_at,
            completed_at=ended,
            status=RepairStatus.COMPLETED,
            **fields,
        )
        clocks.start(session, "repair", row.id, clocks.REPAIR_CLOCK[priority], began)
        return row.id


def figures(store: Store, since: date | None = None, until: date | None = None) -> Figures:
    with store.read() as session:
        return repair_figures.get(session, since, until)


def parts(told: Figures, key: str) -> tuple[int, int]:
    one = told.figure(key)
    return one.numerator, one.denominator


def test_rp02_counts_rented_homes_by_completion_and_leaves_the_rest_apart(store: Store, block: Block) -> None:
    rented = home(store, block, TenancyKind.ASSURED)
    bought = home(store, block, TenancyKind.LEASEHOLD)
    empty = home(store, block, TenancyKind.SECURE, ended_on=date(2026, 10, 1))
    never = home(store, block, None)
    done(store, block, 3 * DAYS, home_id=rented)
    done(store, block, 60 * DAYS, home_id=rented)
    done(store, block, 3 * DAYS, home_id=empty)
    done(store, block, 3 * DAYS, home_id=bought)
    done(store, block, 3 * DAYS, home_id=never)
    done(store, block, 60 * DAYS)
    done(store, block, timedelta(hours=25), home_id=rented, priority=Priority.EMERGENCY)
    done(store, block, timedelta(hours=23), home_id=rented, priority=Priority.EMERGENCY)
    told = figures(store)
    assert parts(told, "RP02(1)") == (2, 3)
    assert parts(told, "RP02(2)") == (1, 2)
    assert parts(told, "communal") == (0, 1)
    assert parts(told, "other") == (1, 1)
    assert told.unknown == 1
    assert told.figure("RP02(1)").text == "66.7 %"


def test_nothing_to_divide_by_is_not_nought_and_not_all(store: Store) -> None:
    told = figures(store)
    assert {one.text for one in told.figures} == {"n/a"}
    assert told.score is None
    assert all(one.share is None for one in told.figures)


def test_what_is_open_and_late_is_in_no_rp02_and_shown_apart(store: Store, block: Block) -> None:
    rented = home(store, block, TenancyKind.ASSURED)
    with store.write("late") as session:
        staff = session.get_one(Staff, MANAGER.staff_id)
        build.a_repair(session, block, staff, home_id=rented, due_at=NOW - DAYS, reported_at=NOW - 40 * DAYS)
        build.a_repair(session, block, staff)
    told = figures(store)
    assert told.figure("RP02(1)").text == "n/a"
    assert parts(told, "overdue") == (1, 2)
    assert parts(told, "silent") == (1, 1)


def test_the_days_are_those_of_london_both_included(store: Store, block: Block) -> None:
    midnight = datetime(2026, 11, 1, 0, 0, tzinfo=LONDON)
    for seconds in (-1, 0):
        done(store, block, DAYS, before=NOW - (midnight + timedelta(seconds=seconds)))
    assert parts(figures(store, date(2026, 11, 1), date(2026, 11, 1)), "communal") == (1, 1)
    assert parts(figures(store, date(2026, 10, 31), date(2026, 10, 31)), "communal") == (1, 1)
    assert parts(figures(store, date(2026, 10, 1), date(2026, 10, 30)), "communal") == (0, 0)
    with pytest.raises(Told, match="after the last"):
        figures(store, date(2026, 11, 2), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2026, 11, 23), date(2026, 4, 1)),
        (date(2027, 3, 31), date(2026, 4, 1)),
        (date(2027, 4, 1), date(2027, 4, 1)),
    ],
)
def test_the_year_begins_in_april(day: date, begins: date) -> None:
    assert repair_figures.year_of(day) == begins


def test_the_target_is_that_of_the_clock_not_of_the_right_to_repair(store: Store, block: Block) -> None:
    """Due sooner by the Right to Repair: RP02 asks for the published target of the priority all the same."""
    rented = home(store, block, TenancyKind.SECURE)
    one = done(store, block, 4 * DAYS, home_id=rented)
    with store.write("a right") as session:
        row = session.get_one(Repair, one)
        row.due_at = row.reported_at + DAYS
    assert parts(figures(store), "RP02(1)") == (1, 1)


def test_first_time_recalls_and_answers(store: Store, block: Block) -> None:
    first, second, third, fourth = (done(store, block, DAYS, before=20 * DAYS) for _ in range(4))
    with store.write("what came of them") as session:
        staff = session.get_one(Staff, MANAGER.staff_id)
        job = Job(repair_id=first, trade=Trade.PLUMBING, title="More", ordered_at=NOW, ordered_by=staff.id,
                  kind=JobKind.FOLLOW_ON, reference=reference("J", first))  # fmt: skip
        session.add(job)
        build.a_repair(session, block, staff, recall_of=second, reported_at=NOW - 10 * DAYS)
        early = build.a_repair(session, block, staff, recall_of=fourth, reported_at=NOW + 9 * DAYS)
        assert early.reported_at - (NOW - 20 * DAYS) > 28 * DAYS
        for repair_id, score, fixed in (
            (third, 2, False),
            (fourth, 5, True),
            (first, 4, True),
            (second, None, None),
        ):
            session.add(
                RepairFeedback(repair_id=repair_id, asked_at=NOW - DAYS, how=Channel.PHONE, score=score,
                               fixed=fixed, answered_at=NOW - DAYS if score else None, staff_id=staff.id)
            )  # fmt: skip
    told = figures(store)
    assert parts(told, "first_time") == (1, 4)
    assert parts(told, "recalls") == (1, 4)
    assert parts(told, "satisfied") == (2, 3)
    assert told.score == pytest.approx(11 / 3)


def test_each_sees_the_figures_of_their_own_estates_and_a_neighbour_none(store: Store, block: Block) -> None:
    done(store, block, DAYS)
    with store.write("elsewhere") as session:
        other = build.a_block(session)
    done(store, other, DAYS)
    build.acting(store, Role.CARETAKER, blocks=[block])
    assert parts(figures(store), "communal") == (1, 1)
    build.acting(store, Role.AMBASSADOR, blocks=[block])
    with pytest.raises(NotAllowed):
        figures(store)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(tuple(Priority)), st.integers(1, 70 * 24), st.integers(0, 400)), max_size=6
    )
)
def test_by_hand_and_by_service_agree(
    store: Store, block: Block, made: list[tuple[Priority, int, int]]
) -> None:
    with store.write("anew") as session:
        for row in session.query(Repair):
            row.deleted = True
    ids = [
        done(store, block, timedelta(hours=hours), before=timedelta(days=days), priority=priority)
        for priority, hours, days in made
    ]
    with store.read() as session:
        rows = [session.get_one(Repair, one) for one in ids]
        since = repair_figures.year_of(NOW.date())
        here = [
            row for row in rows if row.completed_at and row.completed_at.astimezone(LONDON).date() >= since
        ]
        urgent = [row for row in here if row.priority is Priority.EMERGENCY]
        calm = [row for row in here if row.priority is not Priority.EMERGENCY]
        told = repair_figures.get(session)
    for key, counted in (("communal_emergency", urgent), ("communal", calm)):
        good = sum(
            row.completed_at is not None and row.completed_at.replace(microsecond=0) <= row.due_at
            for row in counted
        )
        assert parts(told, key) == (good, len(counted))


def test_what_has_no_clock_is_judged_by_the_target_of_its_day(store: Store, block: Block) -> None:
    """As after an import: hours by the moment, over the end of summer time too, days by the day."""
    summer = datetime(2026, 10, 24, 12, 0, tzinfo=LONDON)  # the clocks go back that night
    late = datetime(2026, 10, 26, 23, 30, tzinfo=LONDON)
    rented = home(store, block, TenancyKind.ASSURED)
    for priority, began, ended in (
        (Priority.EMERGENCY, summer, datetime(2026, 10, 25, 11, 0, tzinfo=LONDON)),
        (Priority.EMERGENCY, summer, datetime(2026, 10, 25, 11, 0, 1, tzinfo=LONDON)),
        (Priority.URGENT, late, datetime(2026, 11, 2, 23, 59, 59, 500_000, tzinfo=LONDON)),
        (Priority.URGENT, late, datetime(2026, 11, 3, 0, 0, tzinfo=LONDON)),
    ):
        one = done(store, block, ended - began, before=NOW - ended, priority=priority, home_id=rented)
        with store.write("no clock") as session:
            for clock in session.query(Clock).where(Clock.owner_id == one):
                clock.deleted = True
    told = figures(store)
    assert parts(told, "RP02(2)") == (1, 2)
    assert parts(told, "RP02(1)") == (1, 2)


def test_a_home_counts_as_it_was_held_on_the_day_in_london(store: Store, block: Block) -> None:
    """Let as a lease from the first of June on, which began an hour before midnight by the database's clock."""
    one = home(store, block, TenancyKind.ASSURED, started_on=date(2020, 1, 1), ended_on=date(2026, 5, 31))
    with store.write("sold") as session:
        build.a_tenancy(
            session, session.get_one(Home, one), kind=TenancyKind.LEASEHOLD, started_on=date(2026, 6, 1)
        )
    sold = datetime(2026, 6, 1, 0, 0, tzinfo=LONDON)
    for began in (sold - timedelta(seconds=1), sold, sold):
        done(store, block, DAYS, before=NOW - began - DAYS, home_id=one)
    told = figures(store)
    assert parts(told, "RP02(1)") == (1, 1)
    assert parts(told, "other") == (2, 2)


def test_of_a_clock_that_was_started_twice_the_later_start_counts(store: Store, block: Block) -> None:
    one = done(store, block, 30 * DAYS)
    assert parts(figures(store), "communal") == (1, 1)
    with store.write("sooner") as session:
        clocks.start(session, "repair", one, "R7", NOW - 100 * DAYS)
    assert parts(figures(store), "communal") == (1, 1)
    with store.write("again") as session:
        clocks.start(session, "repair", one, "R7", NOW - 30 * DAYS).due_at = NOW - 20 * DAYS
    assert parts(figures(store), "communal") == (0, 1)


def test_the_year_is_counted_from_an_index_of_what_was_done(store: Store, block: Block) -> None:
    """No repair is opened for it: a walk over every repair ever done took seconds."""
    with store.read() as session:
        statement = select(repair_figures._rows(session, NOW - 100 * DAYS, NOW))
        made = statement.compile(session.get_bind())
        bound = tuple(made.construct_params()[name] for name in made.positiontup or ())
        plan = session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {made}", tuple(f"{one:%Y-%m-%d}" for one in bound)
        )
        assert any("repair USING COVERING INDEX ix_repair_completed" in row[-1] for row in plan)
