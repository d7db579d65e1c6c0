"""The list of repairs as paper for a working day: in the order and filter of the screen, for those who may see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas
from sqlalchemy.orm import Session

from watmos_desktop.services import policy, repairs, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repairs import Filter
from watmos_desktop.services.reports import cover, style
from watmos_desktop.services.reports.style import MARGIN, PAGE, WIDTH, words
from watmos_desktop.services.reports.text import Style, Text, one_line

Tell = Callable[[int, int], object]

MOST = 400
HEADS = ("Reference", "What and where", "With", "Priority", "Due")
_LEFTS = (0.0, 80.0, 262.0, 322.0, 382.0)
_BODY, _HEAD = Style(9, 12), Style(9, 12, bold=True, colour=style.INK_2)


@dataclass(frozen=True)
class ListPaper:
    """The rows as they are drawn; ``more`` are not on it."""

    title: str
    on: date
    made: str
    rows: tuple[tuple[str, ...], ...]
    more: int


def collect(session: Session, wanted: Filter, sort: str, title: str) -> ListPaper:
    """What the list shows, at most MOST rows; raises NotAllowed."""
    policy.require(session, Action.SEE, "repair")
    now = session.info["clock"].now()
    cards = repairs.page(session, wanted, 0, MOST, sort=sort)
    rows = tuple(
        (one.reference, f"{one.title} · {one.where}", one.who, one.priority.value.capitalize(), one.due.text)
        for one in cards
    )
    total = repairs.count(session, wanted)
    return ListPaper(
        title, now.astimezone(LONDON).date(), wording.moment(now), rows, max(total - len(rows), 0)
    )


def pages(data: ListPaper, tell: Tell) -> bytes:
    """The PDF; the same data gives the same bytes."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=PAGE, pageCompression=1, invariant=1, lang="en-GB")
    canvas.setTitle(one_line(f"Repairs: {data.title}"))
    canvas.setAuthor(words("cover.landlord"))
    canvas.setCreator("WATMOS Desktop")
    canvas.setDateFormatter(lambda *_: f"D:{data.on:%Y%m%d}000000Z")
    number, top = 1, _begin(canvas, data)
    for done, row in enumerate(data.rows):
        tell(done, len(data.rows))
        rights = (*_LEFTS[1:], WIDTH)
        cells = [
            Text(value, _BODY, right - left - 8, most=3)
            for value, left, right in zip(row, _LEFTS, rights, strict=True)
        ]
        height = max(cell.height for cell in cells) + 8
        if top - height < style.FOOT:
            _end(canvas, number)
            number, top = number + 1, _heads(canvas, style.TOP)
        for cell, left in zip(cells, _LEFTS, strict=True):
            cell.draw(canvas, MARGIN + left, top - 4)
        top -= height
        style.rule(canvas, MARGIN, top, WIDTH)
    if data.more:
        Text(f"{data.more:,} more are in the program.", style.QUIET, WIDTH).draw(canvas, MARGIN, top - 8)
    if not data.rows:
        Text("Nothing is in this list.", Style(12, 16), WIDTH).draw(canvas, MARGIN, top - 12)
    _end(canvas, number)
    canvas.save()
    tell(1, 1)
    return out.getvalue()


def _begin(canvas: Canvas, data: ListPaper) -> float:
    cover.band(canvas, "Repairs", data.title, data.made)
    return _heads(canvas, PAGE[1] - cover.BAND - 18)


def _heads(canvas: Canvas, top: float) -> float:
    for words_, left in zip(HEADS, _LEFTS, strict=True):
        Text(words_, _HEAD, 120).draw(canvas, MARGIN + left, top)
    style.rule(canvas, MARGIN, top - 18, WIDTH, style.INK_2)
    return top - 18


def _end(canvas: Canvas, number: int) -> None:
    said = f"Page {number} · Keep it as safe as the list itself: it tells where people live."
    Text(said, style.SMALL, WIDTH).draw(canvas, MARGIN, style.FOOT - 18)
    canvas.showPage()
