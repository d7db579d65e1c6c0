"""How often each place is walked: planned, changed, stopped, and the usual for all that have nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.build import a_block, a_space, an_estate
from tests.conftest import Let
from tests.fakes import FakeClock
from watmos_desktop.models.kinds import Subject
from watmos_desktop.services import calendar, history, inspection_plans, inspections, places, templates
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.places import Place
from watmos_desktop.services.schedules import Cadence
from watmos_desktop.services.store import Store

TODAY = date(2026, 11, 23)


def _places(store: Store) -> list[Place]:
    with store.read() as session:
        return places.walkable(session)


@pytest.fixture
def block(store: Store) -> Place:
    with store.write("a block") as session:
        a_block(session, name="Lindley House")
    return next(one for one in _places(store) if one.subject is Subject.BLOCK)


def test_a_new_block_is_asked_for_once_it_is_planned(store: Store, block: Place) -> None:
    first = TODAY + timedelta(days=4)
    with store.write("planned") as session:
        inspection_plans.plan(session, block, "block_internal", Cadence(months=1), first)
    with store.read() as session:
        (due,) = inspections.due(session)
        forms = {form.template_key: form for form in inspection_plans.of_place(session, block)}
        later = inspections.due(session, within_days=3)
    assert (due.place, due.due_on, due.cadence) == ("Lindley House", first, "every month")
    assert later == []
    assert forms["block_internal"].often == Cadence(months=1)
    assert forms["fire_safety"].schedule_id is None
    assert "estate_grounds" not in forms  # not for a block


def test_a_plan_is_changed_in_its_place_and_stopped_and_taken_back(store: Store, block: Place) -> None:
    with store.write("planned") as session:
        old = inspection_plans.plan(session, block, "fire_safety", Cadence(months=3), TODAY)
    with store.write("more often") as session:
        new = inspection_plans.plan(
            session, block, "fire_safety", Cadence(weeks=2), TODAY + timedelta(days=7)
        )
    assert old == new
    with store.read() as session:
        (due,) = inspections.due(session)
    assert (due.cadence, due.due_on) == ("every 2 weeks", TODAY + timedelta(days=7))
    with store.write("no more") as session:
        inspection_plans.stop(session, old)
    with store.read() as session:
        assert inspections.due(session) == []
        action = history.last(session)
    assert action is not None
    history.undo(store, action)
    with store.read() as session:
        assert len(inspections.due(session)) == 1


def test_what_was_signed_still_counts_when_a_plan_changes(let: Let) -> None:
    """The landlord's block was walked: its next day follows the new rhythm after that walk, never before it."""
    let.store.actor = let.landlord.manager
    place = next(one for one in _places(let.store) if one.block_id == let.landlord.block_id)
    with let.store.write("every week") as session:
        inspection_plans.plan(session, place, "block_internal", Cadence(weeks=1), date(2026, 1, 5))
    with let.store.read() as session:
        form = next(
            one for one in inspection_plans.of_place(session, place) if one.template_key == "block_internal"
        )
        due = next(one for one in inspections.due(session) if one.schedule_id == form.schedule_id)
    assert due.last_on is not None
    assert due.due_on > due.last_on
    assert (due.due_on - date(2026, 1, 5)).days % 7 == 0


@pytest.mark.parametrize(
    ("key", "first", "field"),
    [("estate_grounds", TODAY, "which"), ("fire_safety", TODAY + timedelta(days=400), "first")],
)
def test_what_does_not_fit_is_told_at_its_field(
    store: Store, block: Place, key: str, first: date, field: str
) -> None:
    with store.write("planned") as session, pytest.raises(Told) as told:
        inspection_plans.plan(session, block, key, Cadence(months=1), first)
    assert told.value.field == field


def test_the_usual_plans_what_has_nothing_and_nothing_else(store: Store, clock: FakeClock) -> None:
    with store.write("places") as session:
        estate = an_estate(session)
        blocks = [a_block(session, estate, name=f"House {n}") for n in range(8)]
        a_space(session, estate)
        kept = blocks[0].id
    mine = next(one for one in _places(store) if one.block_id == kept)
    with store.write("one by hand") as session:
        inspection_plans.plan(session, mine, "block_internal", Cadence(months=6), TODAY)
    with store.write("the usual") as session:
        assert inspection_plans.plan_usual(session) == 9  # seven blocks, the hall, the grounds
    with store.read() as session:
        assert inspection_plans.unplanned(session) == []
        due = inspections.due(session, within_days=366)
        assert [one.template_key for one in due if one.block_id == kept] == ["block_internal"]
    usual = {form.key: str(form.every) for form in templates.load_all().values()}
    assert all(one.cadence == usual[one.template_key] for one in due if one.block_id != kept)
    assert "play_area" not in {one.template_key for one in due}
    monthly = [one.due_on for one in due if one.template_key == "block_internal" and one.block_id != kept]
    assert len(set(monthly)) > 4  # spread, on working days
    assert all(calendar.is_working_day(day) and day > TODAY for day in monthly)
    with store.write("again") as session:
        assert inspection_plans.plan_usual(session) == 0


def test_only_managers_plan(let: Let) -> None:
    place = _places(let.store)[0]
    for actor in (let.landlord.caretaker, let.landlord.ambassador, let.landlord.officer):
        let.store.actor = actor
        with let.store.write("planned") as session, pytest.raises(NotAllowed):
            inspection_plans.plan(session, place, "block_internal", Cadence(months=1), TODAY)
        with let.store.read() as session, pytest.raises(NotAllowed):
            inspection_plans.unplanned(session)
