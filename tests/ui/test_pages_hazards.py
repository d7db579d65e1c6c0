"""Damp and hazards: what ends next, a case with its clocks in words, forms in place, papers; in every look."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import Let
from tests.fakes import NOW, FakeClock
from tests.reports.reading import copied
from tests.ui.access import problems
from tests.ui.showing import Shown, asked, said
from watmos_desktop.models.kinds import Channel, HazardLevel, HazardStepKind
from watmos_desktop.models.tables import HazardCase
from watmos_desktop.services import hazard_list, hazard_steps, hazard_view, hazards
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound
from watmos_desktop.services.hazard_drafts import HazardDraft, Investigation, Judgement
from watmos_desktop.services.hazard_view import HazardDetail
from watmos_desktop.ui import theme
from watmos_desktop.ui.kit.chip import ChipRow
from watmos_desktop.ui.kit.inputs import Check
from watmos_desktop.ui.pages.hazards.case import HazardPage
from watmos_desktop.ui.pages.hazards.ladder import Rung
from watmos_desktop.ui.pages.hazards.list import HazardsPage
from watmos_desktop.ui.pages.hazards.papers import HazardPaperPage
from watmos_desktop.ui.pages.hazards.step_form import When
from watmos_desktop.ui.pages.homes.detail import DetailPanel
from watmos_desktop.ui.pages.today.found import find

JUDGED = Judgement(HazardLevel.SIGNIFICANT, "Priya Shah", "Damp surveyor", "A baby sleeps there.")
FOUND = Investigation(
    JUDGED,
    "Black mould on two walls of the back bedroom.",
    safety_works="Mould wash",
    safety_by="Wed 2 Dec",
    prevention="New fan",
    prevention_by="By 11 Jan",
)


@pytest.fixture
def officer(let: Let) -> Let:
    let.store.actor = let.landlord.officer
    return let


def a_case(let: Let, found: Investigation | None = None, **more: object) -> UUID:
    given = {
        "hazard": "damp_and_mould",
        "home_id": let.landlord.home_id,
        "household": "A baby of five months",
    }
    with let.store.write("a case") as session:
        case = hazards.open_case(session, HazardDraft(**(given | more)))  # type: ignore[arg-type]
        if found is not None:
            hazards.conclude(session, case, found)
    return case


def elsewhere(let: Let, hazard: str, **more: object) -> UUID:
    return a_case(
        let, None, hazard=hazard, home_id=None, estate_id=let.landlord.estate_id, household="", **more
    )


def read(let: Let, case: UUID) -> HazardDetail:
    with let.store.read() as session:
        return hazard_view.get(session, case)


def case_page(shown: Shown, case: UUID) -> HazardPage:
    page: HazardPage = shown.page(HazardPage)
    page.open(case)
    return page


def test_the_list_shows_what_ends_next_first_and_opens_by_keys(officer: Let, shown: Shown) -> None:
    late = elsewhere(officer, "excess_cold", aware_at=NOW - timedelta(days=30))
    soon = elsewhere(officer, "electrical", emergency=True)
    a_case(officer)
    page = shown.page(HazardsPage)
    assert page.head.sentence() == "3 cases open · 1 late"
    titles = [card.accessibleName() for card in page.cards]
    assert [title.split(" · ")[0] for title in titles] == [
        "Excess cold",
        "Electrical hazards",
        "Damp and mould growth",
    ]
    wanted = asked(page)
    page.setFocus()
    QTest.keyClick(page, Qt.Key.Key_Down)
    QTest.keyClick(page.buttons[0], Qt.Key.Key_Down)
    QTest.keyClick(page.buttons[1], Qt.Key.Key_Space)
    assert wanted == [("hazard", soon)]
    page.chips.chips()["overdue"].click()
    assert [card.accessibleName() for card in page.cards] == titles[:1]
    page.buttons[0].click()
    assert wanted[-1] == ("hazard", late)
    page.chips.chips()["closed"].click()
    shown.sees(page, "No case is closed yet")


def test_a_case_is_opened_in_place_from_a_home(officer: Let, shown: Shown) -> None:
    page = shown.page(HazardsPage)
    shown.sees(page, "No case is open")
    wanted = asked(page)
    QTest.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert page.form is not None and page.form.where.line.hasFocus()
    page.form.form.save()
    shown.sees(page, "Say where it is. Choose a home, a block or an estate.")
    QTest.keyClicks(page.form.where.line, "lukasie")
    QTest.keyClick(page.form.where.line, Qt.Key.Key_Return)
    page.form.form.form.fields["what"].put("Mould by the window")
    page.form.form.form.fields["aware_at"].put("25:00")
    page.form.form.save()
    shown.sees(page, "Give the time as 14:30.")
    page.form.form.form.fields["aware_at"].put("9.15")
    page.form.form.save()
    ((name, (why, case)),) = wanted
    detail = read(officer, case)
    assert (name, why, detail.what) == ("hazard", "opened", "Mould by the window")
    assert detail.card.aware_at == datetime(2026, 11, 23, 9, 15, tzinfo=LONDON)
    assert page.form is None and len(page.cards) == 1


def test_opening_a_case_can_be_taken_back(officer: Let, shown: Shown) -> None:
    page, case = shown.page(HazardPage), a_case(officer)
    closed: list[bool] = []
    page.closed.connect(lambda: closed.append(True))
    page.open(("opened", case))
    assert "its clock runs" in page.notices.showing() and page.place() == case
    assert page.undo() and closed == [True] and page.place() is None
    with pytest.raises(NotFound):
        read(officer, case)


def test_what_saves_a_form_is_in_sight_on_a_small_tablet(officer: Let, shown: Shown) -> None:
    page = shown.page(HazardPage, width=836, height=544)
    page.open(a_case(officer))
    page.begin("look")
    button = page.form.save_button
    shown.qtbot.waitUntil(lambda: page.form.height() > page.height())  # longer than the page: it scrolls
    corner = button.mapTo(page, button.rect().bottomRight())
    assert button.isVisible() and page.rect().contains(corner)
    page.back()
    assert not button.isVisible()


def test_two_cases_of_one_hazard_are_decided_where_they_are_read(officer: Let, shown: Shown) -> None:
    first, later = a_case(officer), a_case(officer, hazard="noise")
    with officer.store.write("as another device") as session:
        session.get_one(HazardCase, later).hazard = "damp_and_mould"
    page = case_page(shown, later)
    shown.sees(page, "Opened twice?")
    shown.press(page, "Same hazard")
    assert "is closed as the double of" in page.notices.showing() and page.place() == first
    shown.sees(page, "its log is part of this one")
    assert problems(page) == []
    assert page.undo() and read(officer, later).closed_at is None


def test_a_home_leads_to_its_cases_and_opens_one(officer: Let, shown: Shown) -> None:
    home = officer.landlord.home_id
    detail = shown.page(DetailPanel)
    detail.show_home(home)
    wanted: list[tuple[str, object]] = []
    detail.go_requested.connect(lambda name, argument: wanted.append((name, argument)))
    shown.press(detail, "Open a hazard case")
    assert wanted == [("hazards", ("home", home))]
    page = shown.page(HazardsPage)
    page.open(wanted[0][1])
    assert page.form is not None
    page.form.form.save()
    with officer.store.read() as session:
        (case,) = hazard_list.of_home(session, home)
        (hit,) = [one for one in find(session, case.reference.lower()) if one.page == "hazard"]
    assert hit.id == case.id
    detail.show_home(home)
    shown.press(detail, "Open: Damp and mould growth: Look into it, In 10 working days")
    assert wanted[1:] == [("hazard", case.id)]


def test_the_hazards_offered_are_those_of_the_day_it_was_observed(officer: Let, shown: Shown) -> None:
    page = shown.page(HazardsPage)
    page.open(("new", None))
    hazard = page.form._hazard
    assert (hazard.count(), hazard.currentText()) == (21, "Damp and mould growth")
    page.form._when.day.show_day(date(2026, 6, 1))
    assert (hazard.count(), hazard.currentText()) == (29, "Damp and mould growth")
    assert page.back() and page.form is None and not page.back()


def test_the_ladder_says_every_clock_in_words(officer: Let, shown: Shown) -> None:
    page = case_page(shown, a_case(officer, FOUND))
    rungs = [one.accessibleName() for one in page.findChildren(Rung)]
    assert rungs[0] == (
        "Give the written summary: Due Thu 26 Nov. 3 working days from 23 Nov 2026, 10:42 · by Thu 26 Nov"
    )
    assert rungs[-1].startswith("Look into it: Done Mon 23 Nov.")
    assert len(rungs) == 5
    shown.sees(page, "Awaab's Law holds for this case.")
    shown.sees(page, "A baby of five months")


def test_the_next_step_is_the_one_filled_button_and_can_be_taken_back(
    officer: Let, shown: Shown, clock: FakeClock
) -> None:
    case = a_case(officer, FOUND)
    page = case_page(shown, case)
    assert page.main is not None and page.main.accessibleName() == "Record the summary as given"
    QTest.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    assert page.form is not None
    QTest.keyClick(page.focusWidget(), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert page.form is None and "The summary is recorded as given" in page.notices.showing()
    assert page.main.accessibleName() == "Record it as made safe"
    assert page.undo()
    assert page.main.accessibleName() == "Record the summary as given"
    assert [one.kind for one in read(officer, case).steps][-1] is HazardStepKind.INVESTIGATION


def test_only_what_a_level_needs_is_asked_for(officer: Let, shown: Shown) -> None:
    case = a_case(officer)
    page = case_page(shown, case)
    page.begin("look")
    assert page.form is not None
    fields = page.form.form.fields
    assert not fields["safety_works"].isHidden() and fields["no_action_reason"].isHidden()
    nothing_more, level = fields["nothing_more"].widget, fields["level"].widget
    assert isinstance(nothing_more, Check) and isinstance(level, ChipRow)
    nothing_more.click()
    assert fields["prevention"].isHidden() and fields["prevention_by"].isHidden()
    level.chips()["none"].click()
    assert fields["safety_works"].isHidden() and not fields["no_action_reason"].isHidden()
    page.form.form.fill(
        {
            "findings": "A dry mark",
            "by": "Priya Shah",
            "basis": "Surveyor",
            "reason": "Dry",
            "no_action_reason": "It wipes off",
        }
    )
    page.form.save()
    assert page.form is None
    detail = read(officer, case)
    assert (detail.level, detail.no_action_reason) == (HazardLevel.NONE, "It wipes off")
    assert detail.household == "A baby of five months"  # shown in the form, and kept


def test_a_wrong_entry_is_said_at_its_field_and_nothing_is_lost(officer: Let, shown: Shown) -> None:
    case = a_case(officer, FOUND)
    page = case_page(shown, case)
    page.begin("safe")
    assert page.form is not None
    page.form.save()
    assert page.form.form.fields["text"].error() == "Say what was done. A few words are enough."
    page.form.form.fields["text"].put("Mould washed off")
    page.form._when.day.show_day((NOW + timedelta(days=2)).date())
    page.form.save()
    assert page.form.form.fields["at"].error().startswith("That is still to come.")
    assert page.form.form.fields["text"].value() == "Mould washed off"
    assert page.back() and page.form is None
    assert read(officer, case).card.stands == "Looked into, not safe yet"


def test_closing_says_what_is_still_owed(officer: Let, shown: Shown) -> None:
    case = a_case(officer, FOUND)
    page = case_page(shown, case)
    page.begin("close")
    shown.sees(page, "Not done yet: making it safe, the written summary, work to stop it coming back.")
    assert page.form is not None
    page.form.save()
    assert page.form.form.fields["reason"].error()
    page.form.form.fields["reason"].put("The tenant moved out; the home is empty.")
    page.form.save()
    shown.sees(page, "This case is closed")
    assert page.main is None


def test_an_attempt_and_a_note_have_keys_of_their_own(officer: Let, shown: Shown) -> None:
    case = a_case(officer)
    page = case_page(shown, case)
    for key, text in ((Qt.Key.Key_T, "Nobody in"), (Qt.Key.Key_L, "Will ring after five")):
        QTest.keyClick(page, key, Qt.KeyboardModifier.AltModifier)
        assert page.form is not None
        page.form.form.fields["text"].put(text)
        page.form.save()
    assert [one.text for one in read(officer, case).steps][-2:] == ["Nobody in", "Will ring after five"]
    shown.sees(page, "Tried 1 time in 1 way.")


def test_a_form_stays_while_the_case_changes_behind_it(officer: Let, shown: Shown, qtbot: QtBot) -> None:
    case = a_case(officer, FOUND)
    page = case_page(shown, case)
    page.begin("safe")
    assert page.form is not None
    page.form.form.fields["text"].put("Half a sentence")
    with officer.store.write("elsewhere") as session:
        hazard_steps.give_summary(session, case, Channel.LETTER)
    QApplication.processEvents()
    assert page.form is not None and page.form.form.fields["text"].value() == "Half a sentence"


def test_a_caretaker_adds_to_the_log_but_judges_nothing(let: Let, shown: Shown) -> None:
    let.store.actor = let.landlord.officer
    case = a_case(let)
    let.store.actor = let.landlord.caretaker
    page = case_page(shown, case)
    shown.sees(page, "Someone who may judge hazards records what was found.")
    assert page.main is None and "A baby" not in said(page)
    page.begin("look")
    assert page.form is None
    page.begin("access")
    assert page.form is not None


def test_both_papers_are_shown_and_saved(officer: Let, shown: Shown, tmp_path: Path) -> None:
    case = a_case(officer, FOUND)
    page = shown.page(HazardPaperPage)
    page.open(("summary", case))
    assert "What we found in your home" in " ".join(copied(page.pdf()))
    page.chips.chips()["log"].click()
    assert "Every step, in order" in " ".join(copied(page.pdf()))
    page.save_to(tmp_path / "log.pdf")
    assert (tmp_path / "log.pdf").read_bytes() == page.pdf()
    assert page.place() == ("log", case)
    page.leave()
    assert page.pdf() == b""
    page.open(("summary", elsewhere(officer, "noise")))
    assert "not been looked into" in page.notices.showing() and page.pdf() == b""


@pytest.mark.parametrize(("width", "height", "scale"), [(1300, 850, 1.0), (860, 560, 1.0), (1300, 850, 2.0)])
@pytest.mark.parametrize("scheme", ["light", "dark", "sun"])
def test_every_look_is_usable(
    officer: Let, shown: Shown, qapp: QApplication, scheme: str, width: int, height: int, scale: float
) -> None:
    theme.apply(qapp, scheme, scale)
    case = a_case(officer, FOUND)
    with officer.store.write("more") as session:
        hazard_steps.tried_access(session, case, Channel.DOOR, "Nobody in")
        hazard_steps.offer_stay(session, case, "A hotel room", Channel.PHONE)
    page = shown.page(HazardPage, width, height)
    page.open(case)
    assert problems(page) == []
    for step in ("access", "prevent"):
        page.begin(step)
        assert problems(page) == []
        page.back()
    listed = shown.page(HazardsPage, width, height)
    assert problems(listed) == []
    listed.begin_new()
    assert problems(listed) == []


def test_a_time_untouched_is_the_moment_itself(qapp: QApplication) -> None:
    now = datetime(2026, 11, 23, 10, 42, 37, tzinfo=LONDON)
    when = When(now)
    assert when.moment() == now
    when.time.setText("10:41")
    assert when.moment() == datetime(2026, 11, 23, 10, 41, tzinfo=LONDON)
    for wrong in ("", "1041", "24:00", "10:60", "10:4a", "१०:४१", "-1:30"):
        when.field.put(wrong)
        assert when.field.check() == "Give the time as 14:30."
