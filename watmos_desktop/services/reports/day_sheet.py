"""An officer's day on paper: the route with its order and times, who to ring, how to get in, what to mind (H2).

Pure: plain data in, the bytes of a PDF out. What must not lie on a car seat never reaches it: services/day_sheet.py
decides, and there is no field for a restricted matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import pairwise

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services import wording
from watmos_desktop.services.reports import cover, letters, style
from watmos_desktop.services.reports.flow import Block, Boxed, Columns, Drawing, Space, Stack, flow
from watmos_desktop.services.reports.style import MARGIN, PAGE, WIDTH, words
from watmos_desktop.services.reports.text import Style, Text, ink, one_line

Tell = Callable[[int, int], None]
_TEXT, _STRONG = Style(10.5, 14.5), Style(10.5, 14.5, bold=True)
_TIME, _WHERE = Style(11.5, 16, bold=True), Style(12.5, 16.5, bold=True)
_LEFT, _BOXES, _PAD = 88.0, 84.0, 9.0
_ROOM = WIDTH - _LEFT - _BOXES - 2 * _PAD
_MAP = 104.0
_DOT = 8.5


@dataclass(frozen=True)
class Stop:
    """One visit in its turn. ``way`` says how far it is from the one before; ``at`` are metres on the National Grid.

    ``read`` : there is more to read in the program, which is not for paper.
    """

    time: str
    what: str
    reference: str
    address: str
    where: str
    way: str = ""
    at: tuple[int, int] | None = None
    names: str = ""
    phone: str = ""
    access: str = ""
    mind: tuple[str, ...] = ()
    told: str = ""
    read: bool = False


@dataclass(frozen=True)
class DaySheet:
    """All that the sheet says. ``lone`` is the lone-working plan in lines, empty when none was made."""

    officer: str
    day: date
    made_at: datetime
    stops: tuple[Stop, ...]
    lone: tuple[str, ...]
    steps: tuple[str, ...]
    plain: str


def pages(data: DaySheet, tell: Tell) -> bytes:
    """The PDF, beside the window; ``tell`` hears how far."""
    tell(0, 1)
    return render(data)


def render(data: DaySheet) -> bytes:
    """The same day gives the same bytes."""
    try:
        return _render(data)
    finally:
        letters.forget()


def _render(data: DaySheet) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=PAGE, pageCompression=1, invariant=1, lang="en-GB")
    canvas.setTitle(one_line(f"{words('day_sheet.title')}, {wording.day(data.day)}"))
    canvas.setAuthor(words("cover.landlord"))
    canvas.setCreator("WATMOS Desktop")
    made = data.made_at.astimezone(UTC)
    canvas.setDateFormatter(lambda *_: f"D:{made:%Y%m%d%H%M%S}Z")
    title = wording.long_day(data.day)
    whose = words("day_sheet.of", officer=data.officer, visits=wording.count(len(data.stops), "visit"))
    kicker = words("day_sheet.made", when=wording.moment(data.made_at))
    high = cover.BAND - (PAGE[1] - style.TOP) + 13
    band = Drawing(high, lambda on, _x, _top: cover.band(on, title, whose, kicker))
    placed = flow([band, *_blocks(data)])
    for page, blocks in enumerate(placed, start=1):
        for top, block in blocks:
            block.draw(canvas, MARGIN, top)
        _foot(canvas, data, page, len(placed))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _blocks(data: DaySheet) -> list[Block]:
    blocks: list[Block] = []
    spots = [(number, stop.at) for number, stop in enumerate(data.stops, start=1) if stop.at is not None]
    if len({at for _, at in spots}) > 1:
        blocks += [_map(spots), Space(10)]
    for number, stop in enumerate(data.stops, start=1):
        blocks += [_stop(number, stop), Space(8)]
    if not data.stops:
        blocks += [Text(words("day_sheet.none"), _TEXT, WIDTH), Space(8)]
    return [*blocks, _lone(data)]


def _stop(number: int, stop: Stop) -> Block:
    """The number and the time at the left, who and what in the middle, two boxes to tick at the right."""
    narrow = _LEFT - 10
    left: list[Block] = [_number(number), Space(3), Text(stop.time, _TIME, narrow)]
    if stop.way:
        left.append(Text(stop.way, style.QUIET, narrow))
    what = f"{stop.what} · {stop.reference}"
    middle: list[Block] = [
        Text(stop.address, _WHERE, _ROOM),
        Text(" · ".join(part for part in (stop.where, what) if part), style.QUIET, _ROOM),
    ]
    middle += [Space(3), Text(stop.names, _STRONG, _ROOM)] if stop.names else []
    middle += [Text(words("day_sheet.ring", phone=stop.phone), _STRONG, _ROOM)] if stop.phone else []
    if stop.access:
        middle.append(Text(words("day_sheet.access", notes=stop.access), _TEXT, _ROOM))
    middle += [_minded(said) for said in stop.mind]
    middle += [Text(stop.told, style.QUIET, _ROOM)] if stop.told else []
    middle += [Text(words("day_sheet.read"), _STRONG, _ROOM)] if stop.read else []
    right = Stack((_tick(words("day_sheet.seen")), Space(5), _tick(words("day_sheet.nobody"))))
    inside = Columns(
        ((0.0, Stack(tuple(left))), (_LEFT, Stack(tuple(middle))), (WIDTH - 2 * _PAD - _BOXES + 8, right))
    )
    return Boxed(inside, WIDTH, _PAD)


def _number(number: int) -> Block:
    def paint(canvas: Canvas, x: float, top: float) -> None:
        _dot(canvas, number, x + _DOT, top - _DOT)

    return Drawing(2 * _DOT, paint)


def _dot(canvas: Canvas, number: int, x: float, y: float) -> None:
    canvas.setFillColor(ink(style.BRAND))
    canvas.circle(x, y, _DOT, stroke=0, fill=1)
    look = Style(9.5, 12, bold=True, colour=style.ON_BRAND, align="centre")
    Text(str(number), look, 2 * _DOT).draw(canvas, x - _DOT, y + 6.4)


def _minded(said: str) -> Block:
    """What to mind: a triangle before it, so that a grey copy still warns."""
    text = Text(said, _TEXT, _ROOM - 16)

    def paint(canvas: Canvas, x: float, top: float) -> None:
        style.triangle(canvas, x, top - 11.5, 9, style.WARN)
        text.draw(canvas, x + 16, top)

    return Drawing(text.height, paint)


def _tick(said: str) -> Block:
    def paint(canvas: Canvas, x: float, top: float) -> None:
        style.box(canvas, x, top - 12, 12, 12, line=style.INK, radius=2)
        Text(said, style.QUIET, _BOXES - 26).draw(canvas, x + 18, top - 0.5)

    return Drawing(max(13.0, Text(said, style.QUIET, _BOXES - 26).height), paint)


def _map(spots: Sequence[tuple[int, tuple[int, int]]]) -> Block:
    """The way from door to door as a bird sees it, north at the top; stops in one block share a dot."""
    xs, ys = [at[0] for _, at in spots], [at[1] for _, at in spots]
    room_x, room_y = WIDTH - 60, _MAP - 34
    scale = min(room_x / max(1, max(xs) - min(xs)), room_y / max(1, max(ys) - min(ys)))
    off_x = (WIDTH - scale * (max(xs) - min(xs))) / 2
    off_y = (_MAP - scale * (max(ys) - min(ys))) / 2

    def paint(canvas: Canvas, x: float, top: float) -> None:
        style.box(canvas, x, top - _MAP, WIDTH, _MAP, fill=style.GROUND)
        dots = [
            (number, x + off_x + scale * (at[0] - min(xs)), top - _MAP + off_y + scale * (at[1] - min(ys)))
            for number, at in spots
        ]
        canvas.setStrokeColor(ink(style.BRAND))
        canvas.setLineWidth(1.4)
        for (_, x1, y1), (_, x2, y2) in pairwise(dots):
            canvas.line(x1, y1, x2, y2)
        drawn: set[tuple[float, float]] = set()
        for number, left, middle in dots:
            if (left, middle) not in drawn:
                drawn.add((left, middle))
                _dot(canvas, number, left, middle)
        north = replace(style.SMALL, align="right")
        Text(words("day_sheet.north"), north, 120).draw(canvas, x + WIDTH - 128, top - 6)

    return Drawing(_MAP, paint)


def _lone(data: DaySheet) -> Block:
    """Back by when, check-ins, who is called: the plan, what is done when nobody is heard of, and what it is not."""
    room = WIDTH - 24
    lines: list[Block] = [Text(words("day_sheet.lone"), _STRONG, room), Space(3)]
    lines += [Text(line, _TEXT, room) for line in (data.lone or (words("day_sheet.lone_none"),))]
    lines.append(Space(4))
    lines += [Text(step, _TEXT, room) for step in data.steps]
    lines += [Space(4), Text(data.plain, style.QUIET, room)]
    return Boxed(Stack(tuple(lines)), WIDTH, 12, style.GROUND)


def _foot(canvas: Canvas, data: DaySheet, number: int, total: int) -> None:
    style.rule(canvas, MARGIN, style.FOOT - 14, WIDTH)
    said = words("day_sheet.foot", officer=data.officer)
    Text(one_line(said), style.SMALL, WIDTH - 90, most=1).draw(canvas, MARGIN, style.FOOT - 18)
    right = Style(7.5, 10.5, colour=style.INK_2, align="right")
    page = Text(words("page.number", page=number, pages=total), right, 80)
    page.draw(canvas, MARGIN + WIDTH - 80, style.FOOT - 18)
