"""The look of paper: the tokens of the screen on white, and the small things drawn everywhere. Every grade
has a letter and a shape besides its colour, so that a grey copy still reads (LOOK.md, Paper). Points from the
bottom left."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from itertools import pairwise

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfutils import readJPEGInfo
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from watmos_desktop.models.kinds import Grade
from watmos_desktop.services import landlord
from watmos_desktop.services.reports.inspection_data import Mark, Point, ReportPhoto
from watmos_desktop.services.reports.text import Style, Text, ink

PAGE = (210 * mm, 297 * mm)
MARGIN = 18 * mm
WIDTH = PAGE[0] - 2 * MARGIN
TOP = PAGE[1] - MARGIN
FOOT = 20 * mm

INK, INK_2, LINE, GROUND = "1B2426", "566064", "DEDBD4", "F4F3EF"
BRAND, BRAND_SOFT, ON_BRAND = "0C5A4F", "E1EFEB", "FFFFFF"
OK, WARN, BAD, INFO = "1C7A3A", "9A5300", "B3261E", "1D5C9E"
MARKER, MARKER_EDGE = "FFD23F", "1B2426"
OF_GRADE = {Grade.A: OK, Grade.B: INFO, Grade.C: WARN, Grade.D: BAD}

TITLE = Style(20, 25, bold=True)
HEAD = Style(13, 18, bold=True)
STRONG = Style(9.5, 13.5, bold=True)
BODY = Style(9.5, 13.5)
QUIET = Style(8.5, 12, colour=INK_2)
SMALL = Style(7.5, 10.5, colour=INK_2)


@cache
def _wording() -> dict[str, dict[str, str]]:
    return landlord.wording("report.toml")


def words(key: str, **values: object) -> str:
    """The office's wording for ``section.name`` with each ``{name}`` replaced; no other code runs in it."""
    section, name = key.split(".")
    text = _wording()[section][name]
    for placeholder, value in values.items():
        text = text.replace("{" + placeholder + "}", str(value))
    return text


def heads(key: str) -> list[str]:
    """A list of column heads from the wording."""
    section, name = key.split(".")
    return list(_wording()[section][name])


def coloured(style: Style, colour: str) -> Style:
    """The same style in another colour."""
    return Style(style.size, style.leading, style.bold, colour, style.align)


def box(
    canvas: Canvas,
    x: float,
    y: float,
    w: float,
    h: float,
    fill: str = "",
    line: str = LINE,
    radius: float = 5,
) -> None:
    """A rounded box; ``fill`` or ``line`` may be empty."""
    if fill:
        canvas.setFillColor(ink(fill))
    canvas.setStrokeColor(ink(line or fill))
    canvas.setLineWidth(0.75)
    canvas.roundRect(x, y, w, h, radius, stroke=int(bool(line)), fill=int(bool(fill)))


def rule(canvas: Canvas, x: float, y: float, w: float, colour: str = LINE) -> None:
    """A thin line to the right."""
    canvas.setStrokeColor(ink(colour))
    canvas.setLineWidth(0.75)
    canvas.line(x, y, x + w, y)


def _polygon(canvas: Canvas, points: list[Point]) -> PDFPathObject:
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    return path


def badge(canvas: Canvas, x: float, y: float, size: float, grade: Grade | None) -> None:
    """A grade in its shape: A round, B a soft square, C a square with cut corners, D a triangle (act now)."""
    colour = ink(OF_GRADE[grade] if grade else INK_2)
    canvas.setFillColor(colour)
    canvas.setStrokeColor(colour)
    middle, letter, drop = (x + size / 2, y + size / 2), size * 0.52, 0.0
    if grade is Grade.A:
        canvas.circle(*middle, size / 2, stroke=0, fill=1)
    elif grade is Grade.C:
        cut = size * 0.24
        ends = (0.0, cut, size - cut, size)
        corners = [(1, 0), (2, 0), (3, 1), (3, 2), (2, 3), (1, 3), (0, 2), (0, 1)]
        path = _polygon(canvas, [(x + ends[i], y + ends[j]) for i, j in corners])
        canvas.drawPath(path, stroke=0, fill=1)
    elif grade is Grade.D:
        canvas.setLineJoin(1)
        canvas.setLineWidth(size * 0.16)
        inset = size * 0.08
        points = [(x + inset, y + inset), (x + size - inset, y + inset), (middle[0], y + size - inset)]
        canvas.drawPath(_polygon(canvas, points), stroke=1, fill=1)
        canvas.setLineJoin(0)
        letter, drop = size * 0.46, size * 0.13
    else:
        canvas.roundRect(x, y, size, size, size * 0.2, stroke=0, fill=1)
    style = Style(letter, letter * 1.2, bold=True, colour=ON_BRAND, align="centre")
    Text(grade.value if grade else "–", style, size).draw(canvas, x, middle[1] - drop + letter * 0.62)


def triangle(canvas: Canvas, x: float, y: float, size: float, colour: str, *, down: bool = False) -> None:
    """A filled triangle: up for better or act now, down for worse."""
    canvas.setFillColor(ink(colour))
    high, low = (y, y + size) if down else (y + size, y)
    canvas.drawPath(_polygon(canvas, [(x, low), (x + size, low), (x + size / 2, high)]), stroke=0, fill=1)


def dot(canvas: Canvas, x: float, y: float, radius: float, *, filled: bool, colour: str = INK) -> None:
    """Filled: checked one by one; a ring: covered by one answer for the rest of the area."""
    canvas.setFillColor(ink(colour))
    canvas.setStrokeColor(ink(colour))
    canvas.setLineWidth(1.1)
    canvas.circle(x, y, radius, stroke=1, fill=int(filled))


_JPEG_END = b"\xff\xd9"


class _Jpeg:
    """A JPEG that reportlab takes over byte by byte, once for each picture however often it is drawn."""

    def __init__(self, data: bytes, digest: str) -> None:
        self._data, self._digest = data, digest

    def __str__(self) -> str:
        return self._digest

    def jpeg_fh(self) -> BytesIO:
        """What reportlab asks a picture for before it decodes one."""
        return BytesIO(self._data)


def _size(data: bytes) -> tuple[int, int] | None:
    try:
        width, height, *_ = readJPEGInfo(BytesIO(data)) or (0, 0)
    except Exception:  # reportlab raises what it likes, and a bad photo must not cost the report
        return None
    whole = data.rstrip(b"\0").endswith(_JPEG_END)
    return (width, height) if width and height and whole else None


@contextmanager
def clipped(canvas: Canvas, x: float, y: float, w: float, h: float, radius: float) -> Iterator[None]:
    """Draw only inside a rounded box."""
    canvas.saveState()
    path = canvas.beginPath()
    path.roundRect(x, y, w, h, radius)
    canvas.clipPath(path, stroke=0, fill=0)
    yield
    canvas.restoreState()


def picture(
    canvas: Canvas, photo: ReportPhoto, x: float, y: float, w: float, h: float, *, whole: bool = True
) -> None:
    """A photo with its marks in a rounded box: the ``whole`` of it on soft ground, or filling the box."""
    digest = hashlib.sha256(photo.jpeg).hexdigest()
    size = _size(photo.jpeg)
    with clipped(canvas, x, y, w, h, 5):
        canvas.setFillColor(ink(GROUND))
        canvas.rect(x, y, w, h, stroke=0, fill=1)
        if size is None:
            Text(words("photos.unreadable"), SMALL, max(w - 12, 30)).draw(canvas, x + 6, y + h - 6)
            return
        scale = (min if whole else max)(w / size[0], h / size[1])
        pw, ph = size[0] * scale, size[1] * scale
        px, py = x + (w - pw) / 2, y + (h - ph) / 2
        canvas.drawImage(_Jpeg(photo.jpeg, digest), px, py, pw, ph)
        for mark in photo.marks:
            _mark(canvas, mark, px, py, pw, ph)


def _mark(canvas: Canvas, mark: Mark, x: float, y: float, w: float, h: float) -> None:
    """Yellow on a dark edge, so that it shows on any wall and on a grey copy."""
    points = [(x + px * w, y + (1 - py) * h) for px, py in mark.points]
    if len(points) < 2:
        return
    thick = max(1.2, min(w, h) / 110)
    canvas.setLineCap(1)
    for colour, width in ((MARKER_EDGE, thick * 2), (MARKER, thick)):
        canvas.setStrokeColor(ink(colour))
        canvas.setLineWidth(width)
        if mark.kind == "ellipse":
            canvas.ellipse(*points[0], *points[1], stroke=1, fill=0)
            continue
        for start, end in pairwise(points):
            canvas.line(*start, *end)
        if mark.kind == "arrow":
            _arrow_head(canvas, points[-2], points[-1], thick * 7)
    canvas.setLineCap(0)


def _arrow_head(canvas: Canvas, tail: Point, tip: Point, size: float) -> None:
    angle = math.atan2(tip[1] - tail[1], tip[0] - tail[0])
    for side in (angle + 2.6, angle - 2.6):
        canvas.line(*tip, tip[0] + size * math.cos(side), tip[1] + size * math.sin(side))
