"""Before a visit: the letter, the words, what was told, what is safe, the calendar file and the day sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.build import a_block, a_home, a_person, a_staff, a_tenancy, an_actor, an_estate
from tests.fakes import FakeClock
from tests.reports.reading import copied, said
from watmos_desktop.models.kinds import CaseKind, Channel, FollowUpKind, Role, VisitKind, VisitStatus
from watmos_desktop.models.tables import Person, RestrictedCase, Visit, VisitAnswer, VisitFollowUp, VisitNeed
from watmos_desktop.services import (
    day_sheet,
    lone_working,
    safe_contact,
    visit_calendar,
    visit_letters,
    visit_notice,
    visits,
)
from watmos_desktop.services.day_sheet import SheetOf
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.reports import day_sheet as paper
from watmos_desktop.services.reports import visit_letter, visit_words
from watmos_desktop.services.store import Store
from watmos_desktop.services.visit_letters import Wanted
from watmos_desktop.services.visits import Slot, VisitDraft

DAY = date(2026, 12, 8)
CANARY = "CANARYWORD"


@dataclass
class Doorstep:
    """A store used by an officer, one planned visit of theirs, and who lives there."""

    store: Store
    home_id: UUID
    person_id: UUID
    tenancy_id: UUID
    officer_id: UUID
    visit_id: UUID

    def read(self, ask: Callable[..., Any], *args: Any, **named: Any) -> Any:
        with self.store.read() as session:
            return ask(session, *args, **named)

    def do(self, change: Callable[..., Any], *args: Any, **named: Any) -> Any:
        with self.store.write("a step") as session:
            return change(session, *args, **named)


@pytest.fixture
def door(store: Store) -> Doorstep:
    with store.write("a home", undoable=False) as session:
        estate = an_estate(session)
        block = a_block(session, estate, easting=400_000, northing=298_000)
        home = a_home(session, block, address="Flat 3, Lindley House", access_notes="Buzzer 3")
        person = a_person(session, phone="07700 900123", email="zoe@example.org")
        tenancy = a_tenancy(session, home, person)
        staff = a_staff(session, Role.TENANCY_OFFICER, "P. Shah", estates=[estate])
        other = a_staff(session, Role.TENANCY_OFFICER, "L. Reid", estates=[estate])
        ids = (home.id, person.id, tenancy.id, staff.id)
        store.actor = an_actor(Role.TENANCY_OFFICER, staff, estates=[estate])
        second = other.id
    with store.write("planned") as session:
        slot = Slot(ids[3], DAY, "10:00", "12:00", second)
        draft = VisitDraft(ids[0], VisitKind.REQUESTED, DAY, f"{CANARY} asked", slot)
        visit_id = visits.arrange(session, draft)
    return Doorstep(store, *ids, visit_id)


def letter_of(door: Doorstep, **wanted: Any) -> str:
    batch = door.read(visit_letters.collect, Wanted((door.visit_id,), **wanted))
    return " ".join(" ".join(copied(visit_letter.render(batch.letters))).split())


def test_a_letter_says_when_who_how_to_know_them_and_how_to_change_it_but_never_what_was_asked(
    door: Doorstep,
) -> None:
    words = letter_of(door)
    phone = visit_words.phone()
    for wanted in ("Zoë Łukasiewicz", "Flat 3, Lindley House", "WS1 2AB", "Walsall", "P. Shah and L. Reid",
                   "Tuesday 8 December 2026, between 10:00 and 12:00", "a card with our photo",
                   "What we talk about", "best and safe for you", "English 1"):  # fmt: skip
        assert wanted in words, wanted
    assert words.replace("\xa0", " ").count(phone) >= 2  # to ask who it is, and to change the time
    assert CANARY not in words and "asked us" not in words  # somebody else may open the post
    assert (
        len(said(visit_letter.render(door.read(visit_letters.collect, Wanted((door.visit_id,))).letters)))
        == 1
    )
    large = door.read(visit_letters.collect, Wanted((door.visit_id,), True)).letters
    assert len(said(visit_letter.render(large))) == 2
    assert visit_letter.render(large) == visit_letter.render(large)


def test_large_print_and_language_follow_the_household_and_what_stands_in_is_said(door: Doorstep) -> None:
    with door.store.write("needs") as session:
        person = session.get_one(Person, door.person_id)
        person.language, person.needs = "Urdu", "Large print letters, please"
    batch = door.read(visit_letters.collect, Wanted((door.visit_id,)))
    (letter,) = batch.letters
    assert letter.large and letter.languages == ("English",) and letter.ask == "Urdu"
    assert batch.notes == (
        "They speak Urdu, and there are no words in Urdu yet: the letter is in English,"
        " with a line in Urdu on how to ask for it.",
    )
    (polish,) = door.read(visit_letters.collect, Wanted((door.visit_id,), False, "Polish")).letters
    assert polish.languages == ("Polish", "English") and not polish.large
    words = letter_of(door, language="Polish", large=False)
    assert "wtorek, 8 grudnia 2026" in words and "Tuesday 8 December 2026" in words
    assert "not checked" in visit_words.choose("Polish").note  # by itself English: nobody has read the Polish


def test_every_language_has_every_word_and_no_word_that_nobody_fills() -> None:
    files = visit_words._files()
    english = files["English"]
    for name, one in files.items():
        for section in ("dates", "letter", "why", "about", "message"):
            assert set(one[section]) == set(english[section]), (name, section)
        assert [len(one["dates"][part]) for part in ("weekdays", "months")] == [7, 12]
        for section in ("letter", "why", "message"):
            for key, text in one[section].items():
                names, meant = (set(visit_words._NAME.findall(t)) for t in (text, english[section][key]))
                assert names == meant, (name, key)
    for kind in VisitKind:
        assert visit_words.points("English", kind.value) and visit_words.words("English", f"why.{kind.value}")


def test_what_was_told_stays_and_a_moved_visit_has_to_be_told_anew(door: Doorstep, clock: FakeClock) -> None:
    notice = door.read(visit_notice.notice, door.visit_id)
    assert (notice.knows, notice.words) == (False, "They have not been told yet")
    assert [one.id for one in door.read(visit_notice.to_tell, DAY, DAY)] == [door.visit_id]
    door.do(visit_notice.tell, [door.visit_id], Channel.LETTER)
    notice = door.read(visit_notice.notice, door.visit_id)
    assert notice.words == "Told by letter of Tue 8 Dec, 10:00 to 12:00 (23 Nov 2026, P. Shah)"
    assert door.read(visit_notice.to_tell, DAY, DAY) == []
    clock.forward(days=1)
    door.do(visits.move, door.visit_id, DAY + timedelta(days=1))
    notice = door.read(visit_notice.notice, door.visit_id)
    assert not notice.knows and notice.moved.day == DAY and len(notice.told) == 1
    assert "no longer so: tell them" in notice.words
    assert door.read(visit_notice.to_tell, DAY, DAY + timedelta(days=1))[0].id == door.visit_id
    assert "We had told you: Tuesday 8 December 2026, between 10:00 and 12:00." in letter_of(door)
    text = door.read(visit_letters.text, door.visit_id)
    assert text.startswith("WATMOS: new time.") and "9 December" in text and "\xa0" not in text
    mail = door.read(visit_letters.email, door.visit_id)
    assert "Zoë" not in mail.subject and "Lindley" not in mail.subject and "Zoë" in mail.body
    assert CANARY not in mail.body + text
    clock.forward(days=1)  # told, then moved back: what they heard last is what they know
    door.do(visit_notice.tell, [door.visit_id], Channel.PHONE)
    door.do(visits.move, door.visit_id, DAY)
    assert not door.read(visit_notice.notice, door.visit_id).knows


def answered(door: Doorstep, clock: FakeClock, **answers: list[str]) -> None:
    """An earlier visit of the same household that was done, with these answers."""
    with door.store.write("a visit done", undoable=False) as session:
        row = visits.arrange(session, VisitDraft(door.home_id, VisitKind.FOLLOW_UP, None, "x"))
        done = session.get_one(Visit, row)
        done.status, done.completed_at = VisitStatus.COMPLETED, clock.now()
        for key, value in answers.items():
            session.add(VisitAnswer(visit_id=row, key=key, value=value, answered_at=clock.now()))


def test_a_way_that_is_not_safe_is_refused_with_the_reason(door: Doorstep, clock: FakeClock) -> None:
    answered(door, clock, safe_contact=["some"], safe_contact_how=["phone", "day"])
    with pytest.raises(
        Told, match=r"Letter is not safe here: they said so on 23 Nov 2026.*Safe: phone"
    ) as told:
        letter_of(door)
    assert told.value.field == "how"
    for ask in (visit_letters.text, visit_letters.email):
        with pytest.raises(Told, match="not safe here"):
            door.read(ask, door.visit_id)
    with pytest.raises(Told, match="not safe"):
        door.do(visit_notice.tell, [door.visit_id], Channel.LETTER)
    door.do(visit_notice.tell, [door.visit_id], Channel.PHONE)
    with door.store.write("another") as session:  # among several, it is left out and says why
        home = a_home(session, a_block(session, an_estate(session)))
        home.estate_id = session.get_one(Visit, door.visit_id).estate_id
        a_tenancy(session, home, a_person(session, "A. Other"))
        draft = VisitDraft(home.id, VisitKind.WELLBEING, DAY, slot=Slot(door.officer_id, DAY))
        other = visits.arrange(session, draft)
    batch = door.read(visit_letters.collect, Wanted((door.visit_id, other)))
    assert batch.visits == (other,) and "not safe" in batch.left_out[0].why
    clock.forward(days=1)  # on record later than the visit: this holds now
    door.do(safe_contact.save, door.person_id, ["letter"])
    assert letter_of(door)
    with pytest.raises(Told, match="Text is not safe"):
        door.read(visit_letters.text, door.visit_id)
    clock.forward(days=1)  # said at the door later still
    answered(door, clock, safe_contact=["some"], communication_what=["large"])
    known = door.read(safe_contact.of_home, door.home_id)
    assert known.ways == {"person"} and known.large and "not which" in known.said


def test_the_ways_of_joint_tenants_are_those_safe_for_each(door: Doorstep) -> None:
    with door.store.write("a joint tenant") as session:
        from watmos_desktop.models.tables import HouseholdMember

        other = a_person(session, "B. Partner", safe_ways=["letter", "phone"])
        session.add(HouseholdMember(tenancy_id=door.tenancy_id, person_id=other.id, tenant=True))
    door.do(safe_contact.save, door.person_id, ["phone", "email"])
    assert door.read(safe_contact.of_home, door.home_id).ways == {"phone"}
    with pytest.raises(Told) as told:
        door.do(safe_contact.save, door.person_id, ["pigeon"])
    assert told.value.field == "ways"


def unfolded(data: bytes) -> list[str]:
    assert data.endswith(b"\r\n") and all(len(line) <= 75 for line in data.split(b"\r\n"))
    return data.decode().replace("\r\n ", "").split("\r\n")


def test_a_calendar_file_moves_its_entry_and_tells_nothing_of_anybody(
    door: Doorstep, clock: FakeClock
) -> None:
    first = door.read(visit_calendar.of_visit, door.visit_id)
    lines = dict(line.split(":", 1) for line in unfolded(first.data) if ":" in line)
    assert lines["DTSTART"] == "20261208T100000Z" and lines["DTEND"] == "20261208T120000Z"
    assert lines["LOCATION"] == "Flat 3\\, Lindley House\\, WS1 2AB" and lines["CLASS"] == "PRIVATE"
    for secret in (CANARY, "Zoë", "07700", "Asked"):
        assert secret not in first.data.decode()
    assert first.name == f"Visit {door.read(visits.get, door.visit_id).card.reference}.ics"
    assert door.read(visit_calendar.of_visit, door.visit_id).data == first.data
    clock.forward(minutes=5)
    door.do(visits.move, door.visit_id, date(2027, 4, 1))  # summer time
    moved = dict(
        line.split(":", 1) for line in unfolded(door.read(visit_calendar.of_visit, door.visit_id).data)[:-1]
    )
    assert moved["UID"] == lines["UID"] and int(moved["SEQUENCE"]) >= int(lines["SEQUENCE"]) + 300
    assert moved["DTSTART"] == "20270401T090000Z"
    clock.forward(minutes=5)
    door.do(visits.cancel, door.visit_id, "moved away")
    week = door.read(visit_calendar.of_week, door.officer_id, date(2027, 3, 29))
    assert week.visits == 0 and b"STATUS:CANCELLED" in week.data and b"moved away" not in week.data


def test_long_and_odd_addresses_are_folded_between_letters_and_escaped(door: Doorstep) -> None:
    with door.store.write("address") as session:
        from watmos_desktop.models.tables import Home

        session.get_one(Home, door.home_id).address = "Flät 3; \\ Łódź\n" + "é" * 90
    found = unfolded(door.read(visit_calendar.of_visit, door.visit_id).data)
    (where,) = (line for line in found if line.startswith("LOCATION:"))
    assert where == "LOCATION:Flät 3\\; \\\\ Łódź\\n" + "é" * 90 + "\\, WS1 2AB"


def sheet_of(door: Doorstep) -> str:
    data = door.read(day_sheet.collect, SheetOf(door.officer_id, DAY))
    return " ".join(" ".join(copied(paper.render(data))).split())


def test_a_day_sheet_has_the_route_and_what_to_mind_and_nothing_restricted(
    door: Doorstep, clock: FakeClock
) -> None:
    with door.store.write("needs") as session:
        session.add(VisitNeed(home_id=door.home_id, two_people=True, vulnerable=True, note="Dog: ring first"))
        session.get_one(Person, door.person_id).needs = "Hard of hearing"
    words = sheet_of(door)
    for wanted in ("Tuesday 8 December 2026", "10:00–12:00", "Flat 3, Lindley House, WS1 2AB", "Buzzer 3",
                   "Ring 07700 900123", "with L. Reid", "Dog: ring first", "Hard of hearing", "ring 999",
                   "not an alarm", "Read the visit in WATMOS", "No plan was made", "have not been told"):  # fmt: skip
        assert wanted in words, wanted
    assert CANARY not in words and "Vulnerable" not in words
    with door.store.write("a case", undoable=False) as session:
        session.add(RestrictedCase(kind=CaseKind.SAFEGUARDING, title=CANARY, summary=CANARY, home_id=door.home_id,
                                   opened_by=door.officer_id, opened_at=clock.now()))  # fmt: skip
        session.add(VisitFollowUp(visit_id=door.visit_id, kind=FollowUpKind.SAFEGUARDING, text=CANARY))
    words = sheet_of(door)
    assert CANARY not in words and "Dog" not in words and "Hard of hearing" not in words
    assert "Buzzer 3" in words and "with L. Reid" in words and "Read the visit in WATMOS" in words
    door.do(safe_contact.save, door.person_id, ["letter"])
    assert "07700" not in sheet_of(door)
    begins = datetime(2026, 12, 8, 9, 30, tzinfo=UTC)
    door.do(
        lone_working.plan,
        lone_working.Plan(begins, begins + timedelta(hours=7), 60, "G. Bell", "0113 496 0000"),
    )
    assert "calls go to G. Bell, 0113 496 0000" in sheet_of(door)


def test_who_may_not_plan_visits_gets_no_paper(door: Doorstep) -> None:
    door.store.actor = an_actor(Role.CARETAKER)
    for ask, arg in ((visit_letters.collect, Wanted((door.visit_id,))), (visit_calendar.of_visit, door.visit_id),
                     (day_sheet.collect, SheetOf(door.officer_id, DAY)), (safe_contact.of_home, door.home_id),
                     (visit_notice.notice, door.visit_id)):  # fmt: skip
        with pytest.raises(NotAllowed):
            door.read(ask, arg)
