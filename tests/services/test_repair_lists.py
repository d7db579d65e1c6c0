"""Giving repairs to colleagues, and the views that a person saved."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import build
from tests.conftest import MANAGER, PASSPHRASE
from tests.fakes import FakeClock
from watmos_desktop.models.kinds import RepairStatus, Role
from watmos_desktop.models.tables import Staff
from watmos_desktop.services import history, repair_assigning, repair_listing, repair_views, repairs
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.repair_views import View
from watmos_desktop.services.repairs import Filter
from watmos_desktop.services.store import Store


@pytest.fixture
def two(store: Store) -> tuple[list[UUID], Staff, Staff]:
    """Two open repairs on one estate, its caretaker, and another estate's."""
    with store.write("repairs") as session:
        block = build.a_block(session)
        manager = session.get_one(Staff, MANAGER.staff_id)
        ids = [build.a_repair(session, block, manager).id for _ in range(2)]
        mine = build.a_staff(session, name="Amara Iris", blocks=[block])
        other = build.a_staff(session, name="Zoë Fern", estates=[build.an_estate(session)])
    return ids, mine, other


def test_several_are_given_at_once_and_taken_back_at_once(
    store: Store, two: tuple[list[UUID], Staff, Staff]
) -> None:
    ids, mine, _ = two
    with store.write("gave 2 repairs") as session:
        assert repair_assigning.assign(session, ids, mine.id) == 2
    with store.read() as session:
        assert {card.who for card in repairs.page(session, Filter(), 0, 9)} == {"Amara Iris"}
        assert repairs.count(session, Filter(also=frozenset({"nobody"}))) == 0
        last = history.last(session)
    assert last is not None
    history.undo(store, last)
    with store.read() as session:
        assert {card.who for card in repairs.page(session, Filter(), 0, 9)} == {""}
    store.actor = build.an_actor(Role.CARETAKER, mine, estates=[], blocks=[])
    with store.write("gave") as session, pytest.raises(NotFound):
        repair_assigning.assign(session, ids, mine.id)


def test_all_or_none(store: Store, two: tuple[list[UUID], Staff, Staff]) -> None:
    ids, mine, other = two
    with store.write("done") as session:
        repairs.get_row(session, ids[1]).status = RepairStatus.COMPLETED
    wrong: list[tuple[list[UUID], UUID, str]] = [
        (ids, mine.id, "is not open"),
        (ids[:1], other.id, "does not look after the place"),
        (ids[:1], uuid4(), "does not look after repairs"),
        ([ids[0], uuid4()], mine.id, "not here"),
        ([uuid4() for _ in range(501)], mine.id, "At most 500"),
    ]
    for repair_ids, staff_id, words in wrong:
        with pytest.raises(Told, match=words), store.write("no") as session:
            repair_assigning.assign(session, repair_ids, staff_id)
    with store.read() as session:
        assert not repairs.get_row(session, ids[0]).assigned_to


def test_only_those_who_may_decide_are_offered_and_asked(
    store: Store, two: tuple[list[UUID], Staff, Staff]
) -> None:
    ids, mine, _ = two
    with store.write("more people") as session:
        build.a_staff(session, Role.AMBASSADOR, "A. Neighbour")
        build.a_staff(session, Role.ADMINISTRATOR, "An Administrator")
        build.a_staff(session, name="Gone", active=False)
    with store.read() as session:
        names = [one.name for one in repair_assigning.colleagues(session)]
    assert names == ["Grace Bell", "Amara Iris", "Zoë Fern"]
    build.acting(store, Role.AMBASSADOR)
    with pytest.raises(NotAllowed), store.read() as session:
        repair_assigning.colleagues(session)
    with pytest.raises(NotAllowed), store.write("no") as session:
        repair_assigning.assign(session, ids, mine.id)


def test_a_view_is_found_again_by_its_name_and_by_no_one_else(store: Store) -> None:
    mine = View("  Late   emergencies ", Filter("overdue", also=frozenset({"emergency"})), "-title")
    assert repair_views.save(store, mine).name == "Late emergencies"
    repair_views.save(store, View("late EMERGENCIES", Filter("overdue"), "due"))
    repair_views.save(store, View("Boilers", Filter(text="boiler")))
    assert [one.name for one in repair_views.views(store)] == ["Boilers", "late EMERGENCIES"]
    assert repair_views.views(store)[1].sort == "due"
    gone = repair_views.forget(store, "Boilers")
    assert gone is not None and gone.wanted.text == "boiler"
    assert repair_views.forget(store, "Boilers") is None
    build.acting(store, Role.CARETAKER)
    assert repair_views.views(store) == []


def test_views_and_how_the_list_was_left_are_there_at_the_next_start(store: Store, clock: FakeClock) -> None:
    view = View("Late emergencies", Filter("overdue", also=frozenset({"emergency"})), "-title")
    repair_views.save(store, view)
    repair_views.leave(store, view)
    actor = store.actor
    store.close()
    again = Store.open(store.home, PASSPHRASE, clock=clock)
    again.actor = actor
    assert repair_views.views(again) == [view] and repair_views.left(again).wanted == view.wanted
    again.close()


@pytest.mark.parametrize(
    ("name", "words"), [("  ", "Give the view a name"), ("x" * 41, "40"), ("a\x00b", "cannot")]
)
def test_a_name_that_cannot_be_kept(store: Store, name: str, words: str) -> None:
    with pytest.raises(Told, match=words) as told:
        repair_views.save(store, View(name))
    assert told.value.field == "name"


def test_twenty_views_are_enough(store: Store) -> None:
    for number in range(repair_views.MOST):
        repair_views.save(store, View(f"View {number}"))
    with pytest.raises(Told, match="20 views"):
        repair_views.save(store, View("One more"))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.builds(
        Filter,
        st.sampled_from(repair_listing.STATES),
        st.text(max_size=20),
        st.none() | st.uuids(),
        st.frozensets(st.sampled_from(repair_listing.MARKS)),
        st.none() | st.uuids(),
        st.sampled_from(("", "stairs")),
    ),
    st.sampled_from(tuple(repair_listing.SORTS)),
)
def test_how_the_list_was_left_comes_back(store: Store, wanted: Filter, sort: str) -> None:
    repair_views.leave(store, View("", wanted, f"-{sort}"))
    assert repair_views.left(store) == View("", wanted, f"-{sort}")


@pytest.mark.parametrize(
    "kept",
    [{}, {"state": "gone"}, {"state": "open", "also": ["old mark"]}, {"state": "open", "sort": "colour"}],
)
def test_what_makes_no_sense_any_more_is_the_plain_list(store: Store, kept: dict[str, Any]) -> None:
    whole = {
        "name": "",
        "sort": "due",
        "state": "open",
        "also": [],
        "text": "",
        "estate": "",
        "block": "",
        "area": "",
    }
    store.remember(f"repairs_left:{MANAGER.staff_id}", whole | kept if kept else {})
    assert repair_views.left(store) == View("")
