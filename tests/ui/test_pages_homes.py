"""The Homes tab and the import: as each role may see; all or nothing; stopped without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.conftest import Let
from tests.ui.showing import Shown, asked, said
from watmos_desktop.services import homes
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.homes.import_page import ImportPage
from watmos_desktop.ui.pages.homes.list import HomesPage
from watmos_desktop.ui.tasks import Tasks

GOOD = """\
Reference,Address,Postcode,Estate,Block
N1,1 New Row,WS1 2AB,Lindley Estate,New Row
N2,2 New Row,WS1 2AB,Lindley Estate,New Row
"""
BAD = GOOD + "N3,,,,\n"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "homes.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def count(let: Let) -> int:
    with let.store.read() as session:
        return homes.count(session)


def test_estate_block_and_letters_narrow_the_list(shown: Shown, qtbot: QtBot) -> None:
    page = shown.page(HomesPage)
    assert page.table.paged.rowCount() == 12
    page.estates.setCurrentIndex(1)
    page.blocks.setCurrentIndex(1)
    assert page.table.paged.rowCount() == 6
    page.search()
    QTest.keyClicks(page._search, "no such home")
    shown.sees(page, "Nothing of that name")


def test_a_caretaker_sees_the_home_and_an_officer_who_lives_there(shown: Shown, let: Let) -> None:
    page = shown.page(HomesPage)
    page.open(let.landlord.home_id)
    shown.sees(page.detail, "Lindley House A")
    assert "Zoë" not in said(page.detail)
    assert not page.import_button.isVisible() and not page.export_button.isVisible()
    let.store.actor = let.landlord.officer
    page = shown.page(HomesPage)
    page.open(let.landlord.home_id)
    shown.sees(page.detail, "Zoë Łukasiewicz · tenant")
    shown.sees(page.detail, "07700 900123")


def test_export_writes_the_file_whole(shown: Shown, let: Let, tmp_path: Path) -> None:
    let.store.actor = let.landlord.manager
    page = shown.page(HomesPage)
    page.export_to(tmp_path / "out.csv")
    assert "12 homes exported" in page.notices.showing()
    assert (tmp_path / "out.csv").read_text("utf-8-sig").count("\n") == 13
    page.export_to(tmp_path / "missing" / "out.csv")
    assert "That folder is not there" in page.notices.showing()


def test_import_is_asked_for_by_managers(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.manager
    page = shown.page(HomesPage)
    opened = asked(page)
    shown.press(page, "Import homes")
    assert opened == [("import", None)]


def test_a_preview_then_ctrl_s_imports_all_of_it_and_ctrl_z_takes_it_back(
    shown: Shown, let: Let, good: Path
) -> None:
    let.store.actor = let.landlord.manager
    page = shown.page(ImportPage)
    page.read_file(good)
    shown.sees(page, "new homes")
    shown.sees(page, "New blocks: New Row (Lindley Estate)")
    assert page.apply_button.text() == "Import 2 homes"
    assert count(let) == 12
    QTest.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert count(let) == 14
    assert "2 homes imported" in page.notices.showing()
    assert page.undo()
    assert count(let) == 12


def test_one_bad_row_stops_it_all_and_says_where(shown: Shown, let: Let, tmp_path: Path) -> None:
    let.store.actor = let.landlord.manager
    path = tmp_path / "bad.csv"
    path.write_text(BAD, encoding="utf-8")
    page = shown.page(ImportPage)
    page.read_file(path)
    shown.sees(page, "These rows cannot be imported")
    shown.sees(page, "Line 4")
    assert not page.apply_button.isVisible()
    page.apply()
    assert count(let) == 12


def test_a_file_that_is_no_table_is_said(shown: Shown, let: Let, tmp_path: Path) -> None:
    let.store.actor = let.landlord.manager
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(400))
    page = shown.page(ImportPage)
    page.read_file(path)
    assert page.notices.showing()
    assert not page._working.isVisible()


def test_a_caretaker_cannot_import_even_by_hand(shown: Shown, let: Let, good: Path) -> None:
    page = shown.page(ImportPage)
    page.read_file(good)
    assert "may not import homes" in page.notices.showing()


def test_stopping_changes_nothing(let: Let, qtbot: QtBot, tmp_path: Path) -> None:
    let.store.actor = let.landlord.manager
    path = tmp_path / "many.csv"
    rows = [f"M{n},{n} Long Row,WS1 2AB,Lindley Estate,Long Row" for n in range(4000)]
    path.write_text("\n".join(["Reference,Address,Postcode,Estate,Block", *rows]), encoding="utf-8")
    errors: list[BaseException] = []
    tasks = Tasks(errors.append)
    page = ImportPage(Desk(let.store, tasks))
    qtbot.addWidget(page)
    page.show()
    try:
        page.read_file(path)
        qtbot.waitUntil(lambda: page._preview is not None, timeout=30_000)
        page.apply()
        qtbot.waitUntil(lambda: page.progress.value() > 0, timeout=30_000)
        QTest.keyClick(page, Qt.Key.Key_Escape)
        page.back()
        qtbot.waitUntil(lambda: page._line is None, timeout=30_000)
        assert "The import was stopped" in page.notices.showing()
        assert count(let) == 12
    finally:
        let.store.listeners.clear()
        tasks.close()
    assert errors == []
