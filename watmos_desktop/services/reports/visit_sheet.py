"""How both papers of a visit are laid out: the green band, cards, pages with their foot, 10.5 or 18 point. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services import landlord
from watmos_desktop.services.reports import cover, letters, style
from watmos_desktop.services.reports.flow import Block, Boxed, Drawing, Space, Stack, flow
from watmos_desktop.services.reports.style import MARGIN, PAGE, WIDTH
from watmos_desktop.services.reports.text import Style, Text, one_line

PAD = 12.0
_NAME = re.compile(r"\{([a-z_]+)\}")
_BELOW_BAND = cover.BAND - (PAGE[1] - style.TOP) + 13


@cache
def _wording() -> dict[str, dict[str, str]]:
    return landlord.wording("visit_copy.toml")


def words(key: str, **values: str) -> str:
    """The office's wording for ``section.name`` with each ``{name}`` replaced once: a name within a value stays."""
    section, name = key.split(".")
    return _NAME.sub(lambda found: values.get(found[1], found[0]), _wording()[section][name])


@dataclass(frozen=True)
class Look:
    """The sizes of one paper, in points."""

    head: Style
    text: Style
    strong: Style
    quiet: Style
    gap: float


NORMAL = Look(style.HEAD, Style(10.5, 15), Style(10.5, 15, bold=True), style.QUIET, 10.0)
LARGE = Look(
    Style(21, 27, bold=True),
    Style(18, 25),
    Style(18, 25, bold=True),
    Style(18, 25, colour=style.INK_2),
    16.0,
)


def heading(look: Look, title: str, *below: Block) -> Stack:
    """A heading that stays with what it introduces."""
    return Stack((Text(title, look.head, WIDTH), Space(4), *below))


def card(look: Look, title: str, *lines: Block, fill: str = "") -> Boxed:
    """A rounded frame over the whole width with its own small heading; ``lines`` are ``WIDTH - 2 * PAD`` wide."""
    room = WIDTH - 2 * PAD
    return Boxed(Stack((Text(title, look.strong, room), Space(3), *lines)), WIDTH, PAD, fill)


@dataclass(frozen=True)
class Sheet:
    """What stands around the blocks: title and band, foot, when the record was made (for the file, not a secret)."""

    title: str
    where: str
    kicker: str
    foot: str
    reference: str
    made: datetime
    large: bool = False


def printed(sheet: Sheet, blocks: Sequence[Block]) -> bytes:
    """The PDF; the same sheet and blocks give the same bytes."""
    try:
        return _printed(sheet, blocks)
    finally:
        letters.forget()


def _printed(sheet: Sheet, blocks: Sequence[Block]) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=PAGE, pageCompression=1, invariant=1, lang="en-GB")
    canvas.setTitle(
        one_line(f"{sheet.title}: {sheet.reference}")
    )  # never a name: it stands in lists of files
    canvas.setAuthor(style.words("cover.landlord"))
    canvas.setSubject(one_line(sheet.foot))
    canvas.setCreator("WATMOS Desktop")
    made = sheet.made.astimezone(UTC)
    canvas.setDateFormatter(lambda *_: f"D:{made:%Y%m%d%H%M%S}Z")
    canvas.setViewerPreference("DisplayDocTitle", "true")

    def paint(on: Canvas, _x: float, _top: float) -> None:
        cover.band(on, sheet.title, sheet.where, sheet.kicker)

    pages = flow((Drawing(_BELOW_BAND, paint), *blocks))
    for number, page in enumerate(pages, 1):
        for top, block in page:
            block.draw(canvas, MARGIN, top)
        _foot(canvas, sheet, number, len(pages))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _foot(canvas: Canvas, sheet: Sheet, number: int, total: int) -> None:
    style.rule(canvas, MARGIN, style.FOOT - 14, WIDTH)
    size = Style(12, 16, colour=style.INK_2) if sheet.large else style.SMALL
    Text(one_line(sheet.foot), size, WIDTH - 110, most=1).draw(canvas, MARGIN, style.FOOT - 18)
    right = Style(size.size, size.leading, colour=style.INK_2, align="right")
    page = Text(words("resident.page", page=str(number), pages=str(total)), right, 100)
    page.draw(canvas, MARGIN + WIDTH - 100, style.FOOT - 18)
