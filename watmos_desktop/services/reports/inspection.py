"""The inspection report: from decided data to the bytes of a PDF. Pure: the same record gives the same
bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services import wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.reports import cover, letters, style
from watmos_desktop.services.reports.flow import Page, contents, paginate
from watmos_desktop.services.reports.inspection_data import InspectionReport
from watmos_desktop.services.reports.parts import sections
from watmos_desktop.services.reports.style import MARGIN, PAGE, WIDTH, words
from watmos_desktop.services.reports.text import Style, Text, ink, one_line

Progress = Callable[[float], None]
_CONTENTS_ABOVE = 8


def render(report: InspectionReport, progress: Progress | None = None) -> bytes:
    """The PDF of ``report``. ``progress`` is told the share done (0 to 1) before each page; what it raises
    stops the work and passes through, so that a cancelled report leaves nothing behind (issue 2 section
    6)."""
    try:
        return _render(report, progress)
    finally:
        letters.forget()


def _render(report: InspectionReport, progress: Progress | None) -> bytes:
    pages = paginate(sections(report))
    if len(pages) + 1 > _CONTENTS_ABOVE:
        pages.insert(0, contents(pages, 3, words("contents.title")))
    out = BytesIO()
    canvas = _canvas(out, report)
    total = len(pages) + 1
    for number in range(1, total + 1):
        if progress:
            progress((number - 1) / (total + 1))
        if report.draft:
            _draft(canvas)
        if number == 1:
            canvas.bookmarkPage("cover")
            canvas.addOutlineEntry(one_line(report.place)[:120], "cover", 0)
            cover.draw_cover(canvas, report)
        else:
            _draw(canvas, pages[number - 2])
        _foot(canvas, report, number, total)
        canvas.showPage()
    canvas.save()
    if progress:
        progress(1.0)
    return out.getvalue()


def _canvas(out: BytesIO, report: InspectionReport) -> Canvas:
    canvas = Canvas(out, pagesize=PAGE, pageCompression=1, invariant=1, lang="en-GB")
    day = wording.day(report.started.astimezone(LONDON).date())
    canvas.setTitle(one_line(f"{report.place}: {report.template}, {day}"))
    canvas.setAuthor(words("cover.landlord"))
    canvas.setSubject(one_line(f"{words('record.reference')} {report.reference}"))
    canvas.setCreator("WATMOS Desktop")
    made = report.finished.astimezone(UTC)
    canvas.setDateFormatter(lambda *_: f"D:{made:%Y%m%d%H%M%S}Z")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.showOutline()
    return canvas


def _draw(canvas: Canvas, page: Page) -> None:
    for top, block in page:
        block.draw(canvas, MARGIN, top)


def _foot(canvas: Canvas, report: InspectionReport, number: int, total: int) -> None:
    style.rule(canvas, MARGIN, style.FOOT - 14, WIDTH)
    day = wording.day(report.started.astimezone(LONDON).date())
    left = one_line(words("page.foot", place=report.place, reference=report.reference, date=day))
    if report.draft:
        left = f"{words('draft.mark')} · {left}"
    Text(left, style.SMALL, WIDTH - 90, most=1).draw(canvas, MARGIN, style.FOOT - 18)
    right = Style(7.5, 10.5, colour=style.INK_2, align="right")
    Text(words("page.number", page=number, pages=total), right, 80).draw(
        canvas, MARGIN + WIDTH - 80, style.FOOT - 18
    )


def _draft(canvas: Canvas) -> None:
    """A pale word across the page, under everything else."""
    canvas.saveState()
    canvas.setFillColor(ink(style.GROUND))
    canvas.translate(PAGE[0] / 2, PAGE[1] / 2)
    canvas.rotate(52)
    mark = Style(120, 140, bold=True, colour="F0EEE8", align="centre")
    Text(words("draft.mark"), mark, 700).draw(canvas, -350, 70)
    canvas.restoreState()
