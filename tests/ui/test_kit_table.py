"""A table of a million rows: exact count, few rows held, far jumps, and sorting by the head."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.access import problems
from watmos_desktop.ui import theme
from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.listed import Listed
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.table import BLOCK, KEPT_BLOCKS, Column, PagedModel, Row, Table

COLUMNS = [Column("ref", "Reference", 2), Column("what", "What and where", 5), Column("due", "Due", 3)]
MANY = 1_000_000


class Source:
    """Rows made when asked for, and which were asked for."""

    def __init__(self, count: int = MANY) -> None:
        self.count = count
        self.asked: list[tuple[int, int]] = []
        self.backwards = False

    def rows(self) -> int:
        return self.count

    def page(self, offset: int, limit: int) -> Sequence[Row]:
        self.asked.append((offset, limit))
        return [self._row(number) for number in range(offset, min(offset + limit, self.count))]

    def sort(self, column: str, descending: bool) -> None:
        self.backwards = descending

    def _row(self, place: int) -> Row:
        number = self.count - 1 - place if self.backwards else place
        tone = list(Tone)[number % 4]
        words = f"Landing light, floor {number}, Lindley House, which has been out for some while"
        return Row(number, (f"R-{number}", words, f"In {number} working days"), (None, None, tone))


def shown(qtbot: QtBot, source: Source, *, sort: bool = False) -> Table:
    table = Table("Repairs", COLUMNS, source.rows, source.page, on_sort=source.sort if sort else None)
    qtbot.addWidget(table)
    table.resize(900, 600)
    with qtbot.waitActive(table):
        table.show()
        table.activateWindow()
    return table


def test_a_million_rows_are_counted_exactly_and_few_are_fetched(qtbot: QtBot) -> None:
    source = Source()
    tracemalloc.start()
    table = shown(qtbot, source)
    table.grab()
    assert table.paged.rowCount() == MANY
    assert source.asked == [(0, BLOCK)]
    table.go(MANY - 1)
    table.grab()
    assert table.key() == MANY - 1
    table.go(MANY // 2)
    table.grab()
    assert sum(limit for _, limit in source.asked) <= 5 * BLOCK
    python_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert python_bytes < 12 * 1024 * 1024


def test_the_scroll_bar_tells_the_truth(qtbot: QtBot) -> None:
    table = shown(qtbot, Source())
    assert table.verticalScrollBar().maximum() == MANY * 52 - table.viewport().height()


def test_only_some_blocks_are_kept(qtbot: QtBot) -> None:
    source = Source()
    model = PagedModel(COLUMNS, source.rows, source.page)
    for block in range(40):
        assert model.row(block * BLOCK + 7) is not None
    assert len(model._blocks) == KEPT_BLOCKS
    model.row(30 * BLOCK)
    model.row(39 * BLOCK)
    assert len(source.asked) == 40
    assert model.row(MANY) is None


def test_keys_move_open_and_jump(qtbot: QtBot) -> None:
    opened: list[object] = []
    moved: list[object] = []
    table = shown(qtbot, Source(5_000))
    table.opened.connect(opened.append)
    table.moved.connect(moved.append)
    table.setFocus()
    table.go(0)
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.keyClick(table, Qt.Key.Key_End)
    QTest.keyClick(table, Qt.Key.Key_Home)
    assert opened == [1]
    assert moved == [1, 4_999, 0]
    at = QPoint(40, table.rowViewportPosition(3) + 10)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert opened == [1, 3]


def test_a_click_on_the_head_sorts_and_another_turns_it(qtbot: QtBot) -> None:
    source = Source(300)
    table = shown(qtbot, source, sort=True)
    head = table.horizontalHeader()
    first = QPoint(20, 20)
    table.go(0)
    assert table.key() == 0
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=first)
    assert not source.backwards
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=first + QPoint(80, 0))  # no double click
    assert source.backwards
    assert table.paged.row(0) == source.page(0, 1)[0]
    assert table.paged.row(0).key == 299


def test_a_refresh_keeps_the_place_and_counts_again(qtbot: QtBot) -> None:
    source = Source(5_000)
    table = shown(qtbot, source)
    moved: list[object] = []
    table.go(2_000)
    top = table.verticalScrollBar().value()
    table.moved.connect(moved.append)
    source.count = 5_100
    table.refresh()
    assert (table.paged.rowCount(), table.key(), table.verticalScrollBar().value()) == (5_100, 2_000, top)
    assert moved == []
    source.count = 10
    table.refresh()
    assert table.paged.rowCount() == 10


def test_what_is_chosen_stays_chosen_when_rows_come_or_go(qtbot: QtBot) -> None:
    """Sync brings a row above while five are chosen: those five are given away, no others."""
    names = [f"R-{number}" for number in range(60)]

    def page(offset: int, limit: int) -> list[Row]:
        return [Row(one, (one, "", "")) for one in names[offset : offset + limit]]

    table = Table("Repairs", COLUMNS, lambda: len(names), page, many=True)
    qtbot.addWidget(table)
    heard: list[int] = []
    table.chosen.connect(heard.append)
    for number in (20, 22, 24):
        index, mode = table.paged.index(number, 0), QItemSelectionModel.SelectionFlag
        table.selectionModel().setCurrentIndex(index, mode.Select | mode.Rows)
    names.insert(3, "R-new")
    table.refresh()
    assert (table.keys(9), table.key()) == (["R-20", "R-22", "R-24"], "R-24")
    names.remove("R-22")
    table.refresh()
    assert (table.keys(9), heard[-1]) == (["R-20", "R-24"], 2)


def test_an_empty_table_is_calm(qtbot: QtBot) -> None:
    table = shown(qtbot, Source(0))
    for key in (Qt.Key.Key_End, Qt.Key.Key_Home, Qt.Key.Key_Return, Qt.Key.Key_Down):
        QTest.keyClick(table, key)
    assert table.key() is None


def test_while_there_is_nothing_words_stand_in_its_place(qtbot: QtBot) -> None:
    source = Source(40)
    table = Table("Repairs", COLUMNS, source.rows, source.page)
    listed = Listed(table, lambda: EmptyState("Nothing is broken", "What you report stands here."))
    qtbot.addWidget(listed)
    listed.resize(900, 300)
    with qtbot.waitExposed(listed):
        listed.show()
    table.go(30)
    table.scrollToBottom()
    source.count = 39
    listed.refresh()
    assert table.currentIndex().row() == 30, "the place stays"
    source.count = 38
    listed.begin()
    assert (table.verticalScrollBar().value(), table.count_chosen(), table.key()) == (0, 0, None)
    source.count = 0
    listed.refresh()
    assert not table.isVisible() and len(empties(listed)) == 1
    listed.refresh()
    assert len(empties(listed)) == 1
    source.count = 2
    listed.refresh()
    assert table.isVisible() and not empties(listed)


def empties(listed: Listed) -> list[EmptyState]:
    QApplication.processEvents()
    return [one for one in listed.findChildren(EmptyState) if one.isVisible()]


def test_widths_are_remembered(qtbot: QtBot) -> None:
    table = shown(qtbot, Source(10))
    table.horizontalHeader().resizeSection(0, 222)
    assert table.widths() == {"ref": 222}
    other = shown(qtbot, Source(10))
    other.set_widths({"ref": 222})
    other.resize(700, 400)
    assert other.columnWidth(0) == 222
    assert sum(other.columnWidth(n) for n in range(3)) <= other.viewport().width()


def test_a_screen_reader_hears_the_state(qtbot: QtBot) -> None:
    table = shown(qtbot, Source(10))
    interface = QAccessible.queryAccessibleInterface(table)
    assert interface is not None
    assert interface.text(QAccessible.Text.Name) == "Repairs"
    spoken = table.paged.data(table.paged.index(1, 2), int(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken == "In 1 working days, soon"


@pytest.mark.parametrize("scheme", theme.SCHEMES)
def test_a_table_can_be_used_by_everyone(dressed: QApplication, qtbot: QtBot, scheme: str) -> None:
    theme.apply(dressed, scheme, 1.5)
    table = shown(qtbot, Source(50))
    assert problems(table) == []
    assert table.rowHeight(0) == 78
