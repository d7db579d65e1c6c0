"""The form to report a repair: what it asks, what it says at once, errors at the field, nothing lost."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.conftest import Let
from tests.ui import access
from tests.ui.showing import Shown, asked, said
from watmos_desktop.services import repair_timeline, repairs
from watmos_desktop.services.repair_report import Reported
from watmos_desktop.ui import theme
from watmos_desktop.ui.pages.repairs.list import RepairsPage
from watmos_desktop.ui.pages.repairs.report import ReportRepairPage


def at_home(shown: Shown, let: Let, **size: int) -> ReportRepairPage:
    let.store.actor = let.landlord.officer
    page: ReportRepairPage = shown.page(ReportRepairPage, **size)
    page.open(let.landlord.home_id)
    return page


def test_it_asks_for_what_is_missing_at_its_field(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.officer
    page = shown.page(ReportRepairPage)
    page.open("new")
    page.save()
    assert page.fields["place"].error().startswith("Say where")
    page.open(let.landlord.home_id)
    page.save()
    assert page.fields["what"].error().startswith("Say what")


def test_a_few_letters_and_enter_choose_and_arrows_move(shown: Shown, let: Let) -> None:
    page = at_home(shown, let)
    QTest.keyClicks(page.asked.what.line, "toilet")
    assert [row.marked for row in page.asked.what.rows()][:2] == [True, False]
    QTest.keyClick(page.asked.what.line, Qt.Key.Key_Down)
    QTest.keyClick(page.asked.what.line, Qt.Key.Key_Return)
    assert page.asked.fault == ("toilet", "blocked")
    assert "Toilet" in said(page.asked.what) and not page.asked.what.line.isVisible()
    QTest.mouseClick(page.asked.what.change, Qt.MouseButton.LeftButton)
    assert page.asked.what.line.isVisible() and not page.advice.isVisible()


def test_place_and_fault_are_found_in_one_line_and_neither_is_guessed(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.officer
    page = shown.page(ReportRepairPage)
    page.open("new")

    def offered(text: str) -> list[str]:
        page.asked.place.line.setText(text)
        page.asked.place.offer(text)
        return [row.accessibleName() for row in page.asked.place.rows()]

    assert offered("lindley house a lift lamp") == ["Lindley House A, Lift: lamp or buttons in it broken"]
    (first, *more) = offered("lukasie window glass")
    assert all(name.startswith("Zoë Łukasiewicz, Window") for name in (first, *more))
    assert offered("lukasie lift lamp") == [], "no lift stands in a home"
    assert offered("nowhere lift lamp") == []
    assert offered("lindley house a")[0].startswith("Lindley House A"), "a place alone is still a place"
    offered("lindley house a lift lamp")
    QTest.keyClick(page.asked.place.line, Qt.Key.Key_Return)
    assert (page.asked.fault, page.asked.where.name) == (("lift", "light"), "Lindley House A")


def test_what_has_no_name_is_something_else_in_ones_own_words(shown: Shown, let: Let) -> None:
    page = at_home(shown, let)
    QTest.keyClicks(page.asked.what.line, "cat flap")
    QTest.keyClick(page.asked.what.line, Qt.Key.Key_Down)
    QTest.keyClick(page.asked.what.line, Qt.Key.Key_Return)
    assert page.asked.title.isVisible() and page.asked.title.text() == "Cat flap"


def test_whose_it_is_is_said_at_once_and_an_override_asks_why(shown: Shown, let: Let) -> None:
    page = at_home(shown, let)
    page.asked.choose_fault("toilet_seat", "broken")
    assert "Small things of daily use" in page.advice.read_out.text()
    assert page.save_button.text() == "Keep as told" and not page.advice.soon.isVisible()
    page.advice.whose.chips()["landlord"].click()
    assert page.advice.whose_reason.isVisible() and page.advice.soon.isVisible()
    page.save()
    assert page.advice.whose_reason.error().startswith("Say why")
    page.advice.whose_reason.put("She cannot")
    page.advice.priority.chips()["urgent"].click()
    page.advice.priority_reason.put("She falls")
    opened = asked(page)
    page.save()
    ((name, done),) = opened
    assert name == "repairs" and isinstance(done, Reported) and not done.signposted
    draft = page._draft()
    assert draft is None  # the form is empty again


def test_a_tick_for_someone_at_risk_makes_it_sooner(shown: Shown, let: Let) -> None:
    page = at_home(shown, let)
    page.asked.choose_fault("boiler", "no_heating")
    assert page.pill.words().startswith("Urgent")
    page.asked.at_risk.click()
    assert page.pill.words().startswith("Emergency · made safe by")
    assert page.advice.decided() == (None, None)


def test_open_repairs_are_offered_and_one_key_adds_to_them(shown: Shown, let: Let) -> None:
    page = at_home(shown, let)
    page.asked.choose_fault("waste", "blocked")
    page.save()
    page.open(let.landlord.home_id)
    page.asked.choose_fault("waste", "slow")
    assert page.advice.already.isVisible()
    page.details.note.setPlainText("Kitchen now too")
    assert page._aside.column.indexOf(page.advice) == 0
    assert page.advice.already.y() < page.advice.say.y(), "what is open there is offered first"
    opened = asked(page)
    page.setFocus()
    QTest.keyClick(page, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    assert [name for name, _ in opened] == ["repairs"]
    repairs_page = shown.page(RepairsPage)
    repairs_page.open(opened[0][1])
    shown.sees(
        repairs_page.detail,
        "runs away slowly, or smells. Kitchen now too",
    )
    assert "What was promised" in said(repairs_page.detail)


def test_what_was_written_survives_a_lock(shown: Shown, let: Let) -> None:
    """Every word and every choice, so that nobody decides or types it twice."""
    page = at_home(shown, let)
    page.asked.choose_fault("toilet_seat", "broken")
    zoe = next(iter(page.asked.person.chips()))
    page.asked.person.chips()[zoe].click()
    page.asked.at_risk.click()
    page.details.cause.chips()["accident"].click()
    page.details.exactly.line.setText("Upstairs")
    page.details.note.setPlainText("Kept the old one")
    page.details.how.chips()["in_person"].click()
    page.details.when.chips.chips()["today"].click()
    page.details.when.time.setText("09:15")
    page.advice.whose.chips()["landlord"].click()
    page.advice.whose_reason.put("She cannot")
    page.advice.priority.chips()["urgent"].click()
    page.advice.priority_reason.put("She falls")
    before = page._draft()
    page.leave()
    again = shown.page(ReportRepairPage)
    assert again._draft() == before
    assert before is not None and str(before.person_id) == zoe
    again.save()
    assert shown.page(ReportRepairPage).asked.where is None


def test_it_counts_from_when_it_was_reported_and_how_they_were_told_is_kept(shown: Shown, let: Let) -> None:
    """Told at the counter at a quarter past nine, written down at 10:42."""
    page = at_home(shown, let)
    page.asked.choose_fault("toilet", "only_blocked")
    page.details.when.chips.chips()["today"].click()
    page.save()
    assert page.fields["time"].error().startswith("Say what time it was.")
    page.details.when.time.setText("25:00")
    page.save()
    assert page.fields["time"].error().startswith("That is no time of day.")
    page.details.when.time.setText("23:00")
    page.save()
    assert page.fields["when"].error().startswith("It cannot be reported before it happened.")
    page.details.when.time.setText("09:15")
    assert page.pill.words() == "Emergency · made safe by Tue 24 Nov, 09:15"
    page.details.how.chips()["in_person"].click()
    page.details.note.setPlainText("x" * 4001)
    page.save()
    assert "letters" in page.fields["description"].error() and page.details.when.time.text() == "09:15"
    page.details.note.setPlainText("")
    opened = asked(page)
    page.save()
    with let.store.read() as session:
        told = [one for one in repair_timeline.of(session, opened[0][1].id).entries if one.kind == "told"]
    assert [(one.what, one.when) for one in told] == [("Told in person", "23 Nov 2026, 09:15")]


def test_an_ambassador_finds_no_home_and_decides_nothing(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.ambassador
    page = shown.page(ReportRepairPage)
    page.asked.place.offer("Flat")
    assert page.asked.place.rows() == []
    page.asked.go_to("block", let.landlord.block_id)
    page.asked.choose_fault("lift", "dead")
    assert not page.advice.priority.isVisible() and not page.advice.whose.isVisible()
    page.save()
    assert page.asked.where is None


def test_a_caretaker_is_told_that_the_tenure_is_not_for_them(shown: Shown, let: Let) -> None:
    page = shown.page(ReportRepairPage)
    page.open(let.landlord.home_id)
    page.asked.choose_fault("tap", "dripping")
    assert "not for your role" in said(page.advice)
    assert "Łukasiewicz" not in said(page)


def test_it_is_easy_to_use_in_every_theme_and_on_a_tablet(shown: Shown, let: Let, qapp: QApplication) -> None:
    for scheme, width, height in (("light", 1300, 850), ("dark", 830, 1500), ("sun", 830, 1500)):
        theme.apply(qapp, scheme)
        page = at_home(shown, let, width=width, height=height)
        page.asked.choose_fault("damp", "mould")
        assert access.problems(page) == [], scheme


def test_a_part_of_the_block_is_chosen_and_words_stay_possible(shown: Shown, let: Let) -> None:
    page = shown.page(ReportRepairPage)
    page.open("new")
    QTest.keyClicks(page.asked.place.line, "Lindley House A")
    QTest.keyClick(page.asked.place.line, Qt.Key.Key_Return)
    page.asked.choose_fault("lift", "light")
    parts = page.details.exactly.areas.chips()
    assert page.details.exactly.areas.isVisible() and parts
    key, chip = next(iter(parts.items()))
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    page.details.exactly.line.setText("by the door")
    opened = asked(page)
    page.save()
    ((_, done),) = opened
    with let.store.read() as session:
        row = repairs.get_row(session, done.id)
    assert (row.area_key, row.place) == (key, f"{chip.text()}, by the door")


def test_a_home_has_no_shared_parts(shown: Shown, let: Let) -> None:
    page = at_home(shown, let)
    page.asked.choose_fault("toilet", "blocked")
    assert not page.details.exactly.areas.isVisible() and page.details.exactly.line.isVisible()
