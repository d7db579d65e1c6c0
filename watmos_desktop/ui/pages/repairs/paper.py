"""Papers about the work on a repair: the contractor's order, with its e-mail to copy, and the card at the door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import QStandardPaths, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from watmos_desktop.services import files, settings
from watmos_desktop.services.errors import Told
from watmos_desktop.services.reports import access_card, collect_visits, collect_work, work_order
from watmos_desktop.services.reports.access_card import AccessCard
from watmos_desktop.services.reports.work_order import WorkOrder
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.pdf import PdfPreview
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.tasks import Job

ORDER, CARD, VISIT_CARD = "order", "card", "visit_card"
_PAPER = 940  # pixels: wider, a page would be read line by line


@dataclass(frozen=True)
class _Kind:
    """How a paper is read, made fit, printed and called."""

    words: str
    collect: Callable[[Any, Any, UUID], Any]
    fit: Callable[[Any, Any], Any] | None
    pages: Callable[[Any, Any], bytes]
    sentence: Callable[[Any], str]


def _card(session: Any, _blobs: Any, repair_id: UUID) -> AccessCard:
    return collect_work.access_card(session, repair_id)


def _visit_card(session: Any, _blobs: Any, visit_id: UUID) -> AccessCard:
    return collect_visits.access_card(session, visit_id)


def _order_sentence(data: WorkOrder) -> str:
    return f"{data.reference} · {data.contractor} · without anything they may not know"


def _card_sentence(data: AccessCard) -> str:
    return f"{data.reference} · two on a sheet; it names nobody, so anyone may read it"


_KINDS = {
    ORDER: _Kind("Work order", collect_work.work_order, work_order.fit, work_order.pages, _order_sentence),
    CARD: _Kind("Card for the door", _card, None, access_card.pages, _card_sentence),
    VISIT_CARD: _Kind("Card for the door", _visit_card, None, access_card.pages, _card_sentence),
}


class WorkPaperPage(Page):
    """``open`` takes ``("order", job id)``, ``("card", repair id)`` or ``("visit_card", visit id)``.

    The PDF stays in memory until it is saved.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("Paper", "", back, parent=parent)
        self._desk = desk
        self._wanted: tuple[str, UUID] | None = None
        self._data: WorkOrder | AccessCard | None = None
        self._job: Job | None = None
        self._pdf = b""
        self._asked = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._bring_up)
        self.copy_button = QuietButton("Copy as e-mail", self.copy_mail)
        self.copy_subject = QuietButton("Copy its subject", self.copy_mail_subject)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.copy_button)
        row.addWidget(self.copy_subject)
        row.addStretch(1)
        self.body.addLayout(row)
        self._working = Card()
        self._working.add(Heading("Making the paper…"))
        self._working.add(Text("You can go on working meanwhile.", role="quiet"))
        self.body.addWidget(self._working)
        self.preview = PdfPreview("Paper", on_save=self.save_as, on_print=self.print_it)
        self.preview.setMaximumWidth(_PAPER)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.preview, 1000)
        middle.addStretch(1)
        self.body.addLayout(middle, 1)
        bind(self, "print", self.print_it)
        bind(self, "save_file", self.save_as)
        self._show_mail(False)

    def open(self, argument: object) -> None:
        """Make the paper."""
        assert isinstance(argument, tuple)
        self._wanted = argument
        self._make(*argument)

    def place(self) -> object:
        """Which paper of what."""
        return self._wanted

    def leave(self) -> None:
        """Let the paper go: it is made again after the unlock."""
        self._cancel()
        self.preview.empty()
        self._pdf, self._data = b"", None

    def pdf(self) -> bytes:
        """The paper on show, empty while it is being made."""
        return self._pdf

    def file_name(self) -> str:
        """``Work order J-7K3M-9D4T.pdf``: the reference alone, for a file's name is read by anyone."""
        kind = _KINDS[self._wanted[0]].words if self._wanted else "Paper"
        return f"{kind} {self._data.reference if self._data else ''}.pdf"

    def copy_mail(self) -> None:
        """The order as text, ready to paste into a mail."""
        if isinstance(self._data, WorkOrder):
            QGuiApplication.clipboard().setText(work_order.email(self._data).body)
            self.notices.say("Copied. Paste it into a mail to the contractor.", tone=Tone.OK)

    def copy_mail_subject(self) -> None:
        """The subject line, which names no place and nobody."""
        if isinstance(self._data, WorkOrder):
            QGuiApplication.clipboard().setText(work_order.email(self._data).subject)
            self.notices.say("Copied the subject.", tone=Tone.OK)

    def save_as(self) -> None:
        """Ask where, in the folder of last time, and write the file whole."""
        if self._pdf:
            start = str(self._last_folder() / self.file_name())
            chosen, _ = QFileDialog.getSaveFileName(self, "Save the paper", start, "PDF (*.pdf)")
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

    def _make(self, name: str, record_id: UUID) -> None:
        self._cancel()
        kind, asked, store = _KINDS[name], self._asked, self._desk.store
        self._pdf, self._data = b"", None
        self.preview.empty()
        self.notices.clear()
        self.head.say(kind.words)
        self._working.setVisible(True)
        self.preview.setVisible(False)
        self._show_mail(False)
        self._desk.tasks.read(
            lambda: self._desk.look(kind.collect, store.blobs, record_id),
            lambda data: self._print(asked, kind, data),
            owner=self,
            on_error=partial(self._failed, asked),
        )

    def _print(self, asked: int, kind: _Kind, data: WorkOrder | AccessCard) -> None:
        if asked != self._asked:
            return
        self._data = data
        self.head.say(kind.words, kind.sentence(data))
        self._job = self._desk.tasks.process(
            kind.pages,
            data,
            partial(self._show, asked),
            prepare=kind.fit,
            owner=self,
            on_error=partial(self._failed, asked),
        )

    def _show(self, asked: int, pdf: bytes) -> None:
        if asked == self._asked:
            self._job, self._pdf = None, pdf
            self.preview.show_pdf(pdf)
            self._soon.start(0)  # the window paints between the two

    def _bring_up(self) -> None:
        if self._pdf:
            self._working.setVisible(False)
            self.preview.setVisible(True)
            self._show_mail(isinstance(self._data, WorkOrder))
            self.preview.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_mail(self, on: bool) -> None:
        self.copy_button.setVisible(on)
        self.copy_subject.setVisible(on)

    def _failed(self, asked: int, error: BaseException) -> None:
        if asked == self._asked:
            self._working.setVisible(False)
            self.notices.tell(error)

    def _cancel(self) -> None:
        self._asked += 1
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _last_folder(self) -> Path:
        kept = settings.load(self._desk.store).report_folder
        if kept and Path(kept).is_dir():
            return Path(kept)
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or ".")
