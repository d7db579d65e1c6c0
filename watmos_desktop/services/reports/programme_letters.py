"""Letters about planned works by merge: one home, one letter, all in one PDF or a file for each home (R9).

Plain English, 11 or 18 point, the address where the window of an envelope is. All text goes through text.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services import wording
from watmos_desktop.services.reports import document, style
from watmos_desktop.services.reports.flow import Block, Drawing, Space, Stack
from watmos_desktop.services.reports.programme_data import HomeLetter, Letter, Letters
from watmos_desktop.services.reports.programme_words import words
from watmos_desktop.services.reports.style import PAGE
from watmos_desktop.services.reports.text import Style, Text, one_line

Tell = Callable[[int, int], None]
LARGE, NORMAL = 18.0, 11.0
_LEFT = 20 * mm
_WIDTH = PAGE[0] - 2 * _LEFT
_HEAD = PAGE[1] - 16 * mm
_WINDOW = PAGE[1] - 45 * mm  # the top of the address in a DL window envelope
_WINDOW_HIGH = 32 * mm
_SMALLEST = 7.0  # points of an address
_TOP, _FOOT = PAGE[1] - 20 * mm, 22 * mm
_WRITE = 9 * mm  # between lines to write on
_MANY = 3  # names, from which on they share a line of the window


def render(letters: Letters, tell: Tell = lambda _done, _all: None) -> bytes:
    """Every letter, one after the other, as one PDF; ``tell`` hears letters done and may stop it."""
    out = BytesIO()
    works = letters.works
    canvas = document.begin(out, f"{works.name}, {works.reference}", works.dated)
    for number, home in enumerate(letters.homes):
        tell(number, len(letters.homes))
        canvas.bookmarkPage(f"letter-{number}")
        canvas.addOutlineEntry(one_line(home.address)[:120], f"letter-{number}")
        _Letter(letters, home).draw(canvas)
    canvas.save()
    tell(len(letters.homes), len(letters.homes))
    return out.getvalue()


def render_each(letters: Letters, tell: Tell = lambda _done, _all: None) -> list[tuple[str, bytes]]:
    """A PDF for each home, by the name of its file: reference and the home's own code, never a person."""
    made = []
    for number, home in enumerate(letters.homes):
        tell(number, len(letters.homes))
        code = "".join(sign if sign.isalnum() else "-" for sign in home.code)
        name = f"{letters.works.reference} {letters.kind} {number + 1:04} {code}.pdf"
        made.append((name, render(replace(letters, homes=(home,)))))
    tell(len(letters.homes), len(letters.homes))
    return made


class _Letter:
    """One letter: its parts are placed first, so that each page says of how many it is."""

    def __init__(self, letters: Letters, home: HomeLetter) -> None:
        size = LARGE if letters.large else NORMAL
        self.kind, self.works, self.home = letters.kind, letters.works, home
        self.body = Style(size, round(size * 1.42, 1))
        self.strong = replace(self.body, bold=True)
        self.title = Style(size * 1.35, round(size * 1.8, 1), bold=True, colour=style.BRAND)
        self.small = Style(12 if letters.large else 8.5, 15 if letters.large else 12, colour=style.INK_2)
        self.pages: list[list[tuple[float, Block]]] = [[]]
        self.top = _WINDOW - 35 * mm  # below the window

    def draw(self, canvas: Canvas) -> None:
        """Its pages onto the canvas."""
        for block in self._blocks():
            self._put(block)
        if self.kind is Letter.CONSULTATION:
            self._new_page()
            for block in self._reply():
                self._put(block)
        for number, page in enumerate(self.pages, start=1):
            if number == 1:
                self._head(canvas)
            for top, block in page:
                block.draw(canvas, _LEFT, top)
            self._foot(canvas, number)
            canvas.showPage()

    def _put(self, block: Block) -> None:
        room = self.top - _FOOT
        if block.height <= room:
            self._place(block)
            return
        cut = block.split(room) if isinstance(block, (Text, Stack)) and room > 3 * self.body.leading else None
        if cut is not None:
            self._place(cut[0])
        self._new_page()
        rest: Block = cut[1] if cut is not None else block
        if not isinstance(rest, Space):
            self._place(rest) if rest.height <= self.top - _FOOT else self._put(rest)

    def _place(self, block: Block) -> None:
        self.pages[-1].append((self.top, block))
        self.top -= block.height

    def _new_page(self) -> None:
        self.pages.append([])
        self.top = _TOP

    def _head(self, canvas: Canvas) -> None:
        brand = Style(18, 22, bold=True, colour=style.BRAND)
        Text(words("letter.landlord"), brand, _WIDTH).draw(canvas, _LEFT, _HEAD)
        style.rule(canvas, _LEFT, _HEAD - 30, _WIDTH, style.BRAND)
        address = Style(15, 19) if self.body.size == LARGE else Style(12, 16)
        names = self.home.names or (words("letter.resident"),)
        lines = [
            *(names if len(names) < _MANY else [", ".join(names)]),
            self.home.address,
            self.home.postcode,
        ]
        half, top = 90 * mm, _WINDOW
        for text in _in_the_window(lines, address, half):
            text.draw(canvas, _LEFT, top)
            top -= text.height
        right = replace(self.small, align="right")
        said = [wording.day(self.works.dated), self._reference()]
        left, top = _LEFT + half + 5 * mm, _WINDOW
        for line in said:
            text = Text(line, right, _WIDTH - half - 5 * mm)
            text.draw(canvas, left, top)
            top -= text.height

    def _reference(self) -> str:
        return words("letter.reference", reference=self.works.reference, code=self.home.code)

    def _foot(self, canvas: Canvas, number: int) -> None:
        said = words("letter.page", page=str(number), pages=str(len(self.pages)))
        style.rule(canvas, _LEFT, _FOOT - 8, _WIDTH)
        beside = 45 * mm
        Text(said, replace(self.small, align="right"), beside).draw(
            canvas, _LEFT + _WIDTH - beside, _FOOT - 12
        )
        Text(self._reference(), self.small, _WIDTH - beside, most=2).draw(canvas, _LEFT, _FOOT - 12)

    def _blocks(self) -> Iterator[Block]:
        works, home = self.works, self.home
        yield self._text(self._dear())
        yield from self._title()
        yield self._text(words(f"{self.kind}.lead"))
        yield self._part("letter.what", works.what)
        yield self._part("letter.when", "\n".join(self._when()))
        if works.disturbance:
            yield self._part("letter.notice", works.disturbance)
        if works.contractor:
            yield self._part("letter.who_works", works.contractor)
        if self.kind is Letter.CONSULTATION:
            yield self._part("consultation.answer", words("consultation.answer_words", until=works.until))
            yield self._text(words("consultation.help"))
        else:
            if works.outcome:
                yield self._part("start.outcome", works.outcome)
            yield self._part("start.before", words("start.before_words"))
        if home.lease:
            yield self._text(words("letter.lease"))
        yield self._part("letter.ask", words("letter.contact", staff=works.staff))
        yield Stack(
            (
                Text(words("letter.close"), self.body, _WIDTH),
                Space(self.body.size * 0.6),
                Text(words("letter.signed", staff=works.staff), self.strong, _WIDTH),
            )
        )

    def _title(self) -> Iterator[Block]:
        own = self.kind is Letter.CONSULTATION or self.home.day
        key = f"{self.kind}.title" if own else f"{self.kind}.title_all"
        yield Text(words(key, name=self.works.name), self.title, _WIDTH)
        yield Space(self.body.size * 0.5)

    def _dear(self) -> str:
        if not self.home.names:
            return words("letter.dear_nobody")
        *first, last = self.home.names
        names = f"{', '.join(first)} {words('letter.and')} {last}" if first else last
        return words("letter.dear", names=names)

    def _when(self) -> Iterator[str]:
        works, home = self.works, self.home
        if self.kind is Letter.START and home.day:
            key = "letter.when_own" if home.days else "letter.when_own_day"
            yield words(key, day=home.day, days=home.days)
            return
        if works.when:
            yield words("letter.when_span", when=works.when)
        if works.how_long:
            yield words("letter.how_long", how_long=works.how_long)

    def _text(self, text: str) -> Block:
        return Stack((Text(text, self.body, _WIDTH), Space(self.body.size * 0.7)))

    def _part(self, key: str, text: str) -> Block:
        """A heading with what it says; the two stay on one page unless the text is longer than what is left of it."""
        return Stack(
            (
                Text(words(key), self.strong, _WIDTH),
                Text(text, self.body, _WIDTH),
                Space(self.body.size * 0.7),
            )
        )

    def _reply(self) -> Iterator[Block]:
        works, home = self.works, self.home
        yield Text(words("reply.title"), self.title, _WIDTH)
        yield Space(self.body.size * 0.4)
        for line in (
            words("reply.about", name=works.name, reference=works.reference),
            words("reply.home", address=home.address),
            words("reply.until", until=works.until),
        ):
            yield Text(line, self.body, _WIDTH)
        yield Space(self.body.size)
        for key in ("agrees", "concern", "objects", "asks"):
            yield _tick_box(words(f"reply.{key}"), self.strong)
        yield Space(self.body.size * 0.5)
        yield Text(words("reply.say"), self.strong, _WIDTH)
        yield _lines(7)
        yield Space(self.body.size)
        yield Text(words("reply.reach"), self.strong, _WIDTH)
        yield _lines(2)


def _in_the_window(lines: Iterable[str], large: Style, width: float) -> list[Text]:
    """Names and address as large as the window of the envelope holds them whole."""
    while True:
        found = [Text(line, large, width) for line in lines]
        if large.size <= _SMALLEST or sum(text.height for text in found) <= _WINDOW_HIGH:
            return found
        size = large.size - 1
        large = replace(large, size=size, leading=large.leading * size / large.size)


def _tick_box(said: str, look: Style) -> Block:
    """A box to tick, and what it means."""
    side = look.size * 1.25

    def paint(canvas: Canvas, x: float, top: float) -> None:
        style.box(canvas, x, top - side, side, side, line=style.INK, radius=2)
        Text(said, look, _WIDTH - side - 10, most=1).draw(
            canvas, x + side + 10, top - (side - look.size) / 2 + 2
        )

    return Drawing(side + 9, paint)


def _lines(number: int) -> Block:
    """Lines to write on."""

    def paint(canvas: Canvas, x: float, top: float) -> None:
        for line in range(1, number + 1):
            style.rule(canvas, x, top - line * _WRITE, _WIDTH, style.INK_2)

    return Drawing(number * _WRITE, paint)
