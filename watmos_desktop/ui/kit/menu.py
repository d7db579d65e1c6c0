"""A button with a menu below it, for what is wanted now and then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from watmos_desktop.ui.kit.button import Button


@dataclass(frozen=True)
class Entry:
    """One line of a menu: words, what it does (None: it only says something), and the key that does it anywhere."""

    words: str
    run: Callable[[], object] | None = None
    key: str = ""
    chosen: bool = False


class MenuButton(Button):
    """Opens a menu of lines in groups; asked for anew each time, so that it says how things stand now.

    >>> MenuButton("More", lambda: [[Entry("Print", print_it, "Ctrl+P")], [Entry("Mine", show_mine, chosen=True)]])
    """

    def __init__(
        self, words: str, groups: Callable[[], Sequence[Sequence[Entry]]], parent: QWidget | None = None
    ) -> None:
        super().__init__(words, self.open_menu, symbol="down", parent=parent)
        self._groups = groups
        self._menu: QMenu | None = None

    def open_menu(self) -> None:
        """Show the menu below the button; the first line has the keyboard."""
        menu = self._menu = self.menu_now()
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))
        menu.setActiveAction(menu.actions()[0])

    def menu_now(self) -> QMenu:
        """The menu as it would open now."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(self.text())
        for number, group in enumerate(one for one in self._groups() if one):
            if number:
                menu.addSeparator()
            for entry in group:
                menu.addAction(self._action(entry, menu))
        return menu

    def _action(self, entry: Entry, menu: QMenu) -> QAction:
        made = QAction(f"{entry.words}\t{entry.key}" if entry.key else entry.words, menu)
        made.setEnabled(entry.run is not None)
        if entry.chosen:
            made.setCheckable(True)
            made.setChecked(True)
        run = entry.run
        if run is not None:
            made.triggered.connect(lambda: run())
        return made
