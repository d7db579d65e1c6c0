"""The figures of visits, worked out by hand beside: what fell due is counted, whether it was done or not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.build import a_block, a_home, a_repair, a_staff, a_tenancy, an_actor, an_estate
from watmos_desktop.models.kinds import (
    FollowUpKind,
    ReviewOutcome,
    ReviewStage,
    Role,
    TenancyKind,
    VisitKind,
    VisitStatus,
)
from watmos_desktop.models.tables import Home, Staff, TenancyReview, Visit, VisitAttempt, VisitFollowUp
from watmos_desktop.services import visit_figures
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.store import Store

TODAY = date(2026, 11, 23)


def at(day: date, hour: int = 11) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def seen(session: Any, home: Home, day: date, **fields: Any) -> Visit:
    row = Visit(
        **{
            "reference": f"V-{uuid4().hex[:8]}",
            "estate_id": home.estate_id,
            "block_id": home.block_id,
            "home_id": home.id,
            "kind": VisitKind.WELLBEING,
            "status": VisitStatus.COMPLETED,
            "completed_at": at(day),
            **fields,
        }
    )
    session.add(row)
    session.flush()
    return row


def tried(session: Any, visit: Visit, staff: Staff, times: int) -> None:
    for n in range(times):
        when = visit.completed_at or at(TODAY)
        session.add(VisitAttempt(visit_id=visit.id, tried_at=when - timedelta(days=n + 1), staff_id=staff.id))


@pytest.fixture
def town(store: Store) -> Store:
    """Two estates; an officer of the first alone."""
    with store.write("a town", undoable=False) as session:
        near, far = an_estate(session, name="Near"), an_estate(session, name="Far")
        staff = a_staff(session, Role.TENANCY_OFFICER, "P. Shah", estates=[near])
        block, other = a_block(session, near), a_block(session, far)
        homes = [a_home(session, block) for _ in range(5)]
        for home, started in zip(homes, (2015, 2015, 2015, 2025, 2015), strict=True):
            a_tenancy(session, home, started_on=date(started, 3, 1))
        a_home(session, block)  # empty: nobody to be seen
        seen(session, homes[0], date(2023, 11, 23))  # three years today: due today, so in time still
        once = seen(session, homes[1], date(2026, 5, 4))
        seen(session, homes[2], date(2023, 11, 22))  # late since today
        again = seen(
            session, homes[0], date(2026, 3, 31), kind=VisitKind.FOLLOW_UP
        )  # before the year, and resets nothing
        # homes[3] was let last year and is new; homes[4] was never seen in eleven years.
        tried(session, once, staff, 2)
        tried(session, again, staff, 3)
        elsewhere = a_home(session, other)
        a_tenancy(session, elsewhere, started_on=date(2010, 1, 1))
        seen(session, elsewhere, date(2026, 6, 1))
    store.actor = an_actor(Role.TENANCY_OFFICER, staff, estates=[near])
    return store


def get(store: Store, *days: date) -> visit_figures.VisitFigures:
    with store.read() as session:
        return visit_figures.get(session, *days)


def parts(told: visit_figures.VisitFigures, key: str) -> tuple[int, int]:
    one = told.figure(key)
    return one.numerator, one.denominator


def test_seen_within_three_years_by_estate_and_tries_for_a_visit(town: Store) -> None:
    told = get(town)
    assert (told.since, told.until) == (date(2026, 4, 1), TODAY)
    (near,) = told.estates
    assert (near.name, near.homes, near.seen, near.late, near.new) == ("Near", 5, 2, 2, 1)
    assert parts(told, "H2") == (3, 5) and parts(told, "seen") == (2, 5)
    assert (told.completed, told.tries, told.mean) == (1, 2, 3.0) and parts(told, "first_time") == (0, 1)
    before = get(town, date(2026, 3, 1), date(2026, 3, 31))
    assert (before.completed, before.tries) == (1, 3)
    assert visit_figures.said(near.figure) == "3 of 5" and visit_figures.said(told.figure("T1")) == "n/a"
    town.actor = an_actor(Role.MANAGER)
    assert [one.name for one in get(town).estates] == ["Far", "Near"] and get(town).completed == 2


def test_starter_decisions_and_reviews_in_time(town: Store) -> None:
    """Decided on the day is in time; an extension has a day of its own; who left before owes none."""
    with town.write("starters", undoable=False) as session:
        staff = session.query(Staff).where(Staff.name == "P. Shah").one()
        home = session.query(Home).first()
        assert home is not None

        def starter(start: date, *made: tuple[ReviewStage, ReviewOutcome, date], **fields: Any) -> None:
            given = {"kind": TenancyKind.STARTER, "started_on": start, **fields}
            tenancy = a_tenancy(session, home, **given)
            for stage, outcome, day in made:
                extended = (
                    date(start.year + 1, start.month + 6, 1) if outcome is ReviewOutcome.EXTEND else None
                )
                row = TenancyReview(tenancy_id=tenancy.id, stage=stage, outcome=outcome, extended_to=extended)
                row.made_at, row.staff_id = at(day), staff.id
                session.add(row)

        done, fine = ReviewStage.DECISION, ReviewOutcome.FINE
        starter(date(2025, 5, 1), (done, ReviewOutcome.CONVERT, date(2026, 5, 1)), kind=TenancyKind.ASSURED)
        starter(date(2025, 5, 1), (done, ReviewOutcome.CONVERT, date(2026, 5, 2)), kind=TenancyKind.ASSURED)
        starter(date(2025, 5, 1))  # nobody decided
        starter(date(2025, 5, 1), ended_on=date(2026, 4, 30))
        # Extended in time, and not decided when that time was over either.
        starter(date(2025, 5, 1), (done, ReviewOutcome.EXTEND, date(2026, 4, 20)))
        starter(date(2025, 12, 1))  # decided by 1 Dec: not owed yet
        starter(
            date(2026, 5, 1),
            (ReviewStage.WEEK_6, fine, date(2026, 6, 12)),
            (ReviewStage.MONTH_3, fine, date(2026, 8, 2)),
        )
    told = get(town)
    assert parts(told, "T1") == (2, 5)
    # Due in the year so far: 9 months of 1 Dec (6 and 9), then 6 weeks, 3 and 6 months of May: one of them in time.
    assert parts(told, "T1.reviews") == (1, 5)


def test_follow_ups_done_by_the_day_that_was_told(town: Store) -> None:
    with town.write("follow-ups", undoable=False) as session:
        staff, home = (
            session.query(Staff).where(Staff.name == "P. Shah").one(),
            session.query(Home).order_by(Home.code).first(),
        )
        assert home is not None
        visit = seen(session, home, date(2026, 6, 1))
        block = home.block_id

        def found(kind: FollowUpKind, table: str, record: UUID | None, promised: date, **fields: Any) -> None:
            given = {
                "visit_id": visit.id,
                "kind": kind,
                "promised_on": promised,
                "record_table": table,
                **fields,
            }
            session.add(VisitFollowUp(record_id=record, **given))

        def repair(done: date | None) -> UUID:
            from watmos_desktop.models.tables import Block

            place = session.get(Block, block)
            assert place is not None
            row = a_repair(session, place, staff, completed_at=at(done) if done else None)
            return row.id

        day, kind = date(2026, 6, 30), FollowUpKind.REPAIR
        found(kind, "repair", repair(day), day)
        found(kind, "repair", repair(date(2026, 7, 1)), day)
        found(kind, "repair", repair(None), day)
        twice = repair(date(2026, 6, 20))
        found(kind, "repair", twice, day)
        found(kind, "repair", twice, date(2026, 6, 25))
        found(kind, "repair", repair(None), TODAY)  # may still be done today
        found(kind, "", None, day, left_out="They did it themselves.")
        found(FollowUpKind.OTHER, "", None, day)
        found(FollowUpKind.SAFEGUARDING, "", None, day)
        found(FollowUpKind.ASB, "restricted_case", uuid4(), day)
        again = seen(session, home, date(2026, 6, 29), kind=VisitKind.FOLLOW_UP)
        found(FollowUpKind.OTHER, "visit", again.id, day)
    told = get(town)
    assert parts(told, "follow_ups") == (3, 5) and told.untold == 1


def test_who_may_not_ask_and_days_the_wrong_way_round(town: Store) -> None:
    with pytest.raises(Told, match="after the last") as told:
        get(town, TODAY, date(2026, 4, 1))
    assert told.value.field == "since"
    for role in (Role.CARETAKER, Role.AMBASSADOR, Role.ADMINISTRATOR):
        town.actor = an_actor(role)
        with pytest.raises(NotAllowed):
            get(town)
