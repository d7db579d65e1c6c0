"""The demo landlord's adaptations and planned works: every state, and nothing that the services would not allow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from tests.conftest import Workspace
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.kinds import AdaptationStatus, ProgrammeStatus, ResponseKind
from watmos_desktop.models.tables import Adaptation, ProgrammeHome
from watmos_desktop.services import (
    adaptation_cases,
    calendar,
    demo,
    programme_answers,
    programme_cases,
    programme_homes,
    staff,
)
from watmos_desktop.services.adaptation_cases import Filter as Requests
from watmos_desktop.services.programme_cases import Filter as Programmes
from watmos_desktop.services.store import Store


@pytest.fixture(scope="module")
def landlord(empty_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = empty_workspace.open(tmp_path_factory.mktemp("planned") / "workspace", FakeClock())
    demo.make(store, 90, 0.6, 3)
    staff.act_as(store, "Helen Ward")
    yield store
    store.close()


def test_a_dozen_requests_in_every_state_each_sound(landlord: Store) -> None:
    with landlord.read() as session:
        rows = session.scalars(select(Adaptation)).all()
        cards = adaptation_cases.page(session, Requests("all"), 0, 99)
        repairs = [adaptation_cases.get(session, card.id).repair for card in cards]
    assert len(rows) == len(cards) >= 12  # what visits asked for among them
    assert {row.status for row in rows} == set(AdaptationStatus)
    for row in rows:
        moments = [row.requested_at, row.assessed_at, row.decided_at, row.fitted_at]
        known = [moment for moment in moments if moment is not None]
        assert known == sorted(known) and known[-1] <= NOW
        assert bool(row.decision_reason) == bool(row.decided_at)
        assert row.review_on is None or calendar.is_working_day(row.review_on)
    assert sum(card.waits.tone == "bad" for card in cards) >= 2
    assert sum(repair is not None for repair in repairs) >= 4
    assert sum(bool(card.person) for card in cards) >= 12


def test_works_in_consultation_under_way_and_finished(landlord: Store) -> None:
    with landlord.read() as session:
        works = programme_cases.page(session, Programmes("all"), 0, 9)
        by_status = {one.status: one for one in works}
        kitchens = programme_cases.get(session, by_status[ProgrammeStatus.CONSULTING].id)
        answers = programme_answers.listed(session, kitchens.card.id)
        rows = session.scalars(select(ProgrammeHome)).all()
        listed = programme_homes.homes_page(session, by_status[ProgrammeStatus.STARTED].id, 0, 99)
    assert set(by_status) == {ProgrammeStatus.CONSULTING, ProgrammeStatus.STARTED, ProgrammeStatus.FINISHED}
    assert {one.kind for one in answers} == set(ResponseKind) and kitchens.unanswered == 2
    assert len(kitchens.blockers) == 4
    done = by_status[ProgrammeStatus.STARTED].progress
    assert 0 < done.done < done.total and done.refused == 1
    finished = by_status[ProgrammeStatus.FINISHED].progress
    assert finished.done == finished.total > 0
    assert all(row.planned_on is None or calendar.is_working_day(row.planned_on) for row in rows)
    assert any(one.stands.text == "Late" for one in listed)


def test_the_same_seed_gives_the_same_works(
    landlord: Store, empty_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    again = empty_workspace.open(tmp_path_factory.mktemp("again") / "workspace", FakeClock())
    demo.make(again, 90, 0.6, 3)
    made = []
    for store in (landlord, again):
        staff.act_as(store, "Helen Ward")
        with store.read() as session:
            made.append(
                (
                    programme_cases.page(session, Programmes("all"), 0, 9),
                    adaptation_cases.page(session, Requests("all"), 0, 99),
                )
            )
    again.close()
    assert made[0] == made[1]
