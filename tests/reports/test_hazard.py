"""The papers of a hazard case: the summary says all that the law asks, the log every step; both read back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import Let
from tests.fakes import NOW, FakeClock
from tests.reports.reading import copied, outline
from watmos_desktop.models.kinds import Channel, HazardLevel
from watmos_desktop.models.tables import Home
from watmos_desktop.services import hazard_steps, hazards, history
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.hazard_drafts import HazardDraft, Investigation, Judgement
from watmos_desktop.services.reports import endeavours, hazard_paper, hazard_summary, style
from watmos_desktop.services.reports.flow import Lead, Rows, Space, flow
from watmos_desktop.services.reports.text import Text

WORKS: dict[str, Any] = {
    "findings": "Black mould on the outside wall.\nThe gutter above leaks.",
    "safety_works": "Wash the mould off",
    "safety_by": "Tue 29 Dec, in the morning",
    "prevention": "Renew the gutter",
    "prevention_by": "Begun by 11 Jan 2027",
}


@pytest.fixture
def officer(let: Let) -> Let:
    let.store.actor = let.landlord.officer
    return let


def do(let: Let, change: Callable[..., Any], *args: Any, **more: Any) -> Any:
    with let.store.write("a step") as session:
        return change(session, *args, **more)


def a_case(let: Let, level: HazardLevel | None = HazardLevel.SIGNIFICANT, **more: Any) -> UUID:
    given: dict[str, Any] = {"hazard": "damp_and_mould", "home_id": let.landlord.home_id}
    investigation = {key: more.pop(key) for key in [*more] if key in Investigation.__dataclass_fields__}
    case: UUID = do(let, hazards.open_case, HazardDraft(**(given | more)))
    if level is not None:
        judged = Judgement(level, "Priya Shah", "Damp surveyor, CSRT", "A baby sleeps there.")
        do(let, hazards.conclude, case, Investigation(judged, **(WORKS | investigation)))
    return case


def summary(let: Let, case: UUID) -> str:
    with let.store.read() as session:
        pdf = hazard_summary.render(hazard_paper.summary(session, case))
    return " ".join(" ".join(copied(pdf)).split())


def log(let: Let, case: UUID) -> str:
    with let.store.read() as session:
        pdf = endeavours.render(hazard_paper.collect(session, case))
    return " ".join(" ".join(copied(pdf)).split())


def test_the_summary_says_all_that_the_law_asks_for(officer: Let, clock: FakeClock) -> None:
    clock.set(datetime(2026, 12, 22, 15, tzinfo=LONDON))
    case = a_case(officer, aware_at=NOW, household="A baby of five months")
    said = summary(officer, case)
    for asked in (
        "Black mould on the outside wall. The gutter above leaks.",
        "A significant hazard",
        "To make it safe Wash the mould off When: Tue 29 Dec, in the morning",
        "To stop it coming back Renew the gutter When: Begun by 11 Jan 2027",
        "Looked into on Tuesday 22 December 2026 by Priya Shah, Damp surveyor, CSRT.",
        "If the home cannot be made safe in time, we offer somewhere else to stay, at our cost",
        "Finish the safety work Thu 31 Dec 2026",
        "Tue 16 Mar 2027",
        "These are set by law (Awaab's Law",
        "Tell any of us, in any way you like",
        "Housing Ombudsman Service",
    ):
        assert asked in said, said
    assert "A baby" not in said  # that it was taken into account is said; who lives there stays in the record
    assert "page 1 of 1" in said


def test_the_summary_tells_the_offer_and_its_answer(officer: Let, clock: FakeClock) -> None:
    case = a_case(officer)
    do(officer, hazard_steps.offer_stay, case, "A room at the Premier Inn", Channel.PHONE)
    assert "Somewhere else to stay A room at the Premier Inn The dates" in summary(officer, case)
    do(officer, hazard_steps.answer_offer, case, False, "Stays with her mother")
    assert "A room at the Premier Inn Declined. Stays with her mother" in summary(officer, case)


def test_the_summary_of_no_hazard_says_why_nothing_is_done(officer: Let) -> None:
    case = a_case(officer, HazardLevel.NONE, remote=True, no_action_reason="It wipes off and is dry.")
    said = summary(officer, case)
    assert "No hazard that needs action" in said and "Why we take no action It wipes off and is dry." in said
    assert "You may ask us to look in person" in said and "Housing Ombudsman" in said
    assert "To make it safe" not in said and "The dates we keep to" not in said


def test_the_summary_of_an_emergency_gives_the_hour(officer: Let, clock: FakeClock) -> None:
    case = a_case(officer, HazardLevel.EMERGENCY, prevention_needed=False, prevention="", emergency=True)
    said = summary(officer, case)
    assert "An emergency hazard" in said and "Tue 24 Nov, 10:42" in said
    assert "Nothing more is needed to stop it coming back." in said


def test_outside_the_law_the_dates_are_our_own_aim(officer: Let) -> None:
    case = a_case(officer, hazard="noise")
    assert "These are our own aim" in summary(officer, case) and "set by law" not in summary(officer, case)
    assert "The same times were kept as our own aim" in log(officer, case)


def test_no_summary_before_it_was_looked_into_and_none_for_an_ambassador(officer: Let) -> None:
    case = a_case(officer, None)
    with pytest.raises(Told, match="not been looked into"):
        summary(officer, case)
    assert "Not judged yet" in log(officer, case)
    officer.store.actor = officer.landlord.ambassador
    for paper in (summary, log):
        with pytest.raises(NotAllowed):
            paper(officer, case)


def test_what_was_taken_back_stays_in_the_log_with_when_and_by_whom(officer: Let, clock: FakeClock) -> None:
    case = a_case(officer, None)
    with officer.store.read() as session:
        before = hazard_paper.collect(session, case)
    do(officer, hazard_steps.tried_access, case, Channel.PHONE, "Rang the wrong number")
    with officer.store.read() as session:
        action = history.last(session)
    assert action is not None
    clock.set(NOW + timedelta(minutes=5))
    history.undo(officer.store, action)
    assert "Rang the wrong number No access Taken back 23 Nov 2026, 10:47 by R. Adeyemi" in log(officer, case)
    with officer.store.read() as session:
        after = hazard_paper.collect(session, case)
    assert after.case.steps == before.case.steps and not after.case.access  # it counts for nothing
    assert len(after.case.log) == len(before.case.log) + 1 and after.checksum != before.checksum


@pytest.mark.parametrize("times", [1, 2])
def test_a_long_address_is_not_cut_in_the_band_nor_in_the_foot(officer: Let, times: int) -> None:
    long = ", ".join(
        ["Flat 12, The Old Paper Mill House, 145 Upper Wolverhampton Street, Little Bloxwich"] * times
    )
    with officer.store.write("a long address") as session:
        session.get_one(Home, officer.landlord.home_id).address = long
    case = a_case(officer)
    for said, places in ((log(officer, case), 4), (summary(officer, case), 2)):  # the feet too
        assert said.count("Bloxwich") == places * times and long in said and "…" not in said


def test_the_log_has_every_step_with_who_when_and_how(officer: Let, clock: FakeClock) -> None:
    case = a_case(officer, None, aware_at=NOW - timedelta(days=2), household="A baby of five months")
    clock.set(datetime(2026, 12, 1, 10, tzinfo=LONDON))
    do(officer, hazard_steps.tried_access, case, Channel.LETTER, "Visit on 4 Dec", notice=True)
    clock.set(datetime(2026, 12, 8, 10, tzinfo=LONDON))
    judged = Judgement(HazardLevel.SIGNIFICANT, "Priya Shah", "Damp surveyor", "A baby sleeps there.")
    do(officer, hazards.conclude, case, Investigation(judged, **WORKS))
    do(officer, hazard_steps.give_summary, case, Channel.EMAIL)
    said = log(officer, case)
    for part in (
        "1 Dec 2026, 10:00 Tried to get in by letter Visit on 4 Dec Written notice of 24 hours or more given",
        "R. Adeyemi",
        "8 Dec 2026, 10:00 Written summary given by e-mail",
        "Significant hazard, by Priya Shah, Damp surveyor, on 8 Dec 2026, 10:00. A baby sleeps there.",
        "A baby of five months",
        "Look into it 10 working days · Awaab's Law, regulation 6 21 Nov 2026, 10:42 4 Dec 2026 8 Dec 2026",
        "8 Dec 2026, 10:00, late",
        "Not done yet",
        "Entries 4",
    ):
        assert part in said, said


def test_a_due_hour_and_what_was_done_stand_apart(officer: Let, clock: FakeClock) -> None:
    case = a_case(officer, HazardLevel.EMERGENCY, prevention_needed=False, prevention="", emergency=True)
    assert "24 Nov 2026, 10:42 Not done yet" in log(officer, case)


def test_the_headings_are_bookmarks(officer: Let) -> None:
    case = a_case(officer)
    with officer.store.read() as session:
        paper = hazard_paper.summary(session, case)
    assert outline(hazard_summary.render(paper)) == ["What we found", "The dates we keep to"]
    assert outline(endeavours.render(paper))[1:] == ["Every step, in order", "Record"]


def test_the_checksum_stands_for_the_whole_record(officer: Let, clock: FakeClock) -> None:
    case = a_case(officer)

    def taken() -> hazard_paper.HazardPaper:
        with officer.store.read() as session:
            return hazard_paper.collect(session, case)

    first = taken()
    assert endeavours.render(first) == endeavours.render(first)
    clock.forward(hours=1)
    assert taken().checksum == first.checksum  # time alone changes nothing
    do(officer, hazard_steps.tried_access, case, Channel.DOOR)
    assert taken().checksum != first.checksum


def test_a_long_case_flows_over_pages_and_keeps_its_words(officer: Let, clock: FakeClock) -> None:
    case = a_case(officer, findings="Mould. " * 500, safety_works="Wash it. " * 120)
    for number in range(60):
        clock.forward(hours=1)
        do(officer, hazard_steps.tried_access, case, Channel.PHONE, f"Call number {number}, no answer")
    said = log(officer, case)
    assert all(f"Call number {number}," in said for number in range(60))
    assert summary(officer, case).count("Mould.") >= 500


def test_a_short_table_stays_with_its_heading() -> None:
    lead = Lead(Text("Every step, in order", style.HEAD, style.WIDTH), 60)
    row = Text("Looked into", style.BODY, style.WIDTH)
    table = Rows(row, (row,) * 5)
    room = lead.height + 60 + row.height  # more than is asked for, less than the table needs
    (before, after) = flow([Space(1), row, Space(style.TOP - style.FOOT - row.height - room), lead, table])
    assert [block for _, block in after] == [lead, table]
    assert lead not in [block for _, block in before]
