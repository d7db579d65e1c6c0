"""The Repairs tab: what is due next, in words; search; one repair with its legal steps and photos."""

from __future__ import annotations

from typing import Any

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import event

from tests.conftest import Let
from tests.ui.showing import Shown, asked, said
from watmos_desktop.models.tables import Repair
from watmos_desktop.services import inspections, repairs
from watmos_desktop.ui.kit.cells import TONE
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.photos import PhotoStrip
from watmos_desktop.ui.pages.repairs.detail import DetailPanel
from watmos_desktop.ui.pages.repairs.list import RepairsPage


def test_chips_count_what_the_list_shows(shown: Shown) -> None:
    page = shown.page(RepairsPage)
    for key, chip in page.chips.chips().items():
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
        assert chip.text().endswith(f" {page.table.paged.rowCount()}"), key
    assert page.chips.chips()["done"].text() == "Done 1"
    QTest.mouseClick(page.chips.chips()["open"], Qt.MouseButton.LeftButton)
    marks = {key: chip for key, chip in page.filters.marks.chips().items() if chip.isVisible()}
    assert {"hazard", "emergency", "communal", "nobody", "mine"} <= marks.keys()
    for key, chip in marks.items():
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
        assert chip.text().endswith(f" {page.table.paged.rowCount()}"), key
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert page.filters.marks.chips()["hazard"].text() == "Damp and hazards 2"


def test_due_is_said_in_words_and_shape_next_due_first(shown: Shown) -> None:
    page = shown.page(RepairsPage)
    model = page.table.paged
    due = [model.data(model.index(n, 4)) for n in range(model.rowCount())]
    tones = [model.data(model.index(n, 4), TONE) for n in range(model.rowCount())]
    assert "2 h 10 min left" in due
    assert "3 working days late" in due
    assert tones[due.index("3 working days late")] == Tone.BAD
    assert tones == sorted(tones, key=["bad", "warn", "info", "ok"].index)


def test_a_click_on_a_head_sorts_and_a_second_turns_it(shown: Shown) -> None:
    page = shown.page(RepairsPage)
    model = page.table.paged
    head = page.table.horizontalHeader()
    titles = []
    for _ in range(2):
        head.sectionClicked.emit(1)
        titles.append([model.data(model.index(n, 1)).split(" · ")[0] for n in range(model.rowCount())])
    assert titles[0] == sorted(titles[0])
    assert titles[1] == titles[0][::-1]


def test_ctrl_k_and_a_few_letters_find_a_repair(shown: Shown, qtbot: QtBot) -> None:
    page = shown.page(RepairsPage)
    assert page.search()
    QTest.keyClicks(page._search, "landing light")
    qtbot.waitUntil(lambda: page.table.paged.rowCount() == 1)
    QTest.keyClicks(page._search, " nothing of that name")
    shown.sees(page, "Nothing of that name")
    QTest.keyClick(page._search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.table.paged.rowCount() > 1)


def test_enter_shows_promise_law_and_history(shown: Shown, let: Let) -> None:
    page = shown.page(RepairsPage)
    QTest.mouseClick(page.filters.marks.chips()["hazard"], Qt.MouseButton.LeftButton)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_End)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    for words in (
        "Damp on the stair wall",
        "Promised: due",
        "Awaab's Law",
        "Damp and mould growth",
        "History",
    ):
        shown.sees(page.detail, words)
    assert any("look into it" in line and "by" in line for line in said(page.detail).splitlines())


def test_photos_open_large_and_esc_comes_back_to_the_repair(shown: Shown, let: Let, qtbot: QtBot) -> None:
    with let.store.read() as session:
        raised = inspections.get(session, let.landlord.signed_id).walk.raised
        repair_id = next(iter(raised.values())).id
    page = shown.page(RepairsPage)
    page.open(repair_id)
    shown.sees(page.detail, "Photos")
    (strip,) = page.detail.findChildren(PhotoStrip)
    (tile,) = strip.tiles()
    qtbot.waitUntil(tile.isVisible)
    tile.click()
    assert page.photo.isVisible() and not page.panes.isVisible()
    assert page.back()
    assert page.panes.isVisible() and page.place() == repair_id
    assert not page.back()
    opened = asked(page)
    shown.press(page.detail, "The inspection")
    assert opened == [("inspections", let.landlord.signed_id)]


def test_a_panel_that_is_gone_before_it_was_scrolled_is_left_alone(
    shown: Shown, let: Let, qtbot: QtBot
) -> None:
    """As when pages are replaced quickly: an error in the event loop fails the test."""
    panel = shown.page(DetailPanel)
    panel.show_repair(let.landlord.repair_id)
    shiboken6.delete(panel._read)
    qtbot.wait(5)


def test_read_again_the_repair_stays_scrolled_where_it_was(shown: Shown, let: Let, qtbot: QtBot) -> None:
    panel = shown.page(DetailPanel, height=300)
    panel.show_repair(let.landlord.repair_id)
    bar = panel._read._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 90)
    bar.setValue(90)
    panel.show_repair(let.landlord.repair_id)
    qtbot.wait(20)
    assert bar.value() == 90
    panel._nothing()
    panel.show_repair(let.landlord.repair_id)
    qtbot.waitUntil(lambda: bar.value() == 0)


def test_it_follows_a_change_made_elsewhere(shown: Shown, let: Let, qtbot: QtBot) -> None:
    page = shown.page(RepairsPage)
    page.open(let.landlord.repair_id)
    with let.store.write("contractor") as session:
        row = session.get(Repair, let.landlord.repair_id)
        assert row is not None
        row.contractor = "Apex Doors"
    shown.sees(page.detail, "Apex Doors")


def test_narrow_shows_one_at_a_time(shown: Shown, let: Let) -> None:
    page = shown.page(RepairsPage, width=900, height=600)
    page.open(let.landlord.repair_id)
    assert not page.table.isVisible() and page.detail.isVisible()
    assert page.back()
    assert page.table.isVisible()


def test_a_view_to_be_named_waits_for_the_list(shown: Shown, let: Let) -> None:
    page = shown.page(RepairsPage, width=900, height=600)
    page.more.ask_name()
    page.more.name.setText("Doors")
    page.open(let.landlord.repair_id)
    assert not page.more.strip.isVisible()
    assert page.back()
    assert page.more.strip.isVisible() and page.more.name.text() == "Doors"
    assert page.back()
    page.open(let.landlord.repair_id)
    assert page.back() and not page.more.strip.isVisible()


def test_a_repair_elsewhere_is_not_here(shown: Shown, let: Let) -> None:
    page = shown.page(RepairsPage)
    page.open(let.landlord.block_id)
    assert "is not here" in page.notices.showing()


def test_an_ambassador_reads_no_words_of_staff(shown: Shown, let: Let) -> None:
    with let.store.write("words") as session:
        row = session.get(Repair, let.landlord.repair_id)
        assert row is not None
        row.description = "Mrs Singh in flat 4 is locked out"
    let.store.actor = let.landlord.ambassador
    page = shown.page(RepairsPage)
    page.open(let.landlord.repair_id)
    shown.sees(page.detail, "Door entry repair")
    assert "Singh" not in said(page.detail) and "Kaur" not in said(page.detail)


def test_a_repair_in_full_is_read_at_one_moment_and_nothing_twice(shown: Shown, let: Let) -> None:
    """Its parts read for themselves; what several ask for is asked of the database once."""
    page = shown.page(RepairsPage)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(let.store._reader, "before_cursor_execute", note)
    page.detail.show_repair(let.landlord.repair_id)
    event.remove(let.store._reader, "before_cursor_execute", note)
    rows = [one for one in asked if "FROM repair \nWHERE repair.id = ?" in one]
    assert len(rows) <= 2 and len(asked) <= 34, (len(rows), len(asked))
    with shown.desk.at_one_moment():
        first = shown.desk.look(repairs.get, let.landlord.repair_id)
        assert shown.desk.look(repairs.get, let.landlord.repair_id) is first
    assert shown.desk.look(repairs.get, let.landlord.repair_id) is not first
