"""What every paper has besides its words: title, language, moment, and a foot that says which page of how many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services.reports import letters, style
from watmos_desktop.services.reports.style import MARGIN, PAGE, WIDTH, words
from watmos_desktop.services.reports.text import Style, Text, one_line

_NUMBER = 90.0  # points kept at the right for "page 10 of 12"
_LINES = 2  # of a foot below its line; a longer one begins higher


@contextmanager
def printing() -> Iterator[None]:
    """What is printed inside stays in no memory kept for speed once the program is locked (security.md S38)."""
    try:
        yield
    finally:
        letters.forget()


def begin(out: BytesIO, title: str, made: datetime | date, subject: str = "") -> Canvas:
    """A canvas for A4 pages in English. ``made`` is all it tells of time, so the same data gives the same bytes."""
    canvas = Canvas(out, pagesize=PAGE, pageCompression=1, invariant=1, lang="en-GB")
    canvas.setTitle(one_line(title))
    canvas.setAuthor(words("cover.landlord"))
    canvas.setSubject(one_line(subject))
    canvas.setCreator("WATMOS Desktop")
    at = made.astimezone(UTC) if isinstance(made, datetime) else datetime.combine(made, time(), UTC)
    canvas.setDateFormatter(lambda *_: f"D:{at:%Y%m%d%H%M%S}Z")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    return canvas


def foot(canvas: Canvas, said: str, number: int, total: int) -> None:
    """A line with what the paper is, whole however long, and *page x of y*; below ``style.FOOT``."""
    text = Text(one_line(said), style.SMALL, WIDTH - _NUMBER)
    top = style.FOOT - 18 + max(0.0, text.height - _LINES * style.SMALL.leading)
    style.rule(canvas, MARGIN, top + 4, WIDTH)
    text.draw(canvas, MARGIN, top)
    right = Style(style.SMALL.size, style.SMALL.leading, colour=style.INK_2, align="right")
    page = Text(words("page.number", page=number, pages=total), right, _NUMBER - 10)
    page.draw(canvas, MARGIN + WIDTH - _NUMBER + 10, top)
