"""The resident's own copy of a visit: one or two pages of plain English, or 18 point for who asks. Pure."""

from __future__ import annotations

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services.reports import style
from watmos_desktop.services.reports.flow import Block, Boxed, Columns, Drawing, Space, Stack
from watmos_desktop.services.reports.style import WIDTH
from watmos_desktop.services.reports.text import Text
from watmos_desktop.services.reports.visit_copy_data import Agreed, ResidentCopy
from watmos_desktop.services.reports.visit_sheet import (
    LARGE,
    NORMAL,
    PAD,
    Look,
    Sheet,
    card,
    heading,
    printed,
    words,
)
from watmos_desktop.services.reports.work import Tell


def pages(copy: ResidentCopy, tell: Tell) -> bytes:
    """The PDF, for the worker process."""
    tell(0, 1)
    return render(copy)


def render(copy: ResidentCopy) -> bytes:
    """The PDF; the same visit gives the same bytes."""
    look = LARGE if copy.large else NORMAL
    parts = [_to(copy, look)]
    if copy.agreed:
        items = [block for one in copy.agreed for block in (Space(6), _agreed(one, look))]
        parts.append(heading(look, words("resident.agreed"), *items))
        parts.append(Text(words("resident.keep"), look.text, WIDTH))
    parts += [_ring(look), _unhappy(look)]
    if copy.allowed:
        parts.append(_allowed(copy, look))
    parts.append(Text(f"{words('resident.next')} {words('resident.other')}", look.quiet, WIDTH))
    blocks: list[Block] = []
    for part in parts:
        blocks += [part, Space(look.gap)]
    sheet = Sheet(
        words("resident.title"),
        copy.address,
        words("resident.kicker"),
        words("resident.foot", reference=copy.reference),
        copy.reference,
        copy.made,
        copy.large,
    )
    return printed(sheet, blocks[:-1])


def _to(copy: ResidentCopy, look: Look) -> Block:
    names = " and ".join(copy.names) or words("resident.resident")
    key = (
        "resident.lead_nothing"
        if not copy.agreed
        else "resident.lead_two"
        if copy.second
        else "resident.lead"
    )
    lead = words(key, officer=copy.officer or "One of us", second=copy.second, day=copy.day)
    return Stack(
        (
            Text(words("resident.for_you", names=names), look.strong, WIDTH),
            Space(4),
            Text(lead, look.text, WIDTH),
        )
    )


def _agreed(one: Agreed, look: Look) -> Block:
    room = WIDTH - 18.0 - 30
    by = words("resident.by", day=one.by) if one.by else words("resident.no_day")
    said = f"{by} · {words('resident.reference', reference=one.reference)}" if one.reference else by
    lines: list[Block] = [
        Text(one.words, look.strong, room),
        Text(said, style.coloured(look.text, style.BRAND), room),
    ]
    inner = Stack(tuple(lines))
    mark = Drawing(look.strong.leading, lambda canvas, x, top: _box(canvas, x, top))
    return Boxed(Columns(((0, mark), (30, inner))), WIDTH, 9.0, style.GROUND)


def _box(canvas: Canvas, x: float, top: float) -> None:
    """A box to tick, so that the paper is used."""
    style.box(canvas, x + 1, top - 15, 14, 14, fill="FFFFFF", line=style.INK_2, radius=2)


def _ring(look: Look) -> Block:
    return card(look, words("resident.ring"), Text(words("resident.ring_words"), look.text, WIDTH - 2 * PAD))


def _unhappy(look: Look) -> Block:
    room = WIDTH - 2 * PAD
    return card(
        look,
        words("resident.unhappy"),
        Text(words("resident.unhappy_words"), look.text, room),
        Space(5),
        Text(words("resident.ombudsman"), look.text, room),
        fill=style.BRAND_SOFT,
    )


def _allowed(copy: ResidentCopy, look: Look) -> Block:
    lines: list[Block] = []
    for asked, given in copy.allowed:
        left = 64 if copy.large else 40
        said = words("resident.yes" if given else "resident.no")
        lines.append(
            Columns(((0, Text(said, look.strong, left)), (left, Text(asked, look.text, WIDTH - left))))
        )
        lines.append(Space(2))
    return heading(look, words("resident.allowed"), *lines, Text(words("resident.change"), look.quiet, WIDTH))
