"""The written summary that the tenant gets within three working days of an investigation (SI 2025/1042, regulation 9).

Plain English on one or two pages of A4: what was found and how serious it is, what makes it safe and when, what stops
it coming back and when, somewhere else to stay, why nothing is done where nothing is, and how to complain. Pure.
"""

from __future__ import annotations

from datetime import datetime

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.models.kinds import HazardLevel, HazardStatus
from watmos_desktop.services import wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.reports import cover, style
from watmos_desktop.services.reports.flow import Block, Boxed, Columns, Drawing, Space, Stack
from watmos_desktop.services.reports.hazard_paper import HazardPaper, last_offer
from watmos_desktop.services.reports.hazard_sheet import PAD, STRONG, TEXT, card, heading, printed
from watmos_desktop.services.reports.style import WIDTH, words
from watmos_desktop.services.reports.text import Style, Text

_GAP = 10.0
_HALF = (WIDTH - 12) / 2
_VERDICT = Style(17, 22, bold=True)
_COLOUR = {
    HazardLevel.EMERGENCY: style.BAD,
    HazardLevel.SIGNIFICANT: style.WARN,
    HazardLevel.NONE: style.OK,
}
# The dates a tenant is told, in the order they come, and by which clock.
_TOLD = ("AW.emergency", "AW.safety", "AW.steps", "AW.prevent")


def render(paper: HazardPaper) -> bytes:
    """The PDF; the same case at the same moment gives the same bytes. The case must have been looked into."""
    case = paper.case
    assert case.investigated_at is not None and case.level is not None
    parts = [_to(paper), _verdict(paper), _found(paper)]
    parts += [_none(paper)] if case.level is HazardLevel.NONE else [_works(paper), _stay(paper)]
    if case.remote:
        parts.append(card(words("hazard.person"), Text(words("hazard.person_words"), TEXT, WIDTH - 2 * PAD)))
    if case.level is not HazardLevel.NONE:
        parts.append(_dates(paper))
    parts.append(_unhappy())
    blocks: list[Block] = []
    for part in parts:
        blocks += [part, Space(_GAP)]
    foot = words("hazard.foot", where=case.card.where, reference=case.card.reference)
    title = words("hazard.kind" if paper.in_a_home else "hazard.kind_shared")
    return printed(paper, title, _day(case.investigated_at), foot, blocks[:-1])


def _day(moment: datetime) -> str:
    return wording.long_day(moment.astimezone(LONDON).date())


def _to(paper: HazardPaper) -> Block:
    line = " · ".join((words("hazard.kicker"), paper.case.card.reference))
    right = Style(8.5, 15, colour=style.INK_2, align="right")
    return Columns(((0, Text(words("hazard.to"), STRONG, 200)), (200, Text(line, right, WIDTH - 200))))


def _verdict(paper: HazardPaper) -> Block:
    """How serious it is, by shape, colour and word; what that means; who looked into it."""
    case = paper.case
    assert case.investigated_at is not None and case.level is not None
    level, room = case.level, WIDTH - 2 * PAD - 46
    key = "hazard.judged_remote" if case.remote else "hazard.judged"
    judged = words(key, date=_day(case.investigated_at), who=case.judged)
    lines: list[Block] = [
        Text(case.card.hazard, style.QUIET, room),
        Text(words(f"hazard.{level}"), style.coloured(_VERDICT, _COLOUR[level]), room),
        Text(words(f"hazard.{level}_means"), TEXT, room),
        Space(6),
        Text(judged, style.BODY, room),
    ]
    if case.household:
        lines.append(Text(words("hazard.household"), style.BODY, room))
    inner = Stack(tuple(lines))
    mark = Drawing(inner.height, lambda canvas, x, top: _mark(canvas, level, x, top - inner.height / 2))
    return Boxed(Columns(((0, mark), (46, inner))), WIDTH, PAD, style.GROUND)


def _mark(canvas: Canvas, level: HazardLevel, x: float, middle: float) -> None:
    """A triangle: act now. A square: soon. A tick: fine."""
    if level is HazardLevel.EMERGENCY:
        style.triangle(canvas, x, middle - 14, 30, style.BAD)
    elif level is HazardLevel.SIGNIFICANT:
        style.box(canvas, x + 1, middle - 13, 26, 26, fill=style.WARN, line="", radius=3)
    else:
        cover.tick(canvas, x + 2, middle - 12, 24)


def _found(paper: HazardPaper) -> Block:
    return heading(words("hazard.found"), Text(paper.case.findings, TEXT, WIDTH))


def _works(paper: HazardPaper) -> Block:
    """Side by side what makes it safe and what stops it coming back, each with its time."""
    case, room = paper.case, _HALF - 2 * PAD
    left = _work(words("hazard.safe"), case.safety_works, case.safety_by)
    right = (
        _work(words("hazard.prevent"), case.prevention, case.prevention_by)
        if case.prevention
        else (
            Text(words("hazard.prevent"), STRONG, room),
            Space(3),
            Text(words("hazard.prevent_none"), TEXT, room),
        )
    )
    high = max(Stack(left).height, Stack(right).height)
    cells = [
        (at, Boxed(Stack((*lines, Space(high - Stack(lines).height))), _HALF, PAD))
        for at, lines in ((0.0, left), (_HALF + 12, right))
    ]
    return Columns(tuple(cells))


def _work(title: str, works: str, by: str) -> tuple[Block, ...]:
    room = _HALF - 2 * PAD
    return (
        Text(title, STRONG, room),
        Space(3),
        Text(works, TEXT, room),
        Space(6),
        Text(words("hazard.when", when=by), style.coloured(STRONG, style.BRAND), room),
    )


def _none(paper: HazardPaper) -> Block:
    room = WIDTH - 2 * PAD
    return Stack(
        (
            card(words("hazard.why_none"), Text(paper.case.no_action_reason, TEXT, room)),
            Space(_GAP),
            card(words("hazard.stay"), Text(words("hazard.stay_none"), TEXT, room)),
        )
    )


def _stay(paper: HazardPaper) -> Block:
    """The offer of somewhere else to stay with its answer; else when one is made."""
    case, room = paper.case, WIDTH - 2 * PAD
    offer, answer = last_offer(case)
    if not offer:
        key = "hazard.stay_safe" if case.card.status is HazardStatus.SAFE else "hazard.stay_promise"
        return card(words("hazard.stay"), Text(words(key), TEXT, room))
    lines: list[Block] = [Text(offer, TEXT, room)]
    if answer:
        lines.append(Text(answer, style.coloured(STRONG, style.BRAND), room))
    return card(words("hazard.stay"), *lines)


def _dates(paper: HazardPaper) -> Block:
    """The dates by which each work is due, as law or as our own aim."""
    case = paper.case
    lines: list[Block] = []
    for clock in case.clocks:
        if clock.key in _TOLD and (clock.stopped_at is None or clock.started_at == case.investigated_at):
            local = clock.due_at.astimezone(LONDON)
            by_hour = f"{wording.weekday(local)}, {wording.clock_time(local)}"
            due = by_hour if clock.by_hour else f"{wording.weekday(local)} {local.year}"
            lines.append(Columns(((0, Text(clock.what, TEXT, 350)), (366, Text(due, STRONG, WIDTH - 366)))))
            lines.append(Space(2))
    why = words("hazard.dates_law" if case.card.statutory else "hazard.dates_aim")
    note = Text(f"{why} {words('hazard.access')}", style.QUIET, WIDTH)
    return heading(words("hazard.dates"), *lines, Space(3), note)


def _unhappy() -> Block:
    room = WIDTH - 2 * PAD
    return card(
        words("hazard.unhappy"),
        Text(words("hazard.unhappy_words"), style.BODY, room),
        Space(5),
        Text(words("hazard.ombudsman"), style.BODY, room),
        Space(5),
        Text(words("hazard.other"), style.QUIET, room),
        fill=style.BRAND_SOFT,
    )
