"""A paper on the screen: made beside the window with progress and cancel, seen, saved whole or not at all, printed.

>>> class CopiesPage(PaperPage):
...     def __init__(self, desk, parent=None):
...         papers = {"resident": Paper("Copy for the resident", visit_copies.collect, visit_copies.pages, _about)}
...         super().__init__(desk, papers, parent=parent)
>>> page.open(("resident", visit_id))

A page that shows more than the paper puts a ``PaperView`` into its own layout, binds its keys and calls ``make``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import files, settings
from watmos_desktop.services.errors import Told
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

Tell = Callable[[int, int], None]
_WIDEST = 940  # pixels: wider, a page would be read line by line


@dataclass(frozen=True)
class About:
    """What is known once a paper's data were read.

    ``sentence`` stands below the title. ``name`` is the file's, without ``.pdf``: anyone reads it in a folder, so it
    holds a reference and never a person.
    """

    sentence: str
    name: str


@dataclass(frozen=True)
class Paper:
    """One kind of paper.

    ``collect(session, subject) -> data`` runs in a thread, ``fit(data, tell) -> data`` makes photos smaller there,
    ``pages(data, tell) -> bytes`` draws in the worker process, so it is a module's function and imports no database.
    ``words`` are the title and the chip. For ``PaperView.each``, ``pages`` gives names of files with their bytes.
    """

    words: str
    collect: Callable[[Any, Any], Any]
    pages: Callable[[Any, Tell], bytes | list[tuple[str, bytes]]]
    about: Callable[[Any], About]
    fit: Callable[[Any, Tell], Any] | None = None


class PaperView(QWidget):
    """The paper with its bar, or a card that says how far it is. The PDF stays in memory until it is saved.

    Signals ``found((about, data))`` when the record was read, ``ready()`` when the pages are to be seen,
    ``saved(words)``, ``stopped()`` after Cancel, ``told(error)``. Of two papers asked for only the later is shown.
    """

    found = Signal(object)
    ready = Signal()
    saved = Signal(str)
    stopped = Signal()
    told = Signal(object)

    def __init__(self, desk: Desk, name: str = "Paper", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._job: Job | None = None
        self._asked = 0
        self._pdf, self._name = b"", ""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._bring_up)
        self.progress = Progress(name)
        self._doing = Heading("Making the paper…")
        self._working = self._working_card()
        self.preview = PdfPreview(name, on_save=self.save_as, on_print=self.print_it)
        self.preview.setMaximumWidth(_WIDEST)
        self.preview.setVisible(False)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.preview, 1000)
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._working)
        column.addLayout(middle, 1)

    def make(self, paper: Paper, subject: object) -> None:
        """Read, draw and show this paper of this subject; what was on show is let go."""
        self.empty()
        self._run(paper, subject, self._show)

    def each(self, paper: Paper, subject: object, folder: Path) -> None:
        """A file for each that a paper is about, into this folder. What is on show stays."""
        self._run(paper, subject, partial(self._write_each, folder))

    def is_working(self) -> bool:
        """Whether a paper is being made."""
        return self._working.isVisibleTo(self)

    def cancel(self) -> None:
        """Stop the work under way; nothing is left behind."""
        self._asked += 1
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._working.setVisible(False)

    def empty(self) -> None:
        """Let the paper go: nothing of it stays in memory."""
        self.cancel()
        self._pdf, self._name = b"", ""
        self.preview.empty()
        self.preview.setVisible(False)

    def pdf(self) -> bytes:
        """The paper on show, empty while it is being made."""
        return self._pdf

    def file_name(self) -> str:
        """What the paper on show would be called as a file."""
        return _fit_for_a_disk(self._name) + ".pdf"

    def save_as(self) -> None:
        """Ask where, in the folder of last time, and write the file whole."""
        if not self._pdf:
            return
        start = str(self.last_folder() / self.file_name())
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the paper", start, "PDF (*.pdf)")
        if chosen:
            self.save_to(Path(chosen))

    def save_to(self, path: Path) -> None:
        """Write the file whole or not at all, and remember its folder."""
        if self._pdf:
            self._save({path: self._pdf})

    def last_folder(self) -> Path:
        """Where papers were saved last, else the person's documents."""
        kept = settings.load(self._desk.store).report_folder
        if kept and Path(kept).is_dir():
            return Path(kept)
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or ".")

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

    def _run(self, paper: Paper, subject: object, then: Callable[[About, Any], object]) -> None:
        self.cancel()
        asked = self._asked
        self._doing.setText(f"Making: {paper.words.lower()}…")
        self.progress.show_part(0, 0, "Reading the record")
        self._working.setVisible(True)
        self._desk.tasks.read(
            lambda: self._desk.look(paper.collect, subject),
            lambda data: self._draw(asked, paper, data, then),
            owner=self,
            on_error=partial(self._failed, asked),
        )

    def _draw(self, asked: int, paper: Paper, data: Any, then: Callable[[About, Any], object]) -> None:
        if asked != self._asked:
            return
        about = paper.about(data)
        self.found.emit((about, data))
        job = self._desk.tasks.process(
            paper.pages,
            data,
            partial(self._made, asked, partial(then, about)),
            prepare=paper.fit,
            progress=self.progress.show_part,
            owner=self,
            on_error=partial(self._failed, asked),
        )
        if asked == self._asked and self.is_working():  # else it was made at once
            self._job = job

    def _made(self, asked: int, then: Callable[[Any], object], made: Any) -> None:
        if asked == self._asked:
            self._job = None
            then(made)

    def _show(self, about: About, pdf: bytes) -> None:
        self._name, self._pdf = about.name, pdf
        self.preview.show_pdf(pdf)
        self._soon.start(0)  # the window paints between the two

    def _write_each(self, folder: Path, _about: About, made: list[tuple[str, bytes]]) -> None:
        self._working.setVisible(False)
        self._save({folder / name: pdf for name, pdf in made})
        self.ready.emit()

    def _bring_up(self) -> None:
        if not self._pdf:
            return
        self._working.setVisible(False)
        self.preview.setVisible(True)
        self.ready.emit()
        if self.isVisible():  # else the person is elsewhere by now, and so is the keyboard
            self.preview.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self, made: Mapping[Path, bytes]) -> None:
        try:
            for path, pdf in made.items():
                files.write_whole(path, pdf)
        except Told as told:
            self.told.emit(told)
            return
        path = next(iter(made))
        settings.change(self._desk.store, report_folder=str(path.parent))
        self.saved.emit(f"Saved as {path.name}." if len(made) == 1 else f"{len(made):,} files saved.")

    def _failed(self, asked: int, error: BaseException) -> None:
        if asked == self._asked:
            self._job = None
            self._working.setVisible(False)
            self.told.emit(error)

    def _working_card(self) -> Card:
        card = Card()
        row = QHBoxLayout()
        row.addWidget(self._doing, 1)
        row.addWidget(QuietButton("Cancel", self._stop))
        card.body.addLayout(row)
        card.add(self.progress)
        card.add(Text("You can go on working meanwhile.", role="quiet"))
        card.setVisible(False)
        return card

    def _stop(self) -> None:
        self.cancel()
        self.stopped.emit()


class PaperPage(Page):
    """A page that is a paper. ``open`` takes ``(key of papers, subject)``; ``choose`` offers every paper of a subject.

    ``bar`` is the row above the paper, for what else can be done with it.
    """

    def __init__(
        self,
        desk: Desk,
        papers: Mapping[str, Paper],
        *,
        choose: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("Paper", "", back, parent=parent)
        self._desk = desk
        self._papers = papers
        self._wanted: tuple[str, Any] | None = None
        self.view = PaperView(desk)
        self.preview = self.view.preview
        self.chips = ChipRow("Which paper", on_pick=self._other)
        self.chips.offer([Choice(key, paper.words) for key, paper in papers.items()])
        self.bar = QHBoxLayout()
        self.bar.setSpacing(8)
        self.bar.addWidget(self.chips, 1)
        self.body.addLayout(self.bar)
        self.chips.setVisible(choose)  # in its place by now: shown before, it would be a window of its own
        self.body.addWidget(self.view, 1)
        self.view.found.connect(self._found)
        self.view.saved.connect(self._saved)
        self.view.stopped.connect(self._stopped)
        self.view.told.connect(self._told)
        self.closed.connect(self.view.cancel)
        bind(self, "print", self.view.print_it)
        bind(self, "save_file", self.view.save_as)

    def open(self, argument: object) -> None:
        """Make this paper of this subject."""
        assert isinstance(argument, tuple)
        self._wanted = argument
        self.chips.choose(str(argument[0]))
        self._make()

    def place(self) -> object:
        """Which paper of what."""
        return self._wanted

    def leave(self) -> None:
        """Let the paper go: it is made again after the unlock."""
        self.view.empty()

    def pdf(self) -> bytes:
        """The paper on show, empty while it is being made."""
        return self.view.pdf()

    def file_name(self) -> str:
        """What the paper on show would be called as a file."""
        return self.view.file_name()

    def save_to(self, path: Path) -> None:
        """Write the file whole or not at all, and remember its folder."""
        self.view.save_to(path)

    def _make(self) -> None:
        if self._wanted is not None:
            key, subject = self._wanted
            self.notices.clear()
            self.head.say(self._papers[key].words)
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # Esc works from the first moment
            self.view.make(self._papers[key], subject)

    def _other(self, key: str) -> None:
        if self._wanted is not None:
            self._wanted = (key, self._wanted[1])
            self._make()

    def _found(self, read: tuple[About, object]) -> None:
        if self._wanted is not None:
            self.head.say(self._papers[self._wanted[0]].words, read[0].sentence)

    def _saved(self, words: str) -> None:
        self.notices.say(words, tone=Tone.OK, button="Open folder", on_press=self._open_folder)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.view.last_folder())))

    def _stopped(self) -> None:
        self.notices.say("Stopped. Nothing was left behind.", button="Make it again", on_press=self._make)

    def _told(self, error: BaseException) -> None:
        self.notices.tell(error)


def _fit_for_a_disk(name: str) -> str:
    """The name without what a disk refuses, at most 150 signs."""
    kept = "".join(" " if sign in '<>:"/\\|?*' or ord(sign) < 32 else sign for sign in name)
    return " ".join(kept.split())[:150]
