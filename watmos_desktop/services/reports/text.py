"""The one door by which words reach paper. Nothing here reads mark-up, so any text prints as it was typed.

Where the drawn glyphs are not the text itself, the text goes along as /ActualText, so that it can be searched
and copied. Sources: issue 2 section 6; security.md M4-M6, S38.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Literal

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services.reports import letters
from watmos_desktop.services.reports.letters import Face, advance, is_rtl

rl_config.trustedHosts = []
rl_config.trustedSchemes = []
rl_config.useA85 = 0
rl_config.invariant = 1

_CJK = "\u2e80-\u303f\u3041-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_WORD = re.compile(f"[{_CJK}] *|[^ {_CJK}]+ *| +")
_LINE_END = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_VIRAMA = 9
_SHORT = 200  # letters that are worth trying as one line
_Line = tuple[str, bool]  # a line and whether its paragraph runs from right to left


@dataclass(frozen=True)
class Style:
    """How a text looks: ``size`` and ``leading`` in points, ``colour`` as RRGGBB."""

    size: float
    leading: float
    bold: bool = False
    colour: str = "1B2426"
    align: Literal["left", "right", "centre"] = "left"


def _unbreakable(word: str, bold: bool) -> Iterator[str]:
    """The parts of a word between which a line may end: never before a mark or a joiner, nor after a
    virama."""
    part = ""
    for piece in letters.clusters(word, bold):
        char = piece.source[0]
        glued = part and (
            unicodedata.category(char).startswith("M")
            or char in letters.INVISIBLE
            or unicodedata.combining(part[-1]) == _VIRAMA
            or part[-1] == "\u200d"
        )
        if glued and len(part) < 16:
            part += piece.source
            continue
        if part:
            yield part
        part = piece.source
    yield part


def _lines(paragraph: str, style: Style, width: float) -> Iterator[str]:
    """``paragraph`` cut into lines that fit; joined they are the paragraph again, spaces included."""
    room, line, used = width * 1000 / style.size, "", 0.0
    if len(paragraph) < _SHORT and advance(paragraph, style.bold) <= room:
        yield paragraph
        return
    for word in _WORD.findall(paragraph):
        bare = advance(word.rstrip(" "), style.bold)
        if used + bare <= room:
            line, used = line + word, used + advance(word, style.bold)
            continue
        if line:
            yield line
            line, used = "", 0.0
        if bare <= room:
            line, used = word, advance(word, style.bold)
            continue
        for part in _unbreakable(word, style.bold):
            more = advance(part, style.bold)
            if line and used + more > room and part != " ":
                yield line
                line, used = "", 0.0
            line, used = line + part, used + more
    yield line


def _sound(text: str) -> str:
    """Half a surrogate pair cannot be written to any file: it becomes the replacement character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def one_line(text: str) -> str:
    """For the title, the bookmarks and the footer: no line ends, no control characters."""
    return " ".join(
        "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in _sound(text)).split()
    )


@cache
def ink(colour: str) -> tuple[float, float, float]:
    """``RRGGBB`` as the three numbers that a canvas takes."""
    red, green, blue = (round(int(colour[at : at + 2], 16) / 255, 4) for at in (0, 2, 4))
    return red, green, blue


def width_of(text: str, style: Style) -> float:
    """Width in points of one line."""
    return advance(text, style.bold) * style.size / 1000


class Text:
    """User text set in lines of at most ``width`` points. With ``most`` lines it ends in an ellipsis; then
    the whole text must stand elsewhere. ``height`` is in points; it may be split over pages."""

    def __init__(self, text: str, style: Style, width: float, most: int | None = None) -> None:
        self.style, self.width = style, width
        lines: list[_Line] = []
        for paragraph in _LINE_END.split(_sound(text)):
            rtl = _starts_rtl(paragraph)
            lines += [(line, rtl) for line in _lines(paragraph, style, width)]
        if most is not None and len(lines) > most:
            lines = [*lines[: most - 1], (self._shortened(lines[most - 1][0]), lines[most - 1][1])]
        self.lines: Sequence[_Line] = lines

    def _shortened(self, line: str) -> str:
        line = line.rstrip()
        while line and width_of(line + "…", self.style) > self.width:
            line = line[:-1]
        return line + "…"

    @property
    def height(self) -> float:
        """Height of all lines in points."""
        return len(self.lines) * self.style.leading

    def split(self, room: float) -> tuple[Text, Text] | None:
        """What fits in ``room`` points, and the rest; None when no line or every line fits."""
        count = int(room // self.style.leading)
        if not 0 < count < len(self.lines):
            return None
        return self._part(self.lines[:count]), self._part(self.lines[count:])

    def _part(self, lines: Sequence[_Line]) -> Text:
        part = Text("", self.style, self.width)
        part.lines = lines
        return part

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """Draw with the top left corner at ``x``, ``top`` (points from the bottom left of the page)."""
        canvas.setFillColor(ink(self.style.colour))
        plain = letters.simple(self.style.bold)
        if self.style.align == "left" and all(plain.issuperset(line) for line, _ in self.lines):
            self._draw_plain(canvas, x, top)
            return
        baseline = top - (self.style.leading - self.style.size) / 2 - self.style.size * 0.88
        for line, rtl in self.lines:
            bare = width_of(line.rstrip(" "), self.style)
            left = x + {"left": 0.0, "centre": 0.5, "right": 1.0}[self._align(rtl)] * (self.width - bare)
            _draw_line(canvas, left, baseline, line, self.style, rtl)
            baseline -= self.style.leading

    def _draw_plain(self, canvas: Canvas, x: float, top: float) -> None:
        """Most texts: one font, from the left, in one text object."""
        baseline = top - (self.style.leading - self.style.size) / 2 - self.style.size * 0.88
        lines = canvas.beginText(x, baseline)
        lines.setFont(letters.latin(self.style.bold).name, self.style.size, self.style.leading)
        for line, _ in self.lines:
            lines.textLine(line)
        canvas.drawText(lines)

    def _align(self, rtl: bool) -> str:
        """A right-to-left paragraph of several lines hangs on the right; a lone name stays in its column."""
        return "right" if rtl and len(self.lines) > 1 else self.style.align


def _starts_rtl(paragraph: str) -> bool:
    strong = (unicodedata.bidirectional(char) for char in paragraph)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"


def _draw_line(canvas: Canvas, x: float, y: float, line: str, style: Style, rtl: bool) -> None:
    if letters.simple(style.bold).issuperset(line):
        _draw_run(canvas, x, y, letters.latin(style.bold), line, style, None)
        return
    composed = unicodedata.normalize("NFC", line)
    found = letters.pieces(composed, style.bold)
    if any(map(is_rtl, line)):
        for face, text, backwards in letters.visual(found, style.bold, rtl):
            x += _draw_run(canvas, x, y, face, text, style, backwards)
        return
    whole = line if composed != line else None
    with _saying(canvas, whole):
        for piece in found:
            actual = None if whole or not (piece.shaped or not piece.plain) else piece.source
            with _saying(canvas, actual):
                x += _draw_run(canvas, x, y, piece.face, piece.shown, style, False if piece.shaped else None)


@contextmanager
def _saying(canvas: Canvas, text: str | None) -> Iterator[None]:
    """What is drawn inside is copied as ``text``. Beyond the basic plane Chrome's reader would lose the text
    altogether: there the drawn words stand."""
    if not text or max(text) > "\uffff":
        yield
        return
    canvas.addLiteral(f"/Span <</ActualText <FEFF{text.encode('utf-16-be').hex().upper()}>>> BDC")
    yield
    canvas.addLiteral("EMC")


def _draw_run(
    canvas: Canvas, x: float, y: float, face: Face, text: str, style: Style, backwards: bool | None
) -> float:
    """Draw one stretch and give its advance in points; ``backwards`` is None for text that needs no shaping.

    Readers take letters from left to right and turn Arabic and Hebrew round themselves: so what such a stretch
    says is written turned round (pdfium, poppler and mupdf all give back what was typed).
    """
    if not text:
        return 0.0
    canvas.setFont(face.name, style.size)
    if backwards is None:
        canvas.drawString(x, y, text)
        return face.width(text) * style.size / 1000
    glyphs, advance = face.shape(text, backwards)
    unit = style.size / 1000
    with _saying(canvas, text[::-1] if backwards else None):
        for part in glyphs:
            canvas.drawString(x + part.dx * unit, y + part.dy * unit, part.codes)
    return advance * unit
