"""The list at work, the board and the plan, with real keys: chips that combine, many at once, moves, pins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from tests import build
from tests.conftest import Let
from tests.ui import access
from tests.ui.showing import Shown, asked, said
from watmos_desktop.models.kinds import RepairStatus, Waiting
from watmos_desktop.models.tables import Block, Repair, Staff
from watmos_desktop.services import block_plans, repair_figures, repair_views, repairs, today
from watmos_desktop.services.repair_views import View
from watmos_desktop.services.repairs import Filter
from watmos_desktop.ui import theme
from watmos_desktop.ui.pages.repairs.board import BoardCard, BoardPage
from watmos_desktop.ui.pages.repairs.figures import FiguresPage
from watmos_desktop.ui.pages.repairs.list import RepairsPage
from watmos_desktop.ui.pages.repairs.list_paper import ListPaperPage
from watmos_desktop.ui.pages.repairs.plan import PlanPage

DOWN, SHIFT, CTRL = Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def test_marks_narrow_together_and_the_list_is_found_as_it_was_left(shown: Shown, let: Let) -> None:
    page = shown.page(RepairsPage)
    marks = page.filters.marks.chips()
    for name in ("emergency", "communal"):
        marks[name].setFocus()
        QTest.keyClick(marks[name], Qt.Key.Key_Space)
    assert page.view().wanted.also == {"emergency", "communal"}
    with let.store.read() as session:
        assert page.table.paged.rowCount() == repairs.count(session, page.view().wanted) > 0
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    left = page.view()
    again = shown.page(RepairsPage)
    assert again.view() == left and again.filters.marks.chosen() == {"emergency", "communal"}


def test_many_cards_of_a_column_scroll_and_are_not_squeezed(shown: Shown, let: Let) -> None:
    with let.store.write("many") as session:
        block, staff = session.scalars(select(Block)).first(), session.scalars(select(Staff)).first()
        assert block is not None and staff is not None
        for number in range(12):
            build.a_repair(session, block, staff, title=f"Handrail number {number}")
    page = shown.page(BoardPage, width=836, height=544)
    cards = [card for column in page.cards.values() for card in column]
    assert len(cards) > 12 and all(card.height() >= card.sizeHint().height() for card in cards)


def test_several_are_chosen_by_keys_given_and_taken_back(shown: Shown, let: Let) -> None:
    page = shown.page(RepairsPage)
    page.table.go(0)
    page.table.setFocus()
    assert not page.many.isVisible()
    for _ in range(2):
        QTest.keyClick(page.table, DOWN, SHIFT)
    assert page.many.isVisible() and page.many.words.text() == "3 chosen"
    ids = page.table.keys(9)
    page.many.whom.choose(str(let.store.actor.staff_id))
    QTest.keyClick(page.table, Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    with let.store.read() as session:
        assert {session.get_one(Repair, one).assigned_to for one in ids} == {let.store.actor.staff_id}
    assert "3 repairs given to you." in page.notices.showing()
    shown.qtbot.waitUntil(lambda: page.filters.marks.chips()["mine"].text() == "Mine 3")
    page.undo()
    with let.store.read() as session:
        assert {session.get_one(Repair, one).assigned_to for one in ids} == {None}


def test_chosen_rows_are_copied_as_lines_and_esc_lets_them_go(shown: Shown, let: Let) -> None:
    page = shown.page(RepairsPage)
    page.table.go(0)
    page.table.setFocus()
    QTest.keyClick(page.table, DOWN, SHIFT)
    QTest.keyClick(page.table, Qt.Key.Key_C, CTRL)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 2 and all(line.startswith("R-") and line.count("\t") == 4 for line in lines)
    assert page.back() and not page.many.isVisible()
    row = page.table.visualRect(page.table.paged.index(2, 1)).center()
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=row)
    first = page.table.visualRect(page.table.paged.index(0, 1)).center()
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, CTRL, first)
    assert page.table.count_chosen() == 2


def test_a_view_is_saved_chosen_and_forgotten_from_the_menu(shown: Shown, let: Let) -> None:
    page = shown.page(RepairsPage)
    page.show_view(View("", Filter("overdue"), "-title"))
    entries = {entry.words: entry for group in page.more.groups() for entry in group}
    entries["Save this view"].run()
    page.more.save_view()
    assert "Give the view a name" in page.notices.showing() and page.more.name.isVisible()
    QTest.keyClicks(page.more.name, "Late by name")
    QTest.keyClick(page.more.name, Qt.Key.Key_Return)
    assert not page.more.strip.isVisible()
    page.show_view(View(""))
    menu = page.more_button.menu_now()
    next(action for action in menu.actions() if action.text() == "Late by name").trigger()
    assert (page.view().wanted.state, page.view().sort) == ("overdue", "-title")
    entries = {entry.words: entry for group in page.more.groups() for entry in group}
    entries["Forget “Late by name”"].run()
    assert repair_views.views(let.store) == []
    assert page.undo() and [one.name for one in repair_views.views(let.store)] == ["Late by name"]


def test_the_list_is_exported_without_a_formula(shown: Shown, let: Let, tmp_path: Path) -> None:
    let.store.actor = let.landlord.officer
    with let.store.write("a nasty title") as session:
        row = session.get_one(Repair, let.landlord.repair_id)
        row.title = '=HYPERLINK("http://x")'
    page = shown.page(RepairsPage)
    page.more.export_to(tmp_path / "list.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx")["Repairs"]
    cells = {cell.value: cell.data_type for line in sheet.iter_rows() for cell in line}
    assert cells['=HYPERLINK("http://x")'] == "s" and "f" not in cells.values()
    assert sheet.max_row == page.table.paged.rowCount() + 1
    assert "exported" in page.notices.showing()
    let.store.actor = let.landlord.caretaker
    page = shown.page(RepairsPage)
    page.more.export_as()
    assert "Export as a spreadsheet" not in {entry.words for group in page.more.groups() for entry in group}


def test_a_place_is_chosen_down_to_the_part_of_a_block(shown: Shown, let: Let) -> None:
    page = shown.page(RepairsPage)
    page.filters.ask_place()
    bar = page.filters
    for field in (bar.estates, bar.blocks):
        assert field.isVisible()
        field.setCurrentIndex(1)
        field.activated.emit(1)
    assert bar.areas.isVisible() and page.view().wanted.block_id is not None
    with let.store.read() as session:
        assert page.table.paged.rowCount() == repairs.count(session, page.view().wanted)
    bar.everywhere()
    assert page.view().wanted.estate_id is None and not bar.estates.isVisible()


@pytest.fixture
def open_one(let: Let) -> Repair:
    """A repair of the block that nobody was sent for."""
    with let.store.write("one more") as session:
        block = session.get_one(Block, let.landlord.block_id)
        staff = session.get_one(Staff, let.store.actor.staff_id)
        return build.a_repair(session, block, staff, title="Handrail loose")


def test_cards_are_walked_and_moved_by_keys_and_what_is_not_lawful_is_said(
    shown: Shown, let: Let, open_one: Repair, qtbot: QtBot
) -> None:
    page = shown.page(BoardPage, 1000, 600)

    def in_hand() -> BoardCard:
        cards: list[BoardCard] = [one for each in page.cards.values() for one in each]
        return next(one for one in cards if one.card.id == open_one.id)

    assert page.take(open_one.id)
    page.why.choose(Waiting.ACCESS.value)
    page.buttons["waiting"].click()
    with let.store.read() as session:
        assert session.get_one(Repair, open_one.id).waiting is Waiting.ACCESS
    qtbot.waitUntil(lambda: in_hand() in page.cards["waiting"] and in_hand().hasFocus())
    opened = asked(page)
    QTest.keyClick(in_hand(), Qt.Key.Key_Right, CTRL)
    assert opened == [("repair_done", open_one.id)]
    page.undo()
    with let.store.read() as session:
        assert session.get_one(Repair, open_one.id).waiting is None
    with let.store.write("ordered") as session:
        session.get_one(Repair, open_one.id).status = RepairStatus.ORDERED
    qtbot.waitUntil(lambda: in_hand() in page.cards["ordered"])
    page.take(open_one.id)
    QTest.keyClick(in_hand(), Qt.Key.Key_Left, CTRL)
    assert "A contractor has the order" in page.notices.showing()
    QTest.keyClick(in_hand(), Qt.Key.Key_Return)
    assert opened[-1] == ("repairs", open_one.id)


def test_an_ambassador_looks_at_the_board_and_moves_nothing(shown: Shown, let: Let, open_one: Repair) -> None:
    let.store.actor = let.landlord.ambassador
    page = shown.page(BoardPage)
    assert any(page.cards.values()) and not page.buttons["done"].isVisible()
    assert "Handrail loose" not in " ".join(
        card.accessibleName() for each in page.cards.values() for card in each
    )


def test_a_pin_is_set_by_a_press_and_by_arrows(
    shown: Shown, let: Let, open_one: Repair, qtbot: QtBot
) -> None:
    page = shown.page(PlanPage, 1000, 600)
    page.open(let.landlord.block_id)
    numbers = {pin.card.id: pin.number - 1 for pin in page._plan.pins}
    page.table.go(numbers[open_one.id])
    box = page.view.picture_box()
    at = QPoint(round(box.x() + box.width() * 0.25), round(box.y() + box.height() * 0.75))
    QTest.mouseClick(page.view, Qt.MouseButton.LeftButton, pos=at)
    with let.store.read() as session:
        (x, y) = session.get_one(Repair, open_one.id).pin
    assert (x, y) == (pytest.approx(0.25, abs=0.01), pytest.approx(0.75, abs=0.01))
    page.begin()
    QTest.keyClick(page.view, Qt.Key.Key_Right)
    QTest.keyClick(page.view, Qt.Key.Key_Up, SHIFT)
    QTest.keyClick(page.view, Qt.Key.Key_Return)
    with let.store.read() as session:
        assert session.get_one(Repair, open_one.id).pin == [pytest.approx(x + 0.01), pytest.approx(y - 0.05)]
    shown.press(page, "Take it off the plan")
    with let.store.read() as session:
        assert session.get_one(Repair, open_one.id).pin == []
    assert page.undo()
    with let.store.read() as session:
        assert session.get_one(Repair, open_one.id).pin


def test_the_plan_is_reached_from_the_list_the_board_and_the_repair_itself(
    shown: Shown, let: Let, open_one: Repair
) -> None:
    """Wherever one stands, it opens at the block or estate of that repair, with the repair in hand."""
    page = shown.page(RepairsPage)
    went = asked(page)
    page.open(open_one.id)
    shown.press(page.detail, "On the plan")
    numbers = [page.table.paged.row(n).key for n in range(page.table.paged.rowCount())]
    page.table.go(numbers.index(open_one.id))
    QTest.keyClick(page.table, Qt.Key.Key_M, CTRL)
    board = shown.page(BoardPage)
    there = asked(board)
    board.open(open_one.id)
    QTest.keyClick(board.window(), Qt.Key.Key_M, CTRL)
    assert went + there == [("plan", ("repair", open_one.id))] * 3
    plan = shown.page(PlanPage)
    plan.open(went[0][1])
    assert (plan.place(), plan.table.key()) == (open_one.block_id, open_one.id)
    plan.open(let.landlord.estate_id)
    assert "the grounds" in plan.head.sentence() and not plan.sheet_button.isVisible()
    plan.open(("repair", uuid4()))
    assert plan.notices.showing() and plan.place() == let.landlord.estate_id


def test_the_office_gives_the_picture_and_a_bad_one_is_said(shown: Shown, let: Let, tmp_path: Path) -> None:
    path = tmp_path / "plan.png"
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    image.save(str(path))
    page = shown.page(PlanPage)
    page.open(None)
    assert not page.picture_button.isVisible()
    let.store.actor = let.landlord.manager
    page = shown.page(PlanPage)
    page.open(let.landlord.block_id)
    (tmp_path / "bad.png").write_bytes(b"no picture")
    page.take_picture(tmp_path / "bad.png")
    assert page.notices.showing()
    page.take_picture(path)
    with let.store.read() as session:
        assert block_plans.of(session, let.landlord.block_id).sha256
    box = page.view.picture_box()
    assert box.width() / box.height() == pytest.approx(2, abs=0.05)
    assert "open repair" in said(page)


def test_the_list_and_the_sheet_of_a_block_are_made_as_paper(shown: Shown, let: Let, tmp_path: Path) -> None:
    page = shown.page(ListPaperPage)
    page.open(View("", Filter("open", also=frozenset({"communal"})), "-due"))
    assert page.pdf().startswith(b"%PDF") and "Open: shared parts" in said(page)
    page.save_to(tmp_path / "list.pdf")
    assert (tmp_path / "list.pdf").read_bytes() == page.pdf()
    page.open(let.landlord.block_id)
    assert "For the noticeboard" in said(page) and page.preview.page_count() == 1
    page.leave()
    assert not page.pdf()


def test_figures_say_what_they_are_made_of_and_a_wrong_span_at_its_field(shown: Shown, let: Let) -> None:
    page = shown.page(FiguresPage)
    shown.sees(page, "n/a")
    with let.store.read() as session:
        told = repair_figures.get(session)
    late = told.figure("overdue")
    assert page.tiles["overdue"].accessibleName().endswith(f"{late.numerator} of {late.denominator}")
    page.since.show_day(page.until.value() + timedelta(days=1))
    assert "comes after the last" in page.fields["since"].error()


def test_told_twice_is_decided_on_the_repair_and_taken_back(shown: Shown, let: Let, open_one: Repair) -> None:
    with let.store.write("told again") as session:
        block = session.get_one(Block, let.landlord.block_id)
        staff = session.get_one(Staff, let.store.actor.staff_id)
        again = build.a_repair(session, block, staff, title="Rail wobbles", trade=open_one.trade)
    with let.store.read() as session:
        cards = [card for card in today.get(session).cards if "told twice" in card.title]
    assert len(cards) == 1
    page = shown.page(RepairsPage)
    page.open("double")
    assert {page.table.paged.row(n).key for n in range(page.table.paged.rowCount())} == {
        open_one.id,
        again.id,
    }
    page.show_repair(again.id)
    shown.sees(page.detail, "The same fault told twice?")
    shown.press(page.detail, "Same fault")
    assert "is closed as the double of" in page.notices.showing()
    with let.store.read() as session:
        assert session.get_one(Repair, again.id).duplicate_of == open_one.id
    page.open(open_one.id)
    shown.sees(page.detail, f"Also reported as {again.reference}")
    assert page.undo()
    page.open(again.id)
    shown.press(page.detail, "Another fault")
    page.open("double")
    shown.sees(page, "Nothing looks told twice")


@pytest.mark.parametrize("make", [RepairsPage, BoardPage, PlanPage, FiguresPage])
@pytest.mark.parametrize(
    ("scheme", "scale", "size"),
    [("light", 1.0, (836, 560)), ("dark", 1.0, (1100, 850)), ("sun", 1.5, (1250, 850))],
)
def test_everything_can_be_reached_read_and_pressed(
    shown: Shown,
    let: Let,
    qapp: QApplication,
    make: Callable[..., QWidget],
    scheme: str,
    scale: float,
    size: tuple[int, int],
) -> None:
    let.store.actor = let.landlord.manager
    theme.apply(qapp, scheme, scale)
    page = shown.page(make, *size)
    if isinstance(page, RepairsPage):
        page.filters.ask_place()
    assert access.problems(page) == []
