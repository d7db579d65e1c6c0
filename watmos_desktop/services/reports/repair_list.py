"""The list of repairs as paper for a working day: in the order and filter of the screen, for those who may see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import pairwise

from sqlalchemy.orm import Session

from watmos_desktop.services import policy, repairs, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repairs import Filter
from watmos_desktop.services.reports import cover, document
from watmos_desktop.services.reports.blocks import table_head, table_row
from watmos_desktop.services.reports.flow import Block, Drawing, Rows, Space, Stack, flow
from watmos_desktop.services.reports.style import MARGIN, PAGE, QUIET, TOP, WIDTH, heads, words
from watmos_desktop.services.reports.text import Style, Text

Tell = Callable[[int, int], object]

MOST = 400
_LEFTS = (0.0, 84.0, 272.0, 336.0, 398.0)
_BODY, _STRONG = Style(9, 12), Style(9, 12, bold=True)
_BELOW_BAND = cover.BAND - (PAGE[1] - TOP) + 12


@dataclass(frozen=True)
class ListPaper:
    """The rows as they are drawn; ``more`` are not on it."""

    title: str
    on: date
    made: str
    rows: tuple[tuple[str, ...], ...]  # reference, what, where, with whom, priority, due
    more: int


def collect(session: Session, wanted: Filter, sort: str, title: str) -> ListPaper:
    """What the list shows, at most MOST rows; raises NotAllowed."""
    policy.require(session, Action.SEE, "repair")
    now = session.info["clock"].now()
    cards = repairs.page(session, wanted, 0, MOST, sort=sort)
    rows = tuple(
        (one.reference, one.title, one.where, one.who, one.priority.value.capitalize(), one.due.text)
        for one in cards
    )
    total = repairs.count(session, wanted)
    return ListPaper(
        title, now.astimezone(LONDON).date(), wording.moment(now), rows, max(total - len(rows), 0)
    )


def pages(data: ListPaper, tell: Tell) -> bytes:
    """The PDF; the same data gives the same bytes."""
    out = BytesIO()
    tell(0, 1)
    with document.printing():
        canvas = document.begin(out, f"{words('repair_list.kind')}: {data.title}", data.on)
        placed = flow(list(_blocks(data)))
        for number, page in enumerate(placed, 1):
            for top, block in page:
                block.draw(canvas, MARGIN, top)
            document.foot(canvas, words("repair_list.foot"), number, len(placed))
            canvas.showPage()
        canvas.save()
    tell(1, 1)
    return out.getvalue()


def _blocks(data: ListPaper) -> list[Block]:
    kind = words("repair_list.kind")
    found: list[Block] = [
        Drawing(_BELOW_BAND, lambda canvas, _x, _top: cover.band(canvas, kind, data.title, data.made))
    ]
    if not data.rows:
        return [*found, Text(words("repair_list.none"), Style(12, 16), WIDTH)]
    found.append(Rows(table_head(heads("repair_list.heads"), _LEFTS), tuple(map(_row, data.rows))))
    if data.more:
        more = words("repair_list.more", count=f"{data.more:,}")
        found += [Space(8), Text(more, Style(9, 12, bold=True), WIDTH)]
    return found


def _row(values: tuple[str, ...]) -> Block:
    """A repair: what it is over where it is, each in as many lines as it needs."""
    reference, what, where, *others = values
    rooms = [right - left - 10 for left, right in pairwise((*_LEFTS, WIDTH))]
    cells: list[Block] = [
        Text(reference, _BODY, rooms[0]),
        Stack((Text(what, _STRONG, rooms[1]), Text(where, QUIET, rooms[1]))),
    ]
    looks = (_BODY, _BODY, _STRONG)
    cells += [Text(value, look, room) for value, look, room in zip(others, looks, rooms[2:], strict=True)]
    return table_row([(left + 6, cell) for left, cell in zip(_LEFTS, cells, strict=True)])
