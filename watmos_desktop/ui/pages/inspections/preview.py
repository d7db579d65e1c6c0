"""The report of an inspection and the noticeboard sheet: made beside the window, seen, saved, printed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QStandardPaths, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from watmos_desktop.services import files, inspections, settings
from watmos_desktop.services.errors import Told
from watmos_desktop.services.inspections import InspectionCard
from watmos_desktop.services.reports import work
from watmos_desktop.services.reports.collect import collect, noticeboard
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page, Progress
from watmos_desktop.ui.kit.pdf import PdfPreview
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.tasks import Job

REPORT, SHEET = "report", "noticeboard"
_REPORT_WORDS, _SHEET_WORDS = "Inspection report", "Noticeboard sheet"
_PAPER = 940  # pixels: wider, a page would be read line by line


class ReportPage(Page):
    """``open`` takes an inspection's id for its report, or ``("noticeboard", id)`` for the sheet.

    The PDF is kept in memory until it is saved; made in a worker process with progress and cancel.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("Report", "", back, parent=parent)
        self._desk = desk
        self._inspection: UUID | None = None
        self._job: Job | None = None
        self._pdf = b""
        self._name = ""
        self._asked = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._bring_up)
        self.chips = ChipRow("Which paper", on_pick=lambda _: self._make())
        self.chips.offer([Choice(REPORT, "Report"), Choice(SHEET, "Noticeboard sheet")])
        self.preview = PdfPreview("Report", on_save=self.save_as, on_print=self.print_it)
        self.progress = Progress("Making the report")
        self._folder = QuietButton("Open folder", self._open_folder)
        self._folder.setVisible(False)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.chips, 1)
        top.addWidget(self._folder)
        self.body.addLayout(top)
        self._working = self._working_card()
        self.body.addWidget(self._working)
        self.preview.setMaximumWidth(_PAPER)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.preview, 1000)
        middle.addStretch(1)
        self.body.addLayout(middle, 1)
        bind(self, "print", self.print_it)
        bind(self, "save_file", self.save_as)

    def open(self, argument: object) -> None:
        """Make the paper of this inspection."""
        kind, inspection_id = argument if isinstance(argument, tuple) else (REPORT, argument)
        assert isinstance(inspection_id, UUID)
        self._inspection = inspection_id
        self.chips.choose(str(kind))
        self._make()

    def place(self) -> object:
        """Which paper of which inspection."""
        return (self.chips.chosen(), self._inspection) if self._inspection else None

    def leave(self) -> None:
        """Let the paper go: it is made again after the unlock."""
        self.cancel()
        self.preview.empty()
        self._pdf = b""

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

    def file_name(self) -> str:
        """What the paper on show would be called as a file."""
        return self._name

    def save_as(self) -> None:
        """Ask where, in the folder of last time, and write the file whole."""
        if not self._pdf:
            return
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Save the report", str(self._last_folder() / self._name), "PDF (*.pdf)"
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
        self._folder.setVisible(True)
        self.notices.say(
            f"Saved as {path.name}.", tone=Tone.OK, button="Open folder", on_press=self._open_folder
        )

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

    def _working_card(self) -> Card:
        card = Card()
        row = QHBoxLayout()
        self._doing = Heading("Making the report…")
        row.addWidget(self._doing, 1)
        row.addWidget(QuietButton("Cancel", self._cancelled))
        card.body.addLayout(row)
        card.add(self.progress)
        card.add(Text("You can go on working meanwhile.", role="quiet"))
        card.setVisible(False)
        return card

    def _make(self) -> None:
        if self._inspection is None:
            return
        self.cancel()
        asked, kind, inspection_id = self._asked, self.chips.chosen(), self._inspection
        self._pdf = b""
        self.preview.empty()
        self.notices.clear()
        sheet = kind == SHEET
        self.head.say(_SHEET_WORDS if sheet else _REPORT_WORDS)
        self._doing.setText("Making the sheet…" if sheet else "Making the report…")
        self.progress.show_part(0, 0, "Reading the record")
        self._working.setVisible(True)
        self.preview.setVisible(False)
        read = noticeboard if sheet else collect
        store = self._desk.store

        def read_all() -> tuple[InspectionCard, object]:
            card = self._desk.look(inspections.get, inspection_id).card
            return card, self._desk.look(read, store.blobs, inspection_id)

        self._desk.tasks.read(
            read_all,
            lambda found: self._print(asked, *found, sheet=sheet),
            owner=self,
            on_error=partial(self._failed, asked),
        )

    def _print(self, asked: int, card: InspectionCard, data: object, *, sheet: bool) -> None:
        if asked != self._asked:
            return
        words = _SHEET_WORDS if sheet else _REPORT_WORDS
        self.head.say(words, f"{card.template} · {card.place} · {card.when}")
        self._name = _file_name(card.place, words, card.when, card.reference)
        self._job = self._desk.tasks.process(
            work.noticeboard if sheet else work.pages,
            data,
            partial(self._show, asked),
            prepare=None if sheet else work.fit,
            progress=self.progress.show_part,
            owner=self,
            on_error=partial(self._failed, asked),
        )

    def _show(self, asked: int, pdf: bytes) -> None:
        if asked != self._asked:
            return
        self._job, self._pdf = None, pdf
        self.preview.show_pdf(pdf)
        self._soon.start(0)  # the window paints between the two

    def _bring_up(self) -> None:
        if self._pdf:
            self._working.setVisible(False)
            self.preview.setVisible(True)
            self.preview.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, asked: int, error: BaseException) -> None:
        if asked == self._asked:
            self._working.setVisible(False)
            self.notices.tell(error)

    def _cancelled(self) -> None:
        self.cancel()
        self.notices.say("Stopped. Nothing was left behind.", button="Make it again", on_press=self._make)

    def _last_folder(self) -> Path:
        kept = settings.load(self._desk.store).report_folder
        if kept and Path(kept).is_dir():
            return Path(kept)
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or ".")

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._last_folder())))


def _file_name(place: str, words: str, when: str, reference: str) -> str:
    """``Lindley House A, inspection report, 23 Nov 2026, I-4KQ7-2MWX.pdf`` without what a disk refuses."""
    name = f"{place}, {words.lower()}, {when}, {reference}"
    kept = "".join(" " if sign in '<>:"/\\|?*' or ord(sign) < 32 else sign for sign in name)
    return " ".join(kept.split())[:150] + ".pdf"
