"""The one door by which words reach paper. Nothing here reads mark-up, so any text prints as it was typed.

A letter is drawn in the first font that has it; scripts whose letters join or stack are shaped by HarfBuzz, and lines
with right-to-left words are put in visual order first. What no font has is named in brackets, never a box. Where the
drawn glyphs are not the text itself, the text goes along as /ActualText, so that it can be searched and copied.
Sources: issue 2 section 6; security.md M4-M6, S38.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Literal

import uharfbuzz
from bidi import get_display
from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from watmos_desktop import resources

rl_config.trustedHosts = []
rl_config.trustedSchemes = []
rl_config.useA85 = 0
rl_config.invariant = 1

# Font, its bold, whether its letters join or stack, and the characters it is asked for.
_LATIN = ("NotoSans-Regular", "NotoSans-Bold", False, ((0, 0xFFFF),))
_SCRIPTS = tuple(
    (f"NotoSans{script}-Regular", f"NotoSans{script}-Bold", True, ranges)
    for script, ranges in (
        ("Arabic", ((0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC))),
        ("Hebrew", ((0x590, 0x5FF), (0xFB1D, 0xFB4F))),
        ("Devanagari", ((0x900, 0x97F), (0xA8E0, 0xA8FF))),
        ("Bengali", ((0x980, 0x9FF),)),
        ("Gurmukhi", ((0xA00, 0xA7F),)),
        ("Gujarati", ((0xA80, 0xAFF),)),
        ("Tamil", ((0xB80, 0xBFF),)),
        ("Thai", ((0xE00, 0xE7F),)),
        ("Ethiopic", ((0x1200, 0x139F), (0x2D80, 0x2DDF), (0xAB00, 0xAB2F))),
    )
)
_CHINESE = ("DroidSansFallbackFull", "DroidSansFallbackFull", False, ((0x2000, 0xFFFF),))
_FAMILIES = (*_SCRIPTS, _LATIN, _CHINESE)
_MARKS_ON_A_LETTER = 4
_PRIVATE = 0xE000
_TAB = " " * 4
_INVISIBLE = {*"\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", *map(chr, range(0xFE00, 0xFE10))}
_JOINERS = "\u200c\u200d"
_BASE = "[\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff]"
_CHANGE = "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
_EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_BASE}{_CHANGE}*(?:\u200d{_BASE}{_CHANGE}*)*"
)
_CJK = "\u2e80-\u303f\u3041-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_WORD = re.compile(f"[{_CJK}] *|[^ {_CJK}]+ *| +")
_LINE_END = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")


@dataclass(frozen=True)
class Style:
    """How a text looks: ``size`` and ``leading`` in points, ``colour`` as RRGGBB."""

    size: float
    leading: float
    bold: bool = False
    colour: str = "1B2426"
    align: Literal["left", "right", "centre"] = "left"


@dataclass(frozen=True)
class _Glyph:
    """A shaped letter: ``code`` draws it at ``dx``, ``dy`` thousandths from the start; ``source`` is what it says."""

    code: str
    source: str
    dx: float
    dy: float


class Face:
    """A font as loaded. ``covers`` is what it had before shaping added glyphs that have no character."""

    def __init__(self, name: str, joins: bool) -> None:
        self.name = name
        self.joins = joins
        self._font = TTFont(name, str(resources.path("fonts", f"{name}.ttf")), shapable=True)
        self._face = self._font.face
        self.covers = frozenset(
            code for code in self._face.charToGlyph if code <= 0xFFFF and not _private(code)
        )
        self._hb = uharfbuzz.Font(self._font.hbFace)
        pdfmetrics.registerFont(self._font)

    def width(self, text: str) -> float:
        """Advance of unshaped text in thousandths of the size."""
        widths, default = self._face.charWidths, self._face.defaultWidth
        return sum(widths.get(ord(char), default) for char in text)

    @lru_cache(maxsize=4096)  # noqa: B019 - faces live as long as the process
    def shape(self, text: str, rtl: bool) -> tuple[tuple[_Glyph, ...], float]:
        """Glyphs in visual order for ``text`` in logical order, and their advance in thousandths of the size."""
        buffer = uharfbuzz.Buffer()
        buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        uharfbuzz.shape(self._hb, buffer, {"dlig": False})
        starts = sorted({info.cluster for info in buffer.glyph_infos})
        ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
        glyphs, pen, scale = [], 0.0, self._font.pdfScale
        for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            source = text[info.cluster : ends.pop(info.cluster, info.cluster)]
            code = chr(self._code(info.codepoint))
            glyphs.append(_Glyph(code, source, pen + scale(at.x_offset), scale(at.y_offset)))
            pen += scale(at.x_advance)
        return tuple(glyphs), pen

    def _code(self, glyph: int) -> int:
        """The character that draws ``glyph``. Its own number decides it, never what was printed before, so that
        the same record gives the same bytes."""
        known = self._face.glyphToChar.get(glyph)
        if known:
            return int(known[0])
        code = _PRIVATE + glyph
        assert _private(code), f"{self.name} has too many glyphs"
        self._face.charToGlyph[code] = glyph
        self._face.glyphToChar[glyph] = [code]
        self._face.charWidths[code] = self._font.pdfScale(self._hb.get_glyph_h_advance(glyph))
        return code


def _private(code: int) -> bool:
    return _PRIVATE <= code <= 0xF8FF


@cache
def _face(regular: str, bold: str, joins: bool, strong: bool) -> Face:
    return Face(bold if strong else regular, joins)


def _latin(bold: bool) -> Face:
    return _face(*_LATIN[:3], bold)


@lru_cache(maxsize=4096)
def _face_for(char: str, bold: bool) -> Face | None:
    code = ord(char)
    for *family, ranges in _FAMILIES:
        if any(first <= code <= last for first, last in ranges):
            face = _face(*family, bold)
            if code in face.covers:
                return face
    return None


@cache
def _simple(bold: bool) -> frozenset[str]:
    """The characters that need no thought: one font, no joining, no stacking, left to right."""
    codes = map(chr, _latin(bold).covers)
    return frozenset(
        c for c in codes if unicodedata.category(c)[0] not in "MC" and not 0x900 <= ord(c) <= 0x97F
    )


def _rtl(char: str) -> bool:
    return unicodedata.bidirectional(char) in ("R", "AL", "AN")


@dataclass(frozen=True)
class _Piece:
    """A stretch of one font: ``source`` as typed, ``shown`` as drawn."""

    source: str
    shown: str
    face: Face

    @property
    def plain(self) -> bool:
        """Whether the letters drawn are the letters typed."""
        return self.source == self.shown

    @cached_property
    def shaped(self) -> bool:
        return self.face.joins or any(map(unicodedata.combining, self.shown))


def _named(char: str) -> str:
    name = unicodedata.name(char, "").lower()
    return name or f"U+{ord(char):04X}"


def _emoji(found: str) -> str:
    """``[woman, wrench]`` for a sequence; a keycap is its digit; two flag letters are ``[flag GB]``."""
    if found[0] in "0123456789#*":
        return found[0]
    if all("\U0001f1e6" <= char <= "\U0001f1ff" for char in found):
        return f"[flag {''.join(chr(ord(char) - 0x1F1E6 + 65) for char in found)}]"
    parts = (char for char in found if not re.match(f"{_CHANGE}|\u200d", char))
    return f"[{', '.join(map(_named, parts))}]"


def _clusters(text: str, bold: bool) -> Iterator[_Piece]:
    """The smallest stretches that must stay together: a letter with its marks, an emoji sequence."""
    base = _latin(bold)
    at, marks, last = 0, 0, base
    while at < len(text):
        emoji = _EMOJI.match(text, at)
        char = emoji.group() if emoji else text[at]
        at += len(char)
        face = _face_for(char, bold) if len(char) == 1 else None
        marks = marks + 1 if unicodedata.combining(char[0]) else 0
        if char == "\t":
            yield _Piece(char, _TAB, base)
        elif char in _JOINERS and last.joins:
            yield _Piece(char, char, last)
        elif char in _INVISIBLE:
            yield _Piece(char, "", last)
        elif emoji and face is None:
            yield _Piece(char, _emoji(char), base)
        elif face is None or marks > _MARKS_ON_A_LETTER or unicodedata.category(char).startswith("C"):
            yield _Piece(char, f"[{_named(char)}]", base)
        else:
            last = last if (marks or char == " ") and ord(char) in last.covers else face
            yield _Piece(char, char, last)


@lru_cache(maxsize=8192)
def _pieces(text: str, bold: bool) -> tuple[_Piece, ...]:
    """``text`` (one line) as stretches of one font, in logical order."""
    found: list[_Piece] = []
    for piece in _clusters(text, bold):
        before = found[-1] if found else None
        if before and before.face is piece.face and before.plain and piece.plain:
            found[-1] = _Piece(before.source + piece.source, before.shown + piece.shown, piece.face)
        else:
            found.append(piece)
    return tuple(found)


def _visual(pieces: tuple[_Piece, ...], bold: bool, rtl: bool) -> Iterator[tuple[Face, str, bool | None]]:
    """Font, text in logical order and direction (None: unshaped) of each stretch of a mixed line, left first."""
    shown = get_display("".join(piece.shown for piece in pieces), base_dir="R" if rtl else "L")
    for piece in _pieces(shown, bold):
        if any(map(_rtl, piece.shown)):
            yield piece.face, piece.shown[::-1], True
        else:
            yield piece.face, piece.shown, False if piece.shaped else None


@lru_cache(maxsize=8192)
def _advance(text: str, bold: bool) -> float:
    """Width of part of a line in thousandths of the size."""
    if _simple(bold).issuperset(text):
        return _latin(bold).width(text)
    return sum(
        piece.face.shape(piece.shown, any(map(_rtl, piece.shown)))[1]
        if piece.shaped
        else piece.face.width(piece.shown)
        for piece in _pieces(unicodedata.normalize("NFC", text), bold)
    )


def _unbreakable(word: str, bold: bool) -> Iterator[str]:
    """The parts of a word between which a line may end: never before a mark or a joiner, nor after a virama."""
    part = ""
    for piece in _clusters(word, bold):
        char = piece.source[0]
        glued = part and (
            unicodedata.category(char).startswith("M")
            or char in _INVISIBLE
            or unicodedata.combining(part[-1]) == 9
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
    for word in _WORD.findall(paragraph):
        bare = _advance(word.rstrip(" "), style.bold)
        if used + bare <= room:
            line, used = line + word, used + _advance(word, style.bold)
            continue
        if line:
            yield line
            line, used = "", 0.0
        if bare <= room:
            line, used = word, _advance(word, style.bold)
            continue
        for part in _unbreakable(word, style.bold):
            more = _advance(part, style.bold)
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


def width_of(text: str, style: Style) -> float:
    """Width in points of one line."""
    return _advance(text, style.bold) * style.size / 1000


class Text:
    """User text set in lines of at most ``width`` points. With ``most`` lines it ends in an ellipsis; then the
    whole text must stand elsewhere. ``height`` is in points; it may be split over pages."""

    def __init__(self, text: str, style: Style, width: float, most: int | None = None) -> None:
        self.style, self.width = style, width
        paragraphs = _LINE_END.split(_sound(text))
        lines = [(line, _starts_rtl(part)) for part in paragraphs for line in _lines(part, style, width)]
        if most is not None and len(lines) > most:
            lines = [*lines[: most - 1], (self._shortened(lines[most - 1][0]), lines[most - 1][1])]
        self._lines = lines

    def _shortened(self, line: str) -> str:
        line = line.rstrip()
        while line and width_of(line + "…", self.style) > self.width:
            line = line[:-1]
        return line + "…"

    @property
    def height(self) -> float:
        """Height of all lines in points."""
        return len(self._lines) * self.style.leading

    def split(self, room: float) -> tuple[Text, Text] | None:
        """What fits in ``room`` points, and the rest; None when no line or every line fits."""
        count = int(room // self.style.leading)
        if not 0 < count < len(self._lines):
            return None
        return self._part(self._lines[:count]), self._part(self._lines[count:])

    def _part(self, lines: list[tuple[str, bool]]) -> Text:
        part = Text.__new__(Text)
        part.style, part.width, part._lines = self.style, self.width, lines
        return part

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """Draw with the top left corner at ``x``, ``top`` (points from the bottom left of the page)."""
        canvas.setFillColor(HexColor(f"#{self.style.colour}"))
        baseline = top - (self.style.leading - self.style.size) / 2 - self.style.size * 0.88
        for line, rtl in self._lines:
            bare = width_of(line.rstrip(" "), self.style)
            left = x + {"left": 0.0, "centre": 0.5, "right": 1.0}[self._align(rtl)] * (self.width - bare)
            _draw_line(canvas, left, baseline, line, self.style, rtl)
            baseline -= self.style.leading

    def _align(self, rtl: bool) -> str:
        """A right-to-left paragraph of several lines hangs on the right; a lone name stays in its column."""
        return "right" if rtl and len(self._lines) > 1 else self.style.align


def _starts_rtl(paragraph: str) -> bool:
    strong = (unicodedata.bidirectional(char) for char in paragraph)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"


def _draw_line(canvas: Canvas, x: float, y: float, line: str, style: Style, rtl: bool) -> None:
    if _simple(style.bold).issuperset(line):
        _draw_run(canvas, x, y, _latin(style.bold), line, style, None)
        return
    composed = unicodedata.normalize("NFC", line)
    pieces = _pieces(composed, style.bold)
    if any(map(_rtl, line)):
        for face, text, backwards in _visual(pieces, style.bold, rtl):
            x += _draw_run(canvas, x, y, face, text, style, backwards)
        return
    whole = line if composed != line else None
    with _saying(canvas, whole):
        for piece in pieces:
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

    Readers take right-to-left letters from left to right and turn them round themselves, so each glyph says its
    own letters, a ligature its letters turned round (tried with pdfium, poppler and mupdf).
    """
    if not text:
        return 0.0
    canvas.setFont(face.name, style.size)
    if backwards is None:
        canvas.drawString(x, y, text)
        return face.width(text) * style.size / 1000
    glyphs, advance = face.shape(text, backwards)
    unit = style.size / 1000
    for glyph in glyphs:
        with _saying(canvas, glyph.source[::-1] if backwards else None):
            canvas.drawString(x + glyph.dx * unit, y + glyph.dy * unit, glyph.code)
    return advance * unit
