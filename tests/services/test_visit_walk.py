"""A visit at the door: saved as it is given, resumed where it stopped, sealed whole; only that resets H2."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.build import a_home, a_person, a_staff, a_tenancy, an_actor
from tests.conftest import Let
from tests.fakes import FakeClock
from tests.services.test_visit_form import answered
from watmos_desktop.models.kinds import FollowUpKind, Role, VisitStatus
from watmos_desktop.models.tables import Block, Estate, Home, Visit, VisitAnswer, VisitFollowUp
from watmos_desktop.services import (
    history,
    visit_form,
    visit_walk,
    visit_walk_view,
    visits,
    visits_due,
)
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.visit_walk_view import DoorWalk
from watmos_desktop.services.visits import Slot, VisitDraft

WHISPER = "told"


@pytest.fixture
def door(let: Let) -> UUID:
    """A visit to a home that was last let in December 2023."""
    let.store.actor = let.landlord.officer
    with let.store.write("a home", undoable=False) as session:
        home = a_home(session, session.get(Block, let.landlord.block_id))
        a_tenancy(session, home, a_person(session, "Ada Okafor"), started_on=date(2023, 12, 1))
        return visits.arrange(session, VisitDraft(home.id))


def does(let: Let, change: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
    with let.store.write(change.__name__) as session:
        return change(session, *args, **keywords)


def seen(let: Let, visit_id: UUID) -> DoorWalk:
    with let.store.read() as session:
        return visit_walk_view.load(session, visit_id)


def card(let: Let, visit_id: UUID) -> visits.VisitCard:
    with let.store.read() as session:
        return visits.get(session, visit_id).card


def rest(let: Let, visit_id: UUID, pick: int = 0) -> None:
    """Answer all that is still asked, and every consent."""
    while missing := seen(let, visit_id).missing:
        step = missing[0]
        does(let, visit_walk.answer, visit_id, step.question.key, answered(step, pick).values, step.room)
    for one in visit_form.load().consents:
        does(let, visit_walk.consent, visit_id, one.key, one.key != "voice")


def test_made_on_another_day_it_stands_in_the_week_on_that_day(
    let: Let, door: UUID, clock: FakeClock
) -> None:
    officer = let.landlord.officer.staff_id
    assert officer is not None
    does(let, visits.plan, door, Slot(officer, date(2026, 11, 25), "09:30", "11:30"))
    does(let, visit_walk.start, door)
    clock.set(clock.now() + timedelta(days=1))
    rest(let, door)
    does(let, visit_walk.complete, door, "Would rather not")
    done = card(let, door)
    assert (done.planned_on, done.start) == (date(2026, 11, 24), "")
    with let.store.read() as session:
        shown = visits.between(session, date(2026, 11, 24), date(2026, 11, 24))
    assert [one.id for one in shown] == [door]


def test_a_visit_is_begun_cut_off_resumed_and_sealed(let: Let, door: UUID, clock: FakeClock) -> None:
    with let.store.read() as session:
        (before,) = visits_due.of_home(session, card(let, door).home_id)
    with pytest.raises(Told, match="not under way"):
        does(let, visit_walk.answer, door, "seen", ["tenant"])
    does(let, visit_walk.start, door)
    does(let, visit_walk.start, door)  # twice is once
    assert seen(let, door).status is VisitStatus.UNDER_WAY
    assert card(let, door).officer_id == let.landlord.officer.staff_id
    does(let, visit_walk.answer, door, "seen", ["tenant"])
    does(let, visit_walk.move, door, "damp")
    walk = seen(let, door)
    assert walk.resumes is not None and walk.resumes.question.key == "damp"
    assert walk.tenants == ("Ada Okafor",)
    does(let, visit_walk.answer, door, "damp", ["some"])
    now = seen(let, door).resumes
    assert now is not None and now.question.key == "identity"  # the first without an answer
    does(let, visit_walk.answer, door, "damp_where", ["kitchen", "bathroom"])
    clock.set(clock.now() + timedelta(minutes=40))
    with pytest.raises(Told) as told:
        does(let, visit_walk.complete, door)
    assert told.value.field == "identity"
    rest(let, door)
    with pytest.raises(Told) as told:
        does(let, visit_walk.complete, door)
    assert told.value.field == "signature"
    does(let, visit_walk.sign, door, "Ada Okafor", (((0.1, 0.2), (0.3, 0.4)),))
    assert any("hazard case" in words for words in seen(let, door).to_do)
    does(let, visit_walk.complete, door)
    done = card(let, door)
    assert done.completed_at == clock.now() and done.status is VisitStatus.COMPLETED
    with let.store.read() as session:
        (after,) = visits_due.of_home(session, done.home_id)
        assert visit_walk.intact(session, door)
        assert history.last(session) is None  # sealed: nothing before it is taken back
    assert before.due_on == date(2026, 12, 1) and after.due_on == date(2029, 11, 23)
    for change, args in (
        (visit_walk.answer, ("seen", ["joint"])),
        (visit_walk.consent, ("voice", True)),
        (visit_walk.put_off, ()),
        (visit_walk.start, ()),
    ):
        with pytest.raises(Told, match="is done"):
            does(let, change, door, *args)
    with let.store.write("tampered", undoable=False) as session:
        row = session.scalars(select(VisitAnswer).where(VisitAnswer.key == "damp")).one()
        row.value = ["none"]
    with let.store.read() as session:
        assert not visit_walk.intact(session, door)


def test_the_rest_another_day_keeps_the_answers_and_resets_nothing(let: Let, door: UUID) -> None:
    does(let, visit_walk.start, door)
    does(let, visit_walk.answer, door, "seen", ["household"])
    does(let, visit_walk.put_off, door)
    assert card(let, door).status is VisitStatus.PLANNED
    with let.store.read() as session:
        (due,) = visits_due.of_home(session, card(let, door).home_id)
    assert due.due_on == date(2026, 12, 1) and due.visit_id == door
    does(let, visit_walk.start, door)
    assert seen(let, door).answers["seen", ""].values == ("household",)


def test_same_as_last_time_counts_only_when_it_is_confirmed(let: Let, door: UUID, clock: FakeClock) -> None:
    does(let, visit_walk.start, door)
    with pytest.raises(Told, match="no answer of last time"):
        does(let, visit_walk.same_as_last, door, "pets")
    does(let, visit_walk.answer, door, "pets", ["agreed"])
    rest(let, door)
    does(let, visit_walk.complete, door, "Did not want to")
    clock.set(clock.now() + timedelta(days=900))
    again = does(let, visits.arrange, VisitDraft(card(let, door).home_id))
    does(let, visit_walk.start, again)
    walk = seen(let, again)
    assert walk.before["pets", ""].values == ("agreed",) and ("pets", "") not in walk.answers
    assert ("smoke", "") not in walk.before  # tested anew each time
    with pytest.raises(Told):
        does(let, visit_walk.same_as_last, again, "smoke")
    does(let, visit_walk.same_as_last, again, "pets")
    now = seen(let, again).answers["pets", ""]
    assert now.same and now.values == ("agreed",)
    with let.store.write("somebody else moved in", undoable=False) as session:
        other = session.get(Visit, again)
        assert other is not None
        home = session.get(Home, other.home_id)
        assert home is not None
        other.tenancy_id = a_tenancy(session, home).id
    assert not seen(let, again).before


def test_skipped_with_a_reason_and_refused_at_its_field(let: Let, door: UUID) -> None:
    does(let, visit_walk.start, door)
    for change, args, field in (
        (visit_walk.skip, ("money", " "), "reason"),
        (visit_walk.answer, ("money", ["plenty"]), "value"),
        (visit_walk.answer, ("money", []), "value"),
        (visit_walk.answer, ("money", ["fine", "short"]), "value"),
        (visit_walk.sign, (" ",), "signature"),
    ):
        with pytest.raises(Told) as told:
            does(let, change, door, *args)
        assert told.value.field == field
    does(let, visit_walk.answer, door, "money", ["short"])
    does(let, visit_walk.skip, door, "money", "Did not want to say")
    given = seen(let, door).answers["money", ""]
    assert given.values == () and given.skipped == "Did not want to say"
    assert ("money_what", "") not in {step.key for step in seen(let, door).steps}
    for key in ("damp_where", "nothing"):  # not asked now; not there at all
        with pytest.raises(NotFound):
            does(let, visit_walk.answer, door, key, ["kitchen"])
    with pytest.raises(NotFound):
        does(let, visit_walk.consent, door, "everything", True)
    rest(let, door)
    does(let, visit_walk.consent, door, "voice", True)
    assert seen(let, door).consents["voice"] is True  # the newer answer holds


def test_what_is_whispered_is_kept_apart(let: Let, door: UUID) -> None:
    does(let, visit_walk.start, door)
    does(let, visit_walk.answer, door, "safety", [WHISPER])
    with let.store.read() as session:
        said = session.scalars(select(VisitAnswer).where(VisitAnswer.key == "safety")).one()
        apart = session.scalars(select(VisitFollowUp).where(~VisitFollowUp.deleted)).one()
        estate = session.get(Estate, let.landlord.estate_id)
        assert estate is not None
    assert said.value == ["asked"] and apart.kind is FollowUpKind.SAFEGUARDING
    mine = seen(let, door)
    assert mine.answers["safety", ""].values == (WHISPER,) and mine.worry
    with let.store.write("a colleague", undoable=False) as session:
        staff = a_staff(session, Role.TENANCY_OFFICER, "L. Reid", estates=[estate])
    let.store.actor = an_actor(Role.TENANCY_OFFICER, staff, estates=[estate])
    theirs = seen(let, door)
    assert theirs.answers["safety", ""].values == ("asked",) and not theirs.worry
    with pytest.raises(Told, match="who makes this visit"):
        does(let, visit_walk.answer, door, "safety", ["no"])
    with pytest.raises(Told, match="who makes this visit"):
        does(let, visit_walk.skip, door, "safety", "x")
    let.store.actor = let.landlord.officer
    does(let, visit_walk.answer, door, "safety", ["no"])
    assert not seen(let, door).worry and seen(let, door).answers["safety", ""].values == ("no",)


def test_what_was_said_in_own_words_is_kept_apart_with_the_answer(let: Let, door: UUID) -> None:
    does(let, visit_walk.start, door)
    does(let, visit_walk.answer, door, "safety", ["told", "QUAIL he hits me"])
    assert seen(let, door).answers["safety", ""].values == ("told", "QUAIL he hits me")
    with let.store.read() as session:
        apart = session.scalars(select(VisitFollowUp).where(~VisitFollowUp.deleted)).all()
        assert {one.text for one in apart} == {"They told me", "QUAIL he hits me"}
        assert all(one.kind is FollowUpKind.SAFEGUARDING for one in apart)
        assert [one.value for one in session.scalars(select(VisitAnswer))] == [["asked"]]
    does(let, visit_walk.answer, door, "safety", ["worry"])
    assert seen(let, door).answers["safety", ""].values == ("worry",)
    does(let, visit_walk.answer, door, "safety", ["no"])
    with let.store.read() as session:
        assert not session.scalars(select(VisitFollowUp).where(~VisitFollowUp.deleted)).all()


def test_who_may_not_visit(let: Let, door: UUID) -> None:
    let.store.actor = let.landlord.caretaker
    with pytest.raises(NotAllowed):
        does(let, visit_walk.start, door)
    with pytest.raises(NotAllowed), let.store.read() as session:
        visit_walk_view.load(session, door)
