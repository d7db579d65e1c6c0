"""Pages from blocks. First everything is placed, so that "page x of y" and the contents are known; then it is
drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services.reports import style
from watmos_desktop.services.reports.text import Style, Text, one_line


class Block(Protocol):
    """Something with a height (points) that is drawn from its top left corner."""

    @property
    def height(self) -> float:
        """Points from its top to its bottom."""
        ...

    def split(self, room: float) -> tuple[Block, Block] | None:
        """The part that fits in ``room`` and the rest, or None when it stays whole."""
        ...

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """Draw from the top left corner down."""
        ...


@dataclass(frozen=True)
class Space:
    """Nothing, so many points high; it vanishes at the top of a page."""

    height: float

    def split(self, room: float) -> None:
        """A space is never cut."""

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """Nothing to draw."""


@dataclass(frozen=True)
class Drawing:
    """A picture of known height, drawn by a function of canvas, left and top."""

    height: float
    paint: Callable[[Canvas, float, float], None]

    def split(self, room: float) -> None:
        """A drawing is never cut."""

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """Draw it."""
        self.paint(canvas, x, top)


@dataclass(frozen=True)
class Stack:
    """Blocks one under the other, kept together while a page can hold them."""

    blocks: tuple[Block, ...]

    @property
    def height(self) -> float:
        """All of them."""
        return sum(block.height for block in self.blocks)

    def split(self, room: float) -> tuple[Block, Block] | None:
        """Cut between blocks, or within the first that does not fit."""
        used = 0.0
        for index, block in enumerate(self.blocks):
            if used + block.height > room:
                cut = block.split(room - used)
                here, rest = ((cut[0],), (cut[1],)) if cut else ((), (block,))
                above, below = self.blocks[:index] + here, rest + self.blocks[index + 1 :]
                return (Stack(above), Stack(below)) if above else None
            used += block.height
        return None

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """From the top down."""
        for block in self.blocks:
            block.draw(canvas, x, top)
            top -= block.height


@dataclass(frozen=True)
class Columns:
    """Blocks side by side at their offsets from the left, tops level."""

    cells: tuple[tuple[float, Block], ...]

    @property
    def height(self) -> float:
        """The tallest."""
        return max((block.height for _, block in self.cells), default=0.0)

    def split(self, room: float) -> tuple[Block, Block] | None:
        """Each cell that is too tall goes on below; those that fit stay above."""
        above: list[tuple[float, Block]] = []
        below: list[tuple[float, Block]] = []
        for left, block in self.cells:
            cut = block.split(room) if block.height > room else None
            if block.height > room and cut is None:
                return None
            above.append((left, cut[0] if cut else block))
            below.append((left, cut[1] if cut else Space(0)))
        return Columns(tuple(above)), Columns(tuple(below))

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """From left to right."""
        for left, block in self.cells:
            block.draw(canvas, x + left, top)


@dataclass(frozen=True)
class Boxed:
    """A block in a rounded frame with ``pad`` points inside; over a page end each part has its own frame."""

    inner: Block
    width: float
    pad: float = 11
    fill: str = ""

    @property
    def height(self) -> float:
        """With the padding."""
        return self.inner.height + 2 * self.pad

    def split(self, room: float) -> tuple[Block, Block] | None:
        """Split what is inside."""
        cut = self.inner.split(room - 2 * self.pad)
        return None if cut is None else (self._around(cut[0]), self._around(cut[1]))

    def _around(self, inner: Block) -> Boxed:
        return Boxed(inner, self.width, self.pad, self.fill)

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """The frame, then what is inside."""
        style.box(canvas, x, top - self.height, self.width, self.height, fill=self.fill)
        self.inner.draw(canvas, x + self.pad, top - self.pad)


@dataclass(frozen=True)
class Linked:
    """A block that leads to an anchor when pressed; ``width`` points of it are live."""

    inner: Block
    to: str
    width: float

    @property
    def height(self) -> float:
        """As the block."""
        return self.inner.height

    def split(self, room: float) -> None:
        """Links are short: never cut."""

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """The block, and its live ground."""
        self.inner.draw(canvas, x, top)
        canvas.linkRect(
            "", self.to, (x, top - self.height, x + self.width, top), relative=0, Border="[0 0 0]"
        )


@dataclass(frozen=True)
class Anchor:
    """A block that can be led to; with a ``title`` it is also a bookmark, and at level 0 a line of the
    contents."""

    inner: Block
    key: str
    title: str = ""
    level: int = 0

    @property
    def height(self) -> float:
        """As the block."""
        return self.inner.height

    def split(self, room: float) -> tuple[Block, Block] | None:
        """The anchor stays with the first part."""
        cut = self.inner.split(room)
        return None if cut is None else (Anchor(cut[0], self.key, self.title, self.level), cut[1])

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """The block, its name, and its bookmark."""
        canvas.bookmarkHorizontalAbsolute(self.key, top + 12)
        if self.title:
            canvas.addOutlineEntry(one_line(self.title)[:120], self.key, self.level)
        self.inner.draw(canvas, x, top)


@dataclass(frozen=True)
class Rows:
    """A table: ``head`` returns on each page, no row is cut unless it is taller than a page."""

    head: Block
    rows: tuple[Block, ...]

    @property
    def height(self) -> float:
        """Head and all rows."""
        return self.head.height + sum(row.height for row in self.rows)

    def split(self, room: float) -> tuple[Block, Block] | None:
        """As many whole rows as fit; the rest under the same head."""
        used = self.head.height
        for index, row in enumerate(self.rows):
            if used + row.height > room:
                if index:
                    return Rows(self.head, self.rows[:index]), Rows(self.head, self.rows[index:])
                cut = row.split(room - used) if row.height > _FULL - self.head.height else None
                if cut is None:
                    return None
                return Rows(self.head, (cut[0],)), Rows(self.head, (cut[1], *self.rows[1:]))
            used += row.height
        return None

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """Head, then rows."""
        for block in (self.head, *self.rows):
            block.draw(canvas, x, top)
            top -= block.height


@dataclass(frozen=True)
class Section:
    """A part of the report: a heading and blocks; ``fresh`` begins a new page."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    fresh: bool = False


_FULL = style.TOP - style.FOOT
_GAP = 22.0
_ENTRIES = 30
_FEW_ROWS = 110.0
Page = list[tuple[float, Block]]


@dataclass
class _Placing:
    pages: list[Page] = field(default_factory=lambda: [[]])
    top: float = style.TOP

    def new_page(self) -> None:
        self.pages.append([])
        self.top = style.TOP

    def put(self, block: Block, keep: float = 0.0) -> None:
        """Place ``block``; ``keep`` is the height that must follow on the same page."""
        if isinstance(block, Space) and (self.top == style.TOP or block.height > self.top - style.FOOT):
            return
        room = self.top - style.FOOT
        if block.height + keep <= room:
            self._place(block)
            return
        may_cut = block.height + keep > _FULL or (_is_long_table(block) and room > _FEW_ROWS)
        cut = block.split(room) if may_cut else None
        if cut is None and self.top < style.TOP:
            self.new_page()
            self.put(block, keep)
        elif cut is None:
            self._place(block)
        else:
            self._place(cut[0])
            self.new_page()
            self.put(cut[1])

    def _place(self, block: Block) -> None:
        self.pages[-1].append((self.top, block))
        self.top -= block.height


def _follows(blocks: Sequence[Block]) -> float:
    """Points that must stay with a heading: what introduces the first large block, and a piece of that."""
    total = 0.0
    for block in blocks:
        total += min(block.height, 150)
        if block.height > 60:
            break
    return total


def _is_long_table(block: Block) -> bool:
    """A table that may flow over the page end; a short one stays together."""
    inner = block.inner if isinstance(block, Anchor) else block
    return isinstance(inner, Rows) and inner.height > _FULL / 4


def paginate(sections: Sequence[Section]) -> list[Page]:
    """The pages of the sections: for each block its top, in order."""
    placing = _Placing()
    for section in sections:
        if placing.top < style.TOP:
            placing.new_page() if section.fresh else placing.put(Space(_GAP))
        heading = Text(section.title, style.TITLE, style.WIDTH)
        keep = min(_follows(section.blocks), _FULL - heading.height)
        placing.put(Anchor(heading, section.key, section.title), keep)
        for block in section.blocks:
            placing.put(block)
    return [page for page in placing.pages if page]


@dataclass(frozen=True)
class Lead:
    """A block that never ends a page: ``keep`` points of what follows stay with it."""

    inner: Block
    keep: float

    @property
    def height(self) -> float:
        """As the block."""
        return self.inner.height

    def split(self, room: float) -> None:
        """It is short: never cut."""

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """The block."""
        self.inner.draw(canvas, x, top)


def flow(blocks: Sequence[Block]) -> list[Page]:
    """The pages of blocks one below the other, without sections."""
    placing = _Placing()
    for block, after in zip(blocks, [*blocks[1:], Space(0)], strict=True):
        keep = block.keep if isinstance(block, Lead) else 0.0
        if keep and not _is_long_table(after):  # what is not cut stays with its lead whole
            keep = min(max(keep, after.height), _FULL - block.height)
        placing.put(block, keep)
    return [page for page in placing.pages if page]


def contents(pages: Sequence[Page], first: int, title: str) -> Page:
    """A page of contents for ``pages``, the first of which is page ``first``."""
    placed: Page = [(style.TOP, Text(title, style.TITLE, style.WIDTH))]
    entries = [
        (number, block)
        for number, page in enumerate(pages, first)
        for _, block in page
        if isinstance(block, Anchor) and block.title
    ]
    if len(entries) > _ENTRIES:
        entries = [(number, block) for number, block in entries if block.level == 0]
    top = style.TOP - style.TITLE.leading - 6
    for number, block in entries:
        entry = _entry(block.title, number, block.level)
        placed.append((top, Linked(entry, block.key, style.WIDTH)))
        top -= entry.height
    return placed


def _entry(title: str, number: int, level: int) -> Block:
    look = style.QUIET if level else style.STRONG
    above, indent = (4.0, 14.0) if level else (10.0, 0.0)

    def paint(canvas: Canvas, x: float, top: float) -> None:
        Text(one_line(title), look, style.WIDTH - 60, most=1).draw(canvas, x + indent, top - above)
        right = Style(look.size, look.leading, look.bold, look.colour, "right")
        Text(str(number), right, 40).draw(canvas, x + style.WIDTH - 40, top - above)
        if not level:
            style.rule(canvas, x, top - above + 4, style.WIDTH)

    return Drawing(above + look.leading + 2, paint)
