"""How both papers of a hazard case are laid out: the band, headings, cards, the pages and their foot."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from watmos_desktop.services.reports import cover, document, style
from watmos_desktop.services.reports.flow import Anchor, Block, Boxed, Drawing, Space, Stack, flow
from watmos_desktop.services.reports.hazard_paper import HazardPaper
from watmos_desktop.services.reports.style import MARGIN, PAGE, WIDTH, words
from watmos_desktop.services.reports.text import Style, Text

PAD = 12.0
TEXT = Style(10.5, 15)
STRONG = Style(10.5, 15, bold=True)
_BELOW_BAND = cover.BAND - (PAGE[1] - style.TOP) + 13


def heading(title: str, *below: Block) -> Anchor:
    """A heading, which is a bookmark too, that stays with what it introduces."""
    return Anchor(Stack((Text(title, style.HEAD, WIDTH), Space(4), *below)), title, title)


def card(title: str, *lines: Block, width: float = WIDTH, fill: str = "") -> Boxed:
    """A rounded frame with its own small heading; ``lines`` are ``width - 2 * PAD`` wide."""
    room = width - 2 * PAD
    return Boxed(Stack((Text(title, STRONG, room), Space(3), *lines)), width, PAD, fill)


def printed(paper: HazardPaper, title: str, kicker: str, foot: str, blocks: Sequence[Block]) -> bytes:
    """The PDF: a green band on the first page, ``blocks`` on as many pages as they need, a foot on each."""
    out, card = BytesIO(), paper.case.card
    with document.printing():
        subject = f"{words('endeavours.case')} {card.reference}"
        canvas = document.begin(out, f"{title}: {card.reference}", paper.printed, subject)
        band = Drawing(_BELOW_BAND, lambda on, _x, _top: cover.band(on, title, card.where, kicker))
        pages = flow((band, *blocks))
        for number, page in enumerate(pages, 1):
            for top, block in page:
                block.draw(canvas, MARGIN, top)
            document.foot(canvas, foot, number, len(pages))
            canvas.showPage()
        canvas.save()
    return out.getvalue()
