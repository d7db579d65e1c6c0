"""Two open cases of one hazard: found, decided once for all, and told apart again; the clock of the first is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import Let
from tests.fakes import NOW, FakeClock
from tests.services.test_hazards import do, found, judged, opened, refused, view
from watmos_desktop.models.kinds import Channel, HazardLevel, HazardStatus
from watmos_desktop.models.tables import HazardCase
from watmos_desktop.services import (
    clocks,
    hazard_doubles,
    hazard_steps,
    hazards,
    history,
    today,
)
from watmos_desktop.services.hazard_doubles import Doubles

DAY = timedelta(days=1)


@pytest.fixture
def officer(let: Let) -> Let:
    let.store.actor = let.landlord.officer
    return let


def second(let: Let, **more: Any) -> UUID:
    """A case of the same home as another device opens it, which does not know of the first."""
    case = opened(let, hazard="fire_and_explosions", **more)
    with let.store.write("as another device") as session:
        session.get_one(HazardCase, case).hazard = "damp_and_mould"
    return case


def doubles(let: Let, case: UUID) -> Doubles:
    with let.store.read() as session:
        return hazard_doubles.of(session, case)


def asked(let: Let) -> list[str]:
    with let.store.read() as session:
        return [one.sentence for one in today.get(session).cards if "opened twice" in one.title]


def running(let: Let, case: UUID) -> dict[str, Any]:
    with let.store.read() as session:
        return {one.key: one.started_at for one in clocks.running(session, case)}


def test_both_are_asked_about_once_and_the_first_goes_on_with_its_clock(officer: Let) -> None:
    first, later = opened(officer, aware_at=NOW - 2 * DAY), second(officer, aware_at=NOW - DAY)
    other = opened(officer, hazard="excess_cold")
    assert [one.id for one in doubles(officer, first).possible] == [later]
    assert doubles(officer, other) == Doubles() and len(asked(officer)) == 1
    assert "1 case to look at" in asked(officer)[0]
    came = do(officer, hazard_doubles.merge, later, first)
    assert came.kept_id == first and asked(officer) == []
    assert running(officer, first) == {"AW.investigate": NOW - 2 * DAY} and running(officer, later) == {}
    gone = view(officer, later)
    assert gone.card.status is HazardStatus.CLOSED and came.kept in gone.closed_reason
    assert [one.id for one in doubles(officer, first).closed] == [later]
    kept = doubles(officer, later).kept
    assert kept is not None and kept.id == first
    with refused("That case is closed."):
        do(officer, hazard_doubles.merge, first, later)


def test_what_only_the_later_one_knows_goes_over_and_its_log_is_read_with_the_first(
    officer: Let, clock: FakeClock
) -> None:
    first, later = (
        opened(officer, aware_at=NOW - 2 * DAY),
        second(officer, aware_at=NOW - DAY, emergency=True),
    )
    do(officer, hazard_steps.tried_access, later, Channel.PHONE, "Rang twice")
    do(officer, hazards.conclude, later, found())
    do(officer, hazard_doubles.merge, first, later)
    kept = view(officer, first)
    assert kept.card.status is HazardStatus.INVESTIGATED and kept.level is HazardLevel.SIGNIFICANT
    assert kept.findings == "Black mould on two walls." and "AW.investigate" not in running(officer, first)
    assert {"AW.summary", "AW.safety", "AW.steps"} <= running(officer, first).keys()
    (rang,) = [one for one in kept.log if one.text == "Rang twice"]
    assert (
        rang.case == view(officer, later).card.reference and kept.access
    )  # it counts as an attempt of this case


def test_told_apart_they_are_not_asked_about_and_what_was_closed_runs_on(officer: Let) -> None:
    first, later = opened(officer, aware_at=NOW - 2 * DAY), second(officer, aware_at=NOW - DAY)
    before = running(officer, later)
    do(officer, hazard_doubles.merge, first, later)
    do(officer, hazard_doubles.tell_apart, first, later)
    assert view(officer, later).card.status is HazardStatus.OPEN and running(officer, later) == before
    assert doubles(officer, first) == doubles(officer, later) == Doubles() and asked(officer) == []


def test_the_decision_can_be_taken_back(officer: Let) -> None:
    first, later = opened(officer, aware_at=NOW - 2 * DAY), second(officer, aware_at=NOW - DAY)
    do(officer, hazard_doubles.merge, first, later)
    with officer.store.read() as session:
        action = history.last(session)
    assert action is not None
    history.undo(officer.store, action)
    assert [one.id for one in doubles(officer, first).possible] == [later]
    assert running(officer, later) == {"AW.investigate": NOW - DAY}


def test_who_may_not_judge_does_not_carry_a_judgement_over(let: Let) -> None:
    first, later = opened(let, aware_at=NOW - 2 * DAY), second(let, aware_at=NOW - DAY)  # the caretaker
    let.store.actor = let.landlord.officer
    do(let, hazards.judge, later, judged())
    let.store.actor = let.landlord.caretaker
    with refused("was judged already"):
        do(let, hazard_doubles.merge, first, later)
    elsewhere = opened(let, estate_id=let.landlord.estate_id)
    with refused("not of one repair or home"):
        do(let, hazard_doubles.merge, first, elsewhere)
