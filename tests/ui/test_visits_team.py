"""Leave, half days and languages on a page of the Visits tab, and the figures with their chart."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.build import a_home, a_tenancy
from tests.conftest import Let
from tests.ui.showing import Shown, asked, said
from watmos_desktop.models.tables import Block
from watmos_desktop.services import visit_officers, visits
from watmos_desktop.services.visits import Slot, VisitDraft
from watmos_desktop.ui.pages.visits.figures import FiguresPage
from watmos_desktop.ui.pages.visits.leave import TeamPage


def test_leave_is_added_by_keys_refused_at_its_field_and_the_plan_is_offered(let: Let, shown: Shown) -> None:
    officer, day = let.landlord.officer, date(2026, 11, 26)
    let.store.actor = officer
    assert officer.staff_id is not None
    with let.store.write("planned", undoable=False) as session:
        home = a_home(session, session.get(Block, let.landlord.block_id))
        a_tenancy(session, home, started_on=date(2023, 12, 1))
        visits.arrange(session, VisitDraft(home.id, slot=Slot(officer.staff_id, day, "14:00", "16:00")))
    page = shown.page(TeamPage)
    asks = asked(page)
    QTest.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert page.form is not None
    page.form.fill({"starts_on": day, "ends_on": date(2026, 11, 24)})
    QTest.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert "before the first" in page.form.fields["ends_on"].error()
    page.form.fill({"ends_on": day, "from_noon": True})
    QTest.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert page.form is None and "1 visit is planned in that time" in page.notices.showing()
    shown.press(page, "Plan again")
    assert asks == [("visit_week", "plan")]
    shown.sees(page, "On leave Thu 26 Nov, afternoon")
    shown.press(page, f"Take back the leave of {officer.name}, Thu 26 Nov, afternoon")
    assert "On leave" not in said(page)
    assert page.notices.undo()  # the leave is there again
    shown.sees(page, "On leave Thu 26 Nov, afternoon")


def test_half_days_and_languages_are_kept(let: Let, shown: Shown) -> None:
    officer = let.landlord.officer
    let.store.actor = officer
    page = shown.page(TeamPage)
    shown.press(page, f"Days and languages of {officer.name}")
    assert page.form is not None
    page.form.fill({"times": "mon_am,mon_pm,thu_am", "languages": "polish, Urdu"})
    shown.press(page, "Keep it")
    shown.sees(page, "Mon, Thu morning")
    shown.sees(page, "English, Polish, Urdu")
    with let.store.read() as session:
        (card,) = (one for one in visit_officers.team(session) if one.id == officer.staff_id)
    assert (card.times, card.languages) == (("mon_am", "mon_pm", "thu_am"), ("Polish", "Urdu"))


def test_figures_are_said_and_the_chart_has_its_numbers_as_text(let: Let, shown: Shown) -> None:
    let.store.actor = let.landlord.officer
    page = shown.page(FiguresPage)
    words = said(page)
    assert "in time" in words and "homes seen" in words.replace("home seen", "homes seen")
    assert "Homes due by month" in page.curve.accessibleName()
    assert page.tiles["T1"].accessibleName().startswith("n/a")
    assert "late" in page.estates.accessibleName()
    page.since.show_day(date(2026, 12, 1))
    page.refresh()
    assert "Turn them round" in page.fields["since"].error()
