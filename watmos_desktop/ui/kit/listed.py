"""A table with what stands in its place while there is nothing in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.table import Table


class Listed(QWidget):
    """A table, with parts ``above`` it; while it has no rows, what ``nothing()`` makes stands in its place.

    >>> listed = Listed(Table("Repairs", ...), lambda: EmptyState("Nothing is broken", "…"))
    >>> listed.refresh()      # after a change: place and choice stay
    >>> listed.begin()        # another filter or search: from the top, nothing chosen
    """

    def __init__(
        self, table: Table, nothing: Callable[[], EmptyState], *above: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._table, self._nothing = table, nothing
        self._empty: EmptyState | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for part in above:
            self._column.addWidget(part)
        self._column.addWidget(table, 1)
        self.setFocusProxy(table)

    def refresh(self) -> None:
        """Count and read again."""
        self._table.refresh()
        if self._empty is not None:
            self._column.removeWidget(self._empty)
            self._empty.hide()
            self._empty.deleteLater()
            self._empty = None
        empty = not self._table.paged.rowCount()
        self._table.setVisible(not empty)
        if empty:
            self._empty = self._nothing()
            self._column.addWidget(self._empty, 1)

    def begin(self) -> None:
        """Show another list."""
        self._table.clearSelection()
        self._table.setCurrentIndex(QModelIndex())
        self.refresh()
        self._table.scrollToTop()
