"""The written summary and the log of a case: made beside the window, seen, saved, printed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from watmos_desktop.services import files, settings
from watmos_desktop.services.errors import Told
from watmos_desktop.services.reports import hazard_paper, hazard_work
from watmos_desktop.services.reports.hazard_paper import HazardPaper
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.pdf import PdfPreview
from watmos_desktop.ui.tasks import Job

SUMMARY, LOG = "summary", "log"
_WORDS = {SUMMARY: "Written summary", LOG: "Log of endeavours"}
_PAPER = 940  # pixels: wider, a page would be read line by line


class HazardPaperPage(Page):
    """``open`` takes ``("summary", id)`` or ``("log", id)``. The PDF is kept in memory until it is saved."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("Written summary", "", back, parent=parent)
        self._desk = desk
        self._case: UUID | None = None
        self._job: Job | None = None
        self._asked = 0
        self._pdf, self._name = b"", ""
        self.chips = ChipRow("Which paper", on_pick=lambda _: self._make())
        self.chips.offer([Choice(key, words) for key, words in _WORDS.items()])
        self.preview = PdfPreview("Paper", on_save=self.save_as, on_print=self.print_it)
        self.preview.setMaximumWidth(_PAPER)
        self.preview.setVisible(False)
        self.body.addWidget(self.chips)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.preview, 1000)
        middle.addStretch(1)
        self.body.addLayout(middle, 1)
        bind(self, "print", self.print_it)
        bind(self, "save_file", self.save_as)

    def open(self, argument: object) -> None:
        """Make this paper of this case."""
        assert isinstance(argument, tuple)
        kind, self._case = argument
        self.chips.choose(str(kind))
        self._make()

    def place(self) -> object:
        """Which paper of which case."""
        return (self.chips.chosen(), self._case) if self._case else None

    def leave(self) -> None:
        """Let the paper go: it is made again after the unlock."""
        self._stop()
        self.preview.empty()

    def pdf(self) -> bytes:
        """The paper on show, empty while it is being made."""
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
        if self._case is None:
            return
        self._stop()
        kind, asked = self.chips.chosen(), self._asked
        self.preview.empty()
        self.preview.setVisible(False)
        self.notices.clear()
        self.head.say(_WORDS[kind], "Making the paper…")
        read = hazard_paper.summary if kind == SUMMARY else hazard_paper.collect
        try:
            paper = self._desk.look(read, self._case)
        except Told as told:
            self.head.say(_WORDS[kind])
            self.notices.tell(told)
            return
        self._name = f"{_WORDS[kind]}, {paper.case.card.reference}.pdf"
        self._job = self._desk.tasks.process(
            hazard_work.summary if kind == SUMMARY else hazard_work.log,
            paper,
            partial(self._show, asked, paper),
            owner=self,
            on_error=partial(self._failed, asked),
        )

    def _show(self, asked: int, paper: HazardPaper, pdf: bytes) -> None:
        if asked != self._asked:
            return
        self._job, self._pdf = None, pdf
        card = paper.case.card
        self.head.say(_WORDS[self.chips.chosen()], f"{card.hazard} · {card.where} · {card.reference}")
        self.preview.setVisible(True)
        self.preview.show_pdf(pdf)
        self.preview.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, asked: int, error: BaseException) -> None:
        if asked == self._asked:
            self.notices.tell(error)

    def _stop(self) -> None:
        self._asked += 1
        self._pdf = b""
        if self._job is not None:
            self._job.cancel()
            self._job = None
