"""Repairs of a block for its noticeboard: what was reported, what is promised, what was done since last month.

It holds a form's own words for what is broken, parts of the block and days: there is no field for a person, a home or
a note, so that nobody can be named by accident (security.md S21). One A4 to be read from a step away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from uuid import UUID

from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import RepairStatus
from watmos_desktop.models.tables import Block, Estate, Repair
from watmos_desktop.services import clocks, places, policy, repair_words, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_listing import OPEN
from watmos_desktop.services.reports import cover, document, style
from watmos_desktop.services.reports.style import MARGIN, PAGE, WIDTH, words
from watmos_desktop.services.reports.text import Style, Text

Tell = Callable[[int, int], object]

_WHAT = Style(14, 19, bold=True)
_WHERE = Style(12, 16, colour=style.INK_2)
_WHEN = Style(14, 19, bold=True, align="right")
_HEAD = Style(19, 25, bold=True, colour=style.BRAND)
_BESIDE = 196.0  # points of the day at the right
_DONE_ROOM = 250.0  # points at the foot kept for what was done


@dataclass(frozen=True)
class Line:
    """One repair: what in a form's own words, which part of the block, and two days in words."""

    what: str
    where: str
    reported: str
    when: str
    emergency: bool = False


@dataclass(frozen=True)
class BlockRepairs:
    """All that the sheet says. ``since`` is the first day of last month."""

    place: str
    estate: str
    on: date
    since: date
    open: tuple[Line, ...] = ()
    done: tuple[Line, ...] = ()


def collect(session: Session, block_id: UUID) -> BlockRepairs:
    """The sheet of a block on this person's estates; raises NotAllowed, NotFound."""
    policy.require(session, Action.SEE, "repair")
    block = policy.find(session, Block, block_id, "That block")
    estate = session.get(Estate, block.estate_id)
    now = session.info["clock"].now()
    today = now.astimezone(LONDON).date()
    since = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    parts = {one.key: one.name for one in places.areas(session, block.id)}
    here = and_(Repair.block_id == block.id, Repair.home_id.is_(None), ~Repair.deleted)
    still = select(Repair).where(here, Repair.status.in_(OPEN)).order_by(Repair.due_at, Repair.id)
    done = (
        select(Repair)
        .where(
            here,
            Repair.status == RepairStatus.COMPLETED,
            Repair.completed_at >= datetime.combine(since, time(), LONDON),
        )
        .order_by(Repair.completed_at.desc(), Repair.id)
    )
    return BlockRepairs(
        block.name,
        estate.name if estate else "",
        today,
        since,
        tuple(_line(row, parts, _promise(row, now)) for row in session.scalars(still)),
        tuple(_line(row, parts, _day(row.completed_at or row.due_at)) for row in session.scalars(done)),
    )


def pages(data: BlockRepairs, tell: Tell) -> bytes:
    """The PDF of the sheet; the same data gives the same bytes."""
    tell(0, 1)
    out = BytesIO()
    day = wording.day(data.on)
    canvas = document.begin(out, f"{data.place}: {words('block_repairs.kind')}, {day}", data.on)
    where = ", ".join(part for part in (data.place, data.estate) if part)
    cover.band(canvas, words("block_repairs.kind"), where, words("block_repairs.made", date=day))
    top = _open(canvas, data, PAGE[1] - cover.BAND - 26)
    _done(canvas, data, top - 20)
    style.rule(canvas, MARGIN, style.FOOT - 14, WIDTH)
    Text(words("block_repairs.foot"), style.SMALL, WIDTH).draw(canvas, MARGIN, style.FOOT - 18)
    canvas.showPage()
    canvas.save()
    tell(1, 1)
    return out.getvalue()


def _open(canvas: Canvas, data: BlockRepairs, top: float) -> float:
    Text(words("block_repairs.open"), _HEAD, WIDTH).draw(canvas, MARGIN, top)
    top -= 34
    if not data.open:
        return _say(canvas, words("block_repairs.open_none"), top)
    floor = style.FOOT + (_DONE_ROOM if data.done else 110)
    return _lines(canvas, data.open, top, floor, open_=True)


def _done(canvas: Canvas, data: BlockRepairs, top: float) -> None:
    Text(words("block_repairs.done", date=wording.day(data.since)), _HEAD, WIDTH).draw(canvas, MARGIN, top)
    top -= 34
    if not data.done:
        _say(canvas, words("block_repairs.done_none"), top)
        return
    _lines(canvas, data.done, top, style.FOOT + 24, open_=False)


def _lines(canvas: Canvas, lines: tuple[Line, ...], top: float, floor: float, *, open_: bool) -> float:
    """As many lines as there is room for, then how many more there are."""
    for number, line in enumerate(lines):
        what = Text(line.what, _WHAT, WIDTH - _BESIDE - 32, most=2)
        below = " · ".join(part for part in (line.where, line.reported if open_ else "") if part)
        small = Text(below, _WHERE, WIDTH - _BESIDE - 32, most=1)
        height = what.height + (small.height if below else 0) + 9
        rest = len(lines) - number
        if top - height < floor + (0 if rest == 1 else 18):
            return _say(canvas, words("block_repairs.more", count=rest), top)
        if open_:
            cover.shape(canvas, MARGIN + 4, top - 13, urgent=line.emergency)
        else:
            cover.tick(canvas, MARGIN + 2, top - 15, 12)
        what.draw(canvas, MARGIN + 30, top)
        if below:
            small.draw(canvas, MARGIN + 30, top - what.height)
        Text(line.when, _WHEN, _BESIDE, most=2).draw(canvas, MARGIN + WIDTH - _BESIDE, top)
        top -= height
    return top


def _say(canvas: Canvas, said: str, top: float) -> float:
    text = Text(said, Style(14, 19), WIDTH, most=2)
    text.draw(canvas, MARGIN, top)
    return top - text.height


def _line(row: Repair, parts: dict[str, str], when: str) -> Line:
    reported = words("block_repairs.reported", date=_day(row.reported_at))
    emergency = clocks.REPAIR_CLOCK[row.priority] == "R5"
    return Line(repair_words.public(row), parts.get(row.area_key, ""), reported, when, emergency)


def _promise(row: Repair, now: datetime) -> str:
    if row.due_at < now:
        return words("block_repairs.late", date=_day(row.due_at))
    said = clocks.promise_words(row.due_at, row.priority)
    return said[:1].upper() + said[1:]


def _day(when: datetime) -> str:
    return wording.weekday(when.astimezone(LONDON))
