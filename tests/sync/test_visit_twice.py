"""Two officers at one home and one day apart: plans stay whole, what was told and heard is added, nothing twice."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select

from tests import build
from tests.sync.conftest import Joining
from tests.sync.devices import conflicts, held, settle
from watmos_desktop.models.kinds import Channel, Role
from watmos_desktop.models.tables import LoneCheck, LoneDay, Visit, VisitTold
from watmos_desktop.services import lone_working, references, staff, visit_notice, visits
from watmos_desktop.services.lone_rules import State
from watmos_desktop.services.lone_working import Plan
from watmos_desktop.services.visits import Slot, VisitDraft


def test_an_appointment_merges_whole_and_the_other_is_kept_for_a_decision(joined: Joining) -> None:
    one, other = joined(), joined()
    with one.store.write("a visit") as session:
        home = build.a_home(session, build.a_block(session))
        visit = Visit(estate_id=home.estate_id, block_id=home.block_id, home_id=home.id, kind="wellbeing")
        references.add(session, "V", visit)
        session.flush()
        visit_id = visit.id
    settle(one, other)
    plans = {}
    for device, day, start, end in (
        (one, date(2026, 12, 1), "10:00", "12:00"),
        (other, date(2026, 12, 3), "14:00", "16:00"),
    ):
        with device.store.write("planned a visit") as session:
            row = session.get(Visit, visit_id)
            assert row is not None
            row.officer_id, row.planned_on = device.member, day
            row.window_from, row.window_to = start, end
        plans[device.member] = (day, start, end)
    settle(one, other)
    settle(one, other)
    found = set()
    for device in (one, other):
        assert not held(device)
        with device.store.read() as session:
            row = session.get(Visit, visit_id)
            assert row is not None and row.officer_id is not None
            assert (row.planned_on, row.window_from, row.window_to) == plans[row.officer_id]
            found.add(row.officer_id)
        assert conflicts(device)
    assert len(found) == 1


def test_what_was_told_and_who_was_heard_of_is_the_same_on_both(joined: Joining) -> None:
    """A letter told of on two devices, a day out planned on two devices of one officer, a colleague's call (H2)."""
    manager = joined(Role.MANAGER, "Grace Bell")
    with manager.store.write("a home", undoable=False) as session:
        home = build.a_home(session, build.a_block(session))
        build.a_tenancy(session, home, build.a_person(session, "Ada Okafor"), started_on=date(2023, 12, 1))
        estate_id, home_id = home.estate_id, home.id
    settle(manager)
    officer = joined(Role.TENANCY_OFFICER, "R. Adeyemi", estates=[estate_id])
    settle(officer, manager)
    staff.act_as(officer.store, officer.member)
    now = officer.store.clock.now()
    day = date(2026, 12, 1)
    with officer.store.write("planned") as session:
        slot = Slot(officer.member, day, "10:00", "12:00")
        visit = visits.arrange(session, VisitDraft(home_id, slot=slot))
    settle(officer, manager)

    # Off line: each tells them in another way, and the manager moves the visit after that.
    plan = Plan(now - timedelta(minutes=5), now + timedelta(hours=3), 60, "Duty desk", "0113 496 0000")
    with officer.store.write("told") as session:
        visit_notice.tell(session, [visit], Channel.LETTER)
        lone = lone_working.plan(session, plan)
    with manager.store.write("told") as session:
        visit_notice.tell(session, [visit], Channel.PHONE)
        visits.move(session, visit, day + timedelta(days=1))
    settle(officer, manager)
    settle(officer, manager)
    with manager.store.write("spoke to them") as session:  # the plan came over; a colleague rings
        lone_working.check_in(session, lone)
    with officer.store.write("back") as session:
        lone_working.check_in(session, lone, back=True)
    settle(officer, manager)
    settle(officer, manager)

    seen = []
    for device in (officer, manager):
        assert not held(device) and not conflicts(device)
        with device.store.read() as session:
            counted = [
                session.scalar(select(func.count()).select_from(table).where(~table.deleted))
                for table in (VisitTold, LoneDay, LoneCheck)
            ]
            told = visit_notice.notice(session, visit)
            (card,) = lone_working.on_day(session)
        assert counted == [2, 1, 2]
        assert {one.how for one in told.told} == {Channel.LETTER, Channel.PHONE}
        assert not told.knows and told.moved is not None and told.moved.day == day
        assert card.standing.state is State.BACK and card.plan == plan
        assert {(one.own, one.back) for one in card.checks} == {(False, False), (True, True)}
        seen.append((told.told, card.checks))
    assert seen[0] == seen[1]
