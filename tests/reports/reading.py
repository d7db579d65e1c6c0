"""Reads PDFs back: what they say by pypdf and by pdfium, what they carry, and how they look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ContentStream
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument, QPdfDocumentRenderOptions
from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services.reports.text import Style, Text

STYLE = Style(10, 14)


def page_of(*texts: str, style: Style = STYLE, width: float = 480) -> bytes:
    """Each text on pages of its own."""
    out = BytesIO()
    canvas = Canvas(out)
    for text in texts:
        rest: Text | None = Text(text, style, width)
        while rest:
            cut = rest.split(760)
            (cut[0] if cut else rest).draw(canvas, 40, 800)
            rest = cut[1] if cut else None
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def said(pdf: bytes) -> list[str]:
    """The text of each page by pypdf, without line ends."""
    return [page.extract_text().replace("\n", "") for page in PdfReader(BytesIO(pdf)).pages]


def copied(pdf: bytes) -> list[str]:
    """The text of each page as pdfium copies it: what Chrome and the preview in the program give."""
    with _opened(pdf) as document:
        return [
            document.getAllText(page).text().replace("\r\n", "\n") for page in range(document.pageCount())
        ]


def actual_texts(pdf: bytes) -> Iterator[str]:
    """Each /ActualText in the order of the pages."""
    reader = PdfReader(BytesIO(pdf))
    for page in reader.pages:
        content = page.get_contents()
        assert content is not None
        for operands, operator in ContentStream(content, reader).operations:
            if operator == b"BDC" and "/ActualText" in operands[1]:
                yield _utf16(operands[1]["/ActualText"])


def _utf16(value: Any) -> str:
    raw = getattr(value, "original_bytes", None) or bytes(value)
    return raw[2:].decode("utf-16-be") if raw.startswith(b"\xfe\xff") else str(value)


def links(pdf: bytes) -> list[tuple[int, int, float]]:
    """For each link its page, and the page and height where it leads."""
    reader = PdfReader(BytesIO(pdf))
    numbers = {page.indirect_reference: number for number, page in enumerate(reader.pages)}
    found = []
    for number, page in enumerate(reader.pages):
        for reference in page.get("/Annots", []):
            target, _, _, top, _ = reference.get_object()["/Dest"]
            found.append((number, numbers[_reference(target)], float(top)))
    return found


def _reference(target: Any) -> Any:
    return target if hasattr(target, "idnum") else target.indirect_reference


def keys(pdf: bytes) -> set[str]:
    """Every key of every dictionary in the file."""
    reader = PdfReader(BytesIO(pdf))
    found: set[str] = set()
    for number in range(1, int(str(reader.trailer["/Size"]))):
        value = reader.get_object(number)
        found |= set(value) if isinstance(value, dict) else set()
    return found


def outline(pdf: bytes) -> list[str]:
    """Every bookmark's title."""

    def flat(entries: Any) -> Iterator[str]:
        for entry in entries:
            if isinstance(entry, list):
                yield from flat(entry)
            else:
                yield re.sub("\u200e", "", str(entry.title))

    return list(flat(PdfReader(BytesIO(pdf)).outline))


def picture(pdf: bytes, page: int = 0, width: int = 600) -> Image.Image:
    """A page as pdfium draws it, on white."""
    with _opened(pdf) as document:
        size = document.pagePointSize(page)
        high = round(width * size.height() / size.width())
        drawn = document.render(page, QSize(width, high), QPdfDocumentRenderOptions())
    drawn = drawn.convertToFormat(QImage.Format.Format_RGBA8888)
    image = Image.frombuffer("RGBA", (drawn.width(), drawn.height()), bytes(drawn.constBits()))
    under = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return Image.alpha_composite(under, image).convert("RGB")


class _opened:  # noqa: N801 - reads as a verb
    """A PDF in memory, opened by pdfium and closed again."""

    def __init__(self, pdf: bytes) -> None:
        self._buffer = QBuffer()
        self._buffer.setData(QByteArray(pdf))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)

    def __enter__(self) -> QPdfDocument:
        self._document = QPdfDocument()
        self._document.load(self._buffer)
        assert self._document.status() == QPdfDocument.Status.Ready
        return self._document

    def __exit__(self, *_: object) -> None:
        self._document.close()
