"""The end of the report: signatures and corrections, the photo pages, and the record box."""

from __future__ import annotations

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services import wording
from watmos_desktop.services.reports import style
from watmos_desktop.services.reports.blocks import (
    INSIDE,
    PAD,
    lead,
    photos,
    picture,
    spaced,
    table_head,
    table_row,
)
from watmos_desktop.services.reports.flow import (
    Anchor,
    Block,
    Boxed,
    Columns,
    Drawing,
    Linked,
    Rows,
    Section,
    Space,
    Stack,
)
from watmos_desktop.services.reports.inspection_data import (
    InspectionReport,
    Point,
    ReportPhoto,
    Signature,
)
from watmos_desktop.services.reports.style import WIDTH, words
from watmos_desktop.services.reports.text import Style, Text, ink

_WHOLE = (WIDTH, 316.0)


def signed(report: InspectionReport) -> Section:
    """Who signed, how and when; below it every later correction."""
    cards = [_signature(signature) for signature in report.signatures]
    pairs = [
        Columns(tuple((side * (WIDTH / 2 + 6), card) for side, card in enumerate(cards[at : at + 2])))
        for at in range(0, len(cards), 2)
    ]
    blocks: list[Block] = [lead(words("sign.lead")), *spaced(pairs, 12)] if cards else []
    if report.amendments:
        rows = tuple(
            table_row(
                (
                    (6, Text(wording.moment(entry.at), style.QUIET, 104)),
                    (116, _amendment(entry.who, entry.text)),
                )
            )
            for entry in report.amendments
        )
        blocks += [Space(14), Rows(table_head((words("sign.amendments"),), (0.0,)), rows)]
    return Section("signed", words("sign.title"), tuple(blocks))


def _amendment(who: str, text: str) -> Stack:
    return Stack((Text(who, style.STRONG, WIDTH - 124), Text(text, style.BODY, WIDTH - 124)))


def _signature(signature: Signature) -> Block:
    width = WIDTH / 2 - 6
    room = width - 2 * PAD
    size = (room, room / 3)

    def paint(canvas: Canvas, x: float, top: float) -> None:
        style.rule(canvas, x, top - size[1], size[0])
        if signature.strokes:
            _strokes(canvas, signature.strokes, x, top, size)
        elif signature.typed:
            typed = Text(signature.typed, Style(15, 19, bold=True, colour=style.BRAND), room, most=2)
            typed.draw(canvas, x, top - size[1] + typed.height + 4)

    kind = words("sign.drawn") if signature.strokes else words("sign.typed")
    blocks = (
        Drawing(size[1] + 5, paint),
        Text(signature.name, style.STRONG, room),
        Text(signature.role, style.BODY, room),
        Text(f"{wording.moment(signature.at)}, {kind}", style.SMALL, room),
    )
    return Boxed(Stack(blocks), width, PAD)


def _strokes(
    canvas: Canvas, strokes: tuple[tuple[Point, ...], ...], x: float, top: float, size: tuple[float, float]
) -> None:
    canvas.setStrokeColor(ink(style.INK))
    canvas.setLineWidth(1.4)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    for stroke in strokes:
        path = canvas.beginPath()
        at = [(x + px * size[0], top - py * size[1]) for px, py in stroke]
        path.moveTo(*at[0])
        for point in at[1:] or at:
            path.lineTo(*point)
        canvas.drawPath(path, stroke=1, fill=0)
    canvas.setLineCap(0)
    canvas.setLineJoin(0)


def photo_pages(report: InspectionReport) -> Section:
    """Two photos a page, each leading back to its defect or area."""
    of_defect = {photo.number: defect.number for defect in report.defects for photo in defect.photos}
    areas = [area for area in report.areas if area.items]
    of_area = {
        number: index for index, area in enumerate(areas) for item in area.items for number in item.photos
    }
    blocks: list[Block] = []
    for photo in photos(report):
        back: tuple[str, str] | None = None
        if photo.number in of_defect:
            number = of_defect[photo.number]
            back = (words("photos.back", number=number), f"defect-{number}")
        elif photo.number in of_area:
            back = (areas[of_area[photo.number]].name, f"area-{of_area[photo.number]}")
        blocks.append(_photo(photo, back))
    opening = (lead(words("photos.lead")),) if blocks else ()
    return Section("photos", words("photos.title"), (*opening, *spaced(blocks, 12)), fresh=True)


def _photo(photo: ReportPhoto, back: tuple[str, str] | None) -> Block:
    number = Text(words("defects.photo", number=photo.number), style.STRONG, 62)
    caption = " · ".join(part for part in (photo.caption, photo.taken) if part)
    cells: list[tuple[float, Block]] = [(0, number), (66, Text(caption, style.BODY, WIDTH - 200))]
    if back:
        right = Style(9.5, 13.5, bold=True, colour=style.BRAND, align="right")
        cells.append((WIDTH - 126, Linked(Text(back[0], right, 126, most=1), back[1], 126)))
    return Anchor(Stack((picture(photo, *_WHOLE), Space(5), Columns(tuple(cells)))), f"photo-{photo.number}")


def record_box(report: InspectionReport) -> Section:
    """What an auditor needs to compare this paper with the record."""
    where = ", ".join(part for part in (report.place, report.estate, report.address) if part)
    version = words("record.version", template=report.template, version=report.template_version)
    lines = (
        ("reference", report.reference),
        ("place", where),
        ("template", version),
        ("walked_by", ", ".join(report.walked_by)),
        ("device", report.record.device),
        ("started", wording.moment(report.started)),
        ("finished", wording.moment(report.finished)),
        ("photos", str(len(photos(report)))),
        ("sync", report.record.sync_state),
        ("checksum", report.record.checksum),
    )
    small = {"checksum": Style(8.2, 13.5)}
    rows = [
        Columns(
            (
                (0, Text(words(f"record.{key}"), style.QUIET, 126)),
                (130, Text(value, small.get(key, style.BODY), INSIDE - 130)),
            )
        )
        for key, value in lines
        if value
    ]
    box = Boxed(Stack(tuple(spaced(rows, 4))), WIDTH, PAD, style.GROUND)
    return Section("record", words("record.title"), (lead(words("record.lead")), box))
