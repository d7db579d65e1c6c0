"""The Visits tab: the due list says why, one home in full, the week is proposed, accepted, moved, pinned and undone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.build import a_home, a_tenancy
from tests.conftest import Let
from tests.ui.showing import Shown
from watmos_desktop.models.kinds import TenancyKind
from watmos_desktop.models.tables import Block, Leave
from watmos_desktop.services import tenancy_reviews, visits, visits_due
from watmos_desktop.services.visits_due import DueVisit, Filter
from watmos_desktop.ui.kit.form import Form
from watmos_desktop.ui.pages.visits.list import VisitsPage
from watmos_desktop.ui.pages.visits.week import WeekPage


@pytest.fixture
def estate(let: Let) -> Let:
    """Eight homes on the officer's estate: late, due soon, a starter tenancy due for its decision."""
    with let.store.write("homes", undoable=False) as session:
        block = session.get(Block, let.landlord.block_id)
        for n in range(6):
            home = a_home(session, block)
            a_tenancy(session, home, started_on=date(2023, 11, 2 + 5 * n))
        starter = a_home(session, block)
        a_tenancy(session, starter, started_on=date(2026, 1, 20), kind=TenancyKind.STARTER)
    let.store.actor = let.landlord.officer
    return let


@pytest.fixture
def page(estate: Let, shown: Shown) -> VisitsPage:
    made = shown.page(VisitsPage)
    assert isinstance(made, VisitsPage)
    return made


@pytest.fixture
def week(estate: Let, shown: Shown) -> WeekPage:
    made = shown.page(WeekPage)
    assert isinstance(made, WeekPage)
    return made


def rows(page: VisitsPage, state: str = "now") -> list[DueVisit]:
    return page._desk.look(visits_due.page, Filter(state), 0, 50)


def test_chips_count_and_the_outlook_has_its_numbers_as_text(page: VisitsPage) -> None:
    for key, chip in page.chips.chips().items():
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
        assert chip.text().endswith(f" {page.table.paged.rowCount()}"), key
    assert "late" in page.curve.accessibleName() and "homes in" in page.curve.accessibleName()
    assert page._outlook.text()


def test_why_is_said_and_a_visit_is_planned_moved_and_taken_back(page: VisitsPage, shown: Shown) -> None:
    first = next(one for one in rows(page) if not one.stage)
    page.show_due(first.key)
    shown.sees(page, first.reasons[0])
    shown.press(page.detail, "Plan it")
    shown.press(page.detail, "Plan it")
    (planned,) = [one for one in rows(page, "now") if one.key == first.key]
    assert planned.planned_on is not None and planned.pinned
    assert page.notices.undo()
    (back,) = [one for one in rows(page, "now") if one.key == first.key]
    assert back.planned_on is None


def test_a_day_that_is_over_is_refused_at_its_field(page: VisitsPage, estate: Let, shown: Shown) -> None:
    first = next(one for one in rows(page) if not one.stage)
    page.show_due(first.key)
    shown.press(page.detail, "Plan it")
    form = page.detail.findChild(Form)
    assert form is not None
    form.fill({"day": estate.store.clock.now().date() - timedelta(days=3)})
    shown.press(page.detail, "Plan it")
    assert "is over" in form.fields["day"].error()


def test_a_manager_decides_with_a_reason(estate: Let, shown: Shown) -> None:
    estate.store.actor = estate.landlord.manager
    page = shown.page(VisitsPage)
    one = next(each for each in rows(page, "starter") if each.decision)
    page.open("starter")
    page.show_due(one.key)
    shown.press(page.detail, "Decide")
    shown.press(page.detail, "Decide")
    assert one.tenancy_id is not None
    standing = page._desk.look(tenancy_reviews.get, one.tenancy_id)
    assert standing.decided is not None


def test_a_fortnight_is_proposed_and_saved_only_when_accepted(week: WeekPage, shown: Shown) -> None:
    assert not week.board.cards()
    week.plan()
    assert week.planning.offer.isVisible() and not week.planning.busy.isVisible()
    assert "not saved yet" in week.head.sentence()
    proposed = week.board.cards()
    assert proposed and all("proposed" in card.accessibleName() for card in proposed)
    proposed[0].setFocus()
    assert week.foot.why.text()
    monday = week.place()
    assert isinstance(monday, date) and not week._desk.look(visits.week, monday)
    shown.press(week, week.planning.accept_button.text())
    assert week._desk.look(visits.week, monday) and not week.planning.offer.isVisible()
    assert week.notices.undo()
    assert not week._desk.look(visits.week, monday)


def test_a_visit_is_moved_by_keys_and_by_hand_and_pinned(week: WeekPage, qtbot: QtBot) -> None:
    week.plan()
    week.accept()
    card = week.board.cards()[0]
    entry = card.entry
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert entry.visit_id is not None
    moved = week._desk.look(visits.get, entry.visit_id).card
    assert moved.planned_on is not None and moved.planned_on > entry.day and moved.pinned
    qtbot.waitUntil(lambda: bool(week.board.cards()) and all(one.isVisible() for one in week.board.columns))
    kept = week.board.focused()
    assert kept is not None and kept.visit_id == entry.visit_id
    target = next(column for column in week.board.columns if column.day not in (moved.planned_on, entry.day))
    data = QMimeData()
    data.setData("application/x-watmos-visit", str(entry.visit_id).encode())
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    target.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.MoveAction, data, buttons, keys))
    after = week._desk.look(visits.get, entry.visit_id).card
    # A day that is over is refused and said; else it is there.
    assert after.planned_on == target.day or week.notices.showing()


def test_leave_is_said_when_a_visit_is_moved_onto_it(week: WeekPage, estate: Let) -> None:

    week.plan()
    week.accept()
    card = week.board.cards()[0]
    day = card.entry.day + timedelta(days=1)
    with estate.store.write("leave", undoable=False) as session:
        session.add(Leave(staff_id=estate.landlord.officer.staff_id, starts_on=day, ends_on=day))
    assert card.entry.visit_id is not None
    week._move_to(card.entry.visit_id, day)
    assert "is on leave" in " ".join(words for one in week._entries for words in one.conflicts)


def test_what_is_asked_for_and_needed_is_noted_where_the_home_is(page: VisitsPage, shown: Shown) -> None:
    first = next(one for one in rows(page) if not one.stage)
    page.show_due(first.key)
    shown.press(page.detail, "A visit is asked for")
    shown.press(page.detail, "Note it")
    shown.sees(page, "Say what was asked for. The officer reads it before the visit.")
    form = page.detail.findChild(Form)
    assert form is not None
    form.fill({"asked": "The bath is too high"})
    shown.press(page.detail, "Note it")
    (asked,) = rows(page, "asked")
    assert asked.home_id == first.home_id and asked.due_on == date(2026, 12, 7)
    shown.press(page.detail, "What they need")
    form = page.detail.findChildren(Form)[-1]
    form.fill({"times": "tue_am,thu_pm", "two_people": True, "vulnerable": True, "note": "Ring twice"})
    shown.press(page.detail, "Save")
    shown.sees(page, "Suits: Tuesday morning, Thursday afternoon")
    assert "Vulnerable household" in next(one for one in rows(page) if one.key == first.key).reasons
