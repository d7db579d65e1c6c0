"""Blocks that several parts of the report are made of: leads, photos, links to photos, table rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.models.kinds import Grade
from watmos_desktop.services.reports import style
from watmos_desktop.services.reports.flow import (
    Block,
    Columns,
    Drawing,
    Linked,
    Space,
    Stack,
)
from watmos_desktop.services.reports.inspection_data import (
    InspectionReport,
    ReportPhoto,
)
from watmos_desktop.services.reports.style import WIDTH
from watmos_desktop.services.reports.text import Style, Text, width_of

PAD = 12.0
INSIDE = WIDTH - 2 * PAD


def lead(text: str) -> Stack:
    """The sentence under a heading."""
    return Stack((Text(text, style.QUIET, WIDTH), Space(12)))


def spaced(blocks: Iterable[Block], gap: float) -> Iterator[Block]:
    """Blocks with ``gap`` points between them."""
    for index, block in enumerate(blocks):
        if index:
            yield Space(gap)
        yield block


def picture(photo: ReportPhoto, w: float, h: float, *, whole: bool = True) -> Drawing:
    """A photo in a box of that size."""

    def paint(canvas: Canvas, x: float, top: float) -> None:
        style.picture(canvas, photo, x, top - h, w, h, whole=whole)

    return Drawing(h, paint)


def badge(grade: Grade | None, size: float) -> Drawing:
    """A grade of that size."""
    return Drawing(size, lambda canvas, x, top: style.badge(canvas, x, top - size, size, grade))


def photo_links(label: str, numbers: Sequence[int]) -> Columns:
    """``label`` and numbers, each leading to its photo."""
    link = Style(7.5, 10.5, bold=True, colour=style.BRAND)
    cells: list[tuple[float, Block]] = [(0, Text(label, style.SMALL, 120, most=1))]
    x = width_of(label, style.SMALL)
    for index, number in enumerate(numbers):
        text = f"{number}{',' if index < len(numbers) - 1 else ''} "
        width = width_of(text, link)
        cells.append((x, Linked(Text(text, link, width + 2), f"photo-{number}", width)))
        x += width
    return Columns(tuple(cells))


def table_row(cells: Sequence[tuple[float, Block]], pad: float = 4.5) -> Stack:
    """Cells at their offsets from the left, over a thin line."""
    line = Drawing(pad, lambda canvas, x, top: style.rule(canvas, x, top - pad, WIDTH))
    return Stack((Space(pad), Columns(tuple(cells)), line))


def table_head(titles: Sequence[str], lefts: Sequence[float]) -> Block:
    """Column heads at their offsets from the left, on soft ground."""
    strong = style.coloured(Style(8.5, 12, bold=True), style.INK_2)
    bounds = pairwise((*lefts, WIDTH))
    cells = [
        (left + 6, Text(title, strong, right - left - 8))
        for title, (left, right) in zip(titles, bounds, strict=True)
    ]

    def paint(canvas: Canvas, x: float, top: float) -> None:
        style.box(canvas, x, top - 22, WIDTH, 22, fill=style.GROUND, line="", radius=3)
        Columns(tuple(cells)).draw(canvas, x, top - 5)

    return Drawing(22, paint)


def photos(report: InspectionReport) -> list[ReportPhoto]:
    """Every numbered photo once, in the order of its number."""
    found = [photo for defect in report.defects for photo in defect.photos] + list(report.other_photos)
    return sorted(
        {photo.number: photo for photo in found if photo.number}.values(), key=lambda photo: photo.number
    )
