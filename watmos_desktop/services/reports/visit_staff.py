"""The copy of a visit for our files: the whole form, what came of it, evidence, signatures, the record box. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services import photos, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.reports import style
from watmos_desktop.services.reports.blocks import picture, table_row
from watmos_desktop.services.reports.flow import Block, Boxed, Columns, Drawing, Lead, Rows, Space, Stack
from watmos_desktop.services.reports.inspection_data import ReportPhoto
from watmos_desktop.services.reports.style import WIDTH
from watmos_desktop.services.reports.text import Style, Text, ink
from watmos_desktop.services.reports.visit_copy_data import Line, Signed, StaffCopy
from watmos_desktop.services.reports.visit_sheet import NORMAL, PAD, Sheet, card, heading, printed, words
from watmos_desktop.services.reports.work import Tell

_HALF = (WIDTH - 12) / 2
_PHOTO_MM = 84.0
_PICTURE = (_HALF, 168.0)
_ANSWER = 290.0


def fit(copy: StaffCopy, tell: Tell) -> StaffCopy:
    """The same copy with each photo no larger than its place on the paper."""
    fitted = []
    for number, (photo, digest) in enumerate(copy.photos):
        tell(number, len(copy.photos))
        try:
            jpeg = photos.for_paper(photo.jpeg, _PHOTO_MM) if photo.jpeg else b""
        except Told:
            jpeg = b""  # the paper says that it could not be read
        fitted.append((replace(photo, jpeg=jpeg), digest))
    return replace(copy, photos=tuple(fitted))


def pages(copy: StaffCopy, tell: Tell) -> bytes:
    """The PDF, for the worker process."""
    tell(0, 1)
    return render(copy)


def render(copy: StaffCopy) -> bytes:
    """The PDF; the same record printed at the same moment gives the same bytes."""
    parts: list[Block] = [_head(copy), _came(copy)]
    if copy.apart:
        parts.insert(1, _apart(copy))
    blocks: list[Block] = []
    for part in parts:
        blocks += [part, Space(NORMAL.gap)]
    blocks += [*_form(copy), _consents(copy), Space(NORMAL.gap), *_signatures(copy)]
    if copy.attempts:
        lines = [Text(one, style.BODY, WIDTH) for one in copy.attempts]
        blocks += [heading(NORMAL, words("staff.attempts"), *lines), Space(NORMAL.gap)]
    if copy.approval:
        said = [Text(one, style.BODY, WIDTH) for one in (copy.approval, *copy.approval_notes)]
        blocks += [heading(NORMAL, words("staff.approval"), *said), Space(NORMAL.gap)]
    blocks += [*_photos(copy), _record(copy)]
    sheet = Sheet(
        words("staff.title"),
        f"{copy.address} · {copy.where}",
        words("staff.kicker"),
        words("staff.foot", reference=copy.reference),
        copy.reference,
        copy.made,
    )
    return printed(sheet, blocks)


def _head(copy: StaffCopy) -> Block:
    facts = [
        (words("staff.visit"), f"{copy.kind}, {copy.reference}"),
        (words("staff.when"), f"{wording.moment(copy.started)} to {wording.clock_time(copy.completed)}"),
        (words("staff.officer"), copy.officer),
        (words("staff.household"), "\n".join(copy.household)),
    ]
    return Stack(tuple(_fact(name, said) for name, said in facts if said))


def _fact(name: str, said: str) -> Block:
    return Columns(((0, Text(name, style.QUIET, 122)), (130, Text(said, style.BODY, WIDTH - 130))))


def _apart(copy: StaffCopy) -> Block:
    room = WIDTH - 2 * PAD
    lines = [Text(one, NORMAL.strong, room) for one in copy.apart]
    note = Text(words("staff.apart_words"), style.QUIET, room)
    return card(NORMAL, words("staff.apart"), *lines, Space(4), note, fill=style.GROUND)


def _came(copy: StaffCopy) -> Block:
    if not copy.came_of_it:
        return heading(NORMAL, words("staff.came_of_it"), Text(words("staff.nothing"), style.BODY, WIDTH))
    return heading(NORMAL, words("staff.came_of_it"), *(_line(one) for one in copy.came_of_it))


def _line(one: Line) -> Block:
    right: list[Block] = [Text(one.answer, style.STRONG, WIDTH - _ANSWER)]
    if one.quiet:
        right.append(Text(one.quiet, style.SMALL, WIDTH - _ANSWER))
    return table_row(((0, Text(one.words, style.BODY, _ANSWER - 14)), (_ANSWER, Stack(tuple(right)))), 3.5)


def _form(copy: StaffCopy) -> Iterator[Block]:
    yield Lead(Text(words("staff.answers"), NORMAL.head, WIDTH), 60)
    for title, lines in copy.sections:
        head = Stack((Space(6), Text(title, NORMAL.strong, WIDTH)))
        yield Rows(head, tuple(_line(one) for one in lines))
        yield Space(6)


def _consents(copy: StaffCopy) -> Block:
    said = {True: words("resident.yes"), False: words("resident.no")}
    return heading(
        NORMAL, words("staff.consents"), *(_line(Line(one, said[given])) for one, given in copy.consents)
    )


def _signatures(copy: StaffCopy) -> Iterator[Block]:
    if not copy.signed:
        unsigned = Text(words("staff.unsigned", reason=copy.unsigned), style.BODY, WIDTH)
        yield heading(NORMAL, words("staff.signed"), unsigned)
        yield Space(NORMAL.gap)
        return
    yield Lead(Text(words("staff.signed"), NORMAL.head, WIDTH), 60)
    for at in range(0, len(copy.signed), 2):
        pair = copy.signed[at : at + 2]
        yield Space(4)
        yield Columns(tuple((side * (_HALF + 12), _signature(one)) for side, one in enumerate(pair)))
    yield Space(NORMAL.gap)


def _signature(one: Signed) -> Block:
    room = _HALF - 2 * PAD
    size = (room, room / 3)

    def paint(canvas: Canvas, x: float, top: float) -> None:
        style.rule(canvas, x, top - size[1], room)
        canvas.setStrokeColor(ink(style.INK))
        canvas.setLineWidth(1.4)
        canvas.setLineCap(1)
        for stroke in one.strokes:
            points = [(x + px * size[0], top - py * size[1]) for px, py in stroke]
            path = canvas.beginPath()
            path.moveTo(*points[0])
            for point in points[1:] or points:
                path.lineTo(*point)
            canvas.drawPath(path, stroke=1, fill=0)
        canvas.setLineCap(0)
        if not one.strokes:
            typed = Text(one.name, Style(15, 19, bold=True, colour=style.BRAND), room, most=2)
            typed.draw(canvas, x, top - size[1] + typed.height + 4)

    how = words("staff.drawn" if one.strokes else "staff.typed")
    lines = (
        Drawing(size[1] + 5, paint),
        Text(one.name, style.STRONG, room),
        Text(f"{wording.moment(one.at)}, {how}", style.SMALL, room),
    )
    return Boxed(Stack(lines), _HALF, PAD)


def _photos(copy: StaffCopy) -> Iterator[Block]:
    if not copy.photos:
        return
    lead = Stack(
        (Text(words("staff.photos"), NORMAL.head, WIDTH), Text(words("staff.photo_lead"), style.QUIET, WIDTH))
    )
    yield Lead(lead, _PICTURE[1])
    for at in range(0, len(copy.photos), 2):
        pair = copy.photos[at : at + 2]
        yield Space(6)
        yield Columns(tuple((side * (_HALF + 12), _photo(*one)) for side, one in enumerate(pair)))
    yield Space(NORMAL.gap)


def _photo(photo: ReportPhoto, digest: str) -> Block:
    said = " · ".join(part for part in (str(photo.number), photo.caption, photo.taken) if part)
    small = Style(5.6, 8, colour=style.INK_2)
    return Stack((picture(photo, *_PICTURE), Text(said, style.SMALL, _HALF), Text(digest, small, _HALF)))


def _record(copy: StaffCopy) -> Block:
    room = WIDTH - 2 * PAD
    facts = (
        (words("staff.reference"), copy.reference),
        (words("staff.form"), words("staff.form_words", version=str(copy.version))),
        (
            words("staff.printed"),
            words("staff.printed_words", when=wording.moment(copy.made), name=copy.made_for),
        ),
        (words("staff.checksum"), copy.checksum),
    )
    lines = [
        Columns(((0, Text(name, style.QUIET, 80)), (86, Text(said, Style(8.2, 13), room - 86))))
        for name, said in facts
    ]
    state = Text(words("staff.intact" if copy.intact else "staff.broken"), style.STRONG, room)
    return card(NORMAL, words("staff.record"), *lines, Space(3), state, fill=style.GROUND)
