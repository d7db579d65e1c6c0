"""How both papers of a hazard case are laid out: the band, headings, cards, the pages and their foot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services.reports import cover, letters, style
from watmos_desktop.services.reports.flow import Block, Boxed, Drawing, Space, Stack, flow
from watmos_desktop.services.reports.hazard_paper import HazardPaper
from watmos_desktop.services.reports.style import MARGIN, PAGE, WIDTH, words
from watmos_desktop.services.reports.text import Style, Text, one_line

PAD = 12.0
TEXT = Style(10.5, 15)
STRONG = Style(10.5, 15, bold=True)
_BELOW_BAND = cover.BAND - (PAGE[1] - style.TOP) + 13


def heading(title: str, *below: Block) -> Stack:
    """A heading that stays with what it introduces."""
    return Stack((Text(title, style.HEAD, WIDTH), Space(4), *below))


def card(title: str, *lines: Block, width: float = WIDTH, fill: str = "") -> Boxed:
    """A rounded frame with its own small heading; ``lines`` are ``width - 2 * PAD`` wide."""
    room = width - 2 * PAD
    return Boxed(Stack((Text(title, STRONG, room), Space(3), *lines)), width, PAD, fill)


def printed(paper: HazardPaper, title: str, kicker: str, foot: str, blocks: Sequence[Block]) -> bytes:
    """The PDF: a green band on the first page, ``blocks`` on as many pages as they need, a foot on each."""
    try:
        return _printed(paper, title, kicker, foot, blocks)
    finally:
        letters.forget()


def _printed(paper: HazardPaper, title: str, kicker: str, foot: str, blocks: Sequence[Block]) -> bytes:
    where = paper.case.card.where
    out = BytesIO()
    canvas = Canvas(out, pagesize=PAGE, pageCompression=1, invariant=1, lang="en-GB")
    canvas.setTitle(one_line(f"{title}: {paper.case.card.reference}"))
    canvas.setAuthor(words("cover.landlord"))
    canvas.setSubject(one_line(f"{words('endeavours.case')} {paper.case.card.reference}"))
    canvas.setCreator("WATMOS Desktop")
    made = paper.printed.astimezone(UTC)
    canvas.setDateFormatter(lambda *_: f"D:{made:%Y%m%d%H%M%S}Z")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    band = Drawing(_BELOW_BAND, lambda on, _x, _top: cover.band(on, title, where, kicker))
    pages = flow((band, *blocks))
    for number, page in enumerate(pages, 1):
        for top, block in page:
            block.draw(canvas, MARGIN, top)
        _foot(canvas, foot, number, len(pages))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _foot(canvas: Canvas, foot: str, number: int, total: int) -> None:
    style.rule(canvas, MARGIN, style.FOOT - 14, WIDTH)
    Text(one_line(foot), style.SMALL, WIDTH - 90, most=1).draw(canvas, MARGIN, style.FOOT - 18)
    right = Style(7.5, 10.5, colour=style.INK_2, align="right")
    page = Text(words("page.number", page=number, pages=total), right, 80)
    page.draw(canvas, MARGIN + WIDTH - 80, style.FOOT - 18)
