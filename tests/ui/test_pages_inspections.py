"""The Inspections tab and the report, by keys: filters with true counts, detail, corrections, starting, the paper."""

from __future__ import annotations

import io
from pathlib import Path

from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.conftest import Let
from tests.ui.showing import Shown, asked, said
from watmos_desktop.models.kinds import InspectionStatus
from watmos_desktop.services import inspections, settings, walk
from watmos_desktop.ui.pages.inspections.list import InspectionsPage
from watmos_desktop.ui.pages.inspections.new import NewForm
from watmos_desktop.ui.pages.inspections.photobook import ExamplePhoto
from watmos_desktop.ui.pages.inspections.preview import ReportPage
from watmos_desktop.ui.pages.inspections.walk import WalkPage


def test_chips_count_what_the_list_shows(shown: Shown, let: Let, qtbot: QtBot) -> None:
    with let.store.write("began") as session:
        walk.start(session, let.landlord.schedule_id)
    page = shown.page(InspectionsPage)
    counts = {}
    for key, chip in page.chips.chips().items():
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
        counts[key] = page.table.paged.rowCount()
        assert chip.text().endswith(f" {counts[key]}")
    assert counts == {"due": 3, "draft": 1, "signed": 2, "all": 3}


def test_enter_on_a_due_row_shows_it_and_start_begins_the_walk(shown: Shown, let: Let, qtbot: QtBot) -> None:
    page = shown.page(InspectionsPage)
    opened = asked(page)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Home)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    shown.sees(page.detail, "Lindley House B")
    shown.press(page.detail, "Start")
    ((name, walk_id),) = opened
    assert name == "walk"
    with let.store.read() as session:
        assert inspections.get(session, walk_id).card.status is InspectionStatus.DRAFT


def test_a_walk_begun_by_mistake_is_put_away_and_brought_back(shown: Shown, let: Let) -> None:
    with let.store.write("began") as session:
        walk_id = walk.start(session, let.landlord.schedule_id)
    page = shown.page(InspectionsPage)
    page.open(walk_id)
    shown.press(page.detail, "Put away")
    with let.store.read() as session:
        assert inspections.get(session, walk_id).card.status is InspectionStatus.ABANDONED
    shown.sees(page, "Put away. Repairs that it raised stay.")
    assert page.undo()
    with let.store.read() as session:
        assert inspections.get(session, walk_id).card.status is InspectionStatus.DRAFT


def test_a_signed_walk_shows_grade_areas_defects_and_history(shown: Shown, let: Let) -> None:
    page = shown.page(InspectionsPage)
    page.open(let.landlord.signed_id)
    for part in ("Down from A", "Entrance and lobby", "3 defects", "History"):
        shown.sees(page.detail, part)
    assert page.place() == let.landlord.signed_id
    opened = asked(page)
    shown.press(page.detail, "Report")
    shown.press(page.detail, "Noticeboard sheet")
    assert opened == [("report", let.landlord.signed_id), ("report", ("noticeboard", let.landlord.signed_id))]


def test_a_correction_is_added_and_stands_beside_the_record(shown: Shown, let: Let, qtbot: QtBot) -> None:
    page = shown.page(InspectionsPage)
    page.open(let.landlord.signed_id)
    field = page.detail._amendment
    assert field is not None
    shown.press(page.detail, "Add the correction")
    assert "Say what should be corrected" in field.error()
    QTest.keyClicks(field.widget, "The door was mended the same day.")
    shown.press(page.detail, "Add the correction")
    with let.store.read() as session:
        ((_, who, text),) = inspections.get(session, let.landlord.signed_id).amendments
    assert (who, text) == ("M. Kaur", "The door was mended the same day.")
    shown.sees(page.detail, text)


def test_a_correction_being_written_survives_a_lock(shown: Shown, let: Let, qtbot: QtBot) -> None:
    page = shown.page(InspectionsPage)
    page.open(let.landlord.signed_id)
    assert page.detail._amendment is not None
    QTest.keyClicks(page.detail._amendment.widget, "Half a sen")
    page.leave()
    again = shown.page(InspectionsPage)
    again.open(page.place())
    assert again.detail._amendment is not None
    assert again.detail._amendment.value() == "Half a sen"
    with let.store.read() as session:
        assert inspections.get(session, let.landlord.signed_id).amendments == ()


def test_an_ambassador_is_offered_no_correction_and_reads_no_name(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.ambassador
    page = shown.page(InspectionsPage)
    page.open(let.landlord.signed_id)
    assert page.detail._amendment is None
    shown.sees(page.detail, "3 defects")
    assert "Kaur" not in said(page.detail)


def test_ctrl_n_starts_a_walk_that_no_schedule_asks_for(shown: Shown, let: Let, qtbot: QtBot) -> None:
    page = shown.page(InspectionsPage)
    opened = asked(page)
    QTest.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    (form,) = page.detail.findChildren(NewForm)
    offered = [form.where.itemText(n) for n in range(form.where.count())]
    assert any("Lindley Hall (community space)" in one for one in offered)
    assert not any("Millers Court" in one for one in offered)
    form.where.setCurrentIndex(next(n for n, one in enumerate(offered) if "(the grounds)" in one))
    titles = [chip.text() for chip in form.which.chips().values()]
    assert "Estate grounds" in titles and "Block inspection" not in titles
    QTest.keyClick(form.where, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    ((name, walk_id),) = opened
    with let.store.read() as session:
        card = inspections.get(session, walk_id).card
    assert (name, card.place) == ("walk", "Lindley Estate")


def test_what_is_not_here_is_said(shown: Shown, let: Let) -> None:
    page = shown.page(InspectionsPage)
    page.open(let.landlord.block_id)
    assert "is not here" in page.notices.showing()


# --- the report ---


def test_the_report_is_made_seen_and_saved_whole(
    shown: Shown, let: Let, tmp_path: Path, qtbot: QtBot
) -> None:
    page = shown.page(ReportPage)
    page.open(let.landlord.signed_id)
    assert page.preview.page_count() == len(PdfReader(io.BytesIO(page.pdf())).pages) > 3
    assert "Lindley House A" in page.preview.text(1)
    assert page.file_name().startswith("Lindley House A, inspection report, 26 Oct 2026, I-")
    target = tmp_path / page.file_name()
    page.save_to(target)
    assert target.read_bytes() == page.pdf()
    assert settings.load(let.store).report_folder == str(tmp_path)
    assert "Saved as" in page.notices.showing()


def test_a_folder_that_refuses_is_said_and_nothing_is_left(shown: Shown, let: Let, tmp_path: Path) -> None:
    page = shown.page(ReportPage)
    page.open(let.landlord.signed_id)
    page.save_to(tmp_path / "not there" / "report.pdf")
    assert "That folder is not there" in page.notices.showing()
    assert [one.name for one in tmp_path.iterdir()] == ["workspace"]


def test_the_noticeboard_sheet_is_one_page_without_names(shown: Shown, let: Let) -> None:
    page = shown.page(ReportPage)
    page.open(("noticeboard", let.landlord.signed_id))
    assert page.preview.page_count() == 1
    assert "Kaur" not in page.preview.text(1)
    assert page.place() == ("noticeboard", let.landlord.signed_id)


def test_a_report_of_what_is_not_here_is_said(shown: Shown, let: Let) -> None:
    page = shown.page(ReportPage)
    page.open(let.landlord.block_id)
    assert "is not here" in page.notices.showing()
    assert page.pdf() == b""


def test_a_lock_lets_the_paper_go(shown: Shown, let: Let) -> None:
    page = shown.page(ReportPage)
    page.open(let.landlord.signed_id)
    page.leave()
    assert page.pdf() == b""
    assert page.preview.page_count() == 0


def test_the_photobook_shows_a_photo_from_a_signed_walk_of_each_grade(shown: Shown, let: Let) -> None:
    with let.store.write("began") as session:
        walk_id = walk.start(session, let.landlord.schedule_id)
    page = shown.page(WalkPage)
    page.open((walk_id, "entrance_door"))
    while page.main.carried.isVisible():
        QTest.keyClick(page.main.carried, Qt.Key.Key_F)
    page.go("entrance_door")
    page.show_photobook()
    shown.sees(page, "Lindley House A, 26 Oct 2026")
    (photo,) = page.findChildren(ExamplePhoto)
    assert photo.picture.accessibleName() == "Photo of D: Lindley House A, 26 Oct 2026"

    def drawn() -> bool:
        wall = photo.picture.grab().toImage().pixelColor(20, 20)
        return bool(
            wall.green() > wall.red()
        )  # the wall in the picture, not the plain ground of one being decoded

    shown.qtbot.waitUntil(drawn)
