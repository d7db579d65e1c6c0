"""Letters about planned works and the noticeboard sheet: made beside the window, seen, saved, printed (R9)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from watmos_desktop.services import programme_consulting, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.programme_cases import ProgrammeDetail
from watmos_desktop.services.reports import programme_collect, programme_work
from watmos_desktop.services.reports.programme_data import Letter, Letters
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.inputs import Check
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.paper import About, Paper, PaperView

SHEET = "sheet"
_WORDS = {
    Letter.CONSULTATION.value: "We ask for your view",
    Letter.START.value: "When we come",
    SHEET: "Noticeboard",
}


class LettersView(QWidget):
    """Signals ``done(words)`` when letters are said to have gone out, ``said(words)``, ``told(error)``."""

    done = Signal(str)
    said = Signal(str)
    told = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._works: ProgrammeDetail | None = None
        self._only: UUID | None = None
        self.chips = ChipRow("Which paper", on_pick=lambda _: self._other())
        self.large = Check("Large print, 18 point")
        self.large.toggled.connect(lambda _: self._other())
        self.make_button = QuietButton("Make the letters", self.make)
        self.each_button = QuietButton("A file for each home", self.save_each_as)
        self.out_button = QuietButton("They have gone out", self.gone_out, symbol="tick")
        top = FlowRow(self.chips, self.large, self.make_button, self.each_button, self.out_button)
        self._who = Text(role="quiet", wrap=True)
        self.view = PaperView(desk, "Letters")
        self.preview = self.view.preview
        self._empty = EmptyState(
            "Choose a paper and make it",
            "Every home gets its own letter: with its own name and address, and of no other home.",
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(top)
        column.addWidget(self._who)
        column.addWidget(self.view, 1)
        column.addWidget(self._empty, 1)
        self.view.ready.connect(self._show)
        self.view.stopped.connect(self._stopped)
        self.view.told.connect(self._failed)
        self.view.saved.connect(self.said)
        self._show()

    def show_works(self, works: ProgrammeDetail) -> None:
        """Papers of these works; what is on show stays while they are the same."""
        other = self._works is None or self._works.card.id != works.card.id
        self._works = works
        papers = [*Letter, SHEET] if works.may_consult else [SHEET]
        self.chips.offer([Choice(str(one), _WORDS[str(one)]) for one in papers])
        if other:
            self._other()

    def only(self, home_id: UUID, address: str) -> None:
        """Letters to one home, until another paper is chosen."""
        begun = self._works is not None and self._works.started
        self.chips.choose(Letter.START.value if begun else Letter.CONSULTATION.value)
        self._other()
        self._only = home_id
        self._who.setText(f"To {address} only")
        self._who.setVisible(True)
        self.make()

    def leave(self) -> None:
        """Let the papers go."""
        self.view.empty()
        self._show()

    def back(self) -> bool:
        """Esc stops the work first."""
        if not self.view.is_working():
            return False
        self.view.cancel()
        self._show()
        return True

    def pdf(self) -> bytes:
        """The paper on show, empty while it is being made."""
        return self.view.pdf()

    def make(self) -> None:
        """Make the paper chosen."""
        if self._works is None:
            return
        sheet = self.chips.chosen() == SHEET
        paper = (
            Paper("The sheet", programme_collect.sheet, programme_work.sheet, self._about)
            if sheet
            else Paper("The letters", self._collect, programme_work.letters, self._about)
        )
        self._empty.setVisible(False)
        self.view.make(paper, self._works.card.id)

    def save_as(self) -> None:
        """Ask where, and write the file whole."""
        self.view.save_as()

    def save_to(self, path: Path) -> None:
        """Write the file whole or not at all, and remember its folder."""
        self.view.save_to(path)

    def save_each_as(self) -> None:
        """Ask for a folder, and write a file for each home into it."""
        folder = str(self.view.last_folder())
        chosen = QFileDialog.getExistingDirectory(self, "A file for each home", folder)
        if chosen:
            self.save_each_to(Path(chosen))

    def save_each_to(self, folder: Path) -> None:
        """Make a file for each home and write them."""
        if self._works is None:
            return
        letters = Paper("A file for each home", self._collect, programme_work.each, self._about)
        self._empty.setVisible(False)
        self.view.each(letters, self._works.card.id, folder)

    def print_it(self) -> None:
        """Ask for a printer and print the pages as they are seen."""
        self.view.print_it()

    def gone_out(self) -> None:
        """Stamp the homes that were written to."""
        if self._works is None:
            return
        only = [self._only] if self._only is not None else None
        try:
            number = self._desk.do(
                "letters went out", programme_consulting.written, self._works.card.id, only
            )
        except Told as told:
            self.told.emit(told)
            return
        self.done.emit(f"{wording.count(number, 'home')} written to.")

    def _collect(self, session: Any, programme_id: UUID) -> Letters:
        only = [self._only] if self._only is not None else None
        kind = Letter(self.chips.chosen())
        return programme_collect.letters(
            session, programme_id, kind, large=self.large.isChecked(), home_ids=only
        )

    def _about(self, _data: object) -> About:
        assert self._works is not None
        large = " large print" if self.large.isChecked() else ""
        return About("", f"{self._works.card.reference} {self.chips.chosen()}{large}")

    def _failed(self, error: BaseException) -> None:
        self._show()
        self.told.emit(error)

    def _stopped(self) -> None:
        self._show()
        self.said.emit("Stopped. Nothing was left behind.")

    def _other(self) -> None:
        """Another paper is chosen: what is on show is not that one."""
        self._only = None
        self._who.setText("")
        self._who.setVisible(False)
        self.leave()

    def _show(self) -> None:
        sheet, there = self.chips.chosen() == SHEET, bool(self.view.pdf())
        self.make_button.say("Make the sheet" if sheet else "Make the letters")
        self.large.setVisible(not sheet)
        self.each_button.setVisible(not sheet)
        self.out_button.setVisible(there and not sheet)
        self._empty.setVisible(not there)
