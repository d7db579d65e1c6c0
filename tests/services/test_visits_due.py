"""Who is due a visit: three years from the last completed one (H2), starter reviews (T1), nothing else counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.build import a_block, a_home, a_tenancy, acting, an_estate
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.kinds import (
    HazardStatus,
    ReviewOutcome,
    ReviewStage,
    Role,
    TenancyKind,
    VisitKind,
    VisitStatus,
)
from watmos_desktop.models.tables import (
    Estate,
    HazardCase,
    Home,
    Tenancy,
    TenancyReview,
    Visit,
    VisitAttempt,
    VisitNeed,
)
from watmos_desktop.services import (
    due_days,
    history,
    tenancy_decisions,
    tenancy_reviews,
    visit_rules,
    visits,
    visits_due,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.store import Store
from watmos_desktop.services.visits import Slot, VisitDraft
from watmos_desktop.services.visits_due import Filter

TODAY = NOW.date()


@pytest.fixture
def officer(store: Store) -> Actor:
    with store.write("an estate") as session:
        estate = an_estate(session)
        a_block(session, estate)
    return acting(store, Role.TENANCY_OFFICER, estates=[estate], name="P. Shah")


def a_let(
    session: Session, officer: Actor, started_on: date, kind: TenancyKind = TenancyKind.ASSURED
) -> Home:
    (estate_id,) = officer.estates
    estate = session.get(Estate, estate_id)
    home = a_home(session, a_block(session, estate))
    a_tenancy(session, home, started_on=started_on, kind=kind)
    return home


def a_done(session: Session, home: Home, at: datetime, kind: VisitKind = VisitKind.WELLBEING) -> Visit:
    row = Visit(
        reference=f"V-{at:%y%m%d%H%M%S}",
        estate_id=home.estate_id,
        block_id=home.block_id,
        home_id=home.id,
        kind=kind,
        status=VisitStatus.COMPLETED,
        completed_at=at,
    )
    session.add(row)
    session.flush()
    return row


def due_of(store: Store, home_id: UUID, kind: VisitKind = VisitKind.WELLBEING) -> Any:
    with store.read() as session:
        assert due_days.wrong(session.connection()) == 0
        return [one for one in visits_due.of_home(session, home_id) if one.kind is kind]


def test_a_home_is_due_three_years_after_it_was_last_seen_or_let(store: Store, officer: Actor) -> None:
    with store.write("homes") as session:
        never = a_let(session, officer, date(2024, 2, 29))
        seen = a_let(session, officer, date(2015, 4, 1))
        a_done(session, seen, datetime(2025, 3, 3, 11, tzinfo=UTC))
        before = a_let(session, officer, date(2025, 6, 2))
        a_done(session, before, datetime(2025, 3, 3, 11, tzinfo=UTC))
    assert [due_of(store, home.id)[0].due_on for home in (never, seen, before)] == [
        date(2027, 2, 28),
        date(2028, 3, 3),
        date(2028, 6, 2),  # the visit was to the people before
    ]
    assert due_of(store, never.id)[0].reasons == ("Never seen; tenancy since 29 Feb 2024",)


def test_a_follow_up_an_attempt_and_a_cancelled_visit_reset_nothing(store: Store, officer: Actor) -> None:
    with store.write("a home") as session:
        home = a_let(session, officer, date(2023, 1, 9))
        a_done(session, home, datetime(2025, 5, 5, tzinfo=UTC), VisitKind.FOLLOW_UP)
        visit_id = visits.arrange(session, VisitDraft(home.id))
        for _ in range(2):
            session.add(VisitAttempt(visit_id=visit_id, tried_at=NOW, staff_id=officer.staff_id))
    (due,) = due_of(store, home.id)
    assert due.due_on == date(2026, 1, 9) and due.due.text == "10 months late"
    assert due.reasons == (
        "10 months late",
        "Nobody answered 2 times",
        "Never seen; tenancy since 9 Jan 2023",
    )
    assert due.visit_id == visit_id
    with store.write("cancelled") as session:
        visits.cancel(session, visit_id, "Double")
    (due,) = due_of(store, home.id)
    assert due.visit_id is None and due.due_on == date(2026, 1, 9)


def test_what_is_undone_moved_or_ended_is_counted_at_once(store: Store, officer: Actor) -> None:
    with store.write("a home") as session:
        home = a_let(session, officer, date(2023, 1, 9))
    with store.write("done") as session:
        a_done(session, home, datetime(2026, 11, 2, 9, tzinfo=UTC))
    assert due_of(store, home.id)[0].due_on == date(2029, 11, 2)
    with store.read() as session:
        action = history.last(session)
    assert action is not None
    history.undo(store, action)
    assert due_of(store, home.id)[0].due_on == date(2026, 1, 9)
    with store.write("ended") as session:
        for tenancy in session.query(Tenancy).where(Tenancy.home_id == home.id):
            tenancy.ended_on = date(2026, 11, 1)
    assert due_of(store, home.id) == []


def test_the_most_pressing_come_first_and_say_why(store: Store, officer: Actor) -> None:
    with store.write("homes") as session:
        late, damp, soon, far = (
            a_let(session, officer, date(2023, *day)) for day in ((9, 1), (11, 30), (12, 10), (12, 30))
        )
        session.add(VisitNeed(home_id=soon.id, vulnerable=True))
        session.add(
            HazardCase(
                reference="H-1",
                estate_id=damp.estate_id,
                home_id=damp.id,
                hazard="damp_and_mould",
                aware_at=NOW,
                opened_by=officer.staff_id,
            )
        )
    with store.read() as session:
        assert visits_due.counts(session) == {
            "now": 3, "late": 1, "month": 2, "starter": 0, "asked": 0, "mine": 0, "all": 4,
        }  # fmt: skip
        rows = visits_due.page(session, Filter(), 0, 10)
        assert [row.home_id for row in rows] == [late.id, damp.id, soon.id]
        assert [row.reasons[0] for row in rows] == [
            "11 weeks late",
            "Damp, mould or another hazard is open",
            "Vulnerable household",
        ]
        assert [one.home_id for one in visits_due.page(session, Filter("all"), 0, 9, sort="due")] == [
            late.id, damp.id, soon.id, far.id,
        ]  # fmt: skip
        assert visits_due.count(session, Filter("all")) == 4
        assert [one.home_id for one in visits_due.page(session, Filter("all"), 3, 9, sort="due")] == [far.id]
        assert visits_due.count(session, Filter("all", text=soon.address)) == 1
    with store.write("closed") as session:
        for case in session.query(HazardCase):
            case.status = HazardStatus.CLOSED
    with store.read() as session:
        assert visits_due.page(session, Filter(), 0, 10)[1].home_id == soon.id


def test_starter_reviews_come_in_turn_and_the_decision_from_month_nine(store: Store, officer: Actor) -> None:
    """Reviews at 6 weeks, 3, 6 and 9 months; a later one that is due takes the place of one that was missed (T1)."""
    started = {"new": TODAY - timedelta(days=20), "four": date(2026, 7, 20), "ten": date(2026, 1, 20)}
    with store.write("starters") as session:
        homes = {key: a_let(session, officer, day, TenancyKind.STARTER) for key, day in started.items()}
    rows = {key: due_of(store, home.id, VisitKind.STARTER) for key, home in homes.items()}
    assert [(one.stage, one.due_on) for one in rows["new"]] == [
        (ReviewStage.WEEK_6, started["new"] + timedelta(weeks=6))
    ]
    assert [(one.stage, one.due_on) for one in rows["four"]] == [(ReviewStage.MONTH_3, date(2026, 10, 20))]
    assert "1 earlier review missed" in rows["four"][0].reasons
    assert [(one.stage, one.due_on) for one in rows["ten"]] == [
        (ReviewStage.MONTH_9, date(2026, 10, 20)),
        (ReviewStage.DECISION, date(2027, 1, 20)),
    ]
    assert rows["ten"][1].due.tone == "bad"  # ten months: an alarm
    with store.read() as session:
        assert visits_due.counts(session)["starter"] == 4
        for key, home in homes.items():
            standing = tenancy_reviews.of_home(session, home.id)
            assert standing is not None and standing.next is not None
            assert (standing.next.stage, standing.next.due_on) == (rows[key][0].stage, rows[key][0].due_on)


@pytest.mark.parametrize(("months", "tone"), [(8, "ok"), (9, "warn"), (10, "bad"), (11, "bad"), (12, "warn")])
def test_prompt_and_alarms_of_the_decision(
    store: Store, clock: FakeClock, officer: Actor, months: int, tone: str
) -> None:
    started = date(2026, 2, 2)
    with store.write("a starter") as session:
        home = a_let(session, officer, started, TenancyKind.STARTER)
    clock.set(datetime.combine(date(2026 + (months + 1) // 12, (months + 1) % 12 + 1, 2), time(9), LONDON))
    with store.read() as session:
        standing = tenancy_reviews.of_home(session, home.id)
        listed = [one for one in visits_due.of_home(session, home.id) if one.decision]
    assert standing is not None
    assert bool(listed) == (months >= 9)
    if listed:
        assert listed[0].due.tone == standing.due.tone
        left = {10: "last 2 months", 11: "last month"}.get(months, "")
        assert left in listed[0].due.text.lower() and left in standing.due.text.lower()
    assert standing.due.tone == ("bad" if months == 12 else tone)


class TestDeciding:
    @pytest.fixture
    def starter(self, store: Store, officer: Actor, clock: FakeClock) -> UUID:
        with store.write("a starter") as session:
            home = a_let(session, officer, date(2026, 1, 20), TenancyKind.STARTER)
            (tenancy_id,) = (one.tenancy_id for one in visits_due.of_home(session, home.id)[:1])
        self.home_id, self.officer = home.id, officer
        assert tenancy_id is not None
        return tenancy_id

    def test_a_concern_needs_words_and_the_decision_over_it_a_reason(
        self, store: Store, starter: UUID
    ) -> None:
        with store.write("reviewed") as session:
            with pytest.raises(Told, match="what the concern is"):
                tenancy_reviews.record(session, starter, ReviewStage.MONTH_9, ReviewOutcome.CONCERN)
            tenancy_reviews.record(
                session, starter, ReviewStage.MONTH_9, ReviewOutcome.CONCERN, "Noise at night"
            )
            with pytest.raises(Told, match="recorded already"):
                tenancy_reviews.record(session, starter, ReviewStage.MONTH_9, ReviewOutcome.FINE)
            with pytest.raises(NotAllowed):
                tenancy_decisions.decide(session, starter, ReviewOutcome.CONVERT)
        acting(store, Role.MANAGER, name="Grace Bell")
        with store.write("decided") as session:
            with pytest.raises(Told, match="Give the reason"):
                tenancy_decisions.decide(session, starter, ReviewOutcome.CONVERT)
            tenancy_decisions.decide(session, starter, ReviewOutcome.CONVERT, "Mediation worked")
        with store.read() as session:
            standing = tenancy_reviews.get(session, starter)
            assert standing.decided is ReviewOutcome.CONVERT and standing.choices == ()
            assert [one.kind for one in visits_due.of_home(session, self.home_id)] == [VisitKind.WELLBEING]
        with store.write("again") as session, pytest.raises(Told, match="decided on already"):
            tenancy_decisions.decide(session, starter, ReviewOutcome.END, "No")

    def test_it_is_extended_once_and_before_the_year_is_over(
        self, store: Store, clock: FakeClock, starter: UUID
    ) -> None:
        acting(store, Role.MANAGER, name="Grace Bell")
        with store.write("extended") as session:
            tenancy_decisions.decide(session, starter, ReviewOutcome.EXTEND, "A concern is open")
            with pytest.raises(Told, match="extended once"):
                tenancy_decisions.decide(session, starter, ReviewOutcome.EXTEND, "Still open")
        with store.read() as session:
            standing = tenancy_reviews.get(session, starter)
            assert (standing.extended, standing.decide_by) == (True, date(2027, 7, 20))
            # From month 15 the question is put again.
            assert not [one for one in visits_due.of_home(session, self.home_id) if one.decision]
        clock.set(datetime(2027, 4, 20, 9, tzinfo=LONDON))
        with store.read() as session:
            assert [one.due_on for one in visits_due.of_home(session, self.home_id) if one.decision] == [
                date(2027, 7, 20)
            ]

    def test_too_late_to_extend(self, store: Store, clock: FakeClock, starter: UUID) -> None:
        acting(store, Role.MANAGER, name="Grace Bell")
        clock.set(datetime(2027, 1, 20, 9, tzinfo=LONDON))
        with store.write("late") as session, pytest.raises(Told, match="too late to extend"):
            tenancy_decisions.decide(session, starter, ReviewOutcome.EXTEND, "A concern")

    def test_the_change_of_the_law_is_said_before_it_matters(self, store: Store, starter: UUID) -> None:
        with store.read() as session:
            assert tenancy_reviews.get(session, starter).warning == ""
        acting(store, Role.MANAGER, name="Grace Bell")
        with store.write("a newer one") as session:
            home = a_let(session, self.officer, date(2026, 11, 2), TenancyKind.STARTER)
        with store.read() as session:
            standing = tenancy_reviews.of_home(session, home.id)
        assert standing is not None and "October 2027" in standing.warning
        assert not visit_rules.starter(date(2027, 10, 1)).granted


def test_a_new_tenant_is_asked_after_six_weeks_how_it_goes(store: Store, officer: Actor) -> None:
    with store.write("homes") as session:
        home = a_let(session, officer, date(2026, 10, 5))
    (due,) = due_of(store, home.id, VisitKind.SETTLING_IN)
    assert due.due_on == date(2026, 11, 16) and due.what == "Settling-in visit"
    with store.write("seen") as session:
        a_done(session, home, datetime(2026, 11, 20, 10, tzinfo=UTC), VisitKind.SETTLING_IN)
    assert due_of(store, home.id, VisitKind.SETTLING_IN) == []
    assert due_of(store, home.id)[0].due_on == date(2029, 11, 20)


def test_elsewhere_and_other_roles_see_nothing(store: Store, officer: Actor) -> None:
    with store.write("elsewhere") as session:
        other = a_home(session)
        a_tenancy(session, other, started_on=date(2020, 1, 1))
    with store.read() as session:
        assert visits_due.counts(session)["all"] == 0
        with pytest.raises(NotFound):
            visits_due.of_home(session, other.id)
    for role in (Role.CARETAKER, Role.AMBASSADOR, Role.ADMINISTRATOR, Role.RESIDENT_VOICE):
        acting(store, role)
        with store.read() as session, pytest.raises(NotAllowed):
            visits_due.page(session, Filter(), 0, 5)


def test_arranged_moved_pinned_given_away_cancelled_and_back(store: Store, officer: Actor) -> None:
    assert officer.staff_id is not None
    with store.write("a home") as session:
        home = a_let(session, officer, date(2023, 1, 9))
    day = date(2026, 11, 25)
    with store.write("arranged a visit") as session:
        slot = Slot(officer.staff_id, day, "10:00", "12:00")
        visit_id = visits.arrange(session, VisitDraft(home.id, slot=slot))
        with pytest.raises(Told, match="arranged already"):
            visits.arrange(session, VisitDraft(home.id))
    with store.write("moved a visit") as session:
        visits.move(session, visit_id, date(2026, 11, 26), start="13:00", end="15:00")
    with store.read() as session:
        card = visits.get(session, visit_id).card
        assert (card.when, card.pinned, card.who) == ("Thu 26 Nov, 13:00 to 15:00", True, "P. Shah")
        assert card.reference.startswith("V-") and visits.find(session, card.reference.lower()) == visit_id
        assert card.due_on == date(2026, 1, 9)
        assert [one.id for one in visits.week(session, date(2026, 11, 23))] == [visit_id]
        assert visits_due.count(session, Filter("mine")) == 1
        action = history.last(session)
    assert action is not None and action.why == "moved a visit"
    history.undo(store, action)
    with store.write("refused") as session:
        for wrong, words in (
            (Slot(officer.staff_id, date(2026, 11, 20)), "is over"),
            (Slot(officer.staff_id, day, "12:00", "10:00"), "ends before"),
            (Slot(officer.staff_id, day, second_id=officer.staff_id), "Two people are two"),
        ):
            with pytest.raises(Told, match=words):
                visits.plan(session, visit_id, wrong)
    with store.read() as session:
        assert visits.get(session, visit_id).card.when == "Wed 25 Nov, 10:00 to 12:00"


DAYS = st.dates(date(2016, 1, 1), date(2031, 12, 31))
TIMES = st.times()


@given(started=DAYS, seen=st.none() | st.tuples(DAYS, TIMES))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_counts_as_the_calendar_does(
    store: Store, started: date, seen: tuple[date, time] | None
) -> None:
    """Clamped month ends and days in London, by SQL as by ``calendar``, whatever the hour."""
    at = datetime.combine(*seen, tzinfo=UTC) if seen else None
    with store.write("a home") as session:
        home = a_home(session)
        a_tenancy(session, home, started_on=started)
        if at:
            a_done(session, home, at)
    base = max(started, at.astimezone(LONDON).date()) if at else started
    with store.read() as session:
        kept = (
            session.connection()
            .exec_driver_sql("SELECT due_on FROM _home_due WHERE home_id = ?", (home.id.bytes,))
            .scalar_one()
        )
    assert date.fromisoformat(kept) == visit_rules.wellbeing_due(base)


def test_reviews_are_kept_with_who_made_them(store: Store, officer: Actor) -> None:
    with store.write("a starter") as session:
        home = a_let(session, officer, date(2026, 10, 1), TenancyKind.STARTER)
    with store.write("reviewed") as session:
        standing = tenancy_reviews.of_home(session, home.id)
        assert standing is not None
        tenancy_reviews.record(session, standing.tenancy_id, ReviewStage.WEEK_6, ReviewOutcome.FINE)
    with store.read() as session:
        standing = tenancy_reviews.of_home(session, home.id)
        assert standing is not None
        assert [one.words for one in standing.recorded] == ["6-week review: going well, 23 Nov 2026, P. Shah"]
        assert standing.next is not None and standing.next.stage is ReviewStage.MONTH_3
        assert session.query(TenancyReview).count() == 1
