"""Importing homes: choose a file, see what it would do, then all of it or nothing; both parts can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import homes_import, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.homes_import import Preview, Stopped
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState, StatTile
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page, Progress
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.text import Heading, Text

_SHOWN = 50


class _Line(QObject):
    """Carries progress from the working thread to the page, and the wish to stop back."""

    told = Signal(int, int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.stop = threading.Event()


class ImportPage(Page):
    """``read_file(path)`` makes the preview, ``apply`` imports it. Emits ``closed`` for Back."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self._choose = QuietButton("Choose a file", self.choose_file)
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__(
            "Import homes",
            "A CSV or Excel file. Nothing is saved before you have seen what it does.",
            back,
            self._choose,
            parent=parent,
        )
        self._desk = desk
        self._line: _Line | None = None
        self._preview: Preview | None = None
        self.apply_button = PrimaryButton("Import", self.apply, key="Ctrl+S")
        self.progress = Progress("Importing")
        self._working = Card()
        row = QHBoxLayout()
        self._doing = Heading()
        row.addWidget(self._doing, 1)
        row.addWidget(QuietButton("Cancel", self.cancel))
        self._working.body.addLayout(row)
        self._working.add(self.progress)
        self._scroll = Scroll()
        self.body.addWidget(self._working)
        self.body.addWidget(self._scroll, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.apply_button)
        foot.addStretch(1)
        self.body.addLayout(foot)
        bind(self, "save", self.apply)
        self._start_again()

    def leave(self) -> None:
        """Stop what is under way: nothing was saved."""
        self.cancel()

    def choose_file(self) -> None:
        """Ask for a file and read it."""
        chosen, _ = QFileDialog.getOpenFileName(self, "Import homes", "", "Homes (*.csv *.xlsx *.txt)")
        if chosen:
            self.read_file(Path(chosen))

    def read_file(self, path: Path) -> None:
        """Read a file beside the window and show what importing it would do."""
        line = self._begin(f"Reading {path.name}…")
        self._desk.tasks.read(
            lambda: self._desk.look(homes_import.read, path, line.told.emit, line.stop.is_set),
            self._show,
            owner=self,
            on_error=self._failed,
        )

    def apply(self) -> None:
        """Import what is on show, all of it or nothing."""
        preview = self._preview
        if preview is None or not self.apply_button.isEnabled() or self._line is not None:
            return
        line = self._begin("Importing…")
        store = self._desk.store
        self._desk.tasks.write(
            lambda: homes_import.apply(store, preview, line.told.emit, line.stop.is_set),
            self._applied,
            owner=self,
            on_error=self._failed,
        )

    def cancel(self) -> None:
        """Ask the work under way to stop; it says so when it has."""
        if self._line is not None:
            self._line.stop.set()

    def back(self) -> bool:
        """Esc stops the work first."""
        if self._line is None:
            return False
        self.cancel()
        return True

    def _begin(self, words: str) -> _Line:
        self.notices.clear()
        self._line = _Line(self)
        self._line.told.connect(self.progress.show_part)
        self._doing.setText(words)
        self.progress.show_part(0, 0)
        self._working.setVisible(True)
        self.apply_button.setEnabled(False)
        self._choose.setEnabled(False)
        return self._line

    def _end(self) -> None:
        self._line = None
        self._working.setVisible(False)
        self._choose.setEnabled(True)

    def _failed(self, error: BaseException) -> None:
        self._end()
        self.apply_button.setEnabled(self._preview is not None and not self._preview.refused)
        if isinstance(error, Stopped):
            self.notices.say(error.message, error.hint, Tone.INFO)
        else:
            self.notices.tell(error)

    def _applied(self, number: int) -> None:
        self._end()
        self._start_again()
        self.notices.say(
            f"{wording.count(number, 'home')} imported.", "Ctrl+Z takes the whole import back.", Tone.OK
        )

    def undo(self) -> bool:
        """Take back the import just made."""
        if self.notices.undo():
            return True
        try:
            why = self._desk.undo()
        except Told as error:
            self.notices.tell(error)
            return True
        if why:
            self.notices.say(f"Taken back: {why}.", tone=Tone.OK)
        return bool(why)

    def _start_again(self) -> None:
        self._preview = None
        self._working.setVisible(False)
        self.apply_button.setVisible(False)
        self._empty()
        self._scroll.column.addWidget(
            EmptyState(
                "Choose the list of homes",
                "The first row holds headings such as Reference, Address, Postcode, Estate and Block. Importing the "
                "same list again brings homes up to date; it never doubles them.",
                PrimaryButton("Choose a file", self.choose_file),
            )
        )

    def _show(self, preview: Preview) -> None:
        self._end()
        self._preview = preview
        self._empty()
        tiles = QHBoxLayout()
        tiles.setSpacing(12)
        for number, words, tone in (
            (preview.new, "new homes", Tone.OK),
            (preview.changed, "changed", Tone.INFO),
            (preview.unchanged, "as they are", None),
            (preview.refused_rows, "rows refused", Tone.BAD if preview.refused else Tone.OK),
        ):
            tiles.addWidget(StatTile(f"{number:,}", words, tone))
        self._scroll.column.addLayout(tiles)
        if preview.refused:
            self._show_refused(preview)
        elif preview.first:
            self._show_first(preview)
        else:
            self._scroll.column.addWidget(
                EmptyState("Nothing to change", "Every home in the file is as it is here.")
            )
        self._show_places(preview)
        self._scroll.column.addStretch(1)
        fit = not preview.refused and bool(preview.plan)
        self.apply_button.say(f"Import {wording.count(len(preview.plan), 'home')}")
        self.apply_button.setVisible(fit)
        self.apply_button.setEnabled(fit)
        if fit:
            self.apply_button.setFocus()

    def _show_refused(self, preview: Preview) -> None:
        card = Card(
            "These rows cannot be imported",
            "Put them right in the file and choose it again. Nothing was saved.",
        )
        rows = [
            (f"Line {one.line}", one.column or "Row", one.value or "empty", one.reason)
            for one in preview.refused[:_SHOWN]
        ]
        card.body.addLayout(_grid(("Line", "Column", "What stands there", "What is wrong"), rows))
        if len(preview.refused) > _SHOWN:
            card.add(Text(f"and {len(preview.refused) - _SHOWN:,} more", role="quiet"))
        self._scroll.column.addWidget(card)

    def _show_first(self, preview: Preview) -> None:
        card = Card("What will change", f"The first {len(preview.first)} of {len(preview.plan):,}.")
        rows = []
        for one in preview.first[:_SHOWN]:
            changes = "; ".join(
                f"{name}: {before or 'nothing'} → {after or 'nothing'}" for name, before, after in one.changes
            )
            rows.append((one.code, one.address, one.state.capitalize(), changes))
        card.body.addLayout(_grid(("Reference", "Home", "", "Changes"), rows))
        self._scroll.column.addWidget(card)

    def _show_places(self, preview: Preview) -> None:
        lines = []
        for names, what in ((preview.new_estates, "New estates"), (preview.new_blocks, "New blocks")):
            if names:
                more = f" and {len(names) - 8} more" if len(names) > 8 else ""
                lines.append(f"{what}: {', '.join(names[:8])}{more}")
        if preview.ignored:
            lines.append(f"Columns that are left out: {', '.join(preview.ignored)}")
        if lines:
            card = Card("Also")
            for line in lines:
                card.add(Text(line, wrap=True))
            self._scroll.column.addWidget(card)

    def _empty(self) -> None:
        _clear(self._scroll.column)


def _grid(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(len(head) - 1, 1)
    for column, words in enumerate(head):
        grid.addWidget(Text(words, role="quiet"), 0, column)
    for number, row in enumerate(rows, start=1):
        for column, words in enumerate(row):
            grid.addWidget(Text(words, wrap=True), number, column)
    return grid


def _clear(layout: QVBoxLayout | QHBoxLayout) -> None:
    while layout.count():
        taken = layout.takeAt(0)
        if taken is None:
            return
        inner, part = taken.layout(), taken.widget()
        if isinstance(inner, (QVBoxLayout, QHBoxLayout)):
            _clear(inner)
        elif part is not None:
            part.hide()
            part.deleteLater()
