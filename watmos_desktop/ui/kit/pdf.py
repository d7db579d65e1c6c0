"""A PDF on screen, from memory: it never touches the disk to be seen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import QPagedPaintDevice, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.button import IconButton, PrimaryButton, QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.panes import scroll_by_touch
from watmos_desktop.ui.kit.text import Text

_INK = 160  # lightness, of 255


def _side_by_side(*parts: QWidget) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for part in parts:
        row.addWidget(part)
    return made


class PdfPreview(QWidget):
    """Pages one below the other, with page, zoom, print and save.

    >>> preview = PdfPreview("Inspection report", on_save=save_as, on_print=print_it)
    >>> preview.show_pdf(data)       # bytes; False if they are no PDF
    >>> preview.page_count(), preview.page()

    Page Up and Page Down turn pages. Signal ``page_changed(int)``, from 1.
    """

    page_changed = Signal(int)

    def __init__(
        self,
        name: str,
        *,
        on_save: Callable[[], object] | None = None,
        on_print: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._buffer = QBuffer(self)  # kept: the document reads from it as long as it is open
        self._document = QPdfDocument(self)
        self._where = Text(role="quiet")
        self._previous = IconButton("up", "Page before", lambda: self.turn(-1))
        self._next = IconButton("down", "Next page", lambda: self.turn(1))
        turning = _side_by_side(
            self._previous,
            self._next,
            self._where,
            IconButton("minus", "Smaller", lambda: self.zoom(1 / 1.25)),
            IconButton("plus", "Larger", lambda: self.zoom(1.25)),
            QuietButton("Fit width", self.fit),
        )
        bar = FlowRow(turning)  # beside a panel there is not always room for one line
        if on_print is not None:
            bar.add(QuietButton("Print", on_print, key="Ctrl+P", symbol="print"))
        if on_save is not None:
            bar.add(PrimaryButton("Save as", on_save, key="Ctrl+S"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(
            bar
        )  # its buttons are children from here on: Tab comes to them first, then to the view
        self.view = QPdfView(self)
        self.view.setAccessibleName(name)
        self.view.setDocument(self._document)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setPageSpacing(12)
        scroll_by_touch(self.view)
        column.addWidget(self.view, 1)
        self.view.pageNavigator().currentPageChanged.connect(self._say_page)
        self._say_page()

    def show_pdf(self, data: bytes) -> bool:
        """Show a document; False, and an empty view, if it cannot be read."""
        self._document.close()
        self._buffer.close()
        self._buffer.setData(QByteArray(data))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._document.load(self._buffer)
        self._say_page()
        return self._document.status() == QPdfDocument.Status.Ready

    def page_count(self) -> int:
        """How many pages the document has."""
        return self._document.pageCount()

    def page(self) -> int:
        """The page on show, from 1; 0 without a document."""
        return self.view.pageNavigator().currentPage() + 1 if self.page_count() else 0

    def painted(self) -> bool:
        """Whether ink is on the page in sight: pages are drawn beside the window, and are white until then."""
        seen = self.view.viewport().grab().toImage()
        across = range(seen.width() // 4, seen.width() * 3 // 4, 3)
        rows = (
            [seen.pixelColor(x, y).lightness() for x in across] for y in range(0, seen.height(), 3)
        )  # above and below the paper a dark ground is dark all across
        return any(min(row) < _INK < max(row) for row in rows if row)

    def turn(self, pages: int) -> None:
        """Go on or back by some pages."""
        target = min(max(self.page() - 1 + pages, 0), self.page_count() - 1)
        if target >= 0:
            self.view.pageNavigator().jump(target, QPointF())
            self._say_page()

    def zoom(self, factor: float) -> None:
        """Larger or smaller, between a quarter and four times."""
        self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(min(4.0, max(0.25, self.view.zoomFactor() * factor)))

    def fit(self) -> None:
        """Each page as wide as the view."""
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    def print_to(self, device: QPagedPaintDevice) -> None:
        """Put every page on a printer, as large as its paper allows."""
        painter = QPainter(device)
        for number in range(self.page_count()):
            if number:
                device.newPage()
            paper = painter.viewport()
            size = self._document.pagePointSize(number).scaled(
                QSizeF(paper.size()), Qt.AspectRatioMode.KeepAspectRatio
            )
            image = self._document.render(number, size.toSize())
            painter.drawImage(QPointF((paper.width() - image.width()) / 2, 0), image)
        painter.end()

    def text(self, page: int) -> str:
        """The words of a page, from 1, for screen readers and tests."""
        return self._document.getAllText(page - 1).text()

    def empty(self) -> None:
        """Show nothing and keep nothing in memory."""
        self.show_pdf(b"")

    def _say_page(self, *_: object) -> None:
        count = self.page_count()
        self._where.setText(f"Page {self.page()} of {count}" if count else "Nothing to show yet")
        self._previous.setEnabled(self.page() > 1)
        self._next.setEnabled(0 < self.page() < count)
        self.page_changed.emit(self.page())
