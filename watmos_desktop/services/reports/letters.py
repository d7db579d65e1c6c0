"""Letters: which font draws which character, which must be shaped, and what no font has.

A letter is drawn in the first font that has it. Scripts whose letters join or stack are shaped by HarfBuzz;
what no font has is named in brackets, never a box (security.md M6).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

import uharfbuzz
from bidi import get_display
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from watmos_desktop import resources

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
INVISIBLE = {*"\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", *map(chr, range(0xFE00, 0xFE10))}
_JOINERS = "\u200c\u200d"
_BASE = "[\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff]"
_CHANGE = "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
_EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_BASE}{_CHANGE}*(?:\u200d{_BASE}{_CHANGE}*)*"
)


@dataclass(frozen=True)
class Glyphs:
    """Shaped letters that follow each other: ``codes`` draws them at ``dx``, ``dy`` thousandths from the start."""

    codes: str
    dx: float
    dy: float


class Face:
    """A font as loaded. ``covers`` is what it had before shaping added glyphs that have no character."""

    def __init__(self, name: str, joins: bool) -> None:
        self.name = name
        self.joins = joins
        self.font = TTFont(name, str(resources.path("fonts", f"{name}.ttf")), shapable=True)
        self._face: Any = self.font.face  # the stubs know less than the class
        self.covers = frozenset(
            code for code in self._face.charToGlyph if code <= 0xFFFF and not _private(code)
        )
        self._scale: Any = self.font.pdfScale
        self._hb = uharfbuzz.Font(self.font.hbFace)

    def width(self, text: str) -> float:
        """Advance of unshaped text in thousandths of the size."""
        widths, default = self._face.charWidths, self._face.defaultWidth
        return float(sum(widths.get(ord(char), default) for char in text))

    @lru_cache(maxsize=4096)  # noqa: B019 - faces live as long as the process
    def shape(self, text: str, rtl: bool) -> tuple[tuple[Glyphs, ...], float]:
        """``text`` in logical order as glyphs in visual order, and their advance in thousandths of the size."""
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        uharfbuzz.shape(self._hb, buffer, {"dlig": False})
        found: list[Glyphs] = []
        pen, drawn = 0.0, 0.0
        for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            code = self._code(info.codepoint)
            dx, dy = pen + self._scale(at.x_offset), self._scale(at.y_offset)
            if found and found[-1].dy == dy and abs(drawn - dx) < 0.5:
                found[-1] = Glyphs(found[-1].codes + chr(code), found[-1].dx, dy)
            else:
                found.append(Glyphs(chr(code), dx, dy))
            drawn = dx + self._face.charWidths[code]
            pen += self._scale(at.x_advance)
        return tuple(found), pen

    def _code(self, glyph: int) -> int:
        """The character that draws ``glyph``. Its own number decides it, never what was printed before, so
        that the same record gives the same bytes."""
        known = self._face.glyphToChar.get(glyph)
        if known:
            return int(known[0])
        code = _PRIVATE + glyph
        assert _private(code), f"{self.name} has too many glyphs"
        self._face.charToGlyph[code] = glyph
        self._face.glyphToChar[glyph] = [code]
        self._face.charWidths[code] = self._scale(self._hb.get_glyph_h_advance(glyph))
        return code


def _private(code: int) -> bool:
    return _PRIVATE <= code <= 0xF8FF


@cache
def _face(regular: str, bold: str, joins: bool, strong: bool) -> Face:
    face = Face(bold if strong else regular, joins)
    pdfmetrics.registerFont(face.font)
    return face


def latin(bold: bool) -> Face:
    """The font of most text."""
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
def simple(bold: bool) -> frozenset[str]:
    """The characters that need no thought: one font, no joining, no stacking, left to right."""
    codes = map(chr, latin(bold).covers)
    return frozenset(
        c for c in codes if unicodedata.category(c)[0] not in "MC" and not 0x900 <= ord(c) <= 0x97F
    )


def is_rtl(char: str) -> bool:
    """Whether a character runs from right to left."""
    return unicodedata.bidirectional(char) in ("R", "AL", "AN")


@dataclass(frozen=True)
class Piece:
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
        """Whether HarfBuzz must place its letters."""
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


def clusters(text: str, bold: bool) -> Iterator[Piece]:
    """The smallest stretches that must stay together: a letter with its marks, an emoji sequence."""
    base = latin(bold)
    at, marks, last = 0, 0, base
    while at < len(text):
        emoji = _EMOJI.match(text, at)
        char = emoji.group() if emoji else text[at]
        at += len(char)
        face = _face_for(char, bold) if len(char) == 1 else None
        marks = marks + 1 if unicodedata.combining(char[0]) else 0
        if char == "\t":
            yield Piece(char, _TAB, base)
        elif char in _JOINERS and last.joins:
            yield Piece(char, char, last)
        elif char in INVISIBLE:
            yield Piece(char, "", last)
        elif emoji and face is None:
            yield Piece(char, _emoji(char), base)
        elif face is None or marks > _MARKS_ON_A_LETTER or unicodedata.category(char).startswith("C"):
            yield Piece(char, f"[{_named(char)}]", base)
        else:
            last = last if (marks or char == " ") and ord(char) in last.covers else face
            yield Piece(char, char, last)


@lru_cache(maxsize=8192)
def pieces(text: str, bold: bool) -> tuple[Piece, ...]:
    """``text`` (one line) as stretches of one font, in logical order."""
    found: list[Piece] = []
    for piece in clusters(text, bold):
        before = found[-1] if found else None
        if before and before.face is piece.face and before.plain and piece.plain:
            found[-1] = Piece(before.source + piece.source, before.shown + piece.shown, piece.face)
        else:
            found.append(piece)
    return tuple(found)


def visual(line: tuple[Piece, ...], bold: bool, rtl: bool) -> Iterator[tuple[Face, str, bool | None]]:
    """Font, text in logical order, and direction of each stretch of a mixed line from the left; the direction
    is None where nothing is shaped."""
    shown = get_display("".join(piece.shown for piece in line), base_dir="R" if rtl else "L")
    for piece in pieces(shown, bold):
        if any(map(is_rtl, piece.shown)):
            yield piece.face, piece.shown[::-1], True
        else:
            yield piece.face, piece.shown, False if piece.shaped else None


@lru_cache(maxsize=8192)
def advance(text: str, bold: bool) -> float:
    """Width of part of a line in thousandths of the size."""
    if simple(bold).issuperset(text):
        return latin(bold).width(text)
    return sum(
        piece.face.shape(piece.shown, any(map(is_rtl, piece.shown)))[1]
        if piece.shaped
        else piece.face.width(piece.shown)
        for piece in pieces(unicodedata.normalize("NFC", text), bold)
    )


def forget() -> None:
    """Drop every word kept for speed: what was printed must not stay in memory when the program is locked."""
    for kept in (pieces, advance, Face.shape):
        kept.cache_clear()
