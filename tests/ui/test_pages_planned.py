"""Adaptations and planned works on screen: the next step filled, refusals at their field, letters with cancel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import Let
from tests.fakes import FakeClock
from tests.services.test_adaptations import assessed
from tests.services.test_programmes import consulted, do, homes, look, planned
from tests.ui.access import problems
from tests.ui.showing import Shown, asked, said
from watmos_desktop.models.kinds import ProgrammeStatus
from watmos_desktop.services import adaptation_cases, adaptations, programme_consulting
from watmos_desktop.services.adaptation_cases import Filter
from watmos_desktop.ui import theme
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton
from watmos_desktop.ui.pages.adaptations.list import AdaptationsPage
from watmos_desktop.ui.pages.homes.list import HomesPage
from watmos_desktop.ui.pages.programmes.list import ProgrammesPage
from watmos_desktop.ui.pages.programmes.page import ProgrammePage
from watmos_desktop.ui.tasks import Tasks


@pytest.fixture
def officer(let: Let) -> Let:
    let.store.actor = let.landlord.officer
    return let


@pytest.fixture
def manager(let: Let) -> Let:
    let.store.actor = let.landlord.manager
    return let


def filled(page: Any) -> list[str]:
    """The filled buttons in sight: one at most."""
    return [one.text() for one in page.findChildren(PrimaryButton) if one.isVisible()]


def type_into(page: Any, name: str, words: str) -> None:
    field = (
        page.detail._form.form.fields[name] if hasattr(page, "detail") else page.steps._form.form.fields[name]
    )
    field.widget.setFocus()
    QTest.keyClicks(field.widget, words)


def test_a_request_goes_from_the_home_to_the_fitting(shown: Shown, officer: Let) -> None:
    page = shown.page(AdaptationsPage)
    shown.sees(page, "No request is open")
    QTest.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    form = page.detail._form
    form.save()
    shown.sees(page, "Say which home: type a part of the address and choose one.")
    QTest.keyClicks(form.where.line, "lukasie")
    QTest.keyClick(form.where.line, Qt.Key.Key_Return)
    assert form.person.chosen()
    form.save()
    shown.sees(page, "Say what would help.")
    type_into(page, "what", "A grab rail")
    QTest.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    shown.sees(page.detail, "A grab rail")
    shown.sees(page.detail, "Asked 23 Nov 2026 for Zoë Łukasiewicz")
    for button, fields, save in (
        ("Write the assessment", {"assessment": "One rail"}, "Save the assessment"),
        ("Decide", {"reason": "She needs it"}, "Record the decision"),
        ("Order the works", {"title": "Fit a rail"}, "Raise the repair"),
        ("Record the fitting", {}, "It is fitted"),
        ("Write the review", {"review": "It works"}, "Save the review"),
    ):
        assert filled(page) == [button]
        shown.press(page, button)
        assert filled(page) == [save]
        for name, words in fields.items():
            type_into(page, name, words)
        shown.press(page, save)
    assert filled(page) == []
    shown.sees(page.detail, "It works")
    opened = asked(page)
    shown.press(page, "The repair")
    assert opened[0][0] == "repairs"


def test_a_no_says_what_to_tell_and_who_decided_it_does_not_decide_again(shown: Shown, officer: Let) -> None:
    key = assessed(officer)
    page = shown.page(AdaptationsPage)
    page.open(key)
    shown.press(page, "Decide")
    QTest.mouseClick(
        page.detail._form.form.fields["decision"].widget.chips()["no"], Qt.MouseButton.LeftButton
    )
    shown.press(page, "Record the decision")
    shown.sees(page, "Say why it is decided so.")  # at its field; the form stays
    type_into(page, "reason", "A board does the same")
    shown.press(page, "Record the decision")
    shown.sees(page.detail, "What to tell them")
    shown.press(page, "Look at it again")
    type_into(page, "why", "It does not")
    shown.press(page, "Ask for a new decision")
    shown.sees(page.detail, "You took the first decision: someone else decides now.")
    assert filled(page) == []
    assert page.undo()
    shown.sees(page.detail, "What to tell them")


def test_esc_leaves_a_form_and_then_the_detail(shown: Shown, officer: Let) -> None:
    key = assessed(officer)
    page = shown.page(AdaptationsPage, 830, 560)
    page.open(key)
    assert not page.table.isVisible()
    shown.press(page, "Decide")
    type_into(page, "reason", "typed")
    assert page.back() and page.detail.shown_id() == key and not page.table.isVisible()
    assert page.back() and page.table.isVisible()
    assert not page.back()


def test_a_form_stays_while_the_record_changes_behind_it(shown: Shown, officer: Let) -> None:
    key = assessed(officer)
    page = shown.page(AdaptationsPage)
    page.open(key)
    shown.press(page, "Decide")
    type_into(page, "reason", "half a sen")
    do(officer, adaptations.assign, key, officer.landlord.manager.staff_id)
    page.refresh()
    assert page.detail._form.form.values()["reason"] == "half a sen"


def test_chips_count_and_letters_find(shown: Shown, officer: Let) -> None:
    assessed(officer)
    assessed(officer, what="A ramp")
    page = shown.page(AdaptationsPage)
    for key, chip in page.chips.chips().items():
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
        assert chip.text().endswith(f" {page.table.paged.rowCount()}"), key
        assert (page.table.paged.rowCount() == 2) == (key in ("open", "mine", "decide"))
    page.open("open")
    page.search()
    QTest.keyClicks(page._search, "no such name")
    shown.sees(page, "Nothing of that name")


def test_a_home_leads_to_its_works_and_its_requests(shown: Shown, officer: Let) -> None:
    assessed(officer)
    officer.store.actor = officer.landlord.manager
    key = planned(officer)
    page = shown.page(HomesPage)
    page.open(officer.landlord.home_id)
    shown.sees(page.detail, "New kitchens: No day yet, To do")
    opened = asked(page)
    shown.press(page, "Open: New kitchens: No day yet, To do")
    shown.press(page, "Ask for an adaptation")
    assert opened == [("programme", key), ("adaptations", ("new", officer.landlord.home_id))]
    officer.store.actor = officer.landlord.caretaker
    page = shown.page(HomesPage)
    page.open(officer.landlord.home_id)
    shown.sees(page.detail, "New kitchens")
    assert "grab rail" not in said(page.detail) and "Ask for" not in said(page.detail)


def test_works_are_planned_and_homes_added(shown: Shown, manager: Let) -> None:
    listed = shown.page(ProgrammesPage)
    opened = asked(listed)
    shown.press(listed.head, "Plan works")
    assert opened == [("programme", "new")]
    page = shown.page(ProgrammePage)
    page.open("new")
    shown.press(page, "Plan them")
    shown.sees(page, "Give the works a name.")
    for name, words in (("name", "Kitchens"), ("what", "New ones"), ("how_long", "8 days")):
        type_into(page, name, words)
    page.steps._form.form.fields["block"].put(str(manager.landlord.estate_id))
    shown.press(page, "Plan them")
    assert filled(page) == ["Add homes"]
    page.next_button.click()
    type_into(page, "homes", "no such street")
    shown.press(page, "Add them")
    shown.sees(page, "No home was found there.")
    page.steps._form.form.fields["homes"].put("")
    shown.press(page, "Add them")
    assert filled(page) == ["Ask people for their view"]
    assert page.undo()
    assert filled(page) == ["Add homes"]


def test_a_start_asks_for_a_reason_with_all_that_is_open(shown: Shown, manager: Let) -> None:
    page = shown.page(ProgrammePage)
    page.open(planned(manager))
    shown.sees(page, "Nobody has been consulted.")
    shown.press(page, "Start the works")
    shown.press(page, "Start them")
    shown.sees(page, "Do that first, or say why it cannot wait.")
    type_into(page, "reason", "The pipes have burst")
    QTest.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    shown.sees(page, "The pipes have burst")
    assert page._shown.card.status is ProgrammeStatus.STARTED


def test_days_that_are_no_number_are_told_at_their_field(shown: Shown, manager: Let) -> None:
    page = shown.page(ProgrammePage)
    page.open(planned(manager))
    shown.press(page, "Plan the days")
    for words, told in (
        ("many", "That is no whole number."),
        ("0", "0 homes a day cannot be planned."),
        ("-1", "That is no whole number."),
        ("1.5", "That is no whole number."),
        ("99999999", "That is no whole number."),
        ("٣", "That is no whole number."),
    ):
        page.steps._form.form.fields["per_day"].put(words)
        page.steps.save()
        assert told in page.steps._form.form.fields["per_day"].error(), words


def test_a_home_is_done_refused_and_answered(shown: Shown, manager: Let, clock: FakeClock) -> None:
    key = consulted(manager, clock)
    page = shown.page(ProgrammePage)
    page.open(key)
    assert filled(page) == ["Start the works"]
    page.next_button.click()
    page._go_to("homes")
    row = homes(manager, key)[1]
    page.homes._open(row.id)
    shown.press(page.homes, "Done today")
    shown.sees(page.head, "1 of 12 homes done")
    page.homes._open(homes(manager, key, "to_do")[-1].id)
    shown.press(page.homes, "Done earlier")
    page.steps._form.form.fields["done_on"].put(clock.now().date() + timedelta(days=1))
    page.steps.save()
    shown.sees(page, "That day has not come yet.")
    assert page.back()
    page.homes._open(homes(manager, key)[2].id)
    shown.press(page.homes, "They refuse")
    shown.sees(page.head, "1 of 11 homes done")
    assert page.notices.undo()
    shown.press(page.homes, "Record what they say")
    form = page.steps._form.form
    QTest.mouseClick(form.fields["kind"].widget.chips()["concern"], Qt.MouseButton.LeftButton)
    type_into(page, "text", "Dust")
    shown.press(page, "Record it")
    page._go_to("answers")
    page.answers._open(page.answers._found[0].id)
    shown.press(page, "Answer them")
    type_into(page, "answer", "We clean")
    shown.press(page, "Save the answer")
    shown.sees(page.answers, "We clean")


def test_letters_are_made_saved_and_stamped(shown: Shown, manager: Let, tmp_path: Path) -> None:
    key = planned(manager)
    do(manager, programme_consulting.consult, key)
    page = shown.page(ProgrammePage)
    page.open(("letters", key))
    shown.press(page, "Make the letters")
    assert page.letters.pdf().startswith(b"%PDF") and page.letters.preview.page_count() == 24
    page.letters.save_to(tmp_path / "letters.pdf")
    assert "Saved as letters.pdf" in page.notices.showing()
    assert (tmp_path / "letters.pdf").read_bytes() == page.letters.pdf()
    page.letters.save_each_to(tmp_path)
    assert len(list(tmp_path.glob("P-* consultation *.pdf"))) == 12
    shown.press(page, "They have gone out")
    assert "12 homes written to." in page.notices.showing()
    QTest.mouseClick(page.letters.large, Qt.MouseButton.LeftButton)
    assert page.letters.pdf() == b""  # what was on show is not that one
    page.letters.only(manager.landlord.home_id, "Flat 1")
    shown.sees(page, "To Flat 1 only")
    assert "Zoë Łukasiewicz" in page.letters.preview.text(1)
    page.leave()
    assert page.letters.pdf() == b""


def test_what_cannot_be_written_of_is_told(shown: Shown, manager: Let) -> None:
    page = shown.page(ProgrammePage)
    page.open(("letters", planned(manager)))
    shown.press(page, "Make the letters")
    assert "no consultation to write of" in page.notices.showing()


@pytest.fixture
def beside(let: Let, qtbot: QtBot) -> Iterator[tuple[Shown, Tasks]]:
    """A desk whose work is done beside the window, as in the program."""
    errors: list[BaseException] = []
    tasks = Tasks(errors.append)
    yield Shown(Desk(let.store, tasks), qtbot), tasks
    tasks.close()
    let.store.listeners.clear()
    assert not errors


def test_letters_of_three_hundred_homes_can_be_stopped(
    beside: tuple[Shown, Tasks], manager: Let, qtbot: QtBot
) -> None:
    shown, tasks = beside
    key = planned(manager)
    do(manager, programme_consulting.consult, key)
    page = shown.page(ProgrammePage)
    page.open(("letters", key))
    shown.press(page, "Make the letters")
    shown.press(page, "Cancel")
    assert "Stopped" in page.notices.showing() and not page.letters.view.is_working()
    qtbot.waitUntil(lambda: not tasks.busy(), timeout=20_000)
    assert page.letters.pdf() == b""
    shown.press(page, "Make the letters")
    qtbot.waitUntil(lambda: bool(page.letters.pdf()), timeout=20_000)


def test_a_neighbour_sees_the_works_and_makes_the_sheet(shown: Shown, manager: Let) -> None:
    key = planned(manager)
    manager.store.actor = manager.landlord.ambassador
    page = shown.page(ProgrammePage)
    page.open(key)
    assert list(page.chips.chips()) == ["overview", "letters"]
    assert filled(page) == [] and "More to do" not in said(page)
    page.open(("letters", key))
    shown.press(page, "Make the sheet")
    assert page.letters.preview.page_count() == 1
    assert not [one for one in ("Large print", "gone out") if one in said(page.letters)]


def test_an_officer_has_no_step_that_is_refused(shown: Shown, manager: Let) -> None:
    key = planned(manager)
    manager.store.actor = manager.landlord.officer
    listed = shown.page(ProgrammesPage)
    assert not listed.new_button.isVisible()
    page = shown.page(ProgrammePage)
    page.open(key)
    assert filled(page) == []


@pytest.mark.parametrize("size", [(830, 560), (1300, 850)])
@pytest.mark.parametrize("scheme", ["light", "sun"])
def test_every_part_can_be_used(
    shown: Shown, manager: Let, clock: FakeClock, qapp: QApplication, size: tuple[int, int], scheme: str
) -> None:
    """Names, sizes, nothing cut, Tab order, contrast: of each view and of a form of each page."""
    manager.store.actor = manager.landlord.officer
    request = assessed(manager)
    manager.store.actor = manager.landlord.manager
    key = consulted(manager, clock)
    theme.apply(qapp, scheme)
    works = shown.page(ProgrammesPage, *size)
    assert problems(works) == []
    page = shown.page(ProgrammePage, *size)
    page.open(key)
    for view in ("overview", "homes", "answers", "letters"):
        page._go_to(view)
        assert problems(page) == [], view
    page._ask(page.forms.plan(page._shown))
    assert problems(page) == []
    aids = shown.page(AdaptationsPage, *size)
    assert problems(aids) == []
    aids.open(request)
    assert problems(aids) == []
    if size[1] > 600:  # on a small screen the form scrolls, and what is out of sight is below its foot
        shown.press(aids, "Decide")
        assert problems(aids) == []


def test_nothing_of_a_person_is_in_the_place_that_a_lock_remembers(shown: Shown, officer: Let) -> None:
    key = assessed(officer)
    page = shown.page(AdaptationsPage)
    page.open(key)
    assert page.place() == key and isinstance(page.place(), UUID)
    assert look(officer, adaptation_cases.count, Filter("open")) == 1
