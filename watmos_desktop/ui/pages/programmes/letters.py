"""Letters about planned works and the noticeboard sheet: made beside the window, seen, saved, printed (R9)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import files, programme_consulting, settings, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.programme_cases import ProgrammeDetail
from watmos_desktop.services.reports import programme_collect, programme_work
from watmos_desktop.services.reports.programme_data import Letter, Letters
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.inputs import Check
from watmos_desktop.ui.kit.page import Progress
from watmos_desktop.ui.kit.pdf import PdfPreview
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.tasks import Job

SHEET = "sheet"
_WORDS = {
    Letter.CONSULTATION.value: "We ask for your view",
    Letter.START.value: "When we come",
    SHEET: "Noticeboard",
}
_PAPER = 940


class LettersView(QWidget):
    """Signals ``done(words)`` when letters are said to have gone out, ``said(words)``, ``told(error)``.

    The PDF is kept in memory until it is saved; made in a worker process with progress and cancel.
    """

    done = Signal(str)
    said = Signal(str)
    told = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._works: ProgrammeDetail | None = None
        self._only: UUID | None = None
        self._job: Job | None = None
        self._asked = 0
        self._pdf = b""
        self.chips = ChipRow("Which paper", on_pick=lambda _: self._other())
        self.large = Check("Large print, 18 point")
        self.large.toggled.connect(lambda _: self._other())
        self.make_button = QuietButton("Make the letters", self.make)
        self.each_button = QuietButton("A file for each home", self.save_each_as)
        self.out_button = QuietButton("They have gone out", self.gone_out, symbol="tick")
        top = FlowRow(self.chips, self.large, self.make_button, self.each_button, self.out_button)
        self.progress = Progress("Making the letters")
        self._working = self._working_card()
        self._who = Text(role="quiet", wrap=True)
        self.preview = PdfPreview("Letters", on_save=self.save_as, on_print=self.print_it)
        self.preview.setMaximumWidth(_PAPER)
        self._empty = EmptyState(
            "Choose a paper and make it",
            "Every home gets its own letter: with its own name and address, and of no other home.",
        )
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.preview, 1000)
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(top)
        column.addWidget(self._who)
        column.addWidget(self._working)
        column.addLayout(middle, 1)
        column.addWidget(self._empty, 1)
        self._show(False)

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
        self.cancel()
        self._drop()

    def back(self) -> bool:
        """Esc stops the work first."""
        if self._job is None:
            return False
        self.cancel()
        return True

    def cancel(self) -> None:
        """Stop the work under way; nothing is left behind."""
        self._asked += 1
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._working.setVisible(False)

    def pdf(self) -> bytes:
        """The paper on show, empty while it is being made."""
        return self._pdf

    def make(self) -> None:
        """Make the paper chosen."""
        if self._works is None:
            return
        if self.chips.chosen() == SHEET:
            self._run(programme_collect.sheet, programme_work.sheet, self._made)
        else:
            self._run(self._collect, programme_work.letters, self._made)

    def save_as(self) -> None:
        """Ask where, and write the file whole."""
        if self._pdf:
            name = str(self._folder() / self._file_name())
            chosen, _ = QFileDialog.getSaveFileName(self, "Save the letters", name, "PDF (*.pdf)")
            if chosen:
                self.save_to(Path(chosen))

    def save_to(self, path: Path) -> None:
        """Write the file whole or not at all, and remember its folder."""
        try:
            files.write_whole(path, self._pdf)
        except Told as told:
            self.told.emit(told)
            return
        settings.change(self._desk.store, report_folder=str(path.parent))
        self.said.emit(f"Saved as {path.name}.")

    def save_each_as(self) -> None:
        """Ask for a folder, and write a file for each home into it."""
        chosen = QFileDialog.getExistingDirectory(self, "A file for each home", str(self._folder()))
        if chosen:
            self.save_each_to(Path(chosen))

    def save_each_to(self, folder: Path) -> None:
        """Make a file for each home and write them."""
        self._run(self._collect, programme_work.each, partial(self._write_each, folder))

    def print_it(self) -> None:
        """Ask for a printer and print the pages as they are seen."""
        if not self._pdf:
            return
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.setMinMax(1, self.preview.page_count())
        dialog.accepted.connect(partial(self.preview.print_to, printer))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.show()

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

    def _run(
        self,
        collect: Callable[[Any, UUID], object],
        render: Callable[[Any, Callable[[int, int], None]], Any],
        then: Callable[[Any], object],
    ) -> None:
        assert self._works is not None
        self.cancel()
        asked, key = self._asked, self._works.card.id
        self.progress.show_part(0, 0, "Reading the record")
        self._working.setVisible(True)
        self._empty.setVisible(False)
        self._desk.tasks.read(
            lambda: self._desk.look(collect, key),
            lambda data: self._print(asked, data, render, then),
            owner=self,
            on_error=partial(self._failed, asked),
        )

    def _print(
        self,
        asked: int,
        data: object,
        render: Callable[[Any, Callable[[int, int], None]], Any],
        then: Callable[[Any], object],
    ) -> None:
        if asked != self._asked:
            return
        job = self._desk.tasks.process(
            render,
            data,
            partial(self._ready, asked, then),
            progress=self.progress.show_part,
            owner=self,
            on_error=partial(self._failed, asked),
        )
        if asked == self._asked and self._working.isVisibleTo(self):
            self._job = job

    def _ready(self, asked: int, then: Callable[[Any], object], made: Any) -> None:
        if asked == self._asked:
            self._job = None
            self._working.setVisible(False)
            then(made)

    def _made(self, pdf: bytes) -> None:
        self._pdf = pdf
        self.preview.show_pdf(pdf)
        self._show(True)
        self.preview.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _write_each(self, folder: Path, made: list[tuple[str, bytes]]) -> None:
        try:
            for name, pdf in made:
                files.write_whole(folder / name, pdf)
        except Told as told:
            self.told.emit(told)
            return
        settings.change(self._desk.store, report_folder=str(folder))
        self._show(bool(self._pdf))
        self.said.emit(f"{wording.count(len(made), 'file')} saved.")

    def _failed(self, asked: int, error: BaseException) -> None:
        if asked == self._asked:
            self._job = None
            self._working.setVisible(False)
            self._show(bool(self._pdf))
            self.told.emit(error)

    def _other(self) -> None:
        """Another paper is chosen: what is on show is not that one."""
        self.cancel()
        self._only = None
        self._who.setText("")
        self._who.setVisible(False)
        self._drop()

    def _drop(self) -> None:
        self._pdf = b""
        self.preview.empty()
        self._show(False)

    def _show(self, there: bool) -> None:
        sheet = self.chips.chosen() == SHEET
        self.make_button.say("Make the sheet" if sheet else "Make the letters")
        self.large.setVisible(not sheet)
        self.each_button.setVisible(not sheet)
        self.out_button.setVisible(there and not sheet)
        self.preview.setVisible(there)
        self._empty.setVisible(not there)

    def _working_card(self) -> Card:
        card = Card()
        row = QHBoxLayout()
        row.addWidget(Heading("Making the letters…"), 1)
        row.addWidget(QuietButton("Cancel", self._cancelled))
        card.body.addLayout(row)
        card.add(self.progress)
        card.add(Text("You can go on working meanwhile.", role="quiet"))
        card.setVisible(False)
        return card

    def _cancelled(self) -> None:
        self.cancel()
        self._show(bool(self._pdf))
        self.said.emit("Stopped. Nothing was left behind.")

    def _file_name(self) -> str:
        assert self._works is not None
        kind = self.chips.chosen()
        return f"{self._works.card.reference} {kind}{' large print' if self.large.isChecked() else ''}.pdf"

    def _folder(self) -> Path:
        kept = settings.load(self._desk.store).report_folder
        if kept and Path(kept).is_dir():
            return Path(kept)
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or ".")
