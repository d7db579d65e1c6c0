"""Words, buttons, chips, grades, notices: what people read and press."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.access import problems
from watmos_desktop.services.errors import Told
from watmos_desktop.ui import theme
from watmos_desktop.ui.kit.button import IconButton, LinkButton, PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState, StatTile, TaskCard
from watmos_desktop.ui.kit.chart import Bar, Bars, Trend
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.grade import GradeRow, grade_answers
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.notice import UNDO_MS, NoticeBar
from watmos_desktop.ui.kit.page import Page, PageHead, Progress
from watmos_desktop.ui.kit.panes import BESIDE, ListDetail, Scroll, SidePanel
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Elided, Heading, Text

HOSTILE = '<h1><font color="red">Signed off</font></h1><img src="file:///etc/passwd">'


def _shown(qtbot: QtBot, widget: QWidget, width: int = 900, height: int = 600) -> QWidget:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    return widget


def _column(*parts: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    for part in parts:
        column.addWidget(part)
    return holder


def test_typed_markup_stays_words(qtbot: QtBot) -> None:
    parts = [
        Text(HOSTILE),
        Heading(HOSTILE),
        Elided(HOSTILE),
        StatTile("1", HOSTILE),
        EmptyState(HOSTILE, HOSTILE),
    ]
    notices = NoticeBar()
    notices.say(HOSTILE, HOSTILE)
    head = PageHead(HOSTILE, HOSTILE)
    holder = _shown(
        qtbot, _column(*parts, notices, head, TaskCard(HOSTILE, HOSTILE, Pill(HOSTILE, Tone.BAD))), 1600, 1400
    )
    labels = holder.findChildren(QLabel)
    assert len(labels) > 10
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert "<h1>" in parts[0].text()  # type: ignore[attr-defined]


@pytest.mark.parametrize("scheme", theme.SCHEMES)
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_every_part_can_be_used_by_everyone(
    dressed: QApplication, qtbot: QtBot, scheme: str, scale: float
) -> None:
    theme.apply(dressed, scheme, scale)
    page = Page("Repairs", "12 on your estates", PrimaryButton("New", key="Ctrl+N"), scroll=True)
    chips = [
        Choice("mine", "My estates"),
        Choice("late", "Overdue", 3),
        Choice("told", "Nothing told for 10 days", 4),
    ]
    grades = GradeRow(
        "Grade", grade_answers(("Clean", "A few scuffs", "Marks seen at once", "Heavy soiling"))
    )
    grades.choose("C")
    grades.set_last_time("B")
    card = Card("Pictures", "Numbers that can be heard")
    card.add(Trend("Grades", [("Jun", "B"), ("Jul", "C")]))
    card.add(
        Bars(
            "In time", [Bar("Emergency", 98, "98 %", Tone.OK), Bar("Urgent", 71, "71 %", Tone.BAD)], most=100
        )
    )
    for part in (
        ChipRow("Filter", chips),
        TaskCard(
            "Fire doors",
            "Every 3 months, 14 doors",
            Pill("Tomorrow", Tone.WARN),
            QuietButton("Plan", key="P"),
        ),
        grades,
        StatTile("96 %", "repairs in time", Tone.OK),
        card,
        _column(LinkButton("Photobook", key="?"), IconButton("close", "Close")),
    ):
        page.body.addWidget(part)
    page.body.addStretch(1)
    page.notices.offer_undo("Photo removed.", lambda: None)
    _shown(qtbot, page, 1300, 1700)
    assert problems(page) == []


def test_a_button_shows_its_key_and_says_its_words(qtbot: QtBot) -> None:
    pressed: list[int] = []
    button = PrimaryButton("Start", lambda: pressed.append(1), key="Enter")
    bare = PrimaryButton("Start")
    holder = _shown(qtbot, _column(button, bare))
    assert (button.accessibleName(), button.accessibleDescription()) == ("Start", "Key Enter")
    assert button.sizeHint().width() > bare.sizeHint().width()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert pressed == [1, 1]
    assert problems(holder) == []


def test_chips_choose_one_by_mouse_and_arrows(qtbot: QtBot) -> None:
    picked: list[str] = []
    row = ChipRow("Filter", [Choice("a", "All"), Choice("b", "Late", 3), Choice("c", "Mine")], picked.append)
    _shown(qtbot, row)
    assert row.chosen() == "a"
    QTest.mouseClick(row.chips()["b"], Qt.MouseButton.LeftButton)
    row.chips()["b"].setFocus()
    QTest.keyClick(row.chips()["b"], Qt.Key.Key_Right)
    QTest.keyClick(row.chips()["c"], Qt.Key.Key_Right)
    QTest.keyClick(row.chips()["c"], Qt.Key.Key_Home)
    assert picked == ["b", "c", "a"]
    assert [key for key, chip in row.chips().items() if chip.isChecked()] == ["a"]
    stops = [chip for chip in row.chips().values() if chip.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == [row.chips()["a"]]


def test_new_counts_keep_the_choice_and_nothing_moves_when_chosen(qtbot: QtBot) -> None:
    picked: list[str] = []
    row = ChipRow("Filter", [Choice("a", "All"), Choice("b", "Late", 3)], picked.append)
    _shown(qtbot, row)
    row.choose("b")
    chip = row.chips()["b"]
    width = chip.sizeHint().width()
    row.offer([Choice("a", "All"), Choice("b", "Late", 4)])
    assert row.chips()["b"] is chip
    assert chip.text() == "Late 4"
    row.choose("a")
    assert chip.sizeHint().width() == width
    row.offer([Choice("a", "All"), Choice("z", "Other")])
    assert (row.chosen(), picked) == ("a", [])


def test_an_optional_choice_can_be_taken_back(qtbot: QtBot) -> None:
    picked: list[str] = []
    row = ChipRow("Phrase", [Choice("a", "Marks on wall")], picked.append, optional=True)
    _shown(qtbot, row)
    assert row.chosen() == ""
    for _ in range(2):
        QTest.mouseClick(row.chips()["a"], Qt.MouseButton.LeftButton)
    assert picked == ["a", ""]
    assert not row.chips()["a"].isChecked()


def test_chips_break_lines(qtbot: QtBot) -> None:
    row = ChipRow("Phrases", [Choice(str(n), f"Defect phrase number {n}") for n in range(8)])
    scroll = Scroll()
    scroll.column.addWidget(row)
    scroll.column.addStretch(1)
    _shown(qtbot, scroll, 400, 500)
    assert len({chip.y() for chip in row.chips().values()}) > 3
    assert max(chip.geometry().right() for chip in row.chips().values()) <= row.width()
    assert problems(scroll) == []


def test_grades_are_told_apart_without_colour(qtbot: QtBot) -> None:
    answered: list[str] = []
    row = GradeRow("Grade", grade_answers(("Clean", "Scuffs", "Marks", "Soiled")), answered.append)
    _shown(qtbot, row)
    QTest.mouseClick(row.tiles()["C"], Qt.MouseButton.LeftButton)
    row.tiles()["C"].setFocus()
    QTest.keyClick(row.tiles()["C"], Qt.Key.Key_Left)
    assert row.tiles()["B"].hasFocus()
    QTest.keyClick(row.tiles()["B"], Qt.Key.Key_Space)
    assert answered == ["C", "B"]
    row.set_last_time("D")
    assert row.tiles()["D"].accessibleDescription() == "Last time's answer"
    row.choose("")
    assert row.chosen() == ""


def test_each_tone_has_its_own_shape(qtbot: QtBot) -> None:
    pictures = []
    for tone in Tone:
        pill = Pill("Same words", tone)
        qtbot.addWidget(pill)
        pill.resize(pill.sizeHint())
        grey = (
            pill.grab()
            .toImage()
            .convertToFormat(QImage.Format.Format_Mono, Qt.ImageConversionFlag.ThresholdDither)
        )
        pictures.append(grey.copy(8, 0, 16, pill.height()))
    assert all(one != other for n, one in enumerate(pictures) for other in pictures[:n])


def test_undo_stands_for_six_seconds(qtbot: QtBot) -> None:
    bar = NoticeBar()
    back: list[str] = []
    _shown(qtbot, bar)
    bar.offer_undo("Photo removed.", lambda: back.append("photo"))
    assert UNDO_MS == 6_000
    assert bar._timer.isActive()
    assert bar._timer.interval() == UNDO_MS
    assert bar.undo()
    assert not bar.undo()
    assert back == ["photo"]
    bar.offer_undo("Note removed.", lambda: back.append("note"))
    bar._timer.timeout.emit()
    assert (bar.undo(), bar.showing(), back) == (False, "", ["photo"])


def test_errors_are_told_in_place_with_the_next_step(qtbot: QtBot) -> None:
    bar = NoticeBar()
    _shown(qtbot, bar)
    bar.tell(Told("The disk is full.", "Free some space."))
    assert bar.showing() == "The disk is full. Free some space."
    bar.tell(ValueError("secret inside"))
    assert "secret" not in bar.showing()
    assert "not your doing" in bar.showing()


def test_a_panel_is_emptied(qtbot: QtBot) -> None:
    panel = SidePanel("Repair")
    panel.column.addWidget(Text("Ms Iqbal"))
    panel.foot.addWidget(QuietButton("Told…"))
    _shown(qtbot, panel)
    panel.empty()
    assert panel.column.count() == panel.foot.count() == 0


def test_list_and_detail_stand_side_by_side_only_when_there_is_room(qtbot: QtBot) -> None:
    listed, detail = Text("list"), Text("detail")
    panes = ListDetail(listed, detail)
    _shown(qtbot, panes, BESIDE, 600)
    assert panes.beside()
    assert listed.isVisible() and detail.isVisible()
    assert not panes.back()
    panes.resize(1000, 600)
    assert listed.isVisible() and not detail.isVisible()
    panes.show_detail()
    assert detail.isVisible() and not listed.isVisible()
    assert problems(panes) == []
    assert panes.back()
    assert listed.isVisible() and not detail.isVisible()


def test_progress_and_charts_say_their_numbers() -> None:
    bar = Progress("Walk")
    bar.show_part(14, 30)
    assert bar.accessibleDescription() == "14 of 30"
    bar.show_part(0, 0)
    assert bar.accessibleDescription() == "Working"
    trend = Trend("Grades", [("Jun", "B"), ("Jul", "?"), ("Aug", "A")])
    assert trend.accessibleName() == "Grades: Jun B, Aug A"
    assert Trend("Grades").accessibleName() == "Grades: none yet"
    bars = Bars("In time", [Bar("Urgent", 71, "71 %", Tone.BAD)], most=100)
    assert bars.accessibleName() == "In time: Urgent 71 %"


def test_tab_comes_to_late_parts_where_they_stand(qtbot: QtBot) -> None:
    head, foot = PrimaryButton("New"), QuietButton("Next")
    page = Page("Repairs", "12 open", head)
    row = ChipRow("Filter", [Choice("a", "All")])
    page.body.addWidget(row)
    page.body.addWidget(foot)
    _shown(qtbot, page)
    page.notices.offer_undo("Photo removed.", lambda: None)
    row.offer([Choice("x", "Mine"), Choice("y", "Late")])
    qtbot.waitUntil(row.chips()["x"].isVisible)
    head.setFocus()
    names = []
    for _ in range(4):
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        names.append(page.focusWidget().accessibleName())
    assert names == ["Undo", "Close this message", "Mine", "Next"]
