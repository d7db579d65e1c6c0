"""What the resident was told stays as it was told, silence shows in words, and notes only add (R3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Let
from tests.fakes import NOW, FakeClock
from tests.services.test_repair_closing import do, look, notes, officer, reported, row, story, undo
from watmos_desktop.models.kinds import Channel, Priority, Responsibility, TenancyKind
from watmos_desktop.models.tables import HouseholdMember, Person, Tenancy
from watmos_desktop.services import (
    clocks,
    hazards,
    history,
    repair_care,
    repair_changes,
    repair_places,
    repair_report,
    repair_updates,
    repairs,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.hazard_drafts import HazardDraft
from watmos_desktop.services.repair_report import ReportDraft
from watmos_desktop.services.repairs import Filter

__all__ = ["officer"]


def test_first_contact_is_the_first_word(officer: Let, clock: FakeClock) -> None:
    found = reported(officer)
    assert row(officer, found).last_told_at == clock.now()
    told = [one for one in story(officer, found).entries if one.kind == "told"]
    assert [one.what for one in told] == ["Told by phone"]
    assert "It will be done by" in told[0].more and told[0].who == "R. Adeyemi"
    place = look(officer, repair_places.where, "block", officer.landlord.block_id)
    shared = do(officer, repair_report.report, ReportDraft(place, "paths", "worn")).id
    assert row(officer, shared).last_told_at is None
    clock.forward(days=60)
    assert story(officer, shared).silence is None, "nobody in particular waits for word"


def test_silence_shows_in_words_until_the_next_word_and_again_after_undo(
    officer: Let, clock: FakeClock
) -> None:
    found = reported(officer)
    clock.set(datetime(2026, 12, 7, 9, 0, tzinfo=LONDON))  # nine whole working days after Mon 23 Nov
    silence = story(officer, found).silence
    assert silence is not None and (silence.text, silence.tone) == ("Told nothing for 9 working days", "warn")
    assert [one.id for one in look(officer, repairs.page, Filter(also=frozenset({"silent"})), 0, 9)] == [
        found
    ]
    clock.set(datetime(2026, 12, 8, 9, 0, tzinfo=LONDON))
    do(officer, repair_updates.tell, found, "On Friday.", Channel.TEXT)
    assert story(officer, found).silence is None
    last = look(officer, history.last)
    history.undo(officer.store, last)
    silence = story(officer, found).silence
    assert silence is not None and silence.text == "Told nothing for 10 working days"


@given(days=st.integers(0, 60), hour=st.integers(0, 23), ahead=st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_words_of_silence_and_the_moment_for_lists_agree(days: int, hour: int, ahead: int) -> None:
    now = (NOW + timedelta(days=ahead)).replace(hour=hour)
    last = now - timedelta(days=days, hours=hour)
    silence = repair_care.silence(last, now)
    assert (silence is not None) is (last <= repair_care.quiet_since(now))
    if silence is not None:
        number = int(silence.text.split()[3])
        assert repair_care.on(now.date()).quiet <= number <= days


def test_told_late_counts_when_it_was_and_never_moves_the_last_word_back(
    officer: Let, clock: FakeClock
) -> None:
    found, start = reported(officer), clock.now()
    clock.forward(days=3)
    do(officer, repair_updates.tell, found, "Tomorrow.", Channel.PHONE)
    do(officer, repair_updates.tell, found, "Soon.", Channel.DOOR, told_at=start + timedelta(hours=5))
    assert row(officer, found).last_told_at == clock.now()
    said = [one.more for one in story(officer, found).entries if one.kind == "told"]
    assert said[:2] == ["Tomorrow.", "Soon."]
    for at, field in ((start - timedelta(1), "told_at"), (clock.now() + timedelta(1), "told_at")):
        with pytest.raises(Told) as told:
            do(officer, repair_updates.tell, found, "x", Channel.PHONE, told_at=at)
        assert told.value.field == field
    for text in (" ", "x" * 4001):
        with pytest.raises(Told) as told:
            do(officer, repair_updates.tell, found, text, Channel.PHONE)
        assert told.value.field == "text"


def test_two_peoples_notes_both_stay(officer: Let, clock: FakeClock) -> None:
    found = reported(officer, note="As first said")
    do(officer, repair_updates.note, found, "Key at number 3")
    officer.store.actor = officer.landlord.caretaker
    clock.forward(minutes=1)
    place = look(officer, repair_places.where, "home", officer.landlord.home_id)
    again = ReportDraft(place, "tap", "dripping", note="Drips on the stairs too")
    do(officer, repair_report.add_to, found, again)
    assert row(officer, found).description == "As first said"
    assert notes(officer, found) == [
        "Reported again: Tap: drips. Drips on the stairs too",
        "Key at number 3",
    ]
    officer.store.actor = officer.landlord.ambassador
    with pytest.raises(NotAllowed):
        do(officer, repair_updates.note, found, "Me too")


def test_a_new_time_stands_as_not_told_until_the_resident_hears_of_it(officer: Let, clock: FakeClock) -> None:
    def untold(repair_id: UUID) -> bool:
        return bool(look(officer, repairs.get, repair_id).untold)

    found, unheard = reported(officer), reported(officer, "socket", "dead", how=None)
    assert (untold(found), untold(unheard)) == (False, True)
    clock.forward(days=1)
    do(officer, repair_changes.set_priority, found, Priority.URGENT, "It floods")
    assert untold(found)
    do(officer, repair_updates.tell, found, "It is urgent now: by Tuesday.", Channel.TEXT)
    assert not untold(found)
    undo(officer)
    assert untold(found)
    do(officer, repair_changes.set_priority, found, Priority.EMERGENCY, "Worse", Channel.PHONE)
    assert not untold(found)
    told = next(one for one in story(officer, found).entries if one.kind == "told")
    assert (told.what, told.more) == (
        "Told by phone",
        "How soon has changed. Emergency: made safe by Wed 25 Nov, 10:42.",
    )
    said = do(
        officer, repair_changes.set_responsibility, found, Responsibility.SHARED, "Misuse", Channel.TEXT
    )
    assert story(officer, found).entries[0].more == f"{said} Misuse"
    shared = look(officer, repair_places.where, "block", officer.landlord.block_id)
    paths = do(officer, repair_report.report, ReportDraft(shared, "paths", "worn")).id
    do(officer, repair_changes.set_priority, paths, Priority.URGENT, "A school")
    assert not untold(paths), "nobody in particular waits for word"


def test_an_emergency_stepped_down_keeps_the_clock_of_the_law_and_says_so(
    officer: Let, clock: FakeClock
) -> None:
    found = reported(officer, "damp", "severe")
    law = {one.key: one.due_at for one in look(officer, clocks.running, found) if one.key.startswith("AW.")}
    assert set(law) == {"AW.emergency"}
    clock.forward(hours=1)
    said = do(officer, repair_changes.set_priority, found, Priority.URGENT, "Not so bad, says the caller")
    assert "The 24 hours of Awaab's Law run on, by Tue 24 Nov, 10:42" in said
    assert any("only a named competent person" in one for one in notes(officer, found))
    clock.forward(hours=1)
    do(officer, repair_changes.set_priority, found, Priority.EMERGENCY, "It is")
    again = {one.key: one.due_at for one in look(officer, clocks.running, found) if one.key.startswith("AW.")}
    assert again == law, "stepping back and forth buys no time"
    case = do(officer, hazards.open_case, HazardDraft("damp_and_mould", repair_id=found))
    said = do(officer, repair_changes.set_priority, found, Priority.URGENT, "Again")
    assert "The 24 hours of Awaab's Law run on" in said
    assert "AW.emergency" in {one.key for one in look(officer, clocks.running, case)}


def test_what_becomes_ours_has_the_right_to_repair_and_the_hazards_clock_from_the_report(
    officer: Let, clock: FakeClock
) -> None:
    with officer.store.write("secure", undoable=False) as session:
        member = session.query(HouseholdMember).join(Person).filter(Person.name.startswith("Zoë")).one()
        session.get_one(Tenancy, member.tenancy_id).kind = TenancyKind.SECURE
    found = reported(
        officer,
        "boiler",
        "no_heating",
        priority=Priority.URGENT,
        responsibility=Responsibility.RESIDENT,
        responsibility_reason="Own boiler",
    )
    start = row(officer, found).reported_at
    assert look(officer, clocks.running, found) == []
    clock.forward(days=2)
    said = do(officer, repair_changes.set_responsibility, found, Responsibility.LANDLORD, "It is ours")
    running = {one.key: one.started_at for one in look(officer, clocks.running, found)}
    assert set(running) == {"R6", "RR.1"}
    assert set(running.values()) == {start}
    assert "Right to Repair" in said
    kept = row(officer, found)
    assert kept.due_at == min(
        one.due_at for one in look(officer, clocks.running, found) if one.key in ("R6", "RR.1")
    )
    theirs = {"responsibility": Responsibility.RESIDENT, "responsibility_reason": "Said so"}
    mould = reported(officer, "damp", "mould", priority=Priority.URGENT, priority_reason="x", **theirs)
    start = row(officer, mould).reported_at
    clock.forward(days=2)
    said = do(officer, repair_changes.set_responsibility, mould, Responsibility.LANDLORD, "It is ours")
    running = {one.key: one.started_at for one in look(officer, clocks.running, mould)}
    assert running == {"R6": start, "AW.investigate": start}
    assert "Awaab's Law counts from the report" in said and row(officer, mould).hazard == "damp_and_mould"
