"""What is told on the spot: faults as plain lines that are read again, photos by room, what to say now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.build import a_home, a_tenancy
from tests.conftest import Let
from tests.fakes import FakeClock
from tests.landlord import a_picture
from watmos_desktop.models.tables import Attachment, Block, Clock, HazardCase, Repair, Visit
from watmos_desktop.services import (
    attachments,
    guide,
    visit_after,
    visit_faults,
    visit_follow_ups,
    visit_form,
    visit_outcomes,
    visit_photos,
    visit_saying,
    visit_walk,
    visit_walk_view,
    visits,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.visit_faults import Fault
from watmos_desktop.services.visit_form import Given
from watmos_desktop.services.visits import VisitDraft

ROOMS = [one.words for one in visit_faults.rooms(visit_form.load())]
TITLES = [
    (thing.key, fault.key)
    for thing in guide.load().fixtures.values()
    if not thing.shared
    for fault in thing.symptoms
]
words = st.text(
    st.characters(blacklist_categories=("C", "Z"), blacklist_characters="·"), min_size=1, max_size=30
)
faults = st.builds(
    lambda keys, room, note: visit_faults.of_guide(keys[0], keys[1], room, note),
    st.sampled_from(TITLES),
    st.sampled_from(["", *ROOMS]),
    st.sampled_from(["", "since Monday"]),
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(faults | st.builds(visit_faults.in_own_words, words, st.sampled_from(["", *ROOMS])), max_size=5)
)
def test_what_is_written_is_read_again(told: list[Fault]) -> None:
    assert visit_faults.read(visit_faults.written(told), ROOMS) == tuple(told)


def test_small_words_are_no_hindrance() -> None:
    assert visit_faults.find("the tap drips")[0][:2] == ("tap", "dripping")
    assert visit_faults.find("wobbly thing") == []


def test_each_fault_is_a_repair_and_a_room_named_by_it_is_not_one_more() -> None:
    form = visit_form.load()
    told = [visit_faults.of_guide("tap", "dripping", "Kitchen"), visit_faults.in_own_words("The shelf fell")]
    answers = {
        ("rooms", ""): Given(("some",)),
        ("rooms_poor", ""): Given(("kitchen", "bathroom")),
        ("room_state", "kitchen"): Given(("repair",)),
        ("room_state", "bathroom"): Given(("repair",)),
        ("repairs", ""): Given(("yes",)),
        ("repairs_what", ""): Given((visit_faults.written(told),)),
    }
    found = {one.key: one for one in visit_outcomes.found(form, answers)}
    assert set(found) == {"room_state:bathroom", "repairs_what", "repairs_what=2"}
    tap, shelf = found["repairs_what"], found["repairs_what=2"]
    assert (tap.outcome.fixture, tap.outcome.symptom, tap.words) == ("tap", "dripping", "Tap: drips: Kitchen")
    assert (shelf.outcome.fixture, shelf.words) == ("other", "The shelf fell")


@pytest.fixture
def visit(let: Let) -> UUID:
    let.store.actor = let.landlord.officer
    with let.store.write("a visit", undoable=False) as session:
        home = a_home(session, session.get(Block, let.landlord.block_id))
        a_tenancy(session, home, started_on=date(2023, 11, 2))
        made = visits.arrange(session, VisitDraft(home.id))
        visit_walk.start(session, made)
        return made


def test_photos_by_room_are_counted_and_moved_for_who_may_know(let: Let, visit: UUID) -> None:
    photo = attachments.store(let.store.blobs, a_picture())
    with let.store.write("photos") as session:
        visit_photos.add(session, visit, photo, "room_state", "kitchen")
        second = visit_photos.add(session, visit, photo, "damp")
        for key in ("safety", "identity"):  # kept apart; seen, never copied
            with pytest.raises(Told, match="No photo here"):
                visit_photos.add(session, visit, photo, key)
        with pytest.raises(Told, match="no room"):
            visit_photos.add(session, visit, photo, "damp", "cellar")
        cards = visit_photos.of(session, visit)
        assert visit_photos.words(visit_form.load(), cards) == "2 photos: 1 of Kitchen, 1 of the home"
        visit_photos.move(session, visit, second, "bathroom")
        assert [one.item_key for one in visit_photos.of(session, visit)] == ["kitchen", "bathroom"]
    elsewhere = replace(let.landlord.officer, estates=frozenset(), blocks=frozenset())
    for actor, error in ((let.landlord.ambassador, NotAllowed), (elsewhere, NotFound)):
        let.store.actor = actor
        with let.store.read() as session, pytest.raises(error):
            visit_photos.of(session, visit)


def test_the_law_counts_from_when_it_was_seen(let: Let, visit: UUID, clock: FakeClock) -> None:
    with let.store.write("damp") as session:
        visit_walk.answer(session, visit, "damp", ["some"])
    clock.set(clock.now() + timedelta(days=3))
    with let.store.write("where") as session:
        visit_walk.answer(session, visit, "damp_where", ["bedroom"])
        (said,) = visit_saying.after(session, visit, ("damp", ""))
        (proposed,) = visit_after.proposals(session, visit)
    assert said.since.startswith("Seen 23 Nov 2026") and "Monday 7 December 2026" in said.promise
    assert proposed.by == date(2026, 12, 7)


def test_the_law_counts_from_the_day_on_which_we_were_told(let: Let, visit: UUID, clock: FakeClock) -> None:
    """Told on 12 November, seen on the 23rd: the ten working days are over in three, and it is said and kept so."""
    told = {"damp": "some", "damp_where": "bedroom", "damp_told": "yes", "damp_told_on": "2026-11-12"}
    with let.store.write("damp", undoable=False) as session:
        for key, value in told.items():
            visit_walk.answer(session, visit, key, [value])
        with pytest.raises(Told, match="still to come"):
            visit_walk.answer(session, visit, "damp_told_on", ["2026-11-24"])
        (said,) = visit_saying.after(session, visit, ("damp_told_on", ""))
        assert said.since == "Told 12 Nov 2026: the law's clock counts from then."
        assert "We look into the hazard by Thursday 26 November 2026" in said.promise
        visit_walk.answer(session, visit, "damp_told_on", ["2026-11-02"])
        (late,) = visit_after.proposals(session, visit)
        assert "We should have looked into the hazard by Monday 16 November 2026" in late.promise
        visit_walk.answer(session, visit, "damp_told_on", ["2026-11-12"])
        while missing := visit_walk_view.load(session, visit).missing:
            question = missing[0].question
            visit_walk.answer(session, visit, question.key, [question.options[0].key], missing[0].room)
        for consent in visit_form.load().consents:
            visit_walk.consent(session, visit, consent.key, given=False)
        visit_walk.complete(session, visit, "Would rather not")
        home_id = session.get_one(Visit, visit).home_id
        (case,) = session.scalars(select(HazardCase).where(HazardCase.home_id == home_id))
        (law,) = (
            one
            for one in session.scalars(select(Clock).where(Clock.owner_id == case.id))
            if not one.stopped_at
        )
        repair = session.get_one(Repair, case.repair_id)
        assert case.aware_at == law.started_at == datetime(2026, 11, 12, tzinfo=LONDON)
        assert law.due_at.astimezone(LONDON).date() == date(2026, 11, 26)
        assert repair.reported_at == clock.now()  # its promise was given today
        (came,) = visit_follow_ups.of_visit(session, visit)
        assert came.promised_on == date(2026, 11, 26)


@pytest.mark.parametrize("agreed", [True, False])
def test_photos_are_sealed_and_shown_with_the_repair_of_their_room_or_gone(
    let: Let, visit: UUID, *, agreed: bool
) -> None:
    photo = attachments.store(let.store.blobs, a_picture())
    with let.store.write("photos", undoable=False) as session:
        visit_photos.add(session, visit, photo, "rooms", "kitchen")
        found = {"repairs": "yes", "repairs_what": visit_faults.of_guide("tap", "dripping", "Kitchen").line}
        while missing := visit_walk_view.load(session, visit).missing:
            question = missing[0].question
            answer = found.get(question.key) or question.options[0].key
            visit_walk.answer(session, visit, question.key, [answer], missing[0].room)
        for consent in visit_form.load().consents:
            visit_walk.consent(session, visit, consent.key, agreed)
        visit_walk.complete(session, visit, "Would rather not")
        (repair,) = session.scalars(select(Repair).where(Repair.fixture == "tap"))
        shown = attachments.of(session, [repair.id]).get(repair.id, [])
        assert len(shown) == len(visit_photos.of(session, visit)) == int(agreed)
        assert visit_walk.intact(session, visit)
    with let.store.write("gone", undoable=False) as session:
        for row in session.scalars(select(Attachment).where(Attachment.owner_id == visit)):
            row.deleted = True
        assert visit_walk.intact(session, visit) is not agreed  # the seal holds the photos too
