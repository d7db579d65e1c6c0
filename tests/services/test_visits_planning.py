"""A fortnight planned: proposed first, saved at once, taken back; pins, leave and two-person visits are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from tests.build import a_block, a_home, a_staff, a_tenancy, an_actor, an_estate
from tests.fakes import NOW
from watmos_desktop.models.kinds import Role, TenancyKind, VisitKind, VisitStatus
from watmos_desktop.models.tables import Leave, Visit
from watmos_desktop.services import (
    history,
    visit_needs,
    visits,
    visits_due,
    visits_forecast,
    visits_planning,
)
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.visit_needs import Needs
from watmos_desktop.services.visits import Slot, VisitDraft
from watmos_desktop.services.visits_planning import Ask, Proposal


class Team:
    """Two officers of one estate with two blocks, and twelve homes that are late or due soon."""

    def __init__(self, store: Store) -> None:
        with store.write("a team", undoable=False) as session:
            estate = an_estate(session)
            blocks = [a_block(session, estate, name=f"House {letter}") for letter in "AB"]
            self.homes = [a_home(session, blocks[n % 2]) for n in range(12)]
            for n, home in enumerate(self.homes):
                a_tenancy(session, home, started_on=date(2023, 11, 16 + n))
            self.starter = a_home(session, blocks[0])
            a_tenancy(session, self.starter, started_on=date(2026, 10, 15), kind=TenancyKind.STARTER)
            self.staff = [
                a_staff(session, Role.TENANCY_OFFICER, name, estates=[estate])
                for name in ("P. Shah", "L. Reid")
            ]
            self.actor = an_actor(Role.TENANCY_OFFICER, self.staff[0], estates=[estate])
        store.actor = self.actor

    @property
    def shah(self) -> UUID:
        return self.staff[0].id


def proposal(store: Store, ask: Ask | None = None) -> Proposal:
    with store.read() as session:
        prepared = visits_planning.prepare(session, ask or Ask())
    return visits_planning.propose(prepared)


def test_a_fortnight_is_proposed_saved_at_once_and_taken_back(store: Store) -> None:
    team = Team(store)
    made = proposal(store)
    assert (made.first, made.last) == (date(2026, 11, 23), date(2026, 12, 4))
    assert {one.home_id for one in made.visits} == {home.id for home in [*team.homes, team.starter]}
    assert made.left == 0 and made.trips <= 4
    review = next(one for one in made.visits if one.home_id == team.starter.id)
    assert review.day == date(2026, 11, 26) and "On its review date" in review.why
    assert all(one.why for one in made.visits)
    with store.read() as session:
        assert not visits.between(session, made.first, made.last)  # nothing is saved yet
    with store.write("accepted a plan") as session:
        assert visits_planning.accept(session, made) == 13
    with store.read() as session:
        cards = visits.between(session, made.first, made.last)
        assert len(cards) == 13 and all(card.reference.startswith("V-") for card in cards)
        said = visits_planning.conflicts(session, cards)
        late = {
            one.id
            for one in cards
            if one.due_on and one.planned_on and one.planned_on > one.due_on >= made.first
        }
        assert set(said) == late
        assert visits_due.count(session, visits_due.Filter("mine")) > 0
        action = history.last(session)
    assert action is not None
    history.undo(store, action)
    with store.read() as session:
        assert not visits.between(session, made.first, made.last)


def test_pins_needs_and_leave_are_kept(store: Store) -> None:
    team = Team(store)
    with store.write("needs") as session:
        visit_needs.save(session, team.homes[3].id, Needs(("wed_pm",)))
        visit_needs.save(session, team.homes[4].id, Needs(two_people=True))
        slot = Slot(team.shah, date(2026, 12, 2), "14:00", "16:00", pinned=True)
        pinned = visits.arrange(session, VisitDraft(team.homes[0].id, slot=slot))
        session.add(Leave(staff_id=team.shah, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 27)))
    made = proposal(store)
    by_home = {one.home_id: one for one in made.visits}
    kept = by_home[team.homes[0].id]
    assert (kept.visit_id, kept.day, kept.start, kept.pinned) == (pinned, date(2026, 12, 2), "14:00", True)
    suits = by_home[team.homes[3].id]
    assert suits.day.weekday() == 2 and suits.end > "12:30" and "suit them" in suits.why
    assert by_home[team.homes[4].id].second_id is not None
    away = [one for one in made.visits if one.day <= date(2026, 11, 27)]
    assert away and all(team.shah not in (one.officer_id, one.second_id) for one in away)
    with store.write("accepted") as session:
        visits_planning.accept(session, made)
    with store.write("moved") as session:
        visits.move(session, pinned, date(2026, 11, 24))
    with store.read() as session:
        cards = visits.week(session, date(2026, 11, 23))
        assert visits_planning.conflicts(session, cards)[pinned] == ("P. Shah is on leave",)


def test_a_plan_that_was_overtaken_saves_nothing(store: Store) -> None:
    team = Team(store)
    with store.write("arranged") as session:
        visit_id = visits.arrange(session, VisitDraft(team.homes[5].id))
    made = proposal(store)
    with store.write("cancelled") as session:
        visits.cancel(session, visit_id, "Rang us")
    with pytest.raises(Told, match="changed since"), store.write("accepted") as session:
        visits_planning.accept(session, made)
    with store.read() as session:
        assert session.query(Visit).where(Visit.planned_on.is_not(None)).count() == 0


def test_only_for_one_officer_and_only_by_who_plans(store: Store) -> None:
    team = Team(store)
    assert {one.officer_id for one in proposal(store, Ask((team.shah,))).visits} == {team.shah}
    store.actor = an_actor(Role.CARETAKER)
    with store.read() as session, pytest.raises(NotAllowed):
        visits_planning.prepare(session)


def test_the_forecast_says_what_pace_would_do(store: Store) -> None:
    team = Team(store)
    with store.read() as session:
        found = visits_forecast.forecast(session)
    assert (found.homes, found.late) == (13, 7)
    assert sum(month.due for month in found.months) + found.late == 13
    assert found.words.tone == "bad" and "2 a week would do" in found.words.text
    with store.write("visits") as session:
        for home in team.homes:
            session.add(
                Visit(
                    reference=f"V-{home.code}",
                    estate_id=home.estate_id,
                    home_id=home.id,
                    kind=VisitKind.WELLBEING,
                    status=VisitStatus.COMPLETED,
                    completed_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
                )
            )
    with store.read() as session:
        found = visits_forecast.forecast(session)
    assert (
        found.late == 0 and found.words.text == "At today's pace of 1 visit a week everyone is seen in time."
    )
    assert NOW.date() == date(2026, 11, 23)
    close = replace(found, pace=0.9, needed=1, worst=12, worst_on=date(2028, 12, 1))
    assert close.words.text.endswith("by Dec 2028; a little more than that would do.")
