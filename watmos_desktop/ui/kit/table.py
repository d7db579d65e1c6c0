"""Tables that know their exact count and fetch rows when they are painted, by index (HOUSE.md 2, rule 4)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QEvent, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from watmos_desktop.ui.kit.cells import DISPLAY, TONE, Cells, Index, row_height
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.panes import scroll_by_touch

BLOCK = 20  # rows: a page at 1080 pixels, and each costs 50 µs to read
KEPT_BLOCKS = 18
_FOLLOWED = 500  # chosen rows that are looked for after a change
_SPOKEN = int(Qt.ItemDataRole.AccessibleTextRole)
_HORIZONTAL = Qt.Orientation.Horizontal
_NOWHERE = QModelIndex()
_TONE_WORDS = {Tone.BAD: "act now", Tone.WARN: "soon", Tone.OK: "fine", Tone.INFO: "to know"}


@dataclass(frozen=True)
class Column:
    """A column: id for sorting, words for the head, share of the width, and whether a click sorts by it."""

    id: str
    words: str
    share: int = 1
    sortable: bool = True


class Row(NamedTuple):
    """A row ready to paint: what ``opened`` hands over, a string a cell, a tone where it is a pill."""

    key: Hashable
    cells: tuple[str, ...]
    tones: tuple[Tone | None, ...] = ()


class PagedModel(QAbstractTableModel):
    """A list of any length, kept in blocks of 20 rows, eighteen at a time.

    ``count()`` is the exact number of rows; ``page(offset, limit)`` gives rows from there, fewer at the end.
    Both are called in the UI thread and must answer within a frame.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        count: Callable[[], int],
        page: Callable[[int, int], Sequence[Row]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._count, self._page = count, page
        self._rows = count()
        self._blocks: OrderedDict[int, Sequence[Row]] = OrderedDict()
        self._newest = -1

    def refresh(self) -> None:
        """Forget every row and count again, after a change, another filter or another order."""
        self.beginResetModel()
        self._blocks.clear()
        self._newest = -1
        self._rows = self._count()
        self.endResetModel()

    def row(self, number: int) -> Row | None:
        """The row at a place, fetched with its block if need be; None past the end."""
        wanted, place = divmod(number, BLOCK)
        if wanted != self._newest:
            if wanted in self._blocks:
                self._blocks.move_to_end(wanted)
            else:
                self._fetch(wanted)
            self._newest = wanted
        block = self._blocks[wanted]
        return block[place] if place < len(block) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """The exact count."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """One for each ``Column``."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        """Ready strings, tones, and words for a screen reader."""
        if role != DISPLAY and role != TONE and role != _SPOKEN:
            return None
        row = self.row(index.row())
        if row is None:
            return None
        column = index.column()
        if role == DISPLAY:
            return row.cells[column]
        tone = row.tones[column] if row.tones else None
        if role == TONE:
            return tone
        return f"{row.cells[column]}, {_TONE_WORDS[tone]}" if tone else row.cells[column]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        """The words of the columns."""
        if role == DISPLAY and orientation == _HORIZONTAL:
            return self.columns[section].words
        return None

    def _fetch(self, number: int) -> None:
        self._blocks[number] = self._page(number * BLOCK, BLOCK)
        if len(self._blocks) > KEPT_BLOCKS:
            self._blocks.popitem(last=False)


class Table(QTableView):
    """A paged list. Rows of 52 px; Enter, a double click or a tap opens; a click on a head sorts.

    >>> columns = [Column("ref", "Reference"), Column("what", "What and where", 3)]
    >>> table = Table("Repairs", columns, count, page, on_open=show, on_sort=order_by)
    >>> table.refresh()                    # after a change: counts again, place and scroll stay

    Signals ``opened(object)`` (click or Enter; also ``on_open``) and ``moved(object)`` (another row is
    current: for a detail beside the list) hand over the row's key. ``on_sort(column_id, descending)``
    must change what ``page`` gives; the table then refreshes itself; ``next_order`` and ``turn_order`` do so by
    key. ``widths()`` and ``set_widths`` let a page remember columns. ``many=True`` lets a person choose several rows
    (Ctrl, Shift, Ctrl+A); ``chosen(int)`` tells how many, ``keys()`` which.
    """

    opened = Signal(object)
    moved = Signal(object)
    chosen = Signal(int)

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        count: Callable[[], int],
        page: Callable[[int, int], Sequence[Row]],
        *,
        on_open: Callable[[Any], object] | None = None,
        on_sort: Callable[[str, bool], object] | None = None,
        many: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_sort = on_sort
        self._many = many
        self._widths: dict[str, int] = {}
        self._order = ("", False)
        self.paged = PagedModel(columns, count, page, self)
        self.setAccessibleName(name)
        self._dress()  # before the model: each of it goes through every row's place, a million times
        self.setModel(self.paged)
        self.setItemDelegate(Cells(self))
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit(self.count_chosen()))
        self.clicked.connect(self._clicked)
        if on_open is not None:
            self.opened.connect(on_open)
        head = self.horizontalHeader()
        head.sectionClicked.connect(self._sort)
        head.sectionResized.connect(self._resized)

    def key(self) -> Any:
        """The key of the current row, None if there is none."""
        row = self.paged.row(self.currentIndex().row()) if self.currentIndex().isValid() else None
        return row.key if row else None

    def count_chosen(self) -> int:
        """How many rows are chosen."""
        found: Any = self.selectionModel().selection()
        return sum(part.height() for part in found)

    def keys(self, most: int) -> list[Any]:
        """The keys of the chosen rows, from above, at most that many."""
        found: Any = self.selectionModel().selection()
        parts = sorted(found, key=lambda part: part.top())
        numbers = (number for part in parts for number in range(part.top(), part.bottom() + 1))
        rows = (self.paged.row(number) for number in islice(numbers, most))
        return [row.key for row in rows if row is not None]

    def next_order(self) -> None:
        """Sort by the next column that can be sorted by."""
        columns = self.paged.columns
        here = next((n for n, column in enumerate(columns) if column.id == self._order[0]), -1)
        turned = [(here + step) % len(columns) for step in range(1, len(columns) + 1)]
        number = next((n for n in turned if columns[n].sortable), None)
        if number is not None:
            self._sort(number)

    def turn_order(self) -> None:
        """Sort by the same column the other way round."""
        number = next((n for n, one in enumerate(self.paged.columns) if one.id == self._order[0]), None)
        if number is not None:
            self._sort(number, descending=not self._order[1])

    def go(self, number: int) -> None:
        """Make a row current and bring it into view."""
        self.setCurrentIndex(self.paged.index(number, 0))

    def refresh(self) -> None:
        """Fetch again what is on show; the scroll stays, and the rows in hand where they are still near."""
        place, top, held = self.currentIndex().row(), self.verticalScrollBar().value(), self.count_chosen()
        key, keys = self.key(), set(self.keys(_FOLLOWED)) if held > 1 else set()
        self.paged.refresh()
        near = range(max(0, place - BLOCK), min(self.paged.rowCount(), place + BLOCK + 1))
        if key is not None and not self._has(place, {key}):
            place = next((number for number in near if self._has(number, {key})), place)
        if 0 <= place < self.paged.rowCount():
            blocked = self.selectionModel().blockSignals(True)
            self.go(place)
            for number in near if keys else ():
                if self._has(number, keys):
                    mode = QItemSelectionModel.SelectionFlag
                    self.selectionModel().select(self.paged.index(number, 0), mode.Select | mode.Rows)
            self.selectionModel().blockSignals(blocked)
        if held != self.count_chosen():
            self.chosen.emit(self.count_chosen())
        self.verticalScrollBar().setValue(top)

    def _has(self, number: int, keys: set[Hashable]) -> bool:
        row = self.paged.row(number)
        return row is not None and row.key in keys

    def show_order(self, column_id: str, *, descending: bool = False) -> None:
        """Mark the column that the rows are sorted by; tells nobody."""
        self._order = (column_id, descending)
        number = next(n for n, column in enumerate(self.paged.columns) if column.id == column_id)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicatorShown(True)
        self.horizontalHeader().setSortIndicator(number, order)

    def widths(self) -> dict[str, int]:
        """The widths a person gave to columns, in pixels."""
        return dict(self._widths)

    def set_widths(self, widths: dict[str, int]) -> None:
        """Give columns their remembered widths."""
        self._widths = dict(widths)
        self._share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; Home and End go to the first and last row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._activate(self.currentIndex())
            return
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self.paged.rowCount() - 1}
        number = ends.get(Qt.Key(event.key()))
        if number is None or number < 0:
            super().keyPressEvent(event)
        else:
            self.go(number)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns share the new width."""
        super().resizeEvent(event)
        self._share_width()

    def changeEvent(self, event: QEvent) -> None:
        """Rows and head grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            if self.verticalHeader().defaultSectionSize() != row_height():
                self.verticalHeader().setDefaultSectionSize(row_height())
            self.horizontalHeader().setFixedHeight(max(44, self.fontMetrics().height() + 16))

    def _dress(self) -> None:
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if self._many else modes.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll_by_touch(self)
        side = self.verticalHeader()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(row_height())
        side.hide()
        head = self.horizontalHeader()
        head.setFixedHeight(max(44, self.fontMetrics().height() + 16))
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionsClickable(self._on_sort is not None)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(64)

    def _share_width(self) -> None:
        columns = self.paged.columns
        free = self.viewport().width() - sum(self._widths.get(column.id, 0) for column in columns)
        shares = sum(column.share for column in columns if column.id not in self._widths)
        head = self.horizontalHeader()
        blocked = head.blockSignals(True)
        for number, column in enumerate(columns):
            width = self._widths.get(column.id) or max(64, free * column.share // max(shares, 1))
            head.resizeSection(number, width)
        head.blockSignals(blocked)
        self.viewport().update()

    def _resized(self, number: int, _: int, width: int) -> None:
        self._widths[self.paged.columns[number].id] = width

    def _sort(self, number: int, *, descending: bool | None = None) -> None:
        column = self.paged.columns[number]
        if self._on_sort is None or not column.sortable:
            if self._order[0]:
                self.show_order(self._order[0], descending=self._order[1])  # Qt has moved the mark already
            return
        descending = self._order == (column.id, False) if descending is None else descending
        self.show_order(column.id, descending=descending)
        self._on_sort(column.id, descending)
        self.refresh()
        self.scrollToTop()

    def _moved(self, index: QModelIndex) -> None:
        row = self.paged.row(index.row()) if index.isValid() else None
        if row is not None:
            self.moved.emit(row.key)

    def _clicked(self, index: QModelIndex) -> None:
        held = QGuiApplication.keyboardModifiers()
        adds = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if not (self._many and held & adds):  # those choose more rows, they do not open
            self._activate(index)

    def _activate(self, index: QModelIndex) -> None:
        row = self.paged.row(index.row())
        if row is not None:
            self.opened.emit(row.key)
