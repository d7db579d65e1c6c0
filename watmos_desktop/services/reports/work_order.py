"""The order that a contractor gets, as paper and as an e-mail to copy. It holds what the work needs and nothing else.

There is no field for a resident's needs, a caution, a reason of a priority or a household, so none can slip in. A
name and a number stand in it only where someone put them into the access notes, because access needs them (S21).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services import photos, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.reports import cover, document, qr, style
from watmos_desktop.services.reports.blocks import picture, spaced
from watmos_desktop.services.reports.flow import Anchor, Block, Boxed, Columns, Drawing, Space, Stack
from watmos_desktop.services.reports.inspection_data import ReportPhoto
from watmos_desktop.services.reports.style import BODY, HEAD, MARGIN, PAGE, QUIET, STRONG, WIDTH, words
from watmos_desktop.services.reports.text import Style, Text, one_line

_REFERENCE = Style(34, 40, bold=True)
_LARGE = Style(12, 17)
_LARGE_STRONG = Style(12, 17, bold=True)
_CODE = 78.0  # points of the square at the right of the reference
_PHOTO = ((WIDTH - 12) / 2, 150.0)
_PHOTO_MM = 84.0
_MOST_PHOTOS = 8
_PAD = 12.0
_GAP = 15.0


@dataclass(frozen=True)
class WorkOrder:
    """All that the order says, in words. ``hazards`` are what a contractor must know before going in."""

    reference: str
    repair: str
    contractor: str
    where: str
    place: str
    trade: str
    priority: str
    due: str
    title: str
    description: str
    instructions: str
    access: str
    appointment: str
    hazards: tuple[str, ...]
    ordered_at: datetime
    photos: tuple[ReportPhoto, ...] = ()
    own_appointment: bool = False


@dataclass(frozen=True)
class Email:
    """The same order to paste into a mail; the subject names no place and nobody."""

    subject: str
    body: str


def email(data: WorkOrder) -> Email:
    """The order as plain text."""
    head = [
        f"{words('order.kind')} {data.reference}",
        words("order.repair", reference=data.repair),
        words("order.to", contractor=data.contractor),
    ]
    parts: list[tuple[str, list[str]]] = [
        ("", head),
        (words("order.when"), _when(data)),
        (words("order.know"), [f"- {one}" for one in data.hazards]),
        (words("order.where"), _where(data)),
        (words("order.access"), [data.access or words("order.access_none")]),
        (words("order.what"), _what(data)),
    ]
    if data.photos:
        parts.append((words("order.photos"), [words("order.photos_mail", count=len(data.photos))]))
    parts.append(("", [_foot_words(data), words("order.privacy")]))
    body = "\n\n".join(
        "\n".join([*([title.upper()] if title else []), *lines]) for title, lines in parts if lines
    )
    subject = words("order.subject", reference=data.reference, trade=data.trade.lower(), due=_lower(data.due))
    return Email(one_line(subject), body + "\n")


def pages(data: WorkOrder, tell: Callable[[int, int], None]) -> bytes:
    """The PDF of an order, beside the window; ``tell`` hears how far."""
    tell(0, 1)
    return render(data)


def fit(data: WorkOrder, tell: Callable[[int, int], None]) -> WorkOrder:
    """The same order with each photo no larger than paper needs it."""
    fitted = []
    for done, photo in enumerate(data.photos):
        tell(done, len(data.photos))
        try:
            fitted.append(replace(photo, jpeg=photos.for_paper(photo.jpeg, _PHOTO_MM)))
        except Told:
            fitted.append(replace(photo, jpeg=b""))  # the paper says that it could not be read
    return replace(data, photos=tuple(fitted))


def render(data: WorkOrder) -> bytes:
    """A4 pages; the same data gives the same bytes."""
    with document.printing():
        return _render(data)


def _render(data: WorkOrder) -> bytes:
    out = BytesIO()
    canvas = document.begin(out, f"{words('order.kind')} {data.reference}", data.ordered_at)
    placed = _placed(_blocks(data), PAGE[1] - cover.BAND - 24)
    for number, page in enumerate(placed, 1):
        if number == 1:
            ordered = wording.moment(data.ordered_at.astimezone(LONDON))
            cover.band(canvas, words("order.kind"), words("order.to", contractor=data.contractor), ordered)
        for top, block in page:
            block.draw(canvas, MARGIN, top)
        _foot(canvas, data, number, len(placed))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _blocks(data: WorkOrder) -> Iterable[Block]:
    yield _reference(data)
    yield Space(_GAP)
    yield _promise(data)
    if data.hazards:
        yield Space(_GAP)
        yield _hazards(data)
    for title, lines in (
        (words("order.where"), _where(data)),
        (words("order.access"), [data.access or words("order.access_none")]),
        (words("order.what"), _what(data)),
    ):
        yield Space(_GAP)
        yield from _part(title, lines)
    if data.photos:
        yield Space(_GAP)
        opening = Stack((Text(words("order.photos"), HEAD, WIDTH), Space(4), _pair(data.photos[:2])))
        yield Drawing(opening.height, opening.draw)  # a heading never stands alone at the foot of a page
        for at in range(2, min(len(data.photos), _MOST_PHOTOS), 2):
            yield Space(12)
            yield _pair(data.photos[at : at + 2])


def _reference(data: WorkOrder) -> Block:
    room = WIDTH - _CODE - 20
    left = Stack(
        (
            Text(words("order.quote"), QUIET, room),
            Text(data.reference, _REFERENCE, room),
            Text(words("order.repair", reference=data.repair), style.coloured(BODY, style.INK_2), room),
        )
    )
    code = Drawing(_CODE, lambda canvas, x, top: qr.draw(canvas, data.reference, x, top - _CODE, _CODE))
    return Columns(((0, left), (WIDTH - _CODE, code)))


def _promise(data: WorkOrder) -> Block:
    first, *more = _when(data)
    inside = WIDTH - 2 * _PAD
    lines: list[Block] = [Text(first, Style(15, 20, bold=True), inside)]
    lines += [Text(line, _LARGE, inside) for line in more]
    return Boxed(Stack(tuple(spaced(lines, 3))), WIDTH, _PAD, style.GROUND)


def _hazards(data: WorkOrder) -> Block:
    """Said in shape and words, so that it stands out on a grey copy too."""
    inside = WIDTH - 2 * _PAD - 26
    head = Text(words("order.know"), style.coloured(HEAD, style.BAD), inside)
    lines = [Text(f"{one}", _LARGE_STRONG, inside) for one in data.hazards]
    mark = Drawing(16, lambda canvas, x, top: style.triangle(canvas, x, top - 16, 14, style.BAD))
    inner = Columns(((0, mark), (26, Stack((head, Space(3), *spaced(lines, 5))))))
    return Boxed(inner, WIDTH, _PAD)


def _part(title: str, lines: list[str]) -> Iterable[Block]:
    first, *more = lines
    look = _LARGE_STRONG if more else _LARGE
    head = Text(title, style.coloured(STRONG, style.INK_2), WIDTH)
    opening = Text(first, look, WIDTH)
    short = opening.height < _LARGE.leading * 4
    yield Anchor(Stack((head, Space(2), *((opening,) if short else ()))), title, title)
    if not short:
        yield opening
    for line in more:
        yield Space(3)
        yield Text(line, _LARGE, WIDTH)


def _pair(shown: tuple[ReportPhoto, ...]) -> Block:
    width, height = _PHOTO
    return Columns(
        tuple((at * (width + 12), picture(photo, width, height)) for at, photo in enumerate(shown))
    )


def _when(data: WorkOrder) -> list[str]:
    lines = [f"{data.priority}: {data.due}"]
    if data.appointment:
        lines.append(words("order.appointment", when=data.appointment))
    else:
        lines.append(words("order.appointment_own" if data.own_appointment else "order.appointment_none"))
    return lines


def _where(data: WorkOrder) -> list[str]:
    return [part for part in (data.where, data.place) if part]


def _what(data: WorkOrder) -> list[str]:
    return [part for part in (f"{data.trade}: {data.title}", data.description, data.instructions) if part]


def _foot_words(data: WorkOrder) -> str:
    return words("order.foot", phone=words("order.phone"), reference=data.reference)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _placed(blocks: Iterable[Block], first: float) -> list[list[tuple[float, Block]]]:
    """Each block under the one before, cut or on a new page where it does not fit."""
    floor = style.FOOT + 22
    found: list[list[tuple[float, Block]]] = [[]]
    top = first
    for block in blocks:
        rest: Block | None = block
        while rest is not None:
            fresh = not found[-1]
            if rest.height <= top - floor:
                found[-1].append((top, rest))
                top -= rest.height
                break
            cut = rest.split(top - floor)
            if cut is None and fresh:  # taller than a page and not to be cut
                found[-1].append((top, rest))
            if cut is not None:
                found[-1].append((top, cut[0]))
            rest = cut[1] if cut is not None else None if fresh or isinstance(rest, Space) else rest
            found.append([])
            top = style.TOP
    return [page for page in found if page]


def _foot(canvas: Canvas, data: WorkOrder, number: int, total: int) -> None:
    top = style.FOOT + 10
    style.rule(canvas, MARGIN, top, WIDTH)
    Text(_foot_words(data), STRONG, WIDTH - 70, most=2).draw(canvas, MARGIN, top - 5)
    right = Style(7.5, 10.5, colour=style.INK_2, align="right")
    Text(words("page.number", page=number, pages=total), right, 60).draw(canvas, MARGIN + WIDTH - 60, top - 5)
    Text(words("order.privacy"), style.SMALL, WIDTH, most=1).draw(canvas, MARGIN, top - 34)
