"""The one page of papers: two asked for in a row, Cancel in a worker process, Tab, and what the disk refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.conftest import Let
from tests.ui.showing import Shown
from watmos_desktop.services.errors import Told
from watmos_desktop.services.reports import block_repairs
from watmos_desktop.services.reports.block_repairs import BlockRepairs
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.paper import About, Paper, PaperPage
from watmos_desktop.ui.tasks import Tasks


def _about(data: BlockRepairs) -> About:
    return About(data.place, f"Sheet: {data.place}?")


def _refused(session: Any, _subject: object) -> BlockRepairs:
    raise Told("There is nothing to print.", "Record something first.")


class SheetPage(PaperPage):
    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        papers = {
            "sheet": Paper("Sheet", block_repairs.collect, block_repairs.pages, _about),
            "none": Paper("Nothing", _refused, block_repairs.pages, _about),
        }
        super().__init__(desk, papers, choose=True, parent=parent)


def test_a_paper_is_seen_and_saved_whole_or_not_at_all(shown: Shown, let: Let, tmp_path: Path) -> None:
    page = shown.page(SheetPage)
    page.open(("sheet", let.landlord.block_id))
    shown.sees(page, "Lindley House A")
    assert page.preview.page_count() == 1 and page.file_name() == "Sheet Lindley House A.pdf"
    page.save_to(tmp_path / "not there" / "sheet.pdf")
    assert "That folder is not there" in page.notices.showing()
    page.save_to(tmp_path / page.file_name())
    assert (tmp_path / page.file_name()).read_bytes() == page.pdf() and "Saved as" in page.notices.showing()
    assert page.view.last_folder() == tmp_path
    page.chips.chips()["none"].click()  # what was on show is not this paper
    assert "There is nothing to print" in page.notices.showing() and page.pdf() == b""
    assert page.preview.page_count() == 0 and page.place() == ("none", let.landlord.block_id)
    page.view.save_to(tmp_path / "never.pdf")
    assert not (tmp_path / "never.pdf").exists()


def test_tab_goes_from_the_buttons_to_the_pages_and_on(shown: Shown, let: Let, qtbot: QtBot) -> None:
    there = [one for one in QApplication.topLevelWidgets() if one.isVisible()]  # of a test before
    page = shown.page(SheetPage)
    page.open(("sheet", let.landlord.block_id))
    qtbot.waitUntil(page.preview.view.hasFocus)
    shown_now = [one for one in QApplication.topLevelWidgets() if one.isVisible() and one not in there]
    assert shown_now == [page.window()]
    before: list[str] = []
    while (here := QApplication.focusWidget()) is not None and here.accessibleName() not in before:
        before.append(here.accessibleName())
        QTest.keyClick(here, Qt.Key.Key_Tab)
    assert before[0] == "Paper" and before[1] == "Back" and before[-1] == "Save as"


def test_cancel_leaves_nothing_and_the_later_of_two_is_shown(let: Let, qtbot: QtBot) -> None:
    errors: list[BaseException] = []
    tasks = Tasks(errors.append)
    page = SheetPage(Desk(let.store, tasks))
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    other: UUID = let.landlord.block_id
    try:
        page.open(("sheet", other))
        assert page.view.is_working()
        page.view._stop()
        assert "Stopped" in page.notices.showing() and not page.view.is_working()
        page.open(("none", other))
        page.open(("sheet", other))
        qtbot.waitUntil(lambda: bool(page.pdf()), timeout=30_000)
        qtbot.waitUntil(lambda: page.preview.isVisible() and not tasks.busy())
        assert page.notices.showing() == ""
    finally:
        let.store.listeners.clear()
        tasks.close()
    assert errors == []
