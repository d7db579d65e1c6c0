"""Who visits, when and in which languages: leave and half days are kept by the plan, which is made anew around them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.build import a_person, a_tenancy, an_actor
from tests.services.test_visits_planning import Team, proposal
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import HouseholdMember, Leave, Tenancy
from watmos_desktop.services import visit_needs, visit_officers, visits, visits_planning
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.visit_officers import Away, Kept, LeaveDraft, OfficerCard

MON, TUE, FRI = date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 4)
SOON, END = date(2026, 11, 23), date(2026, 11, 27)


def keep(store: Store, draft: LeaveDraft) -> Kept:
    with store.write("kept a leave") as session:
        return visit_officers.add_leave(session, draft)


def card(store: Store, staff_id: UUID) -> OfficerCard:
    with store.read() as session:
        return next(one for one in visit_officers.team(session) if one.id == staff_id)


def test_leave_is_said_with_the_visits_in_it_planned_around_and_taken_back(store: Store) -> None:
    team = Team(store)
    with store.write("accepted") as session:
        visits_planning.accept(session, proposal(store))
    with store.read() as session:
        planned = visits.between(session, SOON, END)
    who = planned[0].officer_id
    assert who is not None and planned[0].planned_on == SOON
    late = {
        one.id
        for one in planned
        if who in (one.officer_id, one.second_id) and (one.planned_on != SOON or one.start >= "12:30")
    }
    kept = keep(store, LeaveDraft(who, SOON, END, from_noon=True))
    assert late and kept.visits == len(late) and "plan again" in kept.words
    assert [one.words for one in card(store, who).leave] == ["Mon 23 Nov, from noon, to Fri 27 Nov"]
    with store.read() as session:
        said = visits_planning.conflicts(session, visits.between(session, SOON, END))
    assert {key for key, words in said.items() if any("is on leave" in one for one in words)} == late
    again = [one for one in proposal(store).visits if SOON <= one.day <= END and one.officer_id == who]
    assert all(one.day == SOON and one.end <= "12:30" for one in again)
    with store.write("taken back") as session:
        visit_officers.remove_leave(session, kept.id)
    assert not card(store, team.shah).leave + card(store, team.staff[1].id).leave


def test_half_days_and_languages_are_inputs_of_the_plan(store: Store) -> None:
    team = Team(store)
    shah, reid = (one.id for one in team.staff)
    with store.write("languages") as session:
        for home, language in ((team.homes[0], "polish "), (team.homes[1], "Welsh")):
            tenancy = session.query(Tenancy).where(Tenancy.home_id == home.id).one()
            person = a_person(session, "Ewa Lis")
            person.language = language
            session.add(HouseholdMember(tenancy_id=tenancy.id, person_id=person.id, tenant=True))
        visit_officers.save_hours(
            session, reid, ["tue_am", "wed_am", "wed_pm"], ["Polish", "polish", "English"]
        )
    shown = card(store, reid)
    assert (shown.hours, shown.languages) == ("Tue morning, Wed", ("Polish",))
    assert card(store, shah).hours == "Every working day"
    made = {one.home_id: one for one in proposal(store).visits}
    theirs = [one for one in made.values() if one.officer_id == reid]
    assert theirs and all(one.day.weekday() in (1, 2) for one in theirs)
    assert all(one.end <= "12:30" for one in theirs if one.day.weekday() == 1)
    assert made[team.homes[0].id].officer_id == reid
    assert "L. Reid speaks Polish" in made[team.homes[0].id].why
    assert "Nobody there speaks Welsh: book an interpreter" in made[team.homes[1].id].why
    with store.write("an English speaker too") as session:
        tenancy = session.query(Tenancy).where(Tenancy.home_id == team.homes[0].id).one()
        session.add(
            HouseholdMember(tenancy_id=tenancy.id, person_id=a_person(session, "Al Lis").id, tenant=True)
        )
        assert visit_needs.languages(session, {one.id for one in team.homes}) == {team.homes[1].id: "Welsh"}
        visit_officers.save_hours(session, reid, [], [])
    assert card(store, reid).hours == "Every working day"


@pytest.mark.parametrize(
    ("first", "last", "halves", "field"),
    [
        (FRI, MON, (False, False), "ends_on"),
        (MON, MON, (True, True), "ends_on"),
        (date(2026, 11, 2), date(2026, 11, 6), (False, False), "ends_on"),
        (MON, date(2028, 1, 3), (False, False), "ends_on"),
        (TUE, FRI, (False, False), "starts_on"),
    ],
)
def test_a_leave_that_cannot_be_is_told_at_its_field(
    store: Store, first: date, last: date, halves: tuple[bool, bool], field: str
) -> None:
    team = Team(store)
    keep(store, LeaveDraft(team.shah, MON, TUE, until_noon=True))
    keep(store, LeaveDraft(team.shah, TUE, TUE, from_noon=True))  # the other half of that day is free
    with pytest.raises(Told) as told:
        keep(store, LeaveDraft(team.shah, first, last, *halves))
    assert told.value.field == field


def test_only_officers_and_only_by_who_plans(store: Store) -> None:
    team = Team(store)
    with store.write("somebody else", undoable=False) as session:
        home = team.homes[2]
        a_tenancy(session, home, started_on=date(2020, 1, 1))
    with pytest.raises(NotFound):
        keep(store, LeaveDraft(team.homes[0].id, MON, MON))
    with pytest.raises(Told, match="half day"), store.write("hours") as session:
        visit_officers.save_hours(session, team.shah, ["sat_am"], [])
    store.actor = an_actor(Role.CARETAKER, team.staff[0])
    with pytest.raises(NotAllowed):
        keep(store, LeaveDraft(team.shah, MON, MON))
    with pytest.raises(NotAllowed), store.read() as session:
        visit_officers.team(session)


@given(st.dates(MON, FRI), st.integers(0, 4), st.booleans(), st.booleans())
@settings(max_examples=40)
def test_a_leave_takes_every_half_day_between_its_ends(
    first: date, more: int, noon: bool, until: bool
) -> None:
    last = date.fromordinal(first.toordinal() + more)
    away = Away(Leave(id=None).id, first, last, noon, until)
    halves = sum(
        len(list(away.halves(date.fromordinal(n))))
        for n in range(first.toordinal() - 2, last.toordinal() + 3)
    )
    assert halves == 2 * (more + 1) - noon - until
