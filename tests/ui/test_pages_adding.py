"""Adding places by hand and saying when they are inspected: at the field, kept at once, taken back by a key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.conftest import MANAGER, Let, Workspace
from tests.fakes import FakeClock
from tests.ui.access import problems
from tests.ui.showing import Shown, asked
from watmos_desktop.services import homes, inspection_plans, inspections, places
from watmos_desktop.services.store import Store
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.inputs import DateInput
from watmos_desktop.ui.pages.homes.form import PlaceFormPage
from watmos_desktop.ui.pages.homes.list import HomesPage
from watmos_desktop.ui.pages.inspections.planning import InspectionPlanPage

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def empty(empty_workspace: Workspace, tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    """A workspace with nothing in it, beside the small landlord."""
    store = empty_workspace.open(tmp_path / "nothing", clock)
    store.actor = MANAGER
    yield store
    store.close()


def total(store: Store) -> int:
    with store.read() as session:
        return homes.count(session)


def test_a_home_is_added_by_hand_told_at_its_field_and_taken_back(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.manager
    page = shown.page(HomesPage)
    opened = asked(page)
    QTest.keyClick(page, Qt.Key.Key_N, CTRL)
    assert opened == [("home_form", "home")]
    form = shown.page(PlaceFormPage)
    form.open("home")
    estate = str(let.landlord.estate_id)
    form.form.fill({"estate": estate, "code": "L-77", "address": "77 Lindley Road", "postcode": "nowhere"})
    QTest.keyClick(form, Qt.Key.Key_S, CTRL)
    assert "It is no postcode" in form.form.fields["postcode"].error()
    assert total(let.store) == 12
    form.form.fill({"postcode": "ws1 2ab"})
    QTest.keyClick(form, Qt.Key.Key_S, CTRL)
    assert "77 Lindley Road is saved" in form.notices.showing()
    assert (total(let.store), form.form.fields["code"].value()) == (13, "")
    assert form.form.fields["estate"].value() == estate  # the next one is likely there, too
    assert form.undo() and total(let.store) == 12
    assert not problems(form)


def test_a_block_of_a_new_estate_and_a_home_put_right(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.manager
    form = shown.page(PlaceFormPage)
    form.open("block")
    assert form.form.fields["new_estate"].isHidden()
    form.form.fill({"estate": "new", "name": "Mill House", "storeys": "3"})
    assert not form.form.fields["new_estate"].isHidden()
    form.save()
    assert "needs a name" in form.form.fields["new_estate"].error()
    form.form.fill({"new_estate": "Mill Estate", "town": "Walsall"})
    form.save()
    with let.store.read() as session:
        assert "Mill House" in [one.name for one in homes.blocks(session) if one.estate == "Mill Estate"]
    form.open(("home", let.landlord.home_id))
    assert form.form.fields["block"].value() == str(let.landlord.block_id)
    form.form.fill({"access_notes": "Key safe by the door"})
    form.save()
    with let.store.read() as session:
        assert homes.get(session, let.landlord.home_id).access_notes == "Key safe by the door"
    assert form.undo()
    assert form.form.fields["access_notes"].value() == ""


def test_what_is_typed_stands_again_after_a_lock(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.manager
    form = shown.page(PlaceFormPage)
    form.open("block")
    form.form.fill({"name": "Mill House", "storeys": "3", "lift": True})
    place = form.place()
    form.leave()
    again = shown.page(PlaceFormPage)
    again.open(place)
    assert again.form.values()["name"] == "Mill House"
    assert again.form.values()["lift"] is True
    again.save()
    form = shown.page(PlaceFormPage)
    assert form.form.fields["code"].value() == ""  # saved: nothing is waiting any more


def test_who_may_not_add_has_no_button(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.caretaker
    page = shown.page(HomesPage)
    assert not page.add_button.isVisible()
    let.store.actor = let.landlord.officer
    form = shown.page(PlaceFormPage)
    assert not form.kind.isVisible()
    assert form.estates.findData("new") < 0


def test_an_inspection_is_planned_as_it_is_chosen(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.manager
    page = shown.page(InspectionPlanPage)
    page.open(let.landlord.block_id)
    card = page.cards["fire_safety"]
    assert not card.first.isVisible()
    card.often.setFocus()
    for _ in range(5):  # from "Not planned" to every 3 months
        QTest.keyClick(card.often, Qt.Key.Key_Down)
    shown.sees(page, "Lindley House A: fire safety walk every 3 months")
    with let.store.read() as session:
        place = next(one for one in places.walkable(session) if one.block_id == let.landlord.block_id)
        plan = {one.template_key: one for one in inspection_plans.of_place(session, place)}["fire_safety"]
    assert str(plan.often) == "every 3 months"
    assert page.undo()
    assert page.cards["fire_safety"].often.value() == "never"
    assert not problems(page)


def test_the_usual_for_all_by_one_button(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.manager
    page = shown.page(InspectionPlanPage)
    shown.press(page, "Plan the usual for them")
    with let.store.read() as session:
        assert inspection_plans.unplanned(session) == []
        assert len(inspections.due(session, within_days=366)) > 8
    assert "planned" in page.notices.showing()


def test_an_empty_landlord_is_told_the_first_step(shown: Shown, empty: Store) -> None:
    page = Shown(Desk(empty, shown.desk.tasks), shown.qtbot).page(InspectionPlanPage)
    shown.sees(page, "No place to inspect yet")
    assert not page.findChildren(DateInput)
