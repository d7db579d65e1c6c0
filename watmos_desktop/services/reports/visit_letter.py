"""Letters that say when we come: one home a letter, 11 or 18 point, the address where an envelope's window is (H2).

Pure: plain data in, the bytes of a PDF out. There is no field for what somebody asked, needs or told us: others
open the post, too. All text goes through text.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from uuid import UUID

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services import wording
from watmos_desktop.services.reports import letters, style, visit_words
from watmos_desktop.services.reports.flow import Block, Boxed, Space, Stack
from watmos_desktop.services.reports.style import PAGE
from watmos_desktop.services.reports.text import Style, Text, one_line
from watmos_desktop.services.reports.visit_words import ENGLISH, words

Tell = Callable[[int, int], None]
LARGE, NORMAL = 18.0, 11.0
_LEFT = 20 * mm
_WIDTH = PAGE[0] - 2 * _LEFT
_HEAD = PAGE[1] - 16 * mm
_WINDOW = PAGE[1] - 45 * mm  # the top of the address in a DL window envelope
_TOP, _FOOT = PAGE[1] - 20 * mm, 22 * mm
_MANY = 3  # names, from which on they share a line of the window


@dataclass(frozen=True)
class VisitLetter:
    """What one letter says. ``start`` and ``end`` are ``10:00`` or empty; ``moved`` is the day
    and time told before, where there was another.

    ``kind`` is a VisitKind's value, ``languages`` and ``ask`` as ``visit_words.Wording``.
    """

    reference: str
    kind: str
    address: str
    postcode: str
    names: tuple[str, ...]
    dated: date
    day: date
    start: str
    end: str
    officer: str
    second: str = ""
    moved: tuple[date, str, str] | None = None
    languages: tuple[str, ...] = (ENGLISH,)
    ask: str = ""
    large: bool = False


@dataclass(frozen=True)
class LeftOut:
    """A visit without a letter, and why."""

    reference: str
    address: str
    why: str


@dataclass(frozen=True)
class Batch:
    """The letters that are made, of which visits, what stands in for what, and those that are not made and why."""

    letters: tuple[VisitLetter, ...]
    visits: tuple[UUID, ...]
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def pages(batch: Batch, tell: Tell) -> bytes:
    """Every letter, one after the other, as one PDF; ``tell`` hears letters done and may stop it."""
    return render(batch.letters, tell)


def render(made_of: tuple[VisitLetter, ...], tell: Tell = lambda _done, _all: None) -> bytes:
    """The same letters give the same bytes."""
    try:
        return _render(made_of, tell)
    finally:
        letters.forget()


def _render(made_of: tuple[VisitLetter, ...], tell: Tell) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=PAGE, pageCompression=1, invariant=1, lang="en-GB")
    title = made_of[0].reference if len(made_of) == 1 else wording.count(len(made_of), "letter")
    canvas.setTitle(one_line(f"Our visit, {title}"))
    canvas.setAuthor(style.words("cover.landlord"))
    canvas.setCreator("WATMOS Desktop")
    for number, letter in enumerate(made_of):
        tell(number, len(made_of))
        canvas.bookmarkPage(letter.reference)
        canvas.addOutlineEntry(one_line(letter.reference), letter.reference)
        _Letter(letter).draw(canvas)
    canvas.save()
    tell(len(made_of), len(made_of))
    return out.getvalue()


class _Letter:
    """One letter: its parts are placed first, so that each page says of how many it is."""

    def __init__(self, letter: VisitLetter) -> None:
        size = LARGE if letter.large else NORMAL
        self.letter, self.language = letter, letter.languages[0]
        self.body = Style(size, round(size * 1.42, 1))
        self.strong = replace(self.body, bold=True)
        self.title = Style(size * 1.35, round(size * 1.8, 1), bold=True, colour=style.BRAND)
        self.small = Style(12 if letter.large else 8.5, 15 if letter.large else 12, colour=style.INK_2)
        self.pages: list[tuple[str, list[tuple[float, Block]]]] = []
        self.top = self.gap = 0.0

    def draw(self, canvas: Canvas) -> None:
        """Its pages onto the canvas; set closer where that saves a page, so that no page holds a name alone."""
        wide, close = (self._placed(gap * self.body.size) for gap in (0.7, 0.4))
        self.pages = close if len(close) < len(wide) else wide
        for number, (language, placed) in enumerate(self.pages, start=1):
            if number == 1:
                self._head(canvas)
            for top, block in placed:
                block.draw(canvas, _LEFT, top)
            self._foot(canvas, number, language)
            canvas.showPage()

    def _placed(self, gap: float) -> list[tuple[str, list[tuple[float, Block]]]]:
        """The pages, each with its language and its blocks by their tops, with so many points between the parts."""
        self.gap, self.pages, self.top = gap, [(self.letter.languages[0], [])], _WINDOW - 35 * mm
        for number, language in enumerate(self.letter.languages):
            self.language = language
            if number:
                self._new_page()
            for block in self._blocks():
                self._put(block)
        return self.pages

    def _put(self, block: Block) -> None:
        """Place a block, on the next page when it does not fit; only a text taller than a page is cut."""
        if block.height > self.top - _FOOT:
            cut = block.split(self.top - _FOOT) if block.height > _TOP - _FOOT else None
            if cut is not None:
                self._place(cut[0])
            self._new_page()
            if cut is not None:
                self._put(cut[1])
                return
        self._place(block)

    def _place(self, block: Block) -> None:
        self.pages[-1][1].append((self.top, block))
        self.top -= block.height

    def _new_page(self) -> None:
        self.pages.append((self.language, []))
        self.top = _TOP

    def _head(self, canvas: Canvas) -> None:
        letter, language = self.letter, self.letter.languages[0]
        brand = Style(18, 22, bold=True, colour=style.BRAND)
        Text(style.words("cover.landlord"), brand, _WIDTH).draw(canvas, _LEFT, _HEAD)
        style.rule(canvas, _LEFT, _HEAD - 30, _WIDTH, style.BRAND)
        address = Style(15, 19) if letter.large else Style(12, 16)
        names = letter.names or (words(language, "letter.resident"),)
        lines = [*(names if len(names) < _MANY else [", ".join(names)]), letter.address, letter.postcode]
        half, top = 90 * mm, _WINDOW
        for line in lines:
            text = Text(line, address, half, most=2)
            text.draw(canvas, _LEFT, top)
            top -= text.height
        right, beside = replace(self.small, align="right"), _WIDTH - half - 5 * mm
        top = _WINDOW
        for line in (visit_words.long_day(language, letter.dated), self._reference(language)):
            text = Text(line, right, beside)
            text.draw(canvas, _LEFT + half + 5 * mm, top)
            top -= text.height

    def _reference(self, language: str) -> str:
        return words(language, "letter.reference", reference=self.letter.reference)

    def _foot(self, canvas: Canvas, number: int, language: str) -> None:
        said = words(language, "letter.page", page=str(number), pages=str(len(self.pages)))
        style.rule(canvas, _LEFT, _FOOT - 8, _WIDTH)
        where = f"{self._reference(language)} · {said} · {language} {visit_words.version(language)}"
        Text(where, self.small, _WIDTH, most=1).draw(canvas, _LEFT, _FOOT - 12)

    def _blocks(self) -> Iterator[Block]:
        letter, language = self.letter, self.language
        day = visit_words.long_day(language, letter.day)
        yield self._text(self._dear())
        yield Text(words(language, "letter.title", day=day), self.title, _WIDTH)
        yield Space(self.body.size * 0.5)
        if letter.moved is not None:
            before = visit_words.slot(language, *letter.moved)
            yield self._text(words(language, "letter.moved", before=before))
        yield self._when()
        yield self._part("sure", words(language, "letter.sure_words"))
        yield self._part("why", words(language, f"why.{letter.kind}"))
        points = visit_words.points(language, letter.kind)
        yield self._part("about", "\n".join(f"•  {point}" for point in points))
        yield self._part("change", words(language, "letter.change_words", reference=letter.reference))
        yield self._part("safe", words(language, "letter.safe_words"))
        yield Stack(
            (
                Text(words(language, "letter.close"), self.body, _WIDTH),
                Space(self.body.size * 0.6),
                Text(words(language, "letter.signed", officer=letter.officer), self.strong, _WIDTH),
            )
        )
        if letter.ask and language == letter.languages[-1]:
            yield Space(self.body.size)
            yield Boxed(Text(visit_words.ask_line(letter.ask), self.strong, _WIDTH - 22), _WIDTH)

    def _when(self) -> Block:
        """The day, the time and who comes, in a box: what hangs on the fridge."""
        letter, language, inside = self.letter, self.language, _WIDTH - 22
        slot = visit_words.slot(language, letter.day, letter.start, letter.end)
        key = "letter.two" if letter.second else "letter.one"
        who = words(language, key, officer=letter.officer, second=letter.second)
        lines = (
            Text(words(language, "letter.when"), self.strong, inside),
            Text(slot, self.body, inside),
            Space(self.body.size * 0.4),
            Text(words(language, "letter.who"), self.strong, inside),
            Text(who, self.body, inside),
        )
        box = Boxed(Stack(lines), _WIDTH, fill=style.BRAND_SOFT)
        return Stack((box, Space(self.gap)))

    def _dear(self) -> str:
        if not self.letter.names:
            return words(self.language, "letter.dear_nobody")
        *first, last = self.letter.names
        joined = f" {words(self.language, 'letter.and')} "
        return words(
            self.language, "letter.dear", names=joined.join([*([", ".join(first)] if first else []), last])
        )

    def _text(self, text: str) -> Block:
        return Stack((Text(text, self.body, _WIDTH), Space(self.gap)))

    def _part(self, key: str, text: str) -> Block:
        """A heading with what it says, on one page."""
        title = Text(words(self.language, f"letter.{key}"), self.strong, _WIDTH)
        return Stack((title, Text(text, self.body, _WIDTH), Space(self.gap)))
