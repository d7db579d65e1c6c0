"""Paper about several repairs: the list as it is on the screen, or a block's sheet for its noticeboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from watmos_desktop.services import files, settings
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repair_views import View
from watmos_desktop.services.reports import block_repairs, repair_list
from watmos_desktop.services.reports.block_repairs import BlockRepairs
from watmos_desktop.services.reports.repair_list import ListPaper
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page, Progress
from watmos_desktop.ui.kit.pdf import PdfPreview
from watmos_desktop.ui.pages.repairs.filters import MARKS, STATES
from watmos_desktop.ui.tasks import Job

_PAPER = 940  # pixels: wider, a page would be read line by line


def in_words(view: View) -> str:
    """``Overdue: mine, emergency``: what a list shows, as the head of its paper."""
    wanted = view.wanted
    marks = ", ".join(words.lower() for key, words in MARKS.items() if key in wanted.also)
    state = STATES.get(wanted.state, wanted.state.capitalize())
    return view.name or (f"{state}: {marks}" if marks else state)


class ListPaperPage(Page):
    """``open`` takes a ``View`` for the list, or a block's id for its sheet. The PDF stays in memory until saved."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("Paper", "", back, parent=parent)
        self._desk = desk
        self._wanted: View | UUID | None = None
        self._job: Job | None = None
        self._pdf, self._name = b"", ""
        self.progress = Progress("Making the paper")
        self.preview = PdfPreview("Repairs", on_save=self.save_as, on_print=self.print_it)
        self.preview.setMaximumWidth(_PAPER)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.preview, 1000)
        row.addStretch(1)
        self.body.addWidget(self.progress)
        self.body.addLayout(row, 1)
        bind(self, "print", self.print_it)
        bind(self, "save_file", self.save_as)

    def open(self, argument: object) -> None:
        """Make the paper."""
        if isinstance(argument, View | UUID):
            self._wanted = argument
            self._make()

    def place(self) -> object:
        """Which paper."""
        return self._wanted

    def leave(self) -> None:
        """Let the paper go: it is made again after the unlock."""
        if self._job is not None:
            self._job.cancel()
        self.preview.empty()
        self._pdf = b""

    def pdf(self) -> bytes:
        """The paper on show."""
        return self._pdf

    def save_as(self) -> None:
        """Ask where, in the folder of last time, and write the file whole."""
        if not self._pdf:
            return
        kept = settings.load(self._desk.store).report_folder
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = Path(kept if kept and Path(kept).is_dir() else documents or ".")
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Save the paper", str(folder / self._name), "PDF (*.pdf)"
        )
        if chosen:
            self.save_to(Path(chosen))

    def save_to(self, path: Path) -> None:
        """Write the file whole or not at all, and remember its folder."""
        try:
            files.write_whole(path, self._pdf)
        except Told as told:
            self.notices.tell(told)
            return
        settings.change(self._desk.store, report_folder=str(path.parent))
        self.notices.say(f"Saved as {path.name}.", tone=Tone.OK)

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

    def _make(self) -> None:
        wanted = self._wanted
        self._pdf = b""
        self.preview.empty()
        self.notices.clear()
        self.progress.show_part(0, 0)
        self.progress.setVisible(True)
        data: BlockRepairs | ListPaper
        pages: Callable[[Any, Any], bytes]
        try:
            if isinstance(wanted, View):
                title = in_words(wanted)
                data = self._desk.look(repair_list.collect, wanted.wanted, wanted.sort, title)
                pages, self._name = repair_list.pages, "Repairs.pdf"
                self.head.say("The list as paper", f"{title} · {len(data.rows):,} repairs")
            else:
                assert isinstance(wanted, UUID)
                data = self._desk.look(block_repairs.collect, wanted)
                pages, self._name = block_repairs.pages, "Repairs for the noticeboard.pdf"
                self.head.say("For the noticeboard", f"{data.place} · it names nobody, so anyone may read it")
        except Told as told:
            self._failed(told)
            return
        self._job = self._desk.tasks.process(
            pages, data, self._show, progress=self.progress.show_part, owner=self, on_error=self._failed
        )

    def _show(self, pdf: bytes) -> None:
        self._job, self._pdf = None, pdf
        self.preview.show_pdf(pdf)
        self.progress.setVisible(False)
        self.preview.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, error: BaseException) -> None:
        self._job = None
        self.progress.setVisible(False)
        self.notices.tell(error)
