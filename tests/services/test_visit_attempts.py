"""A door that nobody opens: every try kept, the ladder climbed rung by rung, the three years never moved (H2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.build import a_home, a_tenancy
from tests.conftest import Let
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.kinds import Channel, VisitKind
from watmos_desktop.models.tables import Block, Leave
from watmos_desktop.services import (
    history,
    visit_attempts,
    visit_ladder,
    visit_needs,
    visits,
    visits_due,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.reports import access_card, collect_visits
from watmos_desktop.services.visit_attempts import TryDraft
from watmos_desktop.services.visit_ladder import Try
from watmos_desktop.services.visit_needs import Needs
from watmos_desktop.services.visits import Slot, VisitDraft
from watmos_desktop.services.visits_due import DueVisit

RUNGS = [rung.key for rung in visit_ladder.load().rungs]


@pytest.fixture
def doors(let: Let) -> list[UUID]:
    """Four homes of a block, due on different days, and the officer at work."""
    with let.store.write("homes", undoable=False) as session:
        block = session.get(Block, let.landlord.block_id)
        homes = [a_home(session, block) for _ in range(4)]
        for n, home in enumerate(homes):
            a_tenancy(session, home, started_on=date(2023, 12, 1 + n))
    let.store.actor = let.landlord.officer
    return [home.id for home in homes]


def due_of(let: Let, home_id: UUID) -> DueVisit:
    with let.store.read() as session:
        return visits_due.of_home(session, home_id)[0]


def tried(let: Let, home_id: UUID, draft: TryDraft | None = None) -> visit_attempts.NoAnswer:
    due = due_of(let, home_id)
    with let.store.write("nobody answered") as session:
        return visit_attempts.record(session, due, draft or TryDraft())


def test_every_rung_is_climbed_and_no_clock_is_reset(let: Let, doors: list[UUID], clock: FakeClock) -> None:
    before = due_of(let, doors[0])
    steps = [
        (0, 10, Channel.DOOR, "other_time"),
        (1, 15, Channel.DOOR, "call"),
        (2, 10, Channel.PHONE, "door_again"),
        (5, 10, Channel.DOOR, "letter"),
        (6, 10, Channel.LETTER, "tenancy"),
        (16, 10, Channel.DOOR, "tenancy"),
    ]
    start, all_done = clock.now(), []
    for days, hour, how, expected in steps:
        clock.set((start + timedelta(days=days)).replace(hour=hour, minute=50))
        done = tried(let, doors[0], TryDraft(how))
        assert done.next.rung.key == expected
        after = due_of(let, doors[0])
        assert (after.due_on, after.last_seen) == (before.due_on, before.last_seen)
        assert (done.due_on, done.visit_id) == (before.due_on, after.visit_id)
        all_done.append(done)
    done = all_done[-1]
    assert done.count == 6 and done.next.slot is None
    assert done.words.startswith(
        "Nobody answered, 6 times now. Still due 1 Dec 2026. Next: Every way was tried"
    )
    with let.store.read() as session:
        detail = visits.get(session, done.visit_id)
        ladder = visit_attempts.ladder(session, done.visit_id)
    assert [one.next for one in ladder] == [False] * 5 + [True] and all(one.done_at for one in ladder[:5])
    assert ladder[0].said.endswith("Done 23 Nov 2026, 10:50") and ladder[-1].said.startswith(
        "Next: Every way"
    )
    assert [one.words.split(",")[0] for one in detail.attempts][2:5] == [
        "Rang in vain",
        "Nobody answered",
        "Wrote a letter",
    ]
    assert detail.attempts[0].card_left and not detail.attempts[2].card_left


def test_the_next_day_is_one_when_a_neighbour_is_visited(let: Let, doors: list[UUID]) -> None:
    officer = let.landlord.officer.staff_id
    assert officer is not None
    with let.store.write("a neighbour's visit") as session:
        slot = Slot(officer, date(2026, 11, 27), "09:30", "11:30")
        visits.arrange(session, VisitDraft(doors[1], slot=slot))
        visits.arrange(session, VisitDraft(doors[2], slot=slot))
    with let.store.read() as session:
        ahead = visit_attempts.after_a_knock(session, due_of(let, doors[0]))
    assert ahead.rung.key == "other_time" and ahead.slot is not None
    assert ahead.slot.day == date(2026, 11, 27) and ahead.slot.start == "14:30"  # it was the morning
    assert "and 1 more in the same block that day" in ahead.slot.why
    done = tried(let, doors[0], TryDraft(again=ahead.slot))
    assert "Booked: Fri 27 Nov, 14:30 to 16:30." in done.words
    with let.store.read() as session:
        booked = visits.get(session, done.visit_id).card
        said = access_card.render(collect_visits.access_card(session, done.visit_id))
        card = collect_visits.access_card(session, done.visit_id)
        action = history.last(session)
    assert booked.planned_on == date(2026, 11, 27) and booked.pinned
    assert card.called == "Monday 23 November 2026 at 10:42" and card.proposed == "Fri 27 Nov, 14:30 to 16:30"
    assert said.startswith(b"%PDF") and card.about == "visit_card"
    assert action is not None
    history.undo(let.store, action)
    assert due_of(let, doors[0]).visit_id is None  # the visit it arranged went with it


def test_leave_full_days_and_times_that_suit_are_kept(let: Let, doors: list[UUID]) -> None:
    officer = let.landlord.officer.staff_id
    assert officer is not None
    with let.store.write("needs and leave") as session:
        visit_needs.save(session, doors[0], Needs(times=("wed_am", "thu_am")))
        session.add(Leave(staff_id=officer, starts_on=date(2026, 11, 25), ends_on=date(2026, 11, 25)))
        for n in range(8):
            draft = VisitDraft(doors[1 + n % 3], VisitKind.REQUESTED, asked="x")
            visits.plan(session, visits.arrange(session, draft), Slot(officer, date(2026, 11, 26)))
            visits.plan(session, visits.arrange(session, draft), Slot(officer, date(2026, 11, 26)))
    with let.store.read() as session:
        slot = visit_attempts.after_a_knock(session, due_of(let, doors[0])).slot
    assert slot is not None and slot.day == date(2026, 12, 2) and slot.start == "09:30"
    assert "a time that suits them" in slot.why


def test_where_nobody_is_planned_it_says_who_else_is_due(let: Let, doors: list[UUID]) -> None:
    with let.store.read() as session:
        slot = visit_attempts.after_a_knock(session, due_of(let, doors[0])).slot
    assert slot is not None and "more homes of Lindley House A could be seen with it" in slot.why


def test_what_is_refused(let: Let, doors: list[UUID], clock: FakeClock) -> None:
    for draft, field in (
        (TryDraft(tried_at=clock.now() + timedelta(minutes=5)), "time"),
        (TryDraft(Channel.CARD), "how"),
        (TryDraft(note="x" * 5000), "note"),
    ):
        with pytest.raises(Told) as told:
            tried(let, doors[0], draft)
        assert told.value.field == field
    done = tried(let, doors[0])
    with let.store.write("cancelled") as session:
        visits.cancel(session, done.visit_id, "They moved")
    due = due_of(let, doors[0])
    assert due.visit_id is None  # cancelled: the next try arranges another
    let.store.actor = let.landlord.caretaker
    with pytest.raises(NotAllowed), let.store.write("x") as session:
        visit_attempts.record(session, due, TryDraft())


_TRIES = st.lists(
    st.builds(
        lambda days, hour, how: Try(datetime(2026, 11, 23, hour, tzinfo=LONDON) + timedelta(days=days), how),
        st.integers(0, 60),
        st.integers(8, 19),
        st.sampled_from(visit_attempts.WAYS),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(_TRIES, _TRIES)
def test_the_ladder_goes_up_by_one_and_never_down(some: list[Try], more: list[Try]) -> None:
    ordered = sorted([*some, *more], key=lambda one: one.at)
    done: frozenset[str] = frozenset()
    for n in range(len(ordered) + 1):
        now = visit_ladder.climbed(ordered[:n])
        assert done <= now and len(now) - len(done) <= 1
        assert "tenancy" not in now
        if visit_ladder.next_rung(ordered[:n]).key == "tenancy":
            knocks = [one for one in ordered[:n] if one.how is Channel.DOOR]
            assert len({visit_ladder.part_of(one.at) for one in knocks}) == 2  # two times of the day
            assert {Channel.DOOR, Channel.LETTER} <= {one.how for one in ordered[:n]}  # several ways
            assert len(knocks) >= 3
        done = now


def test_the_rungs_are_data_in_order() -> None:
    assert RUNGS == ["door", "other_time", "call", "door_again", "letter", "tenancy"]
    assert visit_ladder.part_of(NOW) == "am"
